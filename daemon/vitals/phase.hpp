// Where a bed stands in an infusion. What each phase means and who may leave it: daemon/infusion/session.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vitals {

enum class Phase : std::uint8_t { none, scheduled, baseline, infusing, held, recovery, ended };
inline constexpr std::size_t phase_count = 7;

inline constexpr std::array<std::string_view, phase_count> phase_names{
    "none", "scheduled", "baseline", "infusing", "held", "recovery", "ended"};

constexpr std::size_t index_of(Phase phase) { return static_cast<std::size_t>(phase); }
constexpr std::string_view name(Phase phase) { return phase_names[index_of(phase)]; }
constexpr std::optional<Phase> phase_named(std::string_view text) {
  for (std::size_t i = 0; i < phase_count; ++i)
    if (phase_names[i] == text) return static_cast<Phase>(i);
  return std::nullopt;
}

// A session in progress: somebody is answerable for this patient's infusion now.
constexpr bool in_session(Phase phase) {
  return phase == Phase::baseline || phase == Phase::infusing || phase == Phase::held ||
         phase == Phase::recovery;
}

}  // namespace vitals
