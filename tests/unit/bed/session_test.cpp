// The infusion session and the alarms: phases, baseline, relative limits, the end.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct SessionAtBed : OneBed {
  SessionAtBed() { linked(); }
  void rate(double v, int s) { stay(97, s, v); }
};

TEST_F(SessionAtBed, no_baseline_while_infusing_until_one_is_set) {
  start_infusion();
  EXPECT_EQ(priority("no-baseline"), Priority::medium);
  set_baseline(120);
  EXPECT_EQ(alarm("no-baseline"), nullptr);
}

TEST_F(SessionAtBed, a_measured_baseline_is_taken_from_valid_readings_of_what_leads) {
  bed().session_start({}, now);
  cuff(118, 70);
  stay(97, 200, 64);
  cuff(122, 72);
  for (int i = 0; i < 70; ++i) {
    value(Metric::pr, 64);
    value(Metric::hr, 190);                     // not this bed's
    value(Metric::spo2, 50, Reason::artifact);  // in doubt
    wait(1);
  }
  start_infusion();
  const auto baseline = bed().session(now).baseline;
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->sbp, 120);
  EXPECT_EQ(baseline->rate, 64);
  EXPECT_EQ(alarm("no-baseline"), nullptr);
}

TEST_F(SessionAtBed, a_doubtful_cuff_is_no_baseline) {
  bed().session_start({}, now);
  cuff(118, 70, std::nullopt, std::nullopt, Reason::artifact);
  wait(200);
  cuff(122, 72, std::nullopt, std::nullopt, Reason::artifact);
  start_infusion();
  EXPECT_NE(alarm("no-baseline"), nullptr);
}

TEST_F(SessionAtBed, relative_limits_run_only_from_infusion_to_recovery_and_with_a_baseline) {
  const auto fires = [&] {
    static double odd = 0;
    odd = odd == 0 ? 0.1 : 0;  // another number, another reading
    cuff(142 + odd, 70);       // above 105 + 20 % and 140
    const bool yes = alarm("sbp-high") != nullptr;
    cuff(110 + odd, 70);
    return yes;
  };
  EXPECT_FALSE(fires());
  bed().session_start({}, now);
  set_baseline(105);
  EXPECT_FALSE(fires());
  start_infusion();
  EXPECT_TRUE(fires());
  bed().infusion_hold(now);
  EXPECT_TRUE(fires());
  bed().infusion_resume(now);
  bed().infusion_stop(now);
  EXPECT_TRUE(fires());
  bed().session_end(now);
  EXPECT_FALSE(fires());
}

TEST_F(SessionAtBed, limits_in_force_show_the_relative_part) {
  start_infusion();
  set_baseline(105);
  bool found = false;
  for (const auto& one : bed().limits_in_force()) {
    if (one.id != LimitId::sbp_high) continue;
    found = true;
    EXPECT_EQ(one.limit.warn().limit(), 140);
    EXPECT_EQ(one.limit.warn().relative(), 140);
    EXPECT_EQ(one.behaviour.on_delay, Milliseconds{0});
  }
  EXPECT_TRUE(found);
}

TEST_F(SessionAtBed, a_new_baseline_judges_the_next_reading) {
  start_infusion();
  cuff(142, 70);
  EXPECT_EQ(alarm("sbp-high"), nullptr);
  set_baseline(105);
  EXPECT_EQ(alarm("sbp-high"), nullptr);
  cuff(143, 70);
  EXPECT_EQ(priority("sbp-high"), Priority::medium);
}

TEST_F(SessionAtBed, the_phase_brings_its_own_limits_and_a_running_alarm_is_judged_by_them) {
  bed_.reset();
  for (const Phase phase : {Phase::infusing, Phase::held}) {
    rule(profile, phase, LimitId::hr_high).warn.limit = 130;
    rule(profile, phase, LimitId::hr_high).warn.relative.reset();
  }
  linked();
  rate(125, 12);
  ASSERT_EQ(priority("hr-high"), Priority::medium);
  start_infusion();
  EXPECT_NE(alarm("hr-high"), nullptr);
  rate(125, 1);
  EXPECT_EQ(alarm("hr-high")->limit, 130);
  rate(125, 5);
  EXPECT_EQ(alarm("hr-high"), nullptr);
}

TEST_F(SessionAtBed, a_condition_that_the_new_phase_does_not_watch_ends_by_phase) {
  bed_.reset();
  rule(profile, Phase::infusing, LimitId::hr_high).watched = false;
  linked();
  rate(125, 12);
  ASSERT_NE(alarm("hr-high"), nullptr);
  start_infusion();
  EXPECT_EQ(alarm("hr-high"), nullptr);
  const auto end = std::find_if(out.alarms.begin(), out.alarms.end(),
                                [](const Alarm& one) { return one.change == Change::end; });
  ASSERT_NE(end, out.alarms.end());
  EXPECT_EQ(end->condition, "hr-high");
  EXPECT_EQ(end->end_reason, EndReason::phase);
}

