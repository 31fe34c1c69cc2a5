#include "daemon/alarms/engine.hpp"

#include <algorithm>

#include "daemon/vitals/check.hpp"

namespace alarms {
namespace {

constexpr std::size_t timers_at_once_max = 8;  // of one condition at one instant

}  // namespace

Engine::Engine(Place place, const Realarm& realarm, const Callout& callout)
    : around_{std::move(place), &realarm, &callout, Audience::bed} {}

Condition& Engine::add(std::shared_ptr<const ConditionSpec> spec) {
  return conditions_.emplace_back(std::move(spec), around_);
}

Condition& Engine::add(ConditionSpec spec) {
  return add(std::make_shared<const ConditionSpec>(std::move(spec)));
}

Condition* Engine::find(std::string_view name) {
  const auto found = std::find_if(conditions_.begin(), conditions_.end(),
                                  [&](const Condition& c) { return c.spec().name == name; });
  return found == conditions_.end() ? nullptr : &*found;
}

// An episode's id says enough; who names the condition too has to name the right one.
Condition* Engine::find(std::string_view name, std::string_view id) {
  if (!name.empty()) return find(name);
  const auto found = std::find_if(conditions_.begin(), conditions_.end(), [&](const Condition& c) {
    return c.alarm() != nullptr && view(c.alarm()->id) == id;
  });
  return found == conditions_.end() ? nullptr : &*found;
}

void Engine::read(Condition& condition, const Reading& reading, Stamp now, Listener& out) {
  advance(now, out);
  // The everyday case, as Condition::read() decides it, but without looking at the condition: of thousands of
  // beds none is in the cache.
  const bool beyond = reading.standing.warn == Zone::beyond || reading.standing.critical == Zone::beyond;
  if (!beyond && quiet()) return;
  condition.read(reading, now, out);
  note(condition);
}

void Engine::assert_present(Condition& condition, bool present, Stamp now, Listener& out) {
  advance(now, out);
  if (!present && quiet()) return;  // likewise
  condition.assert_present(present, now, out);
  note(condition);
}

void Engine::assert_at_once(Condition& condition, Stamp now, Listener& out) {
  advance(now, out);
  condition.assert_at_once(now, out);
  note(condition);
}

bool Engine::lose(Condition& condition, Data how, Stamp now, Listener& out) {
  advance(now, out);
  const bool gave_up = condition.lose(how, now, out);
  note(condition);
  return gave_up;
}

void Engine::set_behaviour(Condition& condition, const Behaviour& behaviour, EndReason if_unwatched,
                           Stamp now, Listener& out) {
  condition.set_behaviour(behaviour, if_unwatched, now, out);
  note(condition);
}

void Engine::call_at_least(Audience audience, Stamp now, Listener& out) {
  if (audience == around_.least_audience) return;
  around_.least_audience = audience;
  for (Condition& condition : conditions_) {
    condition.fit_audience(now, out);
    note(condition);
  }
}

template <typename Act>
AckResult Engine::on(const Which& which, Stamp now, Listener& out, Act act) {
  Condition* found = find(which.condition, which.id);
  if (found == nullptr && which.condition.empty())
    return {AckVerdict::refused, "this episode is not present", 0};
  if (found == nullptr) return {AckVerdict::refused, "there is no such condition here", 0};
  advance(now, out);
  const AckResult result = act(*found);
  note(*found);
  return result;
}

AckResult Engine::acknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                              std::string_view by, Stamp now, Listener& out) {
  return on({condition, id}, now, out,
            [&](Condition& one) { return one.acknowledge(id, rev, by, now, out); });
}

AckResult Engine::reset(std::string_view condition, std::string_view id, Stamp now, Listener& out) {
  return on({condition, id}, now, out, [&](Condition& one) { return one.reset(id, now, out); });
}

AckResult Engine::unacknowledge(std::string_view condition, std::string_view id, std::uint64_t rev, Stamp now,
                                Listener& out) {
  return on({condition, id}, now, out, [&](Condition& one) { return one.unacknowledge(id, rev, now, out); });
}

AckResult Engine::pause_audio(std::string_view condition, std::string_view id, std::uint64_t rev,
                              Milliseconds time, std::string_view by, Stamp now, Listener& out) {
  return on({condition, id}, now, out,
            [&](Condition& one) { return one.pause_audio(id, rev, time, by, now, out); });
}

