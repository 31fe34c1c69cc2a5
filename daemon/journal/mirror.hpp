// The state a restart needs, kept in memory as well: when the file had to be given up, or a commit failed,
// it is written anew from here. Bounded by the beds and conditions of the settings, and `commands_max`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "daemon/journal/journal.hpp"

namespace journal {

inline constexpr std::size_t commands_max = 10'000;
inline constexpr std::size_t past_loaded_max = 2'000;
inline constexpr std::int64_t commands_kept_ms = 24 * 60 * 60 * 1'000;

struct Mirror {
  std::map<std::pair<std::string, std::string>, AlarmEntry> episodes;  // open ones, by scope and condition
  std::map<std::string, std::string, std::less<>> sessions;            // scope -> document
  using Runs = std::map<std::string, std::uint64_t, std::less<>>;      // boot -> last number
  std::map<std::string, Runs, std::less<>> sequences;                  // by scope
  std::set<std::string, std::less<>> beds;
  std::deque<PastEntry> past;         // of a series, oldest first
  std::deque<CommandEntry> commands;  // oldest first, without their documents

  std::string boot;  // of the run whose entries are applied

  void adopt(const Restored& restored, std::string boot_of_run);
  void apply(const Entry& entry);

 private:
  void apply_one(const AlarmEntry& alarm);
  void apply_one(const EventEntry& event);
  void apply_one(const SessionEntry& session);
  void apply_one(const CommandEntry& command);
  void apply_one(const NoteEntry&) {}  // as events: not what a restart needs
  void apply_one(const PastEntry& past);
  void apply_one(const BedEntry& bed);
  void apply_one(const TrendEntry&) {}
};

}  // namespace journal