TEST_F(SessionAtBed, session_end_ends_physiological_alarms_while_the_session_is_named) {
  start_infusion();
  set_baseline(120);
  bed().infusion_stop(now);
  stay(97, 3);
  bed().device_demo(0, true, now);
  stay(97, 20);
  bed().device_demo(0, false, now);
  cuff(185, 70);
  stay(90, 16);
  bed().device_demo(0, true, now);
  wait(16);
  ASSERT_NE(alarm("demo-mode-mon1"), nullptr);
  const std::string session = bed().session(now).session;
  EXPECT_EQ(bed().session_end(now).verdict, infusion::Verdict::applied);
  EXPECT_EQ(active(), Names{"demo-mode-mon1"});
  std::size_t ended = 0;
  for (const Alarm& one : out.alarms) {
    if (one.end_reason != EndReason::session_end) continue;
    ++ended;
    EXPECT_EQ(one.session, session);
    EXPECT_EQ(one.kind, alarms::Kind::physiological);
  }
  EXPECT_EQ(ended, 2U);
}

TEST_F(SessionAtBed, P7_a_session_end_that_is_refused_ends_nothing) {
  start_infusion();
  cuff(185, 70);
  EXPECT_EQ(bed().session_end(now).verdict, infusion::Verdict::refused);
  EXPECT_NE(alarm("sbp-high"), nullptr);
}

TEST_F(SessionAtBed, after_the_session_absolute_limits_go_on) {
  start_infusion();
  bed().infusion_stop(now);
  bed().session_end(now);
  stay(90, 16);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(priority("spo2-low"), Priority::medium);
  EXPECT_TRUE(alarm("spo2-low")->session.empty());
  EXPECT_FALSE(alarm("spo2-low")->dose_mg);
}

TEST_F(SessionAtBed, alarm_documents_carry_session_phase_and_dose) {
  start_infusion();  // 35 mg/h
  stay(97, 3599);
  stay(90, 1);
  value(Metric::spo2, 75);
  const Alarm* one = alarm("spo2-deep");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->phase, Phase::infusing);
  EXPECT_EQ(one->session, bed().session(now).session);
  ASSERT_TRUE(one->dose_mg && one->dose_mg_per_kg);
  EXPECT_NEAR(*one->dose_mg, 35, 1e-6);
  EXPECT_NEAR(*one->dose_mg_per_kg, 0.5, 1e-6);
}

TEST_F(SessionAtBed, overtime_is_low_60_s_after_the_planned_end_and_ends_with_the_stop) {
  start_infusion(10);
  stay(97, 659);
  EXPECT_EQ(alarm("infusion-overtime"), nullptr);
  stay(97, 1);
  EXPECT_EQ(priority("infusion-overtime"), Priority::low);
  bed().infusion_hold(now);
  stay(97, 300);
  EXPECT_NE(alarm("infusion-overtime"), nullptr);  // until a stop is recorded
  bed().infusion_stop(now);
  EXPECT_EQ(alarm("infusion-overtime"), nullptr);
}

TEST_F(SessionAtBed, overtime_does_not_count_holds_nor_steps_of_the_wall_clock) {
  start_infusion(10);
  stay(97, 300);
  now.wall -= seconds(3600);
  bed().infusion_hold(now);
  stay(97, 300);
  now.wall += seconds(7200);
  bed().infusion_resume(now);
  stay(97, 359);
  EXPECT_EQ(alarm("infusion-overtime"), nullptr);
  stay(97, 1);
  EXPECT_NE(alarm("infusion-overtime"), nullptr);
}

TEST_F(SessionAtBed, titrating_ends_at_its_instant_and_the_bed_goes_on) {
  start_infusion();
  wait(899.999);
  EXPECT_TRUE(bed().session(now).titrating_until);
  wait(0.001);
  EXPECT_FALSE(bed().session(now).titrating_until);
  EXPECT_GT(bed().deadline(), now.mono);
}

TEST_F(SessionAtBed, a_verb_that_is_refused_changes_nothing) {
  const auto before = out.log.size();
  EXPECT_EQ(bed().infusion_hold(now).verdict, infusion::Verdict::refused);
  EXPECT_EQ(bed().infusion_resume(now).verdict, infusion::Verdict::refused);
  EXPECT_EQ(bed().session_end(now).verdict, infusion::Verdict::refused);
  EXPECT_EQ(out.log.size(), before);
}

TEST_F(SessionAtBed, what_the_monitoring_is_called) {
  EXPECT_EQ(name(Monitoring::none), "none");
  EXPECT_EQ(name(Monitoring::partial), "partial");
  EXPECT_EQ(name(Monitoring::full), "full");
  EXPECT_EQ(name(Monitoring::blind), "blind");
}

}  // namespace
}  // namespace bed
