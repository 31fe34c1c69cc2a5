// Collects what one bed measures, a value a second and metric, and cuts it into minutes for the journal. By
// the wall clock: that is what a person looks it up by. Of a clock that is set, the seconds told twice count
// as told last, and up to a second of values is lost.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/journal/journal.hpp"
#include "daemon/journal/trend.hpp"
#include "daemon/vitals/observation.hpp"

namespace app {

class TrendDesk {
 public:
  explicit TrendDesk(vitals::WallTime now);

  // On the way from a byte to an alarm: allocates nothing.
  void take(const vitals::Observation& value);
  // A session is in progress: the minute is kept second by second, not only its summary.
  void belongs_to(const std::string& session) { session_ = session; }
  bool due(vitals::WallTime now) const;  // the minute is over, or the clock went back before it
  // The minute at hand, and the next one begins where `now` is. nullopt: nothing came.
  std::optional<journal::TrendEntry> cut(std::string_view scope, bool sim, vitals::WallTime now);

 private:
  std::int64_t minute_;  // since 1970
  std::string session_;
  journal::TrendBlock block_;
};

}  // namespace app
