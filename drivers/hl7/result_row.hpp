// What an OBX says of its value, the same in a monitor's results and in a pump's: its status and its flags.
#pragma once

#include <cstdint>
#include <string_view>

#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

struct RowStatus {
  char letter = 0;  // 0: not told, `?`: none that we know
  int shift = 0;    // -1: the sender forgot a field before the status; 1: it has one too many

  bool usable() const;  // as many senders do not tell one, none is usable too
};

// OBX-11. One separator too few or too many before it is common; then the time behind it is shifted as well.
RowStatus find_status(const Fields& row);

// OBX-8, repeated: what the device says of the measurement. L, H, N and their like are its opinion of the
// value. The first word that takes the value back counts.
enum class RowFlag : std::uint8_t { none, invalid, unavailable, measuring, calibrating, test };
struct RowFlags {
  RowFlag taken_back = RowFlag::none;
  bool doubtful = false;
};
RowFlags read_flag_words(std::string_view flags, const Separators& by);
inline RowFlags read_flags(std::string_view flags, const Separators& by) {
  constexpr std::size_t shortest = 3;  // INV: most rows have no flags at all
  return flags.size() < shortest ? RowFlags{} : read_flag_words(flags, by);
}

}  // namespace drivers::hl7
