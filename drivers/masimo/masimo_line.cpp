// The line, blank-separated: MM/DD/YY HH:MM:SS and then NAME=VALUE tokens whose presence depends on the
// model.
//
// There is no checksum. A damaged line is dropped as a whole, because a lost character turns 100 into 00 and
// an EXC of seven digits into one of six with other flags: every known name has its exact forms, the widths
// of ALARM and EXC must belong together, and what is unknown must at least look like NAME=VALUE.
#include "drivers/masimo/masimo_line.hpp"

#include <array>
#include <bitset>
#include <charconv>
#include <cstddef>

namespace drivers::masimo {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_printable(char c) { return c > ' ' && c <= '~'; }

// In a form: 0 is a digit, X a hexadecimal digit with capitals, * any printable character; all else is
// itself.
constexpr bool fits_place(char form, char c) {
  switch (form) {
    case '0': return is_digit(c);
    case 'X': return is_digit(c) || (c >= 'A' && c <= 'F');
    case '*': return is_printable(c);
    default: return c == form;
  }
}

constexpr bool fits_form(std::string_view form, std::string_view text) {
  if (form.size() != text.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (!fits_place(form[i], text[i])) return false;
  return true;
}

// Forms are separated by '|'.
constexpr bool fits(std::string_view forms, std::string_view text) {
  while (true) {
    const std::size_t end = forms.find('|');
    if (fits_form(forms.substr(0, end), text)) return true;
    if (end == std::string_view::npos) return false;
    forms.remove_prefix(end + 1);
  }
}

enum Name : std::size_t { spo2, bpm, alarm, exc };  // the required ones come first in the table

struct FieldForms {
  std::string_view name;
  std::string_view forms;
  bool measures = false;  // a value of the patient that nobody here uses
  std::string_view unit = {};
};

// Forms by the Rad-8 and Radical-7 manuals and recorded lines. One firmware leaves out the % of PI, one
// source shows a % after the dashes of BPM.
constexpr std::array<FieldForms, 15> known{{
    {"SPO2", "000%|---%"},
    {"BPM", "000|---|---%"},
    {"ALARM", "XX|XXXX|XXXXXX"},
    {"EXC", "XXX|XXXXXX|XXXXXXX"},
    {"PI", "00.00%|--.--%|00.00|--.--", true, "%"},
    {"SN", "**********"},
    {"SPCO", "00.0%|00%|--.-%|--%", true, "%"},
    {"SPMET", "00.0%|00%|--.-%|--%", true, "%"},
    {"SPHB", "00.0|--.-", true, "g/dL"},
    {"SPOC", "00|--", true, "mL/dL"},
    {"RESVD", "***"},
    {"DESAT", "00|--", true},
    {"PIDELTA", "+00|-00|+--|---", true, "%"},
    {"PVI", "000|---", true, "%"},
    {"EXC1", "XXXXXXXX"},
}};

// Shorter unknown names are damaged known ones: I= or P= was PI=.
constexpr std::size_t unknown_name_min = 3;

constexpr bool is_unknown_name(std::string_view name) {
  if (name.size() < unknown_name_min) return false;
  for (const char c : name)
    if (!is_capital(c) && !is_digit(c)) return false;
  return true;
}

constexpr bool is_printable_text(std::string_view text) {
  for (const char c : text)
    if (!is_printable(c)) return false;
  return !text.empty();
}

constexpr std::size_t index_of(std::string_view name) {
  std::size_t i = 0;
  while (i < known.size() && known[i].name != name) ++i;
  return i;
}

// ALARM and EXC: Rad-8 and older Radical-7, newer Radical-7, Radical-5 class. Other pairs have lost a digit.
constexpr bool widths_belong_together(std::size_t alarm_digits, std::size_t exc_digits) {
  return (alarm_digits == 4 && exc_digits == 6) || (alarm_digits == 6 && exc_digits == 7) ||
         (alarm_digits == 2 && exc_digits == 3);
}

std::string_view next_token(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view token = line.substr(0, line.find(' '));
  line.remove_prefix(token.size());
  return token;
}

// The forms above have been checked before.
unsigned number(std::string_view digits, int base) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return value;
}

std::optional<unsigned> three_digits(std::string_view text) {
  if (text.front() == '-') return std::nullopt;
  return number(text.substr(0, 3), 10);
}

class Fields {
 public:
  // Empty, or what is wrong with the token.
  std::string_view take(std::string_view token, std::string_view& field) {
    const std::size_t equals = token.find('=');
    if (equals == std::string_view::npos) return "token";
    const std::string_view name = token.substr(0, equals);
    const std::string_view value = token.substr(equals + 1);
    const std::size_t index = index_of(name);
    if (index == known.size()) return is_unknown_name(name) && is_printable_text(value) ? "" : "token";
    field = known[index].name;
    if (seen_.test(index)) return "repeated";
    if (!fits(known[index].forms, value)) return "form";
    seen_.set(index);
    if (index < required_.size()) required_[index] = value;
    return {};
  }

  std::string_view check_whole(std::string_view& field) const {
    for (std::size_t i = 0; i < required_.size(); ++i) {
      field = known[i].name;
      if (!seen_.test(i)) return "absent";
    }
    field = known[exc].name;
    if (!widths_belong_together(required_[alarm].size(), required_[exc].size())) return "width";
    return {};
  }

  Record record() const {
    return {three_digits(required_[spo2]), three_digits(required_[bpm]), number(required_[alarm], 16),
            number(required_[exc], 16)};
  }

 private:
  std::array<std::string_view, 4> required_{};
  std::bitset<known.size()> seen_;
};

}  // namespace

std::optional<Other> Others::next() {
  for (std::string_view token = next_token(rest_); !token.empty(); token = next_token(rest_)) {
    const std::size_t equals = token.find('=');
    if (equals == std::string_view::npos) continue;  // date and time
    Other other{token.substr(0, equals), {}, token.substr(equals + 1)};
    if (other.value.find_first_not_of("+-.%") == std::string_view::npos) continue;
    const std::size_t index = index_of(other.name);
    if (index == known.size()) return other;
    if (!known[index].measures) continue;
    other.unit = known[index].unit;
    if (other.value.back() == '%') other.value.remove_suffix(1);
    return other;
  }
  return std::nullopt;
}

Parsed parse_line(std::string_view line) {
  if (!fits_form("00/00/00", next_token(line))) return {{}, "date", {}};
  if (!fits_form("00:00:00", next_token(line))) return {{}, "time", {}};
  Parsed parsed;
  Fields fields;
  for (std::string_view token = next_token(line); !token.empty(); token = next_token(line)) {
    std::string_view field;
    const std::string_view wrong = fields.take(token, field);
    if (!wrong.empty()) return {{}, wrong, field};
  }
  if (const std::string_view wrong = fields.check_whole(parsed.field); !wrong.empty())
    return {{}, wrong, parsed.field};
  return {fields.record(), {}, {}};
}

}  // namespace drivers::masimo
