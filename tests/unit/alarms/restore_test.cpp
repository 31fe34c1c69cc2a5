// What a restart keeps (promises P2, P6) and what it leaves to fresh data.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

struct Restart : OneCondition {
  Engine second{{"gw1", "pain/b3"}, realarm, callout};
  Condition& again = second.add({"spo2-low", "SpO2", "check probe", Kind::physiological, Side::low, "mon1"});

  bool restart() {
    stored = *alarm();
    stored.condition = stored_name = "spo2-low";
    second.set_behaviour(again, behaviour, EndReason::phase, now, record);
    return second.restore(stored, now, record);
  }
  // Time passes after the restart, up to so long after `from`.
  void pass_to(vitals::WallTime from, double s) {
    pass(static_cast<double>((from + seconds(s) - now.wall).count()) / 1000);
    second.advance(now, record);
  }
  // It is high, and people are called for it as if there had been no restart.
  void is_called_from(vitals::WallTime call) {
    pass(5);
    ASSERT_TRUE(restart());
    EXPECT_EQ(again.alarm()->t_call, call);
    for (const auto& [s, whom] :
         {std::pair{59.9, Audience::bed}, {60.0, Audience::unit}, {119.9, Audience::unit}}) {
      pass_to(call, s);
      EXPECT_EQ(again.alarm()->audience, whom) << s << " s after the call";
    }
    pass_to(call, 120);
    EXPECT_EQ(again.alarm()->audience, Audience::second);
  }
  Alarm stored;
  std::string stored_name;
};

TEST_F(Restart, P2_keeps_the_episode_and_goes_on_at_the_next_million) {
  go_high();
  lose();
  ASSERT_TRUE(restart());
  ASSERT_NE(again.alarm(), nullptr);
  EXPECT_EQ(view(again.alarm()->id), view(stored.id));
  EXPECT_EQ(again.alarm()->rev / 1'000'000, 1U);
  EXPECT_EQ(again.alarm()->priority, Priority::high);
  EXPECT_EQ(again.alarm()->data, Data::stale);
  EXPECT_EQ(again.alarm()->t_on, stored.t_on);
  EXPECT_EQ(last().change, Change::update);
  Alarm once_more = *again.alarm();
  Engine third{{"gw1", "pain/b3"}, realarm, callout};
  Condition& later = third.add({"spo2-low", "SpO2", "", Kind::physiological, Side::low, "mon1"});
  third.set_behaviour(later, behaviour, EndReason::phase, now, record);
  third.restore(once_more, now, record);
  EXPECT_EQ(later.alarm()->rev / 1'000'000, 2U);
}

TEST_F(Restart, P2_what_a_run_said_and_did_not_keep_is_not_said_again_with_the_same_number) {
  go_high();
  lose();
  ASSERT_TRUE(restart());
  const auto rev_of_a_restart = [&] {  // of the same record each time: nothing of the run before is in it
    Engine other{{"gw1", "pain/b3"}, realarm, callout};
    Condition& restored = other.add({"spo2-low", "SpO2", "", Kind::physiological, Side::low, "mon1"});
    other.set_behaviour(restored, behaviour, EndReason::phase, now, record);
    other.restore(stored, now, record);
    return restored.alarm()->rev;
  };
  for (const Milliseconds clock_set :
       {Milliseconds{0}, Milliseconds{-3'600'000}}) {  // also to before its beginning
    now.wall += clock_set;
    const std::uint64_t said = rev_of_a_restart();
    pass(2);
    EXPECT_GT(rev_of_a_restart(), said + 10);
  }
}

TEST_F(Restart, P6_keeps_the_ack_and_its_realarm_time) {
  go_medium();
  ack();
  pass(100);
  restart();
  EXPECT_TRUE(again.alarm()->acked);
  EXPECT_EQ(again.alarm()->acked_by, "ns-2/rn-17");
  pass(79.9);
  second.advance(now, record);
  EXPECT_TRUE(again.alarm()->acked);
  pass(0.1);
  second.advance(now, record);
  EXPECT_FALSE(again.alarm()->acked);
}

