// Finding a separator in short texts, eight bytes at a time. The texts of HL7 are a few bytes long; a call of
// memchr for each costs more than the search itself.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace drivers::hl7 {

static_assert(std::endian::native == std::endian::little, "the first byte of a word must be its lowest");

// A word with bit 7 set in each byte that equals the wanted one, and only there.
class ByteMatcher {
 public:
  explicit constexpr ByteMatcher(char wanted)
      : pattern_(0x0101010101010101ULL * static_cast<unsigned char>(wanted)) {}

  std::uint64_t matches(const char* eight_bytes) const {
    constexpr std::uint64_t low = 0x7F7F7F7F7F7F7F7FULL;
    std::uint64_t word = 0;
    std::memcpy(&word, eight_bytes, sizeof word);
    word ^= pattern_;
    return ~(((word & low) + low) | word | low);
  }

  static std::size_t first(std::uint64_t matches) {
    return static_cast<std::size_t>(std::countr_zero(matches)) / 8;
  }

 private:
  std::uint64_t pattern_;
};

inline constexpr std::size_t not_found = std::string_view::npos;  // where nothing is found

inline std::size_t find_byte(std::string_view text, char wanted) {
  const ByteMatcher matcher(wanted);
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    const std::uint64_t found = matcher.matches(text.data() + at);
    if (found != 0) return at + ByteMatcher::first(found);
  }
  for (; at < text.size(); ++at)
    if (text[at] == wanted) return at;
  return not_found;
}

}  // namespace drivers::hl7
