// One number of the monitor: ten bytes with what it is, in which state, in which unit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "drivers/philips_intellivue/codes.hpp"
#include "drivers/philips_intellivue/reader.hpp"

namespace drivers::philips {

// Bits of the measurement state. The upper byte says whether the number may be used.
inline constexpr std::uint16_t state_invalid = 0x8000;
inline constexpr std::uint16_t state_questionable = 0x4000;
inline constexpr std::uint16_t state_unavailable = 0x2000;
inline constexpr std::uint16_t state_calibration = 0x1000;
inline constexpr std::uint16_t state_test_data = 0x0800;
inline constexpr std::uint16_t state_demo_data = 0x0400;
inline constexpr std::uint16_t state_unknown = 0x0300;  // of the upper byte, without a published meaning
inline constexpr std::uint16_t state_early = 0x0040;    // cuff: only the systolic is known so far
inline constexpr std::uint16_t state_ongoing = 0x0020;  // cuff: a new run, the number is of the one before

struct Numeric {
  std::uint16_t code = 0;
  std::uint16_t state = 0;
  std::uint16_t unit = 0;
  std::int8_t exponent = 0;
  std::int32_t mantissa = 0;  // 24 bits, with sign

  friend bool operator==(const Numeric&, const Numeric&) = default;
};

inline constexpr std::size_t numeric_bytes = 10;
Numeric take_numeric(Reader& reader);

enum class FloatKind : std::uint8_t { number, none, over, under };
FloatKind kind_of(const Numeric& numeric);  // by the mantissa alone, as the protocol says
double number_of(const Numeric& numeric);   // of a number; may be far outside of anything plausible

// Bits that say the value is not to be used, or the number is none.
bool is_number(const Numeric& numeric);

// The number as text for a fault: "97", "36.5", "NaN", "8388605e127".
class NumberText {
 public:
  explicit NumberText(const Numeric& numeric);
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 32> text_{};
  std::size_t size_ = 0;
};

// A code as the nomenclature writes it: four hexadecimal digits.
class HexText {
 public:
  explicit HexText(std::uint16_t code);
  std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 4> text_{};
};

}  // namespace drivers::philips
