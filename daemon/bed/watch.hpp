// Which conditions a bed has, and how each behaves in each phase: the profile and the class table
// (IEC 60601-1-8 priorities by risk; delays as proposed for this use) turned into behaviours.
#pragma once

#include <optional>

#include "daemon/alarms/condition.hpp"
#include "daemon/alarms/profile.hpp"
#include "daemon/vitals/phase.hpp"

namespace bed {

using alarms::Behaviour;
using alarms::LimitId;
using alarms::Profile;
using vitals::Metric;
using vitals::Milliseconds;
using vitals::Phase;

// What a limit watches at this bed: its one rate, its one leading pressure.
struct Leads {
  Metric rate = Metric::pr;
  bool arterial = false;
};
Metric metric_of(LimitId limit, const Leads& leads);
std::string_view label_of(LimitId limit, Metric metric);

// What the two conditions of the oximeter say.
inline constexpr std::string_view sensor_label = "SpO2 sensor off", signal_label = "SpO2 signal poor";

Behaviour limit_behaviour(const Profile& profile, Phase phase, LimitId limit, Metric metric, bool watched);
Behaviour hr_zero_behaviour(const Profile& profile, bool watched);
Behaviour rates_differ_behaviour(bool watched);
Behaviour sensor_behaviour(const Profile& profile, Phase phase, bool watched);
Behaviour stale_behaviour(const Profile& profile, Phase phase, bool watched);
Behaviour link_behaviour(const Profile& profile, Phase phase);
Behaviour demo_behaviour(const Profile& profile, Phase phase);  // also of a wrong device
Behaviour device_clock_behaviour(Phase phase);
Behaviour blind_behaviour(const Profile& profile, Phase phase);
// `interval` is the cuff interval now in force; zero: no cuff is due. Critical: overdue at twice the
// interval.
Behaviour cuff_overdue_behaviour(Phase phase, Milliseconds interval, bool watched);
Behaviour cuff_failed_behaviour(Phase phase, bool watched);  // critical: the second in a row
Behaviour wrong_patient_behaviour(Phase phase);              // critical: the values themselves name another
Behaviour unrecorded_behaviour(bool watched);                // in every phase: that is the point of it
Behaviour pump_lost_behaviour(Phase phase, bool watched);
Behaviour no_baseline_behaviour(Phase phase);
Behaviour overtime_behaviour(const Profile& profile, Phase phase);
Behaviour observed_out_behaviour(Phase phase);                       // critical: as the finding says
Behaviour observation_overdue_behaviour(Phase phase, bool watched);  // critical: at twice the interval

// The relative rules run only where an infusion has been started and a baseline exists.
constexpr bool relative_rules_run(Phase phase) {
  return phase == Phase::infusing || phase == Phase::held || phase == Phase::recovery;
}

// Zero: no cuff is due in this phase, whatever else.
Milliseconds cuff_interval(const Profile& profile, Phase phase, bool titrating, bool high_dose);
// How long a cuff reading counts as current: twice the interval, or the profile's word without one.
Milliseconds cuff_freshness(const Profile& profile, Milliseconds interval);

}  // namespace bed
