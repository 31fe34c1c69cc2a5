// Who has seen it and who is called: acknowledgement, conflict, re-alarm, audience, and the worst value.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

using Attention = OneCondition;

TEST_F(Attention, P6_ack_is_told_and_ends_nothing) {
  go_medium();
  const AckResult result = ack();
  EXPECT_EQ(result.verdict, AckVerdict::applied);
  EXPECT_EQ(result.rev, 2U);
  EXPECT_TRUE(last().acked);
  EXPECT_EQ(last().acked_by, "ns-2/rn-17");
  EXPECT_EQ(last().acked_at, now.wall);
  EXPECT_EQ(last().state, State::active);
}

TEST_F(Attention, P6_ack_twice_changes_nothing_more) {
  go_medium();
  ack();
  EXPECT_EQ(ack().verdict, AckVerdict::applied);
  EXPECT_EQ(alarm()->rev, 2U);
}

TEST_F(Attention, P6_ack_of_another_episode_is_refused) {
  go_medium();
  const auto result =
      engine.acknowledge("spo2-low", "00000000000000000000000000", 1, "ns-2/rn-17", now, record);
  EXPECT_EQ(result.verdict, AckVerdict::refused);
  EXPECT_FALSE(alarm()->acked);
}

TEST_F(Attention, P6_ack_without_an_episode_or_condition_is_refused) {
  EXPECT_EQ(engine.acknowledge("spo2-low", "x", 1, "a", now, record).verdict, AckVerdict::refused);
  EXPECT_EQ(engine.acknowledge("no-such", "x", 1, "a", now, record).verdict, AckVerdict::refused);
  EXPECT_EQ(engine.reset("spo2-low", "x", now, record).verdict, AckVerdict::refused);
  EXPECT_EQ(engine.reset("no-such", "x", now, record).verdict, AckVerdict::refused);
}

TEST_F(Attention, P6_ack_of_a_revision_that_was_never_issued_is_refused) {
  go_medium();
  EXPECT_EQ(engine.acknowledge("spo2-low", view(alarm()->id), 2, "a", now, record).verdict,
            AckVerdict::refused);
}

TEST_F(Attention, P6_scenario_7_ack_that_crosses_an_escalation_is_a_conflict) {
  go_medium();
  const std::uint64_t seen = alarm()->rev;
  go_high();
  const auto result = engine.acknowledge("spo2-low", view(alarm()->id), seen, "a", now, record);
  EXPECT_EQ(result.verdict, AckVerdict::conflict);
  EXPECT_FALSE(alarm()->acked);
}

TEST_F(Attention, P6_ack_of_an_older_revision_without_a_rise_is_applied) {
  go_medium();
  const std::uint64_t seen = alarm()->rev;
  lose();
  ASSERT_GT(alarm()->rev, seen);
  EXPECT_EQ(engine.acknowledge("spo2-low", view(alarm()->id), seen, "a", now, record).verdict,
            AckVerdict::applied);
}

TEST_F(Attention, P6_deescalation_keeps_the_ack) {
  go_high();
  ack();
  stay(91, 6);
  ASSERT_EQ(alarm()->priority, Priority::medium);
  EXPECT_TRUE(alarm()->acked);
}

TEST_F(Attention, P6_scenario_6_the_next_episode_has_a_new_id_and_no_ack) {
  go_medium();
  const EpisodeId first = alarm()->id;
  ack();
  stay(97, 6);
  ASSERT_TRUE(normal());
  go_medium();
  ASSERT_NE(alarm(), nullptr);
  EXPECT_NE(view(alarm()->id), view(first));
  EXPECT_FALSE(alarm()->acked);
  EXPECT_TRUE(alarm()->acked_by.empty());
}

struct RealarmCase {
  bool high;
  double after_s;
};
class RealarmTest : public OneCondition, public testing::WithParamInterface<RealarmCase> {};

TEST_P(RealarmTest, acked_and_still_there_calls_again) {
  freshness = seconds(3600);
  read(GetParam().high ? 85 : 90);
  wait(15);
  ack();
  wait(GetParam().after_s - 0.1);
  EXPECT_TRUE(alarm()->acked);
  wait(0.1);
  EXPECT_FALSE(alarm()->acked);
  EXPECT_EQ(last().change, Change::update);
  ack();
  wait(GetParam().after_s);
  EXPECT_FALSE(alarm()->acked);  // and again
}

INSTANTIATE_TEST_SUITE_P(Times, RealarmTest,
                         testing::Values(RealarmCase{true, 120}, RealarmCase{false, 180}));

