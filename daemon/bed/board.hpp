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
  Observation observation;           // newest word; has no value when the device said so
  std::optional<MonoTime> value_at;  // when the newest value came (a cuff: when it measured)
  MonoTime fresh_until = MonoTime::min();
  vitals::WallTime valid_until{};
  bool seen = false;
  bool stale_said = false;
  // publication
  bool dirty = false;
  MonoTime published_at = MonoTime::min();

  bool fresh(MonoTime now) const { return seen && observation.has_value() && now < fresh_until; }
  MonoTime publish_due() const {
    if (!seen) return MonoTime::max();
    if (published_at == MonoTime::min()) return MonoTime::min();
    return published_at + (dirty ? publish_ms_min : publish_ms_max);
  }
};

}  // namespace bed
