// A daemon that dies while nothing is on its way to change (no delay runs) and is back at once leaves no
// trace in the alarms: the same episodes start, rise, sound again and end at the same instants as without.
// Revisions go on at another number, data are stale until the next value, and a delay that runs may start
// anew; that is told elsewhere (contract-11-killed-with-an-active-alarm.story).
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>
#include <spdlog/spdlog.h>

#include <array>
#include <map>

#include "tests/unit/stories/ward.hpp"

namespace stories {
namespace {

using std::chrono_literals::operator""s;

// A stretch in which nothing changes: longer than any delay towards an alarm (bed-blind: 15 s until values
// are stale, and 30 s).
struct Stretch {
  int pr = 0, spo2 = 0, probe = 0, cable = 0, cuff = 0, people = 0, length = 0;
};

void showValue(const Stretch& one, std::ostream& out) {
  out << "{pr " << one.pr << ", spo2 " << one.spo2 << ", probe " << one.probe << ", cable " << one.cable
      << ", cuff " << one.cuff << ", people " << one.people << ", length " << one.length << "}";
}

rc::Gen<std::vector<Stretch>> courses() {
  const auto upto = [](int most) { return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, most)); };
  const auto stretch =
      rc::gen::build<Stretch>(rc::gen::set(&Stretch::pr, upto(5)), rc::gen::set(&Stretch::spo2, upto(6)),
                              rc::gen::set(&Stretch::probe, upto(5)), rc::gen::set(&Stretch::cable, upto(5)),
                              rc::gen::set(&Stretch::cuff, upto(6)), rc::gen::set(&Stretch::people, upto(4)),
                              rc::gen::set(&Stretch::length, upto(4)));
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 6), [stretch](std::size_t count) {
    return rc::gen::container<std::vector<Stretch>>(count, stretch);
  });
}

// What a nurse notices of an alarm, and when.
struct Notice {
  std::string condition, state, priority, ack;
  unsigned episode = 0;
  Milliseconds at{0};

  friend bool operator==(const Notice&, const Notice&) = default;
};
std::ostream& operator<<(std::ostream& out, const Notice& one) {
  return out << clock_text(one.at) << " " << one.condition << " " << one.episode << " " << one.state << " "
             << one.priority << " " << one.ack;
}

class Course {
 public:
  Course() {
    BedFacts facts;
    facts.monitors.push_back(
        {"mon1",
         {Metric::pr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map},
         1s,
         false,
         false});
    ward_ = std::make_unique<Ward>(facts);
    spdlog::set_level(spdlog::level::critical);
    command("infusion-start", {{"kg", "70"}, {"rate", "0.5"}, {"rate_unit", "mg/kg/h"}});
    command("baseline-set", {{"sbp", "120"}, {"hr", "70"}});
  }

  void live(const Stretch& one) {
    constexpr std::array<double, 5> rates{70, 112, 130, 150, 45};
    constexpr std::array<double, 6> saturations{97, 93, 91, 90, 86, 79};
    constexpr std::array<double, 6> pressures{0, 125, 150, 166, 185, 85};
    constexpr std::array<Milliseconds, 4> lengths{50s, 55s, 75s, 140s};
    ward_->perform(Switch{Part::cable, one.cable != 0, {}});
    ward_->perform(Switch{Part::probe, one.probe != 0, {}});
    ward_->perform(Show{Metric::pr, {rates.at(static_cast<std::size_t>(one.pr))}, false});
    ward_->perform(Show{Metric::spo2, {saturations.at(static_cast<std::size_t>(one.spo2))}, false});
    if (one.cuff != 0) {
      Cuff reading;
      reading.sys = pressures.at(static_cast<std::size_t>(one.cuff)) + ++cuffs_;
      reading.dia = 70;
      ward_->perform(reading);
    }
    if (one.people == 0) acknowledge_all();
    pass(lengths.at(static_cast<std::size_t>(one.length)));
  }

  void pass(Milliseconds time) {
    const Milliseconds until = ward_->now() + time;
    while (ward_->now() < until) {
      ward_->pass_to(std::min(ward_->next_of_itself(), until));
      ward_->monitors_send();
    }
  }

  void die() { ward_->perform(Restart{}); }

  std::vector<Notice> notices() const {
    std::vector<Notice> out;
    std::map<std::string, Notice> last;
    for (const Heard& one : ward_->heard()) {
      if (one.document.is_null() || one.change == "continue") continue;
      const Json& d = one.document;
      Notice notice{one.condition, d["state"], d["prio"], d["ack"], one.episode, one.at};
      Notice& before = last[one.condition];
      before.at = one.at;
      if (notice == before) continue;
      before = notice;
      out.push_back(std::move(notice));
    }
    return out;
  }

 private:
  void command(const std::string& verb, std::vector<std::pair<std::string, std::string>> args,
               const std::string& condition = {}) {
    Command out;
    out.verb = verb;
    out.args = std::move(args);
    out.condition = condition;
    ward_->perform(out);
  }
  void acknowledge_all() {
    std::vector<std::string> names;
    for (const auto& condition : ward_->bed()->conditions())
      if (condition.alarm() != nullptr) names.push_back(condition.spec().name);
    for (const std::string& name : names) command("ack", {}, name);
  }

  std::unique_ptr<Ward> ward_;
  int cuffs_ = 0;
};

RC_GTEST_PROP(RestartProperty, P2_P6_at_rest_a_restart_leaves_no_trace, ()) {
  const auto stretches = *courses();
  const auto dies_after = *rc::gen::inRange<std::size_t>(0, stretches.size());
  Course plain, restarted;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    plain.live(stretches[i]);
    restarted.live(stretches[i]);
    if (i != dies_after) continue;
    restarted.die();
    plain.pass(2s);  // the monitor speaks before anything else happens
    restarted.pass(2s);
  }
  plain.live(stretches.front());
  restarted.live(stretches.front());
  RC_ASSERT(plain.notices() == restarted.notices());
}

}  // namespace
}  // namespace stories
