#include "daemon/links/device_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <filesystem>
#include <system_error>
#include <utility>

namespace links {
namespace {

using Error = boost::system::error_code;

bool is_there(const std::string& path) {
  std::error_code failure;
  return std::filesystem::exists(path, failure);
}

std::string folder_above(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  while (!is_there(folder.string()) && folder.has_relative_path()) folder = folder.parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace

DeviceWatch::DeviceWatch(boost::asio::io_context& loop) : events_(loop) {}

void DeviceWatch::wait(const std::string& path, std::function<void()> then) {
  cancel();
  if (is_there(path)) return;
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return;
  Error failed;
  events_.assign(fd, failed);
  if (failed) {
    ::close(fd);
    return;
  }
  path_ = path;
  then_ = std::move(then);
  watch();
  read();
}

void DeviceWatch::cancel() {
  Error ignored;
  events_.close(ignored);
  then_ = nullptr;
  watch_ = -1;
}

// Anew after each event: a folder nearer to the device may be there now.
void DeviceWatch::watch() {
  const int fd = events_.native_handle();
  const int next =
      ::inotify_add_watch(fd, folder_above(path_).c_str(), IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF);
  // Removing is an event too: only when the folder is another one, or each look would cause the next.
  if (watch_ >= 0 && next != watch_) ::inotify_rm_watch(fd, watch_);
  watch_ = next;
}

void DeviceWatch::read() {
  // `then_` is what keeps the owner, and so this object, alive.
  events_.async_read_some(boost::asio::buffer(buffer_),
                          [this, keep = then_](const Error& error, std::size_t) {
                            if (error || !then_) return;
                            watch();
                            if (!is_there(path_)) return read();
                            const auto then = std::exchange(then_, nullptr);
                            cancel();
                            then();
                          });
}

}  // namespace links
