// How often values are published, and that the rhythm of calls leaves no trace (promise P8).
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Publication : OneBed {
  Publication() { linked(); }
};

TEST_F(Publication, a_changing_value_is_published_at_most_once_a_second) {
  for (int i = 0; i < 300; ++i) {  // 30 s of ten values a second
    value(Metric::pr, 70 + i % 10);
    wait(0.1);
  }
  EXPECT_LE(shown_times(Metric::pr), 31U);
  EXPECT_GE(shown_times(Metric::pr), 29U);
}

TEST_F(Publication, an_unchanged_value_is_published_every_5_s) {
  for (int i = 0; i < 60; ++i) {
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_GE(shown_times(Metric::pr), 12U);
  EXPECT_LE(shown_times(Metric::pr), 13U);
}

TEST_F(Publication, the_newest_value_is_not_kept_back_longer_than_a_second) {
  value(Metric::pr, 70);
  wait(0.2);
  value(Metric::pr, 75);
  EXPECT_EQ(shown(Metric::pr).value, 70);
  wait(0.8);
  EXPECT_EQ(shown(Metric::pr).value, 75);
}

TEST_F(Publication, another_quality_is_published_at_once) {
  value(Metric::spo2, 97);
  wait(0.1);
  value(Metric::spo2, 97, Reason::artifact);
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::questionable);
  wait(0.1);
  gone(Metric::spo2, Reason::sensor_off);
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::invalid);
  EXPECT_EQ(shown(Metric::spo2).reason, Reason::sensor_off);
  EXPECT_FALSE(shown(Metric::spo2).value);
}

TEST_F(Publication, a_cuff_reading_is_repeated_every_5_s) {
  cuff(120, 70);
  wait(60);
  EXPECT_EQ(out.cuffs.size(), 13U);
}

// The value and the alarm as the last two things that were said.
TEST_F(Publication, the_value_goes_out_right_ahead_of_its_alarm_whatever_its_rhythm) {
  stay(90, 14);
  value(Metric::spo2, 89);  // published a moment ago; the delay ends without a further value
  wait(0.6);
  value(Metric::spo2, 89);
  out.order.clear();
  wait(0.4);
  ASSERT_GE(out.order.size(), 2U);
  EXPECT_EQ(out.order[0], "spo2");
  EXPECT_EQ(out.order[1], "spo2-low");
  EXPECT_TRUE(shown(Metric::spo2).ahead);
  EXPECT_EQ(shown(Metric::spo2).value, 89);
}

TEST_F(Publication, two_alarms_of_one_value_are_led_by_it_once) {
  value(Metric::spo2, 94);
  out.values.clear();
  value(Metric::spo2, 79);
  EXPECT_EQ(std::count_if(out.values.begin(), out.values.end(), [](const Shown& one) { return one.ahead; }),
            1);
  wait(10);  // spo2-low, on the same value
  EXPECT_EQ(count("spo2-low", Change::start), 1U);
  EXPECT_EQ(std::count_if(out.values.begin(), out.values.end(), [](const Shown& one) { return one.ahead; }),
            1);
}

TEST_F(Publication, a_cuff_reading_and_a_rate_of_zero_lead_theirs) {
  cuff(190, 95);
  EXPECT_EQ(count("sbp-high", Change::start), 1U);
  EXPECT_EQ(std::count(out.cuff_ahead.begin(), out.cuff_ahead.end(), true), 1);
  gone(Metric::pr, Reason::zero);
  out.order.clear();
  wait(5);
  const auto zero = std::find(out.order.begin(), out.order.end(), "hr-zero");
  ASSERT_NE(zero, out.order.end());
  EXPECT_EQ(*std::prev(zero), "pr");
  EXPECT_TRUE(out.values.back().ahead);
}

TEST_F(Publication, what_an_alarm_says_of_lost_data_is_led_by_that_word) {
  stay(90, 16);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  gone(Metric::spo2, Reason::sensor_off);
  const auto lost = std::find_if(out.alarms.rbegin(), out.alarms.rend(),
                                 [](const Alarm& one) { return one.condition == "spo2-low"; });
  ASSERT_EQ(lost->data, Data::lost);
  EXPECT_TRUE(shown(Metric::spo2).ahead);
  EXPECT_FALSE(shown(Metric::spo2).value);
}

// The same half hour of a patient, with the clock advanced in steps of `step_ms` between the values.
std::vector<std::string> half_hour(int step_ms) {
  struct Patient : OneBed {
    void TestBody() override {}
  } at;
  const auto spend = [&](int ms) {
    for (; ms > step_ms; ms -= step_ms) at.wait(step_ms / 1000.0);
    at.pass(ms / 1000.0);  // the rest is noticed by the next call
  };
  at.bed().link(0, true, at.now);
  for (int i = 0; i < 600; ++i) {
    if (i == 30) at.start_infusion(5);
    if (i == 100) at.bed().device_demo(0, true, at.now);
    if (i == 130) at.bed().device_demo(0, false, at.now);
    if (i == 300) at.bed().link(0, false, at.now);
    if (i == 340) at.bed().link(0, true, at.now);
    if (i == 500) at.bed().infusion_stop(at.now);
    const bool silent = i > 290 && i < 345;
    if (!silent) at.value(Metric::pr, i % 90 > 70 ? 130 : 70);
    if (!silent && i % 50 != 7) at.value(Metric::spo2, i % 80 > 50 ? 86 : 97);
    if (i % 50 == 7) at.gone(Metric::spo2, Reason::sensor_off);
    if (i % 60 == 3) at.cuff(i % 120 == 3 ? 170 : 120 + i / 60.0, 70);
    if (i == 75 && at.alarm("spo2-low") != nullptr)
      at.bed().acknowledge("spo2-low", view(at.alarm("spo2-low")->id), at.alarm("spo2-low")->rev, "a",
                           at.now);
    spend(3000);
  }
  at.wait(600);
  return at.out.log;
}

TEST(P8, the_rhythm_of_calls_leaves_no_trace) {
  const auto once = half_hour(10'000);
  EXPECT_GT(once.size(), 1000U);
  EXPECT_EQ(once, half_hour(137));
  EXPECT_EQ(once, half_hour(1000));
}

}  // namespace
}  // namespace bed
