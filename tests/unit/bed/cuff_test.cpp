// Blood pressure by cuff: what is a new reading, what it does at once, and when the next one is overdue.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Cuff : OneBed {
  Cuff() { linked(); }
  // Minutes with everything else well.
  void minutes(double m) {
    for (auto t = std::lround(m * 60); t > 0; t -= 5) {
      value(Metric::pr, 70);
      value(Metric::spo2, 97);
      wait(5);
    }
  }
};

TEST_F(Cuff, a_reading_counts_at_once_and_is_published_before_its_alarm) {
  cuff(185, 95, 120);
  EXPECT_EQ(priority("sbp-high"), Priority::high);
  EXPECT_EQ(priority("map-high"), Priority::medium);
  EXPECT_EQ(alarm("sbp-high")->text, "SBP 185 > 180 mmHg");
  ASSERT_FALSE(out.order.empty());
  EXPECT_EQ(out.order[0], "nibp");
}

TEST_F(Cuff, the_next_reading_inside_by_5_ends_it_and_one_closer_does_not) {
  cuff(165, 80);
  ASSERT_EQ(priority("sbp-high"), Priority::medium);
  wait(60);
  cuff(156, 80);
  EXPECT_NE(alarm("sbp-high"), nullptr);
  wait(60);
  cuff(155, 80);
  EXPECT_EQ(alarm("sbp-high"), nullptr);
}

TEST_F(Cuff, a_critical_reading_escalates_and_the_next_deescalates_at_once) {
  cuff(165, 80);
  cuff(185, 80);
  EXPECT_EQ(priority("sbp-high"), Priority::high);
  cuff(170, 80);
  EXPECT_EQ(priority("sbp-high"), Priority::medium);
  cuff(120, 80);
  EXPECT_EQ(alarm("sbp-high")->state, State::latched);  // it was high, and nobody has seen it
}

TEST_F(Cuff, a_doubtful_reading_counts_at_once_and_cannot_end) {
  cuff(185, 95, std::nullopt, std::nullopt, Reason::artifact);
  ASSERT_EQ(priority("sbp-high"), Priority::high);
  EXPECT_TRUE(alarm("sbp-high")->questionable);
  cuff(120, 70, std::nullopt, std::nullopt, Reason::artifact);
  EXPECT_EQ(alarm("sbp-high")->state, State::active);
}

TEST_F(Cuff, a_repeated_number_is_no_new_reading) {
  cuff(120, 70);
  for (int i = 0; i < 100; ++i) {
    wait(20);
    cuff(120, 70);
  }
  EXPECT_EQ(out.cuff_quality.back(), Quality::stale);
  EXPECT_EQ(bed().last_cuff(), wall_origin);
}

TEST_F(Cuff, an_equal_number_with_a_new_time_is_a_new_reading) {
  cuff(120, 70, std::nullopt, now.wall);
  wait(600);
  cuff(120, 70, std::nullopt, now.wall);
  EXPECT_EQ(bed().last_cuff(), now.wall);
}

TEST_F(Cuff, a_reading_counts_from_its_own_time) {
  cuff(120, 70, std::nullopt, now.wall - seconds(300));
  EXPECT_EQ(out.cuff_valid_until_s.back(), 600);  // without an interval 15 min from the measurement
  EXPECT_EQ(bed().last_cuff(), now.wall - seconds(300));
}

TEST_F(Cuff, P10_a_reading_that_is_old_when_it_comes_is_stale_and_silent) {
  cuff(220, 130, std::nullopt, now.wall - seconds(901));
  EXPECT_EQ(active(), Names{});
  EXPECT_EQ(out.cuff_quality.back(), Quality::stale);
}

TEST_F(Cuff, P10_an_older_reading_after_a_newer_one_is_no_news) {
  cuff(185, 70, std::nullopt, now.wall);
  ASSERT_NE(alarm("sbp-high"), nullptr);
  wait(10);
  cuff(120, 70, std::nullopt, now.wall - seconds(300));
  EXPECT_EQ(alarm("sbp-high")->state, State::active);
  EXPECT_EQ(out.cuffs.back().sys, 185);
}

TEST_F(Cuff, a_computed_mean_is_shown_and_not_judged) {
  cuff(140, 120);
  ASSERT_TRUE(out.cuffs.back().map);
  EXPECT_NEAR(*out.cuffs.back().map, 126.667, 0.001);
  EXPECT_TRUE(out.cuffs.back().map_derived);
  EXPECT_EQ(alarm("map-high"), nullptr);
  EXPECT_NE(alarm("dbp-high"), nullptr);
}

TEST_F(Cuff, a_mean_that_the_monitor_computed_is_not_judged_either) {
  Observation mean = vitals::measured(Metric::nibp_map, 140, now);
  mean.derived = true;
  bed().observe(0, vitals::measured(Metric::nibp_sys, 150, now));
  bed().observe(0, mean);
  bed().frame_end(0, now);
  EXPECT_TRUE(out.cuffs.back().map_derived);
  EXPECT_EQ(active(), Names{});
}

