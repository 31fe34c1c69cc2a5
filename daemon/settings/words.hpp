// Small questions about words: is it an id, an address, and what was probably meant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace settings {

bool is_id(std::string_view text);  // [a-z0-9-]{1,32}: it becomes a topic level
inline constexpr std::string_view id_rule = "1 to 32 of a-z, 0-9 and -";

bool is_address(const std::string& text);  // IPv4 or IPv6, numeric
bool is_loopback(const std::string& address);
bool is_any_address(const std::string& address);  // 0.0.0.0 or ::

bool is_utf8(std::string_view text);  // as far as an editor's choice of another encoding shows

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};
std::optional<Endpoint> endpoint_of(std::string_view text);  // "192.0.2.1:2575", "[::1]:2575"

// `, did you mean "x"?` when one of `known` is near, else `, known are: a, b`.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

std::string in_quotes(std::string_view text);  // in quotes, cut and without control characters: for messages
std::string joined(const std::vector<std::string>& words);
std::string number(double value);                     // shortest form: 92, 0.5
std::string seconds_text(vitals::Milliseconds time);  // 15 s, 0.5 s
std::string trimmed_lower(std::string_view text);

}  // namespace settings
