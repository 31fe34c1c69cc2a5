// Random days at a bed, with restarts anywhere.
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Step {
  int what = 0;
  int wait_ms = 0;
  int number = 0;
};

void showValue(const Step& step, std::ostream& out) {
  out << "{" << step.what << ", " << step.wait_ms << ", " << step.number << "}";
}

constexpr int kinds = 25;
constexpr int restart_kind = kinds - 1;

rc::Gen<std::vector<Step>> days() {
  const auto waits = rc::gen::weightedOneOf<int>({{3, rc::gen::just(0)},
                                                  {8, rc::gen::inRange(1, 3000)},
                                                  {4, rc::gen::element(1000, 5000, 10'000, 15'000, 60'000)},
                                                  {2, rc::gen::inRange(3000, 600'000)},
                                                  {1, rc::gen::inRange(600'000, 7'200'000)}});
  return rc::gen::scale(
      2.0, rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
               rc::gen::set(&Step::what, rc::gen::inRange(0, kinds)), rc::gen::set(&Step::wait_ms, waits),
               rc::gen::set(&Step::number, rc::gen::inRange(0, 60)))));
}

// Watches the wire: what a station may rely on.
class Station {
 public:
  void hear(const std::vector<Alarm>& alarms) {
    for (; heard_ < alarms.size(); ++heard_) hear(alarms[heard_]);
  }
  void restarted() { heard_ = 0; }
  const std::map<std::string, std::string>& open() const { return open_; }

 private:
  void hear(const Alarm& alarm) {
    const std::string name{alarm.condition}, id{view(alarm.id)};
    const auto was = open_.find(name);
    if (alarm.change == Change::start) {
      RC_ASSERT(was == open_.end());
      RC_ASSERT(ids_.insert(id).second);
      RC_ASSERT(!alarm.acked);
    } else {
      RC_ASSERT(was != open_.end());  // never an end, or a change, before a start
      RC_ASSERT(was->second == id);
    }
    const bool shelved = alarm.inhibit == alarms::Inhibit::shelved;
    if (name != "hr-pr-differ") RC_ASSERT((alarm.shown() == Priority::info) == shelved);
    if (shelved) RC_ASSERT(alarm.priority < Priority::high && !name.starts_with("spo2-low"));
    RC_ASSERT(alarm.rev > revs_[id]);
    revs_[id] = alarm.rev;
    if (alarm.state == State::inactive) {
      open_.erase(name);
    } else {
      open_[name] = id;
    }
    if (alarm.end_reason == EndReason::recovered) RC_ASSERT(alarm.data == Data::fresh);  // P7
  }

  std::size_t heard_ = 0;
  std::map<std::string, std::string> open_;
  std::map<std::string, std::uint64_t> revs_;
  std::set<std::string> ids_;
};

struct Day : OneBed {
  void TestBody() override {}

  Station station;
  std::vector<int> wall_steps_s;  // what the system clock is set by before each step, again and again

  Day() {
    settings.sources.push_back({"mon2", false, seconds(10)});
    settings.source_of[vitals::index_of(Metric::hr)] = 1;
    settings.source_of[vitals::index_of(Metric::rr)] = 1;
    settings.expected.insert(Metric::rr);
  }

  void restart() {
    std::vector<Alarm> kept;
    std::vector<std::string> names;
    names.reserve(64);
    for (const auto& one : bed().conditions())
      if (one.alarm() != nullptr) {
        names.emplace_back(one.spec().name);
        kept.push_back(*one.alarm());
        kept.back().condition = names.back();
        kept.back().rev_priority = 0;  // not in the record
      }
    const infusion::View view = bed().session(now);
    const Attention attention = bed().attention();
    const auto open = station.open();
    bed_.reset();
    out = {};
    station.restarted();
    bed().restore_session(view, now);
    bed().restore_attention(attention, now);
    for (const Alarm& one : kept) RC_ASSERT(bed().restore_alarm(one, now));
    RC_ASSERT(bed().session(now).phase == view.phase);
    wait(0);
    look();
    RC_ASSERT(station.open() == open);  // P2: no alarm that was active is lost
    const Attention after = bed().attention();
    RC_ASSERT(after.shelved.size() == attention.shelved.size());
    RC_ASSERT(after.pause.has_value() == attention.pause.has_value());
    for (std::size_t i = 0; i < alarms::limit_count; ++i)
      RC_ASSERT(after.limits[i].has_value() == attention.limits[i].has_value());
  }

  // After every step: nothing past its limit is presented as current, and the bed knows when to be called
  // next.
  void look() {
    station.hear(out.alarms);
    std::set<std::string> now_open, heard;
    for (const auto& name : active()) now_open.insert(name);
    for (const auto& [name, id] : station.open()) heard.insert(name);
    RC_ASSERT(now_open == heard);
    RC_ASSERT(bed().deadline() >= now.mono);
    for (const auto& facts : vitals::metrics) {
      const Entry& entry = bed().entry(facts.metric);
      if (entry.seen && entry.observation.has_value()) RC_ASSERT(now.mono < entry.fresh_until);  // P3
    }
    if (!out.values.empty() && out.values.back().value)
      RC_ASSERT(out.values.back().at_s < out.values.back().valid_until_s);
  }

  void timed(Metric metric, double v, int age_s) {
    Observation one = vitals::measured(metric, v, now);
    one.t_src = now.wall - seconds(age_s);
    one.clock_trusted = age_s % 2 == 0;
    say(one, vitals::is_cuff(metric) || metric == Metric::spo2 ? 0 : 1);
  }

  void touch(int number) {  // an acknowledgement or a reset of some alarm
    const auto names = active();
    if (names.empty()) return;
    const std::string& name = names[static_cast<std::size_t>(number) % names.size()];
    const std::string id{view(alarm(name)->id)};
    const auto state = alarm(name)->state;
    const std::uint64_t rev = alarm(name)->rev;
    if (number % 3 == 0) {
      bed().reset(name, id, now);
      return;
    }
    bed().acknowledge(name, id, number % 3 == 1 ? rev : rev - 1, "ns-2/rn-17", now);
    if (state == State::active) RC_ASSERT(alarm(name) != nullptr);  // P6
  }

  // What a person in charge may do.
  void set_aside(int number) {
    const auto& conditions = bed().conditions();
    const std::string name = conditions[static_cast<std::size_t>(number) % conditions.size()].spec().name;
    if (number % 4 == 0) {
      bed().unshelve(name, now);
    } else {
      bed().shelve(name, seconds(15.0 * number), "charge-1/rn-2", now);
    }
  }
  void set_limit(int number) {
    const auto id = static_cast<LimitId>(static_cast<std::size_t>(number) % alarms::limit_count);
    const std::optional<double> warn = number % 3 == 0 ? std::nullopt : std::optional{60.0 + 2 * number};
    bed().limits_set(id, {warn, 50.0 + 3 * number, "charge-1/rn-2"}, now);
    for (const Bed::InForce& one : bed().limits_in_force())  // never off
      RC_ASSERT(one.limit.warn().limit() || one.limit.critical().limit());
  }
  void pause(int number) {
    if (number % 4 == 0) {
      bed().resume_all(now);
    } else {
      bed().pause_all(now.wall, seconds(10 + 2 * number), "ns-2/rn-17", now);
    }
  }

  void apply(const Step& step) {
    const int n = step.number;
    constexpr std::array reasons{Reason::sensor_off, Reason::searching, Reason::missing, Reason::leads_off,
                                 Reason::implausible};
    const Reason reason = reasons[static_cast<std::size_t>(n) % reasons.size()];
    switch (step.what) {
      case 0:
      case 1: return value(Metric::spo2, 70 + n % 30);
      case 2: return value(Metric::spo2, 70 + n % 30, Reason::artifact);
      case 3: return gone(Metric::spo2, reason);
      case 4: return value(Metric::pr, 30 + 3 * n);
      case 5: return gone(Metric::pr, n % 2 == 0 ? Reason::zero : reason);
      case 6: return timed(Metric::spo2, 75 + n % 20, n);
      case 7: return say(vitals::measured(Metric::rr, n, now), 1);
      case 8: return timed(Metric::rr, n, n);
      case 9: return cuff(80 + 2 * n, 40 + n);
      case 10: return cuff(80 + 2 * n, 40 + n, 60 + n, now.wall - seconds(10 * n));
      case 11: return cuff_failed();
      case 12: return bed().device_demo(static_cast<std::size_t>(n % 2), n % 3 == 0, now);
      case 13: return bed().link(static_cast<std::size_t>(n % 2), n % 4 != 0, now);
      case 14: bed().session_start({}, now); return;
      case 15: {
        infusion::InfusionStart request;
        request.kg = 70;
        request.rate = infusion::Rate{0.5, infusion::RateUnit::mg_per_kg_h};
        if (n % 2 == 0) request.planned = seconds(60 * (n + 1));
        bed().infusion_start(request, now);
        return;
      }
      case 16: {
        infusion::Baseline baseline;
        baseline.sbp = 90 + n;
        bed().baseline_set(baseline, now);
        return;
      }
      case 17: bed().infusion_rate({0.2 + n / 50.0, infusion::RateUnit::mg_per_kg_h}, true, now); return;
      case 18: n % 2 == 0 ? bed().infusion_hold(now) : bed().infusion_resume(now); return;
      case 19: n % 2 == 0 ? bed().infusion_stop(now) : bed().session_end(now); return;
      case 20: return touch(n);
      case 21: return set_aside(n);
      case 22: return set_limit(n);
      case 23: return pause(n);
      default: return restart();
    }
  }

  void spend(int ms, int tick_ms) {
    for (; tick_ms > 0 && ms > tick_ms && ms / tick_ms < 50; ms -= tick_ms) wait(tick_ms / 1000.0);
    wait(ms / 1000.0);
  }

  void run(const std::vector<Step>& steps, int tick_ms) {
    std::size_t i = 0;
    for (const Step& step : steps) {
      spend(step.wait_ms, tick_ms);
      look();
      if (!wall_steps_s.empty()) now.wall += seconds(wall_steps_s[i++ % wall_steps_s.size()]);
      apply(step);
      look();
    }
  }
};

RC_GTEST_PROP(BedProperty, P2_P3_P6_P7_over_any_day_with_restarts, ()) {
  Day day;
  day.run(*days(), 0);
}

// All that a transition is but for the labels of the wall clock.
std::vector<std::string> what_and_when(const Day& day) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < day.out.alarms.size(); ++i) {
    const Alarm& one = day.out.alarms[i];
    out.push_back(std::string{one.condition} + " " + std::to_string(one.rev) + " " +
                  std::string{name(one.change)} + " " + std::string{name(one.state)} + " " +
                  std::string{name(one.priority)} + " " + std::string{name(one.data)} + " " +
                  std::string{name(one.audience)} + " " + one.text + " " + std::to_string(one.acked) + " " +
                  std::to_string(day.out.alarm_at[i].time_since_epoch().count()));
  }
  return out;
}

// Without restarts, over which only the wall clock knows what has passed, and without devices' own times.
RC_GTEST_PROP(BedProperty, scenario_19_a_clock_that_is_set_changes_no_alarm, ()) {
  auto steps = *days();
  steps.erase(std::remove_if(steps.begin(), steps.end(),
                             [](const Step& one) {
                               return one.what == 6 || one.what == 8 || one.what == 10 ||
                                      one.what == restart_kind;
                             }),
              steps.end());
  Day plain, stepped;
  stepped.wall_steps_s = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<int>>(rc::gen::element(0, 0, 1, -1, 3600, -3600, 86'400, -300)));
  plain.run(steps, 0);
  stepped.run(steps, 0);
  RC_ASSERT(what_and_when(plain) == what_and_when(stepped));
}

RC_GTEST_PROP(BedProperty, P8_the_rhythm_of_calls_leaves_no_trace, ()) {
  const auto steps = *days();
  const int tick_ms = *rc::gen::inRange(50, 20'000);
  Day plain, ticked;
  plain.run(steps, 0);
  ticked.run(steps, tick_ms);
  RC_ASSERT(plain.out.log == ticked.out.log);
}

}  // namespace
}  // namespace bed
