// What a nurse observes at a bed: out of range is an alarm of its own, and the next look is due in time.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using infusion::Item;
using infusion::Verdict;

struct Nurse : OneBed {
  Nurse() {
    profile.observation.first_hour = seconds(900);
    profile.observation.later = seconds(1800);
    profile.observation.recovery = seconds(1800);
    linked();
  }
  Verdict observe(Item item, double value, double ago_s = 0) {
    infusion::NurseObservation observation;
    observation[item] = value;
    observation.at = now.wall - seconds(ago_s);
    return bed().nurse_observed(observation, now).verdict;
  }
  // Time passes, and what is due is only looked at when the time is there.
  void expect_overdue_at(double s, Priority priority) {
    wait(s - 0.001);
    EXPECT_TRUE(this->priority("obs-overdue") < priority) << "a millisecond too early";
    wait(0.001);
    EXPECT_EQ(this->priority("obs-overdue"), priority);
  }
};

TEST_F(Nurse, out_of_range_rises_at_once_as_the_nurses_own_word) {
  start_infusion();
  EXPECT_EQ(observe(Item::rass, -3), Verdict::applied);
  const Alarm* one = alarm("obs-out-of-range");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->priority, Priority::medium);
  EXPECT_EQ(one->origin, alarms::Origin::nurse);
  EXPECT_EQ(one->kind, alarms::Kind::physiological);
  EXPECT_EQ(one->text, "RASS -3: moves to voice only");
  EXPECT_FALSE(one->value);
}

TEST_F(Nurse, it_follows_the_next_observations_up_and_down_and_ends_in_range) {
  start_infusion();
  observe(Item::rass, -3);
  const auto id = alarm("obs-out-of-range")->id;
  wait(60);
  observe(Item::rass, -4);
  EXPECT_EQ(priority("obs-out-of-range"), Priority::high);
  EXPECT_EQ(alarm("obs-out-of-range")->text, "RASS -4: moves to touch only");
  wait(60);
  observe(Item::rass, -3);
  EXPECT_EQ(priority("obs-out-of-range"), Priority::medium);
  EXPECT_EQ(count("obs-out-of-range", Change::deescalate), 1U);
  EXPECT_EQ(alarm("obs-out-of-range")->id, id) << "one episode";
  wait(60);
  observe(Item::pain, 2);
  EXPECT_NE(alarm("obs-out-of-range"), nullptr) << "pain says nothing about sedation";
  observe(Item::rass, -1);
  EXPECT_EQ(alarm("obs-out-of-range"), nullptr);
}

TEST_F(Nurse, an_acknowledgement_does_not_survive_a_rise) {
  start_infusion();
  observe(Item::rass, 3);
  const Alarm* one = alarm("obs-out-of-range");
  bed().acknowledge("obs-out-of-range", view(one->id), one->rev, "ns-2/rn-17", now);
  ASSERT_TRUE(one->acked);
  wait(10);
  observe(Item::rass, 4);
  EXPECT_TRUE(alarm("obs-out-of-range")->acked) << "combative is medium too";
  observe(Item::rass, -5);
  EXPECT_FALSE(alarm("obs-out-of-range")->acked);
}

TEST_F(Nurse, an_older_word_that_comes_late_ends_nothing) {
  start_infusion();
  wait(600);
  observe(Item::acvpu, 4);
  EXPECT_EQ(priority("obs-out-of-range"), Priority::high);
  observe(Item::acvpu, 0, 300);
  EXPECT_EQ(priority("obs-out-of-range"), Priority::high);
}

TEST_F(Nurse, P7_it_ends_with_the_session_and_not_with_the_link) {
  start_infusion();
  observe(Item::rass, -4);
  bed().link(0, false, now);
  bed().infusion_stop(now);
  wait(3600);
  EXPECT_EQ(priority("obs-out-of-range"), Priority::high);
  bed().session_end(now);
  EXPECT_EQ(alarm("obs-out-of-range"), nullptr);
  EXPECT_TRUE(std::any_of(out.alarms.begin(), out.alarms.end(), [](const Alarm& a) {
    return a.condition == "obs-out-of-range" && a.end_reason == EndReason::session_end;
  }));
}

