// The check characters, over everything before them: the sum of (code - 0x1F), 12 bits, in two characters of
// six bits each from 0x20 on. They may be any printable character, a blank too. That replies follow the rule
// of the commands is inferred; there are no public recordings of replies.
#include "drivers/ge_dinamap/dinamap_line.hpp"

#include <charconv>

namespace drivers::dinamap {
namespace {

constexpr std::size_t head_size = 3;
constexpr std::size_t check_size = 2;

struct Check {
  char first = 0;
  char second = 0;

  friend bool operator==(const Check&, const Check&) = default;
};

constexpr Check check_of(std::string_view text) {
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c) - 0x1FU;
  return {static_cast<char>(0x20U + ((sum >> 6U) & 63U)), static_cast<char>(0x20U + (sum & 63U))};
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool fits(std::string_view form, std::string_view data) {
  for (std::size_t i = 0; i < form.size(); ++i)
    if (!is_digit(data[i]) && (form[i] != '#' || data[i] != '-')) return false;
  return true;
}

unsigned number(std::string_view line, std::size_t at, std::size_t width) {
  unsigned value = 0;
  const std::string_view digits = line.substr(at, width);
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

Command command(const Head& head) {
  const std::array<char, head_size> text{head.unit, head.parameter, head.command};
  const Check check = check_of({text.data(), text.size()});
  return {text[0], text[1], text[2], check.first, check.second, '\r'};
}

Rejected envelope(std::string_view line, bool check) {
  if (line.size() < head_size + check_size) return {FaultKind::broken, "short"};
  const std::string_view body = line.substr(0, line.size() - check_size);
  if (check && check_of(body) != Check{line[line.size() - 2], line.back()})
    return {FaultKind::broken, "checksum"};
  return {};
}

Head read_head(std::string_view line) { return {line[0], line[1], line[2]}; }

bool is_command(std::string_view line) { return line.size() == head_size + check_size; }

Rejected examine(std::string_view line, std::string_view form, bool check) {
  const std::size_t data_size = line.size() - head_size - check_size;
  if (data_size != form.size() && (check || data_size + check_size != form.size()))
    return {FaultKind::broken, "length"};
  if (!fits(form, line.substr(head_size, form.size()))) return {FaultKind::broken, "form"};
  return {};
}

// Positions are of the whole line. NA: 3 status, 4 patient, 5 mode, 6 age of four digits, 10, 13 and 16
// pressures of three.
CuffReply read_cuff(std::string_view line) {
  return {number(line, 3, 1), number(line, 6, 4), number(line, 10, 3), number(line, 13, 3),
          number(line, 16, 3)};
}

// OA: 3 status, 4 SpO2 of three digits, 7 signal strength, 8 averaging time of two.
OximeterReply read_oximeter(std::string_view line) {
  return {number(line, 3, 1), number(line, 4, 3), number(line, 7, 1)};
}

// RA and RC: 3 source, 4 rate of three digits, 000 and -99 are none.
std::optional<RateReply> read_rate(std::string_view line) {
  RateReply reply{number(line, 3, 1), {}};
  const std::string_view rate = line.substr(4, 3);
  if (rate == "000" || rate == "-99") return reply;
  if (rate.find('-') != std::string_view::npos) return std::nullopt;
  reply.rate_per_min = number(line, 4, 3);
  return reply;
}

}  // namespace drivers::dinamap
