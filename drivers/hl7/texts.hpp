// Small questions about the texts in a message. ASCII alone: what else there may be is no digit and has no
// case here.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace drivers::hl7 {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// As ==, of which the compilers make two calls where one is enough.
inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

// A reference id of ISO/IEEE 11073.
constexpr std::string_view reference_prefix = "MDC_";
constexpr bool is_reference(std::string_view text) {
  return text.substr(0, reference_prefix.size()) == reference_prefix;
}

// A number of ISO/IEEE 11073, of which none is 0; 0 where the text is no number.
inline std::uint32_t number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size() ? number : 0;
}

}  // namespace drivers::hl7
