// What a person may set a limit to for one session.
#include "daemon/alarms/limit_change.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace alarms {
namespace {

struct LimitChangeTest : testing::Test {
  LimitChangeTest() {
    set(LimitId::sbp_low, 90, 80, 5);
    set(LimitId::sbp_high, 160, 180, 5);
    set(LimitId::spo2_low, 92, 88, 2);
    set(LimitId::spo2_deep, std::nullopt, 80, 2);
    profile.bounds[index_of(LimitId::sbp_high)] = {120, 200};
  }
  void set(LimitId id, std::optional<double> warn, std::optional<double> critical, double deadband) {
    for (auto& phase : profile.limits) {
      LimitRule& rule = phase[index_of(id)];
      rule.watched = true;
      rule.warn.limit = warn;
      rule.critical.limit = critical;
      rule.deadband = deadband;
    }
  }
  std::string refusal_of(LimitId id, std::optional<double> warn, std::optional<double> critical) {
    LimitChanges with = changes;
    with[index_of(id)] = LimitChange{warn, critical, "charge-1/rn-2"};
    return refusal(profile, with, id);
  }
  Profile profile;
  LimitChanges changes;
};

TEST_F(LimitChangeTest, within_the_bounds_of_the_profile) {
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 120, 200), "");
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 119.9, {}), "sbp-high may be set from 120 to 200");
  EXPECT_EQ(refusal_of(LimitId::sbp_high, {}, 200.1), "sbp-high may be set from 120 to 200");
}

TEST_F(LimitChangeTest, without_a_word_of_the_profile_within_what_a_value_can_be) {
  EXPECT_EQ(refusal_of(LimitId::spo2_low, 101, {}), "spo2-low may be set from 1 to 100");
  EXPECT_NE(refusal_of(LimitId::spo2_low, std::numeric_limits<double>::quiet_NaN(), {}), "");
}

TEST_F(LimitChangeTest, critical_lies_beyond_warn_on_either_side) {
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 181, {}), "sbp-high 180 critical must lie beyond 181 warn");
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 180, {}), "");
  EXPECT_EQ(refusal_of(LimitId::sbp_low, 79, {}), "sbp-low 80 critical must lie beyond 79 warn");
  EXPECT_EQ(refusal_of(LimitId::sbp_low, {}, 90), "");
}

TEST_F(LimitChangeTest, between_low_and_high_there_is_room_to_be_inside_of_both) {
  EXPECT_EQ(refusal_of(LimitId::sbp_low, 150, {}), "");
  EXPECT_EQ(refusal_of(LimitId::sbp_low, 151, {}),
            "sbp-low 151 and sbp-high 160 leave too little room: at least 10 between them");
  changes[index_of(LimitId::sbp_low)] = LimitChange{130, {}, "x"};
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 139, {}),
            "sbp-low 130 and sbp-high 139 leave too little room: at least 10 between them")
      << "what was set before counts";
}

TEST_F(LimitChangeTest, deep_stays_below_low) {
  EXPECT_EQ(refusal_of(LimitId::spo2_deep, {}, 89), "spo2-deep 89 must not be above spo2-low 88 critical");
  EXPECT_EQ(refusal_of(LimitId::spo2_low, {}, 79), "spo2-deep 80 must not be above spo2-low 79 critical");
  EXPECT_EQ(refusal_of(LimitId::spo2_low, {}, 85), "");
  EXPECT_EQ(refusal_of(LimitId::spo2_deep, {}, 88), "") << "the same is not above";
}

TEST_F(LimitChangeTest, it_moves_a_limit_and_adds_none) {
  EXPECT_EQ(refusal_of(LimitId::spo2_deep, 85, {}), "spo2-deep has no warn limit");
  EXPECT_EQ(refusal_of(LimitId::hr_high, 130, {}), "hr-high is not watched by this preset");
}

TEST_F(LimitChangeTest, where_only_one_of_two_counts_the_other_is_not_asked) {
  for (auto& phase : profile.limits) phase[index_of(LimitId::sbp_low)].watched = false;
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 130, {}), "") << "nobody watches the low side";
  set(LimitId::sbp_low, 150, 80, 5);
  for (auto& phase : profile.limits) phase[index_of(LimitId::sbp_high)].watched = false;
  EXPECT_EQ(refusal_of(LimitId::sbp_low, 159, {}), "") << "nor here the high one";
  set(LimitId::sbp_high, 160, 180, 5);
  for (auto& phase : profile.limits) phase[index_of(LimitId::spo2_low)].watched = false;
  EXPECT_EQ(refusal_of(LimitId::spo2_deep, {}, 89), "");
  set(LimitId::spo2_low, 92, std::nullopt, 2);
  EXPECT_EQ(refusal_of(LimitId::spo2_deep, {}, 89), "") << "there is no critical limit to be below";
  EXPECT_EQ(refusal_of(LimitId::spo2_low, 91, {}), "") << "nor one to lie beyond warn";
  EXPECT_EQ(refusal_of(LimitId::spo2_low, {}, 85), "spo2-low has no critical limit");
}

