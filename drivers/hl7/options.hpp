// The driver's options, read and checked.
#pragma once

#include <cstddef>
#include <string>

#include "drivers/hl7/answer.hpp"
#include "drivers/hl7/mllp_framer.hpp"
#include "drivers/hl7/rules.hpp"
#include "drivers/registry.hpp"

namespace drivers::hl7 {

struct DriverSettings {
  Framing framing = Framing::mllp;
  std::size_t frame_bytes_max = frame_bytes_max_standard;
  AckRule ack = AckRule::automatic;
  ReadingRules reading;
  bool accept_poison = false;
  bool mindray_heartbeat = false;
  std::string application;
};

const Facts& facts();

// Empty: all understood. Else which option is wrong and what it accepts.
std::string read_options(const Options& options, DriverSettings& settings);

}  // namespace drivers::hl7
