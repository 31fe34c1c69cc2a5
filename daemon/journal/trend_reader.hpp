// Reads the trend of one bed out of a journal, also while the service writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/journal/trend.hpp"

namespace journal {

struct TrendPoint {                   // one second, or the summary of a minute
  std::int64_t second = 0;            // since 1970; of a summary the first of its minute
  double value = 0;                   // of a summary the median
  std::optional<double> least, most;  // of a summary
  unsigned seconds = 1;               // that hold a value
  bool questionable = false, sim = false;
  std::size_t session = 0;  // index into `sessions`
};
struct TrendEvent {
  std::string kind, doc;
  std::int64_t ts_ms = 0;
};
struct TrendWindow {
  std::optional<std::int64_t> from_ms, to_ms;  // absent: the last 24 h up to the newest value
};

struct Trend {
  std::string problem;  // not empty: nothing was read, and why
  std::int64_t from_ms = 0, to_ms = 0;
  std::array<std::vector<TrendPoint>, vitals::metric_count> points;  // in the order of time
  std::vector<std::string> sessions;                                 // the first is "": none
  std::vector<TrendEvent> events;  // alarms and phases of the bed, from a day before the window on
  std::uint64_t unreadable = 0;    // minutes
};

Trend read_trend(const std::string& path, const std::string& scope, const TrendWindow& window);

}  // namespace journal
