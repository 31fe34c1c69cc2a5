#include "drivers/hl7/values.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "drivers/hl7/message.hpp"
#include "drivers/hl7/texts.hpp"

namespace drivers::hl7 {

namespace {

constexpr std::array<double, 16> powers_of_ten{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

constexpr std::array<double, 13> sentinels{-32768, -10000, -1000, -999,    -100,    -99.9,     -10,
                                           -1,     32767,  65535, 8388607, 8388608, 2147483647};

// Takes digits off the front of a text; false when there are fewer than asked for.
bool take_digits(std::string_view& text, std::size_t count, int& number) {
  if (text.size() < count) return false;
  number = 0;
  for (const char c : text.substr(0, count)) {
    if (!is_digit(c)) return false;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

struct CivilTime {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
};

// Since 1970 by the clock that shows it.
std::optional<vitals::Milliseconds> since_1970(CivilTime civil) {
  using namespace std::chrono;
  const year_month_day date{year{civil.year}, month{static_cast<unsigned>(civil.month)},
                            day{static_cast<unsigned>(civil.day)}};
  if (civil.year < 1900 || !date.ok() || civil.hour > 23 || civil.minute > 59 || civil.second > 60)
    return std::nullopt;
  if (civil.second == 60) {  // a leap second has no place in our clocks
    civil.second = 59;
    civil.millisecond = 999;
  }
  const auto since_epoch = sys_days{date}.time_since_epoch() + hours{civil.hour} + minutes{civil.minute} +
                           seconds{civil.second} + milliseconds{civil.millisecond};
  return duration_cast<vitals::Milliseconds>(since_epoch);
}

// `.ffff`: milliseconds are kept, finer digits are dropped.
bool take_fraction(std::string_view& text, int& millisecond) {
  if (!take(text, '.')) return true;
  int weight = 100;
  bool any = false;
  while (!text.empty() && is_digit(text.front())) {
    millisecond += (text.front() - '0') * weight;
    weight /= 10;
    any = true;
    text.remove_prefix(1);
  }
  return any;
}

// What is left must be a zone or nothing. A blank inside (`- 0000`) is repaired.
bool take_zone(std::string_view text, std::optional<int>& zone_minutes) {
  text = trim(text);
  if (text.empty()) return true;
  if (text == "Z") {
    zone_minutes = 0;
    return true;
  }
  zone_minutes = parse_zone(text);
  return zone_minutes.has_value();
}

// The number that two digits make.
int two_digits(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

// The digits of YYYYMMDDHHMMSS as far as they go; their number, 0 for none of the allowed lengths.
std::size_t take_compact(std::string_view& text, CivilTime& civil) {
  const auto digits =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  if (digits < 4 || digits > 14 || digits % 2 != 0) return 0;
  civil.year = two_digits(text, 0) * 100 + two_digits(text, 2);
  const std::array<int*, 5> fields{&civil.month, &civil.day, &civil.hour, &civil.minute, &civil.second};
  for (std::size_t at = 4; at < digits; at += 2) *fields[at / 2 - 2] = two_digits(text, at);
  text.remove_prefix(digits);
  return digits;
}

// How many digits the compact form of it would have.
std::size_t take_iso(std::string_view& text, CivilTime& civil) {
  const bool sound = take_digits(text, 4, civil.year) && take(text, '-') &&
                     take_digits(text, 2, civil.month) && take(text, '-') &&
                     take_digits(text, 2, civil.day) && take(text, 'T') && take_digits(text, 2, civil.hour) &&
                     take(text, ':') && take_digits(text, 2, civil.minute);
  if (!sound) return 0;
  if (!take(text, ':')) return 12;
  return take_digits(text, 2, civil.second) ? 14 : 0;
}

// A few digits and nothing else, as most values are: read at a fraction of the cost.
std::optional<double> parse_short_whole_number(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::int32_t number = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

bool looks_iso(std::string_view text) { return text.size() > 10 && text[4] == '-' && text[10] == 'T'; }

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  std::int64_t mantissa = 0;
  std::size_t significant = 0;  // up to 15 digits are exact in a double
  std::size_t decimals = 0;
  bool point = false;
  bool any = false;
  bool long_fraction = false;  // 97.299999999999997: what a program prints of its binary number
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c)) return std::nullopt;
    any = true;
    if (point && (significant >= 15 || decimals >= 15)) {
      long_fraction = true;
      continue;
    }
    if (significant > 0 || c != '0') ++significant;
    if (significant > 15) return std::nullopt;
    mantissa = mantissa * 10 + (c - '0');
    if (point) ++decimals;
  }
  if (!any) return std::nullopt;
  double number = static_cast<double>(mantissa) / powers_of_ten[decimals];
  if (long_fraction)
    std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  return negative ? -number : number;
}

bool says_nothing(std::string_view text) {
  text = stated(text);
  return text.empty() || text == "---" || text == "--" || text == "***" || text == "?" || text == "NULL" ||
         text == "N/A";
}

bool is_sentinel(double number) {
  if (number > -1 && number < 32767) return false;  // between two of them: nearly all numbers
  return std::find(sentinels.begin(), sentinels.end(), number) != sentinels.end();
}

Reading read_plain(std::string_view field) {
  field = trim(field);
  if (const auto number = parse_short_whole_number(field))
    return {is_sentinel(*number) ? ReadingKind::nothing : ReadingKind::number, *number};
  if (says_nothing(field)) return {ReadingKind::nothing, 0};
  if (field.front() == '>' || field.front() == '<') {
    const std::string_view limit = field.substr(field.size() > 1 && field[1] == '=' ? 2 : 1);
    if (!parse_number(limit)) return {ReadingKind::unreadable, 0};
    return {field.front() == '>' ? ReadingKind::over : ReadingKind::under, 0};
  }
  const auto number = parse_number(field);
  if (!number) return {ReadingKind::unreadable, 0};
  return {is_sentinel(*number) ? ReadingKind::nothing : ReadingKind::number, *number};
}

Reading read_structured(std::string_view field, char component_separator) {
  if (says_nothing(field)) return {ReadingKind::nothing, 0};
  const std::string_view comparator = trim(part(field, component_separator, 1));
  const std::string_view number = trim(part(field, component_separator, 2));
  const bool single =
      trim(part(field, component_separator, 3)).empty() && trim(part(field, component_separator, 4)).empty();
  if (!single || number.empty() || number.front() == '>' || number.front() == '<')
    return {ReadingKind::unreadable, 0};
  const Reading plain = read_plain(number);
  if (comparator.empty() || comparator == "=") return plain;
  if (plain.kind != ReadingKind::number) return {ReadingKind::unreadable, 0};
  if (comparator == ">" || comparator == ">=") return {ReadingKind::over, 0};
  if (comparator == "<" || comparator == "<=") return {ReadingKind::under, 0};
  return {ReadingKind::unreadable, 0};
}

std::optional<int> parse_zone(std::string_view text) {
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  text = trim(text);
  int hours = 0;
  int minutes = 0;
  if (!take_digits(text, 2, hours)) return std::nullopt;
  take(text, ':');
  if (!take_digits(text, 2, minutes) || !text.empty() || hours > 14 || minutes > 59) return std::nullopt;
  const int offset = hours * 60 + minutes;
  return west ? -offset : offset;
}

bool tells_moment(std::string_view text) {
  constexpr std::size_t to_the_minute = 12;  // digits
  text = stated(text);
  if (looks_iso(text)) return true;
  const std::string_view start = text.substr(0, to_the_minute);
  return start.size() == to_the_minute && std::all_of(start.begin(), start.end(), is_digit) &&
         start.find_first_not_of('0') != std::string_view::npos;
}

DeviceTime parse_time(std::string_view text, const Zone& zone, vitals::WallTime arrival) {
  text = stated(text);
  if (text.empty()) return {};
  DeviceTime out;
  out.state = TimeState::invalid;
  CivilTime civil;
  const bool iso = looks_iso(text);
  const std::size_t digits = iso ? take_iso(text, civil) : take_compact(text, civil);
  if (digits == 0) return out;
  if (digits == 14 && !take_fraction(text, civil.millisecond)) return out;
  if (!take_zone(text, out.zone_minutes)) return out;
  const auto local = since_1970(civil);
  if (!local) return out;
  out.at = (out.zone_minutes ? Zone::fixed(*out.zone_minutes) : zone).instant_of(*local, arrival);
  out.state = digits >= 12 ? TimeState::usable : TimeState::coarse;
  out.to_minute = digits == 12;
  return out;
}

vitals::WallTime within_minute(const DeviceTime& time, vitals::WallTime reference) {
  constexpr vitals::Milliseconds rest_of_minute_ms{59'999};
  return time.to_minute ? std::clamp(reference, time.at, time.at + rest_of_minute_ms) : time.at;
}

std::array<char, 19> format_time(vitals::WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time.time_since_epoch());
  const year_month_day date{sys_days{day}};
  const hh_mm_ss clock{floor<seconds>(time.time_since_epoch() - day)};
  std::array<char, 19> out{};
  std::size_t at = 0;
  const auto put = [&](unsigned number, std::size_t width) {
    for (std::size_t i = width; i-- > 0; number /= 10) out[at + i] = static_cast<char>('0' + number % 10);
    at += width;
  };
  put(static_cast<unsigned>(std::clamp(static_cast<int>(date.year()), 0, 9999)), 4);
  put(static_cast<unsigned>(date.month()), 2);
  put(static_cast<unsigned>(date.day()), 2);
  put(static_cast<unsigned>(clock.hours().count()), 2);
  put(static_cast<unsigned>(clock.minutes().count()), 2);
  put(static_cast<unsigned>(clock.seconds().count()), 2);
  constexpr std::string_view utc = "+0000";
  std::copy(utc.begin(), utc.end(), out.begin() + 14);
  return out;
}

}  // namespace drivers::hl7