TEST_F(LimitChangeTest, room_is_left_to_what_is_reached_first_warn_or_critical) {
  set(LimitId::hr_low, std::nullopt, 40, 3);
  set(LimitId::hr_high, 120, 140, 3);
  EXPECT_EQ(refusal_of(LimitId::hr_low, {}, 114), "");
  EXPECT_EQ(refusal_of(LimitId::hr_low, {}, 115),
            "hr-low 115 and hr-high 120 leave too little room: at least 6 between them");
  set(LimitId::hr_high, std::nullopt, std::nullopt, 3);  // by the baseline alone
  EXPECT_EQ(refusal_of(LimitId::hr_low, {}, 140), "");
  set(LimitId::hr_high, 120, 140, 3);
  set(LimitId::hr_low, std::nullopt, std::nullopt, 3);
  EXPECT_EQ(refusal_of(LimitId::hr_high, 60, {}), "");
}

TEST_F(LimitChangeTest, whatever_was_changed_before_counts) {
  set(LimitId::hr_low, 50, 40, 3);
  set(LimitId::hr_high, 120, 140, 3);
  changes[index_of(LimitId::hr_high)] = LimitChange{100, {}, "x"};
  EXPECT_EQ(refusal_of(LimitId::hr_low, 95, {}),
            "hr-low 95 and hr-high 100 leave too little room: at least 6 between them");
  EXPECT_EQ(refusal_of(LimitId::hr_low, 94, {}), "");
}

TEST_F(LimitChangeTest, without_a_deep_limit_low_goes_as_far_as_its_bounds) {
  set(LimitId::spo2_deep, std::nullopt, std::nullopt, 2);
  EXPECT_EQ(refusal_of(LimitId::spo2_low, {}, 60), "");
  set(LimitId::spo2_deep, std::nullopt, 80, 2);
  for (auto& phase : profile.limits) phase[index_of(LimitId::spo2_deep)].watched = false;
  EXPECT_EQ(refusal_of(LimitId::spo2_low, {}, 60), "");
}

TEST_F(LimitChangeTest, what_nobody_has_changed_is_not_refused) {
  EXPECT_EQ(refusal(profile, changes, LimitId::sbp_high), "");
}

TEST_F(LimitChangeTest, a_change_of_critical_moves_critical_alone_where_there_is_one) {
  const LimitRule& sbp = profile.limits[0][index_of(LimitId::sbp_high)];
  EXPECT_EQ(changed(sbp, LimitChange{{}, 190, "x"}).critical.limit, 190);
  EXPECT_EQ(changed(sbp, LimitChange{{}, 190, "x"}).warn.limit, 160);
  LimitRule warn_alone = sbp;
  warn_alone.critical.limit.reset();
  EXPECT_FALSE(changed(warn_alone, LimitChange{{}, 190, "x"}).critical.limit);
  EXPECT_FALSE(changed(profile.limits[0][index_of(LimitId::spo2_deep)], LimitChange{90, {}, "x"}).warn.limit);
}

TEST_F(LimitChangeTest, it_must_fit_every_phase_that_watches_it) {
  LimitRule& recovery =
      profile.limits[vitals::index_of(vitals::Phase::recovery)][index_of(LimitId::sbp_high)];
  recovery.critical.limit = 165;
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 170, {}), "sbp-high 165 critical must lie beyond 170 warn");
  recovery.watched = false;
  EXPECT_EQ(refusal_of(LimitId::sbp_high, 170, {}), "");
}

TEST_F(LimitChangeTest, a_rule_that_is_changed_keeps_all_but_its_numbers) {
  LimitRule rule = profile.limits[0][index_of(LimitId::sbp_high)];
  rule.warn.relative = Relative{20, true, 140, true};
  rule.warn.limit_included = true;
  const LimitRule now = changed(rule, LimitChange{170, {}, "x"});
  EXPECT_EQ(now.warn.limit, 170);
  EXPECT_EQ(now.critical.limit, 180);
  EXPECT_TRUE(now.warn.relative);
  EXPECT_TRUE(now.warn.limit_included);
  EXPECT_TRUE(now.watched);
  EXPECT_EQ(changed(rule, std::nullopt).warn.limit, 160);
}

TEST_F(LimitChangeTest, the_numbers_of_the_profile_are_no_change) {
  EXPECT_TRUE(is_usual(profile, {160, 180, "x"}, LimitId::sbp_high));
  EXPECT_TRUE(is_usual(profile, {160, {}, "x"}, LimitId::sbp_high));
  EXPECT_FALSE(is_usual(profile, {161, {}, "x"}, LimitId::sbp_high));
  EXPECT_FALSE(is_usual(profile, {160, 181, "x"}, LimitId::sbp_high));
  LimitRule& recovery =
      profile.limits[vitals::index_of(vitals::Phase::recovery)][index_of(LimitId::sbp_high)];
  recovery.warn.limit = 150;
  EXPECT_FALSE(is_usual(profile, {160, {}, "x"}, LimitId::sbp_high)) << "in recovery it is 150";
  recovery.watched = false;
  EXPECT_TRUE(is_usual(profile, {160, {}, "x"}, LimitId::sbp_high));
}

}  // namespace
}  // namespace alarms
