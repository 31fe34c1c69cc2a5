// The form of an episode's id: 26 characters of Crockford's base 32 (no I, L, O, U), the first at most 7
// since 26 x 5 bits hold two more than the 128 of a ULID.
#pragma once

#include <algorithm>
#include <string_view>

namespace contract {

inline bool is_ulid(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  return text.size() == 26 && text.front() <= '7' && std::all_of(text.begin(), text.end(), [&](char c) {
           return digits.find(c) != std::string_view::npos;
         });
}

}  // namespace contract
