// What the driver asks the monitor for, and when. The monitor has no log-in and acknowledges nothing: it
// starts to send, or it does not. Requests leave at tick() only, one at a time.
#pragma once

#include <optional>

#include "drivers/driver.hpp"

namespace drivers::ge_s5 {

// Without displayed values for this long the request is sent again: the monitor was restarted, the cable
// pulled, or the request damaged. Twice the interval.
inline constexpr vitals::Milliseconds silence_ms_max{10'000};

class Session {
 public:
  // `wants_cuff_time`: an auxiliary record would be of use.
  // True: the monitor has stopped to answer alarm requests.
  bool tick(vitals::Stamp now, bool wants_cuff_time, Sink& out);

  // Stops what was asked for.
  void close(vitals::Stamp now, Sink& out);

  void heard_values(vitals::Stamp rx, unsigned level);
  void heard_alarms(vitals::Stamp rx);
  // A frame was damaged. It may have been an alarm status, which is sent once per change.
  void missed_frame() { alarms_doubtful_ = true; }

 private:
  using Moment = std::optional<vitals::MonoTime>;

  void send(Bytes request, vitals::MonoTime now, Sink& out);
  bool values_due(vitals::MonoTime now) const;
  bool alarms_due(vitals::MonoTime now) const;
  void start_values(vitals::MonoTime now, Sink& out);
  bool ask_alarms(vitals::MonoTime now, Sink& out);
  void ask_cuff_time(vitals::MonoTime now, bool wanted, Sink& out);

  Moment sent_at_;  // any request
  Moment values_asked_at_;
  Moment values_heard_at_;  // since they were asked for
  bool has_alarms_ = false;
  bool alarms_on_change_ = false;  // asked for, and answered
  bool alarms_doubtful_ = false;
  int alarm_tries_ = 0;  // without an answer
  Moment alarms_asked_at_;
  Moment alarms_heard_at_;
  int cuff_time_tries_ = 0;
  Moment cuff_time_asked_at_;
};

}  // namespace drivers::ge_s5
