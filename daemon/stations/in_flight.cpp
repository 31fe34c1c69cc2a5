#include "daemon/stations/in_flight.hpp"

#include <algorithm>
#include <utility>

namespace stations {

std::optional<InFlight::Entry> InFlight::finish(Serial serial) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [serial](const Entry& entry) { return entry.serial == serial; });
  if (found == entries_.end()) return std::nullopt;
  const Entry out = *found;
  entries_.erase(found);
  return out;
}

std::deque<InFlight::Entry> InFlight::take_all() { return std::exchange(entries_, {}); }

bool InFlight::has(Serial serial) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [serial](const Entry& entry) { return entry.serial == serial; });
}

bool InFlight::any_awaited() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.token != 0 || entry.urgent || entry.qos > 0; });
}

std::optional<SteadyTime> InFlight::oldest_sent_at() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.front().sent_at;
}

std::optional<SteadyTime> InFlight::nudge_at() const {
  for (const Entry& entry : entries_)
    if (entry.urgent) return entry.nudge_at;
  return std::nullopt;
}

void InFlight::nudged(SteadyTime now) {
  for (Entry& entry : entries_) {
    if (!entry.urgent) continue;
    entry.nudge_at = now + (now - entry.sent_at);
    return;
  }
}

}  // namespace stations
