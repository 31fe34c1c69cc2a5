// Admission messages (ADT): who lies where, as the hospital's administration says. MSH-9.2 decides what
// happened; EVN-1 and the structure's name are wrong at times.
#pragma once

#include <string_view>

#include "drivers/hl7/answer.hpp"
#include "drivers/hl7/received.hpp"
#include "drivers/hl7/subject.hpp"

namespace drivers::hl7 {

class PatientEventReader {
 public:
  explicit PatientEventReader(const ReadingRules& rules) : rules_(rules) {}

  // What the sender is to be told: an event about a patient without an id cannot be accepted.
  Judgement read(const Received& message);

 private:
  void begin_patient(std::string_view segment);
  void read_place(std::string_view segment);
  void read_merge(std::string_view segment);
  void end_patient();

  const ReadingRules& rules_;

  // Of the message being read.
  const Received* message_ = nullptr;
  Scratch scratch_;
  PatientEvent event_;
  PlaceOrder places_;
  bool patient_seen_ = false, placed_ = false, merged_ = false;
  bool any_id_ = false, id_missing_ = false;
};

}  // namespace drivers::hl7
