// Limits that want "2 of 3" values, at a bed.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Confirm : OneBed {
  Confirm() {
    for (std::size_t i = 0; i < vitals::phase_count; ++i)
      for (const LimitId id : {LimitId::spo2_deep, LimitId::spo2_low, LimitId::sbp_high})
        rule(profile, static_cast<Phase>(i), id).confirm = {2, 3};
    linked();
  }
  void second(double spo2) {
    value(Metric::spo2, spo2);
    wait(1);
  }
};

TEST_F(Confirm, one_value_is_not_enough_and_two_of_three_are) {
  second(85);
  second(79);
  EXPECT_EQ(alarm("spo2-deep"), nullptr);
  second(85);
  EXPECT_EQ(alarm("spo2-deep"), nullptr);
  value(Metric::spo2, 79);
  EXPECT_NE(alarm("spo2-deep"), nullptr);
}

TEST_F(Confirm, a_timer_starts_on_the_newest_confirmed_value) {
  second(90);
  second(90);
  wait(13);
  EXPECT_NE(alarm("spo2-low"), nullptr);  // 15 s after the first, though no third value came
}

TEST_F(Confirm, what_came_before_a_silence_confirms_nothing) {
  second(85);
  second(79);
  gone(Metric::spo2, Reason::searching);
  wait(1);
  value(Metric::spo2, 79);
  EXPECT_EQ(alarm("spo2-deep"), nullptr);
  wait(1);
  value(Metric::spo2, 79);
  EXPECT_NE(alarm("spo2-deep"), nullptr);
}

TEST_F(Confirm, a_cuff_reading_counts_at_once) {
  cuff(190, 95);
  EXPECT_NE(alarm("sbp-high"), nullptr);
}

TEST_F(Confirm, P1_one_value_that_asks_for_another_and_silence_is_stale) {
  value(Metric::pr, 70);
  second(95);
  value(Metric::spo2, 85);
  for (int i = 0; i < 15; ++i) value(Metric::pr, 70), wait(1);
  EXPECT_EQ(active(), Names{"spo2-stale"});
}

}  // namespace
}  // namespace bed
