// Prints each sample as "topic<TAB>payload": input of validate_schemas.py and source of the examples in
// docs/mqtt-contract.md.
#include <cstdio>

#include "tests/unit/contract/samples.hpp"

int main() {
  for (const auto& sample : samples::all())
    std::printf("%s\t%s\n", sample.topic.c_str(), sample.payload.c_str());
  return 0;
}
