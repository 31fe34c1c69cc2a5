// A SunTech blood pressure module: its replies, and the cuff.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/simulate/device.hpp"

namespace simulate {

struct SunTechResult {
  unsigned sys = 0, dia = 0, map = 0, rate = 0;
  unsigned status = 0;  // 1: valid
  unsigned error = 0;
};
std::vector<std::uint8_t> suntech_letter(char letter);
std::vector<std::uint8_t> suntech_pressure(unsigned mmhg);
std::vector<std::uint8_t> suntech_result(const SunTechResult& result);

extern const DeviceEntry suntech_nibp;

}  // namespace simulate
