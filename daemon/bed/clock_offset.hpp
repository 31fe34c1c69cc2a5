// How far a monitor's clock is from ours, by the times that it puts on what it sends. For people and for one
// low alarm: no timer and no limit ever runs on a monitor's clock.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "daemon/vitals/time.hpp"

namespace bed {

class ClockOffset {
 public:
  // A time that the monitor put on a value that it had just measured, and when the value came.
  void told(vitals::WallTime device, vitals::WallTime received) {
    samples_[count_++ % samples_.size()] = device - received;
  }

  // Positive: the monitor is ahead. What is on its way looks older, never younger: of the newest samples the
  // most advanced one has waited least.
  std::optional<vitals::Milliseconds> offset() const {
    if (count_ < samples_.size()) return std::nullopt;
    vitals::Milliseconds most = samples_.front();
    for (const auto sample : samples_) most = std::max(most, sample);
    return most;
  }

 private:
  std::array<vitals::Milliseconds, 8> samples_{};
  std::size_t count_ = 0;
};

}  // namespace bed
