// GE / Datex-Ohmeda monitors with the S/5 computer interface (DRI records): what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::ge_s5 {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::ge_s5