TEST_F(Cuff, the_parts_of_a_reading_are_not_torn_apart) {
  bed().observe(0, vitals::measured(Metric::nibp_sys, 185, now));
  EXPECT_TRUE(out.cuffs.empty());
  EXPECT_EQ(active(), Names{});
  bed().observe(0, vitals::measured(Metric::nibp_dia, 95, now));
  bed().frame_end(0, now);
  ASSERT_EQ(out.cuffs.size(), 1U);
  EXPECT_EQ(out.cuffs[0].sys, 185);
  EXPECT_EQ(out.cuffs[0].dia, 95);
}

TEST_F(Cuff, P7_a_failed_measurement_keeps_the_alarm_with_data_lost) {
  cuff(165, 80);
  wait(300);
  cuff_failed();
  ASSERT_NE(alarm("sbp-high"), nullptr);
  EXPECT_EQ(alarm("sbp-high")->data, Data::lost);
  EXPECT_EQ(bed().last_cuff(), wall_origin);
}

TEST_F(Cuff, the_old_number_shown_again_after_a_failure_is_not_new) {
  cuff(165, 80);
  wait(300);
  cuff_failed();
  const std::uint64_t rev = alarm("sbp-high")->rev;
  wait(5);
  cuff(165, 80);
  EXPECT_EQ(bed().last_cuff(), wall_origin);
  EXPECT_EQ(alarm("sbp-high")->data, Data::lost);
  cuff_failed();  // and the failure told again neither
  EXPECT_EQ(alarm("sbp-high")->rev, rev);
}

TEST_F(Cuff, P3_a_stale_reading_is_said_and_keeps_its_alarm) {
  cuff(165, 80);
  wait(899.9);
  EXPECT_EQ(out.cuff_quality.back(), Quality::valid);
  wait(0.1);
  EXPECT_EQ(out.cuff_quality.back(), Quality::stale);
  EXPECT_EQ(alarm("sbp-high")->data, Data::stale);
}

TEST_F(Cuff, how_long_a_reading_counts_follows_the_interval_of_the_phase) {
  cuff(120, 70);
  wait(660);
  EXPECT_EQ(out.cuff_quality.back(), Quality::valid);
  start_infusion();  // every 5 min now: a reading counts for 10
  EXPECT_EQ(out.cuff_quality.back(), Quality::stale);
}

TEST_F(Cuff, demo_readings_are_not_judged) {
  Observation sys = vitals::measured(Metric::nibp_sys, 220, now);
  sys.test = true;
  bed().observe(0, sys);
  bed().frame_end(0, now);
  EXPECT_EQ(alarm("sbp-high"), nullptr);
  EXPECT_FALSE(bed().last_cuff());
  EXPECT_TRUE(out.cuffs.back().test);
}

// --- overdue

TEST_F(Cuff, overdue_while_titrating_is_low_at_7_min_and_medium_at_10) {
  start_infusion();
  minutes(7 - 1.0 / 12);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  minutes(1.0 / 12);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
  minutes(3 - 1.0 / 12);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
  minutes(1.0 / 12);
  EXPECT_EQ(priority("nibp-overdue"), Priority::medium);
  cuff(120, 70);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
}

TEST_F(Cuff, overdue_after_titrating_is_low_at_12_min_and_medium_at_20) {
  start_infusion();
  minutes(5);
  cuff(120, 70);
  minutes(5);
  cuff(121, 70);
  minutes(5);
  cuff(122, 70);  // 15 min: titrating is over
  minutes(12 - 1.0 / 12);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  minutes(1.0 / 12);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
  minutes(8);
  EXPECT_EQ(priority("nibp-overdue"), Priority::medium);
}

TEST_F(Cuff, the_end_of_titrating_makes_it_less_overdue) {
  start_infusion();
  minutes(7);
  cuff(120, 70);
  minutes(7.5);  // 14:30, overdue since 14:00 by the short interval
  ASSERT_EQ(priority("nibp-overdue"), Priority::low);
  const int states = out.states;
  minutes(0.5);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  EXPECT_GT(out.states, states);
}

TEST_F(Cuff, an_increase_of_the_rate_makes_it_due_sooner_and_medium_where_that_is_past) {
  start_infusion();
  minutes(15);
  cuff(120, 70);
  minutes(11);
  ASSERT_EQ(alarm("nibp-overdue"), nullptr);
  bed().infusion_rate({0.6, infusion::RateUnit::mg_per_kg_h}, false, now);
  EXPECT_EQ(priority("nibp-overdue"), Priority::medium);
}

TEST_F(Cuff, overdue_in_recovery_counts_from_its_start) {
  start_infusion();
  minutes(1);
  bed().infusion_stop(now);
  minutes(17 - 1.0 / 12);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  minutes(1.0 / 12);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
}

TEST_F(Cuff, nothing_is_overdue_without_a_session_or_an_interval) {
  minutes(60);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  bed().session_start({}, now);
  minutes(60);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
}

TEST_F(Cuff, a_failed_measurement_does_not_count_as_a_reading) {
  start_infusion();
  minutes(5);
  cuff(120, 70);
  minutes(5);
  cuff_failed();
  minutes(2);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
}

TEST_F(Cuff, the_lost_link_covers_the_overdue_reading) {
  start_infusion();
  bed().link(0, false, now);
  wait(900);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  bed().link(0, true, now);
  minutes(0.25);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
}

}  // namespace
}  // namespace bed
