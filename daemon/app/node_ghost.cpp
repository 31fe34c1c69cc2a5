// An alarm that stands on the broker and ended when no broker heard it, perhaps in an earlier run.
#include <algorithm>
#include <utility>

#include "daemon/app/node.hpp"

namespace app {
namespace {

// The end of the episode among the events; empty: it is not there.
std::string end_among(const std::vector<std::string>& events, const alarms::EpisodeId& id) {
  const auto found = std::find_if(events.begin(), events.end(), [&](const std::string& event) {
    if (event.find(alarms::view(id)) == std::string::npos) return false;
    const auto document = contract::parse_alarm(event);
    return document && document->alarm.id == id && document->alarm.state == alarms::State::inactive;
  });
  return found == events.end() ? std::string{} : *found;
}

}  // namespace

// Stations that have it as present hear of its end and why, as far as the event log knows, before the topic
// is emptied. It is looked for in one page behind what stands there: an end that is further off, or lost,
// is an empty topic alone.
void Node::lay_ghost(const std::string& scope, std::string_view condition,
                     const std::optional<contract::StoredAlarm>& stands) {
  const auto found = desk_named_.find(scope);
  BedDesk* const bed = found == desk_named_.end() ? nullptr : found->second;
  AlarmDesk& desk = bed != nullptr ? bed->alarms() : node_->alarms();
  if (!stands || stands->alarm.state == alarms::State::inactive) return desk.ghost(condition, {});
  const auto then = [this, bed, &desk, name = std::string{condition}, id = stands->alarm.id](
                        const journal::Page& page, Stamp now) {
    const bool back = bed != nullptr ? bed->has_alarm(name) : node_->has_alarm(name);
    if (back) return;  // its own document stands there now
    desk.ghost(name, end_among(page.docs, id));
    settle(now);
  };
  read_events(scope, stands->seq + 1, then);
}

}  // namespace app
