#include "daemon/links/port.hpp"

#include <fcntl.h>
#include <libserialport.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "daemon/links/port_holder.hpp"
#include "daemon/links/port_line.hpp"

namespace links {
namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

OpenedPort not_open(std::string detail) { return {nullptr, State::down, "", std::move(detail)}; }

// What a failed open or lock means.
OpenedPort refused(int error) {
  if (error == EBUSY || error == EWOULDBLOCK) return {nullptr, State::busy, "", ""};
  if (error == ENOENT || error == ENODEV || error == ENXIO) return not_open("no such device");
  return not_open(text_of(error));
}

int duplicate_of(int fd) { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); }

// flock keeps other instances and well-behaved programs out. It belongs to the open device, so every
// duplicate of the descriptor holds it.
bool lock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0; }

// Reads block until there is a byte: libserialport leaves VMIN at 0, with which an idle line looks like end
// of file (pitfall S1). HUPCL off: closing must not drop DTR and restart or silence the device (S5). A driver
// may accept settings without honouring them, hence the second look.
//
// Bytes with a parity or framing error are marked instead of passed on as if nothing were wrong. The kernel
// does that for both kinds with INPCK alone, so it is set on a line without parity too.
constexpr tcflag_t marking = INPCK | PARMRK, not_marking = IGNPAR | IGNBRK | BRKINT | ISTRIP;

bool set_up_terminal(int fd, bool raw, bool rts_cts) {
  termios line{};
  if (::tcgetattr(fd, &line) != 0) return false;
  if (raw) ::cfmakeraw(&line);
  line.c_iflag |= marking;
  line.c_iflag &= ~not_marking;
  line.c_cflag |= CLOCAL | CREAD;
  line.c_cflag &= ~(HUPCL | CRTSCTS);
  if (rts_cts) line.c_cflag |= CRTSCTS;  // not by libserialport, see port_line.hpp
  line.c_cc[VMIN] = 1;
  line.c_cc[VTIME] = 0;
  if (::tcsetattr(fd, TCSANOW, &line) != 0) return false;
  termios now{};
  if (::tcgetattr(fd, &now) != 0) return false;
  return now.c_cc[VMIN] == 1 && now.c_cc[VTIME] == 0 && (now.c_cflag & HUPCL) == 0 &&
         ((now.c_cflag & CRTSCTS) != 0) == rts_cts && (now.c_lflag & (ICANON | ECHO | ISIG)) == 0 &&
         (now.c_iflag & (marking | not_marking)) == marking;
}

bool has_unsent(int fd) {
  int count = 0;
  return ::ioctl(fd, TIOCOUTQ, &count) == 0 && count > 0;
}

class PlainPort final : public Port {
 public:
  explicit PlainPort(int fd) : fd_(fd), terminal_(::isatty(fd) == 1) {}
  ~PlainPort() override { ::close(fd_); }
  PlainPort(const PlainPort&) = delete;
  PlainPort& operator=(const PlainPort&) = delete;
  int duplicate() const override { return duplicate_of(fd_); }
  bool marks_damage() const override { return terminal_; }
  bool is_sending() const override { return terminal_ && has_unsent(fd_); }

 private:
  int fd_;
  bool terminal_;  // else a FIFO
};

// No TIOCEXCL here: on a pseudo terminal it would stay as long as the simulator holds the other end, and lock
// out our own next process after a crash.
OpenedPort open_plain(const SerialSettings& settings, const std::string& device) {
  const int fd = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return refused(errno);
  auto port = std::make_unique<PlainPort>(fd);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return not_open(text_of(errno));
  const bool terminal = ::isatty(fd) == 1;
  if (!terminal && !S_ISFIFO(info.st_mode)) return not_open("neither a terminal nor a FIFO");
  if (!lock(fd)) return refused(errno);
  if (terminal && !set_up_terminal(fd, true, settings.rts_cts))
    return not_open("the terminal does not accept raw mode");
  return {std::move(port), State::up, device, ""};
}

struct FreePort {
  void operator()(sp_port* port) const {
    // Also after a failed sp_open: 0.1.2 keeps the descriptor when its own lock fails.
    sp_close(port);
    sp_free_port(port);
  }
};
using PortHandle = std::unique_ptr<sp_port, FreePort>;

class SerialPort final : public Port {
 public:
  SerialPort(PortHandle port, int fd) : port_(std::move(port)), fd_(fd) {}
  // A close waits up to 30 s for output that the device does not take; what is left then is a stale poll.
  ~SerialPort() override {
    if (has_unsent(fd_)) ::tcflush(fd_, TCOFLUSH);
  }
  SerialPort(const SerialPort&) = delete;
  SerialPort& operator=(const SerialPort&) = delete;
  int duplicate() const override { return duplicate_of(fd_); }
  bool marks_damage() const override { return true; }
  bool is_sending() const override { return has_unsent(fd_); }

 private:
  PortHandle port_;  // owns fd_
  int fd_;
};

// Sets the line and reads it back: some adapters accept a speed that they cannot run.
bool set_up_line(sp_port* port, const SerialSettings& settings) {
  const LineConfig wanted = line_config(settings), found = new_line_config();
  return wanted && found && sp_set_config(port, wanted.get()) == SP_OK &&
         sp_get_config(port, found.get()) == SP_OK && is_line(found.get(), settings);
}

std::string line_text(const SerialSettings& settings) {
  return std::to_string(settings.baud) + " " + std::to_string(settings.data_bits) + settings.parity +
         std::to_string(settings.stop_bits) + (settings.rts_cts ? " with RTS/CTS" : "");
}

OpenedPort open_serial(const SerialSettings& settings, const std::string& device) {
  // sp_open changes the line before anybody could ask for a lock, and so would spoil it for a holder.
  if (!holder_of(device).empty()) return refused(EWOULDBLOCK);
  sp_port* raw = nullptr;
  if (sp_get_port_by_name(device.c_str(), &raw) != SP_OK) return not_open("not a serial port");
  PortHandle port{raw};
  const sp_return opened = sp_open(port.get(), SP_MODE_READ_WRITE);
  if (opened == SP_ERR_FAIL) return refused(sp_last_error_code());
  if (opened != SP_OK) return not_open("not a serial port");
  int fd = -1;
  if (sp_get_port_handle(port.get(), &fd) != SP_OK) return not_open("the port has no descriptor");
  // 0.1.2 does these three itself, 0.1.1 does not (S4); twice does no harm.
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  if (!lock(fd)) return refused(errno);
  ::ioctl(fd, TIOCEXCL);
  if (!set_up_line(port.get(), settings) || !set_up_terminal(fd, false, settings.rts_cts))
    return not_open("the port does not accept " + line_text(settings));
  return {std::make_unique<SerialPort>(std::move(port), fd), State::up, device, ""};
}

}  // namespace

OpenedPort open_port(const SerialSettings& settings) {
  // libserialport refuses symbolic links (S2), and what they point to changes with every plug.
  std::array<char, PATH_MAX> resolved{};
  if (::realpath(settings.path.c_str(), resolved.data()) == nullptr) return refused(errno);
  const std::string device = resolved.data();
  OpenedPort result = settings.plain ? open_plain(settings, device) : open_serial(settings, device);
  result.device = device;
  return result;
}

}  // namespace links
