// A Masimo Rad-8: its line of ASCII 1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daemon/simulate/device.hpp"

namespace simulate {

struct MasimoLine {
  std::int64_t unix_ms = 0;
  std::optional<unsigned> spo2, rate;       // nothing: dashes
  std::optional<double> perfusion_percent;  // likewise
  unsigned alarm = 0, exceptions = 0;       // bits
};
std::string print_line(const MasimoLine& line);  // with CR LF

extern const DeviceEntry masimo;

}  // namespace simulate
