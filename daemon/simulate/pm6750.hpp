// A Berry PM6750 module: its packets, silent until they are asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/simulate/device.hpp"

namespace simulate {

std::vector<std::uint8_t> frame_pm6750(const std::vector<std::uint8_t>& payload);

extern const DeviceEntry pm6750;

}  // namespace simulate
