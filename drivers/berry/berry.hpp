// Shanghai Berry oximeters ("BCI protocol"): what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::berry {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::berry
