// Tells at once when a missing device is there, so that a plugged cable need not wait for the end of a
// back-off. For the loop thread only; best effort: the back-off goes on beside it.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>

namespace links {

class DeviceWatch {
 public:
  explicit DeviceWatch(boost::asio::io_context& loop);

  // Calls `then` once when `path` is there. Watches the nearest folder above it that exists: udev makes and
  // removes /dev/serial/by-id with the first and the last adapter. Replaces what was waited for before; does
  // nothing when the path exists already. `then` keeps the owner alive.
  void wait(const std::string& path, std::function<void()> then);
  void cancel();

 private:
  void watch();
  void read();

  boost::asio::posix::stream_descriptor events_;
  std::array<char, 4096> buffer_{};
  std::string path_;
  std::function<void()> then_;
  int watch_ = -1;
};

}  // namespace links
