// What is rejected, what is doubted, and that neither ever stands in the way of a true series.
#include "daemon/bed/plausibility.hpp"

#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>

#include <limits>

#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct PlausibilityTest : OneBed {
  PlausibilityTest() { linked(); }
  void second(Metric metric, double v, Reason doubt = Reason::none) {
    value(metric, v, doubt);
    wait(1);
  }
  Quality quality(Metric metric) { return bed().entry(metric).observation.quality; }
  Reason reason(Metric metric) { return bed().entry(metric).observation.reason; }
};

// --- what cannot be

TEST_F(PlausibilityTest, a_value_that_cannot_be_is_none_and_its_number_is_told) {
  for (const double v : {0.5, 101.0, -3.0, std::numeric_limits<double>::quiet_NaN()}) {
    value(Metric::spo2, v);
    EXPECT_EQ(quality(Metric::spo2), Quality::invalid) << v;
    EXPECT_EQ(reason(Metric::spo2), Reason::implausible) << v;
    const auto rejected = bed().take_rejected();
    ASSERT_TRUE(rejected) << v;
    EXPECT_EQ(rejected->reason, "range");
    EXPECT_TRUE(rejected->value == v || v != v);
    EXPECT_FALSE(bed().take_rejected());
  }
}

TEST_F(PlausibilityTest, the_ends_of_the_ranges_count) {
  for (const auto& [metric, low, high] :
       {std::tuple{Metric::spo2, 1.0, 100.0}, std::tuple{Metric::pr, 1.0, 350.0}}) {
    for (const double v : {low, high}) {
      value(metric, v);
      EXPECT_TRUE(bed().entry(metric).observation.has_value()) << vitals::name(metric) << " " << v;
    }
    value(metric, high + 1);
    EXPECT_FALSE(bed().entry(metric).observation.has_value()) << vitals::name(metric);
  }
}

TEST_F(PlausibilityTest, a_cuff_whose_systolic_is_not_above_the_diastolic_judges_neither) {
  cuff(85, 85);
  EXPECT_FALSE(out.cuffs.back().measured_any());
  EXPECT_EQ(out.cuffs.back().quality, Quality::invalid);
  EXPECT_EQ(out.cuffs.back().reason, Reason::implausible);
  EXPECT_EQ(bed().take_rejected()->reason, "sys-not-above-dia");
  EXPECT_EQ(active(), Names{});
  wait(5);
  cuff(85, 84);
  EXPECT_EQ(active(), Names{"sbp-low"});
}

TEST_F(PlausibilityTest, a_mean_outside_the_other_two_is_rejected_and_they_are_doubted) {
  cuff(190, 80, 70);
  EXPECT_EQ(out.cuffs.back().quality, Quality::questionable);
  EXPECT_TRUE(out.cuffs.back().map_derived);  // what is shown is computed
  EXPECT_EQ(bed().take_rejected()->reason, "mean-outside");
  EXPECT_EQ(active(), Names{"sbp-high"});  // a doubtful reading may raise
  EXPECT_EQ(alarm("sbp-high")->text, "SBP 190 > 180 mmHg (implausible)");
  wait(300);
  cuff(120, 80, 125);
  EXPECT_EQ(alarm("sbp-high")->state, State::active);  // and never ends
  wait(300);
  cuff(120, 80, 95);
  EXPECT_EQ(alarm("sbp-high")->state, State::latched);
}

TEST_F(PlausibilityTest, a_part_of_a_cuff_reading_out_of_range_leaves_the_others) {
  cuff(120, 5, 90);
  EXPECT_EQ(out.cuffs.back().sys, 120);
  EXPECT_FALSE(out.cuffs.back().dia);
  EXPECT_EQ(bed().take_rejected()->metric, Metric::nibp_dia);
}

