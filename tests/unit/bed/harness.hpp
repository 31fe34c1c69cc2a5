// A bed with a virtual clock and a record of all it says. By default one streaming monitor "mon1" carries
// pulse rate, SpO2 and the cuff, and pr-* watches the rate.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "daemon/bed/bed.hpp"

namespace bed {

using alarms::Alarm;
using alarms::Change;
using alarms::Data;
using alarms::EndReason;
using alarms::Priority;
using alarms::State;
using alarms::view;
using vitals::Quality;
using vitals::Reason;
using vitals::WallTime;

inline constexpr WallTime wall_origin = vitals::wall_from_unix_ms(1'764'000'000'000);
inline vitals::Stamp at(std::int64_t ms) {
  return {vitals::MonoTime{Milliseconds{ms}}, wall_origin + Milliseconds{ms}};
}
inline Milliseconds seconds(double s) { return Milliseconds{std::llround(s * 1000)}; }

inline alarms::LimitRule& rule(alarms::Profile& profile, Phase phase, LimitId id) {
  return profile.limits[vitals::index_of(phase)][alarms::index_of(id)];
}

// The numbers that the shipped preset proposes, as far as the tests need them.
inline alarms::Profile preset() {
  alarms::Profile out;
  out.name = "ketamine-adult";
  const auto set = [&](LimitId id, std::optional<double> warn, std::optional<double> critical,
                       double deadband, double warn_s, double critical_s) {
    for (std::size_t i = 0; i < vitals::phase_count; ++i) {
      auto& one = rule(out, static_cast<Phase>(i), id);
      one.watched = true;
      one.warn.limit = warn;
      one.warn.on_delay = seconds(warn_s);
      one.critical.limit = critical;
      one.critical.on_delay = seconds(critical_s);
      one.deadband = deadband;
    }
  };
  set(LimitId::hr_high, 120, 140, 3, 10, 5);
  set(LimitId::hr_low, 50, 40, 3, 10, 5);
  set(LimitId::spo2_low, 92, 88, 2, 15, 10);
  set(LimitId::spo2_deep, std::nullopt, 80, 2, 0, 0);
  set(LimitId::sbp_high, 160, 180, 5, 10, 5);
  set(LimitId::sbp_low, 90, 80, 5, 10, 5);
  set(LimitId::dbp_high, 100, 110, 5, 10, 5);
  set(LimitId::dbp_low, 50, 40, 5, 10, 5);
  set(LimitId::map_high, 110, 130, 5, 10, 5);
  set(LimitId::map_low, 65, 60, 5, 10, 5);
  set(LimitId::rr_high, 24, 30, 1, 15, 10);
  set(LimitId::rr_low, 10, 8, 1, 15, 10);
  for (std::size_t i = 0; i < vitals::phase_count; ++i) {
    const auto phase = static_cast<Phase>(i);
    rule(out, phase, LimitId::spo2_deep).critical.limit_included = true;
    rule(out, phase, LimitId::sbp_high).warn.relative = {20, true, 140, true};
    rule(out, phase, LimitId::hr_high).warn.relative = {30, true, 110, false};
  }
  const auto interval = [&](Phase phase, int minutes, int titrating) {
    out.intervals[vitals::index_of(phase)] = {std::chrono::minutes{minutes}, std::chrono::minutes{titrating}};
  };
  interval(Phase::infusing, 10, 5);
  interval(Phase::held, 10, 5);
  interval(Phase::recovery, 15, 0);
  return out;
}

struct Shown {  // one published value
  Metric metric{};
  Quality quality{};
  Reason reason{};
  std::optional<double> value;
  bool sim = false;
  double at_s = 0;
  double valid_until_s = 0;
  bool ahead = false;
};

class Recorder : public Output {
 public:
  void on_alarm(const Alarm& alarm, Stamp at) override {
    alarms.push_back(alarm);
    alarm_at.push_back(at.mono);
    order.push_back(std::string{alarm.condition});
    log.push_back(line(alarm, at));
  }
  void on_value(const Entry& entry, std::string_view source, bool sim, Way way, Stamp at) override {
    const Observation& word = entry.observation;
    Shown one{word.metric, word.quality, word.reason, {}, sim, since(at.wall), since(entry.valid_until),
              false};
    if (word.has_value()) one.value = word.value;
    one.ahead = way == Way::ahead;
    values.push_back(one);
    order.emplace_back(vitals::name(word.metric));
    log.push_back(std::string{vitals::name(word.metric)} + " " + std::string{vitals::name(word.quality)} +
                  " " + std::string{vitals::name(word.reason)} + " " +
                  std::to_string(one.value.value_or(-1)) + " " + std::string{source} + " " +
                  std::to_string(sim) + " " + std::to_string(one.at_s));
  }
  void on_cuff(const CuffReading& reading, Quality quality, WallTime valid_until, std::string_view source,
               bool sim, Way way, Stamp at) override {
    cuff_ahead.push_back(way == Way::ahead);
    cuffs.push_back(reading);
    cuff_quality.push_back(quality);
    cuff_valid_until_s.push_back(since(valid_until));
    order.emplace_back("nibp");
    log.push_back("nibp " + std::to_string(reading.sys.value_or(-1)) + " " +
                  std::string{vitals::name(quality)} + " " + std::string{source} + " " + std::to_string(sim) +
                  " " + std::to_string(since(at.wall)));
  }
  void on_measured(const Observation& value) override { measured.push_back(value); }
  void on_state(Stamp at) override {
    ++states;
    log.push_back("state " + std::to_string(since(at.wall)));
  }

