// Contec CMS50 oximeters, two protocols under two names: what the registry needs.
#pragma once

#include "drivers/registry.hpp"

namespace drivers::contec {

// The older five-byte stream.
const Facts& facts_5();
Made make_5(const Options& options);

// The newer packages of up to nine bytes.
const Facts& facts_9();
Made make_9(const Options& options);

}  // namespace drivers::contec
