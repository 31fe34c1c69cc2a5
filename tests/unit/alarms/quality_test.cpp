// What a value may do by its quality (docs/alarms.md), and conditions that are stated rather than measured.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

using Quality = OneCondition;

TEST_F(Quality, questionable_starts_and_says_so) {
  stay(90, 16, true);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_TRUE(last().questionable);
  EXPECT_EQ(last().text, "SpO2 90 < 92 % (artifact)");
}

TEST_F(Quality, questionable_waits_at_least_10_s) {
  behaviour.on_delay_critical = seconds(0);
  behave(behaviour);
  stay(70, 9, true);
  EXPECT_EQ(alarm(), nullptr);
  stay(70, 1, true);
  EXPECT_NE(alarm(), nullptr);
}

TEST_F(Quality, a_questionable_cuff_reading_counts_at_once) {
  behaviour.on_delay = behaviour.on_delay_critical = behaviour.questionable_on_delay_min = Milliseconds{0};
  behave(behaviour);
  read(90, true);
  EXPECT_NE(alarm(), nullptr);
}

TEST_F(Quality, questionable_escalates) {
  go_medium();
  stay(85, 11, true);
  EXPECT_EQ(alarm()->priority, Priority::high);
}

TEST_F(Quality, questionable_does_not_end) {
  go_medium();
  stay(98, 600, true);
  EXPECT_EQ(alarm()->state, State::active);
}

TEST_F(Quality, questionable_does_not_deescalate) {
  go_high();
  stay(91, 600, true);
  EXPECT_EQ(alarm()->priority, Priority::high);
}

TEST_F(Quality, valid_after_questionable_ends_after_its_own_off_delay) {
  go_medium();
  stay(98, 600, true);
  stay(98, 4);
  EXPECT_NE(alarm(), nullptr);
  wait(1);
  EXPECT_EQ(alarm(), nullptr);
}

TEST_F(Quality, valid_after_questionable_deescalates_after_its_own_off_delay) {
  go_high();
  stay(91, 60, true);
  stay(91, 4);
  EXPECT_EQ(alarm()->priority, Priority::high);
  wait(1);
  EXPECT_EQ(alarm()->priority, Priority::medium);
}

TEST_F(Quality, a_reading_past_its_limit_is_nothing) {
  freshness = Milliseconds{0};
  read(70);
  EXPECT_TRUE(normal());
}

// --- statements

TEST_F(Quality, statement_starts_after_its_delay_rises_with_time_and_ends_after_the_off_delay) {
  Condition& sensor = engine.add({"spo2-sensor", "SpO2 sensor off", "", Kind::technical, Side::none, "mon1"});
  Behaviour low;
  low.priority = low.priority_critical = Priority::low;
  low.on_delay = seconds(15);
  low.off_delay = seconds(5);
  low.raise_after = seconds(60);
  engine.set_behaviour(sensor, low, EndReason::phase, now, record);
  engine.assert_present(sensor, true, now, record);
  wait(15);
  ASSERT_NE(sensor.alarm(), nullptr);
  EXPECT_EQ(sensor.alarm()->priority, Priority::low);
  EXPECT_EQ(sensor.alarm()->text, "SpO2 sensor off");
  wait(59.9);
  EXPECT_EQ(sensor.alarm()->priority, Priority::low);
  wait(0.1);
  EXPECT_EQ(sensor.alarm()->priority, Priority::medium);
  EXPECT_EQ(last().change, Change::escalate);
  engine.assert_present(sensor, false, now, record);
  wait(5);
  EXPECT_EQ(sensor.alarm(), nullptr);
}

TEST_F(Quality, statement_at_once_starts_at_medium_without_delay) {
  Condition& sensor = engine.add({"spo2-sensor", "SpO2 sensor off", "", Kind::technical, Side::none, "mon1"});
  Behaviour low;
  low.priority = low.priority_critical = Priority::low;
  low.on_delay = seconds(15);
  low.raise_after = seconds(60);
  engine.set_behaviour(sensor, low, EndReason::phase, now, record);
  engine.assert_at_once(sensor, now, record);
  ASSERT_NE(sensor.alarm(), nullptr);
  EXPECT_EQ(sensor.alarm()->priority, Priority::medium);
  EXPECT_EQ(count(Change::start), 1U);
}

