#include "daemon/contract/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "daemon/vitals/check.hpp"

namespace contract {

namespace {

// Beyond 2^53 a double is no exact integer any more; until there it is printed as one.
constexpr double exact_integer_max = 9'007'199'254'740'992.0;
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

template <typename Number>
void append_chars(std::string& out, Number value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  CHECK(error == std::errc{});
  out.append(buffer.data(), end);
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
  } else if (std::fabs(value) < exact_integer_max && value == std::trunc(value)) {
    append_chars(out, static_cast<std::int64_t>(value));
  } else {
    append_chars(out, value);
  }
}

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}
bool continues(unsigned byte) { return (byte & 0xC0U) == 0x80U; }

// Length of the well-formed UTF-8 sequence at `i`, 0 when there is none (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const unsigned first = byte_at(text, i), second = byte_at(text, i + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(second)) return 0;
  if (first < 0xE0) return 2;
  if (!continues(byte_at(text, i + 2))) return 0;
  if (first < 0xF0) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (!continues(byte_at(text, i + 3))) return 0;
  const bool overlong = first == 0xF0 && second < 0x90;
  const bool too_high = first == 0xF4 && second >= 0x90;
  return overlong || too_high ? 0 : 4;
}

constexpr bool is_plain(char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; }

// What stands at the start of `text` and cannot go out as it is, or is more than a byte. Its length.
std::size_t append_special(std::string& out, std::string_view text) {
  const std::size_t length = sequence_length(text, 0);
  if (length == 0) {
    out += replacement;
    return 1;
  }
  if (length > 1) {
    out += text.substr(0, length);
  } else if (text.front() == '"' || text.front() == '\\') {
    out += '\\';
    out += text.front();
  } else {
    out += ' ';
  }
  return length;
}

// Nearly all that is written is plain: it goes out in one piece, not byte by byte.
void append_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(end - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(append_special(out, text));
  }
  out += '"';
}

}  // namespace

JsonWriter::JsonWriter(std::string& out) : out_(out) {
  out_.clear();
  out_ += '{';
}

// A value never ends in an opening bracket, so the last byte tells whether this is the first member.
void JsonWriter::separate() {
  const char last = out_.back();
  if (last != '{' && last != '[') out_ += ',';
}

void JsonWriter::name(std::string_view key) {
  separate();
  out_ += '"';
  out_ += key;
  out_ += "\":";
}

void JsonWriter::text(std::string_view key, std::string_view value) {
  name(key);
  append_string(out_, value);
}

void JsonWriter::text_or_null(std::string_view key, std::string_view value) {
  if (value.empty()) {
    null(key);
  } else {
    text(key, value);
  }
}

void JsonWriter::number(std::string_view key, double value) {
  name(key);
  append_number(out_, value);
}

void JsonWriter::number(std::string_view key, const std::optional<double>& value) {
  if (value) {
    number(key, *value);
  } else {
    null(key);
  }
}

void JsonWriter::integer(std::string_view key, std::int64_t value) {
  name(key);
  append_chars(out_, value);
}

void JsonWriter::count(std::string_view key, std::uint64_t value) {
  name(key);
  append_chars(out_, value);
}

void JsonWriter::flag(std::string_view key, bool value) {
  name(key);
  out_ += value ? "true" : "false";
}

void JsonWriter::null(std::string_view key) {
  name(key);
  out_ += "null";
}

void JsonWriter::time(std::string_view key, vitals::WallTime value) { integer(key, vitals::unix_ms(value)); }

void JsonWriter::time(std::string_view key, const std::optional<vitals::WallTime>& value) {
  if (value) {
    time(key, *value);
  } else {
    null(key);
  }
}

void JsonWriter::seconds(std::string_view key, vitals::Milliseconds value) {
  number(key, static_cast<double>(value.count()) / 1000.0);
}

void JsonWriter::open_object(std::string_view key) {
  name(key);
  out_ += '{';
}

void JsonWriter::open_array(std::string_view key) {
  name(key);
  out_ += '[';
}

void JsonWriter::open_element() {
  separate();
  out_ += '{';
}

void JsonWriter::text_element(std::string_view value) {
  separate();
  append_string(out_, value);
}

double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

std::optional<double> rounded(const std::optional<double>& value, int decimals) {
  if (!value) return std::nullopt;
  return rounded(*value, decimals);
}

}  // namespace contract
