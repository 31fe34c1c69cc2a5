// Dose, holds, overtime and restarts on a few plain courses; the general case is session_property_test.cpp.
#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

using Dosing = SessionTest;

TEST_F(Dosing, is_rate_times_time) {
  go_to(Phase::infusing);
  pass(30min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 17.5);
  EXPECT_DOUBLE_EQ(*session.dose(now).mg_per_kg, 0.25);
  session.rate({70, RateUnit::mg_per_h}, false, now);
  pass(30min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 52.5);
}

TEST_F(Dosing, stands_still_while_held_and_after_the_stop) {
  go_to(Phase::infusing);
  pass(30min);
  session.hold(now);
  EXPECT_EQ(session.view(now).rate_mg_per_h, 0);
  EXPECT_EQ(session.view(now).rate->value, 0.5);
  pass(10min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 17.5);
  EXPECT_EQ(session.view(now).held, 10min);
  session.resume(now);
  pass(30min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 35);
  EXPECT_EQ(session.view(now).held, 10min);
  session.stop(now);
  pass(30min);
  const View view = session.view(now);
  EXPECT_DOUBLE_EQ(view.dose_mg, 35);
  EXPECT_EQ(view.rate_mg_per_h, 0);
  EXPECT_FALSE(view.rate);
  EXPECT_EQ(view.band, DoseBand::none);
}

TEST_F(Dosing, adds_up_over_the_infusions_of_a_session_and_begins_anew_in_the_next) {
  go_to(Phase::infusing);
  pass(1h);
  session.stop(now);
  pass(10min);
  session.infusion_start(usual_infusion(), now);
  EXPECT_EQ(session.view(now).t_start, now.wall);
  EXPECT_EQ(session.view(now).held, 0s);
  pass(1h);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 70);
  session.stop(now);
  session.end(now);
  EXPECT_DOUBLE_EQ(session.view(now).dose_mg, 70) << "the report of an ended session stays readable";
  session.start({}, now);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 0);
}

TEST_F(Dosing, runs_on_the_monotonic_clock) {
  go_to(Phase::infusing);
  pass(30min);
  now.wall -= 1h;
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 17.5);
}

using Overtime = SessionTest;

TEST_F(Overtime, counts_from_the_planned_time_without_holds_and_changes_nothing) {
  InfusionStart request = usual_infusion();
  request.planned = 60min;
  session.infusion_start(request, now);
  pass(30min);
  session.hold(now);
  pass(2h);
  EXPECT_FALSE(session.overtime(now));
  session.resume(now);
  pass(30min);
  EXPECT_FALSE(session.overtime(now));
  pass(1ms);
  EXPECT_TRUE(session.overtime(now));
  EXPECT_EQ(session.phase(), Phase::infusing);
  session.stop(now);
  EXPECT_FALSE(session.overtime(now));
}

using Restart = SessionTest;

TEST_F(Restart, goes_on_by_the_wall_clock) {
  InfusionStart request = usual_infusion();
  request.planned = 60min;
  request.by = "pump";
  session.infusion_start(request, now);
  pass(20min);
  session.hold(now);
  pass(5min);
  const View kept = session.view(now);
  // A restart an hour later: the monotonic clock begins anew.
  Stamp after{vitals::MonoTime{Milliseconds{1000}}, now.wall + 1h};
  Session restored("pain/b3", 15min);
  restored.restore(kept, after);
  EXPECT_EQ(restored.phase(), Phase::held);
  EXPECT_EQ(restored.id(), session.id());
  EXPECT_EQ(restored.view(after).held, 65min);
  EXPECT_EQ(restored.view(after).by, "pump");
  EXPECT_EQ(restored.view(after).phase_since, kept.phase_since);
  EXPECT_EQ(after.mono - *restored.phase_since(), 65min);
  EXPECT_NEAR(restored.dose(after).mg, 35.0 / 3, 1e-9);
  restored.resume(after);
  after.mono += 40min;
  after.wall += 40min;
  EXPECT_NEAR(restored.dose(after).mg, 35, 1e-9) << "the rate as told survives the restart of a hold";
  EXPECT_FALSE(restored.overtime(after));
  after.mono += 1s;
  EXPECT_TRUE(restored.overtime(after));
}

TEST_F(Restart, keeps_the_rest_of_titrating) {
  go_to(Phase::infusing);
  pass(5min);
  const View kept = session.view(now);
  pass(4min);
  Session restored("pain/b3", 15min);
  restored.restore(kept, now);
  EXPECT_TRUE(restored.titrating(now));
  pass(6min);
  EXPECT_FALSE(restored.titrating(now));
}

TEST_F(Restart, with_a_clock_that_went_back_counts_no_time) {
  go_to(Phase::infusing);
  pass(30min);
  const View kept = session.view(now);
  now.wall -= 24h;
  Session restored("pain/b3", 15min);
  restored.restore(kept, now);
  EXPECT_DOUBLE_EQ(restored.dose(now).mg, 17.5);
  EXPECT_EQ(restored.phase_since(), now.mono);
  pass(30min);
  EXPECT_DOUBLE_EQ(restored.dose(now).mg, 35);
}

TEST_F(Restart, of_a_view_without_its_time_counts_from_now) {
  go_to(Phase::infusing);
  pass(30min);
  View kept = session.view(now);
  kept.as_of = {};
  Session restored("pain/b3", 15min);
  restored.restore(kept, now);
  EXPECT_DOUBLE_EQ(restored.dose(now).mg, 17.5);
}

TEST_F(Restart, what_was_not_there_is_not_there_after_it) {
  for (const Phase phase : {Phase::none, Phase::baseline, Phase::infusing, Phase::ended}) {
    session = Session("pain/b3", 15min);
    go_to(phase);
    const bool begun = phase == Phase::infusing || phase == Phase::ended;
    Session restored("pain/b3", 15min);
    restored.restore(session.view(now), now);
    for (const Session* one : {&session, &restored}) {
      const View view = one->view(now);
      EXPECT_EQ(view.phase_since != WallTime{}, phase != Phase::none);
      EXPECT_EQ(view.t_opened.has_value(), phase != Phase::none);
      EXPECT_EQ(view.titrating_until.has_value(), phase == Phase::infusing);
      EXPECT_EQ(view.t_increase.has_value(), phase == Phase::infusing);
      EXPECT_EQ(view.t_increase_unseen.has_value(), phase == Phase::infusing);
      EXPECT_EQ(view.t_start.has_value(), begun);
      EXPECT_EQ(view.rate_mg_per_h.has_value(), begun);
      EXPECT_EQ(view.rate_mg_per_kg_h.has_value(), begun);
      EXPECT_EQ(view.rate.has_value(), phase == Phase::infusing);
      EXPECT_FALSE(view.stable_since);
      EXPECT_FALSE(view.stable_last);
      EXPECT_FALSE(view.t_scheduled);
      EXPECT_FALSE(view.last_bolus);
      EXPECT_FALSE(view.chart.last);
    }
  }
}

TEST_F(Restart, in_a_scheduled_session) {
  go_to(Phase::scheduled);
  const View kept = session.view(now);
  Session restored("pain/b3", 15min);
  restored.restore(kept, now);
  EXPECT_EQ(restored.phase(), Phase::scheduled);
  EXPECT_EQ(restored.view(now).t_scheduled, kept.t_scheduled);
  restored.start({}, now);
  EXPECT_EQ(restored.id(), session.id());
}

}  // namespace
}  // namespace infusion
