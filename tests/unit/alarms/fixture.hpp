// One condition in an engine, a virtual clock, and a record of every document it made.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "daemon/alarms/engine.hpp"

namespace alarms {

inline constexpr vitals::WallTime wall_origin = vitals::wall_from_unix_ms(1'764'000'000'000);
inline Milliseconds seconds(double s) { return Milliseconds{std::llround(s * 1000)}; }

class Record : public Listener {
 public:
  void on_alarm(Alarm& alarm, Stamp at) override {
    documents.push_back(alarm);
    at_s.push_back(static_cast<double>(at.mono.time_since_epoch().count()) / 1000);
  }
  std::vector<Alarm> documents;
  std::vector<double> at_s;
};

// The behaviour of "SpO2 low" in the class table: warn below 92 after 15 s, critical below 88 after 10 s.
inline Behaviour spo2_behaviour() {
  Behaviour out;
  out.latching = true;
  out.on_delay = seconds(15);
  out.on_delay_critical = seconds(10);
  out.off_delay = seconds(5);
  return out;
}

inline LimitRule spo2_rule() {
  LimitRule rule;
  rule.watched = true;
  rule.warn.limit = 92;
  rule.critical.limit = 88;
  rule.deadband = 2;
  return rule;
}

struct OneCondition : testing::Test {
  Realarm realarm;
  Callout callout;
  Record record;
  Engine engine{{"gw1", "pain/b3"}, realarm, callout};
  Condition& condition =
      engine.add({"spo2-low", "SpO2", "check probe", Kind::physiological, Side::low, "mon1"});
  Behaviour behaviour = spo2_behaviour();
  LimitRule rule = spo2_rule();
  Milliseconds freshness = seconds(15);
  Stamp now{MonoTime{seconds(1000)}, wall_origin};

  OneCondition() { behave(behaviour); }

  void behave(const Behaviour& with) { engine.set_behaviour(condition, with, EndReason::phase, now, record); }
  void pass(double s) {
    now.mono += seconds(s);
    now.wall += seconds(s);
  }
  void wait(double s) {
    pass(s);
    engine.advance(now, record);
  }
  Reading reading(double value, bool questionable = false) const {
    const Limit limit(rule, Side::low, std::nullopt);
    Reading out;
    out.value = value;
    out.standing = limit.judge(value);
    out.questionable = questionable;
    out.doubt = questionable ? vitals::Reason::artifact : vitals::Reason::none;
    out.metric = vitals::Metric::spo2;
    out.limit = rule.warn.limit;
    out.limit_critical = rule.critical.limit;
    out.fresh_until = now.mono + freshness;
    out.t_rx = now.wall;
    return out;
  }
  void read(double value, bool questionable = false) {
    engine.read(condition, reading(value, questionable), now, record);
  }
  // One value a second, the first at once.
  void stay(double value, double s, bool questionable = false) {
    for (double t = 0; t < s; t += 1) {
      read(value, questionable);
      wait(1);
    }
  }
  void lose(Data how = Data::lost) { engine.lose(condition, how, now, record); }

  const Alarm* alarm() const { return condition.alarm(); }
  bool normal() const { return !condition.engaged(); }
  std::size_t count(Change change) const {
    std::size_t out = 0;
    for (const Alarm& one : record.documents) out += one.change == change ? 1 : 0;
    return out;
  }
  const Alarm& last() const { return record.documents.back(); }
  AckResult ack() {
    return engine.acknowledge("spo2-low", view(alarm()->id), alarm()->rev, "ns-2/rn-17", now, record);
  }
  AckResult reset() { return engine.reset("spo2-low", view(alarm()->id), now, record); }

  void go_medium() { stay(90, 16); }  // one value a second; the delay ends with the sixteenth
  void go_high() { stay(85, 11); }
  void go_latched() {
    go_high();
    stay(97, 6);
  }
};

}  // namespace alarms
