// NEWS2 at a bed: made of what is current, partial where something is missing, gone with the session.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using infusion::Item;
using infusion::News2Part;

struct EarlyWarningAtBed : OneBed {
  EarlyWarningAtBed() { linked(); }
  void observe(std::initializer_list<std::pair<Item, double>> items) {
    infusion::NurseObservation one;
    for (const auto& [item, value] : items) one[item] = value;
    EXPECT_EQ(bed().nurse_observed(one, now).verdict, infusion::Verdict::applied);
  }
  void observe_all() { observe({{Item::rr, 14}, {Item::o2_l_min, 0}, {Item::acvpu, 0}, {Item::temp, 36.7}}); }
  Bed::EarlyWarning warning() {
    const auto found = bed().early_warning(now.mono);
    EXPECT_TRUE(found);
    return found.value_or(Bed::EarlyWarning{});
  }
};

TEST_F(EarlyWarningAtBed, is_complete_with_all_seven_parts_and_only_then_has_a_total) {
  start_infusion();
  stay(97, 3, 95);
  observe_all();
  EXPECT_FALSE(warning().score.total()) << "no pressure yet";
  EXPECT_EQ(warning().score.of(News2Part::pulse), 1U);
  cuff(125, 80);
  EXPECT_EQ(warning().score.total(), 1U);
}

TEST_F(EarlyWarningAtBed, P3_a_part_that_is_not_current_any_more_is_missing) {
  start_infusion();
  cuff(125, 80);
  stay(97, 3);
  observe_all();
  ASSERT_TRUE(warning().score.total());
  EXPECT_EQ(warning().until, now.mono + seconds(14)) << "the values of a second ago";
  wait(15);
  EXPECT_FALSE(warning().score.of(News2Part::spo2));
  EXPECT_FALSE(warning().score.of(News2Part::pulse));
  EXPECT_EQ(warning().score.of(News2Part::rr), 0U);
  gone(Metric::spo2, Reason::sensor_off);
  value(Metric::pr, 80, Reason::artifact);
  EXPECT_FALSE(warning().score.of(News2Part::pulse)) << "a doubtful one";
}

TEST_F(EarlyWarningAtBed, what_the_nurse_counted_stands_for_an_hour) {
  start_infusion();
  observe_all();
  const MonoTime until = now.mono + seconds(3600);
  stay(97, 3599);
  EXPECT_EQ(warning().score.of(News2Part::temp), 0U);
  EXPECT_LE(warning().until, until);
  stay(97, 1);
  EXPECT_FALSE(warning().score.of(News2Part::temp));
  EXPECT_FALSE(warning().score.of(News2Part::consciousness));
}

TEST_F(EarlyWarningAtBed, a_monitors_own_respiration_goes_before_the_counted_one) {
  settings.source_of[vitals::index_of(Metric::rr)] = 0;
  bed_.reset();
  linked();
  start_infusion();
  observe({{Item::rr, 14}});
  EXPECT_EQ(warning().score.of(News2Part::rr), 0U);
  value(Metric::rr, 26);
  EXPECT_EQ(warning().score.of(News2Part::rr), 3U);
}

TEST_F(EarlyWarningAtBed, scale_2_is_the_sessions) {
  infusion::SessionStart start;
  start.spo2_scale = infusion::Spo2Scale::two;
  bed().session_start(start, now);
  value(Metric::spo2, 90);
  EXPECT_EQ(warning().score.of(News2Part::spo2), 0U);
  const infusion::View view = bed().session(now);
  bed_.reset();
  bed().restore_session(view, now);
  EXPECT_EQ(warning().scale, infusion::Spo2Scale::two);
  bed().session_end(now);
  bed().session_start({}, now);
  EXPECT_EQ(warning().scale, infusion::Spo2Scale::one);
}

TEST_F(EarlyWarningAtBed, there_is_none_without_a_session) {
  EXPECT_FALSE(bed().early_warning(now.mono));
  start_infusion();
  EXPECT_TRUE(bed().early_warning(now.mono));
  bed().infusion_stop(now);
  bed().session_end(now);
  EXPECT_FALSE(bed().early_warning(now.mono));
}

}  // namespace
}  // namespace bed
