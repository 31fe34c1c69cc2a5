#include "daemon/links/tcp_client.hpp"

#include <fcntl.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>
#include <utility>

#include "daemon/links/link_core.hpp"
#include "daemon/links/tcp_connections.hpp"

namespace links {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr int connect_back_off_factor_max = 60;

// Lives as long as an operation of it is under way; `epoch` changes with every attempt and every stop.
class ClientCore : public std::enable_shared_from_this<ClientCore> {
 public:
  ClientCore(asio::io_context& loop, ConnectSettings settings, ListenHandlers handlers)
      : loop_(loop),
        settings_(std::move(settings)),
        handlers_(std::move(handlers)),
        socket_(loop),
        timer_(loop),
        back_off_(settings_.connect_again_after, connect_back_off_factor_max),
        random_(std::random_device{}()) {}

  std::string start();
  void stop();
  Connections* connections() const { return connections_.get(); }

 private:
  ListenHandlers wrapped();
  void connect();
  void on_connect(const Error& error);
  void on_close(ConnectionId id, const std::string& reason);
  void connect_later();
  void fail(const std::string& reason);
  void refuse(const std::string& reason);

  asio::io_context& loop_;
  const ConnectSettings settings_;
  const ListenHandlers handlers_;
  std::shared_ptr<Connections> connections_;
  tcp::socket socket_;
  asio::steady_timer timer_;  // for the attempt, or until the next one
  tcp::endpoint endpoint_;
  BackOff back_off_;
  std::minstd_rand random_;  // jitter only
  std::uint64_t epoch_ = 0;
  bool running_ = false, in_time_ = true;
  std::string refused_;
};

// The owner may be destroyed by any of its handlers, hence the locks.
ListenHandlers ClientCore::wrapped() {
  ListenHandlers out;
  const std::weak_ptr<ClientCore> weak = weak_from_this();
  out.on_open = [weak](ConnectionId id, const std::string& peer) {
    const auto self = weak.lock();
    if (self && self->handlers_.on_open) self->handlers_.on_open(id, peer);
  };
  out.on_bytes = [weak](ConnectionId id, Bytes bytes, vitals::Stamp rx) {
    const auto self = weak.lock();
    if (!self) return;
    self->back_off_.reset();
    self->refused_.clear();
    if (self->handlers_.on_bytes) self->handlers_.on_bytes(id, bytes, rx);
  };
  out.on_close = [weak](ConnectionId id, const std::string& reason) {
    if (const auto self = weak.lock()) self->on_close(id, reason);
  };
  out.on_refused = [weak](const std::string&, const std::string& reason) {
    if (const auto self = weak.lock()) self->fail(reason);
  };
  return out;
}

std::string ClientCore::start() {
  if (running_) return {};
  Error error;
  const auto address = asio::ip::make_address(settings_.address, error);
  if (error) return "\"" + settings_.address + "\" is not a numeric address";
  endpoint_ = {address, settings_.port};
  if (!connections_) connections_ = std::make_shared<Connections>(loop_, wrapped());
  running_ = true;
  refused_.clear();
  back_off_.reset();
  connect();
  return {};
}

void ClientCore::stop() {
  running_ = false;
  ++epoch_;
  Error ignored;
  timer_.cancel();
  socket_.close(ignored);
  if (connections_) connections_->abandon_all();
}

void ClientCore::connect() {
  const std::uint64_t epoch = ++epoch_;
  Error error;
  in_time_ = true;
  socket_ = tcp::socket{loop_};
  socket_.open(endpoint_.protocol(), error);
  if (error) return on_connect(error);
  ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  timer_.expires_after(settings_.connect_within);
  timer_.async_wait([self = shared_from_this(), epoch](const Error& cancelled) {
    if (cancelled || epoch != self->epoch_) return;
    Error ignored;
    self->in_time_ = false;
    self->socket_.close(ignored);
  });
  socket_.async_connect(endpoint_, [self = shared_from_this(), epoch](const Error& failed) {
    if (epoch == self->epoch_) self->on_connect(failed);
  });
}

void ClientCore::on_connect(const Error& error) {
  timer_.cancel();
  // Without a listener, a port of our own machine may be connected with itself.
  Error failed = error;
  if (!failed && socket_.local_endpoint(failed) == endpoint_ && !failed)
    failed = asio::error::connection_refused;
  if (!failed && in_time_)
    return connections_->add(std::move(socket_), endpoint_.address(), settings_.tls.get());
  Error ignored;
  socket_.close(ignored);
  fail(in_time_ ? failed.message() : "no answer");
}

// No connection, or no TLS on it.
void ClientCore::fail(const std::string& reason) {
  const std::uint64_t epoch = epoch_;
  refuse(reason);
  if (epoch == epoch_) connect_later();
}

void ClientCore::on_close(ConnectionId id, const std::string& reason) {
  const std::uint64_t epoch = epoch_;
  if (handlers_.on_close) handlers_.on_close(id, reason);
  if (epoch == epoch_ && running_) connect_later();
}

void ClientCore::connect_later() {
  const vitals::Milliseconds wait = back_off_.take();
  std::uniform_int_distribution<vitals::Milliseconds::rep> jitter(-wait.count() / 5, wait.count() / 5);
  timer_.expires_after(wait + vitals::Milliseconds{jitter(random_)});
  timer_.async_wait([self = shared_from_this(), epoch = epoch_](const Error&) {
    if (epoch == self->epoch_) self->connect();
  });
}

void ClientCore::refuse(const std::string& reason) {
  if (refused_ == reason) return;
  refused_ = reason;
  if (handlers_.on_refused) handlers_.on_refused(endpoint_.address().to_string(), reason);
}

class Client final : public TcpPeers {
 public:
  explicit Client(std::shared_ptr<ClientCore> core) : core_(std::move(core)) {}
  ~Client() override { core_->stop(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::string start() override {
    const auto core = core_;  // the handler of a first report may destroy the client
    return core->start();
  }
  void stop() override { core_->stop(); }
  void send(ConnectionId id, Bytes bytes) override {
    if (auto* connections = core_->connections()) connections->send(id, bytes);
  }
  void close(ConnectionId id) override {
    if (auto* connections = core_->connections()) connections->close(id);
  }
  void pause_reading(ConnectionId id, bool pause) override {
    if (auto* connections = core_->connections()) connections->pause_reading(id, pause);
  }

 private:
  std::shared_ptr<ClientCore> core_;
};

}  // namespace

std::unique_ptr<TcpPeers> make_tcp_client(asio::io_context& loop, ConnectSettings settings,
                                          const ListenHandlers& handlers) {
  return std::make_unique<Client>(std::make_shared<ClientCore>(loop, std::move(settings), handlers));
}

}  // namespace links
