// Every row of the state machine: from, event, to, and what is published.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

using StateMachine = OneCondition;

// --- normal, pending -> ...

TEST_F(StateMachine, normal_violation_with_delay_is_pending_and_tells_nobody) {
  read(90);
  EXPECT_TRUE(condition.pending());
  EXPECT_TRUE(record.documents.empty());
}

TEST_F(StateMachine, normal_violation_without_delay_is_active_at_once) {
  behaviour.on_delay_critical = Milliseconds{0};
  behave(behaviour);
  read(80);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->priority, Priority::high);
  EXPECT_EQ(alarm()->on_delay, Milliseconds{0});
}

TEST_F(StateMachine, pending_value_back_inside_is_normal_and_counted_as_avoided) {
  stay(89, 12);
  read(93);
  wait(60);
  EXPECT_TRUE(normal());
  EXPECT_EQ(condition.avoided(), 1U);
  EXPECT_TRUE(record.documents.empty());
}

TEST_F(StateMachine, pending_and_signal_lost_is_given_up_and_says_so) {
  stay(89, 5);
  EXPECT_TRUE(engine.lose(condition, Data::lost, now, record));
  EXPECT_TRUE(normal());
  EXPECT_EQ(condition.avoided(), 1U);
  EXPECT_FALSE(engine.lose(condition, Data::lost, now, record));
}

TEST_F(StateMachine, pending_silence_with_a_fresh_value_runs_on_and_alarms_without_another_value) {
  freshness = seconds(30);
  read(89);
  wait(14.999);
  EXPECT_EQ(alarm(), nullptr);
  wait(0.001);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->on_delay, seconds(15));
}

TEST_F(StateMachine, pending_value_past_its_freshness_does_not_alarm) {
  freshness = seconds(10);
  read(89);
  wait(60);
  EXPECT_TRUE(normal());
  EXPECT_EQ(condition.avoided(), 1U);
}

TEST_F(StateMachine, pending_timer_starts_anew_after_a_silence) {
  freshness = seconds(10);
  read(89);
  wait(14);  // stale since 4 s
  read(89);
  wait(2);
  EXPECT_EQ(alarm(), nullptr);
  stay(89, 14);
  EXPECT_NE(alarm(), nullptr);
}

TEST_F(StateMachine, start_tells_everything) {
  now.wall += seconds(7);
  const auto first = now.wall;
  stay(91, 3);
  stay(90, 13);
  ASSERT_EQ(record.documents.size(), 1U);
  const Alarm& start = record.documents[0];
  EXPECT_EQ(start.change, Change::start);
  EXPECT_EQ(start.state, State::active);
  EXPECT_EQ(start.priority, Priority::medium);
  EXPECT_EQ(start.priority_initial, Priority::medium);
  EXPECT_EQ(start.rev, 1U);
  EXPECT_EQ(start.t_condition, first);
  EXPECT_EQ(start.t_on, first + seconds(15));
  EXPECT_EQ(start.t_change, start.t_on);
  EXPECT_EQ(start.text, "SpO2 90 < 92 %");
  EXPECT_EQ(start.value, 90);
  EXPECT_EQ(start.worst, 90);
  EXPECT_EQ(start.limit, 92);
  EXPECT_EQ(start.limit_critical, 88);
  EXPECT_EQ(start.source, "mon1");
  EXPECT_FALSE(start.acked);
}

TEST_F(StateMachine, scenario_2_dip_of_20_s_starts_at_15_s) {
  stay(89, 20);
  ASSERT_EQ(record.documents.size(), 1U);
  EXPECT_DOUBLE_EQ(record.at_s[0], 1015);
}

// --- active -> ...

TEST_F(StateMachine, active_violating_critical_for_its_own_delay_escalates_and_removes_the_ack) {
  go_medium();
  ack();
  read(85);
  wait(9.9);
  EXPECT_EQ(alarm()->priority, Priority::medium);
  EXPECT_TRUE(alarm()->acked);
  wait(0.1);
  EXPECT_EQ(last().change, Change::escalate);
  EXPECT_EQ(last().priority, Priority::high);
  EXPECT_EQ(last().priority_initial, Priority::medium);
  EXPECT_FALSE(last().acked);
  EXPECT_TRUE(last().acked_by.empty());
}

TEST_F(StateMachine, deep_violation_does_not_wait_for_the_warn_delay) {
  read(85);
  wait(10);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->priority, Priority::high);
  EXPECT_EQ(alarm()->priority_initial, Priority::high);
  EXPECT_EQ(alarm()->on_delay, seconds(10));
}

