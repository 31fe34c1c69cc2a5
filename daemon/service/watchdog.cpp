#include "daemon/service/watchdog.hpp"

#include <sys/timex.h>
#include <systemd/sd-daemon.h>

#include <chrono>

namespace service {

void notify_ready() { sd_notify(0, "READY=1\nSTATUS=watching"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }
void notify_alive() { sd_notify(0, "WATCHDOG=1"); }

std::optional<vitals::Milliseconds> watchdog_period() {
  std::uint64_t period_us = 0;
  if (sd_watchdog_enabled(0, &period_us) <= 0) return std::nullopt;
  return std::chrono::duration_cast<vitals::Milliseconds>(std::chrono::microseconds(period_us / 2));
}

bool clock_synchronised() {
  timex request{};
  return adjtimex(&request) != TIME_ERROR;
}

}  // namespace service
