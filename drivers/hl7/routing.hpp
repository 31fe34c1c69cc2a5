// Which reader a message is for, by its header; or why it is refused.
#pragma once

#include <cstdint>

#include "drivers/hl7/answer.hpp"
#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

enum class Use : std::uint8_t {
  results,         // vital signs or a pump's snapshot
  alert,           // PCD-04
  pump_event,      // PCD-10
  patient,         // ADT
  mindray_alarms,  // PDS lists, of the patient
  mindray_faults,  // PDS lists, of the equipment
  heartbeat,       // keep-alive: no answer
  harmless,        // known and of no use to us: accepted
  foreign,         // not for us: refused
};

struct Routed {
  Use use = Use::results;
  Judgement judgement;    // of a foreign one
  bool streamed = false;  // Mindray PDS sends without waiting and expects no answer
};

Routed route(const Header& header);

// Mindray PDS names nobody (MSH-3 to 7 are empty, the time too) and is always 2.3.1. Only there is MSH-10 a
// class and not an id: anybody else's 101 or 204 counts his messages.
bool is_mindray_pds(const Header& header);

// A type that only answers something: never answered, with or without the MSA that belongs into it.
bool is_answer(const Header& header);

}  // namespace drivers::hl7
