// Which alarms of one place no station has confirmed yet. A confirmation is technical: a station has the
// document; that somebody has seen it is the acknowledgement, which counts as one too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alarms/alarm.hpp"

namespace app {

// An unconfirmed alarm is repeated at the first two, and missed at the third (contract 6.9).
inline constexpr vitals::Milliseconds receipt_repeat_ms{5'000};
inline constexpr unsigned receipt_repeats_max = 2;
inline constexpr vitals::Milliseconds receipt_missing_ms{15'000};

class Receipts {
 public:
  // Each transition. Starts and escalations of medium and high priority want a confirmation.
  void take(const alarms::Alarm& alarm, vitals::Stamp now);
  // An alarm from before a restart: who has confirmed it is not known any more.
  void ask_again(const alarms::Alarm& alarm, vitals::Stamp now);
  void confirm(std::string_view id, std::uint64_t rev);
  // The broker is back: stations hear of everything again, and have the whole time again.
  void start_over(vitals::Stamp now);

  // True once for each repeat that is due.
  bool repeat_due(std::string_view condition, vitals::Stamp now);
  bool missing(vitals::Stamp now) const;

 private:
  struct Open {  // one for each condition, so as many as the engine has at most
    std::string condition;
    alarms::EpisodeId id;
    std::uint64_t rev = 0;
    vitals::MonoTime since{};
    unsigned repeats = 0;
  };
  void open(const alarms::Alarm& alarm, vitals::Stamp now);
  void close(std::string_view condition);

  std::vector<Open> open_;
};

}  // namespace app