TEST_F(PlausibilityTest, of_several_parts_that_cannot_be_the_first_is_told) {
  cuff(300, 5, 90);
  const auto rejected = bed().take_rejected();
  ASSERT_TRUE(rejected);
  EXPECT_EQ(rejected->metric, Metric::nibp_sys);
  EXPECT_EQ(rejected->value, 300);
  EXPECT_EQ(out.cuffs.back().map, 90);
}

TEST_F(PlausibilityTest, a_mean_is_held_against_what_there_is) {
  wait(60);
  value(Metric::nibp_sys, 100);
  value(Metric::nibp_map, 120);
  wait(60);
  bed().observe(0, vitals::measured(Metric::nibp_dia, 90, now));
  bed().observe(0, vitals::measured(Metric::nibp_map, 80, now));
  bed().frame_end(0, now);
  EXPECT_EQ(bed().take_rejected()->reason, "mean-outside");
  EXPECT_EQ(out.cuffs.back().quality, Quality::questionable);
}

TEST_F(PlausibilityTest, a_temperature_outside_10_to_50_is_none) {
  bed_.reset();
  settings.source_of[vitals::index_of(Metric::temp)] = 0;
  linked();
  for (const auto& [v, fits] : {std::pair{9.9, false}, {10.0, true}, {50.0, true}, {50.1, false}}) {
    value(Metric::temp, v);
    EXPECT_EQ(bed().entry(Metric::temp).observation.has_value(), fits) << v;
  }
}

TEST_F(PlausibilityTest, a_rejected_reading_told_again_is_one_fault) {
  cuff(85, 90);
  EXPECT_TRUE(bed().take_rejected());
  wait(5);
  cuff(85, 90);
  EXPECT_FALSE(bed().take_rejected());
}

struct ArterialTest : PlausibilityTest {
  ArterialTest() {
    bed_.reset();
    for (const Metric metric : {Metric::art_sys, Metric::art_dia, Metric::art_map}) {
      settings.source_of[vitals::index_of(metric)] = 0;
      settings.expected.insert(metric);
    }
    settings.leads.arterial = true;
    linked();
  }
  void line(double sys, double dia, double map) {
    value(Metric::art_sys, sys);
    value(Metric::art_dia, dia);
    value(Metric::art_map, map);
  }
};

TEST_F(ArterialTest, contradictions_within_one_frame_are_rejected) {
  line(120, 80, 95);
  EXPECT_EQ(quality(Metric::art_map), Quality::valid);
  wait(1);
  line(120, 80, 125);
  EXPECT_EQ(quality(Metric::art_map), Quality::invalid);
  EXPECT_EQ(quality(Metric::art_sys), Quality::valid);
  wait(1);
  line(70, 80, 75);
  EXPECT_EQ(quality(Metric::art_dia), Quality::invalid);
  wait(1);
  value(Metric::art_map, 130);  // against numbers of another instant nothing is said
  EXPECT_EQ(quality(Metric::art_map), Quality::valid);
}

TEST_F(ArterialTest, a_mean_that_came_before_the_others_makes_them_doubtful) {
  for (const auto& [part, v] : {std::pair{Metric::art_sys, 90.0}, std::pair{Metric::art_dia, 110.0}}) {
    value(Metric::art_map, 100);
    value(part, v);
    EXPECT_EQ(quality(part), Quality::questionable) << vitals::name(part);
    EXPECT_EQ(reason(part), Reason::implausible);
    wait(1);
  }
  value(Metric::art_dia, 80);
  value(Metric::art_map, 70);
  EXPECT_EQ(quality(Metric::art_map), Quality::invalid) << "below the diastolic one";
  EXPECT_EQ(bed().take_rejected()->reason, "mean-outside");
}

TEST_F(ArterialTest, a_line_without_pressure_is_doubted_and_alarms) {
  for (int i = 0; i < 9; ++i) {
    line(12, 8, 9);
    EXPECT_EQ(quality(Metric::art_sys), Quality::questionable);
    EXPECT_EQ(alarm("sbp-low"), nullptr);
    wait(1);
  }
  line(12, 8, 9);
  wait(1);
  EXPECT_EQ(priority("sbp-low"), Priority::high);
}

