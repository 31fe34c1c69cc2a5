// A daemon that dies and is back leaves no trace in the alarms: the same episodes start, rise, sound again,
// call further people and end at the same instants as without, with the same acknowledgements, pauses,
// answers and shelves, at whatever moment it dies and however long it is away.
//
// Exempt is what a restart may cost. A delay that runs towards an alarm or out of one starts anew, so do the
// streams of the baseline, and what happens while the daemon is dead is not seen: so it does not die where
// one of these would come next (`spares()`). Timers of people (calls, re-alarm, pause, shelf, a rise after a
// time) run over it, and are not exempt while it lives. Revisions go on at another number and data are stale
// until the next value; that is told elsewhere (contract-11-killed-with-an-active-alarm.story).
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>
#include <spdlog/spdlog.h>

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "tests/unit/stories/ward.hpp"

namespace stories {
namespace {

using std::chrono_literals::operator""s;

// A stretch in which nothing changes: longer than any delay towards an alarm (bed-blind: 15 s until values
// are stale, and 30 s).
struct Stretch {
  int pr = 0, spo2 = 0, probe = 0, cable = 0, cuff = 0, people = 0, length = 0;
};
constexpr int deeds = 9;  // of people; the last few do nothing

void showValue(const Stretch& one, std::ostream& out) {
  out << "{pr " << one.pr << ", spo2 " << one.spo2 << ", probe " << one.probe << ", cable " << one.cable
      << ", cuff " << one.cuff << ", people " << one.people << ", length " << one.length << "}";
}

rc::Gen<std::vector<Stretch>> courses() {
  const auto upto = [](int most) { return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, most)); };
  const auto stretch = rc::gen::build<Stretch>(
      rc::gen::set(&Stretch::pr, upto(5)), rc::gen::set(&Stretch::spo2, upto(6)),
      rc::gen::set(&Stretch::probe, upto(5)), rc::gen::set(&Stretch::cable, upto(5)),
      rc::gen::set(&Stretch::cuff, upto(6)), rc::gen::set(&Stretch::people, upto(deeds)),
      rc::gen::set(&Stretch::length, upto(4)));
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, 6), [stretch](std::size_t count) {
    return rc::gen::container<std::vector<Stretch>>(count, stretch);
  });
}

// What a nurse notices of an alarm, and when.
struct Notice {
  std::string condition, change, state, priority, ack, audience, audio, response, inhibit;
  unsigned episode = 0;
  Milliseconds at{0};

  friend bool operator==(const Notice&, const Notice&) = default;
};
std::ostream& operator<<(std::ostream& out, const Notice& one) {
  return out << clock_text(one.at) << " " << one.condition << " " << one.episode << " " << one.change << " "
             << one.state << " " << one.priority << " " << one.ack << " calls " << one.audience << " audio "
             << one.audio << " " << one.response << " " << one.inhibit;
}

// When the daemon dies, and for how long.
struct Death {
  Milliseconds at{0}, away{0};
};

// Longer than what leads to an alarm (bed-blind: values are stale after 15 s, then 30 s), and than what leads
// from one level to another or out of it (10 s; the monitor speaks within 1 s).
constexpr Milliseconds before_a_start = 47s, before_a_change = 12s, until_it_speaks = 2s;

// The streams of the baseline are not kept: a minute of them is needed at the start of the infusion.
constexpr Milliseconds until_refilled = 62s;

// How long before `next` the daemon may not die: something runs towards it.
Milliseconds runs_before(const Notice& next, bool was_latched) {
  if (next.change == "start" || (was_latched && next.state == "active")) return before_a_start;
  const bool by_value = next.change == "escalate" || next.change == "deescalate" || next.change == "end" ||
                        next.state == "latched";
  return by_value ? before_a_change : Milliseconds{0};
}

class Course {
 public:
  explicit Course(std::optional<Death> death = {}) : death_(death) {
    BedFacts facts;
    facts.monitors.push_back(
        {"mon1",
         {Metric::pr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map},
         1s,
         false,
         false});
    ward_ = std::make_unique<Ward>(facts);
    spdlog::set_level(spdlog::level::critical);
  }

  // A session from its beginning: the baseline is what the monitor shows in six minutes, two cuff readings
  // among it.
  void begin() {
    for (const auto& [metric, value] : {std::pair{Metric::pr, 70.0}, std::pair{Metric::spo2, 97.0}})
      ward_->perform(Show{metric, {value}, false});
    changes_.push_back(ward_->now());
    command("session-start", {{"kg", "70"}});
    for (const double sys : {124.0, 128.0}) {
      pass(60s);
      Cuff reading;
      reading.sys = sys;
      reading.dia = 70;
      changes_.push_back(ward_->now());
      ward_->perform(reading);
      pass(120s);
    }
    refilled_ = {ward_->now() - until_refilled, ward_->now()};
    changes_.push_back(ward_->now());
    command("infusion-start", {{"rate", "0.5"}, {"rate_unit", "mg/kg/h"}});
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
    changes_.push_back(ward_->now());
    answer(one.people);
    pass(lengths.at(static_cast<std::size_t>(one.length)));
  }

