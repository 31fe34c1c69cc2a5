// Which conditions a bed has, and what the phase makes of them.
#include <algorithm>

#include "daemon/bed/bed.hpp"

namespace bed {
namespace {

using alarms::ConditionSpec;
using alarms::EndReason;
using alarms::Kind;
using alarms::Side;

constexpr std::array<Metric, 3> arterial_metrics{Metric::art_sys, Metric::art_dia, Metric::art_map};

// The arterial line is one device with one condition: art_sys stands for the three.
bool has_own_stale(Metric metric) {
  return !vitals::is_cuff(metric) && metric != Metric::art_dia && metric != Metric::art_map;
}

}  // namespace

alarms::Condition& Bed::add(ConditionSpec spec) {
  if (!settings_.specs) return engine_.add(std::move(spec));
  return engine_.add(settings_.specs->keep(std::move(spec)));
}

alarms::Condition* Bed::add_technical(std::string name, std::string label, std::string advice,
                                      std::string source) {
  return &add(
      {std::move(name), std::move(label), std::move(advice), Kind::technical, Side::none, std::move(source)});
}

void Bed::add_conditions() {
  add_limits();
  add_sensors();
  add_stale();
  cuff_overdue_ =
      add_technical("nibp-overdue", "NIBP overdue", "take a blood pressure", source_name(Metric::nibp_sys));
  cuff_failed_ = add_technical("nibp-failed", "NIBP measurement failed", "check cuff, repeat",
                               source_name(Metric::nibp_sys));
  blind_ = add_technical("bed-blind", "neither rate nor SpO2 is current", "go to the bed");
  wrong_patient_ =
      add_technical("wrong-patient", std::string{text_of(Doubt::vitals)}, "check who lies here, then answer");
  unrecorded_ = add_technical("infusion-unrecorded", std::string{unrecorded_text},
                              "check the pump, record the infusion");
  pump_lost_ = add_technical("pump-link-lost", "nothing heard of the running pump", "check the pump's link");
  no_baseline_ = add_technical("no-baseline", "infusion without a baseline", "enter a baseline");
  overtime_ = add_technical("infusion-overtime", "infusion past its planned time", "record the stop");
  observed_out_ = &add({"obs-out-of-range",
                        "observation out of range",
                        "look at the patient, review infusion",
                        Kind::physiological,
                        Side::none,
                        {},
                        alarms::Origin::nurse});
  observation_overdue_ =
      add_technical("obs-overdue", "nurse observation overdue", "observe the patient, record it");
  add_links();
}

void Bed::add_limits() {
  watches_.reserve(alarms::limit_count);  // watches_of_ points into it
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    const auto id = static_cast<LimitId>(i);
    const Metric metric = metric_of(id, settings_.leads);
    const alarms::LimitRule& rule = profile_.limits[vitals::index_of(Phase::infusing)][i];
    alarms::Condition& condition =
        add({std::string{alarms::name(id)}, std::string{label_of(id, metric)}, std::string{rule.advice},
             Kind::physiological, alarms::side_of(id), source_name(metric)});
    watches_.push_back({id, metric, &condition, {}, {}, {}, {}});
    watches_of_[vitals::index_of(metric)].push_back(&watches_.back());
  }
}

void Bed::add_sensors() {
  hr_zero_ = &add({"hr-zero", "monitor reports 0: check patient", "check patient", Kind::physiological,
                   Side::none, source_name(settings_.leads.rate)});
  rates_differ_ =
      &add({"hr-pr-differ", "heart rate and pulse rate differ by more than 15 /min",
            "check pulse and electrodes", Kind::physiological, Side::none, source_name(Metric::hr)});
  const std::string oximeter = source_name(expected(Metric::spo2) ? Metric::spo2 : Metric::pr);
  spo2_sensor_ = add_technical("spo2-sensor", std::string{sensor_label}, "check probe", oximeter);
  spo2_signal_ =
      add_technical("spo2-signal", std::string{signal_label}, "check probe and perfusion", oximeter);
  ecg_leads_ = add_technical("ecg-leads", "ECG leads off", "check electrodes", source_name(Metric::hr));
}