TEST_F(Restart, after_a_rise_people_have_their_time_from_the_rise) {
  go_medium();
  ack();
  pass(120);
  go_high();
  ASSERT_EQ(alarm()->priority, Priority::high);
  is_called_from(now.wall - seconds(1));  // go_high() waits a second for it
}

TEST_F(Restart, after_a_re_alarm_people_have_their_time_from_it) {
  go_high();
  ack();
  wait(120);
  ASSERT_FALSE(alarm()->acked);
  is_called_from(now.wall);
}

TEST_F(Restart, after_an_acknowledgement_was_taken_back_people_have_their_time_from_then) {
  go_high();
  ack();
  wait(100);
  engine.unacknowledge("spo2-low", view(alarm()->id), alarm()->rev, now, record);
  is_called_from(now.wall);
}

TEST_F(Restart, people_have_their_time_for_a_latched_alarm_that_came_back) {
  go_latched();
  wait(600);
  go_high();
  ASSERT_EQ(alarm()->state, State::active);
  is_called_from(now.wall - seconds(1));
}

TEST_F(Restart, whoever_was_called_by_a_refusal_has_the_whole_time) {
  go_high();
  wait(9);
  engine.respond("spo2-low", view(alarm()->id), alarm()->rev, Response::rejected, "ns-2/rn-17", now, record);
  const auto asked = now.wall;
  pass(5);
  ASSERT_TRUE(restart());
  pass_to(asked, 119.9);
  EXPECT_EQ(again.alarm()->audience, Audience::unit);
  pass_to(asked, 120);
  EXPECT_EQ(again.alarm()->audience, Audience::second);
}

TEST_F(Restart, whose_shelf_is_lost_calls_from_the_restart_on) {
  go_medium();
  engine.shelve("spo2-low", seconds(600), "charge-1/rn-2", now, record);
  pass(300);
  ASSERT_TRUE(restart());  // without the shelf
  const auto since = now.wall;
  EXPECT_EQ(again.alarm()->inhibit, Inhibit::none);
  pass_to(since, 179.9);
  EXPECT_EQ(again.alarm()->audience, Audience::bed);
  pass_to(since, 180);
  EXPECT_EQ(again.alarm()->audience, Audience::unit);
}

TEST_F(Restart, a_record_that_does_not_tell_the_call_calls_rather_early_than_late) {
  go_high();
  ack();
  wait(120);  // it calls again
  stored = *alarm();
  stored.t_call.reset();
  second.set_behaviour(again, behaviour, EndReason::phase, now, record);
  ASSERT_TRUE(second.restore(stored, now, record));
  second.advance(now, record);
  EXPECT_EQ(again.alarm()->audience, Audience::second) << "the alarm itself is 130 s old";
}

TEST_F(Restart, a_pause_goes_on_and_says_whose_it_is) {
  go_medium();
  engine.pause_audio("spo2-low", view(alarm()->id), alarm()->rev, seconds(60), "ns-2/rn-17", now, record);
  pass(20);
  ASSERT_TRUE(restart());
  EXPECT_EQ(again.alarm()->audio, Audio::paused);
  EXPECT_EQ(again.alarm()->audio_by, "ns-2/rn-17");
  pass(40);
  second.advance(now, record);
  EXPECT_EQ(again.alarm()->audio, Audio::on);
  EXPECT_EQ(again.alarm()->audio_by, "");
}

TEST_F(Restart, P6_an_ack_from_before_the_restart_is_applied) {
  go_medium();
  restart();
  EXPECT_EQ(second.acknowledge("spo2-low", view(stored.id), stored.rev, "a", now, record).verdict,
            AckVerdict::applied);
}

TEST_F(Restart, P6_an_ack_older_than_the_rise_conflicts_also_after_a_restart) {
  go_medium();
  const std::uint64_t seen = alarm()->rev;
  go_high();
  stored = *alarm();
  Alarm without = stored;
  without.rev_priority = 0;  // the record may not tell when it rose
  second.set_behaviour(again, behaviour, EndReason::phase, now, record);
  second.restore(without, now, record);
  EXPECT_EQ(second.acknowledge("spo2-low", view(stored.id), seen, "a", now, record).verdict,
            AckVerdict::conflict);
  EXPECT_EQ(second.acknowledge("spo2-low", view(stored.id), stored.rev, "a", now, record).verdict,
            AckVerdict::applied);
}

