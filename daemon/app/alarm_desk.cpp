#include "daemon/app/alarm_desk.hpp"

#include <algorithm>
#include <utility>

namespace app {

using stations::Lane;
using stations::Message;

AlarmDesk::AlarmDesk(const Identity& identity, Desk desk, std::uint64_t seq, Outlet& outlet)
    : identity_(&identity), desk_(std::move(desk)), seq_(seq), outlet_(&outlet) {}

contract::Envelope AlarmDesk::envelope(Stamp at, bool sim) const {
  contract::Envelope out;
  out.node = identity_->node;
  out.boot = identity_->boot;
  out.seq = seq_;
  out.ts = at.wall;
  out.sim = sim;
  out.clock_synced = clock_synced_;
  out.unit = desk_.unit;
  out.bed = desk_.bed;
  return out;
}

AlarmDesk::Ended* AlarmDesk::ended(std::string_view condition) {
  const auto found = std::find_if(ended_.begin(), ended_.end(),
                                  [&](const Ended& one) { return one.condition == condition; });
  return found == ended_.end() ? nullptr : &*found;
}

void AlarmDesk::publish_alarm(std::string_view condition, std::string payload, std::uint64_t token) {
  Message message;
  message.topic = desk_.prefix + "/alarm/";
  message.topic += condition;
  message.payload = std::move(payload);
  message.retain = true;
  message.lane = Lane::alarm;
  message.token = token;
  outlet_->publish(std::move(message));
}

void AlarmDesk::log(std::string_view kind, Stamp at) {
  Message message;
  message.topic = desk_.prefix + "/event/";
  message.topic += kind;
  message.payload = buffer_;
  message.lane = Lane::event;
  outlet_->publish(std::move(message));
  outlet_->record(
      journal::EventEntry{desk_.scope, std::string{kind}, seq_, vitals::unix_ms(at.wall), buffer_});
}

void AlarmDesk::transition(const alarms::Alarm& alarm, Stamp at) {
  ++seq_;
  ++transitions_[static_cast<std::size_t>(alarm.change)];
  load_.note(alarm, at);
  if (unit_load_ != nullptr) unit_load_->note(desk_.bed + "/" + std::string{alarm.condition}, alarm, at);
  contract::render_alarm(buffer_, alarm, envelope(at, alarm.sim));
  const bool over = alarm.state == alarms::State::inactive;
  Ended* old = ended(alarm.condition);
  std::uint64_t token = 0;
  if (over) {
    token = next_token();
    if (old == nullptr && ended_.size() >= ended_max) ended_.erase(ended_.begin());
    if (old == nullptr) old = &ended_.emplace_back();
    *old = {std::string{alarm.condition}, buffer_, token, std::nullopt, false};
  } else if (old != nullptr) {  // started again before it was emptied
    ended_.erase(ended_.begin() + (old - ended_.data()));
  }
  publish_alarm(alarm.condition, buffer_, token);
  outlet_->record(journal::AlarmEntry{desk_.scope, std::string{alarm.condition},
                                      std::string{alarms::view(alarm.id)}, alarm.rev, over, buffer_});
  log("alarm", at);
  receipts_.take(alarm, at);
}

void AlarmDesk::proceed(const alarms::Alarm& alarm, Stamp now) {
  alarms::Alarm again = alarm;
  again.change = alarms::Change::proceed;
  contract::render_alarm(buffer_, again, envelope(now, alarm.sim));
  publish_alarm(alarm.condition, buffer_, 0);
}

void AlarmDesk::repeat_ends() {
  for (Ended& one : ended_) {
    if (one.delivered_at) continue;
    one.refused = false;
    one.token = next_token();
    publish_alarm(one.condition, one.document, one.token);
  }
}

void AlarmDesk::ghost(std::string_view condition, std::string kept_end) {
  Ended* old = ended(condition);
  if (old != nullptr && !old->delivered_at) return;  // its end is on its way
  if (old == nullptr) {
    if (ended_.size() >= ended_max) ended_.erase(ended_.begin());
    old = &ended_.emplace_back();
    old->condition = condition;
    old->document = std::move(kept_end);
  }
  old->token = next_token();
  old->delivered_at.reset();
  publish_alarm(condition, old->document, old->token);
}

void AlarmDesk::delivered(std::uint64_t token, bool ok, Stamp now) {
  for (Ended& one : ended_) {
    if (one.token != token) continue;
    one.refused = !ok;
    if (ok) one.delivered_at = now.mono;
  }
}

void AlarmDesk::tick(Stamp now) {
  for (Ended& one : ended_) {
    if (!std::exchange(one.refused, false)) continue;
    one.token = next_token();
    publish_alarm(one.condition, one.document, one.token);
  }
  const auto due = [&](const Ended& one) {
    return one.delivered_at && now.mono >= *one.delivered_at + tombstone_ms;
  };
  for (const Ended& one : ended_)
    if (due(one) && !one.document.empty()) publish_alarm(one.condition, {}, 0);
  ended_.erase(std::remove_if(ended_.begin(), ended_.end(), due), ended_.end());
}

}  // namespace app
