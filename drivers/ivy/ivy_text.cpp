// A line is NAME=n;v1;...;vn;text; and sometimes one more item. n is the number of values; that meaning is
// inferred from a recording, so a line must fit it exactly or is dropped alone.
#include "drivers/ivy/ivy_text.hpp"

#include <algorithm>
#include <charconv>

namespace drivers::ivy {
namespace {

struct Shape {
  std::size_t values = 1;
  bool decimals = false;  // one point is allowed; the number is not read
};
constexpr std::array<Shape, name_count> shapes{{{}, {}, {1, true}, {}, {4}, {3}, {3}, {1, true}, {1, true}}};

constexpr std::size_t digits_max = 3;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_name_char(char c) { return (c >= 'A' && c <= 'Z') || is_digit(c); }

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.size() <= digits_max && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return is_whole_number(text);
  return is_whole_number(text.substr(0, point)) && is_whole_number(text.substr(point + 1));
}

// Up to eight items: NAME=n, four values, text, message, and the nothing behind the last ';'.
struct Items {
  std::array<std::string_view, 8> at;
  std::size_t count = 0;  // one more than there is room for: too many
};

Items split(std::string_view line) {
  Items out;
  while (out.count < out.at.size()) {
    const std::size_t end = line.find(';');
    out.at[out.count++] = trim(line.substr(0, end));
    if (end == std::string_view::npos) return out;
    line.remove_prefix(end + 1);
  }
  ++out.count;
  return out;
}

std::string_view fill(const Items& items, std::string_view count, const Shape& shape, Line& line) {
  const std::size_t n = shape.values;
  if (count.size() != 1 || count[0] != static_cast<char>('0' + n)) return "count";
  if (items.count < n + 2 || items.count > n + 4) return "items";
  for (std::size_t i = 0; i < n; ++i) {
    const std::string_view text = items.at[1 + i];
    line.raw[i] = text;
    if (text.empty()) continue;
    if (shape.decimals ? !is_decimal(text) : !is_whole_number(text)) return "number";
    if (shape.decimals) continue;
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    line.values[i] = value;
  }
  line.text = items.at[n + 1];
  if (items.count > n + 2) line.message = items.at[n + 2];
  if (items.count == n + 4 && !items.at[n + 3].empty()) return "items";
  return {};
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool begins_with_a_name(std::string_view text) {
  return std::any_of(names.begin(), names.end(), [text](std::string_view name) {
    return text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=';
  });
}

Taken take_line(std::string_view text, Record& record) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals == std::string_view::npos ? 0 : equals);
  if (!std::all_of(name.begin(), name.end(), is_name_char)) return {};
  const auto* const found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return {false, name, name.empty() ? name : text.substr(equals + 1)};
  const auto index = static_cast<std::size_t>(found - names.begin());
  Line& line = record.lines[index];
  if (line.present) {  // two of a name: the end of one record behind the start of another
    record.wrong = "repeated";
    return {true, name, {}};
  }
  line.present = true;
  const Items items = split(text.substr(equals + 1));
  // items.at[0] is the count; the values follow it.
  line.wrong = fill(items, items.at[0], shapes[index], line);
  return {true, name, {}};
}

}  // namespace drivers::ivy
