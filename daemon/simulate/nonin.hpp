// A Nonin oximeter: its frames, encoded from the maker's OEM papers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/simulate/device.hpp"

namespace simulate {

// One packet of format 2 or 7: 25 frames in a third of a second.
struct NoninPacket {
  static constexpr std::size_t frames = 25;
  // STATUS bits (formats 2 and 7); bit 7 is always set, bit 0 marks frame 1: both are the encoder's work.
  static constexpr std::uint8_t sensor_disconnected = 0x40, artifact = 0x20, out_of_track = 0x10,
                                sensor_alarm = 0x08, red = 0x04, green = 0x02;
  static constexpr unsigned no_rate = 511, no_spo2 = 127;

  unsigned rate = no_rate, rate_long = no_rate;                  // 4 and 8 beats
  unsigned rate_display = no_rate, rate_long_display = no_rate;  // steadier, held up to 10 s
  unsigned spo2 = no_spo2, spo2_fast = no_spo2, spo2_beat = no_spo2, spo2_long = no_spo2;
  unsigned spo2_display = no_spo2, spo2_long_display = no_spo2;
  std::uint8_t revision = 0x30, stat2 = 0;
  unsigned thirds = 0;  // timer, 14 bits
  std::array<std::uint8_t, frames> status{};
  std::array<std::uint16_t, frames> pleth{};
};

using NoninBytes = std::array<std::uint8_t, 5 * NoninPacket::frames>;
NoninBytes encode_format2(const NoninPacket& packet);
NoninBytes encode_format7(const NoninPacket& packet);

struct NoninSlow {  // format 8, once a second
  unsigned rate = NoninPacket::no_rate, spo2 = NoninPacket::no_spo2;
  bool sensor_alarm = false, low_perfusion = false, low_battery = false, spot_quality = false;
};
std::array<std::uint8_t, 4> encode_format8(const NoninSlow& sample);

struct NoninSlow1 {  // format 1, once a second: an older module, which knows a disconnected sensor and a bad
                     // pulse
  unsigned rate = NoninPacket::no_rate, spo2 = NoninPacket::no_spo2;
  bool disconnected = false, bad_pulse = false;
};
std::array<std::uint8_t, 3> encode_format1(const NoninSlow1& sample);

struct NoninSpot {  // format 13, one a measurement
  std::int64_t unix_ms = 0;
  unsigned rate = NoninPacket::no_rate, spo2 = NoninPacket::no_spo2;
  bool good = false, from_memory = false;
};
std::array<std::uint8_t, 22> encode_format13(const NoninSpot& measurement);

// The printout of table-top models: one line a second, `---` where there is no value.
std::string print_nonin(unsigned rate, unsigned spo2);

extern const DeviceEntry nonin;

}  // namespace simulate
