// The bed as others see it: what people do with it, what it shows. Its conditions: bed_conditions.cpp;
// values: bed_values.cpp; time: bed_time.cpp.
#include "daemon/bed/bed.hpp"

#include <algorithm>

namespace bed {
namespace {

Milliseconds freshness_of(const Source& source, const Profile& profile) {
  if (source.streaming) return profile.freshness.streaming;
  return std::max(profile.freshness.polled_min, 3 * source.period);
}

std::vector<MonitorAlarms::Source> monitors_of(const Settings& settings) {
  std::vector<MonitorAlarms::Source> out;
  out.reserve(settings.sources.size());
  for (const Source& source : settings.sources)
    out.push_back({source.name, source.lists_alarms, freshness_of(source, *settings.profile), source.period});
  return out;
}

std::vector<std::string> names_of(const std::vector<Source>& sources) {
  std::vector<std::string> out;
  out.reserve(sources.size());
  for (const Source& source : sources) out.push_back(source.name);
  return out;
}

}  // namespace

std::string_view name(Monitoring monitoring) {
  switch (monitoring) {
    case Monitoring::none: return "none";
    case Monitoring::partial: return "partial";
    case Monitoring::full: return "full";
    case Monitoring::blind: return "blind";
  }
  return "";
}

Bed::Bed(Settings settings, Output& output, Stamp now)
    : settings_(std::move(settings)),
      profile_(*settings_.profile),
      output_(&output),
      engine_({settings_.node, settings_.unit + "/" + settings_.name}, profile_.realarm, profile_.callout),
      session_(settings_.unit + "/" + settings_.name, profile_.titrating),
      links_(settings_.sources.size()),
      monitor_(engine_, monitors_of(settings_)),
      patient_(settings_.salt, names_of(settings_.sources)),
      started_(now.mono),
      clock_(now.mono),
      said_monitoring_(settings_.idle_off ? Monitoring::none : Monitoring::blind) {
  for (const std::string& pump : settings_.pumps) pumps_.emplace_back().name = pump;
  add_conditions();
  apply_phase(now);
  check_statements(now);
  deadline_ = own_deadline();
}

Milliseconds Bed::freshness(const Source& source) const { return freshness_of(source, profile_); }

Milliseconds Bed::cuff_interval_now() const {
  return cuff_interval(profile_, session_.phase(), titrating_, high_dose());
}

alarms::Audience Bed::audience() const {
  return high_dose() ? alarms::Audience::unit : alarms::Audience::bed;
}

const Source* Bed::source_of(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  return index ? &settings_.sources[*index] : nullptr;
}

std::string Bed::source_name(Metric metric) const {
  const Source* source = source_of(metric);
  return source == nullptr ? std::string{} : source->name;
}

bool Bed::owns(std::size_t source, Metric metric) const {
  return settings_.source_of[vitals::index_of(metric)] == source;
}

bool Bed::sim(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  if (!index) return false;
  const Source& source = settings_.sources[*index];
  return source.sim || (source.accept_demo && links_[*index].demo());
}

bool Bed::sim() const {
  for (std::size_t i = 0; i < links_.size(); ++i)
    if (settings_.sources[i].sim || (settings_.sources[i].accept_demo && links_[i].demo())) return true;
  return false;
}

std::optional<double> Bed::baseline(Metric metric) const {
  const auto& baseline = session_.baseline();
  if (!baseline || !relative_rules_run(session_.phase()) || patient_.values_doubted()) return std::nullopt;
  if (vitals::is_rate(metric)) return baseline->rate;
  switch (metric) {
    case Metric::spo2: return baseline->spo2;
    case Metric::nibp_sys:
    case Metric::art_sys: return baseline->sbp;
    case Metric::nibp_dia:
    case Metric::art_dia: return baseline->dbp;
    case Metric::nibp_map:
    case Metric::art_map: return baseline->map;
    default: return std::nullopt;
  }
}

infusion::Outcome Bed::after_verb(infusion::Outcome outcome, Stamp now) {
  if (outcome.verdict != infusion::Verdict::applied) return outcome;
  if (session_.gate_wanted())  // also where a pump has started it
    session_.keep_gate(profile_.asks_before() ? std::optional{gate(now.mono)} : std::nullopt);
  watch_patient(now);
  apply_phase(now);
  check_statements(now);
  deadline_ = own_deadline();
  output_->on_state(now);
  return outcome;
}

infusion::Outcome Bed::by_command(infusion::Outcome outcome) {
  if (outcome.verdict == infusion::Verdict::applied && outcome.text.empty()) session_.said_by("command");
  return outcome;
}

template <typename Do>
infusion::Outcome Bed::asked_first(const infusion::Told& told, bool confirmed, std::string_view login,
                                   Stamp now, Do do_it) {
  infusion::Outcome outcome = do_it(false);
  if (outcome.verdict != infusion::Verdict::confirm_needed) return outcome;
  if (confirmed && questions_.answered(login, told, outcome.text, now.mono)) return do_it(true);
  questions_.ask(login, told, outcome.text, now.mono);
  return outcome;
}

infusion::Outcome Bed::session_start(const infusion::SessionStart& request, Stamp now) {
  advance(now);
  if (auto wrong = unknown_item(request.checklist)) return *std::move(wrong);
  return after_verb(session_.start(request, now), now);
}
infusion::Outcome Bed::baseline_set(const infusion::Baseline& request, Stamp now) {
  advance(now);
  return after_verb(session_.set_baseline(request, now), now);
}
infusion::Outcome Bed::infusion_start(const infusion::InfusionStart& request, Stamp now,
                                      std::string_view login) {
  advance(now);
  const auto start = [&](bool confirmed) {
    infusion::InfusionStart plain = request;
    plain.confirmed = confirmed;
    return session_.infusion_start(plain, now);
  };
  return with_gate(after_verb(asked_first(request, request.confirmed, login, now, start), now));
}

// What of the gate was not met is told to whoever has begun an infusion.
infusion::Outcome Bed::with_gate(infusion::Outcome outcome) const {
  if (outcome.verdict == infusion::Verdict::applied && session_.gate())
    outcome.text = session_.gate()->text();
  return outcome;
}

infusion::Outcome Bed::infusion_bolus(const infusion::HandBolus& bolus, bool confirmed, Stamp now,
                                      std::string_view login) {
  advance(now);
  const bool ran = session_.phase() == Phase::infusing || session_.phase() == Phase::held;
  const auto give = [&](bool answered) { return session_.give_bolus(bolus, answered, now); };
  infusion::Outcome outcome = after_verb(by_command(asked_first(bolus, confirmed, login, now, give)), now);
  return ran ? outcome : with_gate(std::move(outcome));
}
infusion::Outcome Bed::infusion_rate(const infusion::Rate& rate, bool confirmed, Stamp now,
                                     std::string_view login) {
  advance(now);
  const auto set = [&](bool answered) { return session_.rate(rate, answered, now); };
  return after_verb(by_command(asked_first(rate, confirmed, login, now, set)), now);
}
infusion::Outcome Bed::infusion_hold(Stamp now) {
  advance(now);
  return after_verb(by_command(session_.hold(now)), now);
}
infusion::Outcome Bed::infusion_resume(Stamp now) {
  advance(now);
  return after_verb(by_command(session_.resume(now)), now);
}
infusion::Outcome Bed::infusion_stop(Stamp now) {
  advance(now);
  return after_verb(by_command(session_.stop(now)), now);
}
infusion::Outcome Bed::session_end(Stamp now) {
  advance(now);
  infusion::Session after = session_;
  infusion::Outcome outcome = after.end(now);
  if (outcome.verdict != infusion::Verdict::applied) return outcome;
  if (session_.phase() == Phase::recovery) {
    infusion::Assessment criteria = recovery(now.mono);
    outcome.text = criteria.text();
    after.keep_recovery(std::move(criteria));
  }
  engine_.end_session(now, *this);  // while the session is still named in the documents
  engine_.finish(*wrong_patient_, alarms::EndReason::session_end, now, *this);
  engine_.finish(*observed_out_, alarms::EndReason::session_end, now, *this);
  session_ = std::move(after);
  return after_verb(outcome, now);
}

alarms::AckResult Bed::acknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                   std::string_view by, Stamp now) {
  advance(now);
  return engine_.acknowledge(condition, id, rev, by, now, *this);
}

