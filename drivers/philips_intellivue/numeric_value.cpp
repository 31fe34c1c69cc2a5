#include "drivers/philips_intellivue/numeric_value.hpp"

#include <charconv>
#include <cmath>

namespace drivers::philips {
namespace {

constexpr std::int32_t mantissa_nan = 0x7FFFFF;
constexpr std::int32_t mantissa_over = 0x7FFFFE;
constexpr std::int32_t mantissa_not_at_this_resolution = -0x800000;
constexpr std::int32_t mantissa_under = -0x7FFFFE;

constexpr std::array<double, 23> exact_powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

}  // namespace

Numeric take_numeric(Reader& reader) {
  Numeric out;
  out.code = reader.u16();
  out.state = reader.u16();
  out.unit = reader.u16();
  out.exponent = static_cast<std::int8_t>(reader.u8());
  const std::uint32_t high = reader.u8();
  const std::uint32_t mantissa = high << 16U | reader.u16();
  out.mantissa = static_cast<std::int32_t>(mantissa) - (high >= 0x80 ? 0x1000000 : 0);
  return out;
}

FloatKind kind_of(const Numeric& numeric) {
  switch (numeric.mantissa) {
    case mantissa_nan:
    case mantissa_not_at_this_resolution: return FloatKind::none;
    case mantissa_over: return FloatKind::over;
    case mantissa_under: return FloatKind::under;
    default: return FloatKind::number;
  }
}

double number_of(const Numeric& numeric) {
  const auto power = static_cast<std::size_t>(std::abs(int{numeric.exponent}));
  if (power >= exact_powers.size()) return numeric.mantissa * std::pow(10.0, int{numeric.exponent});
  // Divided, not multiplied by a tenth: 970 at exponent -1 is 97 and not almost.
  return numeric.exponent < 0 ? numeric.mantissa / exact_powers[power]
                              : numeric.mantissa * exact_powers[power];
}

bool is_number(const Numeric& numeric) {
  constexpr std::uint16_t unusable = state_invalid | state_unavailable | state_calibration | state_test_data;
  return (numeric.state & unusable) == 0 && kind_of(numeric) == FloatKind::number;
}

NumberText::NumberText(const Numeric& numeric) {
  const FloatKind kind = kind_of(numeric);
  if (kind == FloatKind::number) {
    const auto written = std::to_chars(text_.data(), text_.data() + text_.size(), number_of(numeric));
    size_ = static_cast<std::size_t>(written.ptr - text_.data());
  } else {
    const std::string_view word = kind == FloatKind::over ? "INF" : kind == FloatKind::under ? "-INF" : "NaN";
    size_ = word.copy(text_.data(), text_.size());
  }
}

HexText::HexText(std::uint16_t code) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < text_.size(); ++i) text_[i] = digits[(unsigned{code} >> (12 - 4 * i)) & 0xFU];
}

}  // namespace drivers::philips
