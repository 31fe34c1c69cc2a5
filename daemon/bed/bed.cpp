// The bed's wiring: its conditions, its phases, what people do. Values: bed_values.cpp; time: bed_time.cpp.
#include "daemon/bed/bed.hpp"

#include <algorithm>

namespace bed {
namespace {

using alarms::ConditionSpec;
using alarms::EndReason;
using alarms::Kind;
using alarms::Side;

constexpr std::array<Metric, 3> arterial_metrics{Metric::art_sys, Metric::art_dia, Metric::art_map};

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
      started_(now.mono),
      clock_(now.mono),
      said_monitoring_(settings_.idle_off ? Monitoring::none : Monitoring::blind) {
  add_conditions();
  apply_phase(now);
}

alarms::Condition& Bed::add(std::string name, std::string label, std::string advice, Kind kind, Side side,
                            std::string source) {
  ConditionSpec spec;
  spec.name = std::move(name);
  spec.label = std::move(label);
  spec.advice = std::move(advice);
  spec.kind = kind;
  spec.side = side;
  spec.source = std::move(source);
  return engine_.add(std::move(spec));
}

void Bed::add_conditions() {
  const auto technical = [this](std::string name, std::string label, std::string advice,
                                std::string source = {}) {
    return &add(std::move(name), std::move(label), std::move(advice), Kind::technical, Side::none,
                std::move(source));
  };
  const auto source_name = [this](Metric metric) {
    const Source* source = source_of(metric);
    return source == nullptr ? std::string{} : source->name;
  };
  watches_.reserve(alarms::limit_count);
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    const auto id = static_cast<LimitId>(i);
    const Metric metric = metric_of(id, settings_.leads);
    const alarms::LimitRule& rule = profile_.limits[vitals::index_of(Phase::infusing)][i];
    alarms::Condition& condition =
        add(std::string{alarms::name(id)}, std::string{label_of(id, metric)}, std::string{rule.advice},
            Kind::physiological, alarms::side_of(id), source_name(metric));
    watches_.push_back({id, metric, &condition, {}});
    watches_of_[vitals::index_of(metric)].push_back(&watches_.back());
  }
  hr_zero_ = &add("hr-zero", "monitor reports 0: check patient", "check patient", Kind::physiological,
                  Side::none, source_name(settings_.leads.rate));
  spo2_sensor_ = technical("spo2-sensor", "SpO2 sensor off", "check probe", source_name(Metric::spo2));
  spo2_signal_ =
      technical("spo2-signal", "SpO2 signal poor", "check probe and perfusion", source_name(Metric::spo2));
  ecg_leads_ = technical("ecg-leads", "ECG leads off", "check electrodes", source_name(Metric::hr));
  for (const auto& facts : vitals::metrics) {
    if (vitals::is_cuff(facts.metric)) continue;
    auto& slot = stale_[vitals::index_of(facts.metric)];
    if (vitals::is_arterial(facts.metric) && facts.metric != Metric::art_sys) {
      slot = stale_[vitals::index_of(Metric::art_sys)];
      continue;
    }
    const bool arterial = vitals::is_arterial(facts.metric);
    slot = technical(arterial ? "art-stale" : std::string{facts.name} + "-stale",
                     (arterial ? std::string{"ART"} : std::string{facts.label}) + ": no current value",
                     "check monitor and connection", source_name(facts.metric));
  }
  cuff_overdue_ =
      technical("nibp-overdue", "NIBP overdue", "take a blood pressure", source_name(Metric::nibp_sys));
  blind_ = technical("bed-blind", "neither rate nor SpO2 is current", "go to the bed");
  no_baseline_ = technical("no-baseline", "infusion without a baseline", "enter a baseline");
  overtime_ = technical("infusion-overtime", "infusion past its planned time", "record the stop");
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const std::string& source = settings_.sources[i].name;
    links_[i].since = started_;
    links_[i].lost =
        technical("link-lost-" + source, "no connection to " + source, "check cable and monitor", source);
    links_[i].demo_mode =
        technical("demo-mode-" + source, source + " is in demo or test mode", "leave demo mode", source);
  }
}

