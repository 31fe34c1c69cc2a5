// Cuff readings of the baseline phase, and the median that becomes the baseline of the pressure. They are few
// and minutes apart, so that a restart keeps them; the parts of one measurement stay together.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace infusion {

struct BaselineCuff {
  vitals::Stamp at;  // when it was measured
  std::optional<double> sbp, dbp, map;

  bool same_numbers(const BaselineCuff& other) const {
    return sbp == other.sbp && dbp == other.dbp && map == other.map;
  }
};

// Usual practice: two of them.
inline constexpr std::size_t cuff_readings_min = 2;
// The newest count: an hour at one every 3 min. Bounds also what a restart has to keep.
inline constexpr std::size_t cuff_readings_max = 20;
// What comes sooner repeats the same measurement: a cuff needs at least 30 s between two (ISO 80601-2-30).
// Practice wants some 3 min between two baseline readings. That is not demanded here: to refuse one that was
// taken after 2 min would leave the infusion without relative limits, which is worse than two close readings.
inline constexpr vitals::Milliseconds cuff_spacing_ms{30'000};

class BaselineCuffs {
 public:
  // False: nothing new. A part that comes later than the others of its measurement joins them.
  bool add(const BaselineCuff& reading);
  // From before a restart, in order of time. A monitor that is heard again tells its last reading again, and
  // not all of them say when it was taken: the first one with the same numbers is taken for the same.
  void restore(std::vector<BaselineCuff> readings);
  std::optional<double> median(std::optional<double> BaselineCuff::*part) const;  // nullopt: too few
  const std::vector<BaselineCuff>& readings() const { return readings_; }
  void clear();

 private:
  std::vector<BaselineCuff> readings_;  // in order of time
  bool restored_ = false;               // the newest is from before a restart
};

}  // namespace infusion
