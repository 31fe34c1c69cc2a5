// Numbers and times as HL7 writes them, and nothing that merely looks like one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/vitals/time.hpp"
#include "drivers/hl7/zone.hpp"

namespace drivers::hl7 {

// NM: optional sign, digits, optional point and digits; blanks around, a leading +, leading zeros, `92.` and
// `.5` are accepted. No exponent, no hex, no nan, no comma, no unit.
std::optional<double> parse_number(std::string_view text);

// The ways of saying "no value" in words: nothing, `""`, `---`, `--`, `***`, `?`, NULL, N/A.
bool says_nothing(std::string_view text);

// Numbers that senders put where they have none: -1, -10, -100, -1000, -10000, -99.9, -999, -32768, 32767,
// 65535, 8388607 (2^23 - 1, the "not a number" of 11073 floats), 8388608, 2147483647.
bool is_sentinel(double number);

// A value field: a number, or the statement that it lies beyond what can be measured, or neither.
enum class ReadingKind : std::uint8_t { number, nothing, over, under, unreadable };
struct Reading {
  ReadingKind kind = ReadingKind::nothing;
  double number = 0;
};

// OBX-5 of type NM, ST or TX: a plain number, or one with `<` or `>` in front.
Reading read_plain(std::string_view field);

// OBX-5 of type SN, `comparator^number^separator^number`: only a single number is one measured value.
Reading read_structured(std::string_view field, char component_separator);

inline constexpr std::size_t time_bytes_max = 64;  // of a time field; none that can be read is longer

enum class TimeState : std::uint8_t {
  absent,
  usable,   // to the minute at least
  coarse,   // a day, perhaps an hour: orders nothing
  invalid,  // all zeros, 30 February, hour 24, words
};

struct DeviceTime {
  TimeState state = TimeState::absent;
  vitals::WallTime at;
  std::optional<int> zone_minutes;  // as written; none: `at` was computed with the zone given by the caller
  bool to_minute = false;           // usable, and without seconds

  bool usable() const { return state == TimeState::usable; }
};

// YYYY[MM[DD[HH[MM[SS[.f...]]]]]][+-HHMM], also the ISO form 2026-01-15T14:30:00Z. Second 60 is taken
// as 59.999. Without a zone of its own the time is one of `zone`; `arrival` decides where that leaves two.
DeviceTime parse_time(std::string_view text, const Zone& zone, vitals::WallTime arrival);

// Of a time without seconds the instant within its minute that is nearest to `reference`: the reading of now
// is not called a minute old. Any other as it is.
vitals::WallTime within_minute(const DeviceTime& time, vitals::WallTime reference);

// Does it look like one to the minute at least, and not all zeros? Only such a time makes one message another
// than the next.
bool tells_moment(std::string_view text);

// +HHMM or -HHMM in minutes.
std::optional<int> parse_zone(std::string_view text);

// YYYYMMDDHHMMSS+0000, always UTC.
std::array<char, 19> format_time(vitals::WallTime time);

}  // namespace drivers::hl7
