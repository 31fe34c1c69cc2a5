// Limits that a person in charge sets for one session.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using infusion::Verdict;

struct LimitsSetTest : OneBed {
  void SetUp() override {
    linked();
    stay(97, 1);
    start_infusion();
    out.sessions.clear();
  }
  infusion::Outcome set(LimitId id, std::optional<double> warn, std::optional<double> critical = {}) {
    return bed().limits_set(id, {warn, critical, "charge-1/rn-2"}, now);
  }
  Bed::InForce in_force(LimitId id) {
    for (const Bed::InForce& one : bed().limits_in_force())
      if (one.id == id) return one;
    ADD_FAILURE() << "not in force";
    return {};
  }
};

TEST_F(LimitsSetTest, it_holds_is_shown_kept_and_logged) {
  const int states = out.states;
  ASSERT_EQ(set(LimitId::sbp_high, 170).verdict, Verdict::applied);
  EXPECT_EQ(in_force(LimitId::sbp_high).limit.warn().limit(), 170);
  EXPECT_EQ(in_force(LimitId::sbp_high).limit.critical().limit(), 180);
  EXPECT_EQ(in_force(LimitId::sbp_high).set_by, "charge-1/rn-2");
  EXPECT_EQ(in_force(LimitId::hr_high).set_by, "");
  EXPECT_GT(out.states, states);
  EXPECT_EQ(out.sessions, (std::vector<bool>{false}));
  EXPECT_EQ(out.settings, (Names{"sbp-high: warn 160 -> 170 for this session by charge-1/rn-2"}));
  cuff(165, 80);
  EXPECT_EQ(alarm("sbp-high"), nullptr);
  wait(30);
  cuff(171, 80);
  EXPECT_EQ(priority("sbp-high"), Priority::medium);
  EXPECT_EQ(alarm("sbp-high")->limit, 170);
}

TEST_F(LimitsSetTest, whoever_sets_both_hears_of_both_that_the_baseline_holds_tighter) {
  rule(profile, Phase::infusing, LimitId::sbp_high).critical.relative = {40, true, 160, true};
  bed_.reset();
  linked();
  start_infusion();
  set_baseline(110);
  EXPECT_EQ(set(LimitId::sbp_high, 170, 190).text,
            "warn stays 140 by the baseline, critical stays 160 by the baseline");
  EXPECT_EQ(set(LimitId::sbp_high, {}, 185).text, "critical stays 160 by the baseline");
}

TEST_F(LimitsSetTest, a_limit_that_only_another_phase_has_is_set_for_that_one) {
  rule(profile, Phase::infusing, LimitId::hr_high).warn.limit.reset();
  rule(profile, Phase::infusing, LimitId::hr_high).warn.relative.reset();
  bed_.reset();
  linked();
  start_infusion();
  EXPECT_EQ(set(LimitId::hr_high, 125).text, "");
  EXPECT_EQ(in_force(LimitId::hr_high).limit.warn().limit(), std::nullopt);
  bed().infusion_stop(now);
  EXPECT_EQ(in_force(LimitId::hr_high).limit.warn().limit(), 125);
}

TEST_F(LimitsSetTest, the_next_fresh_value_is_judged_by_it_and_timers_run_on) {
  stay(91, 10);
  ASSERT_EQ(set(LimitId::spo2_low, 90).verdict, Verdict::applied);
  EXPECT_TRUE(condition("spo2-low").pending()) << "the limits alone decide nothing";
  value(Metric::spo2, 91);
  EXPECT_FALSE(condition("spo2-low").pending());
  ASSERT_EQ(set(LimitId::spo2_low, 92).verdict, Verdict::applied);
  stay(91, 15);
  ASSERT_EQ(priority("spo2-low"), Priority::medium);
  ASSERT_EQ(set(LimitId::spo2_low, 89).verdict, Verdict::applied);
  EXPECT_EQ(priority("spo2-low"), Priority::medium) << "no value has said so yet";
  stay(91, 4);
  EXPECT_NE(alarm("spo2-low"), nullptr) << "deadband and off-delay hold";
  stay(91, 2);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
}

TEST_F(LimitsSetTest, what_is_left_out_stays_as_it_was_set) {
  ASSERT_EQ(set(LimitId::sbp_high, 170).verdict, Verdict::applied);
  ASSERT_EQ(set(LimitId::sbp_high, {}, 190).verdict, Verdict::applied);
  EXPECT_EQ(in_force(LimitId::sbp_high).limit.warn().limit(), 170);
  EXPECT_EQ(in_force(LimitId::sbp_high).limit.critical().limit(), 190);
}

