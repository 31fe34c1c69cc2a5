// Blood pressure by cuff: three numbers of one measurement that must not be torn apart, repeated by the
// monitor until the next one. A repeated number is not a new reading; an equal number with a new time is.
#pragma once

#include <optional>

#include "daemon/vitals/observation.hpp"

namespace bed {

struct CuffReading {
  std::optional<double> sys, dia, map;
  bool map_derived = false;  // (sys + 2 dia) / 3, for display only: no limit judges it
  vitals::Quality quality = vitals::Quality::unavailable;
  vitals::Reason reason = vitals::Reason::none;
  vitals::Stamp rx;
  vitals::Stamp measured;  // the device's time where it tells one that can be trusted, else its first arrival
  bool test = false;

  std::optional<double> part(vitals::Metric metric) const;
};

// Collects the parts of one frame and tells whether they are a new measurement.
class CuffAssembler {
 public:
  void add(const vitals::Observation& observation);
  // At the end of a frame: a new reading, if there is one.
  std::optional<CuffReading> take(vitals::Stamp rx);

 private:
  std::optional<vitals::Observation> parts_[3];
  bool any_ = false;
  // The last reading, to know a repeat.
  std::optional<double> last_[3];
  std::optional<vitals::WallTime> last_t_src_;
  bool had_one_ = false;
  bool last_had_value_ = false;
};

}  // namespace bed
