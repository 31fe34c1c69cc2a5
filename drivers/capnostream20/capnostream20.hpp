// Oridion / Medtronic Capnostream 20: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::capnostream20 {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::capnostream20
