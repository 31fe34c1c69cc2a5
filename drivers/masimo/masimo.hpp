// Masimo oximeters, ASCII 1 output: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::masimo {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::masimo
