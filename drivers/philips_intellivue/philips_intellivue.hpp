// Philips IntelliVue monitors, data export over RS-232 or LAN: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::philips {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::philips
