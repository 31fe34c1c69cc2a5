// A data row, columns counted from 0:
//
//   0         1         2         3         4         5
//   09-Mar-26 14:25:40    88*    151*     38    SL   PH
//   date 0-8  time 10-17  |%SpO2 21-23, * 24    |PA 37-39    |up to four codes from 41 on
//                                 |BPM 29-31, * 32
//
// There is no checksum, and characters get lost on these ports: in a public recording of 53 minutes seven
// rows turned 100 into 00. So a row counts only if every column holds what belongs there: a number ends in
// its field's last column and does not begin with a zero, everything between the fields is blank, and a
// saturation of 0 does not stand beside a living rate.
#include "drivers/nellcor/nellcor_row.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace drivers::nellcor {
namespace {

constexpr std::size_t row_chars_max = 80;
constexpr std::size_t field_chars = 3;
constexpr std::size_t codes_max = 4;
constexpr unsigned amplitude_max = 254;

// First columns. By printed rows of the N-560 and a program for the N-600.
struct Columns {
  std::size_t date_end = 18;
  std::size_t spo2 = 21;
  std::size_t rate = 29;
  std::size_t amplitude = 37;
  std::size_t codes = 41;
};
constexpr Columns columns;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
constexpr char lower(char c) { return is_capital(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// The text has digits only.
constexpr unsigned number(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

// Two digits within a span, both ends included.
constexpr bool is_two_digits(std::string_view text, unsigned min, unsigned max) {
  if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return false;
  const unsigned value = number(text);
  return value >= min && value <= max;
}

constexpr bool is_month(std::string_view text) {
  constexpr std::string_view months = "jan feb mar apr may jun jul aug sep oct nov dec";
  std::array<char, 3> small{};
  for (std::size_t i = 0; i < small.size(); ++i) small[i] = lower(text[i]);
  const std::size_t at = months.find(std::string_view(small.data(), small.size()));
  return at != std::string_view::npos && at % 4 == 0;
}

// dd-Mmm-yy hh:mm:ss; the month is English, its case depends on the model.
constexpr bool is_date_and_time(std::string_view text) {
  return is_two_digits(text.substr(0, 2), 1, 31) && text[2] == '-' && is_month(text.substr(3, 3)) &&
         text[6] == '-' && is_two_digits(text.substr(7, 2), 0, 99) && text[9] == ' ' &&
         is_two_digits(text.substr(10, 2), 0, 23) && text[12] == ':' &&
         is_two_digits(text.substr(13, 2), 0, 59) && text[15] == ':' &&
         is_two_digits(text.substr(16, 2), 0, 59);
}

constexpr bool is_blank(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

struct Field {
  bool sound = false;
  std::string_view text;  // of a number
  std::optional<unsigned> value;
  bool flagged = false;
};

// Three characters of value and one of flag.
Field read_field(std::string_view line, std::size_t at) {
  Field field;
  const char flag = at + field_chars < line.size() ? line[at + field_chars] : ' ';
  field.flagged = flag == '*';
  if (flag != ' ' && flag != '*') return field;
  std::string_view text = line.substr(at, field_chars);
  field.sound = true;
  if (text == "---") return field;
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  for (const char c : text) field.sound = field.sound && is_digit(c);
  if (text.empty() || !field.sound) return Field{};
  field.value = number(text);
  field.text = text;
  // 005 or 05 is a number that has lost its first digit. Zeros alone may be printed in any width.
  if (text.front() == '0' && *field.value != 0) return Field{};
  return field;
}

struct CodeName {
  std::string_view name;
  std::uint32_t bit;
};

// By an open driver for the N-595. BU is from memory of later manuals.
constexpr std::array<CodeName, 14> code_names{{
    {"AO", code::audible_off},
    {"AS", code::alarm_silenced},
    {"BU", code::battery_in_use},
    {"LB", code::low_battery},
    {"LM", code::pulse_lost_motion},
    {"LP", code::pulse_lost},
    {"MO", code::motion},
    {"PH", code::rate_high},
    {"PL", code::rate_low},
    {"PS", code::pulse_search},
    {"SH", code::spo2_high},
    {"SL", code::spo2_low},
    {"SD", code::sensor_unplugged},
    {"SO", code::sensor_off},
}};

std::uint32_t bit_of(std::string_view name) {
  for (const CodeName& known : code_names)
    if (known.name == name) return known.bit;
  return 0;
}

std::string_view next_token(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view token = text.substr(0, text.find(' '));
  text.remove_prefix(token.size());
  return token;
}

// False: something there is not a code.
bool read_codes(std::string_view text, Row& row) {
  std::size_t count = 0;
  for (std::string_view token = next_token(text); !token.empty(); token = next_token(text)) {
    if (token.size() != 2 || !is_capital(token[0]) || !is_capital(token[1])) return false;
    if (++count > codes_max) return false;
    const std::uint32_t bit = bit_of(token);
    row.codes |= bit;
    if (bit == 0 && row.unknown_code.empty()) row.unknown_code = token;
  }
  return true;
}

bool gaps_are_blank(std::string_view line) {
  constexpr std::size_t field_end = field_chars + 1;  // behind its flag
  return is_blank(line.substr(columns.date_end, columns.spo2 - columns.date_end)) &&
         is_blank(line.substr(columns.spo2 + field_end, columns.rate - columns.spo2 - field_end)) &&
         is_blank(line.substr(columns.rate + field_end, columns.amplitude - columns.rate - field_end));
}

ParsedRow damaged(std::string_view wrong, std::string_view field = {}) { return {{}, wrong, field}; }

bool is_adult_or_neo(std::string_view token) { return token == "ADULT" || token == "NEO"; }

// TIME %SpO2 BPM PA Status; the heading of stored rows has no Status. Older models print %SPO2.
LineKind kind_of_title(std::string_view rest) {
  const std::string_view spo2 = next_token(rest);
  const bool begins =
      (spo2 == "%SpO2" || spo2 == "%SPO2") && next_token(rest) == "BPM" && next_token(rest) == "PA";
  if (!begins) return LineKind::unknown;
  const std::string_view last = next_token(rest);
  if (last.empty()) return LineKind::bare_title;
  return (last == "Status" || last == "STATUS") && is_blank(rest) ? LineKind::live_heading
                                                                  : LineKind::unknown;
}

}  // namespace

LineKind kind_of(std::string_view line) {
  if (line.empty()) return LineKind::unknown;
  if (is_digit(line.front())) return LineKind::row;
  std::string_view rest = line;
  const std::string_view first = next_token(rest);
  if (first == "TIME") return kind_of_title(rest);
  if (is_adult_or_neo(first)) return LineKind::heading;
  if (first == "Output" && next_token(rest) == "Complete") return LineKind::trend_end;
  const std::string_view second = next_token(rest);
  if (!first.starts_with('N') || second != "VERSION") return LineKind::unknown;
  if (rest.find("TREND") != std::string_view::npos) return LineKind::trend_heading;
  // It stands where TREND would: without either, one of the two has been damaged.
  return rest.find("CRC") != std::string_view::npos ? LineKind::live_version : LineKind::live_heading;
}

ParsedRow parse_row(std::string_view line) {
  if (line.size() > row_chars_max) return damaged("row-too-long");
  if (line.size() < columns.amplitude + field_chars) return damaged("row-too-short");
  if (!is_date_and_time(line)) return damaged("date");
  if (!gaps_are_blank(line)) return damaged("columns");
  const Field spo2 = read_field(line, columns.spo2);
  if (!spo2.sound) return damaged("field", "%SpO2");
  const Field rate = read_field(line, columns.rate);
  if (!rate.sound) return damaged("field", "BPM");
  const Field amplitude = read_field(line, columns.amplitude);
  if (!amplitude.sound || amplitude.value.value_or(0) > amplitude_max) return damaged("field", "PA");
  if (spo2.value == 0U && rate.value.value_or(0) != 0) return damaged("zero-saturation", "%SpO2");
  ParsedRow parsed;
  parsed.row.spo2_percent = spo2.value;
  parsed.row.rate_per_min = rate.value;
  parsed.row.amplitude = amplitude.text;
  if (spo2.flagged) parsed.row.codes |= code::spo2_flag;
  if (rate.flagged) parsed.row.codes |= code::rate_flag;
  if (line.size() > columns.codes && !read_codes(line.substr(columns.codes), parsed.row))
    return damaged("status");
  return parsed;
}

}  // namespace drivers::nellcor
