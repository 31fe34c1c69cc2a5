// Finding a separator in short texts, many bytes at a time: every byte of a message comes by here twice, and
// looked at one by one they were half of what a message costs. The texts of HL7 are a few bytes long; a call
// of memchr for each costs more than the search itself.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace drivers::hl7 {

// Looks at `width` bytes at once. What it finds is a mask with one bit set for each byte that equals the
// wanted one.
#ifdef __SSE2__  // every x86-64; in the words that g++ and clang have for it without a header
class ByteMatcher {
 public:
  using Mask = std::uint32_t;
  static constexpr std::size_t width = 16;

  explicit ByteMatcher(char wanted) : pattern_(Block{} + wanted) {}

  Mask matches(const char* bytes) const { return mask(load(bytes) == pattern_); }
  Mask matches_either(const ByteMatcher& other, const char* bytes) const {
    const Block block = load(bytes);
    return mask((block == pattern_) | (block == other.pattern_));
  }
  static std::size_t first(Mask matches) { return static_cast<std::size_t>(std::countr_zero(matches)); }
  static Mask from(std::size_t byte) { return ~Mask{0} << byte; }  // this byte and those behind it

 private:
  using Block = char __attribute__((vector_size(width)));

  static Block load(const char* bytes) {
    Block block;
    std::memcpy(&block, bytes, sizeof block);
    return block;
  }
  template <typename Found>  // a vector of bytes, of a sign that the compiler chooses
  static Mask mask(Found found) {
    return static_cast<Mask>(__builtin_ia32_pmovmskb128(std::bit_cast<Block>(found)));
  }

  Block pattern_;
};
#else
static_assert(std::endian::native == std::endian::little, "the first byte of a word must be its lowest");

class ByteMatcher {
 public:
  using Mask = std::uint64_t;
  static constexpr std::size_t width = 8;

  explicit constexpr ByteMatcher(char wanted)
      : pattern_(0x0101010101010101ULL * static_cast<unsigned char>(wanted)) {}

  Mask matches(const char* bytes) const {  // bit 7 of each byte
    constexpr std::uint64_t low = 0x7F7F7F7F7F7F7F7FULL;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    word ^= pattern_;
    return ~(((word & low) + low) | word | low);
  }
  Mask matches_either(const ByteMatcher& other, const char* bytes) const {
    return matches(bytes) | other.matches(bytes);
  }
  static std::size_t first(Mask matches) { return static_cast<std::size_t>(std::countr_zero(matches)) / 8; }
  static Mask from(std::size_t byte) { return ~Mask{0} << (8 * byte); }

 private:
  std::uint64_t pattern_;
};
#endif

// What both of the next have in common: `find` gives the mask of a block of bytes. The last bytes of a text
// are looked at together with some before them, so that nothing behind the text is read.
template <typename Find, typename OnMatch>
void for_each_found(const char* at, const char* end, Find find, OnMatch on_match) {
  constexpr std::size_t width = ByteMatcher::width;
  const auto tell = [&](const char* base, ByteMatcher::Mask found) {
    for (; found != 0; found &= found - 1)
      if (!on_match(base + ByteMatcher::first(found))) return false;
    return true;
  };
  for (; static_cast<std::size_t>(end - at) >= width; at += width)
    if (!tell(at, find(at))) return;
  if (at == end) return;
  const char* const last = end - width;
  tell(last, find(last) & ByteMatcher::from(static_cast<std::size_t>(at - last)));
}

// Calls on_match(const char*) for each place of the wanted byte, in order, until it returns false.
template <typename OnMatch>
void for_each_byte(std::string_view text, char wanted, OnMatch on_match) {
  constexpr std::size_t width = ByteMatcher::width;
  const char* const end = text.data() + text.size();
  const char* at = text.data();
  if (text.size() < width) {
    for (; at < end; ++at)
      if (*at == wanted && !on_match(at)) return;
    return;
  }
  const ByteMatcher matcher(wanted);
  for_each_found(
      at, end, [&](const char* bytes) { return matcher.matches(bytes); }, on_match);
}

// The same for those places alone that have one of two other bytes two before them. From `start` on, at least
// 2.
template <typename OnMatch>
void for_each_byte_behind(std::array<char, 2> before, std::string_view text, std::size_t start, char wanted,
                          OnMatch on_match) {
  const char* const end = text.data() + text.size();
  const char* at = text.data() + start;
  if (text.size() < 2 + ByteMatcher::width) {
    for (; at < end; ++at)
      if (*at == wanted && (at[-2] == before[0] || at[-2] == before[1]) && !on_match(at)) return;
    return;
  }
  const ByteMatcher last(wanted);
  const ByteMatcher one(before[0]);
  const ByteMatcher other(before[1]);
  const auto find = [&](const char* bytes) {
    return last.matches(bytes) & one.matches_either(other, bytes - 2);
  };
  for_each_found(at, end, find, on_match);
}

// Writes to `out` where the text goes on behind each of the wanted bytes, up to `enough` of them or a block's
// more: there must be room for these. Returns how many. The shortest way for a text with many of them.
inline std::size_t note_places_behind(std::string_view text, char wanted, std::size_t enough,
                                      std::uint32_t* out) {
  constexpr std::size_t width = ByteMatcher::width;
  std::size_t count = 0;
  std::size_t at = 0;
  if (text.size() < width) {
    for (; at < text.size(); ++at)
      if (text[at] == wanted) out[count++] = static_cast<std::uint32_t>(at + 1);
    return count;
  }
  const ByteMatcher matcher(wanted);
  const auto note = [&](std::size_t base, ByteMatcher::Mask found) {
    for (; found != 0; found &= found - 1)
      out[count++] = static_cast<std::uint32_t>(base + ByteMatcher::first(found) + 1);
  };
  for (; at + width <= text.size() && count < enough; at += width)
    note(at, matcher.matches(text.data() + at));
  const std::size_t last = text.size() - width;
  if (at < text.size() && count < enough)
    note(last, matcher.matches(text.data() + last) & ByteMatcher::from(at - last));
  return count;
}

inline constexpr std::size_t not_found = std::string_view::npos;  // where nothing is found

inline std::size_t find_byte(std::string_view text, char wanted) {
  std::size_t found = not_found;
  for_each_byte(text, wanted, [&](const char* at) {
    found = static_cast<std::size_t>(at - text.data());
    return false;
  });
  return found;
}

}  // namespace drivers::hl7
