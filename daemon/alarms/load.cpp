#include "daemon/alarms/load.hpp"

#include <algorithm>

namespace alarms {
namespace {

using vitals::Milliseconds;
using vitals::MonoTime;

bool chatters(const std::array<std::optional<MonoTime>, chatter_cycles>& cleared, MonoTime now) {
  return cleared.front() && now - *cleared.front() <= chatter_ms;
}

// Nearest rank. `sorted` is not empty.
Milliseconds quantile(const std::vector<Milliseconds>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

void Load::note(std::string_view name, const Alarm& alarm, vitals::Stamp at) {
  if (alarm.priority == Priority::info) return;
  Episode* one = episode(name);
  if (one == nullptr) return;
  if (!one->open) begin(*one, alarm, at);
  follow(*one, alarm, at.mono);
  if (alarm.state == State::inactive) close(*one, alarm, at.mono);
}

Load::Episode* Load::episode(std::string_view name) {
  const auto known = std::find_if(episodes_.begin(), episodes_.end(),
                                  [&](const Episode& one) { return one.condition == name; });
  if (known != episodes_.end()) return &*known;
  if (episodes_.size() < load_conditions_max) {
    Episode& made = episodes_.emplace_back();
    made.condition = name;
    return &made;
  }
  // Names of devices' own alarms can go on without end: one that is over makes room.
  const auto over =
      std::find_if(episodes_.begin(), episodes_.end(), [](const Episode& one) { return !one.open; });
  if (over == episodes_.end()) return nullptr;
  *over = Episode{};
  over->condition = name;
  return &*over;
}

void Load::begin(Episode& one, const Alarm& alarm, vitals::Stamp at) {
  one.open = true;
  one.active = alarm.state == State::active;
  one.acked = one.ever_acked = alarm.acked;
  one.paused = one.shelved = false;
  one.called_at.reset();
  if (alarm.change == Change::start) {
    one.since = at.mono;
    one.called_at = at.mono;
    return note_start(at.mono);
  }
  // From before a restart: its age counts as far as the wall clock tells it.
  one.since = at.mono - std::max(Milliseconds{0}, at.wall - std::max(alarm.t_on, vitals::WallTime{}));
}

void Load::follow(Episode& one, const Alarm& alarm, MonoTime at) {
  if (alarm.acked && !one.acked) note_answer(one, at);
  const bool again = alarm.state == State::active && !one.active;
  if (alarm.change == Change::escalate || again || (one.acked && !alarm.acked)) one.called_at = at;
  const bool shelved = alarm.inhibit != Inhibit::none;
  if (shelved) one.called_at.reset();  // nobody is called, until its end calls anew
  if (one.shelved && !shelved) one.called_at = at;
  one.shelved = shelved;
  one.acked = alarm.acked;
  note_pause(one, alarm.audio == Audio::paused && alarm.state == State::active, at);
  const bool ended_otherwise = alarm.state == State::inactive && alarm.end_reason != EndReason::recovered;
  if (one.active && alarm.state != State::active && !ended_otherwise) note_clear(one, at);
  one.active = alarm.state == State::active;
}

void Load::close(Episode& one, const Alarm& alarm, MonoTime at) {
  one.open = one.active = false;
  if (alarm.end_reason == EndReason::reset) {
    ++counts_.ended;
    note_answer(one, at);  // of what was acknowledged that has been counted
  } else if (alarm.end_reason == EndReason::recovered) {
    ++counts_.ended;
    if (!one.ever_acked) ++counts_.self_cleared;
    if (!one.ever_acked && at - one.since < fleeting_ms_max) ++counts_.fleeting;
  }
}

void Load::note_start(MonoTime at) {
  // The count falls between two starts only, so that here is where a flood may have ended since the last one.
  const unsigned before = begun_within(at, load_window_ms);
  if (before < flood_ends_below) flood_ = false;
  starts_.add(at);
  if (flood_ || before + 1 <= flood_begins_above) return;
  flood_ = true;
  ++counts_.floods;
}

void Load::note_clear(Episode& one, MonoTime at) {
  const bool before = chatters(one.cleared, at);
  std::rotate(one.cleared.begin(), one.cleared.begin() + 1, one.cleared.end());
  one.cleared.back() = at;
  if (!before && chatters(one.cleared, at)) ++counts_.chatters;
}

void Load::note_answer(Episode& one, MonoTime at) {
  one.ever_acked = true;
  if (!one.called_at) return;
  const Milliseconds taken = at - *one.called_at;
  answers_.add(taken);
  ++counts_.answered;
  counts_.answered_sum += taken;
  one.called_at.reset();
}

void Load::note_pause(Episode& one, bool paused, MonoTime at) {
  if (paused == one.paused) return;
  one.paused = paused;
  if (paused && paused_++ == 0) paused_since_ = at;
  if (!paused && --paused_ == 0) counts_.paused += at - paused_since_;
}

unsigned Load::begun_within(MonoTime now, Milliseconds window) const {
  unsigned out = 0;
  while (out < starts_.size() && now - starts_[starts_.size() - 1 - out] < window) ++out;
  return out;
}

LoadFigures Load::figures(MonoTime now) const {
  LoadFigures out = counts_;
  out.last_10min = begun_within(now, load_window_ms);
  out.last_hour = begun_within(now, load_hour_ms);
  out.flood = flood_ && out.last_10min >= flood_ends_below;
  for (const Episode& one : episodes_) {
    if (chatters(one.cleared, now)) out.chattering.push_back(one.condition);
    if (one.active && now - one.since > standing_ms) ++out.standing;
  }
  if (paused_ > 0) out.paused += now - paused_since_;
  if (answers_.empty()) return out;
  std::vector<Milliseconds> sorted = answers_.in_no_order();
  std::sort(sorted.begin(), sorted.end());
  out.answered_median = quantile(sorted, 50);
  out.answered_p95 = quantile(sorted, 95);
  return out;
}

}  // namespace alarms
