// Random histories of every call in any order: what must hold whatever happens (promises P6, P7, P8).
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/alarms/engine.hpp"

namespace alarms {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

enum class Do {
  read,
  read_doubtful,
  lose,
  stale,
  present,
  absent,
  at_once,
  ack,
  ack_older,
  reset,
  behave,
  end_session,
  restore_again,
  advance,
  unack,
  pause,
  pause_all,
  resume,
  resume_all,
  accept,
  reject,
  shelve,
  unshelve,
  restart,
};
constexpr int kinds = 24;

struct Step {
  int what = 0;
  int condition = 0;
  int wait_ms = 0;
  int number = 0;  // value, behaviour: as the step needs
};

void showValue(const Step& step, std::ostream& out) {
  out << "{" << step.what << ", " << step.condition << ", " << step.wait_ms << ", " << step.number << "}";
}

rc::Gen<int> waits() {  // the same instant, around a delay, hours
  return rc::gen::weightedOneOf<int>({{3, rc::gen::just(0)},
                                      {6, rc::gen::inRange(1, 3000)},
                                      {4, rc::gen::element(1000, 5000, 10'000, 15'000)},
                                      {3, rc::gen::inRange(3000, 200'000)},
                                      {1, rc::gen::inRange(200'000, 20'000'000)}});
}

rc::Gen<std::vector<Step>> histories() {
  return rc::gen::scale(
      3.0, rc::gen::container<std::vector<Step>>(rc::gen::build<Step>(
               rc::gen::set(&Step::what, rc::gen::inRange(0, kinds)),
               rc::gen::set(&Step::condition, rc::gen::inRange(0, 3)), rc::gen::set(&Step::wait_ms, waits()),
               rc::gen::set(&Step::number, rc::gen::inRange(0, 20)))));
}

Behaviour behaviour(int number) {
  Behaviour out;
  out.latching = number % 2 == 0;
  out.watched = number % 7 != 6;
  if (number % 3 != 0) {
    out.on_delay = 15s;
    out.on_delay_critical = 10s;
    out.off_delay = 5s;
  } else {
    out.questionable_on_delay_min = 0s;
  }
  if (number % 5 == 1) out.raise_after = number % 2 == 0 ? 0s : 60s;
  if (number % 5 == 1) out.priority = Priority::low;
  if (number % 5 == 2) out.priority_raised = Priority::high, out.raise_after = 20s;
  if (number == 17) out.priority = Priority::high, out.priority_critical = Priority::low;
  return out;
}

// Looks at every document and at what had been said before it.
class Judge : public Listener {
 public:
  void on_alarm(Alarm& alarm, Stamp at) override {
    const std::string name{alarm.condition};
    const std::string id{view(alarm.id)};
    RC_ASSERT(alarm.t_change == at.wall);
    RC_ASSERT(at.mono >= last_at);
    last_at = at.mono;
    const auto was = open.find(name);
    judge_calling(alarm);
    if (alarm.change == Change::start) {
      RC_ASSERT(was == open.end());
      RC_ASSERT(ids.insert(id).second);  // never used before
      RC_ASSERT(alarm.rev == 1U);
    } else {
      RC_ASSERT(was != open.end());
      RC_ASSERT(was->second.first == id);
      RC_ASSERT(alarm.rev > was->second.second);
    }
    RC_ASSERT(alarm.rev_priority <= alarm.rev);
    const bool over = alarm.change == Change::end || alarm.change == Change::reset;
    RC_ASSERT(over == (alarm.state == State::inactive));
    RC_ASSERT(over == (alarm.end_reason != EndReason::none));
    RC_ASSERT(alarm.acked == alarm.acked_at.has_value());
    if (over && alarm.end_reason == EndReason::recovered) RC_ASSERT(good_news[name]);  // P7
    if (over && alarm.end_reason == EndReason::reset) RC_ASSERT(resetting);
    if (over && alarm.end_reason == EndReason::session_end) RC_ASSERT(ending);
    if (over && alarm.end_reason == EndReason::phase) RC_ASSERT(behaving);
    if (over) {
      open.erase(name);
    } else {
      open[name] = {id, alarm.rev};
    }
    documents.push_back(describe(alarm));
  }

  // Who is called for it, and what people have done about that.
  void judge_calling(const Alarm& alarm) {
    const Shelf* const shelf = shelf_of(alarm.condition);
    RC_ASSERT((alarm.inhibit == Inhibit::shelved) == (shelf != nullptr));
    RC_ASSERT((alarm.shown() == Priority::info) == (shelf != nullptr));
    if (shelf) RC_ASSERT(alarm.priority <= shelf->level && shelf->level < Priority::high);
    if (shelf) RC_ASSERT(alarm.change != Change::escalate && alarm.change != Change::deescalate);
    RC_ASSERT((alarm.audio == Audio::paused) == alarm.audio_until.has_value());
    RC_ASSERT((alarm.audio == Audio::paused) == !alarm.audio_by.empty());
    RC_ASSERT(alarm.t_call && *alarm.t_call <= alarm.t_change);
    if (alarm.audio_until) RC_ASSERT(*alarm.audio_until - alarm.t_change <= audio_pause_ms_max);
    if (alarm.state == State::latched) RC_ASSERT(alarm.audio == Audio::on);
    RC_ASSERT(alarm.response != Response::undefined || alarm.response_by.empty());
    if (alarm.change != Change::start && alarm.change != Change::escalate) return;
    RC_ASSERT(!alarm.acked);  // P6: no ack survives into the next episode, or a rise
    RC_ASSERT(alarm.t_call == alarm.t_change);
    RC_ASSERT(alarm.audio == Audio::on);
    RC_ASSERT(alarm.response == Response::undefined);
  }

  static std::string describe(const Alarm& alarm) {
    return std::string{alarm.condition} + " " + std::string{view(alarm.id)} + " " +
           std::to_string(alarm.rev) + " " + std::string{name(alarm.change)} + " " +
           std::string{name(alarm.state)} + " " + std::string{name(alarm.priority)} + " " +
           std::string{name(alarm.data)} + " " + std::string{name(alarm.audience)} + " " +
           std::to_string(alarm.acked) + " " + std::string{name(alarm.audio)} + " " +
           std::string{name(alarm.response)} + " " + std::string{name(alarm.inhibit)} + " " + alarm.text +
           " " + std::to_string(alarm.worst.value_or(-1)) + " " +
           std::to_string(vitals::unix_ms(alarm.t_change)) + " " +
           std::to_string(vitals::unix_ms(*alarm.t_call)) + " " +
           std::to_string(vitals::unix_ms(alarm.t_condition));
  }

  std::function<const Shelf*(std::string_view condition)> shelf_of;
  std::map<std::string, std::pair<std::string, std::uint64_t>> open;
  std::map<std::string, bool> good_news;  // the newest word is valid, fresh and inside
  std::set<std::string> ids;
  std::vector<std::string> documents;
  MonoTime last_at = MonoTime::min();
  bool resetting = false, ending = false, behaving = false;
};

class History {
 public:
  explicit History(std::vector<int> ticks_ms = {}) : ticks_ms_(std::move(ticks_ms)) {
    build([](int i) { return behaviour(i == 2 ? 1 : i * 2); });
    judge.shelf_of = [this](std::string_view name) { return engine_->find(name)->shelf(); };
  }

  void run(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      pass(Milliseconds{step.wait_ms});
      // What time brings belongs to the state before this step.
      engine_->advance(now_, judge);
      apply(step);
    }
    pass(3600s);
    engine_->advance(now_, judge);
  }

  Judge judge;

 private:
  template <typename BehaviourOf>
  void build(BehaviourOf behaviour_of) {
    engine_ = std::make_unique<Engine>(Place{"gw1", "pain/b3"}, realarm_, callout_);
    conditions_.clear();
    for (int i = 0; i < 3; ++i) {
      conditions_.push_back(
          &engine_->add({"c" + std::to_string(i), "C", "", i == 2 ? Kind::technical : Kind::physiological,
                         Side::low, "mon1"}));
      engine_->set_behaviour(*conditions_.back(), behaviour_of(i), EndReason::phase, now_, judge);
    }
  }

  // The daemon dies and comes back a millisecond later, with what the journal has kept.
  void restart() {
    struct Kept {
      Behaviour behaviour;
      std::optional<Shelf> shelf;
      std::optional<Alarm> alarm;
    };
    pass(1ms);
    engine_->advance(now_, judge);
    std::vector<Kept> kept;
    for (const Condition* one : conditions_) {
      kept.push_back({one->behaviour(), std::nullopt, std::nullopt});
      if (one->shelf() != nullptr) kept.back().shelf = *one->shelf();
      if (one->alarm() != nullptr) kept.back().alarm = *one->alarm();
      judge.good_news[one->spec().name] = false;
    }
    build([&](int i) { return kept[static_cast<std::size_t>(i)].behaviour; });
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const std::string name = conditions_[i]->spec().name;
      if (kept[i].shelf) RC_ASSERT(engine_->restore_shelf(name, *kept[i].shelf, now_));
      if (!kept[i].alarm) continue;
      kept[i].alarm->condition = name;
      RC_ASSERT(engine_->restore(*kept[i].alarm, now_, judge));
      const Alarm& now = *conditions_[i]->alarm();
      RC_ASSERT(now.acked == kept[i].alarm->acked);  // P6: survives a restart
      RC_ASSERT(now.audio_until == kept[i].alarm->audio_until);
      RC_ASSERT(now.inhibit == kept[i].alarm->inhibit);
      RC_ASSERT(now.priority == kept[i].alarm->priority);
    }
  }

  void pass(Milliseconds time) {
    const Stamp to{now_.mono + time, now_.wall + time};
    for (std::size_t i = 0; !ticks_ms_.empty() && i < 8; ++i) {  // extra calls on the way change nothing
      const Milliseconds tick{ticks_ms_[(next_tick_++) % ticks_ms_.size()]};
      if (now_.mono + tick >= to.mono) break;
      now_ = {now_.mono + tick, now_.wall + tick};
      engine_->advance(now_, judge);
    }
    now_ = to;
  }

  Reading reading(const Step& step) const {
    const double value = 80 + step.number;
    const Milliseconds freshness = step.condition == 1 ? 12s : 90s;
    Reading out;
    const auto zone = [&](double limit) {
      return value < limit ? Zone::beyond : value < limit + 2 ? Zone::band : Zone::inside;
    };
    out.standing = {zone(92), zone(88)};
    out.value = value;
    out.metric = vitals::Metric::spo2;
    out.limit = 92;
    out.limit_critical = 88;
    out.questionable = static_cast<Do>(step.what) == Do::read_doubtful;
    out.fresh_until = now_.mono + freshness;
    return out;
  }

  void acknowledge(const Condition& condition, std::uint64_t back) {
    const Alarm* alarm = condition.alarm();
    if (alarm == nullptr) return;
    const std::uint64_t rev = alarm->rev - std::min(back, alarm->rev);
    judge.resetting = alarm->state == State::latched;
    const Priority before = alarm->priority;
    const auto state = alarm->state;
    const auto others = but(condition);
    const auto result = engine_->acknowledge(condition.spec().name, view(alarm->id), rev, "a", now_, judge);
    judge.resetting = false;
    RC_ASSERT(but(condition) == others);  // P6: never hides another
    if (state == State::active) {
      RC_ASSERT(condition.alarm() != nullptr);  // P6: never ends a condition
      RC_ASSERT(condition.alarm()->priority == before);
      RC_ASSERT(condition.alarm()->acked || result.verdict != AckVerdict::applied);
    }
  }

  // Every other condition as it is.
  std::vector<std::string> but(const Condition& condition) const {
    std::vector<std::string> out;
    for (const Condition* one : conditions_)
      if (one != &condition && one->alarm() != nullptr) out.push_back(Judge::describe(*one->alarm()));
    return out;
  }

  // What a person does beside acknowledging, as one may who sees the newest document.
  void attend(Do what, Condition& condition, int number) {
    const std::string& name = condition.spec().name;
    const Alarm* alarm = condition.alarm();
    const EpisodeId id = alarm == nullptr ? EpisodeId{} : alarm->id;
    const std::uint64_t rev = alarm == nullptr ? 1 : alarm->rev;
    const Milliseconds time{10'000 * (number + 1)};
    const bool had = alarm != nullptr;
    switch (what) {
      case Do::unack: engine_->unacknowledge(name, view(id), rev, now_, judge); break;
      case Do::pause: engine_->pause_audio(name, view(id), rev, time, "ns-1/rn-1", now_, judge); break;
      case Do::pause_all: engine_->pause_audio(now_.wall, time, "ns-1/rn-1", now_, judge); break;
      case Do::resume: engine_->resume_audio(name, view(id), now_, judge); break;
      case Do::resume_all: engine_->resume_audio(now_, judge); break;
      case Do::accept: engine_->respond(name, view(id), rev, Response::accepted, "a", now_, judge); break;
      case Do::reject: engine_->respond(name, view(id), rev, Response::rejected, "a", now_, judge); break;
      case Do::shelve: engine_->shelve(name, 5 * time, "a", now_, judge); break;
      case Do::unshelve: engine_->unshelve(name, now_, judge); break;
      default: break;
    }
    RC_ASSERT((condition.alarm() != nullptr) == had);  // none of it begins or ends an episode
  }

  void apply(const Step& step) {
    Condition& condition = *conditions_[static_cast<std::size_t>(step.condition)];
    const std::string& name = condition.spec().name;
    switch (static_cast<Do>(step.what)) {
      case Do::read:
      case Do::read_doubtful: {
        const Reading one = reading(step);
        judge.good_news[name] =
            !one.questionable && one.standing.warn == Zone::inside && one.standing.critical == Zone::inside;
        return engine_->read(condition, one, now_, judge);
      }
      case Do::lose:
      case Do::stale:
        judge.good_news[name] = false;
        engine_->lose(condition, static_cast<Do>(step.what) == Do::lose ? Data::lost : Data::stale, now_,
                      judge);
        return;
      case Do::present:
      case Do::absent: {
        const bool present = static_cast<Do>(step.what) == Do::present;
        judge.good_news[name] = !present;
        return engine_->assert_present(condition, present, now_, judge);
      }
      case Do::at_once: judge.good_news[name] = false; return engine_->assert_at_once(condition, now_, judge);
      case Do::ack: return acknowledge(condition, 0);
      case Do::ack_older: return acknowledge(condition, 1 + static_cast<std::uint64_t>(step.number) % 3);
      case Do::reset: {
        judge.resetting = true;
        const Alarm* alarm = condition.alarm();
        const EpisodeId id = alarm == nullptr ? EpisodeId{} : alarm->id;
        engine_->reset(name, view(id), now_, judge);
        judge.resetting = false;
        return;
      }
      case Do::behave: {
        judge.behaving = true;
        engine_->set_behaviour(condition, behaviour(step.number), EndReason::phase, now_, judge);
        judge.behaving = false;
        return;
      }
      case Do::end_session:
        judge.ending = true;
        engine_->end_session(now_, judge);
        judge.ending = false;
        return;
      case Do::restore_again:
        if (condition.alarm() != nullptr)
          RC_ASSERT(!engine_->restore(Alarm{*condition.alarm()}, now_, judge));
        return;
      case Do::advance: return engine_->advance(now_, judge);
      case Do::restart: return restart();
      default: return attend(static_cast<Do>(step.what), condition, step.number);
    }
  }

  std::vector<int> ticks_ms_;
  std::size_t next_tick_ = 0;
  Realarm realarm_;
  Callout callout_{0s, 120s, 180s};
  Stamp now_{MonoTime{}, vitals::wall_from_unix_ms(1'764'000'000'000)};
  std::unique_ptr<Engine> engine_;
  std::vector<Condition*> conditions_;
};

RC_GTEST_PROP(EngineProperty, P6_P7_hold_over_any_history, ()) {
  History history;
  history.run(*histories());
}

RC_GTEST_PROP(EngineProperty, P8_extra_calls_of_advance_change_nothing, ()) {
  const auto steps = *histories();
  const auto ticks = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 20'000)));
  History plain, ticked(ticks);
  plain.run(steps);
  ticked.run(steps);
  RC_ASSERT(plain.judge.documents == ticked.judge.documents);
}

}  // namespace
}  // namespace alarms
