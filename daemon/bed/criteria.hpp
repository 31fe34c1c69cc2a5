// What a profile wants to see before an infusion (the gate) and before a session ends (recovery), held
// against what is known. Pure functions; the result is shown, recorded and warned of, and never decides.
#pragma once

#include <optional>
#include <span>

#include "daemon/alarms/profile.hpp"
#include "daemon/infusion/assessment.hpp"
#include "daemon/infusion/session.hpp"

namespace bed {

// Valid and current ones only: a doubtful number meets nothing.
struct Readings {
  std::optional<double> rate, spo2, sbp, dbp, rr;
};

infusion::Assessment assess_gate(const alarms::Profile& profile, const Readings& readings,
                                 std::span<const infusion::Answer> answers);

struct Recovery {
  vitals::MonoTime since{};  // of the phase: a nurse's word counts from there on
  vitals::Milliseconds elapsed{0};
  std::optional<vitals::Milliseconds>
      stable;  // from the first to the newest of an unbroken row of stable readings
  Readings readings;
  std::optional<infusion::Baseline> baseline;
  const infusion::Chart* chart = nullptr;
};
infusion::Assessment assess_recovery(const alarms::Profile& profile, const Recovery& recovery);

// Pressure and rate near the baseline, saturation as in the criteria. nullopt: not all of it is known.
std::optional<bool> is_stable(const alarms::Profile& profile, const Readings& readings,
                              const std::optional<infusion::Baseline>& baseline);

}  // namespace bed