const Source* Bed::source_of(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  return index ? &settings_.sources[*index] : nullptr;
}

bool Bed::owns(std::size_t source, Metric metric) const {
  return settings_.source_of[vitals::index_of(metric)] == source;
}

bool Bed::sim(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  if (!index) return false;
  const Source& source = settings_.sources[*index];
  return source.sim || (source.accept_demo && links_[*index].demo);
}

bool Bed::sim() const {
  for (std::size_t i = 0; i < links_.size(); ++i)
    if (settings_.sources[i].sim || (settings_.sources[i].accept_demo && links_[i].demo)) return true;
  return false;
}

std::optional<double> Bed::baseline(Metric metric) const {
  const auto& baseline = session_.baseline();
  if (!baseline || !relative_rules_run(session_.phase())) return std::nullopt;
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

void Bed::apply_phase(Stamp now) {
  titrating_ = session_.titrating(now);
  const bool watching = session_.in_progress() || !settings_.idle_off;
  apply_limits(now, watching);
  apply_technical(now, watching);
  overtime_at_ = alarms::never;
  const infusion::View view = session_.view(now);
  if (session_.phase() == Phase::infusing && view.t_start && view.planned)
    overtime_at_ = now.mono + (*view.t_start + *view.planned + view.held - now.wall);
  check_statements(now);
  deadline_ = own_deadline();
}

void Bed::apply_limits(Stamp now, bool watching) {
  const Phase phase = session_.phase();
  for (Watch& watch : watches_) {
    const alarms::LimitRule& rule = profile_.limits[vitals::index_of(phase)][alarms::index_of(watch.id)];
    watch.limit = alarms::Limit(rule, alarms::side_of(watch.id), baseline(watch.metric));
    const bool watched = watching && source_of(watch.metric) != nullptr;
    engine_.set_behaviour(*watch.condition, limit_behaviour(profile_, phase, watch.id, watch.metric, watched),
                          EndReason::phase, now, *this);
  }
  engine_.set_behaviour(*hr_zero_,
                        hr_zero_behaviour(profile_, watching && source_of(settings_.leads.rate) != nullptr),
                        EndReason::phase, now, *this);
}

void Bed::apply_technical(Stamp now, bool watching) {
  const Phase phase = session_.phase();
  const auto set = [&](alarms::Condition& condition, Behaviour behaviour) {
    behaviour.watched = behaviour.watched && watching;
    engine_.set_behaviour(condition, behaviour, EndReason::phase, now, *this);
  };
  const bool oximeter = expected(Metric::spo2) || expected(Metric::pr);
  set(*spo2_sensor_, sensor_behaviour(profile_, phase, oximeter));
  set(*spo2_signal_, sensor_behaviour(profile_, phase, oximeter));
  set(*ecg_leads_, sensor_behaviour(profile_, phase, expected(Metric::hr)));
  for (const auto& facts : vitals::metrics) {
    if (vitals::is_cuff(facts.metric) || facts.metric == Metric::art_dia || facts.metric == Metric::art_map)
      continue;
    const bool any_arterial = std::any_of(arterial_metrics.begin(), arterial_metrics.end(),
                                          [this](Metric metric) { return expected(metric); });
    const bool watched = vitals::is_arterial(facts.metric) ? any_arterial : expected(facts.metric);
    set(*stale_[vitals::index_of(facts.metric)], stale_behaviour(profile_, phase, watched));
  }
  set(*cuff_overdue_, cuff_overdue_behaviour(profile_, phase, cuff_interval(profile_, phase, titrating_),
                                             expected(Metric::nibp_sys)));
  set(*blind_, blind_behaviour(profile_, phase));
  set(*no_baseline_, no_baseline_behaviour(phase));
  set(*overtime_, overtime_behaviour(profile_, phase));
  for (LinkState& link : links_) {
    set(*link.lost, link_behaviour(profile_, phase));
    set(*link.demo_mode, demo_behaviour(profile_, phase));
  }
}

infusion::Outcome Bed::after_verb(infusion::Outcome outcome, Stamp now) {
  if (outcome.verdict != infusion::Verdict::applied) return outcome;
  apply_phase(now);
  output_->on_state(now);
  return outcome;
}

infusion::Outcome Bed::session_start(const infusion::SessionStart& request, Stamp now) {
  advance(now);
  return after_verb(session_.start(request, now), now);
}
infusion::Outcome Bed::baseline_set(const infusion::Baseline& request, Stamp now) {
  advance(now);
  return after_verb(session_.set_baseline(request, now), now);
}
infusion::Outcome Bed::infusion_start(const infusion::InfusionStart& request, Stamp now) {
  advance(now);
  return after_verb(session_.infusion_start(request, now), now);
}
infusion::Outcome Bed::infusion_rate(const infusion::Rate& rate, bool confirmed, Stamp now) {
  advance(now);
  return after_verb(session_.rate(rate, confirmed, now), now);
}
infusion::Outcome Bed::infusion_hold(Stamp now) {
  advance(now);
  return after_verb(session_.hold(now), now);
}
infusion::Outcome Bed::infusion_resume(Stamp now) {
  advance(now);
  return after_verb(session_.resume(now), now);
}
infusion::Outcome Bed::infusion_stop(Stamp now) {
  advance(now);
  return after_verb(session_.stop(now), now);
}
infusion::Outcome Bed::session_end(Stamp now) {
  advance(now);
  const bool was_in_progress = session_.in_progress();
  if (was_in_progress) engine_.end_session(now, *this);  // while the session is still named in the documents
  return after_verb(session_.end(now), now);
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
  return engine_.restore(stored, now, *this);
}

void Bed::restore_session(const infusion::View& view, Stamp now) {
  session_.restore(view, now);
  apply_phase(now);
  output_->on_state(now);
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
  alarm.sim = alarm.metric ? sim(*alarm.metric) : sim();
  // The value that caused it goes out before it (contract 4, pitfall 12).
  if (alarm.metric && vitals::is_cuff(*alarm.metric)) {
    if (cuff_ && cuff_published_at_ < cuff_->rx.mono) publish_cuff(at);
  } else if (alarm.metric && board_[vitals::index_of(*alarm.metric)].dirty) {
    publish(*alarm.metric, at);
  }
  output_->on_alarm(alarm, at);
}

Monitoring Bed::monitoring(MonoTime now) const {
  if (settings_.idle_off && !session_.in_progress()) return Monitoring::none;
  const bool rate = entry(settings_.leads.rate).fresh(now);
  const bool spo2 = entry(Metric::spo2).fresh(now);
  if (!rate && !spo2) return Monitoring::blind;
  return missing(now).empty() ? Monitoring::full : Monitoring::partial;
}

std::vector<Metric> Bed::missing(MonoTime now) const {
  std::vector<Metric> out;
  for (const auto& facts : vitals::metrics) {
    if (!expected(facts.metric)) continue;
    const bool current = vitals::is_cuff(facts.metric)
                             ? cuff_ && cuff_->part(facts.metric) && now < cuff_fresh_until_
                             : entry(facts.metric).fresh(now);
    if (!current && facts.metric != Metric::nibp_map) out.push_back(facts.metric);
  }
  return out;
}

std::optional<vitals::WallTime> Bed::last_cuff() const {
  if (!cuff_) return std::nullopt;
  return cuff_->measured.wall;
}

std::vector<Bed::InForce> Bed::limits_in_force() const {
  std::vector<InForce> out;
  for (const Watch& watch : watches_)
    if (watch.condition->behaviour().watched)
      out.push_back({watch.id, watch.limit, watch.condition->behaviour()});
  return out;
}

}  // namespace bed
