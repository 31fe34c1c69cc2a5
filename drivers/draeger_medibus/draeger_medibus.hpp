// Dräger devices that speak MEDIBUS: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::draeger_medibus {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::draeger_medibus
