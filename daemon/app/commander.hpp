// Commands from stations: who may, once only, done, recorded, answered. Loop thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/app/host.hpp"
#include "daemon/app/node_desk.hpp"
#include "daemon/contract/commands.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/settings/settings.hpp"

namespace app {

// Ids of commands that were seen, for a day (contract 6.8).
inline constexpr std::size_t commands_kept_max = 10'000;
inline constexpr Milliseconds commands_kept_ms{24LL * 3600 * 1000};
// Later than this a command that is done is answered `accepted`: its commit is still to come.
inline constexpr Milliseconds answer_ms_max{2'000};
inline constexpr Milliseconds resync_ms_min{5'000};
// A page of history is up to a megabyte; one station must not keep the others from the broker.
inline constexpr Milliseconds replay_ms_min{1'000};
// A station is there while it confirms at least this often.
inline constexpr Milliseconds station_ms_max{30'000};

class Commander {
 public:
  struct Parts {
    const Identity* identity;
    const settings::Stations* stations;
    Host* host;
    Outlet* outlet;
    NodeDesk* node;
    std::function<BedDesk*(std::string_view unit, std::string_view bed)> find_bed;
    // Events of a place from one on, as the journal has them, all that was recorded so far included.
    std::function<void(const std::string& scope, std::uint64_t from_seq, PageRead then)> read_events;
    std::function<void(Stamp now)> repeat_presence = {};  // of the node, and what it is; may be empty
  };
  explicit Commander(Parts parts) : parts_(std::move(parts)) {}

  void restore(const journal::Restored& restored);
  void handle(std::string_view topic, std::string_view payload, bool retained, bool clock_synced, Stamp now);
  // `station`: of the topic.
  void station_status(std::string_view station, std::string_view payload);
  void tick(Stamp now);
  unsigned stations_online(Stamp now) const;
  // A required station, or where none is required any, is online and confirms.
  bool listened_to(Stamp now) const;

 private:
  struct Target {  // the place a command is for
    BedDesk* bed = nullptr;
    AlarmDesk* desk = nullptr;
  };
  struct Done {
    std::string status, text;
    std::optional<std::string> id;
    std::optional<std::uint64_t> rev;
    std::optional<contract::Response::Replayed> replayed = {};
  };
  struct Waiting {  // done, and waiting for its commit
    Target target;
    contract::Command command;
    Done done;
    MonoTime deadline{};
  };
  struct Seen {
    std::string status, text;
    vitals::WallTime at{};
  };

  // No desk: another node's.
  Target target_of(const contract::CommandTopic& where) const;
  void delete_retained(std::string_view topic);
  Done execute(const contract::Command& command, const Target& target, Stamp now);
  Done execute_on_bed(const contract::Command& command, BedDesk& desk, Stamp now);
  Done resync(const contract::Command& command, const Target& target, Stamp now);
  // True: `last` lies far enough back for another of these.
  static bool again(MonoTime& last, Milliseconds least, Stamp now);
  void replay(const contract::Command& command, const Target& target, std::string_view json, Stamp now);
  Done send_records(const contract::Command& command, const Target& target, std::uint64_t newest,
                    const journal::Page& page);
  void received(const contract::Command& command, const Target& target, Stamp now);
  bool counts(std::string_view station) const;
  bool online(std::string_view station, Stamp now) const;
  void log_stations(Stamp now);
  bool allowed(std::string_view client, std::string_view verb) const;
  void finish(const Target& target, const contract::Command& command, Done done, std::string_view json,
              Stamp now);
  void audit(const Target& target, const contract::Command& command, const Done& done, std::string_view json,
             Stamp now);
  void keep_text(const Target& target, const contract::Command& command, Stamp now);
  static std::string answers_to(const Target& target, const contract::Command& command);  // topic
  void answer(const Target& target, const contract::Command& command, const Done& done, Stamp now);
  void remember(const std::string& command_id, Seen seen);

  Parts parts_;
  std::unordered_map<std::string, Seen> seen_;
  std::deque<std::string> seen_order_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t waiting_number_ = 0;
  std::map<std::string, MonoTime, std::less<>> heard_;     // stations: last `received`
  std::map<std::string, bool, std::less<>> said_online_;   // stations: their own status
  std::set<std::string, std::less<>> up_;                  // stations that the log says are there
  std::map<std::string, MonoTime, std::less<>> resynced_;  // client and place: last resync
  std::map<std::string, MonoTime, std::less<>> replayed_;  // likewise
};

}  // namespace app
