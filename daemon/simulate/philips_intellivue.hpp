// A Philips IntelliVue monitor, data export over RS-232 or UDP.
#pragma once

#include "daemon/simulate/device.hpp"

namespace simulate {

extern const DeviceEntry philips_intellivue;

}  // namespace simulate