AckResult Engine::resume_audio(std::string_view condition, std::string_view id, Stamp now, Listener& out) {
  return on({condition, id}, now, out, [&](Condition& one) { return one.resume_audio(id, now, out); });
}

AckResult Engine::respond(std::string_view condition, std::string_view id, std::uint64_t rev,
                          Response response, std::string_view by, Stamp now, Listener& out) {
  return on({condition, id}, now, out,
            [&](Condition& one) { return one.respond(id, rev, response, by, now, out); });
}

bool Engine::pause_audio(vitals::WallTime pressed, Milliseconds time, std::string_view by, Stamp now,
                         Listener& out) {
  advance(now, out);
  bool any = false;
  for (Condition& condition : conditions_) {
    any = condition.pause_audio(pressed, time, by, now, out) || any;
    note(condition);
  }
  return any;
}

bool Engine::resume_audio(Stamp now, Listener& out) {
  advance(now, out);
  bool any = false;
  for (Condition& condition : conditions_) any = condition.resume_audio(now, out) || any;
  return any;
}

AckResult Engine::shelve(std::string_view condition, Milliseconds time, std::string_view by, Stamp now,
                         Listener& out) {
  return on({condition, {}}, now, out, [&](Condition& one) { return one.shelve(time, by, now, out); });
}

AckResult Engine::unshelve(std::string_view condition, Stamp now, Listener& out) {
  return on({condition, {}}, now, out, [&](Condition& one) { return one.unshelve(now, out); });
}

void Engine::unshelve_all(Stamp now, Listener& out) {
  advance(now, out);
  for (Condition& condition : conditions_) {
    condition.unshelve(now, out);
    note(condition);
  }
}

bool Engine::restore_shelf(std::string_view condition, const Shelf& stored, Stamp now) {
  Condition* found = find(condition);
  if (found == nullptr) return false;
  const bool taken = found->restore_shelf(stored, now);
  note(*found);
  return taken;
}

bool Engine::sounding() const {
  return std::any_of(conditions_.begin(), conditions_.end(),
                     [](const Condition& one) { return one.sounding(); });
}

void Engine::finish(Condition& condition, EndReason reason, Stamp now, Listener& out) {
  advance(now, out);
  condition.finish(reason, now, out);
  note(condition);
}

void Engine::relabel(Condition& condition, std::string_view label, Stamp now, Listener& out) {
  advance(now, out);
  condition.relabel(label, now, out);
}

void Engine::relabel(Condition& condition, std::string_view label, const DeviceWord& device, Stamp now,
                     Listener& out) {
  advance(now, out);
  condition.relabel(label, device, now, out);
}

void Engine::end_session(Stamp now, Listener& out) {
  advance(now, out);
  for (Condition& condition : conditions_)
    if (condition.spec().kind == Kind::physiological && condition.spec().origin == Origin::daemon) {
      condition.finish(EndReason::session_end, now, out);
      note(condition);
    }
}

bool Engine::restore(const Alarm& stored, Stamp now, Listener& out) {
  Condition* found = find(stored.condition);
  if (found == nullptr) return false;
  clock_ = std::max(clock_, now.mono);
  const bool taken = found->restore(stored, now, out);
  note(*found);
  return taken;
}

Condition* Engine::due_first(MonoTime now) {
  Condition* first = nullptr;
  deadline_ = never;
  for (Condition& condition : conditions_) {
    deadline_ = std::min(deadline_, condition.deadline());
    if (condition.deadline() <= now && (first == nullptr || condition.deadline() < first->deadline()))
      first = &condition;
  }
  return first;
}

void Engine::advance(Stamp now, Listener& out) {
  std::size_t at_once = 0;
  while (deadline_ <= now.mono) {
    Condition* first = due_first(now.mono);
    if (first == nullptr) break;
    const MonoTime due = std::max(first->deadline(), clock_);  // a shortened delay is not due in the past
    at_once = due > clock_ ? 0 : at_once + 1;
    CHECK(at_once <= timers_at_once_max * conditions_.size());  // a timer that stands still would never end
    clock_ = due;
    first->advance(vitals::stamp_at(now, due), out);
    engaged_ += first->engaged_change();
  }
  clock_ = std::max(clock_, now.mono);
}

}  // namespace alarms