  void pass(Milliseconds time) {
    const Milliseconds until = ward_->now() + time;
    while (ward_->now() < until) {
      Milliseconds to = std::min(ward_->next_of_itself(), until);
      if (death_ && death_->at > ward_->now()) to = std::min(to, death_->at);
      ward_->pass_to(to);
      ward_->monitors_send();
      if (death_ && death_->at == ward_->now()) ward_->perform(Restart{std::exchange(death_, {})->away});
    }
  }

  // Each quarter of a second at which nothing of what is exempt would come next.
  std::vector<Death> deaths(Milliseconds away) const {
    const std::vector<Notice> all = notices();
    std::vector<Death> out;
    for (Milliseconds at{250}; at < ward_->now(); at += Milliseconds{250})
      if (spares({at, away}, all)) out.push_back({at, away});
    return out;
  }

  std::vector<Notice> notices() const {
    std::vector<Notice> out;
    std::map<std::string, Notice> last;
    for (const Heard& one : ward_->heard()) {
      if (one.document.is_null() || one.change == "continue") continue;
      const Json& d = one.document;
      Notice notice{one.condition, one.change, d["state"],
                    d["prio"],     d["ack"],   d["audience"],
                    d["audio"],    d["resp"],  d["inhibit"].is_null() ? "" : "shelved",
                    one.episode,   one.at};
      Notice& before = last[one.condition];
      before.at = one.at;
      before.change = one.change;
      if (notice == before) continue;
      before = notice;
      out.push_back(std::move(notice));
    }
    return out;
  }

 private:
  void command(const std::string& verb, std::vector<std::pair<std::string, std::string>> args = {},
               const std::string& condition = {}, const std::string& station = "ns-1") {
    Command out;
    out.verb = verb;
    out.args = std::move(args);
    out.condition = condition;
    out.station = station;
    ward_->perform(out);  // whatever the answer: the same in both courses
  }
  // One of the things that people do, with every alarm there is.
  void answer(int deed) {
    std::vector<std::string> names;
    for (const auto& condition : ward_->bed()->conditions())
      if (condition.alarm() != nullptr) names.push_back(condition.spec().name);
    if (deed == 1) return command("audio-pause", {{"scope", "bed"}, {"secs", "150"}});
    if (deed == 2)
      return command("shelve", {{"cond", "hr-high"}, {"secs", "200"}, {"reason", "x"}}, {}, "charge-1");
    for (const std::string& name : names) {
      if (deed == 0) command("ack", {}, name);
      if (deed == 3) command("respond", {{"response", "accept"}}, name);
      if (deed == 4) command("respond", {{"response", "reject"}}, name);
      if (deed == 5) command("unack", {}, name);
      if (deed == 6) command("audio-pause", {{"scope", "alarm"}, {"secs", "60"}}, name);
    }
  }

  bool spares(const Death& death, const std::vector<Notice>& all) const {
    const Milliseconds back = death.at + death.away + until_it_speaks;
    for (const Milliseconds change : changes_)
      if (change >= death.at && change < back) return false;
    if (death.at + death.away > refilled_.first && death.at < refilled_.second) return false;
    std::map<std::string_view, bool> latched;
    for (const Notice& one : all) {
      const bool was_latched = std::exchange(latched[one.condition], one.state == "latched");
      if (one.at >= death.at && one.at <= death.at + death.away + runs_before(one, was_latched)) return false;
    }
    return true;
  }

  std::unique_ptr<Ward> ward_;
  std::optional<Death> death_;
  std::vector<Milliseconds> changes_;  // when a stretch began, or a reading was taken
  std::pair<Milliseconds, Milliseconds> refilled_;
  int cuffs_ = 0;
};

void live(Course& course, const std::vector<Stretch>& stretches) {
  course.begin();
  for (const Stretch& one : stretches) course.live(one);
  course.pass(50s);  // and at rest, so that there is always a moment to die in
  course.live(stretches.front());
}

RC_GTEST_PROP(RestartProperty, P2_P6_a_restart_leaves_no_trace, ()) {
  const auto stretches = *courses();
  Course plain;
  live(plain, stretches);
  const auto away =
      *rc::gen::element(Milliseconds{0}, Milliseconds{0}, Milliseconds{3'000}, Milliseconds{9'500});
  const std::vector<Death> deaths = plain.deaths(away);
  RC_PRE(!deaths.empty());
  const Death death = deaths[*rc::gen::inRange<std::size_t>(0, deaths.size())];
  RC_LOG() << "dies at " << clock_text(death.at) << " for " << death.away.count() << " ms\n";
  Course restarted(death);
  live(restarted, stretches);
  RC_ASSERT(plain.notices() == restarted.notices());
}

}  // namespace
}  // namespace stories
