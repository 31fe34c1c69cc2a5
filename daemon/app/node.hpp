// The daemon without its shell: beds, alarms, sessions and commands between the journal and the broker, from
// the start (what the journal and the broker still have) to the farewell. It reads no clock and does no I/O:
// time and what the shell sees around itself come in. App runs it live; a world of faults in virtual time
// runs the same object. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/app/agenda.hpp"
#include "daemon/app/bed_desk.hpp"
#include "daemon/app/commander.hpp"
#include "daemon/app/doors.hpp"
#include "daemon/app/echo.hpp"
#include "daemon/app/host.hpp"
#include "daemon/app/intake.hpp"
#include "daemon/app/node_desk.hpp"
#include "daemon/app/removed_beds.hpp"
#include "daemon/app/samples.hpp"
#include "daemon/app/seldom.hpp"
#include "daemon/contract/documents.hpp"
#include "daemon/settings/settings.hpp"

namespace app {

class Node final : public Host, private Outlet {
 public:
  struct Parts {
    const settings::Settings* settings = nullptr;  // outlives the node, as the doors do
    Identity identity;
    std::string version;
    JournalDoor* journal = nullptr;
    BrokerDoor* broker = nullptr;
    std::function<bed::Salt()> salt;         // a new one for each bed
    std::function<void(Stamp now)> settled;  // timers have to be set anew; may be empty
  };
  Node(Parts parts, Stamp now);
  ~Node() override;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Host
  BedDesk* desk_of(const bed::Bed& bed) override;
  void settle(Stamp now) override;
  void when_kept(Kept then, Stamp now) override;
  void when_all_kept(Kept then) override;
  void unknown_bed(std::string_view source, std::string_view location, Stamp now) override;

  // --- time. settle() is due at deadline() at the latest, and every_second() each second.
  MonoTime deadline() const;
  struct Surroundings {  // what the shell sees
    bool clock_synced = true;
    std::uint64_t inbound_dropped = 0;  // messages to us that were given up, since the start
    std::optional<bool> disk_low;       // when it has been looked at
    std::int64_t lag_ms = 0;            // how late the loop is
  };
  void every_second(const Surroundings& seen, Stamp now);

  // --- from the broker
  // After each connect: alarms at once, then what stands on the broker is compared with what is true here,
  // then the rest, `online` last.
  void on_connected(std::uint64_t connection, Stamp now);
  void on_lost(const std::string& reason, Stamp now);
  void on_connect_failed(const std::string& reason, Stamp now);
  void on_message(const std::string& topic, const std::string& payload, bool retained, Stamp now);
  // The state of a bed as we published it, which comes back to us. Any thread.
  bool is_own_state(std::string_view topic, std::string_view payload) const;
  void on_delivered(std::uint64_t token, bool delivered, Stamp now);
  void on_subscribed(const std::string& filter, bool granted, Stamp now);

  // --- to look at
  NodeDesk& desk() { return *node_; }
  const NodeDesk& desk() const { return *node_; }
  const std::vector<std::unique_ptr<BedDesk>>& beds() const { return desks_; }
  Routes routes_of(const settings::Source& source);
  // Why nobody hears what somebody must hear, as of the last second; empty: somebody does.
  const NodeDesk::Unheard& unheard() const { return unheard_; }
  void keep_trend(Stamp now);                   // of the minute at hand, before an orderly stop
  stations::Message farewell(Stamp now) const;  // the last word of an orderly stop
  void sample(Snapshot& into, Stamp now) const;

 private:
  // Outlet
  void publish(stations::Message message) override;
  void record(journal::Entry entry) override;

  void make_beds(Stamp now);
  void find_removed_beds(Stamp now);
  void restore(Stamp now);
  void restore_session(const journal::Restored::Session& stored, Stamp now);
  bool restore_episode(const journal::Restored::Episode& stored, Stamp now);

