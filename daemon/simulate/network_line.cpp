// A simulated device on a TCP port, as behind a serial device server, or on a UDP port.
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

#include "daemon/simulate/line.hpp"

namespace simulate {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using Error = boost::system::error_code;

bool failed(std::string_view what, const Error& error) {
  std::fprintf(stderr, "simulate: %.*s: %s\n", static_cast<int>(what.size()), what.data(),
               error.message().c_str());
  return false;
}

class TcpLine final : public Line {
 public:
  TcpLine(asio::io_context& loop, tcp::endpoint own, OnBytes on_bytes)
      : own_(std::move(own)), on_bytes_(std::move(on_bytes)), acceptor_(loop), host_(loop) {}

  bool plug() override {
    Error error;
    acceptor_.open(own_.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(own_, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (error) return failed("listen", error);
    accept();
    return true;
  }

  void pull() override {
    Error ignored;
    acceptor_.close(ignored);
    host_.close(ignored);
  }

  void send(Bytes bytes) override {
    if (!host_.is_open()) return;
    Error error;
    asio::write(host_, asio::buffer(bytes.data(), bytes.size()), error);
    if (error) host_.close(error);
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const Error& error, tcp::socket host) {
      if (error) return;
      Error ignored;
      host_.close(ignored);
      host_ = std::move(host);
      read();
      accept();
    });
  }

  void read() {
    host_.async_read_some(asio::buffer(buffer_), [this](const Error& error, std::size_t size) {
      if (error) return;
      on_bytes_(Bytes(buffer_.data(), size));
      if (host_.is_open()) read();
    });
  }

  tcp::endpoint own_;
  OnBytes on_bytes_;
  tcp::acceptor acceptor_;
  tcp::socket host_;
  std::array<std::uint8_t, 2048> buffer_{};
};

class UdpLine final : public Line {
 public:
  UdpLine(asio::io_context& loop, udp::endpoint own, OnBytes on_bytes)
      : own_(std::move(own)), on_bytes_(std::move(on_bytes)), socket_(loop) {}

  bool plug() override {
    Error error;
    socket_.open(own_.protocol(), error);
    if (!error) socket_.bind(own_, error);
    if (error) return failed("bind", error);
    read();
    return true;
  }

  void pull() override {
    Error ignored;
    socket_.close(ignored);
    host_.reset();
  }

  void send(Bytes bytes) override {
    if (!host_ || !socket_.is_open()) return;
    Error ignored;  // a datagram may be lost
    socket_.send_to(asio::buffer(bytes.data(), bytes.size()), *host_, 0, ignored);
  }

 private:
  void read() {
    socket_.async_receive_from(asio::buffer(buffer_), from_, [this](const Error& error, std::size_t size) {
      if (error == asio::error::operation_aborted || !socket_.is_open()) return;
      if (!error) {
        host_ = from_;
        on_bytes_(Bytes(buffer_.data(), size));
      }
      if (socket_.is_open()) read();
    });
  }

  udp::endpoint own_, from_;
  std::optional<udp::endpoint> host_;
  OnBytes on_bytes_;
  udp::socket socket_;
  std::array<std::uint8_t, 65'536> buffer_{};
};

struct Place {
  asio::ip::address address;
  std::uint16_t port = 0;
};

std::optional<Place> place_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Place out;
  Error error;
  out.address = asio::ip::make_address(std::string(text.substr(0, colon)), error);
  const auto [end, bad] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), out.port);
  if (error || bad != std::errc{} || end != text.data() + text.size() || out.port == 0) return std::nullopt;
  return out;
}

}  // namespace

std::unique_ptr<Line> make_network_line(asio::io_context& loop, const std::string& address, OnBytes on_bytes,
                                        std::string& error) {
  const bool datagrams = address.rfind("udp://", 0) == 0;
  const auto place = datagrams || address.rfind("tcp://", 0) == 0
                         ? place_of(std::string_view(address).substr(6))
                         : std::nullopt;
  if (!place) {
    error = "--listen needs tcp://ADDRESS:PORT or udp://ADDRESS:PORT, not '" + address + "'";
    return nullptr;
  }
  if (datagrams)
    return std::make_unique<UdpLine>(loop, udp::endpoint(place->address, place->port), std::move(on_bytes));
  return std::make_unique<TcpLine>(loop, tcp::endpoint(place->address, place->port), std::move(on_bytes));
}

}  // namespace simulate
