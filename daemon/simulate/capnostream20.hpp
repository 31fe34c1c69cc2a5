// A Capnostream 20: its frames, and its side of the dialogue.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "daemon/simulate/device.hpp"

namespace simulate {

// The bytes of a "numbers" payload that change, by their names in the protocol; 255 is no value.
struct CapnostreamNumbers {
  std::uint32_t clock_s = 0;  // since 1970
  std::uint8_t etco2 = 255, fico2 = 255, breaths = 255, spo2 = 255, rate = 255;
  std::uint8_t status = 0x80;  // a Masimo board
  std::uint8_t co2_alarms = 0, spo2_alarms = 0;
  std::uint8_t no_breath_s = 0;
};
std::vector<std::uint8_t> capnostream_frame(std::uint8_t code, Bytes payload);
std::array<std::uint8_t, 27> capnostream_payload(const CapnostreamNumbers& numbers);

extern const DeviceEntry capnostream20;

}  // namespace simulate
