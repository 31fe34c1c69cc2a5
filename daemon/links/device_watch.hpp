// Tells at once when a missing device is there, so that a plugged cable need not wait for the end of a
// back-off. For the loop thread only; best effort: the back-off goes on beside it.
//
// By inotify on the folder, not by libudev: settings name a path, which may be a link of udev's, of an
// administrator or of a test's pseudo terminal, and what counts is that this path is there. udev makes its
// links after it has set owner and group, so that a link that is seen can be opened; an event of the kernel's
// comes before that. And it is a library less.
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
