// One line of Masimo ASCII 1, checked token by token. Shared with nobody; apart from the driver because the
// form of a line is all the integrity there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace drivers::masimo {

struct Record {
  std::optional<unsigned> spo2_percent;  // empty: the device prints dashes
  std::optional<unsigned> rate_per_min;
  std::uint32_t alarm = 0;
  std::uint32_t exceptions = 0;
};

struct Parsed {
  Record record;
  std::string_view wrong;  // a short stable word; empty: the line is sound
  std::string_view field;  // the known name that is wrong, if it is one
};

Parsed parse_line(std::string_view line);

// What a sound line carries beside the record: perfusion, haemoglobins, and names of later firmware. Not the
// serial number, and not the reserved flags, which nobody has published. Dashes are no value.
struct Other {
  std::string_view name, unit, value;
};

class Others {
 public:
  explicit Others(std::string_view sound_line) : rest_(sound_line) {}
  std::optional<Other> next();

 private:
  std::string_view rest_;
};

}  // namespace drivers::masimo
