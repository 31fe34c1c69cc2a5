// The monitor's two clocks: one runs in ticks of 1/8 ms since it was switched on and wraps after six days,
// the other shows local time, is set by people and may jump. The monitor tells both of one instant now and
// then; so an age is computed entirely in its own time, and only the age is carried over to ours.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "daemon/vitals/time.hpp"
#include "drivers/driver.hpp"

namespace drivers::philips {

// What the monitor's wall clock shows, in milliseconds since 1970 as if its local time were UTC: good for
// differences and to tell two times apart, nothing else.
using MonitorTime = std::int64_t;

// Eight BCD bytes: century, year, month, day, hour, minute, second, fraction (unused). Nothing: not a time.
std::optional<MonitorTime> parse_monitor_time(Bytes bytes);

class MonitorClock {
 public:
  void set(MonitorTime shown, std::uint32_t ticks, vitals::MonoTime rx) { pair_ = Pair{shown, ticks, rx}; }
  void forget() { pair_.reset(); }

  std::optional<MonitorTime> at(std::uint32_t ticks) const;
  bool set_since(vitals::MonoTime instant) const { return pair_ && pair_->rx > instant; }

 private:
  struct Pair {
    MonitorTime shown = 0;
    std::uint32_t ticks = 0;
    vitals::MonoTime rx;
  };
  std::optional<Pair> pair_;
};

}  // namespace drivers::philips
