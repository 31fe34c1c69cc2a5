// What a call sounds like, as samples. Modelled on the bursts of IEC 60601-1-8:2006, tables 3 and 4, as
// monitors use them and print them in their manuals: two times five pulses at priority high, three at medium.
// No conformity is claimed: loudness and sound depend on the loudspeaker.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace outputs {

inline constexpr unsigned tone_rate_hz = 48'000;

// One burst and half a second of silence, mono. `volume_percent` 1 to 100 is of what the card can play.
std::vector<std::int16_t> tone_burst(bool high, unsigned volume_percent);

// From the start of a burst to that of the next one: a pause of 3.5 s at priority high (2.5 to 15 s in table
// 3), of 6.5 s at medium (2.5 to 30 s).
constexpr vitals::Milliseconds tone_period_ms(bool high) {
  return vitals::Milliseconds{high ? 7'000 : 7'500};
}

}  // namespace outputs