alarms::AckResult Bed::reset(std::string_view condition, std::string_view id, Stamp now) {
  advance(now);
  return engine_.reset(condition, id, now, *this);
}

bool Bed::restore_alarm(const alarms::Alarm& stored, Stamp now) {
  if (monitor_.adopt(stored, now, *this) != nullptr) place_shelves(now);
  const bool taken = engine_.restore(stored, now, *this);
  deadline_ = std::min(deadline_, now.mono);  // what is known now is said again, also of this one
  output_->on_touched();
  return taken;
}

void Bed::restore_session(const infusion::View& view, Stamp now, const PatientRecord* patient,
                          std::optional<vitals::WallTime> last_cuff) {
  session_.restore(view, now);
  if (last_cuff && *last_cuff <= now.wall)  // ahead of the clock it tells no age
    cuff_measured_ = Stamp{now.mono - (now.wall - *last_cuff), *last_cuff};
  watch_patient(now);
  if (patient != nullptr && patient_.open()) patient_.restore(*patient);
  apply_phase(now);
  deadline_ = std::min(deadline_, now.mono);  // what holds is said after the alarms are there again
  output_->on_touched();
  output_->on_state(now);
}

bool Bed::simulated(const alarms::Alarm& alarm) const {
  if (alarm.metric) return sim(*alarm.metric);
  if (const auto source = monitor_.source_of(alarm))
    return settings_.sources[*source].sim || links_[*source].demo();
  return sim();
}

