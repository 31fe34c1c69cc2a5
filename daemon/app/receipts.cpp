#include "daemon/app/receipts.hpp"

#include <algorithm>
#include <array>

namespace app {
namespace {

// These say that nobody confirms: to wait for a confirmation of them would be to wait for oneself.
constexpr std::array<std::string_view, 3> unconfirmable{"broker-lost", "no-listener", "confirm-missing"};

bool is_news(const alarms::Alarm& alarm) {
  return alarm.change == alarms::Change::start || alarm.change == alarms::Change::escalate;
}

// Somebody who has taken note of it has it.
bool is_settled(const alarms::Alarm& alarm) {
  return alarm.acked || alarm.inhibit != alarms::Inhibit::none || alarm.state != alarms::State::active;
}

bool wants_confirmation(const alarms::Alarm& alarm) {
  if (is_settled(alarm) || alarm.shown() < alarms::Priority::medium) return false;
  return std::find(unconfirmable.begin(), unconfirmable.end(), alarm.condition) == unconfirmable.end();
}

}  // namespace

void Receipts::open(const alarms::Alarm& alarm, vitals::Stamp now) {
  close(alarm.condition);
  open_.push_back({std::string{alarm.condition}, alarm.id, alarm.rev, now.mono, 0});
}

void Receipts::close(std::string_view condition) {
  open_.erase(
      std::remove_if(open_.begin(), open_.end(), [&](const Open& one) { return one.condition == condition; }),
      open_.end());
}

void Receipts::take(const alarms::Alarm& alarm, vitals::Stamp now) {
  if (is_settled(alarm)) return close(alarm.condition);
  if (is_news(alarm) && wants_confirmation(alarm)) open(alarm, now);
}

void Receipts::ask_again(const alarms::Alarm& alarm, vitals::Stamp now) {
  if (wants_confirmation(alarm)) open(alarm, now);
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
