#include "daemon/app/receipts.hpp"

#include <algorithm>
#include <array>

namespace app {
namespace {

// These say that nobody confirms: to wait for a confirmation of them would be to wait for oneself.
constexpr std::array<std::string_view, 3> unconfirmable{"broker-lost", "no-listener", "confirm-missing"};

bool wants_confirmation(const alarms::Alarm& alarm) {
  if (alarm.change != alarms::Change::start && alarm.change != alarms::Change::escalate) return false;
  if (alarm.shown() < alarms::Priority::medium) return false;
  return std::find(unconfirmable.begin(), unconfirmable.end(), alarm.condition) == unconfirmable.end();
}

}  // namespace

void Receipts::close(std::string_view condition) {
  open_.erase(
      std::remove_if(open_.begin(), open_.end(), [&](const Open& one) { return one.condition == condition; }),
      open_.end());
}

void Receipts::take(const alarms::Alarm& alarm, vitals::Stamp now) {
  const bool wanted = wants_confirmation(alarm);
  const bool settled = alarm.acked || alarm.inhibit != alarms::Inhibit::none;
  if (wanted || settled || alarm.state != alarms::State::active) close(alarm.condition);
  if (wanted) open_.push_back({std::string{alarm.condition}, alarm.id, alarm.rev, now.mono, 0});
}

void Receipts::confirm(std::string_view id, std::uint64_t rev) {
  open_.erase(std::remove_if(open_.begin(), open_.end(),
                             [&](const Open& one) { return alarms::view(one.id) == id && rev >= one.rev; }),
              open_.end());
}

void Receipts::start_over(vitals::Stamp now) {
  for (Open& one : open_) {
    one.since = now.mono;
    one.repeats = 0;
  }
}

bool Receipts::repeat_due(std::string_view condition, vitals::Stamp now) {
  for (Open& one : open_) {
    if (one.condition != condition) continue;
    if (one.repeats >= receipt_repeats_max) return false;
    if (now.mono - one.since < receipt_repeat_ms * (one.repeats + 1)) return false;
    ++one.repeats;
    return true;
  }
  return false;
}

bool Receipts::missing(vitals::Stamp now) const {
  return std::any_of(open_.begin(), open_.end(),
                     [&](const Open& one) { return now.mono - one.since >= receipt_missing_ms; });
}

}  // namespace app
