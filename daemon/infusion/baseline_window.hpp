// Readings of one streaming quantity in the baseline phase, and the median that becomes the baseline.
#pragma once

#include <cstddef>
#include <optional>

#include "daemon/vitals/recent.hpp"
#include "daemon/vitals/time.hpp"

namespace infusion {

// What makes readings enough for a baseline: a minute of a streaming value out of the last five.
inline constexpr vitals::Milliseconds stream_window_ms{300'000};
inline constexpr vitals::Milliseconds stream_data_ms_min{60'000};
// A value stands for the time until the next one, but no longer than a slow feed takes to send it.
inline constexpr vitals::Milliseconds reading_stands_ms_max{30'000};
// Values closer than this are one: a stream is thinned to one a second.
inline constexpr vitals::Milliseconds stream_spacing_ms{1'000};

// Bounded: keeps the newest 300 readings, which is five minutes. After a restart a stream fills it again
// within a minute, so that none of it is kept.
class BaselineWindow {
 public:
  void add(double value, vitals::MonoTime at);
  std::optional<double> median(vitals::MonoTime now) const;  // nullopt: not enough readings
  void clear() { readings_.clear(); }

 private:
  struct Reading {
    vitals::MonoTime at;
    double value = 0;
  };
  static constexpr std::size_t capacity = 300;

  bool enough(std::size_t first) const;  // counting from the `first` oldest on

  vitals::Recent<Reading, capacity> readings_;
};

}  // namespace infusion