TEST_F(Quality, statement_at_once_brings_back_what_is_latched) {
  go_latched();
  ASSERT_EQ(alarm()->state, State::latched);
  engine.assert_at_once(condition, now, record);
  EXPECT_EQ(alarm()->state, State::active) << "and not after its delay";
  EXPECT_FALSE(alarm()->acked);
}

TEST_F(Quality, statement_at_once_stays_low_where_the_condition_never_rises) {
  Behaviour low;
  low.priority = low.priority_critical = Priority::low;
  low.on_delay = seconds(15);
  behave(low);
  engine.assert_at_once(condition, now, record);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->priority, Priority::low);
}

TEST_F(Quality, statement_at_once_has_waited_for_nothing) {
  engine.assert_at_once(condition, now, record);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->on_delay, seconds(0));
  EXPECT_EQ(alarm()->t_on, alarm()->t_condition);
}

TEST_F(Quality, statement_at_once_raises_what_is_there_but_low) {
  Condition& sensor = engine.add({"spo2-sensor", "SpO2 sensor off", "", Kind::technical, Side::none, "mon1"});
  Behaviour low;
  low.priority = low.priority_critical = Priority::low;
  low.raise_after = seconds(60);
  engine.set_behaviour(sensor, low, EndReason::phase, now, record);
  engine.assert_present(sensor, true, now, record);
  ASSERT_EQ(sensor.alarm()->priority, Priority::low);
  engine.assert_at_once(sensor, now, record);
  EXPECT_EQ(sensor.alarm()->priority, Priority::medium);
}

TEST_F(Quality, a_statement_that_has_risen_stays_there_until_it_ends) {
  Condition& one = engine.add({"broker-lost", "no broker", "", Kind::technical, Side::none, ""});
  Behaviour of_node;
  of_node.off_delay = seconds(5);
  engine.set_behaviour(one, of_node, EndReason::phase, now, record);
  Reading urgent = statement(true, now);
  urgent.standing.critical = Zone::beyond;
  engine.read(one, urgent, now, record);
  ASSERT_EQ(one.alarm()->priority, Priority::high);
  engine.read(one, statement(true, now), now, record);
  wait(60);
  EXPECT_EQ(one.alarm()->priority, Priority::high) << "it has no numbers between which it could fall";
}

TEST_F(Quality, a_statement_said_again_changes_nothing) {
  Condition& sensor = engine.add({"spo2-sensor", "SpO2 sensor off", "", Kind::technical, Side::none, "mon1"});
  engine.set_behaviour(sensor, {}, EndReason::phase, now, record);
  for (int i = 0; i < 5; ++i) engine.assert_present(sensor, true, now, record);
  EXPECT_EQ(record.documents.size(), 1U);
}

TEST_F(Quality, the_phase_moves_the_priority_of_an_active_technical_alarm) {
  Condition& link = engine.add({"link-lost-mon1", "no connection", "", Kind::technical, Side::none, "mon1"});
  Behaviour idle;
  idle.priority = idle.priority_critical = Priority::low;
  engine.set_behaviour(link, idle, EndReason::phase, now, record);
  engine.assert_present(link, true, now, record);
  Behaviour in_session = idle;
  in_session.priority = in_session.priority_critical = Priority::medium;
  engine.set_behaviour(link, in_session, EndReason::phase, now, record);
  EXPECT_EQ(link.alarm()->priority, Priority::medium);
  EXPECT_EQ(last().change, Change::escalate);
  engine.set_behaviour(link, idle, EndReason::phase, now, record);
  EXPECT_EQ(link.alarm()->priority, Priority::low);
  EXPECT_EQ(last().change, Change::deescalate);
}

}  // namespace
}  // namespace alarms
