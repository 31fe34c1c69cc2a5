// The sessions that have ended, by their series: what the journal knew at the start and what has ended since.
// Loop thread only. Bounded: the oldest go.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/infusion/session.hpp"
#include "daemon/journal/journal.hpp"

namespace app {

inline constexpr std::size_t series_sessions_max = 2'000;

class SeriesBook {
 public:
  // How many could not be read.
  std::size_t restore(const std::vector<journal::PastEntry>& past);
  // A session as it was when it ended; the same one again changes nothing. One without a series, or in which
  // no infusion was given, does not count.
  void add(const infusion::View& ended);
  std::optional<infusion::SeriesHistory> history(std::string_view series, vitals::WallTime now) const;

 private:
  struct One {
    std::string series;
    infusion::PastSession past;
  };
  std::deque<One> sessions_;  // in the order in which they ended
};

}  // namespace app
