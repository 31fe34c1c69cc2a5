// Nonin oximeters: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::nonin {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::nonin
