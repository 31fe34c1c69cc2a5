// An event as a message names it.
#pragma once

#include <string_view>

#include "drivers/hl7/event_codes.hpp"
#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

struct Event {
  std::string_view name;       // reference id as sent ("MDC_EVT_HI"), else our own for the number, else text
  std::string_view reference;  // behind MDC_EVT_, where it is such a one
  tables::EventKind kind = tables::EventKind::unknown;
};

// A coded element `number^reference^system` of partition 3. No name: it is none.
Event read_event(std::string_view field, const Separators& by);

// The sender says that it is alive, and nothing else.
bool is_watchdog(const Event& event);

}  // namespace drivers::hl7
