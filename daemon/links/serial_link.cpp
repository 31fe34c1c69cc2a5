#include "daemon/links/serial_link.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "daemon/links/damage_marks.hpp"
#include "daemon/links/device_watch.hpp"
#include "daemon/links/link_core.hpp"
#include "daemon/links/port.hpp"
#include "daemon/links/port_holder.hpp"
#include "daemon/service/clock.hpp"

namespace links {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

class SerialCore final : public LinkCore {
 public:
  SerialCore(asio::io_context& loop, SerialSettings settings, Handlers handlers)
      : LinkCore(loop, std::move(handlers), {settings.reopen_after, back_off_factor_max}),
        settings_(std::move(settings)),
        stream_(loop),
        watch_(loop) {}

  void send(Bytes bytes) override {
    if (!stream_.is_open() || waiting_.size() + bytes.size() > send_queue_bytes_max) return;
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    if (going_.empty()) write();
  }

  // A program of root's opens a port in spite of our locks, and then takes part of the bytes.
  std::string trouble() const override {
    if (!port_) return {};
    const std::string own = "(" + std::to_string(::getpid()) + ")";
    for (const std::string& opener : openers_of(device_))
      if (opener.find(own) == std::string::npos) return "also opened by " + opener;
    return {};
  }

 private:
  void open() override {
    OpenedPort opened = open_port(settings_);
    if (opened.port) take(opened);
    if (!port_)
      return fail(opened.state, opened.state == State::busy ? busy_text(opened.device) : opened.detail);
    device_ = opened.device;
    if (report(State::up, name_of(opened.device))) read();
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
    marks_.forget();
  }

  // Looked up once per busy period; a look at every attempt would cost the loop more than it tells.
  std::string busy_text(const std::string& device) const {
    if (const std::string* before = told(State::busy)) return *before;
    const std::string holder = holder_of(device);
    if (!holder.empty()) return "in use by " + holder;
    const std::vector<std::string> openers = openers_of(device);  // one that took no lock
    return "in use by " + (openers.empty() ? "another program" : openers.front());
  }

  void shut() override {
    Error ignored;
    watch_.cancel();
    stream_.close(ignored);
    port_.reset();
    waiting_.clear();
    going_.clear();
  }

  void when_waiting() override {
    watch_.wait(settings_.path, while_open([this] { open_again(); }));
  }

  bool all_sent() const override { return !port_ || (going_.empty() && !port_->is_sending()); }

  // A cable pulled shows as an error, as end of file, or as completions without bytes (pitfall S7). All of
  // them end this opening, and the next one waits, so that no device can make the loop spin.
  void lost(const Error& error) {
    const bool gone = !error || error == asio::error::eof || error.value() == EIO;
    fail(State::down, gone ? "the device is gone" : error.message());
  }

  void read() {
    stream_.async_read_some(asio::buffer(buffer_), while_open([this](const Error& error, std::size_t size) {
                              on_read(error, size);
                            }));
  }

  void on_read(const Error& error, std::size_t size) {
    if (error || size == 0) return lost(error);
    if (hand_on({buffer_.data(), size}, service::now())) read();
  }

  bool hand_on(std::span<std::uint8_t> bytes, vitals::Stamp rx) {
    if (!port_->marks_damage()) return hand_over(bytes, rx);
    bool going_on = true;
    marks_.take(
        bytes, [&](Bytes sound) { return going_on = hand_over(sound, rx); },
        [&] { return going_on = hand_over_damage(rx); });
    return going_on;
  }

  void write() {
    std::swap(going_, waiting_);
    asio::async_write(stream_, asio::buffer(going_),
                      while_open([this](const Error& error, std::size_t) { on_written(error); }));
  }

  void on_written(const Error& error) {
    going_.clear();
    if (error) return lost(error);
    if (!waiting_.empty()) write();
  }

  const SerialSettings settings_;
  asio::posix::stream_descriptor stream_;
  DeviceWatch watch_;
  std::unique_ptr<Port> port_;  // keeps the lock
  std::string device_;          // what it is
  std::array<std::uint8_t, 4096> buffer_{};
  DamageMarks marks_;
  std::vector<std::uint8_t> waiting_, going_;  // to be sent, being sent
};

}  // namespace

std::unique_ptr<Link> make_serial_link(asio::io_context& loop, SerialSettings settings, Handlers handlers) {
  return link_of(std::make_shared<SerialCore>(loop, std::move(settings), std::move(handlers)));
}

}  // namespace links
