// A series of sessions: where one stands in it, its extremes, and what earlier ones left.
#include "daemon/infusion/series.hpp"

#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

using vitals::Metric;

struct SeriesTest : SessionTest {
  Verdict start(const SeriesPlace& series) {
    SessionStart request;
    request.series = series;
    return session.start(request, now).verdict;
  }
};

TEST_F(SeriesTest, is_named_by_a_pseudonym_and_counted_from_1_to_m) {
  EXPECT_EQ(start({"Mrs Miller", 1, 6}), Verdict::invalid);
  EXPECT_EQ(start({"", 1, 6}), Verdict::invalid);
  EXPECT_EQ(start({"k-41", 7, 6}), Verdict::invalid);
  EXPECT_EQ(start({"", 0, 0, 7}), Verdict::invalid) << "an interval of what?";
  EXPECT_EQ(start({"", 0, 0, 0.5}), Verdict::invalid);
  EXPECT_EQ(start({"", 0, 1}), Verdict::invalid);
  EXPECT_EQ(session.phase(), Phase::none);
  EXPECT_EQ(start({"k-41", 6, 6}), Verdict::applied);
  EXPECT_EQ(session.view(now).series, (SeriesPlace{"k-41", 6, 6}));
}

TEST_F(SeriesTest, of_a_scheduled_session_stays_and_does_not_reach_the_next_one) {
  SessionStart later;
  later.at = now.wall + 1h;
  later.series = {"k-41", 1, 0};
  session.start(later, now);
  session.start({}, now);
  EXPECT_EQ(session.view(now).series.series, "k-41");
  session.end(now);
  session.start({}, now);
  EXPECT_EQ(session.view(now).series.series, "");
}

TEST_F(SeriesTest, extremes_are_those_since_the_infusion_began) {
  go_to(Phase::baseline);
  EXPECT_FALSE(session.extreme(Metric::nibp_sys, 190));
  EXPECT_FALSE(session.event());
  go_to(Phase::infusing);
  EXPECT_TRUE(session.extreme(Metric::nibp_sys, 150));
  EXPECT_FALSE(session.extreme(Metric::nibp_sys, 150)) << "no news";
  session.extreme(Metric::art_sys, 166);
  session.extreme(Metric::pr, 104);
  session.extreme(Metric::hr, 90);
  session.extreme(Metric::spo2, 93);
  EXPECT_FALSE(session.extreme(Metric::spo2, 97));
  EXPECT_FALSE(session.extreme(Metric::rr, 40));
  session.hold(now);
  EXPECT_TRUE(session.event()) << "to be kept";
  session.stop(now);
  session.event();
  EXPECT_EQ(session.view(now).extremes, (Extremes{104, 166, 93, 2}));
  session.end(now);
  EXPECT_FALSE(session.event());
  EXPECT_EQ(session.view(now).extremes.events, 2U);
}

TEST_F(SeriesTest, a_restart_goes_on_from_the_extremes) {
  go_to(Phase::infusing);
  session.extreme(Metric::spo2, 93);
  const View view = session.view(now);
  Session after{"pain/b3", 15min};
  after.restore(view, now);
  EXPECT_FALSE(after.extreme(Metric::spo2, 95));
  EXPECT_EQ(after.view(now).extremes.spo2_min, 93);
}

TEST(SeriesHistory, sums_up_and_counts_the_last_365_days) {
  const WallTime now = test_start.wall;
  SeriesHistory out;
  out.add({"s-2", now - 24h * 10, {98, 151, 95, 1}, 35}, now);
  out.add({"s-1", now - 24h * 365, {110, std::nullopt, 91, 2}, 40}, now);
  EXPECT_EQ(out.sessions, 2U);
  EXPECT_EQ(out.sessions_year, 1U);
  EXPECT_EQ(out.dose_mg, 75);
  EXPECT_EQ(out.extremes, (Extremes{110, 151, 91, 3}));
  EXPECT_EQ(out.last->session, "s-2") << "the newest, in whatever order they are told";
  out.add({"s-3", now - 24h, {std::nullopt, 140, std::nullopt, 0}, 30}, now);
  EXPECT_EQ(out.last->session, "s-3");
  EXPECT_EQ(out.extremes, (Extremes{110, 151, 91, 3})) << "what was not measured is no extreme";
}

}  // namespace
}  // namespace infusion
