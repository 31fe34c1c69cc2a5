// Nellcor / Covidien oximeters, ASCII printout: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::nellcor {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::nellcor
