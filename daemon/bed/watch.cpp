#include "daemon/bed/watch.hpp"

#include <algorithm>

namespace bed {
namespace {

using alarms::Priority;
using std::chrono_literals::operator""s;

// Without a session in progress missing data are at most low: nobody is answerable for an infusion then.
Behaviour technical(Phase phase, Priority in_session, Milliseconds on_delay, Milliseconds off_delay) {
  Behaviour out;
  out.priority = vitals::in_session(phase) ? in_session : std::min(in_session, Priority::low);
  out.priority_critical = out.priority;
  out.on_delay = on_delay;
  out.off_delay = off_delay;
  return out;
}

void raise_in_session(Behaviour& behaviour, Phase phase, Milliseconds after, Priority to) {
  if (!vitals::in_session(phase)) return;
  behaviour.raise_after = after;
  behaviour.priority_raised = to;
}

}  // namespace

Metric metric_of(LimitId limit, const Leads& leads) {
  switch (limit) {
    case LimitId::hr_high:
    case LimitId::hr_low: return leads.rate;
    case LimitId::spo2_low:
    case LimitId::spo2_deep: return Metric::spo2;
    case LimitId::sbp_high:
    case LimitId::sbp_low: return leads.arterial ? Metric::art_sys : Metric::nibp_sys;
    case LimitId::dbp_high:
    case LimitId::dbp_low: return leads.arterial ? Metric::art_dia : Metric::nibp_dia;
    case LimitId::map_high:
    case LimitId::map_low: return leads.arterial ? Metric::art_map : Metric::nibp_map;
    case LimitId::rr_high:
    case LimitId::rr_low: return Metric::rr;
  }
  return Metric::spo2;
}

std::string_view label_of(LimitId limit, Metric metric) {
  switch (limit) {
    case LimitId::sbp_high:
    case LimitId::sbp_low: return "SBP";
    case LimitId::dbp_high:
    case LimitId::dbp_low: return "DBP";
    case LimitId::map_high:
    case LimitId::map_low: return "MAP";
    default: return vitals::facts(metric).label;
  }
}

Behaviour limit_behaviour(const Profile& profile, Phase phase, LimitId limit, Metric metric, bool watched) {
  const alarms::LimitRule& rule = profile.limits[vitals::index_of(phase)][alarms::index_of(limit)];
  Behaviour out;
  out.watched = watched && rule.watched;
  out.latching = rule.latching;
  out.priority = Priority::medium;
  out.priority_critical = Priority::high;
  if (vitals::is_cuff(metric)) {  // a cuff reading counts at once, and the next one decides
    out.questionable_on_delay_min = 0s;
    return out;
  }
  out.on_delay = rule.warn.on_delay;
  out.on_delay_critical = rule.critical.on_delay;
  out.off_delay = rule.off_delay;
  out.questionable_on_delay_min = profile.technical.questionable_on_delay_min;
  return out;
}

Behaviour hr_zero_behaviour(const Profile& profile, bool watched) {
  Behaviour out;
  out.watched = watched;
  out.latching = true;
  out.priority = out.priority_critical = Priority::high;
  out.on_delay = profile.technical.hr_zero_on_delay;
  out.off_delay = profile.technical.off_delay;
  return out;
}

// Information: nothing is asked of anybody, and it never sounds.
Behaviour rates_differ_behaviour(bool watched) {
  Behaviour out;
  out.watched = watched;
  out.priority = out.priority_critical = Priority::info;
  out.on_delay = 10s;
  out.off_delay = 5s;
  return out;
}

Behaviour sensor_behaviour(const Profile& profile, Phase phase, bool watched) {
  const auto& times = profile.technical;
  Behaviour out = technical(phase, Priority::low, times.sensor_on_delay, times.off_delay);
  out.watched = watched;
  raise_in_session(out, phase, times.sensor_raise_after, Priority::medium);
  return out;
}

Behaviour stale_behaviour(const Profile& profile, Phase phase, bool watched) {
  const auto& times = profile.technical;
  Behaviour out = technical(phase, Priority::low, 0s, times.off_delay);  // the freshness limit was the delay
  out.watched = watched;
  raise_in_session(out, phase, times.stale_raise_after, Priority::medium);
  return out;
}

Behaviour link_behaviour(const Profile& profile, Phase phase) {
  const auto& times = profile.technical;
  Behaviour out = technical(phase, Priority::medium, times.link_on_delay, times.off_delay);
  if (phase == Phase::infusing) raise_in_session(out, phase, times.link_raise_after, Priority::high);
  return out;
}

Behaviour demo_behaviour(const Profile& profile, Phase phase) {
  const auto& times = profile.technical;
  return technical(phase, Priority::medium, times.sensor_on_delay, times.off_delay);
}

// Low: its times are shown and logged, and nothing rests on them.
Behaviour device_clock_behaviour(Phase phase) { return technical(phase, Priority::low, 60s, 60s); }

Behaviour blind_behaviour(const Profile& profile, Phase phase) {
  Behaviour out =
      technical(phase, Priority::high, profile.technical.blind_on_delay, profile.technical.off_delay);
  out.watched = relative_rules_run(phase);
  return out;
}

Behaviour cuff_overdue_behaviour(Phase phase, Milliseconds interval, bool watched) {
  Behaviour out = technical(phase, Priority::low, 0s, 0s);
  out.priority_critical = Priority::medium;
  out.watched = watched && vitals::in_session(phase) && interval > 0s;
  return out;
}

Behaviour cuff_failed_behaviour(Phase phase, bool watched) {
  Behaviour out = technical(phase, Priority::low, 0s, 0s);
  if (vitals::in_session(phase)) out.priority_critical = Priority::medium;
  out.watched = watched;
  return out;
}

Behaviour wrong_patient_behaviour(Phase phase) {
  Behaviour out = technical(phase, Priority::medium, 0s, 0s);
  out.priority_critical = Priority::high;
  out.watched = vitals::in_session(phase);
  return out;
}

Behaviour unrecorded_behaviour(bool watched) {
  Behaviour out;
  out.priority = out.priority_critical = Priority::medium;
  out.on_delay = 30s;
  out.watched = watched;
  return out;
}

Behaviour pump_lost_behaviour(Phase phase, bool watched) {
  Behaviour out = technical(phase, Priority::low, 60s, 60s);
  out.watched = watched && vitals::in_session(phase);
  return out;
}

Behaviour no_baseline_behaviour(Phase phase) {
  Behaviour out = technical(phase, Priority::medium, 0s, 0s);
  out.watched = relative_rules_run(phase);
  return out;
}

Behaviour overtime_behaviour(const Profile& profile, Phase phase) {
  const Milliseconds delay = profile.technical.overtime_on_delay;
  Behaviour out = technical(phase, Priority::low, delay, delay);
  out.watched = phase == Phase::infusing || phase == Phase::held;
  return out;
}

Behaviour observed_out_behaviour(Phase phase) {
  Behaviour out;  // medium and high, at once: a person has looked
  out.watched = vitals::in_session(phase);
  return out;
}

Behaviour observation_overdue_behaviour(Phase phase, bool watched) {
  Behaviour out = technical(phase, Priority::low, 0s, 0s);
  out.priority_critical = Priority::medium;
  out.watched = watched;
  return out;
}

Milliseconds cuff_interval(const Profile& profile, Phase phase, bool titrating, bool high_dose) {
  const alarms::PhaseIntervals& intervals = profile.intervals[vitals::index_of(phase)];
  const Milliseconds interval =
      titrating && intervals.cuff_titrating > 0s ? intervals.cuff_titrating : intervals.cuff;
  return high_dose ? std::min(interval, profile.technical.cuff_high_dose_max) : interval;
}

Milliseconds cuff_freshness(const Profile& profile, Milliseconds interval) {
  return interval > 0s ? 2 * interval : profile.freshness.cuff_without_interval;
}

}  // namespace bed
