// What every pulse oximeter driver says in the same words: the two values, their absence, and levels that are
// reported on change.
#pragma once

#include <cstdint>
#include <optional>

#include "drivers/driver.hpp"

namespace drivers::oximetry {

// The widest span an oximeter's maker names (Nonin 9560: 18-321 per minute). Outside it a rate is damage.
inline constexpr unsigned rate_per_min_min = 18;
inline constexpr unsigned rate_per_min_max = 321;
inline constexpr unsigned spo2_percent_max = 100;

// As printed or coded by the device; no number where it sends its missing marker.
struct Reading {
  std::optional<unsigned> rate_per_min;
  std::optional<unsigned> spo2_percent;
};

struct Origin {
  vitals::Stamp rx;
  std::uint64_t offset = 0;  // of the frame in the stream
};

// Reports pulse rate and SpO2, each as a value or as absent.
//
// `doubt` makes a value questionable and explains a missing one. Zero is never a measurement of these
// devices, it counts as missing. A number that cannot be is not passed on: it is a fault, and the metric is
// absent, so that the last good value does not go on as if nothing had been said.
void report(const Reading& reading, vitals::Reason doubt, const Origin& origin, Sink& out);

// Reports that both metrics have no value now.
void report_absent(vitals::Reason reason, vitals::Quality quality, vitals::Stamp rx, Sink& out);

// A signal of the device that is passed on when it changes; off until the device says otherwise.
class Level {
 public:
  explicit Level(Signal signal) : signal_(signal) {}

  void set(bool on, vitals::Stamp rx, Sink& out) {
    if (on == on_) return;
    on_ = on;
    out.on_status({signal_, on, rx});
  }

 private:
  Signal signal_;
  bool on_ = false;
};

}  // namespace drivers::oximetry