  void on_session(bool told, Stamp at) override {
    sessions.push_back(told);
    log.push_back("session " + std::to_string(told) + " " + std::to_string(since(at.wall)));
  }
  void on_device(std::size_t source, Stamp at) override {
    devices.push_back(source);
    log.push_back("device " + std::to_string(source) + " " + std::to_string(since(at.wall)));
  }

  void on_setting(std::string_view text, Stamp at) override {
    settings.emplace_back(text);
    log.push_back("setting " + std::string{text} + " " + std::to_string(since(at.wall)));
  }

  static double since(WallTime wall) { return static_cast<double>((wall - wall_origin).count()) / 1000; }
  static std::string line(const Alarm& a, Stamp at) {
    return std::string{a.condition} + " " + std::string{view(a.id)} + " " + std::to_string(a.rev) + " " +
           std::string{name(a.change)} + " " + std::string{name(a.state)} + " " +
           std::string{name(a.priority)} + " " + std::string{name(a.data)} + " " +
           std::string{name(a.audience)} + " " + a.text + " " + std::to_string(a.acked) + " " +
           std::to_string(a.sim) + " " + a.session + " " + std::to_string(a.dose_mg.value_or(-1)) + " " +
           std::to_string(since(at.wall));
  }

  std::vector<Alarm> alarms;
  std::vector<MonoTime> alarm_at;  // of each
  std::vector<Shown> values;
  std::vector<Observation> measured;
  std::vector<CuffReading> cuffs;
  std::vector<Quality> cuff_quality;
  std::vector<bool> cuff_ahead;
  std::vector<double> cuff_valid_until_s;
  std::vector<std::string> order;  // what was said, in order
  std::vector<std::string> log;    // the same, complete
  std::vector<std::size_t> devices;
  std::vector<bool> sessions;
  std::vector<std::string> settings;
  int states = 0;
};

inline Settings monitor_settings(const alarms::Profile& profile) {
  Settings out;
  out.node = "gw1";
  out.unit = "pain";
  out.name = "b3";
  out.profile = &profile;
  out.sources.push_back({"mon1"});
  for (const Metric metric :
       {Metric::pr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) {
    out.source_of[vitals::index_of(metric)] = 0;
    out.expected.insert(metric);
  }
  return out;
}

struct OneBed : testing::Test {
  alarms::Profile profile = preset();
  Settings settings = monitor_settings(profile);
  Recorder out;
  Stamp now{MonoTime{seconds(50'000)}, wall_origin};
  std::unique_ptr<Bed> bed_;

  // Made at first use, so that a test can change the settings before.
  Bed& bed() {
    if (!bed_) bed_ = std::make_unique<Bed>(settings, out, now);
    return *bed_;
  }
  void linked() { bed().link(0, true, now); }

  // --- time
  void pass(double s) {
    now.mono += seconds(s);
    now.wall += seconds(s);
  }
  void wait(double s) {
    Bed& one = bed();
    pass(s);
    one.advance(now);
  }

  // --- the monitor
  void say(const Observation& observation, std::size_t source = 0) {
    bed().observe(source, observation);
    bed().frame_end(source, now);
  }
  void value(Metric metric, double v, Reason doubt = Reason::none) {
    say(vitals::measured(metric, v, now, doubt));
  }
  void gone(Metric metric, Reason reason) { say(vitals::absent(metric, reason, now)); }
  // A value each second with its pulse rate, the first at once.
  void stay(double spo2, double s, double rate = 70) {
    for (double t = 0; t < s; t += 1) {
      value(Metric::pr, rate);
      value(Metric::spo2, spo2);
      wait(1);
    }
  }
  void cuff(double sys, double dia, std::optional<double> map = std::nullopt,
            std::optional<WallTime> own = std::nullopt, Reason doubt = Reason::none) {
    const auto part = [&](Metric metric, double v) {
      Observation one = vitals::measured(metric, v, now, doubt);
      if (own) {
        one.t_src = own;
        one.time_source = vitals::TimeSource::own;
        one.clock_trusted = true;
      }
      bed().observe(0, one);
    };
    part(Metric::nibp_sys, sys);
    part(Metric::nibp_dia, dia);
    if (map) part(Metric::nibp_map, *map);
    bed().frame_end(0, now);
  }
  void cuff_failed(Reason reason = Reason::missing) {
    for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map})
      bed().observe(0, vitals::absent(metric, reason, now));
    bed().frame_end(0, now);
  }

  void device_alarm(std::string_view code, bool on, drivers::AlarmLevel level = drivers::AlarmLevel::medium,
                    std::string_view text = "** SpO2 LOW", Teller teller = &default_teller) {
    drivers::DeviceAlarm told;
    told.code = code;
    told.source = "SPO2";
    told.text = on ? text : std::string_view{};
    told.level = level;
    told.on = on;
    told.rx = now;
    bed().device_alarm(0, told, teller);
  }
  static inline const int default_teller = 0;

  void status(drivers::Signal signal, bool on) { bed().device_status(0, {signal, on, now}); }

  // --- people
  void start_infusion(std::optional<double> planned_min = std::nullopt) {
    infusion::InfusionStart request;
    request.kg = 70;
    request.rate = infusion::Rate{0.5, infusion::RateUnit::mg_per_kg_h};
    if (planned_min) request.planned = seconds(*planned_min * 60);
    EXPECT_EQ(bed().infusion_start(request, now).verdict, infusion::Verdict::applied);
  }
  void set_baseline(double sbp, double rate = 70) {
    infusion::Baseline baseline;
    baseline.sbp = sbp;
    baseline.rate = rate;
    EXPECT_EQ(bed().baseline_set(baseline, now).verdict, infusion::Verdict::applied);
  }

  // --- what came of it
  const Alarm* alarm(std::string_view condition) {
    for (const auto& one : bed().conditions())
      if (one.spec().name == condition) return one.alarm();
    ADD_FAILURE() << "no condition " << condition;
    return nullptr;
  }
  const alarms::Condition& condition(std::string_view name) {
    return *std::find_if(bed().conditions().begin(), bed().conditions().end(),
                         [&](const auto& one) { return one.spec().name == name; });
  }
  std::optional<Priority> priority(std::string_view condition) {
    const Alarm* one = alarm(condition);
    return one == nullptr ? std::nullopt : std::optional{one->priority};
  }
  std::vector<std::string> active() {
    std::vector<std::string> names;
    for (const auto& one : bed().conditions())
      if (one.alarm() != nullptr) names.push_back(one.spec().name);
    return names;
  }
  std::size_t count(std::string_view condition, Change change) const {
    return static_cast<std::size_t>(
        std::count_if(out.alarms.begin(), out.alarms.end(),
                      [&](const Alarm& one) { return one.condition == condition && one.change == change; }));
  }
  const Shown& shown(Metric metric) const {
    return *std::find_if(out.values.rbegin(), out.values.rend(),
                         [&](const Shown& one) { return one.metric == metric; });
  }
  std::size_t shown_times(Metric metric) const {
    return static_cast<std::size_t>(std::count_if(out.values.begin(), out.values.end(),
                                                  [&](const Shown& one) { return one.metric == metric; }));
  }
};

using Names = std::vector<std::string>;

}  // namespace bed
