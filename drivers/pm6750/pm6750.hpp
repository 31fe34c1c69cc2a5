// Berry PM6750 patient-monitor module: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::pm6750 {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::pm6750
