// A pseudo terminal under a stable name, like a by-id link of a real port.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "daemon/simulate/line.hpp"

namespace simulate {
namespace {

bool failed(const std::string& what) {
  std::fprintf(stderr, "simulate: %s: %s\n", what.c_str(), std::strerror(errno));
  return false;
}

namespace fs = std::filesystem;

// What a run of ours, perhaps one that was killed, has left: a link to a pseudo terminal.
bool is_ours(const fs::path& path) {
  std::error_code unknown;
  const fs::path target = fs::read_symlink(path, unknown);
  return !unknown && target.parent_path() == "/dev/pts";
}

// A file, a folder, a real port would be gone: by whoever may write there, as root everywhere.
bool may_link(const fs::path& path) {
  std::error_code unknown;
  if (is_ours(path)) return true;
  const std::string folder =
      fs::weakly_canonical(fs::absolute(path, unknown).parent_path(), unknown).string();
  const bool of_devices = folder == "/dev" || folder.compare(0, 5, "/dev/") == 0;
  return !of_devices && fs::symlink_status(path, unknown).type() == fs::file_type::not_found;
}

class PtyLine final : public Line {
 public:
  PtyLine(boost::asio::io_context& loop, std::string link, OnBytes on_bytes)
      : link_(std::move(link)), on_bytes_(std::move(on_bytes)), master_(loop) {}
  ~PtyLine() override { pull(); }
  PtyLine(const PtyLine&) = delete;
  PtyLine& operator=(const PtyLine&) = delete;

  bool plug() override {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0) return failed("pseudo terminal");
    master_.assign(master);
    if (::grantpt(master) != 0 || ::unlockpt(master) != 0) return failed("pseudo terminal");
    std::array<char, 128> name{};
    if (::ptsname_r(master, name.data(), name.size()) != 0) return failed("ptsname");
    // Held open by us too: a host that closes the port and opens it again must not hang up the terminal.
    slave_ = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios raw{};
    if (slave_ < 0 || ::tcgetattr(slave_, &raw) != 0) return failed(name.data());
    ::cfmakeraw(&raw);
    if (::tcsetattr(slave_, TCSANOW, &raw) != 0) return failed(name.data());
    read();
    return link_to(name.data());
  }

  void pull() override {
    if (!master_.is_open()) return;
    std::error_code ignored;
    if (!target_.empty() && fs::read_symlink(link_, ignored) == target_) fs::remove(link_, ignored);
    target_.clear();
    if (slave_ >= 0) ::close(std::exchange(slave_, -1));
    boost::system::error_code closed;
    master_.close(closed);
  }

  void send(Bytes bytes) override {
    if (!master_.is_open()) return;
    // A serial port that nobody reads loses bytes; a pseudo terminal would keep 4 KiB and hand them out late.
    int unread = 0;
    if (::ioctl(slave_, FIONREAD, &unread) == 0 && unread > unread_bytes_max) ::tcflush(slave_, TCIFLUSH);
    const auto written = ::write(master_.native_handle(), bytes.data(), bytes.size());
    if (written < 0 && errno != EAGAIN) failed("write");
  }

 private:
  static constexpr int unread_bytes_max = 2048;

  void read() {
    master_.async_read_some(boost::asio::buffer(buffer_),
                            [this](const boost::system::error_code& error, std::size_t size) {
                              if (error || !master_.is_open()) return;
                              on_bytes_(Bytes(buffer_.data(), size));
                              if (master_.is_open()) read();
                            });
  }

  bool link_to(const char* name) {
    if (!may_link(link_)) {
      std::fprintf(
          stderr,
          "simulate: %s is there and no link to a pseudo terminal, or a name below /dev: give a path of "
          "its own, as /tmp/monitor\n",
          link_.c_str());
      return false;
    }
    // Renamed into place: whoever opens the path sees the old port or the new one, never nothing.
    const std::string fresh = link_ + ".new";
    if (is_ours(fresh)) ::unlink(fresh.c_str());
    if (::symlink(name, fresh.c_str()) != 0 || ::rename(fresh.c_str(), link_.c_str()) != 0)
      return failed(link_);
    target_ = name;
    return true;
  }

  std::string link_;
  OnBytes on_bytes_;
  boost::asio::posix::stream_descriptor master_;
  int slave_ = -1;
  std::string target_;  // of the link; empty: there is none of ours
  std::array<std::uint8_t, 1024> buffer_{};
};

}  // namespace

std::unique_ptr<Line> make_pty_line(boost::asio::io_context& loop, std::string link, OnBytes on_bytes) {
  return std::make_unique<PtyLine>(loop, std::move(link), std::move(on_bytes));
}

}  // namespace simulate
