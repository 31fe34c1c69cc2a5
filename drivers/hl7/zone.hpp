// The clock on the wall at the sender: what offset from UTC its times have when they carry none.
//
// Summer time is a rule and not a number: an offset fixed when the daemon started is an hour wrong from the
// next change on. The rule is the text that POSIX calls TZ and that ends every file of the zone database.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/vitals/time.hpp"

namespace drivers::hl7 {

class Zone {
 public:
  Zone() = default;  // UTC
  static Zone fixed(int minutes_east);

  // `+0530`, `-0330`, or a POSIX rule such as `CET-1CEST,M3.5.0,M10.5.0/3`, where a summer time without the
  // days it begins and ends on is refused. Nothing: neither.
  static std::optional<Zone> parse(std::string_view text);

  // `local`: what the clock on the wall shows, counted from its 1970-01-01 00:00. An hour that comes twice in
  // autumn, or never in spring, is taken for the instant that is nearer to `arrival`.
  vitals::WallTime instant_of(vitals::Milliseconds local, vitals::WallTime arrival) const;

 private:
  // A day of the year and the time on it, by the clock before the change.
  struct Change {
    enum class Kind : std::uint8_t { month_week_day, day_without_leap, day_with_leap };
    Kind kind = Kind::month_week_day;
    unsigned month = 1, week = 1, weekday = 0;  // week 5: the last one; weekday 0: Sunday
    unsigned day = 0;                           // of the year: from 1 without 29 February, or from 0
    int second = 0;                             // of the day; may lie outside of it

    std::int64_t local_s(int year) const;
  };
  struct Rule;

  bool is_summer(std::int64_t utc_s) const;

  int standard_s_ = 0;  // east of Greenwich
  int summer_s_ = 0;
  bool has_summer_ = false;
  Change begins_, ends_;
};

}  // namespace drivers::hl7
