// What the two protocols of the Contec CMS50 family have in common.
#pragma once

#include <array>

#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/time.hpp"

namespace drivers::contec {

inline constexpr unsigned frames_per_s = 60;
inline constexpr unsigned strength_max = 8;  // by the vendor's papers
inline constexpr unsigned strength_weak_max = 2;

inline constexpr std::array<vitals::Metric, 2> metrics{vitals::Metric::pr, vitals::Metric::spo2};

// The averaging is not stated. Assumed: 8 beats at 60 per minute, as other finger oximeters do, and the
// second into which the frames are put together.
inline constexpr vitals::Milliseconds own_delay_ms{9000};

}  // namespace drivers::contec