TEST_F(Nurse, P2_after_a_restart_it_is_the_same_episode_and_the_chart_holds_it) {
  start_infusion();
  observe(Item::rass, -4);
  Alarm kept = *alarm("obs-out-of-range");
  kept.condition = "obs-out-of-range";
  const infusion::View view = bed().session(now);
  bed_.reset();
  out = {};
  pass(20);
  bed().restore_session(view, now);
  EXPECT_TRUE(bed().restore_alarm(kept, now));
  wait(1);
  ASSERT_NE(alarm("obs-out-of-range"), nullptr);
  EXPECT_EQ(alarm("obs-out-of-range")->id, kept.id);
  EXPECT_EQ(alarm("obs-out-of-range")->data, Data::fresh);
  EXPECT_EQ(alarm("obs-out-of-range")->text, "RASS -4: moves to touch only");
  observe(Item::rass, 0);
  EXPECT_EQ(alarm("obs-out-of-range"), nullptr);
}

TEST_F(Nurse, the_scale_is_the_profiles) {
  start_infusion();
  EXPECT_EQ(observe(Item::poss, 3), Verdict::invalid);
  bed_.reset();
  profile.observation.scale = alarms::SedationScale::poss;
  linked();
  start_infusion();
  EXPECT_EQ(observe(Item::rass, -4), Verdict::invalid);
  EXPECT_EQ(observe(Item::poss, 3), Verdict::applied);
  EXPECT_EQ(priority("obs-out-of-range"), Priority::medium);
  observe(Item::poss, 4);
  EXPECT_EQ(priority("obs-out-of-range"), Priority::high);
}

TEST_F(Nurse, P1_overdue_is_low_after_15_min_and_2_and_medium_after_twice_15) {
  start_infusion();
  expect_overdue_at(17 * 60, Priority::low);
  expect_overdue_at(13 * 60, Priority::medium);
  observe(Item::pain, 2);
  EXPECT_EQ(alarm("obs-overdue"), nullptr);
}

TEST_F(Nurse, each_observation_puts_it_off_and_it_counts_from_when_it_was_made) {
  start_infusion();
  wait(600);
  observe(Item::pain, 2, 300);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(600));
  expect_overdue_at(12 * 60, Priority::low);
}

TEST_F(Nurse, after_the_first_hour_every_30_min) {
  start_infusion();
  for (int i = 0; i < 4; ++i) {  // 14, 28, 42, 56 min
    wait(14 * 60);
    observe(Item::pain, 2);
  }
  wait(14 * 60);  // an interval that began in the first hour is short
  observe(Item::pain, 2);
  EXPECT_EQ(alarm("obs-overdue"), nullptr);
  expect_overdue_at(32 * 60, Priority::low);
  expect_overdue_at(28 * 60, Priority::medium);
}

// Two hours into the infusion, the last look a minute ago: the next is due in 29 min.
struct LateInTheInfusion : Nurse {
  LateInTheInfusion() {
    start_infusion();
    for (int i = 0; i < 8; ++i, wait(15 * 60)) observe(Item::pain, 2);
    observe(Item::pain, 2);
    wait(60);
  }
  void rate(double mg_per_kg_h) {
    const infusion::Rate told{mg_per_kg_h, infusion::RateUnit::mg_per_kg_h};
    EXPECT_EQ(bed().infusion_rate(told, false, now).verdict, Verdict::applied);
  }
};

TEST_F(LateInTheInfusion, after_a_rise_of_the_rate_the_next_look_is_due_in_15_min) {
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(29 * 60));
  rate(0.6);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(15 * 60));
  expect_overdue_at(17 * 60, Priority::low);
  expect_overdue_at(13 * 60, Priority::medium);
  observe(Item::pain, 2);
  EXPECT_EQ(alarm("obs-overdue"), nullptr);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(30 * 60)) << "titrating is over";
}

