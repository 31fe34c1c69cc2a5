// The node's own documents: status, info, heartbeat, and the technical conditions of the daemon itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/alarms/engine.hpp"
#include "daemon/app/alarm_desk.hpp"

namespace app {

inline constexpr Milliseconds heartbeat_ms{5'000};
// A certificate that expires: low, medium, and high once it has.
inline constexpr int cert_low_days = 30, cert_medium_days = 7;

class NodeDesk final : private alarms::Listener {
 public:
  NodeDesk(const Identity& identity, std::string version, std::uint64_t seq, Outlet& outlet, Stamp now);

  AlarmDesk& alarms() { return alarms_; }

  // --- conditions
  // Whether anybody hears us. `urgent`: an infusion runs with an active alarm (medium becomes high).
  struct Hearing {
    bool broker = false;            // connected
    bool listener = false;          // a station that counts is there and confirms
    bool receipts_missing = false;  // alarms that no such station has confirmed in time
    bool urgent = false;
    bool calling = false;  // an infusion runs, or an alarm of medium or high priority is active
    bool high = false;     // an alarm of high priority is active
  };
  void hearing(const Hearing& hearing, Stamp now);
  // Why nobody hears what somebody must hear, for the fallback at the bed; empty: somebody does. `high`: that
  // itself, or what is not heard, is of high priority.
  struct Unheard {
    std::string why;
    bool high = false;
  };
  Unheard unheard(const Hearing& hearing);
  void fallback_failed(bool failed, Stamp now);
  // The file: what runs is what it was at the start.
  void settings_invalid(bool invalid, Stamp now);
  void journal(bool failed, bool unread, Stamp now);  // unread: at the start
  void clock(bool synced, Stamp now);
  // The system clock was set. Nothing runs on it; what it labels has a gap here, so it is in the event log.
  void clock_stepped(Milliseconds by, const std::string& config_hash, Stamp now);
  // The node's own life, in the event log alone.
  void started(std::size_t beds, std::size_t episodes, std::size_t sessions, Stamp now);
  void stopped(Stamp now);
  void station(std::string_view name, bool up, std::string_view text, Stamp now);
  // How many events the journal has let go since the start, and how many entries it could not keep. News is
  // told at once, and then once an hour: who reads the log finds its gaps named.
  void log_gaps(std::uint64_t gone, std::uint64_t lost, Stamp now);
  void unknown_bed(std::string_view source, Stamp now);
  // Whether another node speaks of our beds.
  void bed_conflict(bool found, Stamp now);
  void disk_low(bool low, Stamp now);
  void overflow(Stamp now);  // a queue has just given something up
  // Days until the first of our certificates expires, negative afterwards; none: there is none.
  void certificate(std::optional<int> days_left, std::string_view whose, Stamp now);
  // An episode of before this start goes on, and wants a confirmation anew.
  bool restore_alarm(const alarms::Alarm& stored, Stamp now);
  alarms::AckResult acknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                std::string_view by, Stamp now);
  alarms::AckResult reset(std::string_view condition, std::string_view id, Stamp now);
  alarms::AckResult unacknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                  Stamp now);
  alarms::AckResult pause_audio(std::string_view condition, std::string_view id, std::uint64_t rev,
                                Milliseconds time, std::string_view by, Stamp now);
  alarms::AckResult resume_audio(std::string_view condition, std::string_view id, Stamp now);
  alarms::AckResult respond(std::string_view condition, std::string_view id, std::uint64_t rev,
                            alarms::Response response, std::string_view by, Stamp now);
  alarms::AckResult pause_all(vitals::WallTime pressed, Milliseconds time, std::string_view by, Stamp now);
  alarms::AckResult resume_all(Stamp now);
  bool has_alarm(std::string_view condition) const { return alarm_of(condition) != nullptr; }
  const std::deque<alarms::Condition>& conditions() const { return engine_.conditions(); }
  ActiveAlarms active() const;

  // --- documents
  stations::Message status(std::string_view state, std::string_view reason, std::uint64_t connection,
                           Stamp now) const;
  void publish_info(const std::vector<std::string>& beds, const std::string& config_hash, Stamp now);
  struct Load {
    std::uint64_t connection = 0;
    std::size_t beds = 0, queued = 0;
    unsigned high = 0, medium = 0, low = 0;
    std::int64_t lag_ms = 0;
  };
  void heartbeat(const Load& load, Stamp now);
  void repeat_alarms(Stamp now);

  void advance(Stamp now);
  MonoTime deadline() const { return engine_.deadline(); }
  void tick(Stamp now);

 private:
  void on_alarm(alarms::Alarm& alarm, Stamp at) override { alarms_.transition(alarm, at); }
  alarms::Condition& add(std::string name, std::string label, std::string advice, alarms::Behaviour behaviour,
                         Stamp now);
  Unheard cause(const Hearing& hearing) const;

  const Identity* identity_;
  std::string version_;
  Outlet* outlet_;
  AlarmDesk alarms_;
  alarms::Realarm realarm_;
  alarms::Callout callout_;
  alarms::Engine engine_;
  // A condition and what was last said of it; nothing yet, so that one from the journal is judged anew.
  struct Watched {
    alarms::Condition* condition;
    std::optional<alarms::Standing> said;
  };
  void forget(alarms::Condition& condition, std::optional<MonoTime>& last, Stamp now);
  const alarms::Alarm* alarm_of(std::string_view condition) const;
  void log(const contract::NodeEvent& event, Stamp now);
  struct Gap {
    std::uint64_t said = 0;
    std::optional<MonoTime> at;  // when
  };
  void log_gap(Gap& gap, std::uint64_t count, std::string_view event, std::string_view what, Stamp now);
  void say(Watched& watched, bool present, bool urgent, Stamp now);

  Watched broker_lost_;
  Watched no_listener_;
  Watched confirm_missing_;
  Unheard unheard_;  // as last told
  alarms::Condition* clock_unsync_;
  alarms::Condition* journal_failed_;
  alarms::Condition* unknown_bed_;
  alarms::Condition* bed_conflict_;
  alarms::Condition* disk_low_;
  alarms::Condition* overflow_;
  alarms::Condition* cert_expiry_;
  alarms::Condition* fallback_failed_;
  alarms::Condition* settings_invalid_;
  std::string buffer_;
  MonoTime started_;
  MonoTime repeated_at_;
  // The last time, while the condition stands.
  std::optional<MonoTime> unknown_bed_at_, overflow_at_;
  Gap gone_, lost_;
  std::uint64_t heartbeats_ = 0;
};

}  // namespace app
