#include <utility>

#include "daemon/links/network_link.hpp"

namespace links {
namespace {

// Lives as long as one of its handlers runs, so that the link may be destroyed from within any.
class TcpLinkCore : public std::enable_shared_from_this<TcpLinkCore> {
 public:
  TcpLinkCore(const ConnectSettings& settings, Handlers handlers)
      : place_(settings.address + " port " + std::to_string(settings.port)), handlers_(std::move(handlers)) {}

  void use(std::unique_ptr<TcpPeers> client) { client_ = std::move(client); }
  ListenHandlers client_handlers();

  void start() {
    if (running_) return;
    running_ = true;
    reported_ = false;
    const auto self = shared_from_this();
    const std::string trouble = client_->start();
    if (!trouble.empty() && running_) report(State::down, trouble);
  }
  void stop() {
    running_ = false;
    id_ = 0;
    client_->stop();
  }
  void send(Bytes bytes) {
    if (id_ != 0) client_->send(id_, bytes);
  }

 private:
  void report(State state, std::string detail) {
    if (reported_ && state == state_ && detail == detail_) return;
    reported_ = true;
    state_ = state;
    detail_ = std::move(detail);
    if (handlers_.on_state) handlers_.on_state(state_, detail_);
  }

  const std::string place_;
  const Handlers handlers_;
  std::unique_ptr<TcpPeers> client_;
  ConnectionId id_ = 0;  // 0: not connected
  bool running_ = false, reported_ = false;
  State state_ = State::down;
  std::string detail_;
};

ListenHandlers TcpLinkCore::client_handlers() {
  ListenHandlers out;
  const std::weak_ptr<TcpLinkCore> weak = weak_from_this();
  out.on_open = [weak](ConnectionId id, const std::string&) {
    const auto self = weak.lock();
    if (!self) return;
    self->id_ = id;
    self->report(State::up, self->place_);
  };
  out.on_bytes = [weak](ConnectionId, Bytes bytes, vitals::Stamp rx) {
    const auto self = weak.lock();
    if (self && self->handlers_.on_bytes) self->handlers_.on_bytes(bytes, rx);
  };
  out.on_close = [weak](ConnectionId, const std::string& reason) {
    const auto self = weak.lock();
    if (!self) return;
    self->id_ = 0;
    self->report(State::down, self->place_ + ": " + reason);
  };
  out.on_refused = [weak](const std::string&, const std::string& reason) {
    if (const auto self = weak.lock()) self->report(State::down, self->place_ + ": " + reason);
  };
  return out;
}

class TcpLink final : public Link {
 public:
  explicit TcpLink(std::shared_ptr<TcpLinkCore> core) : core_(std::move(core)) {}
  ~TcpLink() override { core_->stop(); }
  TcpLink(const TcpLink&) = delete;
  TcpLink& operator=(const TcpLink&) = delete;

  void start() override { core_->start(); }
  void stop() override { core_->stop(); }
  void send(Bytes bytes) override { core_->send(bytes); }

 private:
  std::shared_ptr<TcpLinkCore> core_;
};

}  // namespace

std::unique_ptr<Link> make_tcp_link(boost::asio::io_context& loop, ConnectSettings settings,
                                    Handlers handlers) {
  auto core = std::make_shared<TcpLinkCore>(settings, std::move(handlers));
  core->use(make_tcp_client(loop, std::move(settings), core->client_handlers()));
  return std::make_unique<TcpLink>(std::move(core));
}

}  // namespace links
