// The alarm documents of one place (a bed or the node): event numbers, the retained document, the event log,
// the journal, the repeats, and the two-step end (document, then empty).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/alarms/condition.hpp"
#include "daemon/alarms/load.hpp"
#include "daemon/app/alarm_counts.hpp"
#include "daemon/app/outlet.hpp"
#include "daemon/app/receipts.hpp"
#include "daemon/contract/documents.hpp"

namespace app {

using vitals::Milliseconds;
using vitals::MonoTime;
using vitals::Stamp;

inline constexpr Milliseconds repeat_ms{30'000};    // active and latched alarms, states
inline constexpr Milliseconds tombstone_ms{5'000};  // between the end document's PUBACK and the empty one
// Ended alarms that no broker has confirmed; what is given up is taken off the broker at the next connect.
inline constexpr std::size_t ended_max = 512;

struct Desk {
  std::uint32_t index = 0;  // of this desk in the process: the upper half of its delivery tokens
  std::string scope;        // "unit/bed" or "node", as in the journal
  std::string prefix;       // topic prefix
  std::string unit, bed;    // empty at the node
};

class AlarmDesk {
 public:
  AlarmDesk(const Identity& identity, Desk desk, std::uint64_t seq, Outlet& outlet);

  // A transition: numbered, published, logged, recorded.
  void transition(const alarms::Alarm& alarm, Stamp at);
  // The current document again, as `continue`.
  void proceed(const alarms::Alarm& alarm, Stamp now);
  // After a connect: ends that no broker has confirmed, said again. Stations that were there when the alarm
  // was raised hear of its end even if the broker has forgotten it.
  void repeat_ends();
  // A retained document that stands on the broker without a condition here: its end again if we know it, or
  // as an earlier run has kept it (`kept_end`; may be empty), then empty.
  void ghost(std::string_view condition, std::string kept_end);
  void delivered(std::uint64_t token, bool ok, Stamp now);
  // Says refused ends again, and empties what ended long enough ago.
  void tick(Stamp now);

  // An event of another kind than alarm; `render` gets the envelope with its number.
  template <typename Render>
  void event(std::string_view kind, bool sim, Stamp at, Render render) {
    ++seq_;
    render(buffer_, envelope(at, sim));
    log(kind, at);
  }

  contract::Envelope envelope(Stamp at, bool sim) const;
  std::uint64_t seq() const { return seq_; }
  const Transitions& transitions() const { return transitions_; }
  alarms::LoadFigures load(MonoTime now) const { return load_.figures(now); }
  // Also counts what begins and ends here in `unit`, which outlives the desk: that of all beds of a unit.
  void count_in(alarms::Load& unit) { unit_load_ = &unit; }
  const std::string& prefix() const { return desk_.prefix; }
  const std::string& scope() const { return desk_.scope; }
  Receipts& receipts() { return receipts_; }
  void set_clock_synced(bool synced) { clock_synced_ = synced; }

 private:
  struct Ended {
    std::string condition, document;  // empty: a ghost of which no end is known
    std::uint64_t token = 0;
    std::optional<MonoTime> delivered_at;
    bool refused = false;  // the link did not take it
  };
  void publish_alarm(std::string_view condition, std::string payload, std::uint64_t token);
  void log(std::string_view kind, Stamp at);
  std::uint64_t next_token() { return (static_cast<std::uint64_t>(desk_.index) << 32U) | ++token_; }
  Ended* ended(std::string_view condition);

  const Identity* identity_;
  Desk desk_;
  std::uint64_t seq_;
  Outlet* outlet_;
  std::string buffer_;
  std::vector<Ended> ended_;  // oldest first
  Receipts receipts_;
  std::uint32_t token_ = 0;
  Transitions transitions_{};
  alarms::Load load_;
  alarms::Load* unit_load_ = nullptr;
  bool clock_synced_ = true;
};

// The desk a delivery token belongs to.
constexpr std::uint32_t desk_of(std::uint64_t token) { return static_cast<std::uint32_t>(token >> 32U); }

}  // namespace app
