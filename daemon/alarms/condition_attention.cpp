// What people do with an alarm: acknowledge, take that back, pause its sound, say who is on the way, close
// it.
#include <algorithm>

#include "daemon/alarms/condition.hpp"

namespace alarms {

// Applied: it is this episode, and it has neither risen nor begun to call since `rev` was seen.
AckResult Condition::seen(std::string_view id, std::uint64_t rev) const {
  if (!alarm_ || view(alarm_->id) != id) return {AckVerdict::refused, "this episode is not present", 0};
  if (rev > alarm_->rev) return {AckVerdict::refused, "this revision was never issued", alarm_->rev};
  if (rev < alarm_->rev_priority)
    return {AckVerdict::conflict, "it has risen or begun to call since", alarm_->rev};
  return {AckVerdict::applied, "", alarm_->rev};
}

AckResult Condition::acknowledge(std::string_view id, std::uint64_t rev, std::string_view by, Stamp now,
                                 Listener& out) {
  if (const AckResult found = seen(id, rev); found.verdict != AckVerdict::applied) return found;
  if (alarm_->state == State::latched) return reset(id, now, out);
  if (alarm_->acked) return {AckVerdict::applied, "already acknowledged", alarm_->rev};
  alarm_->acked = true;
  alarm_->acked_by = by;
  alarm_->acked_at = now.wall;
  run_->acked_at = now.mono;
  publish(Change::update, now, out);
  reschedule();
  return {AckVerdict::applied, "", alarm_->rev};
}

AckResult Condition::unacknowledge(std::string_view id, std::uint64_t rev, Stamp now, Listener& out) {
  if (const AckResult found = seen(id, rev); found.verdict != AckVerdict::applied) return found;
  if (!alarm_->acked) return {AckVerdict::applied, "it was not acknowledged", alarm_->rev};
  call_anew(now);
  publish(Change::update, now, out);
  reschedule();
  return {AckVerdict::applied, "", alarm_->rev};
}

AckResult Condition::pause_audio(std::string_view id, std::uint64_t rev, Milliseconds time,
                                 std::string_view by, Stamp now, Listener& out) {
  if (const AckResult found = seen(id, rev); found.verdict != AckVerdict::applied) return found;
  if (!pause_audio(now.wall, time, by, now, out))
    return {AckVerdict::refused, "it is latched and silent: acknowledge closes it", alarm_->rev};
  return {AckVerdict::applied, "", alarm_->rev};
}

bool Condition::pause_audio(vitals::WallTime pressed, Milliseconds time, std::string_view by, Stamp now,
                            Listener& out) {
  if (!active() || vitals::wall_at(now, run_->called_at) > pressed) return false;
  const Milliseconds length = std::clamp(time, audio_pause_ms_min, audio_pause_ms_max);
  alarm_->audio = Audio::paused;
  alarm_->audio_until = now.wall + length;
  alarm_->audio_by = by;
  run_->audio_until = now.mono + length;
  publish(Change::update, now, out);
  reschedule();
  return true;
}

AckResult Condition::resume_audio(std::string_view id, Stamp now, Listener& out) {
  if (!alarm_ || view(alarm_->id) != id) return {AckVerdict::refused, "this episode is not present", 0};
  const bool was_paused = resume_audio(now, out);
  return {AckVerdict::applied, was_paused ? "" : "it was not paused", alarm_->rev};
}

bool Condition::resume_audio(Stamp now, Listener& out) {
  if (!alarm_ || alarm_->audio == Audio::on) return false;
  sound_again();
  publish(Change::update, now, out);
  reschedule();
  return true;
}

AckResult Condition::respond(std::string_view id, std::uint64_t rev, Response response, std::string_view by,
                             Stamp now, Listener& out) {
  if (const AckResult found = seen(id, rev); found.verdict != AckVerdict::applied) return found;
  if (!active()) return {AckVerdict::refused, "it is latched: nobody has to go there for it", alarm_->rev};
  alarm_->response = response;
  alarm_->response_by = by;
  if (response == Response::rejected && alarm_->audience != Audience::second) {
    alarm_->audience = alarm_->audience == Audience::bed ? Audience::unit : Audience::second;
    called(now);  // those have their time, too
  }
  publish(Change::update, now, out);
  reschedule();
  return {AckVerdict::applied, "", alarm_->rev};
}

AckResult Condition::reset(std::string_view id, Stamp now, Listener& out) {
  if (!alarm_ || view(alarm_->id) != id) return {AckVerdict::refused, "this episode is not present", 0};
  if (alarm_->state == State::active && alarm_->data == Data::fresh)
    return {AckVerdict::refused, "the condition is still present on fresh data", alarm_->rev};
  const std::uint64_t rev = alarm_->rev + 1;
  end(Change::reset, EndReason::reset, now, out);
  reschedule();
  return {AckVerdict::applied, "", rev};
}

}  // namespace alarms
