// The trend of a bed as lines of comma-separated values, and times as a person writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/journal/trend_reader.hpp"

namespace tools {

// "2026-11-22T10:15:00Z"
std::string utc_text(std::int64_t unix_s);
// "2026-11-22", with a time "2026-11-22T10:15" or "2026-11-22T10:15:30", with or without Z: always UTC.
// nullopt: no such time.
std::optional<std::int64_t> utc_ms(std::string_view text);

// One line for each value: time, session, metric, value, least, most, unit, quality, seconds, sim.
std::string trend_lines(const journal::Trend& trend);

}  // namespace tools
