// The newest word on each metric of a bed, how long it counts as current, and when it is due for publication.
#pragma once

#include <array>
#include <optional>

#include "daemon/vitals/observation.hpp"

namespace bed {

using vitals::Metric;
using vitals::Milliseconds;
using vitals::MonoTime;
using vitals::Observation;
using vitals::Stamp;

// Rate of publication (contract 6.4): on change but at most once a second, and at least every five.
inline constexpr Milliseconds publish_ms_min{1'000};
inline constexpr Milliseconds publish_ms_max{5'000};

struct Entry {
  Observation observation;  // newest word; has no value when the device said so, or when it is past its limit
  bool seen = false;
  bool demo = false;      // from a device in demo or test mode, and the settings do not accept that
  bool expired = false;   // the word is past its freshness limit, and that was told
  bool given_up = false;  // the device withdrew a value while a violation waited for its delay
  MonoTime fresh_until = MonoTime::min();  // of the word
  vitals::WallTime valid_until{};

  // The newest value that was new: its arrival and the device's time, to know a repeat.
  std::optional<MonoTime> value_at;
  std::optional<vitals::WallTime> value_t_src;
  vitals::TimeSource value_time_source{};
  double value = 0;

  // The device's time that came last, be it history: when it came first, and the value beneath it then.
  struct Under {
    vitals::WallTime t_src{};
    MonoTime since;
    double value = 0;
  };
  std::optional<Under> under;

  MonoTime explained_at = MonoTime::min();  // an alarm last stood that says why there is no value

  bool led = false;    // this word has gone out ahead of an alarm
  bool dirty = false;  // changed since it was published
  MonoTime published_at = MonoTime::min();

  // A value that may stand for the patient now.
  bool current(MonoTime now) const { return seen && observation.has_value() && !demo && now < fresh_until; }
  MonoTime publish_due() const {
    if (published_at == MonoTime::min()) return MonoTime::max();  // the first word goes out as it comes
    return published_at + (dirty ? publish_ms_min : publish_ms_max);
  }
};

}  // namespace bed
