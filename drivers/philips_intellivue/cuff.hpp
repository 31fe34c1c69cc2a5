// The cuff: the monitor repeats the last reading in every answer; it is passed on once. What makes a reading
// new is the time it was taken (attribute 0990), never its numbers.
#pragma once

#include <array>
#include <optional>

#include "daemon/vitals/observation.hpp"
#include "drivers/philips_intellivue/monitor_clock.hpp"
#include "drivers/philips_intellivue/numeric_value.hpp"

namespace drivers::philips {

// Systolic, diastolic, mean as one object has them.
using CuffNumbers = std::array<std::optional<Numeric>, 3>;

struct CuffObject {
  CuffNumbers numbers;
  std::optional<MonitorTime> taken;  // attribute 0990
  std::uint32_t ticks = 0;           // when the answer was made
};

// When a reading was taken, for the observations made of it.
struct CuffTime {
  std::optional<vitals::WallTime> t_src;
  bool trusted = false;  // t_src is in our time; else it only tells one reading from another
  bool stale = false;    // from before we listened, and nobody knows how old
};

class Cuff {
 public:
  // Handles and clocks of the last association mean nothing any more; which reading was told does.
  void begin_association(vitals::Stamp rx, Sink& out);
  // The monitor lists no cuff any more.
  void lose(vitals::Stamp rx, Sink& out);
  // A time, when these numbers, or that there are none, are a measurement that was not told yet.
  std::optional<CuffTime> take(const CuffObject& object, const MonitorClock& clock, vitals::Stamp rx,
                               Sink& out);
  // What the monitor's alarms say of the last run.
  void set_alarm(bool failed, vitals::Stamp rx, Sink& out);

 private:
  bool is_news(const CuffObject& object) const;
  bool is_known(const std::optional<MonitorTime>& taken) const;
  bool note_fresh(const CuffObject& object);
  std::optional<CuffTime> time_of(const CuffObject& object, bool fresh, const MonitorClock& clock,
                                  vitals::Stamp rx);
  bool waits_for(const MonitorClock& clock, vitals::MonoTime now);
  void set_measuring(bool on, vitals::Stamp rx, Sink& out);
  void tell_failed(vitals::Stamp rx, Sink& out);

  std::optional<MonitorTime> told_time_;
  std::optional<MonitorTime> told_stale_;    // told without its age, which may still be learned
  std::optional<CuffNumbers> told_numbers_;  // of a monitor that tells no time
  // A reading whose age is odd or unknown waits for the clock to be told.
  std::optional<vitals::MonoTime> held_since_;
  bool heard_ = false;                // in this association
  std::optional<MonitorTime> found_;  // what stood there when it began
  bool run_ended_ = false;            // since the last reading
  bool measuring_ = false;
  bool run_failed_ = false;
  bool alarm_failed_ = false;
  bool failed_told_ = false;
};

}  // namespace drivers::philips
