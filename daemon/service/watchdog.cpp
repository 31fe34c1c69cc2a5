// By the protocol of sd_notify(3), which is promised to stay as it is, for programs without libsystemd: that
// library would bring six more, xz among them, into a process that sends a datagram every few seconds.
#include "daemon/service/watchdog.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace service {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// Opened once and kept: when the process has no file descriptor left, a ping that needs one would not go out,
// and systemd would kill a daemon that works.
int kept_socket() {
  static int kept = -1;
  if (kept < 0) kept = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return kept;
}

// 0, or what errno says of it.
int send_to_manager(std::string_view name, std::string_view message) {
  sockaddr_un address{};
  if ((name.front() != '/' && name.front() != '@') || name.size() > sizeof address.sun_path) return EINVAL;
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, sizeof address.sun_path);
  if (name.front() == '@') address.sun_path[0] = '\0';  // abstract: no file
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const int to = kept_socket();
  if (to < 0) return errno;
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  const ssize_t sent = sendto(to, message.data(), message.size(), MSG_NOSIGNAL, raw, length);
  return sent < 0 ? errno : 0;
}

void notify(std::string_view message) {
  const std::string_view name = environment("NOTIFY_SOCKET");
  if (name.empty()) return;
  const int error = send_to_manager(name, message);
  if (error != 0) spdlog::warn("systemd at {} is not told {}: {}", name, message, std::strerror(error));
}

}  // namespace

void notify_ready() { notify("READY=1\nSTATUS=watching"); }
void notify_stopping() { notify("STOPPING=1"); }
void notify_alive() { notify("WATCHDOG=1"); }

std::optional<vitals::Milliseconds> watchdog_period() {
  const auto period_us = number<std::uint64_t>(environment("WATCHDOG_USEC"));
  const std::string_view of = environment("WATCHDOG_PID");  // inherited by children, whom it does not mean
  if (!period_us || *period_us == 0 || (!of.empty() && number<pid_t>(of) != getpid())) return std::nullopt;
  return std::chrono::duration_cast<vitals::Milliseconds>(std::chrono::microseconds(*period_us / 2));
}

bool clock_synchronised() {
  timex request{};
  const int state = adjtimex(&request);
  return state >= 0 && state != TIME_ERROR;  // a question that is refused tells nothing
}

}  // namespace service
