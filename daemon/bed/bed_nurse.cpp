// What a nurse observes at the bed: judged, and due again in time.
#include <algorithm>

#include "daemon/bed/bed.hpp"

namespace bed {

using infusion::Item;
using infusion::Outcome;
using infusion::Severity;
using infusion::Verdict;
using vitals::Quality;

infusion::View Bed::session(Stamp now) const {
  infusion::View out = session_.view(now);
  const bool before = out.phase == Phase::scheduled || out.phase == Phase::baseline;
  if (before && profile_.asks_before()) out.gate = gate(now.mono);
  if (out.phase == Phase::recovery) out.recovery = recovery(now.mono);
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

std::optional<Outcome> Bed::unknown_item(const std::vector<infusion::Answer>& answers) const {
  for (const infusion::Answer& answer : answers) {
    const auto& asked = profile_.checklist;
    if (std::any_of(asked.begin(), asked.end(), [&](const auto& item) { return item.key == answer.key; }))
      continue;
    std::string text = "\"" + answer.key + "\" is not on this profile's checklist; it asks for";
    for (const auto& item : asked) text += " " + item.key;
    return Outcome{Verdict::invalid, std::move(text)};
  }
  return std::nullopt;
}

Outcome Bed::answer_checklist(const std::vector<infusion::Answer>& answers, Stamp now) {
  advance(now);
  if (auto wrong = unknown_item(answers)) return *std::move(wrong);
  return after_verb(session_.answer(answers), now);
}

// What is valid and current now, of the one patient; the respiration also as a nurse has counted it.
Readings Bed::readings(MonoTime now) const {
  Readings out;
  if (patient_.values_doubted()) return out;
  const auto value = [&](Metric metric) -> std::optional<double> {
    const Entry& one = entry(metric);
    if (!one.current(now) || one.observation.quality != Quality::valid) return std::nullopt;
    return one.observation.value;
  };
  out.rate = value(settings_.leads.rate);
  out.spo2 = value(Metric::spo2);
  out.rr = value(Metric::rr);
  const auto& counted = session_.chart()[Item::rr];
  if (!out.rr && counted && now - counted->at.mono < profile_.observation.fresh) out.rr = counted->value;
  if (settings_.leads.arterial) {
    out.sbp = value(Metric::art_sys);
    out.dbp = value(Metric::art_dia);
  } else if (cuff_ && now < cuff_fresh_until_ && cuff_->quality == Quality::valid && !cuff_refused()) {
    out.sbp = cuff_->sys;
    out.dbp = cuff_->dia;
  }
  return out;
}

bool Bed::cuff_refused() const {
  return demo_refused(*settings_.source_of[vitals::index_of(Metric::nibp_sys)], cuff_->test);
}

infusion::Assessment Bed::gate(MonoTime now) const {
  return assess_gate(profile_, readings(now), session_.checklist());
}

infusion::Assessment Bed::recovery(MonoTime now) const {
  Recovery out;
  out.since = session_.phase_since().value_or(now);
  out.elapsed = now - out.since;
  out.stable = session_.stable();
  out.readings = readings(now);
  out.baseline = session_.baseline();
  out.chart = &session_.chart();
  return assess_recovery(profile_, out);
}

// With each reading of the leading systolic pressure.
void Bed::note_stability(Stamp measured, Stamp now) {
  if (session_.phase() != Phase::recovery) return;
  const auto stable = is_stable(profile_, readings(now.mono), session_.baseline());
  if (!stable) return;
  session_.stable_reading(*stable, measured);
  if (settings_.leads.arterial)
    return;  // too often for the journal: after a restart the row is a little shorter
  keep_ = true;
  output_->on_state(now);
}

// After each rise of the rate or bolus the short interval holds for what begins before titrating is over. For
// an interval that runs already it counts from the rise, so that nothing is overdue the moment the rate
// rises; from the first that nobody has looked after, so that the next one puts nothing off.
MonoTime Bed::observation_due_by_increase(MonoTime from) const {
  const auto increased = session_.increased_at();
  const Milliseconds interval = profile_.observation.first_hour;
  if (!increased || interval <= Milliseconds{0} || from >= *increased + profile_.titrating)
    return alarms::never;
  return std::max(from, session_.increase_unseen().value_or(from)) + interval;
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
  const MonoTime by_phase = interval > Milliseconds{0} ? from + interval : alarms::never;
  const MonoTime by_increase = observation_due_by_increase(from);
  const MonoTime at = std::min(by_phase, by_increase);
  if (at == alarms::never) return std::nullopt;
  const MonoTime low = at + intervals.overdue_after;
  return Due{at, low, std::max(low, at + (by_increase < by_phase ? intervals.first_hour : interval))};
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
