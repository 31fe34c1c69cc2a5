#include "daemon/settings/words.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace settings {
namespace {

constexpr std::size_t id_length_max = 32;
constexpr std::size_t quoted_length_max = 64;

bool is_ipv4(const std::string& text) {
  in_addr out{};
  return inet_pton(AF_INET, text.c_str(), &out) == 1;
}

bool is_ipv6(const std::string& text) {
  in6_addr out{};
  return inet_pton(AF_INET6, text.c_str(), &out) == 1;
}

// Levenshtein distance, two swapped neighbours counted as one: the least number of slips between two words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1)});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

bool is_id(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= id_length_max && std::all_of(text.begin(), text.end(), fits);
}

bool is_address(const std::string& text) { return is_ipv4(text) || is_ipv6(text); }

bool is_loopback(const std::string& address) {
  return (is_ipv4(address) && address.compare(0, 4, "127.") == 0) || address == "::1" ||
         address == "localhost";
}

bool is_any_address(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

std::optional<Endpoint> endpoint_of(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);

  Endpoint out{std::string(host), 0};
  if (bracketed ? !is_ipv6(out.address) : !is_ipv4(out.address)) return std::nullopt;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
  if (failure != std::errc{} || end != digits.data() + digits.size() || out.port == 0) return std::nullopt;
  return out;
}

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead == 0) return false;  // a blank half of UTF-16
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    for (int rest = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3; rest > 0; --rest)
      if (at == text.size() || (static_cast<unsigned char>(text[at++]) & 0xc0U) != 0x80U) return false;
  }
  return true;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  if (known.empty()) return "";
  // Long words are cut: nobody mistypes a name by hundreds of letters, and the search is quadratic.
  word = word.substr(0, quoted_length_max);
  const auto nearest = std::min_element(known.begin(), known.end(), [word](const auto& a, const auto& b) {
    return distance(word, a) < distance(word, b);
  });
  if (distance(word, *nearest) <= std::max<std::size_t>(1, word.size() / 3))
    return ", did you mean " + in_quotes(*nearest) + "?";
  return ", known are: " + joined(known);
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, quoted_length_max))
    out += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
  if (text.size() > quoted_length_max) out += "...";
  return out + '"';
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

std::string number(double value) {
  constexpr double exponent_from = 1e15;  // people read 4000000, not 4e+06
  std::array<char, 64> buffer{};
  const auto form = std::fabs(value) < exponent_from ? std::chars_format::fixed : std::chars_format::general;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, form);
  return std::string(buffer.data(), written.ptr);
}

std::string seconds_text(vitals::Milliseconds time) {
  return number(static_cast<double>(time.count()) / 1000) + " s";
}

std::string trimmed_lower(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return "";
  std::string out(text.substr(first, text.find_last_not_of(blank) - first + 1));
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace settings
