// What people do with the alarms of a bed beside acknowledging them: pause their sound, take an
// acknowledgement back, say who is on the way.
#include <algorithm>

#include "daemon/bed/bed.hpp"

namespace bed {

alarms::AckResult Bed::unacknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                     Stamp now) {
  advance(now);
  return engine_.unacknowledge(condition, id, rev, now, *this);
}

alarms::AckResult Bed::pause_audio(std::string_view condition, std::string_view id, std::uint64_t rev,
                                   Milliseconds time, Stamp now) {
  advance(now);
  return engine_.pause_audio(condition, id, rev, time, now, *this);
}

alarms::AckResult Bed::resume_audio(std::string_view condition, std::string_view id, Stamp now) {
  advance(now);
  return engine_.resume_audio(condition, id, now, *this);
}

alarms::AckResult Bed::respond(std::string_view condition, std::string_view id, std::uint64_t rev,
                               alarms::Response response, std::string_view by, Stamp now) {
  advance(now);
  return engine_.respond(condition, id, rev, response, by, now, *this);
}

alarms::AckResult Bed::pause_all(vitals::WallTime pressed, Milliseconds time, std::string_view by,
                                 Stamp now) {
  advance(now);
  if (!engine_.pause_audio(pressed, time, now, *this))
    return {alarms::AckVerdict::refused, "there is no alarm whose sound could be paused", 0};
  paused_ = AudioPause{now.wall + time, std::string{by}};
  paused_until_ = now.mono + time;
  attention_changed(now);
  return {};
}

alarms::AckResult Bed::resume_all(Stamp now) {
  advance(now);
  const bool any = engine_.resume_audio(now, *this);
  paused_.reset();
  attention_changed(now);
  return {alarms::AckVerdict::applied, any ? "" : "nothing was paused", 0};
}

std::optional<AudioPause> Bed::audio_pause() const { return engine_.sounding() ? std::nullopt : paused_; }

void Bed::attention_changed(Stamp now) {
  deadline_ = own_deadline();
  output_->on_state(now);
  output_->on_session(false, now);
}

// Each alarm keeps its own pause; this one is what the bed shows of them.
void Bed::restore_attention(const Attention& kept, Stamp now) {
  if (!kept.pause || kept.pause->until <= now.wall) return;
  const Milliseconds left = kept.pause->until - now.wall;
  if (left > alarms::audio_pause_ms_max) return;
  paused_ = kept.pause;
  paused_until_ = now.mono + left;
  deadline_ = std::min(deadline_, now.mono);
}

void Bed::check_pause(Stamp now) {
  if (!paused_ || now.mono < paused_until_) return;
  paused_.reset();
  output_->on_state(now);
}

}  // namespace bed
