#include "daemon/links/tcp_connections.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "daemon/service/clock.hpp"

namespace links {

namespace asio = boost::asio;
using asio::ip::tcp;
using Address = asio::ip::address;
using Error = boost::system::error_code;

namespace {

constexpr std::size_t kept_capacity_max = 4 * 1024;  // of an empty send queue
constexpr int drain_reads_max = 16;                  // of a connection that is being replaced: 1 MiB

void set_tcp_option(tcp::socket& socket, int option, int value) {
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
}

// Options are an improvement, not a condition: a connection without one of them is still better than none.
void configure(tcp::socket& socket) {
  constexpr int given_up_ms = 1'000 * (keep_alive_idle_s + keep_alive_interval_s * keep_alive_tries);
  Error ignored;
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(tcp::socket::keep_alive(true), ignored);
  set_tcp_option(socket, TCP_KEEPIDLE, keep_alive_idle_s);
  set_tcp_option(socket, TCP_KEEPINTVL, keep_alive_interval_s);
  set_tcp_option(socket, TCP_KEEPCNT, keep_alive_tries);
  // Keep-alive sleeps while an answer of ours is unacknowledged; this covers that case.
  set_tcp_option(socket, TCP_USER_TIMEOUT, given_up_ms);
}

}  // namespace

struct Connection {
  Connection(ConnectionId number, tcp::socket accepted, Address from)
      : id(number), socket(std::move(accepted)), timer(socket.get_executor()), peer(std::move(from)) {}

  const ConnectionId id;
  tcp::socket socket;
  std::unique_ptr<TlsSession> tls;
  asio::steady_timer timer;  // end of the time for the handshake, to answer, or to close
  const Address peer;
  std::vector<std::uint8_t> out;
  std::size_t out_sent = 0;
  bool open = true;
  bool shaking = false;  // TLS handshake under way: nobody has heard of this connection yet
  bool paused = false;
  bool ended = false;    // the peer sends no more
  bool closing = false;  // so do we, once `out` is empty; what still comes is discarded
  bool awaiting_read = false, awaiting_write = false;
  std::string reason;  // why it is closing

  std::string text_of(const Error& error) const {
    return tls && !tls->reason().empty() ? tls->reason() : error.message();
  }
  bool in_use() const { return !ended && !closing; }
  bool all_sent() const { return out.empty(); }
};
static_assert(sizeof(Connection) <= 1024, "hundreds of idle connections stay cheap");

Connections::Connections(asio::io_context& loop, ListenHandlers handlers)
    : loop_(loop), handlers_(std::move(handlers)) {}

void Connections::add(Socket socket, const Address& peer, const TlsContext* tls) {
  configure(socket);
  const auto connection = std::make_shared<Connection>(++last_id_, std::move(socket), peer);
  connections_.emplace(connection->id, connection);
  if (tls != nullptr) return begin_handshake(connection, *tls);
  let_in(connection);
}

void Connections::let_in(const ConnectionPtr& connection) {
  if (handlers_.on_open) handlers_.on_open(connection->id, connection->peer.to_string());
  await_read(connection);
}

// The TLS handshake. Each step takes what the socket has and returns to the loop.

void Connections::begin_handshake(const ConnectionPtr& connection, const TlsContext& tls) {
  connection->shaking = true;
  connection->tls = tls.session(connection->socket.native_handle(), connection->peer.to_string());
  if (!connection->tls) return finish_soon(connection, "no memory for TLS");
  connection->timer.expires_after(handshake_ms_max);
  connection->timer.async_wait([self = shared_from_this(), connection](const Error& error) {
    if (!error && connection->shaking) self->finish(connection, "no TLS handshake in time");
  });
  // From the loop: whoever added the connection has not returned yet.
  asio::post(loop_, [self = shared_from_this(), connection] { self->shake_hands(connection); });
}

void Connections::shake_hands(const ConnectionPtr& connection) {
  if (!connection->open) return;
  const TlsStep step = connection->tls->handshake();
  if (step == TlsStep::failed) return finish(connection, connection->tls->reason());
  if (step == TlsStep::done) {
    connection->shaking = false;
    connection->timer.cancel();
    // Only now: a peer that cannot show who it is must not end the connection of the one that could.
    if (one_per_peer_) replace(connection->peer, connection);
    if (connection->open) let_in(connection);
    return;
  }
  connection->socket.async_wait(step == TlsStep::wait_read ? tcp::socket::wait_read : tcp::socket::wait_write,
                                [self = shared_from_this(), connection](const Error& error) {
                                  if (connection->open && error)
                                    return self->finish(connection, error.message());
                                  self->shake_hands(connection);
                                });
}

// As the socket's own, through TLS where there is one.
std::size_t Connections::read_some(const ConnectionPtr& connection, Error& error) {
  if (!connection->tls) return connection->socket.read_some(asio::buffer(buffer_), error);
  std::size_t size = 0;
  switch (connection->tls->read(buffer_, size)) {
    case TlsStep::done:
      if (size == 0) error = asio::error::eof;
      break;
    // A key update that the socket does not take yet goes out with the next read or write.
    case TlsStep::wait_read:
    case TlsStep::wait_write: error = asio::error::would_block; break;
    case TlsStep::failed: error = asio::error::connection_aborted; break;
  }
  return size;
}

std::size_t Connections::write_some(const ConnectionPtr& connection, Error& error) {
  const std::vector<std::uint8_t>& out = connection->out;
  if (!connection->tls) return connection->socket.write_some(asio::buffer(out) + connection->out_sent, error);
  std::size_t size = 0;
  const TlsStep step = connection->tls->write(Bytes{out}.subspan(connection->out_sent), size);
  // Writing never waits for reading without renegotiation, which is off.
  if (step == TlsStep::wait_write) error = asio::error::would_block;
  if (step == TlsStep::wait_read || step == TlsStep::failed) error = asio::error::connection_aborted;
  return size;
}

void Connections::abandon_all() {
  Error ignored;
  const auto connections = std::exchange(connections_, {});
  for (const auto& [id, connection] : connections) {
    connection->open = false;
    connection->timer.cancel();
    connection->socket.close(ignored);
  }
}

std::size_t Connections::count_in_use(const Address& peer) const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [&](const auto& entry) { return entry.second->peer == peer && entry.second->in_use(); }));
}

