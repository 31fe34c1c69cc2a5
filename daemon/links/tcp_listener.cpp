#include "daemon/links/tcp_listener.hpp"

#include <fcntl.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "daemon/links/link_core.hpp"
#include "daemon/links/tcp_connections.hpp"

namespace links {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Address = asio::ip::address;
using Error = boost::system::error_code;

// "::ffff:10.0.0.7" and "fe80::1%eth0" are the same peer as "10.0.0.7" and "fe80::1".
Address plain(const Address& address) {
  if (!address.is_v6()) return address;
  asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
  v6.scope_id(0);
  return v6;
}

// Lives as long as an operation of it is under way; `epoch` changes with every stop.
class ListenerCore : public std::enable_shared_from_this<ListenerCore> {
 public:
  ListenerCore(asio::io_context& loop, ListenSettings settings, const ListenHandlers& handlers)
      : settings_(std::move(settings)),
        on_refused_(handlers.on_refused),
        connections_(std::make_shared<Connections>(loop, handlers)),
        acceptor_(loop),
        timer_(loop) {}

  std::string start();
  void stop();
  std::uint16_t bound_port() const;
  Connections& connections() { return *connections_; }

 private:
  Error listen();
  void listen_later();
  void accept();
  void on_accept(const Error& error, tcp::socket socket);
  void accept_later(const Error& error);
  void admit(tcp::socket socket);
  std::string objection(const Address& peer);
  void refuse(const std::string& peer, const std::string& reason) const;

  const ListenSettings settings_;
  const std::function<void(const std::string&, const std::string&)> on_refused_;
  const std::shared_ptr<Connections> connections_;
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;  // listening or accepting again
  tcp::endpoint endpoint_;
  std::vector<Address> peers_;
  BackOff back_off_{listen_again_after, back_off_factor_max};
  std::uint64_t epoch_ = 0;
  bool running_ = false;
  std::string accept_trouble_;
};

std::string ListenerCore::start() {
  if (running_) return {};
  Error error;
  const Address address = asio::ip::make_address(settings_.address, error);
  if (error) return "\"" + settings_.address + "\" is not a numeric address";
  peers_.clear();
  for (const std::string& text : settings_.peers) {
    const Address peer = asio::ip::make_address(text, error);
    if (error) return "peer \"" + text + "\" is not a numeric address";
    peers_.push_back(plain(peer));
  }
  endpoint_ = {address, settings_.port};
  if (settings_.single) connections_->keep_one_per_peer();
  running_ = true;
  accept_trouble_.clear();
  back_off_.reset();
  error = listen();
  if (!error) return {};
  listen_later();
  return "cannot listen on " + settings_.address + " port " + std::to_string(settings_.port) + ": " +
         error.message();
}

void ListenerCore::stop() {
  running_ = false;
  ++epoch_;
  timer_.cancel();
  Error ignored;
  acceptor_.close(ignored);
  connections_->abandon_all();
}

std::uint16_t ListenerCore::bound_port() const {
  Error error;
  const tcp::endpoint bound = acceptor_.local_endpoint(error);
  return error ? std::uint16_t{0} : bound.port();
}

Error ListenerCore::listen() {
  Error error, ignored;
  acceptor_.open(endpoint_.protocol(), error);
  if (!error) {
    ::fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);
    acceptor_.set_option(tcp::acceptor::reuse_address(true), ignored);
    acceptor_.bind(endpoint_, error);
  }
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    acceptor_.close(ignored);
  } else {
    accept();
  }
  return error;
}

void ListenerCore::listen_later() {
  timer_.expires_after(back_off_.take());
  timer_.async_wait([self = shared_from_this(), epoch = epoch_](const Error&) {
    if (epoch == self->epoch_ && self->listen()) self->listen_later();
  });
}

void ListenerCore::accept() {
  acceptor_.async_accept([self = shared_from_this(), epoch = epoch_](const Error& error, tcp::socket socket) {
    if (epoch == self->epoch_) self->on_accept(error, std::move(socket));
  });
}

void ListenerCore::on_accept(const Error& error, tcp::socket socket) {
  const std::uint64_t epoch = epoch_;
  // A peer that gave up in the queue costs its place there: no reason to wait.
  if (error && error != asio::error::connection_aborted) return accept_later(error);
  if (!error) {
    accept_trouble_.clear();
    admit(std::move(socket));
  }
  if (epoch == epoch_) accept();
}

// No descriptor or memory left. The waiting peer stays in the queue, so trying at once would spin.
void ListenerCore::accept_later(const Error& error) {
  timer_.expires_after(accept_again_after);
  timer_.async_wait([self = shared_from_this(), epoch = epoch_](const Error&) {
    if (epoch == self->epoch_) self->accept();
  });
  if (accept_trouble_ == error.message()) return;
  accept_trouble_ = error.message();
  refuse("", accept_trouble_);
}

void ListenerCore::admit(tcp::socket socket) {
  Error error;
  const tcp::endpoint from = socket.remote_endpoint(error);
  if (error) return;  // gone already
  const Address peer = plain(from.address());
  const std::uint64_t epoch = epoch_;
  const bool allowed = peers_.empty() || std::find(peers_.begin(), peers_.end(), peer) != peers_.end();
  // A second connection of a peer that has only one means that the first is dead, whatever it looks like.
  // With TLS that is decided after the handshake.
  if (allowed && settings_.single && !settings_.tls) connections_->replace(peer);
  if (epoch != epoch_) return;
  const std::string reason = allowed ? objection(peer) : std::string{not_an_allowed_peer};
  if (epoch != epoch_) return;
  if (!reason.empty()) return refuse(peer.to_string(), reason);
  connections_->add(std::move(socket), peer, settings_.tls.get());
}

// Why one more connection of this peer cannot be let in; empty when it can.
std::string ListenerCore::objection(const Address& peer) {
  if (connections_->count_in_use(peer) >= settings_.connections_per_peer_max) {
    return std::string{too_many_from_this_peer};
  }
  if (connections_->count() >= settings_.connections_max) connections_->forget_an_ending_one();
  return std::string{connections_->count() >= settings_.connections_max ? too_many_connections : ""};
}

void ListenerCore::refuse(const std::string& peer, const std::string& reason) const {
  if (on_refused_) on_refused_(peer, reason);
}

class Listener final : public TcpListener {
 public:
  explicit Listener(std::shared_ptr<ListenerCore> core) : core_(std::move(core)) {}
  ~Listener() override { core_->stop(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string start() override { return core_->start(); }
  void stop() override { core_->stop(); }
  std::uint16_t bound_port() const override { return core_->bound_port(); }
  void send(ConnectionId id, Bytes bytes) override { core_->connections().send(id, bytes); }
  void close(ConnectionId id) override { core_->connections().close(id); }
  void pause_reading(ConnectionId id, bool pause) override { core_->connections().pause_reading(id, pause); }

 private:
  std::shared_ptr<ListenerCore> core_;
};

}  // namespace

std::unique_ptr<TcpListener> make_tcp_listener(asio::io_context& loop, ListenSettings settings,
                                               const ListenHandlers& handlers) {
  return std::make_unique<Listener>(std::make_shared<ListenerCore>(loop, std::move(settings), handlers));
}

}  // namespace links
