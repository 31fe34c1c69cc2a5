// One line of the Nellcor printout, told apart and checked column by column. Apart from the driver because
// the columns are all the integrity there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace drivers::nellcor {

// The two-letter status codes that are known, one bit each.
namespace code {
inline constexpr std::uint32_t audible_off = 1U << 0U;        // AO
inline constexpr std::uint32_t alarm_silenced = 1U << 1U;     // AS
inline constexpr std::uint32_t battery_in_use = 1U << 2U;     // BU
inline constexpr std::uint32_t low_battery = 1U << 3U;        // LB
inline constexpr std::uint32_t pulse_lost_motion = 1U << 4U;  // LM
inline constexpr std::uint32_t pulse_lost = 1U << 5U;         // LP
inline constexpr std::uint32_t motion = 1U << 6U;             // MO
inline constexpr std::uint32_t rate_high = 1U << 7U;          // PH
inline constexpr std::uint32_t rate_low = 1U << 8U;           // PL
inline constexpr std::uint32_t pulse_search = 1U << 9U;       // PS
inline constexpr std::uint32_t spo2_high = 1U << 10U;         // SH
inline constexpr std::uint32_t spo2_low = 1U << 11U;          // SL
inline constexpr std::uint32_t sensor_unplugged = 1U << 12U;  // SD
inline constexpr std::uint32_t sensor_off = 1U << 13U;        // SO
// Not codes: the asterisk behind a number that is outside the monitor's limits.
inline constexpr std::uint32_t spo2_flag = 1U << 14U;
inline constexpr std::uint32_t rate_flag = 1U << 15U;
}  // namespace code

struct Row {
  std::optional<unsigned> spo2_percent;  // empty: dashes. 0 is as printed.
  std::optional<unsigned> rate_per_min;
  std::uint32_t codes = 0;
  std::string_view amplitude;     // PA as printed, a bar without unit; empty: dashes
  std::string_view unknown_code;  // the first that is not in the list above
};

struct ParsedRow {
  Row row;
  std::string_view wrong;  // a short stable word; empty: the row is sound
  std::string_view field;  // the column's title, where one is wrong
};

enum class LineKind : std::uint8_t {
  row,            // looks like one; parse_row() decides
  live_version,   // the rows that follow are live: the model's line, with the checksum of its software
  live_heading,   // the same, by another line
  trend_heading,  // they are stored ones
  bare_title,     // the title without its last column: of stored rows, or cut
  trend_end,
  heading,  // another line of the heading block
  unknown,
};

LineKind kind_of(std::string_view line);
ParsedRow parse_row(std::string_view line);

}  // namespace drivers::nellcor