  void hand_over();  // what was recorded, to the journal
  void read_events(const std::string& scope, std::uint64_t from_seq, PageRead then);
  NodeDesk::Hearing hearing(Stamp now);
  void heartbeat(std::int64_t lag_ms, Stamp now);
  void watch_journal(const journal::Health& journal, Stamp now);
  void watch_queues(std::uint64_t inbound_dropped, const journal::Health& journal, Stamp now);
  void watch_clock(Stamp now);

  void say_all(Stamp now);
  void subscribe_all();
  void subscribe_again();
  void on_retained_alarm(const std::string& topic, const std::string& payload, Stamp now);
  bool judge_retained(const std::string& topic, const std::string& payload);
  bool uncommitted(const contract::StoredAlarm& document, const std::string& scope) const;
  void lay_ghost(const std::string& scope, std::string_view condition,
                 const std::optional<contract::StoredAlarm>& stands);
  void adopt(const std::string& topic, const std::string& payload, Stamp now);
  void reconcile(Stamp now);
  void publish_status(std::string_view state, std::string_view reason, Stamp now);
  void publish_info(Stamp now);
  void repeat_presence(Stamp now);
  void on_presence(const std::string& payload, Stamp now);
  void watch_presence(Stamp now);
  void on_bed_link(const std::string& topic, const std::string& payload);
  void on_bed_state(const std::string& topic, const std::string& payload, bool retained, Stamp now);
  void watch_conflict(Stamp now);
  bool keeps_breaking(Stamp now);
  BedDesk* find_bed(std::string_view unit, std::string_view bed);
  std::vector<BedDesk*> worst_first() const;

  const settings::Settings& settings_;
  const Identity identity_;
  const std::string own_mark_ = "\"node\":\"" + identity_.node + "\"";  // in each document of ours
  JournalDoor& journal_;
  BrokerDoor& broker_;
  std::function<bed::Salt()> salt_;
  std::function<void(Stamp now)> settled_;

  std::vector<journal::Entry> batch_;  // recorded since the last settle
  std::unique_ptr<NodeDesk> node_;
  SeriesBook series_;
  std::map<std::string, alarms::Load> unit_loads_;  // by the name of the unit
  std::shared_ptr<bed::PatientChanges> patient_changes_ = std::make_shared<bed::PatientChanges>();
  std::shared_ptr<alarms::SpecPool> specs_ = std::make_shared<alarms::SpecPool>();
  Agenda agenda_;
  std::vector<std::unique_ptr<BedDesk>> desks_;
  std::unordered_map<const bed::Bed*, BedDesk*> desk_of_;
  std::unordered_map<std::string, BedDesk*> desk_named_;  // "unit/bed"
  RemovedBeds removed_beds_{identity_, *this};
  std::unique_ptr<Commander> commander_;

  std::uint64_t connection_ = 0;  // 0: not connected
  std::optional<MonoTime> reconcile_at_;
  std::uint64_t reconciled_on_ = 0;   // the first connection of this run on which that was done
  std::vector<std::string> refused_;  // subscriptions
  MonoTime subscribe_at_{};
  std::vector<MonoTime> broken_at_;  // connections that were lost, of the last minute
  bool presence_refused_ = false;    // `online` was not taken: said again
  Echo echo_;                        // of it
  std::vector<std::pair<std::string, std::string>> retained_;  // alarm topics found after a connect
  bool foreign_alarms_ = false;               // stood under a bed of ours at the last connect
  std::optional<MonoTime> foreign_state_at_;  // another node's, of a bed of ours, was heard last
  Seldom conflicts_;
  MonoTime next_heartbeat_{};
  NodeDesk::Unheard unheard_;
  Seldom connect_trouble_, journal_trouble_;
  bool journal_unread_ = false;     // at the start: what was before is not known
  std::uint64_t dropped_said_ = 0;  // of all queues
  bool clock_synced_ = true;
  std::optional<Milliseconds> wall_over_mono_;  // a second ago
};

}  // namespace app
