// What counts as measured, for the trend: each value once, as it came, and nothing that stands in for one.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Measured : OneBed {
  Measured() { linked(); }
};

TEST_F(Measured, every_value_is_told_also_an_equal_one) {
  for (int i = 0; i < 3; ++i) {
    value(Metric::spo2, 97);
    wait(0.3);
  }
  ASSERT_EQ(out.measured.size(), 3U) << "more often than it is published";
  EXPECT_EQ(out.measured[2].value, 97);
  EXPECT_EQ(out.measured[2].quality, Quality::valid);
  EXPECT_EQ(out.measured[2].rx.wall, wall_origin + Milliseconds{600});
}

TEST_F(Measured, a_doubt_stays_with_the_value) {
  value(Metric::spo2, 85, Reason::weak_signal);
  ASSERT_EQ(out.measured.size(), 1U);
  EXPECT_EQ(out.measured[0].quality, Quality::questionable);
}

TEST_F(Measured, what_is_absent_or_zero_is_not_measured) {
  gone(Metric::spo2, Reason::sensor_off);
  gone(Metric::pr, Reason::zero);
  EXPECT_TRUE(out.measured.empty());
}

TEST_F(Measured, nor_is_a_repeat_or_history) {
  Observation one = vitals::measured(Metric::spo2, 97, now);
  one.clock_trusted = true;
  one.t_src = now.wall;
  say(one);
  wait(1);
  one.rx = now;
  say(one);
  EXPECT_EQ(out.measured.size(), 1U) << "the same measurement told again";
  one.t_src = now.wall - seconds(3'600);
  one.value = 60;
  say(one);
  EXPECT_EQ(out.measured.size(), 1U) << "of an hour ago";
}

TEST_F(Measured, nor_what_a_device_in_demo_mode_shows) {
  Observation one = vitals::measured(Metric::spo2, 97, now);
  one.test = true;
  say(one);
  EXPECT_TRUE(out.measured.empty());
}

TEST_F(Measured, nor_what_was_computed) {
  Observation one = vitals::measured(Metric::spo2, 97, now);
  one.derived = true;
  say(one);
  EXPECT_TRUE(out.measured.empty());
}

TEST_F(Measured, a_cuff_reading_is_told_once) {
  cuff(120, 70, 88);
  wait(5);
  cuff(120, 70, 88);
  ASSERT_EQ(out.measured.size(), 3U);
  EXPECT_EQ(out.measured[0].metric, Metric::nibp_sys);
  EXPECT_EQ(out.measured[0].value, 120);
  EXPECT_EQ(out.measured[2].metric, Metric::nibp_map);
  wait(60);
  cuff(118, 69, std::nullopt, std::nullopt, Reason::artifact);
  ASSERT_EQ(out.measured.size(), 5U);
  EXPECT_EQ(out.measured[3].quality, Quality::questionable);
  cuff_failed();
  EXPECT_EQ(out.measured.size(), 5U);
}

}  // namespace
}  // namespace bed
