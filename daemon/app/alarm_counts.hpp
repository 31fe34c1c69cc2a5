// Alarms of one place in figures.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/alarms/alarm.hpp"

namespace app {

// By alarms::Change: how many transitions there were since the start.
using Transitions = std::array<std::uint64_t, static_cast<std::size_t>(alarms::Change::reset) + 1>;
// By alarms::Priority: how many are active or latched now.
using ActiveAlarms = std::array<std::uint64_t, static_cast<std::size_t>(alarms::Priority::high) + 1>;

template <typename Conditions>
ActiveAlarms count_active(const Conditions& conditions) {
  ActiveAlarms out{};
  for (const auto& condition : conditions)
    if (condition.alarm() != nullptr) ++out[static_cast<std::size_t>(condition.alarm()->shown())];
  return out;
}

}  // namespace app
