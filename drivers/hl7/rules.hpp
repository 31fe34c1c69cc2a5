// What one source's settings say about reading its messages.
#pragma once

#include <cstdint>
#include <string>

#include "drivers/hl7/code_map.hpp"
#include "drivers/hl7/zone.hpp"

namespace drivers::hl7 {

// Which text names the bed. Nothing is guessed: the source says where its sender puts it.
enum class LocationRule : std::uint8_t {
  bed,          // PV1-3.3
  room,         // PV1-3.2
  bed_or_room,  // PV1-3.3, or PV1-3.2 where it is empty
  full,         // PV1-3.1 to 3.3, `ICU^101^A`: where rooms have the same bed names
  msh_4,        // the sending facility
  device,       // OBX-18 of the first row that has one: a pump or monitor that belongs to one bed
  fixed,        // one bed per connection: no text
};

struct ReadingRules {
  LocationRule location = LocationRule::bed;
  Zone zone;                    // of times without a zone, in a message whose MSH-7 has none either
  std::string patient_id_kind;  // authority or type (PID-3.4, PID-3.5) of the id that counts; empty: MR, PI,
                                // else the first
  bool double_byte = false;     // a character set such as GB 18030 that MSH-18 does not tell
  CodeMap codes;
};

}  // namespace drivers::hl7
