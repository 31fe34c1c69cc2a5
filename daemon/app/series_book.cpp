#include "daemon/app/series_book.hpp"

#include <algorithm>

#include "daemon/app/session_record.hpp"

namespace app {

std::size_t SeriesBook::restore(const std::vector<journal::PastEntry>& past) {
  std::size_t unread = 0;
  for (const journal::PastEntry& one : past) {
    if (const auto view = read_session_record(one.doc))
      add(*view);
    else
      ++unread;
  }
  return unread;
}

void SeriesBook::add(const infusion::View& ended) {
  if (ended.series.series.empty() || !ended.t_start) return;
  const auto same = [&](const One& one) {
    return one.past.session == ended.session && one.past.ended == ended.phase_since;
  };
  if (std::any_of(sessions_.begin(), sessions_.end(), same)) return;
  sessions_.push_back(
      {ended.series.series, {ended.session, ended.phase_since, ended.extremes, ended.dose_mg}});
  if (sessions_.size() > series_sessions_max) sessions_.pop_front();
}

std::optional<infusion::SeriesHistory> SeriesBook::history(std::string_view series,
                                                           vitals::WallTime now) const {
  if (series.empty()) return std::nullopt;
  infusion::SeriesHistory out;
  for (const One& one : sessions_)
    if (one.series == series) out.add(one.past, now);
  return out;
}

}  // namespace app