TEST_F(LateInTheInfusion, what_begins_while_titrating_is_short_and_a_fall_of_the_rate_changes_nothing) {
  rate(0.6);
  wait(14 * 60);
  observe(Item::pain, 2);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(15 * 60));
  wait(14 * 60);
  observe(Item::pain, 2);
  rate(0.4);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(30 * 60));
}

TEST_F(LateInTheInfusion, what_is_due_sooner_stays_so) {
  wait(20 * 60);
  rate(0.6);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(9 * 60));
}

TEST_F(LateInTheInfusion, the_next_rise_does_not_end_what_is_overdue) {
  rate(0.6);
  wait(10 * 60);
  rate(0.7);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(5 * 60));
  wait(7 * 60);
  ASSERT_EQ(priority("obs-overdue"), Priority::low);
  rate(0.8);
  EXPECT_EQ(priority("obs-overdue"), Priority::low);
  observe(Item::pain, 2, 8 * 60);  // of before the last rise, told now
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(15 * 60))
      << "15 min from the rise that it could not see";
}

TEST_F(LateInTheInfusion, P2_a_restart_ends_no_overdue_observation_after_a_rise) {
  rate(0.6);
  wait(17 * 60);
  ASSERT_EQ(priority("obs-overdue"), Priority::low);
  const infusion::View view = bed().session(now);
  bed_.reset();
  pass(20);
  bed().restore_session(view, now);
  EXPECT_EQ(bed().session(now).observation_due, now.wall - seconds(2 * 60 + 20));
}

TEST_F(LateInTheInfusion, a_bolus_counts_as_a_rise) {
  EXPECT_EQ(bed().infusion_bolus({7, {}, {}}, false, now).verdict, Verdict::applied);
  EXPECT_EQ(bed().session(now).observation_due, now.wall + seconds(15 * 60));
}

TEST_F(Nurse, a_hold_or_the_stop_has_not_looked_at_the_patient) {
  start_infusion();
  wait(600);
  bed().infusion_hold(now);
  wait(60);
  bed().infusion_resume(now);
  expect_overdue_at(6 * 60, Priority::low);
  observe(Item::pain, 2);
  wait(600);
  bed().infusion_stop(now);
  expect_overdue_at(22 * 60, Priority::low);
}

TEST_F(Nurse, another_infusion_of_the_session_has_a_first_hour_of_its_own) {
  start_infusion();
  wait(7200);
  bed().infusion_stop(now);
  observe(Item::pain, 2);
  start_infusion();
  expect_overdue_at(17 * 60, Priority::low);
}

TEST_F(Nurse, nothing_is_due_outside_of_an_infusion_and_its_recovery) {
  bed().session_start({}, now);
  wait(4 * 3600);
  EXPECT_EQ(alarm("obs-overdue"), nullptr);
  EXPECT_FALSE(bed().session(now).observation_due);
  start_infusion();
  wait(1800);
  ASSERT_EQ(priority("obs-overdue"), Priority::medium);
  bed().infusion_stop(now);
  bed().session_end(now);
  EXPECT_EQ(alarm("obs-overdue"), nullptr);
}

TEST_F(Nurse, an_interval_of_zero_is_never_due) {
  bed_.reset();
  profile.observation = {};
  linked();
  start_infusion();
  wait(4 * 3600);
  bed().infusion_stop(now);
  wait(4 * 3600);
  EXPECT_EQ(count("obs-overdue", Change::start), 0U);
}

TEST_F(Nurse, P2_the_last_observation_counts_over_a_restart) {
  start_infusion();
  wait(840);
  observe(Item::pain, 2);
  const infusion::View view = bed().session(now);
  bed_.reset();
  pass(300);
  bed().restore_session(view, now);
  wait(1);
  EXPECT_EQ(alarm("obs-overdue"), nullptr);
  expect_overdue_at(12 * 60 - 1, Priority::low);
}

TEST_F(Nurse, a_verb_that_is_refused_says_nothing) {
  start_infusion();
  const auto before = out.log.size();
  EXPECT_EQ(observe(Item::pain, 11), Verdict::invalid);
  EXPECT_EQ(out.log.size(), before);
}

}  // namespace
}  // namespace bed
