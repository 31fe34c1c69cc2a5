#include "daemon/alarms/text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace alarms {

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const double tenths = std::round(value * 10) / 10 + 0.0;  // adding it turns -0 into 0
  const bool whole = tenths == std::trunc(tenths);
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), tenths,
                                 std::chars_format::fixed, whole ? 0 : 1);
  return {buffer.data(), end.ptr};
}

std::string value_text(const ValueText& parts) {
  std::string out{parts.label};
  out += ' ';
  const std::string value = number_text(parts.value);
  out += value;
  if (parts.passed) {
    const std::string limit = number_text(*parts.passed);
    out += parts.side == Side::low ? " <" : " >";
    out += value == limit ? "= " : " ";  // a limit that counts when reached must not read "80 < 80"
    out += limit;
  }
  out += ' ';
  out += vitals::name(vitals::unit_of(parts.metric));
  if (parts.doubt != vitals::Reason::none) {
    out += " (";
    out += vitals::name(parts.doubt);
    out += ')';
  }
  return out;
}

}  // namespace alarms
