// Shelving: a person sets a condition aside for a time. Below the shelf everything runs on but the calling,
// so that its end finds the alarm as it is.
#include <algorithm>

#include "daemon/alarms/condition.hpp"

namespace alarms {

AckResult Condition::shelve(Milliseconds time, std::string_view by, Stamp now, Listener& out) {
  const std::uint64_t rev = alarm_ ? alarm_->rev : 0;
  if (!behaviour_.watched) return {AckVerdict::refused, "it is not watched now", rev};
  if (alarm_ && alarm_->state == State::latched)
    return {AckVerdict::refused, "it is latched and silent: acknowledge closes it", rev};
  const Priority level = alarm_ ? alarm_->priority : behaviour_.priority;
  if (level == Priority::high) return {AckVerdict::refused, "what is high cannot be shelved", rev};
  const Milliseconds length = std::clamp(time, shelf_ms_min, shelf_ms_max);
  shelf_ = std::make_unique<Shelf>(Shelf{now.mono + length, now.wall + length, level, std::string{by}});
  if (alarm_ && alarm_->inhibit == Inhibit::none) {
    alarm_->inhibit = Inhibit::shelved;
    publish(Change::update, now, out);
  }
  out.on_shelf(*this, ShelfChange::begun, now);
  reschedule();
  return {AckVerdict::applied, "", alarm_ ? alarm_->rev : 0};
}

AckResult Condition::unshelve(Stamp now, Listener& out) {
  if (!shelf_) return {AckVerdict::applied, "it was not shelved", alarm_ ? alarm_->rev : 0};
  end_shelf(ShelfChange::taken_back, now, out);
  reschedule();
  return {AckVerdict::applied, "", alarm_ ? alarm_->rev : 0};
}

// An alarm beside a shelf is shelved: whatever begins, rises or is restored sees to that.
void Condition::end_shelf(ShelfChange how, Stamp now, Listener& out) {
  shelf_.reset();
  if (alarm_) {
    alarm_->inhibit = Inhibit::none;
    call_after_silence(now);
    publish(Change::update, now, out);
  }
  out.on_shelf(*this, how, now);
}

// An alarm above what was set aside. True: that was the end of the shelf.
bool Condition::break_shelf(Priority risen) {
  if (!shelf_ || risen <= shelf_->level) return false;
  shelf_.reset();
  return true;
}

void Condition::inhibit_if_shelved() { alarm_->inhibit = shelf_ ? Inhibit::shelved : Inhibit::none; }

bool Condition::restore_shelf(const Shelf& stored, Stamp now) {
  const bool credible = stored.until_wall > now.wall && stored.until_wall - now.wall <= shelf_ms_max;
  if (!credible || alarm_ || stored.level == Priority::high) return false;
  shelf_ = std::make_unique<Shelf>(stored);
  shelf_->until = now.mono + (stored.until_wall - now.wall);
  reschedule();
  return true;
}

// Without its shelf an alarm is not shelved: it calls anew.
void Condition::restore_inhibit(const Alarm& stored, Stamp now) {
  break_shelf(alarm_->priority);
  inhibit_if_shelved();
  if (stored.inhibit != Inhibit::none && !shelf_) call_after_silence(now);
}

}  // namespace alarms
