// Ivy Biomedical 450C monitor, "Ansar-B" output: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::ivy {

const Facts& facts();
Made make(const Options& options);

}  // namespace drivers::ivy
