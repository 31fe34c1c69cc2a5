// A Dräger device with an oximeter that speaks MEDIBUS: its frames, and its side of the dialogue.
#pragma once

#include <string>
#include <string_view>

#include "daemon/simulate/device.hpp"

namespace simulate {

// The contents, code first, with start byte, sum and end: 1B... and 01...
std::string medibus_command(std::string_view contents);
std::string medibus_response(std::string_view contents);

extern const DeviceEntry draeger_medibus;

}  // namespace simulate
