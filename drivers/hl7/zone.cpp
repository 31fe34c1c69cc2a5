#include "drivers/hl7/zone.hpp"

#include <chrono>

#include "drivers/hl7/values.hpp"

namespace drivers::hl7 {

namespace {

constexpr int hour_s = 3600;
constexpr int minute_s = 60;
constexpr int day_s = 86'400;
constexpr std::size_t name_letters_min = 3;  // POSIX, of CET and CEST
constexpr unsigned offset_hours_max = 24;
constexpr unsigned change_hours_max = 167;  // a week, as RFC 8536 extends it

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// A rule that is consumed from the left. What it takes is what it found; false: not there, or out of range.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : left_(text) {}

  bool at_end() const { return left_.empty(); }
  bool at(char c) const { return !left_.empty() && left_.front() == c; }

  bool take(char c) {
    if (!at(c)) return false;
    left_.remove_prefix(1);
    return true;
  }

  bool take_number(unsigned min, unsigned max, unsigned& out) {
    std::size_t digits = 0;
    unsigned value = 0;
    for (; digits < 3 && digits < left_.size() && is_digit(left_[digits]); ++digits)
      value = value * 10 + static_cast<unsigned>(left_[digits] - '0');
    left_.remove_prefix(digits);
    out = value;
    return digits > 0 && value >= min && value <= max;
  }

  // `CET`, or anything between < and >.
  bool take_name() {
    const bool quoted = take('<');
    std::size_t size = 0;
    while (size < left_.size() && (quoted ? left_[size] != '>' : is_letter(left_[size]))) ++size;
    left_.remove_prefix(size);
    return size >= name_letters_min && (!quoted || take('>'));
  }

  // `[+-]h[h[h]][:mm[:ss]]` in seconds.
  bool take_time(unsigned hours_max, int& out) {
    const bool negative = take('-');
    if (!negative) take('+');
    unsigned hours = 0;
    unsigned minutes = 0;
    unsigned seconds = 0;
    if (!take_number(0, hours_max, hours)) return false;
    if (take(':') && !take_number(0, 59, minutes)) return false;
    if (take(':') && !take_number(0, 59, seconds)) return false;
    const int value =
        static_cast<int>(hours) * hour_s + static_cast<int>(minutes) * minute_s + static_cast<int>(seconds);
    out = negative ? -value : value;
    return true;
  }

 private:
  std::string_view left_;
};

std::int64_t seconds_of(std::chrono::sys_days day) {
  return std::int64_t{day.time_since_epoch().count()} * day_s;
}

int year_of(std::int64_t local_s) {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::seconds{local_s});
  return static_cast<int>(std::chrono::year_month_day{std::chrono::sys_days{day}}.year());
}

}  // namespace

// Reads a rule into a zone.
struct Zone::Rule {
  static bool take_change(Cursor& text, Change& out) {
    if (text.take('M')) {
      out.kind = Change::Kind::month_week_day;
      const bool read = text.take_number(1, 12, out.month) && text.take('.') &&
                        text.take_number(1, 5, out.week) && text.take('.') &&
                        text.take_number(0, 6, out.weekday);
      if (!read) return false;
    } else if (text.take('J')) {
      out.kind = Change::Kind::day_without_leap;
      if (!text.take_number(1, 365, out.day)) return false;
    } else {
      out.kind = Change::Kind::day_with_leap;
      if (!text.take_number(0, 365, out.day)) return false;
    }
    out.second = 2 * hour_s;
    return !text.take('/') || text.take_time(change_hours_max, out.second);
  }

  static bool take_summer(Cursor& text, Zone& out) {
    out.has_summer_ = true;
    out.summer_s_ = out.standard_s_ + hour_s;
    int west_s = 0;
    if (!text.take_name()) return false;
    if (!text.at(',')) {
      if (!text.take_time(offset_hours_max, west_s)) return false;
      out.summer_s_ = -west_s;
    }
    return text.take(',') && take_change(text, out.begins_) && text.take(',') && take_change(text, out.ends_);
  }

  static std::optional<Zone> read(Cursor text) {
    Zone out;
    int west_s = 0;
    if (!text.take_name() || !text.take_time(offset_hours_max, west_s)) return std::nullopt;
    out.standard_s_ = -west_s;
    if (!text.at_end() && !take_summer(text, out)) return std::nullopt;
    return text.at_end() ? std::optional(out) : std::nullopt;
  }
};

Zone Zone::fixed(int minutes_east) {
  Zone out;
  out.standard_s_ = minutes_east * minute_s;
  return out;
}

std::optional<Zone> Zone::parse(std::string_view text) {
  if (const auto minutes = parse_zone(text)) return fixed(*minutes);
  return Rule::read(Cursor(text));
}

std::int64_t Zone::Change::local_s(int in_year) const {
  using namespace std::chrono;
  const std::chrono::year year{in_year};
  const sys_days first{year / January / 1};
  switch (kind) {
    case Kind::month_week_day: {
      const std::chrono::month in_month{month};
      const std::chrono::weekday on{weekday};
      const sys_days date =
          week == 5 ? sys_days{year / in_month / on[last]} : sys_days{year / in_month / on[week]};
      return seconds_of(date) + second;
    }
    case Kind::day_without_leap: {
      const bool behind_leap_day = year.is_leap() && day >= 60;  // J60 is 1 March in every year
      return seconds_of(first + days{day - 1 + (behind_leap_day ? 1 : 0)}) + second;
    }
    case Kind::day_with_leap: break;
  }
  return seconds_of(first + days{day}) + second;
}

bool Zone::is_summer(std::int64_t utc_s) const {
  const int year = year_of(utc_s + standard_s_);
  const std::int64_t begin_s = begins_.local_s(year) - standard_s_;
  const std::int64_t end_s = ends_.local_s(year) - summer_s_;
  // South of the equator summer goes over the end of the year.
  return begin_s < end_s ? utc_s >= begin_s && utc_s < end_s : utc_s >= begin_s || utc_s < end_s;
}

vitals::WallTime Zone::instant_of(vitals::Milliseconds local, vitals::WallTime arrival) const {
  using std::chrono::seconds;
  const auto whole_s = [](vitals::WallTime at) {
    return std::chrono::floor<seconds>(at.time_since_epoch()).count();
  };
  const vitals::WallTime by_standard{local - seconds{standard_s_}};
  if (!has_summer_) return by_standard;
  const vitals::WallTime by_summer{local - seconds{summer_s_}};
  const bool standard_fits = !is_summer(whole_s(by_standard));
  const bool summer_fits = is_summer(whole_s(by_summer));
  if (standard_fits != summer_fits) return standard_fits ? by_standard : by_summer;
  const auto distance = [&](vitals::WallTime at) { return std::chrono::abs(at - arrival); };
  return distance(by_standard) <= distance(by_summer) ? by_standard : by_summer;
}

}  // namespace drivers::hl7
