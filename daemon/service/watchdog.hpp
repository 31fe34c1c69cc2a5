// What systemd is told: ready, alive, stopping. Without systemd all of it does nothing. From one
// thread.
#pragma once

#include <optional>

#include "daemon/vitals/time.hpp"

namespace service {

void notify_ready();
void notify_stopping();
void notify_alive();
// How often notify_alive is wanted: half of WatchdogSec. nullopt: no watchdog.
std::optional<vitals::Milliseconds> watchdog_period();

// Is the system clock disciplined (adjtimex)? Not where the kernel does not answer. Decides whether the age
// of commands can be judged.
bool clock_synchronised();

}  // namespace service