TEST_F(LimitsSetTest, what_may_not_be_changes_nothing) {
  const infusion::Outcome outcome = set(LimitId::sbp_high, 185);
  EXPECT_EQ(outcome.verdict, Verdict::refused);
  EXPECT_EQ(outcome.text, "sbp-high 180 critical must lie beyond 185 warn");
  EXPECT_EQ(in_force(LimitId::sbp_high).limit.warn().limit(), 160);
  EXPECT_TRUE(out.settings.empty());
  EXPECT_TRUE(out.sessions.empty());
}

TEST_F(LimitsSetTest, the_numbers_of_the_preset_take_it_back) {
  ASSERT_EQ(set(LimitId::sbp_high, 170).verdict, Verdict::applied);
  ASSERT_EQ(set(LimitId::sbp_high, 160).verdict, Verdict::applied);
  EXPECT_EQ(in_force(LimitId::sbp_high).set_by, "");
  EXPECT_EQ(out.settings.back(), "sbp-high: warn 170 -> 160 for this session by charge-1/rn-2");
}

TEST_F(LimitsSetTest, a_limit_from_the_baseline_stays_and_the_answer_says_so) {
  set_baseline(120);  // + 20 %: 144, at least 140
  const infusion::Outcome outcome = set(LimitId::sbp_high, 170);
  EXPECT_EQ(outcome.verdict, Verdict::applied);
  EXPECT_EQ(outcome.text, "warn stays 144 by the baseline");
  EXPECT_EQ(in_force(LimitId::sbp_high).limit.warn().limit(), 144);
}

TEST_F(LimitsSetTest, it_holds_in_every_phase_and_ends_with_the_session) {
  ASSERT_EQ(set(LimitId::hr_high, 130).verdict, Verdict::applied);
  bed().infusion_stop(now);
  EXPECT_EQ(in_force(LimitId::hr_high).limit.warn().limit(), 130);
  ASSERT_EQ(bed().session_end(now).verdict, Verdict::applied);
  EXPECT_EQ(in_force(LimitId::hr_high).limit.warn().limit(), 120);
  EXPECT_EQ(in_force(LimitId::hr_high).set_by, "");
  EXPECT_EQ(out.settings.back(), "limits are those of the preset again");
  EXPECT_EQ(set(LimitId::hr_high, 130).verdict, Verdict::refused) << "there is no session";
}

TEST_F(LimitsSetTest, it_goes_on_over_a_restart_of_its_session_only) {
  ASSERT_EQ(set(LimitId::sbp_high, 170).verdict, Verdict::applied);
  const Attention kept = bed().attention();
  const infusion::View session = bed().session(now);
  pass(60);
  for (const bool with_session : {true, false}) {
    bed_ = std::make_unique<Bed>(settings, out, now);
    if (with_session) bed().restore_session(session, now);
    bed().restore_attention(kept, now);
    if (!with_session) start_infusion();
    EXPECT_EQ(in_force(LimitId::sbp_high).limit.warn().limit(), with_session ? 170 : 160);
  }
}

TEST_F(LimitsSetTest, limits_that_hold_only_together_come_back_together) {
  ASSERT_EQ(set(LimitId::spo2_low, {}, 78).verdict, Verdict::refused) << "below spo2-deep";
  ASSERT_EQ(set(LimitId::spo2_deep, {}, 75).verdict, Verdict::applied);
  ASSERT_EQ(set(LimitId::spo2_low, {}, 78).verdict, Verdict::applied);
  const Attention kept = bed().attention();
  const infusion::View session = bed().session(now);
  bed_ = std::make_unique<Bed>(settings, out, now);
  bed().restore_session(session, now);
  bed().restore_attention(kept, now);
  EXPECT_EQ(in_force(LimitId::spo2_deep).limit.critical().limit(), 75);
  EXPECT_EQ(in_force(LimitId::spo2_low).limit.critical().limit(), 78);
}

TEST_F(LimitsSetTest, a_kept_limit_that_the_profile_does_not_allow_any_more_is_not_in_force) {
  ASSERT_EQ(set(LimitId::sbp_high, 170).verdict, Verdict::applied);
  ASSERT_EQ(set(LimitId::hr_high, 130).verdict, Verdict::applied);
  const Attention kept = bed().attention();
  const infusion::View session = bed().session(now);
  profile.bounds[alarms::index_of(LimitId::sbp_high)] = {120, 165};
  bed_ = std::make_unique<Bed>(settings, out, now);
  bed().restore_session(session, now);
  bed().restore_attention(kept, now);
  EXPECT_EQ(in_force(LimitId::sbp_high).limit.warn().limit(), 160);
  EXPECT_EQ(in_force(LimitId::hr_high).limit.warn().limit(), 130);
}

}  // namespace
}  // namespace bed
