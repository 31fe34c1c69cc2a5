#include "daemon/alarms/condition.hpp"

#include <algorithm>

#include "daemon/alarms/episode_id.hpp"
#include "daemon/alarms/text.hpp"
#include "daemon/vitals/check.hpp"

namespace alarms {
namespace {

static_assert(sizeof(Condition) <= 128);  // of forty in each bed

bool worse(double value, double than, Side side) { return side == Side::low ? value < than : value > than; }

// By the age of the episode; where the clock is behind its beginning, by the time of day.
std::uint64_t rev_after_restart(const Alarm& stored, vitals::WallTime now) {
  const vitals::WallTime began = std::max(stored.t_on, vitals::WallTime{});
  const Milliseconds of_day = now.time_since_epoch() % Milliseconds{86'400'000};
  const Milliseconds passed = std::max(began <= now ? now - began : of_day, Milliseconds{0});
  return (stored.rev / rev_restart_step + 1) * rev_restart_step - 1 +
         static_cast<std::uint64_t>(passed / rev_age_unit);
}

}  // namespace

Reading statement(bool present, Stamp now) {
  Reading reading;
  reading.has_value = false;
  reading.standing.warn = present ? Zone::beyond : Zone::inside;
  reading.t_rx = now.wall;
  return reading;
}

Condition::Condition(std::shared_ptr<const ConditionSpec> spec, const Surroundings& around)
    : spec_(std::move(spec)), around_(&around) {}

void Condition::become(ConditionSpec spec) {
  CHECK(!engaged());
  spec_ = std::make_shared<const ConditionSpec>(std::move(spec));
  relabelled_.reset();
  shelf_.reset();
}

void Condition::relabel(std::string_view label, const DeviceWord& device, Stamp now, Listener& out) {
  if (this->label() == label && this->device() == device) return;
  relabelled_ = std::make_unique<Relabelled>(Relabelled{std::string{label}, device});
  if (active() && newest_fresh(now.mono)) publish(Change::update, now, out);
}

void Condition::set_behaviour(const Behaviour& behaviour, EndReason if_unwatched, Stamp now, Listener& out) {
  behaviour_ = behaviour;
  if (!behaviour.watched) {
    finish(if_unwatched, now, out);
  } else if (active()) {
    fit_priority(now, out);
  }
  reschedule();
}

void Condition::fit_audience(Stamp now, Listener& out) {
  if (!active() || alarm_->audience >= around_->least_audience) return;
  alarm_->audience = around_->least_audience;
  publish(Change::update, now, out);
  reschedule();
}

// What is missing weighs more while an infusion runs, and less when it is over.
void Condition::fit_priority(Stamp now, Listener& out) {
  Priority most = std::max(behaviour_.priority, behaviour_.priority_critical);
  if (behaviour_.raise_after) most = std::max(most, behaviour_.priority_raised);
  if (alarm_->priority > most) {
    lower(most, now, out);
  } else if (run_->warn_since) {
    raise(behaviour_.priority, now, out);
  }
}

void Condition::read(const Reading& reading, Stamp now, Listener& out) {
  if (!behaviour_.watched || reading.fresh_until <= now.mono) return;
  const bool beyond = reading.standing.warn == Zone::beyond || reading.standing.critical == Zone::beyond;
  if (!beyond && !engaged()) return;  // the everyday case: nothing runs, nothing starts
  take(reading, now.mono);
  const bool more = active() && tells_more();
  if (active()) alarm_->data = Data::fresh;
  const std::uint64_t rev_before = alarm_ ? alarm_->rev : 0;
  settle(now, out);
  if (active() && alarm_->rev == rev_before) {
    if (more) {
      publish(Change::update, now, out);
    } else {
      note_worst(now, out);
    }
  }
  reschedule();
}

// Is there news in this reading beside the number: data are back, or other limits hold?
bool Condition::tells_more() const {
  if (alarm_->data != Data::fresh) return true;
  return run_->newest.has_value &&
         (run_->newest.limit != alarm_->limit || run_->newest.limit_critical != alarm_->limit_critical);
}

void Condition::assert_present(bool present, Stamp now, Listener& out) {
  if (present && run_ && run_->warn_since && run_->newest.fresh_until == never) return;  // said before
  read(statement(present, now), now, out);
}

void Condition::assert_at_once(Stamp now, Listener& out) {
  if (!behaviour_.watched) return;
  Priority least = behaviour_.priority;
  if (behaviour_.raise_after) least = std::max(least, std::min(behaviour_.priority_raised, Priority::medium));
  if (!alarm_) {  // not by assert_present: without a delay it would start lower, and rise in the same breath
    take(statement(true, now), now.mono);
    start(least, Milliseconds{0}, now, out);
    return reschedule();
  }
  assert_present(true, now, out);
  if (active()) {
    raise(least, now, out);
  } else {
    start_again(least, now, out);
  }
  reschedule();
}

bool Condition::lose(Data how, Stamp now, Listener& out) {
  const bool gave_up = pending();
  forget_timers();
  if (run_) run_->newest.fresh_until = MonoTime::min();
  if (active() && alarm_->data < how) {
    alarm_->data = how;
    publish(Change::update, now, out);
  }
  reschedule();
  return gave_up;
}

void Condition::advance(Stamp at, Listener& out) {
  if (at.mono < deadline_) return;
  if (shelf_ && shelf_->until <= at.mono) end_shelf(ShelfChange::over, at, out);
  if (!behaviour_.watched) return finish(EndReason::config, at, out);  // restored, and watched no more
  if (!newest_fresh(at.mono)) forget_timers();  // went stale while a timer ran: nothing may be judged by it
  if (run_) settle(at, out);
  if (alarm_ && at.mono >= run_->worst_due) publish(Change::update, at, out);
  reschedule();
}

void Condition::forget_timers() {
  if (pending()) ++avoided_;
  if (run_) run_->warn_since = run_->critical_since = run_->inside_since = run_->calm_since = std::nullopt;
}

void Condition::take(const Reading& reading, MonoTime now) {
  if (!newest_fresh(now)) forget_timers();  // after a silence nobody knows since when
  if (!run_) run_ = std::make_unique<Run>();
  run_->newest = reading;
  track(reading, now);
}

// Which zone since when. A doubtful value may begin a violation; it never begins the way out (alarms, 13.1).
void Condition::track(const Reading& reading, MonoTime now) {
  const auto hold = [now](std::optional<MonoTime>& since, bool on) {
    if (!on) {
      since.reset();
    } else if (!since) {
      since = now;
    }
  };
  const bool was_pending = pending();
  hold(run_->warn_since, reading.standing.warn == Zone::beyond);
  hold(run_->critical_since, reading.standing.critical == Zone::beyond);
  if (was_pending && !pending_any()) ++avoided_;
  const bool calm = reading.standing.critical == Zone::inside;
  const bool inside = calm && reading.standing.warn == Zone::inside;
  if (!calm || !reading.questionable) hold(run_->calm_since, calm);
  if (!inside || !reading.questionable) hold(run_->inside_since, inside);
}

// What is judged is fresh: read() takes nothing else, and advance() has forgotten the timers of what is not.
void Condition::settle(Stamp now, Listener& out) {
  if (!alarm_ || alarm_->state == State::latched) {
    settle_start(now, out);
  } else {
    settle_active(now, out);
  }
}

void Condition::settle_start(Stamp now, Listener& out) {
  const bool critical = critical_due() <= now.mono;
  if (!critical && start_due() > now.mono) return;
  const Priority priority = critical ? behaviour_.priority_critical : behaviour_.priority;
  if (alarm_) return start_again(priority, now, out);
  start(priority, waiting(critical ? behaviour_.on_delay_critical : behaviour_.on_delay), now, out);
}

void Condition::settle_active(Stamp now, Listener& out) {
  if (critical_due() <= now.mono) raise(behaviour_.priority_critical, now, out);
  if (raise_due() <= now.mono) raise(behaviour_.priority_raised, now, out);
  if (end_due() <= now.mono) return clear(now, out);
  if (deescalate_due() <= now.mono) lower(behaviour_.priority, now, out);
  if (realarm_due() <= now.mono) {
    call_anew(now);
    publish(Change::update, now, out);
  }
  if (audio_due() <= now.mono) resume_audio(now, out);
  if (callout_due() <= now.mono) {
    alarm_->audience = alarm_->audience == Audience::bed ? Audience::unit : Audience::second;
    publish(Change::update, now, out);
  }
}

void Condition::note_worst(Stamp now, Listener& out) {
  if (!run_->newest.has_value || !alarm_->worst) return;
  if (!worse(run_->newest.value, *alarm_->worst, spec_->side)) return;
  alarm_->worst = run_->newest.value;
  run_->worst_due = run_->revised_at + worst_update_ms_min;  // every document tells the worst so far
  if (run_->worst_due <= now.mono) publish(Change::update, now, out);
}

// What the alarm has from its condition; views, so that a restored one needs them anew.
void Condition::say_which() {
  alarm_->condition = spec_->name;
  alarm_->source = spec_->source;
  alarm_->advice = spec_->advice;
  alarm_->kind = spec_->kind;
  alarm_->side = spec_->side;
  alarm_->origin = spec_->origin;
  alarm_->src_code = spec_->src_code;
}

EpisodeId Condition::newest_id() const {
  return make_episode_id(around_->place.node, around_->place.scope, spec_->name, last_on_);
}

void Condition::start(Priority priority, Milliseconds waited, Stamp now, Listener& out) {
  CHECK(!alarm_);
  alarm_ = std::make_unique<Alarm>();
  last_on_ = std::max(now.wall, last_on_ + Milliseconds{1});  // one id per episode, also within a millisecond
  alarm_->id = newest_id();
  say_which();
  alarm_->state = State::active;
  alarm_->audience = around_->least_audience;
  alarm_->priority = alarm_->priority_initial = priority;
  alarm_->rev_priority = 1;
  alarm_->latches = behaviour_.latching && priority == Priority::high;
  const MonoTime since =
      std::min(run_->warn_since.value_or(now.mono), run_->critical_since.value_or(now.mono));
  alarm_->t_condition = vitals::wall_at(now, since);
  alarm_->t_on = now.wall;
  alarm_->on_delay = waited;
  run_->on_since = now.mono;
  called(now);
  if (run_->newest.has_value) alarm_->worst = run_->newest.value;
  const bool broken = break_shelf(priority);
  inhibit_if_shelved();
  publish(Change::start, now, out);
  if (broken) out.on_shelf(*this, ShelfChange::broken, now);
}

void Condition::start_again(Priority priority, Stamp now, Listener& out) {
  alarm_->state = State::active;
  alarm_->data = Data::fresh;
  call_after_silence(now);
  alarm_->priority = priority;
  alarm_->audience = around_->least_audience;
  run_->on_since = now.mono;
  const bool broken = break_shelf(priority);
  inhibit_if_shelved();
  publish(Change::update, now, out);
  if (broken) out.on_shelf(*this, ShelfChange::broken, now);
}

void Condition::clear(Stamp now, Listener& out) {
  if (!alarm_->latches || alarm_->acked) return end(Change::end, EndReason::recovered, now, out);
  alarm_->state = State::latched;  // and silent: no pause is left to run
  sound_again();
  publish(Change::update, now, out);
}

void Condition::raise(Priority priority, Stamp now, Listener& out) {
  if (alarm_->priority >= priority) return;
  alarm_->priority = priority;
  call_after_silence(now);
  alarm_->latches = alarm_->latches || (behaviour_.latching && priority == Priority::high);
  const bool was_shelved = shelf_ != nullptr;  // any rise ends that: it was set aside as it was
  shelf_.reset();
  alarm_->inhibit = Inhibit::none;
  publish(Change::escalate, now, out);
  if (was_shelved) out.on_shelf(*this, ShelfChange::broken, now);
}

// Below a shelf the priority that is shown stays as it is, so that this is an update like any other.
void Condition::lower(Priority priority, Stamp now, Listener& out) {
  alarm_->priority = priority;
  publish(alarm_->inhibit == Inhibit::none ? Change::deescalate : Change::update, now, out);
}

// From now on it counts how long nobody answers.
void Condition::called(Stamp now) {
  run_->called_at = now.mono;
  alarm_->t_call = now.wall;
}

// Whoever had seen it, or was on the way, had another alarm before him.
void Condition::call_anew(Stamp now) {
  called(now);
  alarm_->acked = false;
  alarm_->acked_by.clear();
  alarm_->acked_at.reset();
  alarm_->response = Response::undefined;
  alarm_->response_by.clear();
  sound_again();
}

// Above what anybody has seen: what was meant for it as it was before is no answer to it.
void Condition::call_after_silence(Stamp now) {
  call_anew(now);
  alarm_->rev_priority = alarm_->rev + 1;
}

void Condition::sound_again() {
  alarm_->audio = Audio::on;
  alarm_->audio_until.reset();
  alarm_->audio_by.clear();
}

void Condition::end(Change change, EndReason reason, Stamp now, Listener& out) {
  alarm_->state = State::inactive;
  alarm_->t_end = now.wall;
  alarm_->end_reason = reason;
  publish(change, now, out);
  alarm_.reset();
  run_->inside_since = run_->calm_since = std::nullopt;
  if (!pending_any()) run_.reset();
}

void Condition::fill_from_newest() {
  alarm_->questionable = run_->newest.questionable;
  alarm_->device = device();
  if (device().t_event) alarm_->t_src = device().t_event;
  if (!run_->newest.has_value) return;
  alarm_->metric = run_->newest.metric;
  alarm_->value = run_->newest.value;
  alarm_->limit = run_->newest.limit;
  alarm_->limit_critical = run_->newest.limit_critical;
  alarm_->t_src = run_->newest.t_src;
  alarm_->t_rx = run_->newest.t_rx;
  if (!alarm_->worst || worse(run_->newest.value, *alarm_->worst, spec_->side))
    alarm_->worst = run_->newest.value;
}

void Condition::publish(Change change, Stamp now, Listener& out) {
  if (newest_fresh(now.mono)) {
    fill_from_newest();
    alarm_->text = text();
  }
  alarm_->change = change;
  alarm_->t_change = now.wall;
  ++alarm_->rev;
  run_->revised_at = now.mono;
  run_->worst_due = never;
  out.on_alarm(*alarm_, now);
}

std::string Condition::text() const {
  if (!run_->newest.has_value) return label();
  std::optional<double> passed;
  if (run_->newest.standing.warn == Zone::beyond) passed = run_->newest.limit;
  if (run_->newest.standing.critical == Zone::beyond) passed = run_->newest.limit_critical;
  return value_text(
      {label(), run_->newest.metric, run_->newest.value, passed, spec_->side, run_->newest.doubt});
}

void Condition::finish(EndReason reason, Stamp now, Listener& out) {
  if (alarm_) end(Change::end, reason, now, out);
  run_.reset();
  reschedule();
}

bool Condition::restore(const Alarm& stored, Stamp now, Listener& out) {
  if (alarm_ || stored.state == State::inactive || stored.id == newest_id()) return false;
  alarm_ = std::make_unique<Alarm>(stored);
  run_ = std::make_unique<Run>();  // a pending delay starts anew
  say_which();
  alarm_->audience = std::max(stored.audience, around_->least_audience);
  // Where the record does not tell when the priority rose, an acknowledgement of an older revision conflicts.
  if (stored.rev_priority == 0)
    alarm_->rev_priority = stored.priority > stored.priority_initial ? stored.rev : 1;
  if (alarm_->state == State::active) alarm_->data = Data::stale;
  const auto mono_of = [&](vitals::WallTime wall) {  // a label ahead of the clock, or before 1970, is no age
    const auto past = std::min(now.wall, std::max(wall, vitals::WallTime{}));
    return now.mono - (now.wall - past);
  };
  run_->on_since = mono_of(stored.t_on);
  run_->called_at = mono_of(stored.t_call.value_or(stored.t_on));  // not told: rather too early than too late
  alarm_->rev = rev_after_restart(stored, now.wall);
  run_->acked_at = mono_of(stored.acked_at.value_or(now.wall));
  last_on_ = std::max(last_on_, stored.t_on);
  restore_audio(stored, now);
  restore_inhibit(stored, now);
  run_->newest.fresh_until = MonoTime::min();
  publish(Change::update, now, out);
  reschedule();
  return true;
}

// A pause goes on to its end; one whose end cannot be right is over.
void Condition::restore_audio(const Alarm& stored, Stamp now) {
  const bool runs = stored.audio == Audio::paused && stored.audio_until && *stored.audio_until > now.wall &&
                    *stored.audio_until - now.wall <= audio_pause_ms_max;
  if (!runs) return sound_again();
  run_->audio_until = now.mono + (*stored.audio_until - now.wall);
}

}  // namespace alarms
