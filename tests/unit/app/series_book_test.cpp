// Which sessions count for a series.
#include "daemon/app/series_book.hpp"

#include <gtest/gtest.h>

#include "daemon/app/session_record.hpp"

namespace app::test {
namespace {

using vitals::wall_from_unix_ms;
constexpr std::int64_t t0 = 1'800'000'000'000;
constexpr std::int64_t day_ms = 86'400'000;

infusion::View ended(std::string session, std::string series, std::int64_t days_ago) {
  infusion::View view;
  view.phase = vitals::Phase::ended;
  view.session = std::move(session);
  view.phase_since = wall_from_unix_ms(t0 - days_ago * day_ms);
  view.t_start = view.phase_since - vitals::Milliseconds{3'600'000};
  view.series = {std::move(series), 1, 6};
  view.extremes = {104, 166, 93, 3};
  view.dose_mg = 35;
  return view;
}

TEST(SeriesBook, CountsEachSessionOfASeriesOnce) {
  SeriesBook book;
  for (int i = 0; i < 2; ++i) {
    book.add(ended("s-1", "k-41", 14));
    book.add(ended("s-2", "k-41", 7));
    book.add(ended("s-3", "k-42", 7));
  }
  const auto history = book.history("k-41", wall_from_unix_ms(t0));
  ASSERT_TRUE(history);
  EXPECT_EQ(history->sessions, 2U);
  EXPECT_EQ(history->dose_mg, 70);
  EXPECT_EQ(history->last->session, "s-2");
  EXPECT_EQ(book.history("k-43", wall_from_unix_ms(t0))->sessions, 0U);
  EXPECT_FALSE(book.history("", wall_from_unix_ms(t0)));
}

TEST(SeriesBook, WithoutASeriesOrAnInfusionThereIsNothingToCount) {
  SeriesBook book;
  book.add(ended("s-1", "", 1));
  infusion::View cancelled = ended("s-2", "k-41", 1);
  cancelled.t_start.reset();
  book.add(cancelled);
  EXPECT_EQ(book.history("k-41", wall_from_unix_ms(t0))->sessions, 0U);
}

TEST(SeriesBook, TheJournalsRecordsComeBackAndDamagedOnesAreCounted) {
  SeriesBook book;
  const auto entry = [](const infusion::View& view) {
    return journal::PastEntry{"pain/b1", view.session, view.series.series, vitals::unix_ms(view.phase_since),
                              write_session_record(view)};
  };
  EXPECT_EQ(book.restore({entry(ended("s-1", "k-41", 14)), {"pain/b1", "s-9", "k-41", 5, "{"}}), 1U);
  const auto history = book.history("k-41", wall_from_unix_ms(t0));
  EXPECT_EQ(history->sessions, 1U);
  EXPECT_EQ(history->extremes, (infusion::Extremes{104, 166, 93, 3}));
}

TEST(SeriesBook, IsBounded) {
  SeriesBook book;
  for (std::size_t i = 0; i <= series_sessions_max; ++i) book.add(ended("s-" + std::to_string(i), "k-41", 1));
  EXPECT_EQ(book.history("k-41", wall_from_unix_ms(t0))->sessions, series_sessions_max);
}

}  // namespace
}  // namespace app::test
