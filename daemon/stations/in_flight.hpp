// What the library has been given and has not yet confirmed. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace stations {

using SteadyTime = std::chrono::steady_clock::time_point;
using Serial = std::uintptr_t;  // travels through the library as a user pointer

// The library's send thread can miss its wake-up and hold a publish for a second; any further command wakes
// it. An alarm or answer that has waited this long is worth such a command, then at doubling intervals.
inline constexpr std::chrono::milliseconds nudge_after{20};

class InFlight {
 public:
  struct Entry {
    Serial serial = 0;
    std::uint64_t token = 0;
    std::uint8_t qos = 0;
    bool urgent = false;
    SteadyTime sent_at;
    SteadyTime nudge_at;
  };

  // Serials rise from call to call.
  void add(Serial serial, std::uint64_t token, std::uint8_t qos, bool urgent, SteadyTime now) {
    entries_.push_back({serial, token, qos, urgent, now, now + nudge_after});
  }
  std::optional<Entry> finish(Serial serial);
  std::deque<Entry> take_all();

  std::size_t size() const { return entries_.size(); }
  bool has(Serial serial) const;
  bool any_awaited() const;  // more than observations: with a token, urgent, or to be acknowledged
  std::optional<SteadyTime> oldest_sent_at() const;

  // When the oldest alarm or answer is due for a nudge, and that it got one.
  std::optional<SteadyTime> nudge_at() const;
  void nudged(SteadyTime now);

 private:
  std::deque<Entry> entries_;  // oldest first
};

}  // namespace stations
