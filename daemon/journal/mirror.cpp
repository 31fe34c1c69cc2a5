#include "daemon/journal/mirror.hpp"

#include <algorithm>

namespace journal {

void Mirror::adopt(const Restored& restored, std::string boot_of_run) {
  boot = std::move(boot_of_run);
  for (const auto& found : restored.episodes) {
    apply_one(AlarmEntry{found.scope, found.condition, found.id, found.rev, false, found.doc});
  }
  for (const auto& found : restored.sessions) sessions[found.scope] = found.doc;
  for (const auto& found : restored.sequences) sequences[found.scope][found.boot] = found.seq;
  for (const auto& found : restored.beds) beds.insert(found);
  for (const auto& found : restored.past) apply_one(found);
  for (const auto& found : restored.commands) {
    apply_one(
        CommandEntry{found.command_id, "", found.client, "", found.status, found.text, found.ts_ms, ""});
  }
}

void Mirror::apply(const Entry& entry) {
  std::visit([this](const auto& known) { apply_one(known); }, entry);
}

void Mirror::apply_one(const AlarmEntry& alarm) {
  std::pair key{alarm.scope, alarm.condition};
  if (!alarm.ended) {
    episodes.insert_or_assign(std::move(key), alarm);
    return;
  }
  // The end of an older episode must not take a newer one of the same condition with it.
  const auto found = episodes.find(key);
  if (found != episodes.end() && found->second.id == alarm.id) episodes.erase(found);
}

void Mirror::apply_one(const EventEntry& event) {
  std::uint64_t& last = sequences[event.scope][boot];
  last = std::max(last, event.seq);
}

void Mirror::apply_one(const SessionEntry& session) { sessions[session.scope] = session.doc; }

void Mirror::apply_one(const CommandEntry& command) {
  CommandEntry& kept = commands.emplace_back(command);
  kept.doc.clear();
  kept.doc.shrink_to_fit();
  if (commands.size() > commands_max) commands.pop_front();
}

void Mirror::apply_one(const PastEntry& ended) {
  if (ended.series.empty()) return;
  past.push_back(ended);
  if (past.size() > past_loaded_max) past.pop_front();
}

void Mirror::apply_one(const BedEntry& bed) { beds.insert(bed.scope); }

}  // namespace journal
