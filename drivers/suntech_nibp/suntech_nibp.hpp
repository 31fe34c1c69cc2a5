// SunTech blood pressure modules: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::suntech_nibp {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::suntech_nibp
