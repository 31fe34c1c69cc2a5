// Finger oximeters that send 60 or 100 frames a second: Contec CMS50 with its older and its newer protocol,
// and Berry.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "daemon/simulate/device.hpp"

namespace simulate {

struct FingerFrame {
  std::optional<unsigned> spo2, rate;      // nothing: the missing marker
  std::optional<unsigned> perfusion_x100;  // newer Contec only
  unsigned strength = 5, wave = 64, bar = 8;
  bool beep = false, searching = false;
  bool finger_out = false;      // Contec: probe error; Berry: no finger
  bool low_saturation = false;  // Contec only
  bool no_signal = false;       // Berry; Contec: searching too long
};
std::array<std::uint8_t, 5> encode_contec_5(const FingerFrame& frame);
std::array<std::uint8_t, 9> encode_contec_9(const FingerFrame& frame);
std::array<std::uint8_t, 5> encode_berry(const FingerFrame& frame);

extern const DeviceEntry contec_5, contec_9, berry_bci;

}  // namespace simulate