// What had arrived before is still handled.
void Connections::replace(const Address& peer, const ConnectionPtr& but) {
  std::vector<ConnectionPtr> old;
  for (const auto& [id, connection] : connections_) {
    if (connection->peer == peer && !connection->closing && !connection->shaking && connection != but)
      old.push_back(connection);
  }
  for (const ConnectionPtr& connection : old) {
    drain(connection);
    finish(connection, "replaced by a new connection of the same peer");
  }
}

void Connections::drain(const ConnectionPtr& connection) {
  Error error;
  for (int turn = 0; turn < drain_reads_max && connection->open && !connection->paused; ++turn) {
    const std::size_t size = read_some(connection, error);
    if (error || size == 0) return;
    if (handlers_.on_bytes) handlers_.on_bytes(connection->id, Bytes{buffer_.data(), size}, service::now());
  }
}

void Connections::forget_an_ending_one() {
  const auto ending = std::find_if(connections_.begin(), connections_.end(),
                                   [](const auto& entry) { return !entry.second->in_use(); });
  if (ending == connections_.end()) return;
  const ConnectionPtr connection = ending->second;
  finish(connection, connection->closing ? connection->reason : "closed by the peer");
}

// Reading.

void Connections::await_read(const ConnectionPtr& connection) {
  if (!connection->open || connection->paused || connection->ended || connection->awaiting_read) return;
  connection->awaiting_read = true;
  connection->socket.async_wait(tcp::socket::wait_read,
                                [self = shared_from_this(), connection](const Error& error) {
                                  connection->awaiting_read = false;
                                  if (!connection->open) return;
                                  if (error) return self->finish(connection, error.message());
                                  self->on_readable(connection);
                                });
}

void Connections::on_readable(const ConnectionPtr& connection) {
  if (connection->paused) return;
  Error error;
  const std::size_t size = read_some(connection, error);
  if (error == asio::error::eof) return on_end(connection);
  if (error && error != asio::error::would_block && error != asio::error::interrupted) {
    return finish(connection, connection->text_of(error));
  }
  if (size > 0 && !connection->closing && handlers_.on_bytes) hand_over(connection, size);
  await_read(connection);
}

// A sender that does not wait for each answer sends dozens of messages in one read. Their answers go out in
// one write: a system call costs more than reading the message.
void Connections::hand_over(const ConnectionPtr& connection, std::size_t size) {
  answering_ = connection->id;
  handlers_.on_bytes(connection->id, Bytes{buffer_.data(), size}, service::now());
  answering_ = 0;
  if (connection->open && !connection->all_sent() && flush(connection)) await_write(connection);
}