// --- what is hard to believe

TEST_F(PlausibilityTest, a_rate_that_few_survive_may_raise_and_never_ends) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(alarm("hr-low"), nullptr);
    second(Metric::pr, 12);
  }
  EXPECT_EQ(reason(Metric::pr), Reason::implausible);
  EXPECT_EQ(priority("hr-low"), Priority::high);
  for (int i = 0; i < 3; ++i) second(Metric::pr, 12);
  for (int i = 0; i < 6; ++i) gone(Metric::pr, Reason::zero), wait(1);
  ASSERT_NE(alarm("hr-zero"), nullptr);
  for (int i = 0; i < 20; ++i) second(Metric::pr, 14);
  EXPECT_EQ(alarm("hr-zero")->state, State::active);
  for (int i = 0; i < 8; ++i) second(Metric::pr, 15);
  EXPECT_EQ(alarm("hr-zero")->state, State::latched);
}

TEST_F(PlausibilityTest, a_lone_spike_is_doubted_and_raises_nothing) {
  stay(97, 3);
  second(Metric::spo2, 60);
  EXPECT_EQ(reason(Metric::spo2), Reason::sudden);
  second(Metric::spo2, 96);
  EXPECT_EQ(quality(Metric::spo2), Quality::valid);
  EXPECT_EQ(active(), Names{});
}

TEST_F(PlausibilityTest, a_true_fall_alarms_with_the_second_value_that_agrees) {
  stay(97, 3);
  second(Metric::spo2, 74);
  second(Metric::spo2, 73);
  EXPECT_EQ(active(), Names{});
  value(Metric::spo2, 72);
  EXPECT_EQ(active(), Names{"spo2-deep"});
  EXPECT_EQ(alarm("spo2-deep")->text, "SpO2 72 < 80 %");
}

TEST_F(PlausibilityTest, a_spike_of_good_numbers_does_not_begin_the_way_out) {
  stay(75, 16);
  ASSERT_EQ(priority("spo2-low"), Priority::high);
  for (int i = 0; i < 4; ++i) {  // the probe on somebody's own finger for a second, again and again
    second(Metric::spo2, 98);
    second(Metric::spo2, 75);
  }
  EXPECT_EQ(alarm("spo2-deep")->state, State::active);
  EXPECT_EQ(alarm("spo2-low")->state, State::active);
}

TEST_F(PlausibilityTest, a_step_exactly_at_the_bound_is_believed) {
  stay(97, 2);
  value(Metric::spo2, 97 - spo2_step_max);
  EXPECT_EQ(quality(Metric::spo2), Quality::valid);
  second(Metric::pr, 70);
  value(Metric::pr, 70 + rate_step_max);
  EXPECT_EQ(quality(Metric::pr), Quality::valid);
  wait(1);
  value(Metric::pr, 71 + 2 * rate_step_max);
  EXPECT_EQ(quality(Metric::pr), Quality::questionable);
}

TEST_F(PlausibilityTest, the_devices_own_doubt_is_not_overwritten_and_confirms_nothing) {
  stay(97, 2);
  value(Metric::spo2, 75, Reason::artifact);
  EXPECT_EQ(reason(Metric::spo2), Reason::artifact);
  wait(0.5);
  value(Metric::spo2, 75);
  EXPECT_EQ(reason(Metric::spo2), Reason::sudden);
  wait(0.5);
  value(Metric::spo2, 75, Reason::artifact);
  wait(0.5);
  value(Metric::spo2, 75, Reason::artifact);
  wait(0.5);
  value(Metric::spo2, 75);
  EXPECT_EQ(reason(Metric::spo2), Reason::sudden);  // the first that agrees
}

