#include "daemon/infusion/series.hpp"

namespace infusion {
namespace {

constexpr vitals::Milliseconds year{365LL * 24 * 3'600'000};

}  // namespace

void SeriesHistory::add(const PastSession& past, vitals::WallTime now) {
  ++sessions;
  if (now - past.ended < year) ++sessions_year;
  dose_mg += past.dose_mg;
  extremes.events += past.extremes.events;
  if (past.extremes.rate_max) extremes.take(vitals::Metric::pr, *past.extremes.rate_max);
  if (past.extremes.sbp_max) extremes.take(vitals::Metric::nibp_sys, *past.extremes.sbp_max);
  if (past.extremes.spo2_min) extremes.take(vitals::Metric::spo2, *past.extremes.spo2_min);
  if (!last || last->ended <= past.ended) last = past;
}

}  // namespace infusion
