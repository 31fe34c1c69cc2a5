// What a nurse observes at the bed: judged, and due again in time.
#include <algorithm>

#include "daemon/bed/bed.hpp"

namespace bed {

using infusion::Item;
using infusion::Outcome;
using infusion::Severity;
using infusion::Verdict;

infusion::View Bed::session(Stamp now) const {
  infusion::View out = session_.view(now);
  if (const auto due = observation_due()) out.observation_due = vitals::wall_at(now, due->at);
  return out;
}

Outcome Bed::nurse_observed(const infusion::NurseObservation& observation, Stamp now) {
  advance(now);
  const bool rass = profile_.observation.scale == alarms::SedationScale::rass;
  if (observation[rass ? Item::poss : Item::rass])
    return {Verdict::invalid, std::string("this profile observes sedation by ") + (rass ? "rass" : "poss") +
                                  ": two scales side by side cannot be compared"};
  return after_verb(session_.note(observation, now), now);
}

// Counted from the last observation, or from the start of the infusion: neither a hold nor the stop has
// looked at the patient.
std::optional<Bed::Due> Bed::observation_due() const {
  const auto started = session_.infusion_since();
  if (!started || !relative_rules_run(session_.phase())) return std::nullopt;
  const auto& last = session_.chart().last;
  const MonoTime from = last ? std::max(*started, last->mono) : *started;
  const auto& intervals = profile_.observation;
  Milliseconds interval = intervals.recovery;
  if (session_.phase() != Phase::recovery)
    interval = from - *started < alarms::observation_first_hour_ms ? intervals.first_hour : intervals.later;
  if (interval <= Milliseconds{0}) return std::nullopt;
  const MonoTime low = from + interval + intervals.overdue_after;
  return Due{from + interval, low, std::max(low, from + 2 * interval)};
}

void Bed::check_nurse(Stamp now) {
  infusion::Finding finding = infusion::out_of_range(session_.chart());
  alarms::Reading out = alarms::statement(finding.severity != Severity::none, now);
  if (finding.severity == Severity::high) out.standing.critical = alarms::Zone::beyond;
  // Two bands, as of a value with two limits: the next observation may lead from the upper to the lower one.
  out.limit = static_cast<double>(Severity::medium);
  out.limit_critical = static_cast<double>(Severity::high);
  if (finding.severity != Severity::none) engine_.relabel(*observed_out_, finding.text, now, *this);
  engine_.read(*observed_out_, out, now, *this);

  const auto due = observation_due();
  if (!due) return;  // not watched
  alarms::Reading overdue = alarms::statement(now.mono >= due->low, now);
  if (now.mono >= due->medium) overdue.standing.critical = alarms::Zone::beyond;
  engine_.read(*observation_overdue_, overdue, now, *this);
}

}  // namespace bed