TEST_F(PlausibilityTest, demo_values_are_not_part_of_the_series) {
  stay(97, 2);
  Observation demo = vitals::measured(Metric::spo2, 60, now);
  demo.test = true;
  say(demo);
  wait(1);
  value(Metric::spo2, 96);
  EXPECT_EQ(quality(Metric::spo2), Quality::valid);
}

// A backlog: all comes at once, each with its own time by a clock that can be trusted.
TEST_F(PlausibilityTest, P10_what_comes_at_once_and_was_measured_slowly_is_not_sudden) {
  const auto told = [&](double v, double age_s) {
    Observation one = vitals::measured(Metric::spo2, v, now);
    one.t_src = now.wall - seconds(age_s);
    one.clock_trusted = true;
    say(one);
  };
  told(97, 13);
  told(75, 9);
  EXPECT_EQ(quality(Metric::spo2), Quality::valid);
  told(95, 8);
  EXPECT_EQ(quality(Metric::spo2), Quality::questionable);
  told(95, 8);  // the same once more confirms nothing
  told(95, 8);
  EXPECT_EQ(quality(Metric::spo2), Quality::questionable);
}

// --- what holds for any series

struct Sample {
  int value = 0, gap_ms = 0;
};
void showValue(const Sample& sample, std::ostream& out) {
  out << "{" << sample.value << ", " << sample.gap_ms << "}";
}
rc::Gen<std::vector<Sample>> series(int gap_ms_min, int gap_ms_max) {
  return rc::gen::container<std::vector<Sample>>(
      rc::gen::build<Sample>(rc::gen::set(&Sample::value, rc::gen::inRange(1, 101)),
                             rc::gen::set(&Sample::gap_ms, rc::gen::inRange(gap_ms_min, gap_ms_max))));
}

class Feed {
 public:
  Observation tell(double value, int gap_ms) {
    now_.mono += Milliseconds{gap_ms};
    now_.wall += Milliseconds{gap_ms};
    return gate_.judge(vitals::measured(Metric::spo2, value, now_), false);
  }
  Observation again(double value) { return gate_.judge(vitals::measured(Metric::spo2, value, now_), true); }

 private:
  Plausibility gate_;
  Stamp now_{MonoTime{seconds(1)}, wall_origin};
};

RC_GTEST_PROP(PlausibilityProperty, a_truly_slow_series_is_never_doubted, ()) {
  Feed feed;
  for (const Sample& one : *series(2001, 60'000))
    RC_ASSERT(feed.tell(one.value, one.gap_ms).quality == Quality::valid);
}

RC_GTEST_PROP(PlausibilityProperty, whatever_was_before_three_values_that_agree_are_believed, ()) {
  Feed feed;
  for (const Sample& one : *series(0, 3000)) feed.tell(one.value, one.gap_ms);
  const int level = *rc::gen::inRange(20, 80);
  for (int i = 0; i < 2; ++i) feed.tell(level + *rc::gen::inRange(-7, 8), *rc::gen::inRange(0, 2001));
  for (int i = 0; i < 5; ++i) {
    const auto word = feed.tell(level + *rc::gen::inRange(-7, 8), *rc::gen::inRange(0, 3000));
    RC_ASSERT(word.quality == Quality::valid);
  }
}

RC_GTEST_PROP(PlausibilityProperty, a_possible_number_is_never_changed_or_withheld, ()) {
  Feed feed;
  for (const Sample& one : *series(0, 3000)) {
    const auto word = feed.tell(one.value, one.gap_ms);
    RC_ASSERT(word.has_value());
    RC_ASSERT(word.value == one.value);
  }
}

RC_GTEST_PROP(PlausibilityProperty, P8_what_is_told_again_leaves_no_trace, ()) {
  Feed plain, repeated;
  for (const Sample& one : *series(0, 3000)) {
    const auto word = plain.tell(one.value, one.gap_ms);
    RC_ASSERT(repeated.tell(one.value, one.gap_ms).quality == word.quality);
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
      RC_ASSERT(repeated.again(one.value).quality == word.quality);
  }
}

}  // namespace
}  // namespace bed
