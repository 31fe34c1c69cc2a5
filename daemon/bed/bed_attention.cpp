// What people do with the alarms of a bed beside acknowledging them: pause their sound, take an
// acknowledgement back, say who is on the way.
#include <algorithm>
#include <array>

#include "daemon/bed/bed.hpp"

namespace bed {
namespace {

using alarms::AckVerdict;
using alarms::ShelfChange;

// What a person must hear of at once, or what says that nothing else can be heard.
bool never_shelved(std::string_view condition) {
  constexpr std::array<std::string_view, 5> names{"hr-zero", "spo2-low", "spo2-deep", "bed-blind",
                                                  "wrong-patient"};
  return std::find(names.begin(), names.end(), condition) != names.end() ||
         condition.starts_with("link-lost-");
}

std::string text_of(const alarms::Condition& condition, ShelfChange change, Stamp now) {
  const std::string& name = condition.spec().name;
  switch (change) {
    case ShelfChange::begun: {
      const auto left = std::chrono::duration_cast<std::chrono::seconds>(condition.shelf()->until - now.mono);
      return name + " shelved for " + std::to_string(left.count()) + " s by " + condition.shelf()->by;
    }
    case ShelfChange::over: return name + ": the shelf is over";
    case ShelfChange::taken_back: return name + ": the shelf was taken back";
    case ShelfChange::broken: return name + ": the shelf ended, the priority rose";
  }
  return name;
}

}  // namespace

alarms::AckResult Bed::unacknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                     Stamp now) {
  advance(now);
  return engine_.unacknowledge(condition, id, rev, now, *this);
}

alarms::AckResult Bed::pause_audio(std::string_view condition, std::string_view id, std::uint64_t rev,
                                   Milliseconds time, std::string_view by, Stamp now) {
  advance(now);
  return engine_.pause_audio(condition, id, rev, time, by, now, *this);
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
  if (!engine_.pause_audio(pressed, time, by, now, *this))
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
  restore_limits(kept.limits, now);
  for (const Shelved& one : kept.shelved)
    if (!never_shelved(one.condition)) shelved_before_.push_back(one);
  place_shelves(now);
  deadline_ = std::min(deadline_, now.mono);
  if (!kept.pause || kept.pause->until <= now.wall) return;
  const Milliseconds left = kept.pause->until - now.wall;
  if (left > alarms::audio_pause_ms_max) return;
  paused_ = kept.pause;
  paused_until_ = now.mono + left;
}

alarms::AckResult Bed::shelve(std::string_view condition, Milliseconds time, std::string_view by, Stamp now) {
  advance(now);
  if (never_shelved(condition)) return {AckVerdict::refused, "this condition is never shelved", 0};
  return engine_.shelve(condition, time, by, now, *this);
}

alarms::AckResult Bed::unshelve(std::string_view condition, Stamp now) {
  advance(now);
  return engine_.unshelve(condition, now, *this);
}

void Bed::on_shelf(const alarms::Condition& condition, ShelfChange change, Stamp at) {
  output_->on_setting(text_of(condition, change, at), at);
  output_->on_state(at);
  output_->on_session(false, at);
}

Attention Bed::attention() const {
  Attention out;
  out.pause = paused_;
  out.limits = limits_set_;
  for (const alarms::Condition& condition : engine_.conditions())
    if (condition.shelf()) out.shelved.push_back({condition.spec().name, *condition.shelf()});
  return out;
}

// The monitor's own conditions come with their alarms.
void Bed::place_shelves(Stamp now) {
  auto one = shelved_before_.begin();
  while (one != shelved_before_.end()) {
    if (engine_.find(one->condition) == nullptr) {
      ++one;
      continue;
    }
    engine_.restore_shelf(one->condition, one->shelf, now);
    one = shelved_before_.erase(one);
  }
}

void Bed::check_pause(Stamp now) {
  if (!paused_ || now.mono < paused_until_) return;
  paused_.reset();
  output_->on_state(now);
}

}  // namespace bed
