// Philips IntelliVue monitors, data export over RS-232 or LAN: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::philips {

const Facts& facts();
Made make(const Options& options);

// Whether a recording is of the LAN: it soon has a message, and no frame of the serial line.
bool looks_like_lan(Bytes recording);

}  // namespace drivers::philips
