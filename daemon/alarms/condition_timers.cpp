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
  return newest_.questionable ? std::max(configured, behaviour_.questionable_on_delay_min) : configured;
}
MonoTime Condition::critical_due() const {
  if (active() && alarm_->priority >= behaviour_.priority_critical) return never;
  if (!newest_.critical_confirmed) return never;
  return after(critical_since_, waiting(behaviour_.on_delay_critical));
}
MonoTime Condition::start_due() const {
  if (active() || !newest_.warn_confirmed) return never;
  return after(warn_since_, waiting(behaviour_.on_delay));
}
MonoTime Condition::end_due() const {
  if (!active() || newest_.questionable) return never;
  return after(inside_since_, behaviour_.off_delay);
}
MonoTime Condition::deescalate_due() const {
  if (!active() || newest_.questionable) return never;
  const bool two_levels = newest_.limit_critical && !behaviour_.raise_after;
  if (!two_levels || inside_since_ || alarm_->priority <= behaviour_.priority) return never;
  return after(calm_since_, behaviour_.off_delay);
}
MonoTime Condition::raise_due() const {
  if (!active() || !behaviour_.raise_after) return never;
  return alarm_->priority < behaviour_.priority_raised && warn_since_ ? on_since_ + *behaviour_.raise_after
                                                                      : never;
}
MonoTime Condition::realarm_due() const {
  if (!active() || !alarm_->acked || alarm_->inhibit != Inhibit::none) return never;
  switch (alarm_->priority) {
    case Priority::high: return acked_at_ + around_->realarm->high;
    case Priority::medium: return acked_at_ + around_->realarm->medium;
    case Priority::low: return acked_at_ + around_->realarm->low;
    case Priority::info: return never;
  }
  return never;
}
MonoTime Condition::callout_due() const {
  if (!active() || alarm_->acked || alarm_->audience == Audience::second) return never;
  if (alarm_->response == Response::accepted || alarm_->inhibit != Inhibit::none) return never;
  const bool to_unit = alarm_->audience == Audience::bed;
  if (alarm_->priority == Priority::high)
    return called_at_ + (to_unit ? around_->callout->high_unit : around_->callout->high_second);
  return alarm_->priority == Priority::medium && to_unit ? called_at_ + around_->callout->medium_unit : never;
}

MonoTime Condition::audio_due() const {
  return active() && alarm_->audio == Audio::paused ? audio_until_ : never;
}

void Condition::reschedule() {
  deadline_ = never;
  if (!behaviour_.watched) {  // an episode that was restored and nobody watches: ends at once
    if (alarm_) deadline_ = revised_at_;
    if (shelf_) deadline_ = std::min(deadline_, shelf_->until);
    return;
  }
  for (const MonoTime due :
       {start_due(), critical_due(), end_due(), deescalate_due(), raise_due(), realarm_due(), callout_due(),
        audio_due(), alarm_ ? worst_due_ : never, shelf_ ? shelf_->until : never})
    deadline_ = std::min(deadline_, due);
}

}  // namespace alarms
