// When each timer of a condition is due, by what it has seen. `never`: that timer does not run.
#include <algorithm>

#include "daemon/alarms/condition.hpp"

namespace alarms {
namespace {

MonoTime after(const std::optional<MonoTime>& since, Milliseconds delay) {
  return since ? *since + delay : never;
}

}  // namespace

Milliseconds Condition::waiting(Milliseconds configured) const {
  return run_->newest.questionable ? std::max<Milliseconds>(configured, behaviour_.questionable_on_delay_min)
                                   : configured;
}
MonoTime Condition::critical_due() const {
  if (active() && alarm_->priority >= behaviour_.priority_critical) return never;
  if (!run_->newest.critical_confirmed) return never;
  return after(run_->critical_since, waiting(behaviour_.on_delay_critical));
}
MonoTime Condition::start_due() const {
  if (active() || !run_->newest.warn_confirmed) return never;
  return after(run_->warn_since, waiting(behaviour_.on_delay));
}
MonoTime Condition::end_due() const {
  if (!active() || run_->newest.questionable) return never;
  return after(run_->inside_since, behaviour_.off_delay);
}
MonoTime Condition::deescalate_due() const {
  if (!active() || run_->newest.questionable) return never;
  const bool two_levels = run_->newest.limit_critical && !behaviour_.raise_after;
  if (!two_levels || run_->inside_since || alarm_->priority <= behaviour_.priority) return never;
  return after(run_->calm_since, behaviour_.off_delay);
}
MonoTime Condition::raise_due() const {
  if (!active() || !behaviour_.raise_after) return never;
  return alarm_->priority < behaviour_.priority_raised && run_->warn_since
             ? run_->on_since + *behaviour_.raise_after
             : never;
}
MonoTime Condition::realarm_due() const {
  if (!active() || !alarm_->acked || alarm_->inhibit != Inhibit::none) return never;
  switch (alarm_->priority) {
    case Priority::high: return run_->acked_at + around_->realarm->high;
    case Priority::medium: return run_->acked_at + around_->realarm->medium;
    case Priority::low: return run_->acked_at + around_->realarm->low;
    case Priority::info: return never;
  }
  return never;
}
MonoTime Condition::callout_due() const {
  if (!active() || alarm_->acked || alarm_->audience == Audience::second) return never;
  if (alarm_->response == Response::accepted || alarm_->inhibit != Inhibit::none) return never;
  const bool to_unit = alarm_->audience == Audience::bed;
  if (alarm_->priority == Priority::high)
    return run_->called_at + (to_unit ? around_->callout->high_unit : around_->callout->high_second);
  return alarm_->priority == Priority::medium && to_unit ? run_->called_at + around_->callout->medium_unit
                                                         : never;
}

MonoTime Condition::audio_due() const {
  return active() && alarm_->audio == Audio::paused ? run_->audio_until : never;
}

void Condition::reschedule() {
  deadline_ = shelf_ ? shelf_->until : never;
  if (!run_) return;
  if (!behaviour_.watched) {  // an episode that was restored and nobody watches: ends at once
    if (alarm_) deadline_ = std::min(deadline_, run_->revised_at);
    return;
  }
  for (const MonoTime due : {start_due(), critical_due(), end_due(), deescalate_due(), raise_due(),
                             realarm_due(), callout_due(), audio_due(), alarm_ ? run_->worst_due : never})
    deadline_ = std::min(deadline_, due);
}

}  // namespace alarms
