// How often the program has asked for memory, for tests that a path does not.
#pragma once

#include <cstddef>

namespace drivers::test {

std::size_t allocations();

}  // namespace drivers::test
