#include "daemon/links/serial_link.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "daemon/links/device_watch.hpp"
#include "daemon/links/port.hpp"
#include "daemon/links/port_holder.hpp"
#include "daemon/service/clock.hpp"

namespace links {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

constexpr int back_off_factor_max = 16;

// Lives as long as an operation of it is under way, so that the link itself may be destroyed at any time,
// also from within a handler. `epoch` changes whenever the device is closed: what was under way then means
// nothing.
class SerialCore : public std::enable_shared_from_this<SerialCore> {
 public:
  SerialCore(asio::io_context& loop, SerialSettings settings, Handlers handlers)
      : settings_(std::move(settings)),
        handlers_(std::move(handlers)),
        stream_(loop),
        timer_(loop),
        watch_(loop) {}

  void start() {
    if (running_) return;
    const auto self = shared_from_this();  // the handler of the first report may destroy the link
    running_ = true;
    reported_ = false;
    back_off_ = settings_.reopen_after;
    open();
  }

  void stop() {
    running_ = false;
    close();
  }

  void send(Bytes bytes) {
    if (!stream_.is_open() || waiting_.size() + bytes.size() > send_queue_bytes_max) return;
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    if (going_.empty()) write();
  }

  // A program of root's opens a port in spite of our locks, and then takes part of the bytes.
  std::string trouble() const {
    if (!port_) return {};
    const std::string own = "(" + std::to_string(::getpid()) + ")";
    for (const std::string& opener : openers_of(device_))
      if (opener.find(own) == std::string::npos) return "also opened by " + opener;
    return {};
  }

 private:
  void open() {
    OpenedPort opened = open_port(settings_);
    if (opened.port) take(opened);
    const std::uint64_t epoch = epoch_;  // a report may stop the link
    if (port_) {
      device_ = opened.device;
      report(State::up, name_of(opened.device));
      if (epoch == epoch_) read();
      return;
    }
    report(opened.state, opened.state == State::busy ? busy_text(opened.device) : opened.detail);
    if (epoch == epoch_) try_later();
  }

  std::string name_of(const std::string& device) const {
    return device == settings_.path ? device : settings_.path + " is " + device;
  }

  // Asio gets a descriptor of its own: two owners of one would close each other's (pitfall S6).
  void take(OpenedPort& opened) {
    const int fd = opened.port->duplicate();
    Error error{errno, boost::system::system_category()};
    if (fd >= 0) stream_.assign(fd, error);
    if (!stream_.is_open()) {
      if (fd >= 0) ::close(fd);
      opened.state = State::down;
      opened.detail = error.message();
      return;
    }
    port_ = std::move(opened.port);
  }

  // Looked up once per busy period; a look at every attempt would cost the loop more than it tells.
  std::string busy_text(const std::string& device) const {
    if (reported_ && state_ == State::busy) return detail_;
    const std::string holder = holder_of(device);
    if (!holder.empty()) return "in use by " + holder;
    const std::vector<std::string> openers = openers_of(device);  // one that took no lock
    return "in use by " + (openers.empty() ? "another program" : openers.front());
  }

  void close() {
    ++epoch_;
    Error ignored;
    timer_.cancel();
    watch_.cancel();
    stream_.close(ignored);
    port_.reset();
    waiting_.clear();
    going_.clear();
  }

  // A cable pulled shows as an error, as end of file, or as completions without bytes (pitfall S7). All of
  // them end this opening, and the next one waits, so that no device can make the loop spin.
  void lost(const Error& error) {
    const bool gone = !error || error == asio::error::eof || error.value() == EIO;
    close();
    const std::uint64_t epoch = epoch_;
    report(State::down, gone ? "the device is gone" : error.message());
    if (epoch == epoch_) try_later();
  }

  void try_later() {
    timer_.expires_after(back_off_);
    back_off_ = std::min(back_off_ * 2, settings_.reopen_after * back_off_factor_max);
    timer_.async_wait([self = shared_from_this(), epoch = epoch_](const Error&) {
      if (epoch == self->epoch_) self->open_again();
    });
    watch_.wait(settings_.path, [self = shared_from_this(), epoch = epoch_] {
      if (epoch == self->epoch_) self->open_again();
    });
  }

  // After the wait, or when the device has appeared, whichever comes first.
  void open_again() {
    ++epoch_;
    timer_.cancel();
    watch_.cancel();
    open();
  }

  void read() {
    stream_.async_read_some(asio::buffer(buffer_), [self = shared_from_this(), epoch = epoch_](
                                                       const Error& error, std::size_t size) {
      if (epoch == self->epoch_) self->on_read(error, size);
    });
  }

  void on_read(const Error& error, std::size_t size) {
    if (error || size == 0) return lost(error);
    back_off_ = settings_.reopen_after;
    const std::uint64_t epoch = epoch_;
    if (handlers_.on_bytes) handlers_.on_bytes(Bytes{buffer_.data(), size}, service::now());
    if (epoch == epoch_) read();
  }

  void write() {
    std::swap(going_, waiting_);
    asio::async_write(stream_, asio::buffer(going_),
                      [self = shared_from_this(), epoch = epoch_](const Error& error, std::size_t) {
                        if (epoch == self->epoch_) self->on_written(error);
                      });
  }

  void on_written(const Error& error) {
    going_.clear();
    if (error) return lost(error);
    if (!waiting_.empty()) write();
  }

  void report(State state, std::string detail) {
    if (reported_ && state == state_ && detail == detail_) return;
    reported_ = true;
    state_ = state;
    detail_ = std::move(detail);
    if (handlers_.on_state) handlers_.on_state(state_, detail_);
  }

  const SerialSettings settings_;
  const Handlers handlers_;
  asio::posix::stream_descriptor stream_;
  asio::steady_timer timer_;
  DeviceWatch watch_;
  std::unique_ptr<Port> port_;  // keeps the lock
  std::string device_;          // what it is
  std::array<std::uint8_t, 4096> buffer_{};
  std::vector<std::uint8_t> waiting_, going_;  // to be sent, being sent
  vitals::Milliseconds back_off_{0};
  std::uint64_t epoch_ = 0;
  bool running_ = false;
  bool reported_ = false;  // state_ and detail_ hold what was reported last
  State state_ = State::down;
  std::string detail_;
};

class SerialLink final : public Link {
 public:
  explicit SerialLink(std::shared_ptr<SerialCore> core) : core_(std::move(core)) {}
  ~SerialLink() override { core_->stop(); }
  SerialLink(const SerialLink&) = delete;
  SerialLink& operator=(const SerialLink&) = delete;

  void start() override { core_->start(); }
  void stop() override { core_->stop(); }
  void send(Bytes bytes) override { core_->send(bytes); }
  std::string trouble() const override { return core_->trouble(); }

 private:
  std::shared_ptr<SerialCore> core_;
};

}  // namespace

std::unique_ptr<Link> make_serial_link(asio::io_context& loop, SerialSettings settings, Handlers handlers) {
  return std::make_unique<SerialLink>(
      std::make_shared<SerialCore>(loop, std::move(settings), std::move(handlers)));
}

}  // namespace links
