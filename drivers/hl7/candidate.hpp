// Several rows of a message may speak for one metric: two probes, two measurements, a value and the statement
// that there is none. Which of them counts.
#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/vitals/observation.hpp"

namespace drivers::hl7 {

// Views of the message.
struct Candidate {
  vitals::Observation seen;
  std::uint8_t rank = 0;  // of its source, 0 before 1
  std::string_view code;
  std::string_view sub_id;  // OBX-4, trimmed
  std::string_view unit;
  std::string_view value;
};

// Of one source the newer time counts, good or bad. Between sources: the better quality, then the usual
// place, then the first of two probes, then the newer time, then the row further down.
bool better(const Candidate& fresh, const Candidate& held);

// Position in the device tree beyond the metric: the row is an attribute of a value, not a value.
bool is_facet(std::string_view sub_id);

}  // namespace drivers::hl7