void Bed::add_stale() {
  for (const auto& facts : vitals::metrics) {
    if (!has_own_stale(facts.metric)) continue;
    const bool arterial = vitals::is_arterial(facts.metric);
    const std::string name = arterial ? "art" : std::string{facts.name};
    const std::string label = arterial ? "ART" : std::string{facts.label};
    stale_[vitals::index_of(facts.metric)] =
        add_technical(name + "-stale", label + ": no current value", "check monitor and connection",
                      source_name(facts.metric));
  }
  for (const Metric metric : arterial_metrics)
    stale_[vitals::index_of(metric)] = stale_[vitals::index_of(Metric::art_sys)];
}

void Bed::add_links() {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const std::string& source = settings_.sources[i].name;
    links_[i].lost =
        add_technical("link-lost-" + source, "no connection to " + source, "check cable and monitor", source);
    links_[i].demo_mode = add_technical("demo-mode-" + source, source + " is in demo, test or standby mode",
                                        "let it watch the patient", source);
    links_[i].wrong_device =
        add_technical("wrong-device-" + source, "another device than expected at " + source,
                      "check what is connected", source);
    links_[i].device_clock =
        add_technical("device-clock-" + source, "the clock of " + source + " is not ours",
                      "set the monitor's clock", source);
  }
}

bool Bed::expects_arterial() const {
  return std::any_of(arterial_metrics.begin(), arterial_metrics.end(),
                     [this](Metric metric) { return expected(metric); });
}

void Bed::apply_phase(Stamp now) {
  titrating_ = session_.titrating(now);
  const bool watching = session_.in_progress() || !settings_.idle_off;
  engine_.call_at_least(audience(), now, *this);
  apply_limits(now, watching);
  apply_technical(now, watching);
  monitor_.set_watching(watching, now, *this);
  if (cuff_ && !cuff_stale_said_) {  // how long a reading counts follows the interval; what is stale stays so
    const MonoTime until = cuff_->measured.mono + cuff_freshness(profile_, cuff_interval_now());
    if (until != cuff_fresh_until_) {
      cuff_fresh_until_ = until;
      check_cuff(now);
      if (!cuff_stale_said_) publish_cuff(now);
    }
  }
}

void Bed::apply_technical(Stamp now, bool watching) {
  const Phase phase = session_.phase();
  const auto set = [&](alarms::Condition& condition, Behaviour behaviour) {
    behaviour.watched = behaviour.watched && watching;
    engine_.set_behaviour(condition, behaviour, EndReason::phase, now, *this);
  };
  apply_oximeter(now);
  set(*ecg_leads_, sensor_behaviour(profile_, phase, expected(Metric::hr)));
  for (const auto& facts : vitals::metrics) {
    if (!has_own_stale(facts.metric)) continue;
    const bool watched = vitals::is_arterial(facts.metric) ? expects_arterial() : expected(facts.metric);
    set(*stale_[vitals::index_of(facts.metric)], stale_behaviour(profile_, phase, watched));
  }
  set(*cuff_overdue_, cuff_overdue_behaviour(phase, cuff_interval_now(), expected(Metric::nibp_sys)));
  set(*cuff_failed_, cuff_failed_behaviour(phase, source_of(Metric::nibp_sys) != nullptr));
  set(*blind_, blind_behaviour(profile_, phase));
  set(*wrong_patient_, wrong_patient_behaviour(phase));
  engine_.set_behaviour(*unrecorded_, unrecorded_behaviour(!pumps_.empty()), EndReason::phase, now, *this);
  set(*pump_lost_, pump_lost_behaviour(phase, !pumps_.empty()));
  set(*no_baseline_, no_baseline_behaviour(phase));
  set(*overtime_, overtime_behaviour(profile_, phase));
  set(*observed_out_, observed_out_behaviour(phase));
  set(*observation_overdue_, observation_overdue_behaviour(phase, observation_due().has_value()));
  for (LinkState& link : links_) {
    set(*link.lost, link_behaviour(profile_, phase));
    set(*link.demo_mode, demo_behaviour(profile_, phase));
    set(*link.wrong_device, demo_behaviour(profile_, phase));
    set(*link.device_clock, device_clock_behaviour(phase));
  }
}

}  // namespace bed
