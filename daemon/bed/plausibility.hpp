// Can this be, and can it have come about so fast? The last gate before a value is judged: drivers have
// looked already, each by its protocol, but a code map, a site's own table or a new driver may let through
// what no patient has.
//
// What cannot be is rejected: the word that goes on is `invalid`, and the number is told as a fault. What is
// hard to believe goes on as `questionable`, which may raise an alarm and never ends one. Pure; no sample is
// ever held back, so that nothing here can delay or block a value.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "daemon/vitals/observation.hpp"

namespace bed {

using vitals::Metric;
using vitals::Milliseconds;
using vitals::Observation;

// A number that was rejected.
struct Implausible {
  Metric metric{};
  std::string_view reason;  // "range", "sys-not-above-dia", "mean-outside"
  double value = 0;
  vitals::Stamp rx;
};

// Steps that no patient makes in `step_within_ms`, and rates that few survive. Proposals, without a published
// number behind them: a pulse oximeter averages over 4 to 16 s, so that its own value cannot move so fast.
inline constexpr double spo2_step_max = 15;  // percentage points
inline constexpr double rate_step_max = 50;  // per minute
inline constexpr Milliseconds step_within_ms{2'000};
inline constexpr unsigned agreeing_samples = 2;  // after the sudden one, until it is believed
inline constexpr double rate_believed_min = 15, rate_believed_max = 300;

// One series of samples: is its newest one a sudden change that nothing has confirmed?
class StepWatch {
 public:
  // `at`: when it was measured, by one clock for the whole series. Samples further apart than
  // `step_within_ms` are never sudden: a feed of one value in ten seconds is not doubted.
  bool doubtful(double value, Milliseconds at, double step_max);

 private:
  struct Sample {
    double value = 0;
    Milliseconds at{0};
  };
  bool settle(const Sample& sample);  // believed

  std::optional<Sample> believed_, newest_;
  unsigned agreeing_ = 0;
  bool doubting_ = false;
};

class Plausibility {
 public:
  // A word with a value. `again`: the measurement that was told last, told once more; it confirms nothing.
  Observation judge(const Observation& told, bool again);

  // What judge() rejected since the last call, the newest.
  std::optional<Implausible> take_rejected();

 private:
  struct Series {
    StepWatch by_arrival, by_own_time;  // two clocks that must not be mixed
    bool doubted = false;               // the newest sample
  };
  Observation reject(const Observation& told, std::string_view reason);
  bool sudden(const Observation& told, bool again);
  std::string_view contradiction(const Observation& told) const;

  std::array<Series, 3> series_{};                      // hr, pr, spo2
  std::array<std::optional<Observation>, 3> arterial_;  // sys, dia, map as last believed
  std::optional<Implausible> rejected_;
};

// The numbers of one cuff measurement: sys, dia, map.
using CuffValues = std::array<std::optional<double>, 3>;
struct CuffJudgement {
  CuffValues values;                    // without what cannot be
  bool doubtful = false;                // they contradict each other: one is wrong, and nobody knows which
  std::optional<Implausible> rejected;  // the first of them
};
CuffJudgement judge_cuff(const CuffValues& told, vitals::Stamp rx);

}  // namespace bed
