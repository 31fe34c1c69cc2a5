// Raw bytes do not come with the options of the device that sent them. Live these are settings and nothing is
// guessed; a recording can be read with each choice before one is taken, and the reader is told.
#pragma once

#include <string>
#include <vector>

#include "daemon/tools/replay_input.hpp"
#include "drivers/registry.hpp"

namespace tools {

struct OptionChoice {
  drivers::Options options;
  std::string note;  // for people: what was chosen, or that nothing fits; empty when all is as asked for
};

// Only the option "format" is chosen, and only where `given` does not name it: it alone decides how the bytes
// lie. The others say what the bytes mean, which no recording can tell.
OptionChoice choose_options(const drivers::Entry& entry, const drivers::Options& given,
                            const std::vector<Chunk>& chunks);

}  // namespace tools
