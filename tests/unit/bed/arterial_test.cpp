// A bed whose leading pressure is an arterial line: what a cuff would be asked for, the line answers.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Arterial : OneBed {
  Arterial() {
    settings.leads.arterial = true;
    for (const Metric metric : {Metric::art_sys, Metric::art_dia, Metric::art_map}) {
      settings.source_of[vitals::index_of(metric)] = 0;
      settings.expected.insert(metric);
    }
    for (std::size_t i = 0; i < vitals::phase_count; ++i) {
      rule(profile, static_cast<Phase>(i), LimitId::dbp_high).warn.relative = {25, false, 90, true};
      rule(profile, static_cast<Phase>(i), LimitId::map_low).warn.relative = {20, true, 80, false};
    }
    profile.gate.sbp_most = 180;
    linked();
  }
  void line(int s, double sys = 120, double dia = 70, double map = 87) {
    for (int t = 0; t < s; ++t) {
      value(Metric::art_sys, sys);
      value(Metric::art_dia, dia);
      value(Metric::art_map, map);
      value(Metric::pr, 70);
      value(Metric::spo2, 97);
      wait(1);
    }
  }
  std::optional<double> warn(LimitId id) {
    for (const auto& one : bed().limits_in_force())
      if (one.id == id) return one.limit.warn().limit();
    return std::nullopt;
  }
};

TEST_F(Arterial, the_baseline_is_of_the_line_and_relative_limits_follow_it) {
  bed().session_start({}, now);
  line(62);
  cuff(150, 95);
  wait(40);
  cuff(150, 95);
  line(62);
  start_infusion();
  const auto& baseline = bed().session(now).baseline;
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->sbp, 120) << "not the cuff's";
  EXPECT_EQ(warn(LimitId::sbp_high), 144);
  EXPECT_EQ(warn(LimitId::dbp_high), 95);
  EXPECT_NEAR(warn(LimitId::map_low).value_or(0), 69.6, 1e-9);
}

TEST_F(Arterial, the_gate_looks_at_the_line) {
  bed().session_start({}, now);
  line(2, 185, 80, 115);
  start_infusion();
  EXPECT_EQ(bed().session(now).gate->text(), "not met: SBP 185 > 180 mmHg");
}

TEST_F(Arterial, the_early_warning_score_takes_its_pressure_from_the_line) {
  start_infusion();
  cuff(95, 60);
  line(2);
  ASSERT_TRUE(bed().early_warning(now.mono));
  EXPECT_EQ(bed().early_warning(now.mono)->score.of(infusion::News2Part::sbp), 0U);
  EXPECT_EQ(bed().early_warning(now.mono)->until, now.mono + seconds(14)) << "while the line is current";
}

TEST_F(Arterial, a_part_that_the_monitor_takes_back_has_no_alarm_of_its_own) {
  for (int i = 0; i < 3; ++i) {
    value(Metric::art_sys, 150);
    value(Metric::art_dia, 105);
    wait(1);
  }
  ASSERT_TRUE(condition("dbp-high").pending());
  gone(Metric::art_dia, Reason::missing);
  EXPECT_FALSE(condition("dbp-high").engaged());
  line(30);
  EXPECT_TRUE(active().empty());
}

TEST_F(Arterial, each_of_its_values_in_recovery_counts_for_the_row_of_stable_ones) {
  bed().session_start({}, now);
  set_baseline(120);
  infusion::Baseline rest;
  rest.dbp = 70;
  rest.spo2 = 97;
  bed().baseline_set(rest, now);
  start_infusion();
  bed().infusion_stop(now);
  line(2);  // the first extremes of the session
  out.sessions.clear();
  line(61);
  EXPECT_GT(bed().session(now).stable_last, bed().session(now).stable_since);
  EXPECT_TRUE(out.sessions.empty()) << "not each second into the journal";
  line(1, 160, 70, 100);
  EXPECT_FALSE(bed().session(now).stable_since) << "one that is not near the baseline breaks it";
}

}  // namespace
}  // namespace bed
