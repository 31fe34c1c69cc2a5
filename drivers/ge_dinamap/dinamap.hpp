// GE / Critikon DINAMAP host communication: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::dinamap {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::dinamap
