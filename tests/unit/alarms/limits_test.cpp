// Limits by the numbers of the shipped preset, at and around each edge.
#include <gtest/gtest.h>

#include "daemon/alarms/limits.hpp"

namespace alarms {
namespace {

LimitRule rule(std::optional<double> warn, std::optional<double> critical, double deadband) {
  LimitRule out;
  out.watched = true;
  out.warn.limit = warn;
  out.critical.limit = critical;
  out.deadband = deadband;
  return out;
}

Relative percent(double change, double floor, bool included = false) {
  return {change, true, floor, included};
}
Relative units(double change, double floor, bool included = false) {
  return {change, false, floor, included};
}

Zone warn(const LimitRule& rule, Side side, double value, std::optional<double> baseline = std::nullopt) {
  return Limit(rule, side, baseline).judge(value).warn;
}
Zone critical(const LimitRule& rule, Side side, double value, std::optional<double> baseline = std::nullopt) {
  return Limit(rule, side, baseline).judge(value).critical;
}

TEST(Limits, hr_high_above_120_and_140) {
  const auto hr = rule(120, 140, 3);
  EXPECT_EQ(warn(hr, Side::high, 120), Zone::band);  // "> 120"
  EXPECT_EQ(warn(hr, Side::high, 121), Zone::beyond);
  EXPECT_EQ(warn(hr, Side::high, 118), Zone::band);
  EXPECT_EQ(warn(hr, Side::high, 117), Zone::inside);
  EXPECT_EQ(critical(hr, Side::high, 140), Zone::band);
  EXPECT_EQ(critical(hr, Side::high, 141), Zone::beyond);
}

TEST(Limits, spo2_low_below_92_and_88) {
  const auto spo2 = rule(92, 88, 2);
  EXPECT_EQ(warn(spo2, Side::low, 92), Zone::band);
  EXPECT_EQ(warn(spo2, Side::low, 91), Zone::beyond);
  EXPECT_EQ(warn(spo2, Side::low, 93), Zone::band);
  EXPECT_EQ(warn(spo2, Side::low, 94), Zone::inside);
  EXPECT_EQ(critical(spo2, Side::low, 87), Zone::beyond);
  EXPECT_EQ(critical(spo2, Side::low, 90), Zone::inside);
}

TEST(Limits, spo2_deep_counts_at_80_itself) {
  auto deep = rule(std::nullopt, 80, 2);
  deep.critical.limit_included = true;
  EXPECT_EQ(critical(deep, Side::low, 80), Zone::beyond);
  EXPECT_EQ(critical(deep, Side::low, 81), Zone::band);
  EXPECT_EQ(critical(deep, Side::low, 82), Zone::inside);
  EXPECT_EQ(warn(deep, Side::low, 10), Zone::inside);  // there is no warn limit
}

TEST(Limits, without_a_deadband_the_limit_itself_is_inside) {
  EXPECT_EQ(warn(rule(120, {}, 0), Side::high, 120), Zone::inside);
  auto included = rule(120, {}, 0);
  included.warn.limit_included = true;
  EXPECT_EQ(warn(included, Side::high, 120), Zone::beyond);
}

TEST(Limits, relative_rules_rest_without_a_baseline) {
  auto sbp = rule(160, 180, 5);
  sbp.warn.relative = percent(20, 140, true);
  EXPECT_EQ(warn(sbp, Side::high, 159), Zone::band);
  EXPECT_EQ(Limit(sbp, Side::high, std::nullopt).warn().limit(), 160);
  EXPECT_FALSE(Limit(sbp, Side::high, std::nullopt).warn().relative());
}

TEST(Limits, sbp_high_20_percent_and_at_least_140) {
  auto sbp = rule(160, 180, 5);
  sbp.warn.relative = percent(20, 140, true);
  // Baseline 105: +20 % is 126, the floor decides, and reaching it is enough.
  EXPECT_EQ(warn(sbp, Side::high, 127, 105), Zone::inside);
  EXPECT_EQ(warn(sbp, Side::high, 139, 105), Zone::band);
  EXPECT_EQ(warn(sbp, Side::high, 140, 105), Zone::beyond);
  // Baseline 120: 144 decides, and must be passed.
  EXPECT_EQ(warn(sbp, Side::high, 144, 120), Zone::band);
  EXPECT_EQ(warn(sbp, Side::high, 145, 120), Zone::beyond);
  // Baseline 150: +20 % would be 180; it never relaxes the absolute limit.
  EXPECT_EQ(warn(sbp, Side::high, 161, 150), Zone::beyond);
  EXPECT_EQ(Limit(sbp, Side::high, 150).warn().limit(), 160);
  EXPECT_EQ(Limit(sbp, Side::high, 150).warn().relative(), 180);
}

TEST(Limits, sbp_high_40_percent_and_at_least_160_is_critical) {
  auto sbp = rule(160, 180, 5);
  sbp.critical.relative = percent(40, 160, true);
  EXPECT_EQ(critical(sbp, Side::high, 160, 110), Zone::beyond);  // 154 is passed, the floor is reached
  EXPECT_EQ(critical(sbp, Side::high, 159, 110), Zone::band);
  EXPECT_EQ(critical(sbp, Side::high, 168, 120), Zone::band);
  EXPECT_EQ(critical(sbp, Side::high, 169, 120), Zone::beyond);
}

TEST(Limits, hr_high_30_percent_and_above_110) {
  auto hr = rule(120, 140, 3);
  hr.warn.relative = percent(30, 110);
  EXPECT_EQ(warn(hr, Side::high, 110, 60), Zone::band);  // "> 110": reaching it is not enough
  EXPECT_EQ(warn(hr, Side::high, 111, 60), Zone::beyond);
  EXPECT_EQ(warn(hr, Side::high, 117, 90), Zone::band);  // 117 = +30 %
  EXPECT_EQ(warn(hr, Side::high, 118, 90), Zone::beyond);
}

TEST(Limits, hr_low_25_percent_and_below_55) {
  auto hr = rule(50, 40, 3);
  hr.warn.relative = percent(25, 55);
  EXPECT_EQ(warn(hr, Side::low, 55, 80), Zone::band);
  EXPECT_EQ(warn(hr, Side::low, 54, 80), Zone::beyond);
  EXPECT_EQ(warn(hr, Side::low, 52, 68), Zone::band);  // 51 decides
  EXPECT_EQ(warn(hr, Side::low, 50, 68), Zone::beyond);
}

TEST(Limits, dbp_high_25_mmhg_and_at_least_90) {
  auto dbp = rule(100, 110, 5);
  dbp.warn.relative = units(25, 90, true);
  EXPECT_EQ(warn(dbp, Side::high, 90, 60), Zone::beyond);
  EXPECT_EQ(warn(dbp, Side::high, 89, 60), Zone::band);
  EXPECT_EQ(warn(dbp, Side::high, 95, 70), Zone::band);
  EXPECT_EQ(warn(dbp, Side::high, 96, 70), Zone::beyond);
}

TEST(Limits, spo2_5_points_below_and_below_94) {
  auto spo2 = rule(92, 88, 2);
  spo2.warn.relative = units(5, 94);
  EXPECT_EQ(warn(spo2, Side::low, 93, 99), Zone::beyond);
  EXPECT_EQ(warn(spo2, Side::low, 94, 99), Zone::band);
  EXPECT_EQ(warn(spo2, Side::low, 92, 98), Zone::beyond);  // 93 decides
  EXPECT_EQ(warn(spo2, Side::low, 93, 98), Zone::band);
  EXPECT_EQ(warn(spo2, Side::low, 91, 90), Zone::beyond);  // 85 would relax; 92 stays
}

TEST(Limits, a_relative_edge_on_the_limit_keeps_the_wider_word) {
  auto sbp = rule(140, 180, 5);
  sbp.warn.relative = percent(20, 140, true);
  EXPECT_EQ(warn(sbp, Side::high, 140, 100), Zone::beyond);
}

TEST(Limits, an_empty_rule_is_always_inside) {
  const Limit none;
  EXPECT_EQ(none.judge(0).warn, Zone::inside);
  EXPECT_EQ(none.judge(1e9).critical, Zone::inside);
}

}  // namespace
}  // namespace alarms
