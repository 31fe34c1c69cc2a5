// Time as the pure rooms see it: two clocks that cannot be mixed up, and no way to read either.
//
// Logic runs on MonoTime (never steps back); WallTime only labels what people and other machines read.
#pragma once

#include <chrono>
#include <cstdint>

namespace vitals {

using Milliseconds = std::chrono::milliseconds;

struct MonotonicClockTag {
  using duration = Milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClockTag>;
};
struct WallClockTag {
  using duration = Milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WallClockTag>;
};

using MonoTime = MonotonicClockTag::time_point;  // milliseconds since an arbitrary start
using WallTime = WallClockTag::time_point;       // milliseconds since 1970-01-01T00:00:00Z

// One instant on both clocks. Whoever does I/O takes it once and passes it inward.
struct Stamp {
  MonoTime mono;
  WallTime wall;

  friend bool operator==(const Stamp&, const Stamp&) = default;
};

// The wall-clock label of another monotonic instant, by the clocks as they stand at `now`.
constexpr WallTime wall_at(const Stamp& now, MonoTime instant) { return now.wall + (instant - now.mono); }
constexpr Stamp stamp_at(const Stamp& now, MonoTime instant) { return {instant, wall_at(now, instant)}; }

constexpr std::int64_t unix_ms(WallTime time) { return time.time_since_epoch().count(); }
constexpr WallTime wall_from_unix_ms(std::int64_t ms) { return WallTime{Milliseconds{ms}}; }

}  // namespace vitals
