// The parameters of one source that the code map of its driver does not know: what a site needs to add codes
// of its own, or to report a gap. Bounded; noting one that is known allocates nothing. No thread, no clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"

namespace app {

// A monitor has a few dozen parameters; a sender that makes up codes must not make memory or labels.
inline constexpr std::size_t unmapped_max = 128;
inline constexpr std::size_t unmapped_code_bytes_max = 64, unmapped_unit_bytes_max = 32;

struct Unmapped {
  std::string code, unit;   // as the device names them, printable ASCII; without a code: the fault's reason
  std::string value;        // the last one, if it was a number or a code: never text (number_or_code)
  std::uint64_t count = 0;  // how often the driver told it; some drivers tell changes only
};

class UnmappedTable {
 public:
  UnmappedTable() { entries_.reserve(unmapped_max); }

  // `fault` is one of kind unmapped. True: code and unit are listed for the first time.
  bool note(const drivers::DecodeFault& fault);

  const std::vector<Unmapped>& entries() const { return entries_; }  // in order of their first time
  std::uint64_t overflow() const { return overflow_; }               // told when the table was full

 private:
  // Open addressing over `entries_`, at most half full; a place holds an index and one, or 0.
  static constexpr std::size_t places = 2 * unmapped_max;
  std::size_t place_of(std::string_view code, std::string_view unit) const;

  std::vector<Unmapped> entries_;
  std::array<std::uint16_t, places> index_{};
  std::uint64_t overflow_ = 0;
};

// The text itself when it is a number or a short code (digits, hexadecimal, signs, "<", "^"), else empty:
// what a device sends as text could be somebody's name.
std::string_view number_or_code(std::string_view value);

// `text` cut to `bytes_max` and with '?' for what is not printable ASCII: for log lines and labels.
void put_printable(std::string& out, std::string_view text, std::size_t bytes_max);

}  // namespace app
