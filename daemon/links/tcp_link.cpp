#include <utility>

#include "daemon/links/link_core.hpp"
#include "daemon/links/network_link.hpp"

namespace links {
namespace {

// The client behind it connects and connects again by itself.
class TcpCore final : public LinkCore {
 public:
  TcpCore(boost::asio::io_context& loop, const ConnectSettings& settings, Handlers handlers)
      : LinkCore(loop, std::move(handlers), {settings.connect_again_after, 1}),
        place_(settings.address + " port " + std::to_string(settings.port)) {}

  void use(std::unique_ptr<TcpPeers> client) { client_ = std::move(client); }
  ListenHandlers client_handlers();

  void send(Bytes bytes) override {
    if (id_ != 0) client_->send(id_, bytes);
  }

 private:
  void open() override {
    const std::string trouble = client_->start();
    if (!trouble.empty() && running()) report(State::down, trouble);
  }
  void shut() override {
    id_ = 0;
    client_->stop();
  }
  void begin_finish() override {
    if (id_ != 0) client_->close(id_);
  }
  bool all_sent() const override { return id_ == 0; }

  void on_open(ConnectionId id) {
    id_ = id;
    report(State::up, place_);
  }
  void on_close(const std::string& reason) {
    id_ = 0;
    report(State::down, place_ + ": " + reason);
  }

  const std::string place_;
  std::unique_ptr<TcpPeers> client_;
  ConnectionId id_ = 0;  // 0: not connected
};

ListenHandlers TcpCore::client_handlers() {
  ListenHandlers out;
  const auto weak = std::weak_ptr{std::static_pointer_cast<TcpCore>(shared_from_this())};
  out.on_open = [weak](ConnectionId id, const std::string&) {
    if (const auto self = weak.lock()) self->on_open(id);
  };
  out.on_bytes = [weak](ConnectionId, Bytes bytes, vitals::Stamp rx) {
    if (const auto self = weak.lock()) self->hand_over(bytes, rx);
  };
  out.on_close = [weak](ConnectionId, const std::string& reason) {
    if (const auto self = weak.lock()) self->on_close(reason);
  };
  out.on_refused = [weak](const std::string&, const std::string& reason) {
    if (const auto self = weak.lock()) self->report(State::down, self->place_ + ": " + reason);
  };
  return out;
}

}  // namespace

std::unique_ptr<Link> make_tcp_link(boost::asio::io_context& loop, ConnectSettings settings,
                                    Handlers handlers) {
  auto core = std::make_shared<TcpCore>(loop, settings, std::move(handlers));
  core->use(make_tcp_client(loop, std::move(settings), core->client_handlers()));
  return link_of(std::move(core));
}

}  // namespace links
