// Blood pressure by cuff: three numbers of one measurement that must not be torn apart, repeated by the
// monitor until the next one. A repeated number is not a new reading; an equal number with a new time is.
#pragma once

#include <array>
#include <optional>

#include "daemon/bed/plausibility.hpp"
#include "daemon/vitals/observation.hpp"

namespace bed {

struct CuffReading {
  std::optional<double> sys, dia, map;
  bool map_derived = false;  // computed, for display only: no limit judges it
  vitals::Quality quality = vitals::Quality::unavailable;
  vitals::Reason reason = vitals::Reason::none;
  vitals::Stamp rx;
  vitals::Stamp measured;  // the device's time where it tells one that can be trusted, else its first arrival
  bool test = false;

  bool measured_any() const { return sys || dia || map; }  // false: the measurement failed
  std::optional<double> part(vitals::Metric metric) const;
};

// Collects the parts of one frame and tells whether they are a new measurement.
class CuffAssembler {
 public:
  void add(const vitals::Observation& observation);
  // At the end of a frame: a new reading, if there is one.
  std::optional<CuffReading> take(vitals::Stamp rx);
  // A number of that reading that was rejected.
  std::optional<Implausible> take_rejected();

 private:
  struct Told {         // what was told last, to know a repeat
    CuffValues values;  // also those that were rejected
    std::optional<vitals::WallTime> t_src;
    vitals::Stamp rx;
    std::optional<vitals::Stamp> came;  // where its time is not that of the measurement
    bool standing = false;              // from before we listened
  };

  CuffReading assemble(const CuffJudgement& judged, vitals::Stamp rx) const;
  const vitals::Observation& leading() const;

  std::array<std::optional<vitals::Observation>, 3> parts_;
  bool any_ = false;
  std::optional<Told> reading_;               // the last measurement that gave numbers
  std::optional<Told> failure_;               // since then, if one failed
  std::optional<vitals::WallTime> measured_;  // the last, by a trusted time
  std::optional<Implausible> rejected_;
};

}  // namespace bed
