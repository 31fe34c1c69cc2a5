// Whose values a group of OBX carries: PID and PV1, read for identity of the bed and to notice that the
// patient changed. Names, addresses and dates of birth are not read at all.
#pragma once

#include <string>
#include <string_view>

#include "drivers/driver.hpp"
#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

// Which text names the bed. Nothing is guessed: the source says where its sender puts it.
enum class LocationRule : std::uint8_t {
  bed,          // PV1-3.3
  room,         // PV1-3.2
  bed_or_room,  // PV1-3.3, or PV1-3.2 where it is empty
  msh_4,        // the sending facility
  fixed,        // one bed per connection: no text
};

// PID-3.1 of the first repetition. Empty for placeholders: nothing, `0`, "Unknown Patient", PID-31 = Y.
std::string_view read_patient_id(std::string_view pid_segment, const Separators& by, Scratch& scratch);

// PV1-3 and PV1-19 into the fields of `subject`. A component with five or more subcomponents (Mindray) holds
// the department first and the bed second; else the first one that says something counts (`^^&24` is bed 24).
void read_visit(std::string_view pv1_segment, const Separators& by, Scratch& scratch, Subject& subject);

std::string_view choose_location(const Subject& subject, LocationRule rule, const Header& header,
                                 Scratch& scratch);

// MSH-3, its second component where the first is empty.
std::string_view read_device(const Header& header, Scratch& scratch);

// Mindray PDS tells patient and bed in a message of their own, not with the values. Kept per connection.
struct RememberedSubject {
  std::string patient_id;
  std::string point_of_care;
  std::string bed;

  void remember(const Subject& subject);
  void apply_to(Subject& subject) const;
};

}  // namespace drivers::hl7
