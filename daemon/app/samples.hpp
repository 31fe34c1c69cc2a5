// What the daemon counts, copied at one moment in the loop thread: plain figures, complete in themselves, so
// that another thread can write them out. No patient is in them: beds, sources, codes and numbers only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alarms/load.hpp"
#include "daemon/app/alarm_counts.hpp"
#include "daemon/app/bed_desk.hpp"
#include "daemon/app/fault_book.hpp"
#include "daemon/bed/observation_counts.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/outputs/fallback.hpp"
#include "daemon/stations/broker_link.hpp"

namespace app {

// Connections that did not come to be, by cause.
enum class Refusal : std::uint8_t { bad_peer, too_many, tls, system, no_connection };
inline constexpr std::array<std::string_view, 5> refusal_words{"bad-peer", "too-many", "tls", "system",
                                                               "no-connection"};

// MSA-1 of what was sent; `not-kept` stands for any negative answer because the journal did not take it.
inline constexpr std::array<std::string_view, 8> answer_words{"AA", "CA", "AE",    "AR",
                                                              "CE", "CR", "other", "not-kept"};
inline constexpr std::size_t other_answer = 6, not_kept_answer = 7;

// States of a link document.
inline constexpr std::array<std::string_view, 5> link_words{"up", "quiet", "down", "busy", "wrong-device"};

struct SourceSample {
  std::string name, protocol;
  std::string state;  // one of link_words
  std::uint64_t bytes = 0, frames = 0, unknown_bed = 0;
  std::uint64_t opened = 0;  // links that came up, connections that were let in
  std::size_t connections = 0;
  std::optional<vitals::Milliseconds> received_ago;
  std::array<std::uint64_t, refusal_words.size()> refusals{};
  std::array<std::uint64_t, answer_words.size()> answers{};
  std::vector<FaultCount> faults;
  std::uint64_t fault_overflow = 0;
  std::vector<Unmapped> unmapped;
  std::uint64_t unmapped_overflow = 0;
};

struct BedSample {
  std::string name;  // "unit/bed"
  bed::ObservationCounts observations{};
  ActiveAlarms active{};
  Transitions transitions{};
  alarms::LoadFigures load;
  std::vector<ClockSample> clocks;
  std::uint64_t avoided = 0;  // violations that were over, or lost, before their delay
};

struct UnitSample {  // all beds of a unit that this node watches
  std::string name;
  alarms::LoadFigures load;
};

// How late the loop's tick came, as a histogram.
class LagCounts {
 public:
  static constexpr std::array<std::int64_t, 8> bounds_ms{1, 2, 5, 10, 50, 100, 500, 2'000};
  void add(std::int64_t lag_ms) {
    std::size_t at = 0;
    while (at < bounds_ms.size() && lag_ms > bounds_ms[at]) ++at;
    ++counts_[at];
    sum_ms_ += lag_ms;
  }
  const std::array<std::uint64_t, bounds_ms.size() + 1>& counts() const { return counts_; }  // last: beyond
  std::int64_t sum_ms() const { return sum_ms_; }

 private:
  std::array<std::uint64_t, bounds_ms.size() + 1> counts_{};
  std::int64_t sum_ms_ = 0;
};

struct Snapshot {
  std::string node, version;
  vitals::WallTime started{};
  bool clock_synchronised = false;
  unsigned stations_online = 0;
  LagCounts lag;
  std::uint64_t inbound_dropped = 0;
  journal::Health journal;
  std::optional<outputs::FallbackHealth> fallback;
  stations::BrokerHealth broker;
  ActiveAlarms node_active{};
  Transitions node_transitions{};
  std::vector<SourceSample> sources;
  std::vector<BedSample> beds;
  std::vector<UnitSample> units;
};

}  // namespace app
