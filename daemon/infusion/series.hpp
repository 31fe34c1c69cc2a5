// Sessions that belong together: a series over days or weeks, known by a pseudonym that people choose. What a
// session leaves for the next one of its series. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/time.hpp"

namespace infusion {

// "Session n of m"; 0: not told.
struct SeriesPlace {
  std::string series;  // pseudonym, as a session's
  unsigned n = 0, m = 0;
  double interval_days = 0;  // planned, from one session to the next

  friend bool operator==(const SeriesPlace&, const SeriesPlace&) = default;
};
inline constexpr unsigned series_length_max = 999;
inline constexpr double interval_days_max = 366;

// From the start of an infusion to the end of the session, of valid values.
struct Extremes {
  std::optional<double> rate_max, sbp_max, spo2_min;
  unsigned events = 0;  // physiological alarms, a nurse's observation out of range among them

  // True: a new extreme.
  bool take(vitals::Metric metric, double value) {
    if (vitals::is_rate(metric)) return raise(rate_max, value);
    if (metric == vitals::Metric::nibp_sys || metric == vitals::Metric::art_sys) return raise(sbp_max, value);
    if (metric != vitals::Metric::spo2 || (spo2_min && *spo2_min <= value)) return false;
    spo2_min = value;
    return true;
  }

  friend bool operator==(const Extremes&, const Extremes&) = default;

 private:
  static bool raise(std::optional<double>& most, double value) {
    if (most && *most >= value) return false;
    most = value;
    return true;
  }
};

struct PastSession {
  std::string session;
  vitals::WallTime ended{};
  Extremes extremes;
  double dose_mg = 0;
};

// Of the earlier sessions of a series in which an infusion was given.
struct SeriesHistory {
  unsigned sessions = 0;
  unsigned sessions_year =
      0;               // ended within the last 365 days; guidelines name 6 to 12 a year as a usual most
  double dose_mg = 0;  // all together
  Extremes extremes;   // of all
  std::optional<PastSession> last;

  void add(const PastSession& past, vitals::WallTime now);
};

}  // namespace infusion