TEST_F(Restart, P7_stays_until_fresh_data_judge_it) {
  go_medium();
  restart();
  pass(24 * 3600);
  second.advance(now, record);
  ASSERT_NE(again.alarm(), nullptr);
  second.read(again, reading(97), now, record);
  EXPECT_EQ(again.alarm()->data, Data::fresh);
  pass(5);
  second.advance(now, record);
  EXPECT_EQ(again.alarm(), nullptr);
  EXPECT_EQ(last().end_reason, EndReason::recovered);
}

TEST_F(Restart, a_latched_alarm_is_latched_again) {
  go_latched();
  restart();
  EXPECT_EQ(again.alarm()->state, State::latched);
}

TEST_F(Restart, nothing_happens_before_the_restart_however_old_the_alarm) {
  go_high();
  pass(3600);
  restart();
  const auto since = now.wall;
  const auto documents = record.documents.size();
  second.advance(now, record);
  ASSERT_GT(record.documents.size(), documents);  // the audience that is overdue
  for (std::size_t i = documents; i < record.documents.size(); ++i)
    EXPECT_GE(record.documents[i].t_change, since);
  EXPECT_EQ(again.alarm()->audience, Audience::second);
}

TEST_F(Restart, refuses_what_is_over_what_is_here_already_and_what_it_does_not_know) {
  go_medium();
  ASSERT_TRUE(restart());
  EXPECT_FALSE(second.restore(stored, now, record));
  Alarm over = stored;
  over.state = State::inactive;
  EXPECT_FALSE(engine.restore(over, now, record));
  over.condition = "gone";
  EXPECT_FALSE(second.restore(over, now, record));
}

TEST_F(Restart, an_alarm_that_is_not_watched_any_more_ends_by_config) {
  go_medium();
  behaviour.watched = false;
  restart();
  second.advance(now, record);
  EXPECT_EQ(again.alarm(), nullptr);
  EXPECT_EQ(last().end_reason, EndReason::config);
}

// From the broker, which had not heard of the end yet.
TEST_F(Restart, an_alarm_that_has_ended_in_this_run_does_not_come_back) {
  go_medium();
  behaviour.watched = false;
  restart();
  second.advance(now, record);
  ASSERT_EQ(again.alarm(), nullptr);
  EXPECT_FALSE(second.restore(stored, now, record));
  EXPECT_EQ(again.alarm(), nullptr);
}

TEST_F(Restart, an_alarm_whose_phase_is_restored_after_it_lives_on) {
  go_medium();
  const Behaviour watched = behaviour;
  behaviour.watched = false;
  restart();
  second.set_behaviour(again, watched, EndReason::phase, now, record);
  second.advance(now, record);
  EXPECT_NE(again.alarm(), nullptr);
}

TEST_F(Restart, a_condition_that_holds_says_so_again) {
  Behaviour low;
  second.set_behaviour(again, low, EndReason::phase, now, record);
  go_medium();
  stored = *alarm();
  low.on_delay = seconds(10);
  second.set_behaviour(again, low, EndReason::phase, now, record);
  second.assert_present(again, true, now, record);  // pending when the record is read
  second.restore(stored, now, record);
  EXPECT_EQ(again.alarm()->data, Data::stale);
  second.assert_present(again, true, now, record);
  EXPECT_EQ(again.alarm()->data, Data::fresh);
}

TEST_F(Restart, times_that_cannot_be_do_no_harm) {
  go_high();
  stored = *alarm();
  for (const auto wall : {vitals::WallTime::min(), vitals::WallTime::max(), vitals::WallTime{}}) {
    Engine other{{"gw1", "pain/b3"}, realarm, callout};
    Condition& one = other.add({"spo2-low", "SpO2", "", Kind::physiological, Side::low, "mon1"});
    other.set_behaviour(one, behaviour, EndReason::phase, now, record);
    Alarm odd = stored;
    odd.t_on = wall;
    odd.t_call = wall;
    odd.acked = true;
    odd.acked_at = wall;
    other.restore(odd, now, record);
    other.advance(now, record);
    EXPECT_NE(one.alarm(), nullptr);
  }
}

}  // namespace
}  // namespace alarms