TEST_F(StateMachine, active_back_to_the_lower_band_for_the_off_delay_deescalates) {
  go_high();
  const std::uint64_t rev = alarm()->rev;
  stay(91, 4);
  EXPECT_EQ(alarm()->priority, Priority::high);
  stay(91, 1);
  EXPECT_EQ(last().change, Change::deescalate);
  EXPECT_EQ(last().priority, Priority::medium);
  EXPECT_EQ(last().rev, rev + 1);
  EXPECT_EQ(last().text, "SpO2 91 < 92 %");
}

TEST_F(StateMachine, active_on_its_way_inside_is_not_lowered_first) {
  go_high();
  stay(91, 3);
  stay(97, 6);  // 5 s since it left the critical limit have passed, and then 5 s inside
  EXPECT_EQ(count(Change::deescalate), 0U);
  EXPECT_EQ(alarm()->state, State::latched);
  EXPECT_EQ(alarm()->priority, Priority::high);
}

TEST_F(StateMachine, active_inside_critical_but_within_its_deadband_stays_high) {
  go_high();
  stay(89, 60);  // 88 + 2 is not reached
  EXPECT_EQ(alarm()->priority, Priority::high);
}

TEST_F(StateMachine, active_inside_the_deadband_for_the_off_delay_without_latch_ends) {
  go_medium();
  read(94);
  wait(4.9);
  EXPECT_NE(alarm(), nullptr);
  wait(0.1);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().change, Change::end);
  EXPECT_EQ(last().state, State::inactive);
  EXPECT_EQ(last().end_reason, EndReason::recovered);
  EXPECT_EQ(last().t_end, now.wall);
}

TEST_F(StateMachine, active_and_no_longer_beyond_names_no_limit_as_passed) {
  go_medium();
  read(93);
  ack();
  EXPECT_EQ(last().text, "SpO2 93 %");
  read(85);
  ack();
  wait(10);
  EXPECT_EQ(last().text, "SpO2 85 < 88 %") << "the one that was passed last";
}

TEST_F(StateMachine, active_inside_by_less_than_the_deadband_stays) {
  go_medium();
  stay(93, 120);
  EXPECT_NE(alarm(), nullptr);
}

TEST_F(StateMachine, a_value_outside_the_deadband_restarts_the_off_delay) {
  go_medium();
  stay(95, 4);
  stay(93, 1);
  stay(95, 4);
  EXPECT_NE(alarm(), nullptr);
  wait(1);
  EXPECT_EQ(alarm(), nullptr);
}

TEST_F(StateMachine, scenario_5_value_on_the_limit_for_5_min_is_one_episode) {
  go_medium();
  for (int i = 0; i < 100; ++i)
    for (const double value : {91, 92, 93}) stay(value, 1);
  EXPECT_EQ(count(Change::start), 1U);
  EXPECT_EQ(count(Change::end), 0U);
}

TEST_F(StateMachine, active_same_with_latch_and_unacked_is_latched) {
  go_latched();
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->state, State::latched);
  EXPECT_EQ(last().change, Change::update);
  EXPECT_FALSE(last().t_end.has_value());
}

TEST_F(StateMachine, latches_also_after_it_was_high_only_for_a_while) {
  go_high();
  stay(91, 10);
  ASSERT_EQ(alarm()->priority, Priority::medium);
  stay(97, 6);
  EXPECT_EQ(alarm()->state, State::latched);
}

TEST_F(StateMachine, latches_also_after_the_phase_lowered_it_and_it_rose_again) {
  go_high();
  Behaviour low = behaviour;
  low.priority = low.priority_critical = Priority::low;
  behave(low);
  ASSERT_EQ(alarm()->priority, Priority::low);
  read(91);
  behave(behaviour);
  ASSERT_EQ(alarm()->priority, Priority::medium);
  stay(97, 6);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->state, State::latched);
}

TEST_F(StateMachine, a_medium_episode_does_not_latch) {
  go_medium();
  stay(97, 6);
  EXPECT_TRUE(normal());
}

TEST_F(StateMachine, active_same_with_latch_and_acked_ends) {
  go_high();
  ack();
  stay(97, 6);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().change, Change::end);
  EXPECT_EQ(last().end_reason, EndReason::recovered);
}

TEST_F(StateMachine, latched_reset_ends) {
  go_latched();
  EXPECT_EQ(reset().verdict, AckVerdict::applied);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().change, Change::reset);
  EXPECT_EQ(last().end_reason, EndReason::reset);
}

TEST_F(StateMachine, after_a_reset_nothing_is_due) {
  go_high();
  lose();
  ASSERT_NE(condition.deadline(), never);
  reset();
  EXPECT_EQ(condition.deadline(), never);
}

TEST_F(StateMachine, latched_ack_is_a_reset) {
  go_latched();
  EXPECT_EQ(ack().verdict, AckVerdict::applied);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().change, Change::reset);
}

TEST_F(StateMachine, active_with_data_lost_can_be_reset) {
  go_medium();
  EXPECT_EQ(reset().verdict, AckVerdict::refused);
  lose();
  EXPECT_EQ(reset().verdict, AckVerdict::applied);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().change, Change::reset);
}

