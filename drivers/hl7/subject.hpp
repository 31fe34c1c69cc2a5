// Whose values a group of OBX carries: PID and PV1, read for identity of the bed and to notice that the
// patient changed. Names, addresses and dates of birth are not read at all.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "drivers/driver.hpp"
#include "drivers/hl7/message.hpp"
#include "drivers/hl7/rules.hpp"

namespace drivers::hl7 {

// PID-3.1 of the repetition whose authority or type is `kind`; without such a one the medical record number
// (MR), the patient internal id (PI) or else the first. Empty for placeholders: nothing, `0`,
// `000000` (Infinity gateway), "Unknown Patient", PID-31 = Y.
std::string_view read_patient_id(std::string_view pid_segment, std::string_view kind, const Separators& by,
                                 Scratch& scratch);

// PV1-3 and PV1-19 into the fields of `subject`. A component with five or more subcomponents (Mindray) holds
// the department first and the bed second; else the first one that says something counts (`^^&24` is bed 24).
void read_visit(std::string_view pv1_segment, const Separators& by, Scratch& scratch, Subject& subject);

// PV1-3 or PV1-6 alone, the three parts into `subject`.
void read_location(std::string_view field, const Separators& by, Scratch& scratch, Subject& subject);

std::string_view choose_location(const Subject& subject, LocationRule rule, const Header& header,
                                 Scratch& scratch);

// OBX-18.1 of the first of these segments that has one; stops at the next patient.
std::string_view read_device_id(std::span<const std::string_view> segments, const Separators& by,
                                Scratch& scratch);

// MSH-3, its second component where the first is empty.
std::string_view read_device(const Header& header, Scratch& scratch);

// Whose a PV1 is: of the PID above it, or, where a group begins with it, of the one that follows. Some
// senders write all their PV1 in front. One that values or another patient had already is nobody's after
// them.
class PlaceOrder {
 public:
  // False: the patient above had one in front of his PID; this is the next one's.
  bool place(std::string_view pv1_segment) {
    if (values_) *this = PlaceOrder{};
    const bool of_next = !patient_ || had_place_;
    next_ = of_next ? pv1_segment : std::string_view{};
    return !had_place_;
  }
  // The PV1 that came before this patient's PID; empty where none did.
  std::string_view patient() {
    const std::string_view place = next_;
    *this = PlaceOrder{};
    patient_ = true;
    had_place_ = !place.empty();
    return place;
  }
  void values() {
    values_ = true;
    next_ = {};
  }

 private:
  bool patient_ = false, had_place_ = false, values_ = false;
  std::string_view next_;
};

// Mindray PDS tells patient and bed in a message of their own, not with the values. Kept per connection.
struct RememberedSubject {
  std::string patient_id;
  std::string point_of_care;
  std::string room;
  std::string bed;

  void remember(const Subject& subject);
  void apply_to(Subject& subject) const;
};

}  // namespace drivers::hl7