TEST_F(Attention, realarm_of_low_is_after_300_s) {
  Condition& sensor = engine.add({"spo2-sensor", "SpO2 sensor off", "", Kind::technical, Side::none, "mon1"});
  Behaviour low;
  low.priority = low.priority_critical = Priority::low;
  engine.set_behaviour(sensor, low, EndReason::phase, now, record);
  engine.assert_present(sensor, true, now, record);
  engine.acknowledge("spo2-sensor", view(sensor.alarm()->id), 1, "a", now, record);
  wait(299.9);
  EXPECT_TRUE(sensor.alarm()->acked);
  wait(0.1);
  EXPECT_FALSE(sensor.alarm()->acked);
}

TEST_F(Attention, audience_of_high_widens_at_60_and_120_s) {
  read(85);
  freshness = seconds(3600);
  read(85);
  wait(10);
  const Priority before = alarm()->priority;
  wait(59.9);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  wait(0.1);
  EXPECT_EQ(alarm()->audience, Audience::unit);
  EXPECT_EQ(last().change, Change::update);
  wait(59.9);
  EXPECT_EQ(alarm()->audience, Audience::unit);
  wait(0.1);
  EXPECT_EQ(alarm()->audience, Audience::second);
  EXPECT_EQ(alarm()->priority, before);
}

TEST_F(Attention, audience_of_medium_widens_to_the_unit_at_180_s_and_no_further) {
  freshness = seconds(24 * 3600);
  read(90);
  wait(15 + 179.9);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  wait(0.1);
  EXPECT_EQ(alarm()->audience, Audience::unit);
  wait(3600);
  EXPECT_EQ(alarm()->audience, Audience::unit);
}

TEST_F(Attention, audience_rests_while_acked_and_counts_from_the_realarm) {
  freshness = seconds(24 * 3600);
  read(85);
  wait(40);  // 30 s after the start
  ack();
  wait(119);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  wait(1 + 59);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  wait(1);
  EXPECT_EQ(alarm()->audience, Audience::unit);
}

TEST_F(Attention, audience_goes_on_widening_while_data_are_lost) {
  go_high();
  lose();
  wait(120);
  EXPECT_EQ(alarm()->audience, Audience::second);
}

TEST_F(Attention, worst_is_told_at_most_every_5_s) {
  read(91);
  freshness = seconds(3600);
  read(91);
  wait(15);
  const auto changes_before = record.documents.size();
  for (const double value : {90.9, 90.8, 90.7, 90.6}) {  // 1, 2, 3, 4 s after the start
    wait(1);
    read(value);
  }
  EXPECT_EQ(record.documents.size(), changes_before);
  wait(0.9);
  EXPECT_EQ(record.documents.size(), changes_before);
  wait(0.1);  // 5 s after the start
  ASSERT_EQ(record.documents.size(), changes_before + 1);
  EXPECT_EQ(last().worst, 90.6);
  EXPECT_EQ(last().change, Change::update);
  wait(60);
  EXPECT_EQ(record.documents.size(), changes_before + 1);  // and not without news
}

TEST_F(Attention, worst_remembers_the_deepest_value) {
  go_medium();
  stay(86, 3);
  stay(90, 60);
  EXPECT_EQ(alarm()->worst, 86);
}

TEST_F(Attention, a_better_value_is_no_news) {
  go_medium();
  const auto before = record.documents.size();
  stay(91, 60);
  EXPECT_EQ(record.documents.size(), before);
}

TEST_F(Attention, where_the_unit_is_called_at_the_least_an_alarm_starts_there) {
  engine.call_at_least(Audience::unit, now, record);
  go_high();
  EXPECT_EQ(record.documents.front().audience, Audience::unit);
  wait(118);  // one second of the 120 is over
  EXPECT_EQ(alarm()->audience, Audience::unit);
  wait(1);
  EXPECT_EQ(alarm()->audience, Audience::second) << "from the start, as without it";
}

TEST_F(Attention, an_active_alarm_calls_the_unit_at_once_and_takes_nobody_back) {
  go_medium();
  const std::uint64_t rev = alarm()->rev;
  engine.call_at_least(Audience::unit, now, record);
  EXPECT_EQ(last().audience, Audience::unit);
  EXPECT_EQ(last().change, Change::update);
  EXPECT_EQ(alarm()->rev, rev + 1);
  engine.call_at_least(Audience::bed, now, record);
  EXPECT_EQ(alarm()->audience, Audience::unit);
  EXPECT_EQ(alarm()->rev, rev + 1);
  stay(97, 6);
  go_medium();
  EXPECT_EQ(alarm()->audience, Audience::bed) << "the next episode";
}

TEST_F(Attention, a_latched_alarm_that_comes_back_calls_the_unit_where_that_is_the_least) {
  go_latched();
  engine.call_at_least(Audience::unit, now, record);
  go_medium();
  EXPECT_EQ(alarm()->state, State::active);
  EXPECT_EQ(alarm()->audience, Audience::unit);
}

}  // namespace
}  // namespace alarms