void Bed::on_alarm(alarms::Alarm& alarm, Stamp at) {
  alarm.phase = session_.phase();
  alarm.session = session_.in_progress() ? session_.id() : std::string{};
  alarm.dose_mg.reset();
  alarm.dose_mg_per_kg.reset();
  if (session_.in_progress() && session_.phase() != Phase::baseline) {
    const infusion::Dose dose = session_.dose(at);
    alarm.dose_mg = dose.mg;
    alarm.dose_mg_per_kg = dose.mg_per_kg;
  }
  alarm.sim = simulated(alarm);
  if (alarm.change == alarms::Change::start && alarm.kind == alarms::Kind::physiological && session_.event())
    keep_ = true;
  publish_ahead(alarm, at);
  output_->on_alarm(alarm, at);
  if (paused_) output_->on_state(at);  // it may sound in spite of the pause, or rest again
  // When a cause ends, what it covered and is still missing rises at once.
  if (alarm.state == alarms::State::inactive) deadline_ = std::min(deadline_, at.mono);
}

Monitoring Bed::monitoring(MonoTime now) const {
  if (settings_.idle_off && !session_.in_progress()) return Monitoring::none;
  if (!entry(settings_.leads.rate).current(now) && !entry(Metric::spo2).current(now))
    return Monitoring::blind;
  return missing_set(now).empty() ? Monitoring::full : Monitoring::partial;
}

vitals::MetricSet Bed::missing_set(MonoTime now) const {
  vitals::MetricSet out;
  for (const auto& facts : vitals::metrics) {
    if (!expected(facts.metric) || facts.metric == Metric::nibp_map) continue;  // many cuffs tell no mean
    const bool current = vitals::is_cuff(facts.metric)
                             ? cuff_ && cuff_->part(facts.metric) && now < cuff_fresh_until_
                             : entry(facts.metric).current(now);
    if (!current) out.insert(facts.metric);
  }
  return out;
}

std::vector<Metric> Bed::missing(MonoTime now) const {
  const vitals::MetricSet set = missing_set(now);
  std::vector<Metric> out;
  for (const auto& facts : vitals::metrics)
    if (set.contains(facts.metric)) out.push_back(facts.metric);
  return out;
}

std::optional<vitals::WallTime> Bed::last_cuff() const {
  if (!cuff_measured_) return std::nullopt;
  return cuff_measured_->wall;
}

}  // namespace bed
