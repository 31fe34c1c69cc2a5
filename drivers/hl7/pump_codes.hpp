// What one row of a pump's message is.
#pragma once

#include <optional>
#include <string_view>

#include "drivers/hl7/message.hpp"
#include "drivers/hl7/pump_tables.hpp"

namespace drivers::hl7 {

// By the reference id where there is one (0 as number is legal: not assigned yet), else by the number.
tables::PumpItem pump_item(const Coded& code);

// `source` gets the name behind PUMP_INFUSATE_SOURCE_ in the sender's own letters, or "PRIMARY" by its
// number.
tables::PumpRow pump_row(const Coded& code, std::string_view& source);

// OBX-6; none: unknown, or two units that contradict each other.
struct PumpUnitFound {
  tables::PumpQuantity quantity = tables::PumpQuantity::none;
  double factor = 1;
};
PumpUnitFound pump_unit(std::string_view field, const Separators& by);

// The word of a coded value, `^pump-status-infusing`, behind this prefix. Empty: another word.
std::string_view pump_word(std::string_view field, std::string_view prefix, const Separators& by);

}  // namespace drivers::hl7
