// An Ivy 450C monitor: its record, once a second.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/simulate/device.hpp"

namespace simulate {

// Around the lines of text, which end with CR; the waves are a flat line.
std::vector<std::uint8_t> frame_ivy(std::string_view text);

extern const DeviceEntry ivy_450c;

}  // namespace simulate
