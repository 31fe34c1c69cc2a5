// A DINAMAP monitor on its host port: replies to NA, OA, RA and RC.
#pragma once

#include <string>
#include <string_view>

#include "daemon/simulate/device.hpp"

namespace simulate {

// With check characters and CR.
std::string dinamap_line(std::string_view text);

extern const DeviceEntry ge_dinamap;

}  // namespace simulate
