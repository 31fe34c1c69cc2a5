// What all connections of one source share, and what outlives them: many senders connect anew for each
// message, and one that missed an answer sends its message again on the next connection.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "drivers/hl7/alarm_table.hpp"
#include "drivers/hl7/duplicates.hpp"

namespace drivers::hl7 {

inline constexpr int poison_repeats = 3;                   // identical refused messages
inline constexpr std::size_t refusals_max = 16;            // remembered per source
inline constexpr std::int64_t messages_per_s_max = 50;     // of a source, sustained
inline constexpr std::int64_t messages_at_once_max = 500;  // of a source, in a burst

// Refused messages that come again: a sender that repeats one for ever blocks everything behind it.
class Refusals {
 public:
  // How often this one came, now included.
  int note(std::uint64_t digest) {
    const auto known = std::find_if(places_.begin(), places_.end(),
                                    [&](const Place& place) { return place.digest == digest; });
    Place here = known == places_.end() ? Place{digest, 0} : *known;
    if (here.times < poison_repeats) ++here.times;
    std::move_backward(places_.begin(), known == places_.end() ? known - 1 : known,
                       known == places_.end() ? known : known + 1);
    places_.front() = here;
    return here.times;
  }

 private:
  struct Place {
    std::uint64_t digest = 0;
    int times = 0;
  };
  std::array<Place, refusals_max> places_{};  // the newest first, the oldest gives way
};

// Counts messages against the rate that monitors and gateways keep. Nothing is dropped for it.
class RateMeter {
 public:
  // True once when the source begins to send too fast, and again only after it kept the rate in between.
  bool exceeded(vitals::MonoTime now) {
    const std::int64_t gained = (now - filled_at_).count() * messages_per_s_max;
    room_ms_ = std::min(room_ms_ + std::max<std::int64_t>(gained, 0), messages_at_once_max * 1000);
    filled_at_ = now;
    if (room_ms_ >= messages_at_once_max * 1000 / 2) said_ = false;
    if (room_ms_ >= 1000) {
      room_ms_ -= 1000;
      return false;
    }
    const bool first = !said_;
    said_ = true;
    return first;
  }

 private:
  std::int64_t room_ms_ = messages_at_once_max * 1000;  // thousandths of a message
  vitals::MonoTime filled_at_;
  bool said_ = false;
};

struct SourceMemory {
  Duplicates duplicates;
  Refusals refusals;
  RateMeter rate;
  AlarmTable alarms;
};

}  // namespace drivers::hl7
