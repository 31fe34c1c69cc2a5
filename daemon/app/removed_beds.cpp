#include "daemon/app/removed_beds.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "daemon/app/session_record.hpp"
#include "daemon/contract/topics.hpp"

namespace app {
namespace {

alarms::Alarm ended(const contract::StoredAlarm& stored, Stamp now) {
  alarms::Alarm out = stored.alarm;
  out.condition = stored.condition;
  out.source = stored.source;
  out.advice = stored.advice;
  out.src_code = stored.src_code;
  ++out.rev;
  out.change = alarms::Change::end;
  out.state = alarms::State::inactive;
  out.end_reason = alarms::EndReason::config;
  out.t_change = now.wall;
  out.t_end = now.wall;
  return out;
}

void warn_of_session(const journal::Restored& restored, const std::string& scope) {
  for (const auto& session : restored.sessions) {
    if (session.scope != scope) continue;
    const auto view = read_session_record(session.doc);
    if (view && vitals::in_session(view->phase))
      spdlog::warn("{}: a session is in progress at this bed, which the settings do not name any more",
                   scope);
  }
}

}  // namespace

void RemovedBeds::add(const std::string& scope, std::uint32_t index, std::uint64_t seq,
                      const journal::Restored& restored) {
  const std::size_t slash = scope.find('/');
  if (slash == std::string::npos) return;
  const std::string unit = scope.substr(0, slash), name = scope.substr(slash + 1);
  const std::string prefix = contract::bed_prefix(identity_->root, unit, name);
  beds_.push_back(std::make_unique<Bed>(
      Bed{AlarmDesk(*identity_, {index, scope, prefix, unit, name}, seq, *outlet_), {}}));
  for (const auto& episode : restored.episodes) {
    if (episode.scope != scope) continue;
    if (auto document = contract::parse_alarm(episode.doc))
      beds_.back()->open.push_back(*std::move(document));
  }
  warn_of_session(restored, scope);
}

void RemovedBeds::subscribe(BrokerDoor& broker, int qos) const {
  for (const auto& bed : beds_) {
    broker.subscribe(bed->alarms.prefix() + "/+", qos);
    broker.subscribe(bed->alarms.prefix() + "/+/+", qos);
  }
}

void RemovedBeds::unsubscribe(BrokerDoor& broker) const {
  for (const auto& bed : beds_) {
    broker.unsubscribe(bed->alarms.prefix() + "/+");
    broker.unsubscribe(bed->alarms.prefix() + "/+/+");
  }
}

RemovedBeds::Bed* RemovedBeds::bed_of(std::string_view topic) {
  const auto found = std::find_if(beds_.begin(), beds_.end(), [&](const auto& bed) {
    return topic.starts_with(bed->alarms.prefix()) &&
           topic.substr(bed->alarms.prefix().size()).starts_with("/");
  });
  return found == beds_.end() ? nullptr : found->get();
}

bool RemovedBeds::take(const std::string& topic, const std::string& payload, bool retained, Stamp now) {
  if (beds_.empty()) return false;
  Bed* bed = bed_of(topic);
  if (bed == nullptr) return false;
  const auto author = retained ? contract::parse_author(payload) : std::nullopt;
  if (!author || author->node != identity_->node) return true;
  spdlog::info("{} is of a bed that the settings do not name any more: taken off the broker", topic);
  if (const auto where = contract::parse_alarm_topic(identity_->root, topic)) {
    end_alarm(*bed, where->condition, payload, now);
    return true;
  }
  stations::Message empty;
  empty.topic = topic;
  empty.retain = true;
  outlet_->publish(std::move(empty));
  return true;
}

void RemovedBeds::end_alarm(Bed& bed, std::string_view condition, const std::string& payload, Stamp now) {
  const auto found = std::find_if(bed.open.begin(), bed.open.end(),
                                  [&](const auto& one) { return one.condition == condition; });
  if (found == bed.open.end()) return bed.alarms.ghost(condition, {});
  contract::StoredAlarm stored = std::move(*found);
  bed.open.erase(found);
  const auto shown = contract::parse_alarm(payload);  // stations pass over a lower revision than they hold
  if (shown && shown->alarm.id == stored.alarm.id)
    stored.alarm.rev = std::max(stored.alarm.rev, shown->alarm.rev);
  bed.alarms.transition(ended(stored, now), now);
}

void RemovedBeds::close_unseen(Stamp now) {
  for (const auto& bed : beds_) {
    for (const contract::StoredAlarm& stored : std::exchange(bed->open, {})) {
      const alarms::Alarm alarm = ended(stored, now);
      std::string document;
      bed->alarms.event("alarm", alarm.sim, now, [&](std::string& out, const contract::Envelope& envelope) {
        contract::render_alarm(out, alarm, envelope);
        document = out;
      });
      outlet_->record(journal::AlarmEntry{bed->alarms.scope(), std::string{alarm.condition},
                                          std::string{alarms::view(alarm.id)}, alarm.rev, true,
                                          std::move(document)});
    }
  }
}

void RemovedBeds::delivered(std::uint64_t token, bool ok, Stamp now) {
  for (const auto& bed : beds_) bed->alarms.delivered(token, ok, now);
}

void RemovedBeds::tick(Stamp now) {
  for (const auto& bed : beds_) bed->alarms.tick(now);
}

}  // namespace app
