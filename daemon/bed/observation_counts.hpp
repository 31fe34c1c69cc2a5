// How many observations of each metric and quality a bed has taken since the start.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/vitals/observation.hpp"

namespace bed {

inline constexpr std::size_t quality_count = static_cast<std::size_t>(vitals::Quality::stale) + 1;
using ObservationCounts = std::array<std::array<std::uint64_t, quality_count>, vitals::metric_count>;

}  // namespace bed