void Connections::on_end(const ConnectionPtr& connection) {
  connection->ended = true;
  if (!connection->closing) {
    set_timer(connection, answer_after_end);
  } else if (connection->all_sent()) {
    finish(connection, connection->reason);
  }
}

void Connections::pause_reading(ConnectionId id, bool pause) {
  const ConnectionPtr connection = find(id);
  if (!connection || connection->closing) return;
  connection->paused = pause;
  await_read(connection);
}

// Sending and closing.

void Connections::send(ConnectionId id, Bytes bytes) {
  const ConnectionPtr connection = find(id);
  if (!connection || connection->closing) return;
  const std::size_t waiting = connection->out.size() - connection->out_sent;
  if (waiting + bytes.size() > send_queue_bytes_per_connection_max) {
    return finish_soon(connection, "the peer does not take its answers");
  }
  const bool idle = connection->all_sent();
  connection->out.insert(connection->out.end(), bytes.begin(), bytes.end());
  if (idle && id != answering_ && flush(connection)) await_write(connection);
}

void Connections::await_write(const ConnectionPtr& connection) {
  if (!connection->open || connection->all_sent() || connection->awaiting_write) return;
  connection->awaiting_write = true;
  connection->socket.async_wait(tcp::socket::wait_write,
                                [self = shared_from_this(), connection](const Error& error) {
                                  connection->awaiting_write = false;
                                  if (!connection->open) return;
                                  if (error) return self->finish(connection, error.message());
                                  if (self->flush(connection)) self->await_write(connection);
                                });
}

// Writes what the socket takes without waiting. False: the connection failed and is about to be finished.
bool Connections::flush(const ConnectionPtr& connection) {
  std::vector<std::uint8_t>& out = connection->out;
  Error error;
  while (!error && connection->out_sent < out.size()) {
    connection->out_sent += write_some(connection, error);
  }
  if (error && error != asio::error::would_block && error != asio::error::interrupted) {
    finish_soon(connection, connection->text_of(error));
    return false;
  }
  if (connection->out_sent == out.size()) {
    sent_all(connection);
  } else if (connection->out_sent > out.size() / 2) {
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(connection->out_sent));
    connection->out_sent = 0;
  }
  return true;
}

void Connections::sent_all(const ConnectionPtr& connection) {
  connection->out_sent = 0;
  connection->out.clear();
  if (connection->out.capacity() > kept_capacity_max) std::vector<std::uint8_t>{}.swap(connection->out);
  if (!connection->closing) return;
  if (connection->ended) return finish_soon(connection, connection->reason);
  // Closing a socket that still holds unread bytes resets it, and a reset may overtake our last answer. So
  // only our direction ends; the peer's end, or the timer, ends the rest.
  Error ignored;
  if (connection->tls) connection->tls->end();
  connection->socket.shutdown(tcp::socket::shutdown_send, ignored);
  await_read(connection);
}

void Connections::close(ConnectionId id) {
  const ConnectionPtr connection = find(id);
  if (connection && !connection->closing) begin_close(connection, "closed by us");
}

void Connections::begin_close(const ConnectionPtr& connection, std::string reason) {
  connection->closing = true;
  connection->paused = false;
  connection->reason = std::move(reason);
  set_timer(connection, close_after);
  if (connection->all_sent()) sent_all(connection);
}

// At the end of the timer: time to answer is over, or time to close.
void Connections::set_timer(const ConnectionPtr& connection, vitals::Milliseconds after) {
  connection->timer.expires_after(after);
  connection->timer.async_wait([self = shared_from_this(), connection](const Error& error) {
    if (error || !connection->open) return;
    if (connection->closing) return self->finish(connection, connection->reason);
    self->begin_close(connection, "closed by the peer");
  });
}

void Connections::finish(const ConnectionPtr& connection, const std::string& reason) {
  if (!connection->open) return;
  connection->open = false;
  Error ignored;
  connection->timer.cancel();
  connection->socket.close(ignored);
  connections_.erase(connection->id);
  if (std::exchange(connection->shaking, false)) {
    if (handlers_.on_refused) handlers_.on_refused(connection->peer.to_string(), reason);
    return;
  }
  if (handlers_.on_close) handlers_.on_close(connection->id, reason);
}

// From within a call of the owner: the handler must not come before that call has returned.
void Connections::finish_soon(const ConnectionPtr& connection, std::string reason) {
  connection->closing = true;
  connection->reason = std::move(reason);
  asio::post(loop_,
             [self = shared_from_this(), connection] { self->finish(connection, connection->reason); });
}

ConnectionPtr Connections::find(ConnectionId id) const {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second;
}

}  // namespace links
