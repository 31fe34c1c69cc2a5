#include <fcntl.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "daemon/links/network_link.hpp"
#include "daemon/service/clock.hpp"

namespace links {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using Error = boost::system::error_code;

constexpr int back_off_factor_max = 16;

// What the network says of the peer comes as an error of the next call. It ends nothing: the peer may be back
// with the next datagram.
bool is_about_the_peer(const Error& error) {
  return error == asio::error::connection_refused || error == asio::error::host_unreachable ||
         error == asio::error::network_unreachable || error == asio::error::message_size;
}

// Lives as long as an operation of it is under way; `epoch` changes with every closing.
class DatagramCore : public std::enable_shared_from_this<DatagramCore> {
 public:
  DatagramCore(asio::io_context& loop, DatagramSettings settings, Handlers handlers)
      : settings_(std::move(settings)),
        handlers_(std::move(handlers)),
        socket_(loop),
        timer_(loop),
        buffer_(datagram_bytes_max) {}

  void start() {
    if (running_) return;
    const auto self = shared_from_this();  // the handler of the first report may destroy the link
    running_ = true;
    reported_ = false;
    back_off_ = settings_.open_again_after;
    open();
  }

  void stop() {
    running_ = false;
    close();
  }

  void send(Bytes bytes) {
    if (!socket_.is_open()) return;
    Error error;
    socket_.send(asio::buffer(bytes.data(), bytes.size()), 0, error);
    // A full socket drops the datagram, as the network might.
    if (error && error != asio::error::would_block) trouble_ = error.message();
  }

  const std::string& trouble() const { return trouble_; }

 private:
  void open() {
    Error error;
    const auto address = asio::ip::make_address(settings_.address, error);
    const udp::endpoint peer{address, settings_.port};
    if (!error) socket_.open(peer.protocol(), error);
    if (!error) {
      ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
      socket_.non_blocking(true, error);
    }
    if (!error) socket_.connect(peer, error);  // from now on the kernel drops what others send
    if (error) return failed(error);
    const std::uint64_t epoch = epoch_;  // a report may stop the link
    report(State::up, "datagrams with " + settings_.address + " port " + std::to_string(settings_.port));
    if (epoch == epoch_) receive();
  }

  void failed(const Error& error) {
    close();
    const std::uint64_t epoch = epoch_;
    report(State::down, error.message());
    if (epoch != epoch_) return;
    timer_.expires_after(back_off_);
    back_off_ = std::min(back_off_ * 2, settings_.open_again_after * back_off_factor_max);
    timer_.async_wait([self = shared_from_this(), epoch](const Error&) {
      if (epoch == self->epoch_) self->open();
    });
  }

  void receive() {
    socket_.async_receive(asio::buffer(buffer_),
                          [self = shared_from_this(), epoch = epoch_](const Error& error, std::size_t size) {
                            if (epoch == self->epoch_) self->on_datagram(error, size);
                          });
  }

  void on_datagram(const Error& error, std::size_t size) {
    if (error && !is_about_the_peer(error)) return failed(error);
    const std::uint64_t epoch = epoch_;
    if (error) {
      trouble_ = error.message();
    } else if (size > 0) {
      trouble_.clear();
      back_off_ = settings_.open_again_after;
      if (handlers_.on_bytes) handlers_.on_bytes(Bytes{buffer_.data(), size}, service::now());
    }
    if (epoch == epoch_) receive();
  }

  void close() {
    ++epoch_;
    Error ignored;
    timer_.cancel();
    socket_.close(ignored);
    trouble_.clear();
  }

  void report(State state, std::string detail) {
    if (reported_ && state == state_ && detail == detail_) return;
    reported_ = true;
    state_ = state;
    detail_ = std::move(detail);
    if (handlers_.on_state) handlers_.on_state(state_, detail_);
  }

  const DatagramSettings settings_;
  const Handlers handlers_;
  udp::socket socket_;
  asio::steady_timer timer_;
  std::vector<std::uint8_t> buffer_;
  vitals::Milliseconds back_off_{0};
  std::uint64_t epoch_ = 0;
  bool running_ = false;
  bool reported_ = false;  // state_ and detail_ hold what was reported last
  State state_ = State::down;
  std::string detail_, trouble_;
};

class DatagramLink final : public Link {
 public:
  explicit DatagramLink(std::shared_ptr<DatagramCore> core) : core_(std::move(core)) {}
  ~DatagramLink() override { core_->stop(); }
  DatagramLink(const DatagramLink&) = delete;
  DatagramLink& operator=(const DatagramLink&) = delete;

  void start() override { core_->start(); }
  void stop() override { core_->stop(); }
  void send(Bytes bytes) override { core_->send(bytes); }
  std::string trouble() const override { return core_->trouble(); }

 private:
  std::shared_ptr<DatagramCore> core_;
};

}  // namespace

std::unique_ptr<Link> make_datagram_link(asio::io_context& loop, DatagramSettings settings,
                                         Handlers handlers) {
  return std::make_unique<DatagramLink>(
      std::make_shared<DatagramCore>(loop, std::move(settings), std::move(handlers)));
}

}  // namespace links
