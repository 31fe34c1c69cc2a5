#include <fcntl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <utility>
#include <vector>

#include "daemon/links/link_core.hpp"
#include "daemon/links/network_link.hpp"
#include "daemon/service/clock.hpp"

namespace links {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using Error = boost::system::error_code;

// What the network says of the peer comes as an error of the next call. It ends nothing: the peer may be back
// with the next datagram.
bool is_about_the_peer(const Error& error) {
  return error == asio::error::connection_refused || error == asio::error::host_unreachable ||
         error == asio::error::network_unreachable || error == asio::error::message_size;
}

class DatagramCore final : public LinkCore {
 public:
  DatagramCore(asio::io_context& loop, DatagramSettings settings, Handlers handlers)
      : LinkCore(loop, std::move(handlers), {settings.open_again_after, back_off_factor_max}),
        settings_(std::move(settings)),
        socket_(loop),
        buffer_(datagram_bytes_max) {}

  void send(Bytes bytes) override {
    if (!socket_.is_open()) return;
    Error error;
    socket_.send(asio::buffer(bytes.data(), bytes.size()), 0, error);
    // A full socket drops the datagram, as the network might.
    if (error && error != asio::error::would_block) trouble_ = error.message();
  }

  std::string trouble() const override { return trouble_; }

 private:
  void open() override {
    Error error;
    const auto address = asio::ip::make_address(settings_.address, error);
    const udp::endpoint peer{address, settings_.port};
    if (!error) socket_.open(peer.protocol(), error);
    if (!error) {
      ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
      socket_.non_blocking(true, error);
    }
    if (!error) socket_.connect(peer, error);  // from now on the kernel drops what others send
    if (error) return fail(State::down, error.message());
    if (report(State::up, "datagrams with " + settings_.address + " port " + std::to_string(settings_.port)))
      receive();
  }

  void receive() {
    socket_.async_receive(asio::buffer(buffer_), while_open([this](const Error& error, std::size_t size) {
                            on_datagram(error, size);
                          }));
  }

  void on_datagram(const Error& error, std::size_t size) {
    if (error && !is_about_the_peer(error)) return fail(State::down, error.message());
    if (error) {
      trouble_ = error.message();
    } else if (size > 0) {
      trouble_.clear();
      if (!hand_over(Bytes{buffer_.data(), size}, service::now())) return;
    }
    receive();
  }

  void shut() override {
    Error ignored;
    socket_.close(ignored);
    trouble_.clear();
  }

  bool all_sent() const override { return true; }  // send() has handed it to the network

  const DatagramSettings settings_;
  udp::socket socket_;
  std::vector<std::uint8_t> buffer_;
  std::string trouble_;
};

}  // namespace

std::unique_ptr<Link> make_datagram_link(asio::io_context& loop, DatagramSettings settings,
                                         Handlers handlers) {
  return link_of(std::make_shared<DatagramCore>(loop, std::move(settings), std::move(handlers)));
}

}  // namespace links
