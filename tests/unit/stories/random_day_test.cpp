// Random days on the ward: anything may happen in any order, the daemon may die at any moment. What a nurse
// may rely on must hold all the same (promises P1, P3, P6, P7), as far as stations can see it.
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>
#include <spdlog/spdlog.h>

#include <array>
#include <map>
#include <set>

#include "tests/unit/stories/ward.hpp"

namespace stories {
namespace {

using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;

struct Event {
  int what = 0;
  int wait_ms = 0;
  int number = 0;
};

void showValue(const Event& event, std::ostream& out) {
  out << "{" << event.what << ", " << event.wait_ms << ", " << event.number << "}";
}

constexpr int kinds = 30;

// Every number as likely as the next, also in short days: inRange alone grows with them.
rc::Gen<int> any(int least, int most) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(least, most));
}

rc::Gen<std::vector<Event>> days() {
  const auto waits =
      rc::gen::weightedOneOf<int>({{3, rc::gen::just(0)},
                                   {6, any(1, 3000)},
                                   {6, rc::gen::element(4000, 5000, 9000, 10'000, 14'000, 15'000)},
                                   {4, any(3000, 60'000)}});
  const auto event =
      rc::gen::build<Event>(rc::gen::set(&Event::what, any(0, kinds)), rc::gen::set(&Event::wait_ms, waits),
                            rc::gen::set(&Event::number, any(0, 60)));
  return rc::gen::scale(0.3, rc::gen::container<std::vector<Event>>(event));
}

// An oximeter with a cuff on a cable, an ECG monitor over HL7.
BedFacts two_monitors() {
  BedFacts out;
  out.monitors.push_back({"mon1",
                          {Metric::pr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map},
                          1s,
                          false,
                          false});
  out.monitors.push_back({"mon2", {Metric::hr, Metric::rr}, 10s, true, false});
  out.rate = Metric::pr;
  return out;
}

constexpr std::array watched{Metric::pr, Metric::spo2, Metric::hr, Metric::rr};

bool is_oximeter(Metric metric) { return metric == Metric::pr || metric == Metric::spo2; }

// The documents of alarms in the order in which a station gets them.
class Station {
 public:
  void hear(const Heard& one, const Json& value) {
    if (one.document.is_null() || one.change == "continue") return;
    const Json& d = one.document;
    const std::string id = d["id"], state = d["state"];
    const auto was = open_.find(one.condition);
    if (one.change == "start") {
      RC_ASSERT(was == open_.end());
      RC_ASSERT(ids_.insert(id).second);
      RC_ASSERT(d["ack"] == "unacked");  // P6: no acknowledgement survives into the next episode
    } else {
      RC_ASSERT(was != open_.end());  // no end, and no other news, before the start
      RC_ASSERT(was->second["id"] == id);
      RC_ASSERT(d["rev"] > was->second["rev"]);
      if (was->second["ack"] == "unacked" && d["ack"] == "acked") RC_ASSERT(acknowledging);
    }
    if (one.change == "escalate") RC_ASSERT(d["ack"] == "unacked");
    const bool over = one.change == "end" || one.change == "reset";
    RC_ASSERT(over == (state == "inactive"));
    const bool cleared = state == "latched" && was != open_.end() && was->second["state"] == "active";
    if (cleared || (over && d["end_reason"] == "recovered")) judge_recovery(d, value);
    if (over && d["end_reason"] == "reset") RC_ASSERT(resetting);
    if (over) {
      open_.erase(one.condition);
    } else {
      open_[one.condition] = d;
    }
  }
  const std::map<std::string, Json>& open() const { return open_; }
  bool active(const std::string& condition) const { return open_.count(condition) != 0; }

  bool acknowledging = false, resetting = false;

 private:
  // P7: what stations see of the patient then is a valid value inside the limit.
  static void judge_recovery(const Json& d, const Json& value) {
    RC_ASSERT(d["data"] == "fresh");
    if (d["kind"] != "phys") return;
    RC_ASSERT(!value.is_null());
    RC_ASSERT(value["q"] == "valid");
    if (d["limit"].is_null() && d["limit_crit"].is_null()) return;
    const double limit = d["limit"].is_null() ? d["limit_crit"] : d["limit"], v = d["v"];
    const bool inside = d["side"] == "low" ? v > limit : v < limit;
    RC_ASSERT(inside);
  }

  std::map<std::string, Json> open_;
  std::set<std::string> ids_;
};

class Day {
 public:
  Day() {
    spdlog::set_level(spdlog::level::critical);
    for (const auto& [metric, value] : {std::pair{Metric::pr, 70}, std::pair{Metric::spo2, 97},
                                        std::pair{Metric::hr, 72}, std::pair{Metric::rr, 14}})
      ward_.perform(Show{metric, {static_cast<double>(value)}, false});
  }

  void run(const std::vector<Event>& events) {
    for (const Event& event : events) {
      live(Milliseconds{event.wait_ms});
      happen(event);
      hear();
    }
    live(events.size() % 10 == 3 ? 40min : 60s);  // now and then until a cuff reading is overdue in any phase
  }

 private:
  void live(Milliseconds time) {
    const Milliseconds until = ward_.now() + time;
    while (ward_.now() < until) {
      ward_.pass_to(std::min(ward_.next_of_itself(), until));
      ward_.monitors_send();
      hear();
      look();
    }
  }

  void hear() {
    for (; heard_ < ward_.heard().size(); ++heard_) {
      const Heard& one = ward_.heard()[heard_];
      station_.hear(one, one.value);
    }
    // P3, and the value before its alarm
    if (!ward_.offences().empty()) RC_FAIL(ward_.offences().front());
  }

  // P1: what is missing for as long as its delays take is an alarm, whatever happened on the way.
  void look() {
    const bed::Bed* bed = ward_.bed();
    if (bed == nullptr) {
      missing_since_.clear();
      cuff_since_ = ward_.now();
      return;
    }
    for (const Metric metric : watched) {
      const auto since = missing_since_.find(metric);
      if (bed->entry(metric).current(ward_.stamp().mono) || explained(metric)) {
        missing_since_.erase(metric);
      } else if (since == missing_since_.end()) {
        missing_since_[metric] = ward_.now();
      } else {
        RC_ASSERT(ward_.now() - since->second <= patience(metric));
      }
    }
    look_at_cuff(*bed);
  }

  // Freshness limit, and 15 s that a cause may wait for its own delay.
  static Milliseconds patience(Metric metric) { return is_oximeter(metric) ? 15s + 15s : 30s + 15s; }

  bool explained(Metric metric) const {
    const std::string source = is_oximeter(metric) ? "mon1" : "mon2";
    const bool probe =
        is_oximeter(metric) && (station_.active("spo2-sensor") || station_.active("spo2-signal"));
    return probe || station_.active(std::string{vitals::name(metric)} + "-stale") ||
           station_.active("link-lost-" + source) || station_.active("demo-mode-" + source) ||
           (metric == Metric::hr && station_.active("ecg-leads")) ||
           (metric == Metric::pr && station_.active("hr-zero"));
  }

  void look_at_cuff(const bed::Bed& bed) {
    const auto phase = bed.session(ward_.stamp()).phase;
    const bool due =
        phase == vitals::Phase::infusing || phase == vitals::Phase::held || phase == vitals::Phase::recovery;
    if (!due || phase != phase_) cuff_since_ = ward_.now();
    phase_ = phase;
    if (ward_.now() - cuff_since_ > 2 * 15min + 2min)
      RC_ASSERT(station_.active("nibp-overdue") || station_.active("link-lost-mon1"));
  }

  void command(std::string verb, std::vector<std::pair<std::string, std::string>> args = {},
               std::string condition = {}, std::optional<unsigned long> rev = {}) {
    Command out;
    out.verb = std::move(verb);
    out.condition = std::move(condition);
    out.args = std::move(args);
    out.rev = rev;
    ward_.perform(out);  // whatever the answer
  }

  void touch(int n) {  // an acknowledgement or a reset of some alarm
    if (station_.open().empty()) return;
    auto one = station_.open().begin();
    std::advance(one, static_cast<std::size_t>(n) % station_.open().size());
    const std::string condition = one->first, state = one->second["state"];
    const unsigned long rev = one->second["rev"];
    station_.acknowledging = true;
    station_.resetting = n % 3 == 0 || state == "latched";
    if (n % 3 == 0) {
      command("reset", {}, condition);
    } else {
      command("ack", {}, condition, n % 3 == 1 ? rev : rev - 1);
    }
    hear();
    if (n % 3 != 0 && state == "active") RC_ASSERT(station_.active(condition));  // P6: it ends nothing
    station_.acknowledging = station_.resetting = false;
  }

  void restart(int n) {
    const auto before = station_.open();
    ward_.perform(Restart{Milliseconds{500 * n}});
    missing_since_.clear();  // what was pending begins anew, also after a restart that took no time
    if (n > 0) live(Milliseconds{500 * n});
    hear();
    for (const auto& [condition, document] : before) {  // P2, P6: nothing is lost, nor who has seen it
      if (!station_.active(condition)) continue;        // ended by what came after, or by the passing of time
      RC_ASSERT(station_.open().at(condition)["id"] == document["id"]);
    }
    RC_ASSERT(ward_.open_in_journal().size() == station_.open().size());
  }

  void happen(const Event& event) {
    if (event.what < 14) return happen_at_monitor(event.what, event.number);
    happen_by_people(event.what, event.number);
  }

  void happen_at_monitor(int what, int n) {
    constexpr std::array reasons{Reason::sensor_off, Reason::searching, Reason::missing, Reason::leads_off,
                                 Reason::implausible};
    const Reason reason = reasons[static_cast<std::size_t>(n) % reasons.size()];
    const bool on = n % 2 == 0;
    const auto say = [&](Metric metric, double value, bool doubtful = false) {
      ward_.perform(Show{metric, {value}, doubtful});
    };
    switch (what) {
      case 0:
      case 1: return say(Metric::spo2, saturation(n));
      case 2: return say(Metric::spo2, saturation(n), true);
      case 3: ward_.perform(Withhold{Metric::spo2, reason}); return;
      case 4: ward_.perform(Silence{n % 3 == 0 ? Metric::pr : Metric::spo2}); return;
      case 5: return say(Metric::pr, 30 + 3 * n);
      case 6: ward_.perform(Withhold{Metric::pr, on ? Reason::zero : reason}); return;
      case 7: ward_.perform(Switch{n % 3 == 0 ? Part::signal : Part::probe, on, {}}); return;
      case 8: ward_.perform(Switch{Part::cable, on, n % 3 == 0 ? "mon2" : "mon1"}); return;
      case 9: ward_.perform(Switch{Part::monitor, on, n % 3 == 0 ? "mon2" : "mon1"}); return;
      case 10: ward_.perform(Switch{Part::demo, n % 3 == 0, "mon1"}); return;
      case 11: return cuff(n);
      case 12: return say(Metric::hr, 30 + 3 * n);
      default: return on ? say(Metric::rr, 4 + n) : void(ward_.perform(Withhold{Metric::hr, reason}));
    }
  }

  // Around the limits, where something happens.
  static double saturation(int n) {
    constexpr std::array<double, 8> values{97, 95, 94, 93, 91, 90, 86, 79};
    return values[static_cast<std::size_t>(n) % values.size()];
  }

  // The probe is off, searches, is off again: each for less than its delay.
  void take_turns(int n) {
    const Milliseconds each{1000 * (9 + n % 6)};
    for (int i = 0; i < 2; ++i) {
      for (const Part part : {Part::probe, Part::signal}) {
        ward_.perform(Switch{part, false, {}});
        live(each);
        ward_.perform(Switch{part, true, {}});
      }
    }
  }

  void cuff(int n) {
    Cuff reading;
    if (n % 5 != 0) {
      reading.sys = 80 + 2 * n + ++cuffs_;  // two equal ones would be one, told again
      reading.dia = 40 + n;
    }
    ward_.perform(reading);
    cuff_since_ = ward_.now();  // more than was promised: also one that failed, or was not taken
  }

  void happen_by_people(int what, int n) {
    using Args = std::vector<std::pair<std::string, std::string>>;
    const auto number = [](double v) { return std::to_string(v); };
    switch (what) {
      case 14: return command("session-start", Args{{"kg", "70"}});
      case 15:
      case 16:
        return command("infusion-start", Args{{"kg", "70"}, {"rate", "0.5"}, {"rate_unit", "mg/kg/h"}});
      case 17: return command("baseline-set", Args{{"sbp", number(90 + n)}, {"hr", "70"}});
      case 18:
        return command("infusion-rate", Args{{"rate", number(0.2 + n / 50.0)}, {"rate_unit", "mg/kg/h"}});
      case 19: return command(n % 2 == 0 ? "infusion-hold" : "infusion-resume");
      case 20: return command(n % 2 == 0 ? "infusion-stop" : "session-end");
      case 29: return command("infusion-bolus", Args{{"mg", number(1 + n % 20)}, {"kg", "70"}});
      case 21:
      case 22: return touch(n);
      case 23: return command("audio-pause", Args{{"scope", "bed"}, {"secs", "120"}});
      case 24: ward_.perform(Patient{n % 2 == 0 ? "4711" : "4712"}); return;
      case 25: return command("patient-confirm", Args{{"patient", n % 3 == 0 ? "new" : "same"}});
      case 26: return restart(n);
      case 28: return take_turns(n);
      default: ward_.perform(ClockStep{Milliseconds{(n - 30) * 60'000}}); return;
    }
  }

  Ward ward_{two_monitors()};
  Station station_;
  std::size_t heard_ = 0;
  std::map<Metric, Milliseconds> missing_since_;
  Milliseconds cuff_since_{0};
  vitals::Phase phase_ = vitals::Phase::none;
  int cuffs_ = 0;
};

RC_GTEST_PROP(RandomDay, P1_P2_P3_P6_P7_hold_whatever_happens, ()) { Day{}.run(*days()); }

}  // namespace
}  // namespace stories