TEST_F(StateMachine, reset_does_not_touch_a_violation_that_is_on_its_way) {
  go_latched();
  stay(90, 10);
  reset();
  EXPECT_TRUE(condition.pending());
  stay(90, 6);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->rev, 1U);
}

TEST_F(StateMachine, latched_violation_again_is_the_same_episode_active_and_unacked) {
  go_latched();
  const EpisodeId id = alarm()->id;
  stay(90, 16);
  EXPECT_EQ(alarm()->state, State::active);
  EXPECT_EQ(alarm()->id, id);
  EXPECT_EQ(last().change, Change::update);
  EXPECT_FALSE(alarm()->acked);
  EXPECT_EQ(alarm()->priority, Priority::medium);
  EXPECT_EQ(count(Change::start), 1U);
}

TEST_F(StateMachine, latched_and_pending_again_is_given_up_when_the_signal_is_lost) {
  go_latched();
  stay(90, 5);
  EXPECT_TRUE(engine.lose(condition, Data::lost, now, record));
  wait(60);
  EXPECT_EQ(alarm()->state, State::latched);
}

TEST_F(StateMachine, P7_active_and_data_lost_is_an_update_and_never_an_end) {
  go_medium();
  lose();
  EXPECT_EQ(last().change, Change::update);
  EXPECT_EQ(last().data, Data::lost);
  wait(24 * 3600);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->state, State::active);
  EXPECT_EQ(count(Change::end), 0U);
}

TEST_F(StateMachine, P7_inside_then_lost_does_not_end_by_the_off_delay) {
  go_medium();
  read(97);
  wait(3);
  lose();
  wait(3600);
  EXPECT_EQ(alarm()->state, State::active);
}

TEST_F(StateMachine, data_back_in_violation_is_an_update_of_the_same_episode) {
  go_medium();
  lose();
  const std::uint64_t rev = alarm()->rev;
  read(90);
  EXPECT_EQ(alarm()->data, Data::fresh);
  EXPECT_EQ(alarm()->rev, rev + 1);
}

TEST_F(StateMachine, data_that_are_lost_do_not_become_stale) {
  go_medium();
  lose(Data::lost);
  lose(Data::stale);
  EXPECT_EQ(alarm()->data, Data::lost);
}

TEST_F(StateMachine, any_session_end_ends_physiological_alarms_and_leaves_technical_ones) {
  Condition& technical =
      engine.add({"spo2-sensor", "SpO2 sensor off", "", Kind::technical, Side::none, "mon1"});
  engine.set_behaviour(technical, {}, EndReason::phase, now, record);
  engine.assert_present(technical, true, now, record);
  go_latched();
  engine.end_session(now, record);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().change, Change::end);
  EXPECT_EQ(last().end_reason, EndReason::session_end);
  EXPECT_NE(technical.alarm(), nullptr);
}

TEST_F(StateMachine, limits_change_lets_timers_run_on_and_judges_the_next_value) {
  stay(91, 10);
  rule.warn.limit = 90;  // the values so far were judged by the old limit
  wait(5);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->limit, 92);
  const std::uint64_t rev = alarm()->rev;
  read(91);
  EXPECT_EQ(alarm()->rev, rev + 1);  // the limit in the document changed
  EXPECT_EQ(alarm()->limit, 90);
  stay(92, 6);
  EXPECT_TRUE(normal());
}

TEST_F(StateMachine, a_longer_delay_counts_for_a_running_timer) {
  stay(90, 10);
  behaviour.on_delay = seconds(30);
  behave(behaviour);
  stay(90, 19);
  EXPECT_EQ(alarm(), nullptr);
  stay(90, 2);
  EXPECT_NE(alarm(), nullptr);
}

TEST_F(StateMachine, a_shorter_delay_that_has_passed_starts_now_and_not_in_the_past) {
  stay(90, 10);
  behaviour.on_delay = seconds(5);
  behave(behaviour);
  engine.advance(now, record);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->t_on, now.wall);
}

TEST_F(StateMachine, not_watched_in_the_new_phase_ends_by_phase) {
  go_high();
  behaviour.watched = false;
  behave(behaviour);
  EXPECT_TRUE(normal());
  EXPECT_EQ(last().end_reason, EndReason::phase);
  read(70);
  wait(3600);
  EXPECT_TRUE(normal());
}

TEST_F(StateMachine, watched_again_starts_a_new_episode) {
  go_high();
  const EpisodeId id = alarm()->id;
  behaviour.watched = false;
  behave(behaviour);
  behaviour.watched = true;
  behave(behaviour);
  go_high();
  ASSERT_NE(alarm(), nullptr);
  EXPECT_NE(view(alarm()->id), view(id));
}

}  // namespace
}  // namespace alarms
