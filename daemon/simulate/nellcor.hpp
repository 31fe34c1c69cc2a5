// A Nellcor oximeter of the N-560 kind: its printout, line by line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/simulate/device.hpp"

namespace simulate {

struct NellcorRow {
  std::int64_t unix_ms = 0;
  std::optional<unsigned> spo2, rate, amplitude;  // nothing: dashes
  bool spo2_flag = false, rate_flag = false;
  std::string_view codes;  // two letters each, one after the other: "SLPH"
};
std::string print_row(const NellcorRow& row);  // with CR LF

extern const DeviceEntry nellcor;

}  // namespace simulate
