// The decoders behind the Nonin driver, one per family of formats, and what they share.
#pragma once

#include <cstdint>
#include <memory>

#include "drivers/driver.hpp"
#include "drivers/oximetry/oximetry.hpp"

namespace drivers::nonin {

// Missing markers of every binary format. The two are checked apart: one may be there without the other.
inline constexpr unsigned rate_missing = 511;
inline constexpr unsigned spo2_missing = 127;

inline oximetry::Reading reading(unsigned rate_per_min, unsigned spo2_percent) {
  oximetry::Reading out;
  if (rate_per_min != rate_missing) out.rate_per_min = rate_per_min;
  if (spo2_percent != spo2_missing) out.spo2_percent = spo2_percent;
  return out;
}

// The 9-bit rate of formats 1, 2, 7 and 8: bits 8..7 low in one byte, bits 6..0 in the next. The other bits
// of both are reserved or flags. Reading the first byte as a multiple of 256 is right below 128 per minute
// and wrong above.
constexpr unsigned rate_9_bit(unsigned high, unsigned low) { return (high & 3U) << 7U | (low & 127U); }

// What the link to the device looks like: cable oximeters report an unplugged sensor in a status bit that the
// wireless ones leave undefined; the wireless ones report their battery in a byte that the cable ones leave
// undefined.
enum class Model : std::uint8_t { cable, wireless };

std::unique_ptr<Driver> make_format_1();
std::unique_ptr<Driver> make_format_2(Model model);
std::unique_ptr<Driver> make_format_7(Model model);
std::unique_ptr<Driver> make_format_8();
std::unique_ptr<Driver> make_format_13();
std::unique_ptr<Driver> make_text();

// A fault of the envelope at this place in the stream.
inline DecodeFault broken(std::string_view reason, std::uint64_t offset, vitals::Stamp rx) {
  DecodeFault fault;
  fault.kind = FaultKind::broken;
  fault.reason = reason;
  fault.offset = offset;
  fault.rx = rx;
  return fault;
}

}  // namespace drivers::nonin
