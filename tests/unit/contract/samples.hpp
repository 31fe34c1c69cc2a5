// One example of each document the daemon publishes, with its topic. Checked against the schemas, shown in
// docs/mqtt-contract.md, and compared byte by byte in the tests.
#pragma once

#include <string>
#include <vector>

#include "daemon/contract/documents.hpp"

namespace samples {

struct Sample {
  std::string topic, payload;
};
std::vector<Sample> all();

alarms::Alarm alarm();  // SpO2 low, escalated, unacknowledged
contract::Envelope bed_envelope();
contract::Envelope node_envelope();
alarms::EpisodeId episode(std::string_view text);

}  // namespace samples
