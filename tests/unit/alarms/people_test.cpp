// What people do with an alarm beside acknowledging it: pause its sound, take it back, say who is on the way.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

struct People : OneCondition {
  People() { freshness = seconds(3600); }
  AckResult pause(double s) {
    return engine.pause_audio("spo2-low", view(alarm()->id), alarm()->rev, seconds(s), "ns-2/rn-17", now,
                              record);
  }
  bool pause_all(vitals::WallTime pressed, double s = 120) {
    return engine.pause_audio(pressed, seconds(s), "ns-2/rn-17", now, record);
  }
  AckResult respond(Response response) {
    return engine.respond("spo2-low", view(alarm()->id), alarm()->rev, response, "ns-2/rn-17", now, record);
  }
};

TEST_F(People, a_pause_is_told_with_its_end_and_ends_by_its_timer) {
  go_medium();
  EXPECT_EQ(pause(120).verdict, AckVerdict::applied);
  EXPECT_EQ(last().audio, Audio::paused);
  EXPECT_EQ(last().audio_until, now.wall + seconds(120));
  EXPECT_EQ(last().audio_by, "ns-2/rn-17");
  EXPECT_EQ(last().change, Change::update);
  EXPECT_FALSE(last().acked) << "a pause is no acknowledgement";
  EXPECT_FALSE(engine.sounding());
  wait(119.9);
  EXPECT_EQ(alarm()->audio, Audio::paused);
  wait(0.1);
  EXPECT_EQ(alarm()->audio, Audio::on);
  EXPECT_FALSE(last().audio_until);
  EXPECT_EQ(last().audio_by, "");
  EXPECT_TRUE(engine.sounding());
}

TEST_F(People, a_rise_in_priority_breaks_a_pause) {
  go_medium();
  pause(120);
  go_high();
  EXPECT_EQ(alarm()->priority, Priority::high);
  EXPECT_EQ(alarm()->audio, Audio::on);
}

TEST_F(People, a_re_alarm_breaks_a_pause) {
  go_medium();
  ack();
  wait(100);
  pause(180);
  wait(80);  // 180 s after the acknowledgement
  EXPECT_FALSE(alarm()->acked);
  EXPECT_EQ(alarm()->audio, Audio::on);
}

TEST_F(People, a_pause_stops_no_timer_but_the_sound) {
  go_medium();
  wait(100);
  pause(120);
  wait(80);
  EXPECT_EQ(alarm()->audience, Audience::unit) << "nobody has seen it";
}

TEST_F(People, the_next_episode_sounds) {
  go_medium();
  pause(120);
  stay(97, 6);
  ASSERT_TRUE(normal());
  go_medium();
  EXPECT_EQ(alarm()->audio, Audio::on);
}

TEST_F(People, a_pause_of_all_is_for_what_had_called_when_it_was_pressed) {
  const auto before = now.wall;
  go_medium();
  EXPECT_FALSE(pause_all(before)) << "the alarm came while the command was on its way";
  EXPECT_EQ(alarm()->audio, Audio::on);
  EXPECT_TRUE(pause_all(now.wall));
  EXPECT_EQ(alarm()->audio, Audio::paused);
  EXPECT_TRUE(engine.resume_audio(now, record));
  EXPECT_EQ(alarm()->audio, Audio::on);
  EXPECT_FALSE(engine.resume_audio(now, record));
}

TEST_F(People, a_pause_while_looking_at_a_lower_priority_is_a_conflict) {
  go_medium();
  const std::uint64_t seen = alarm()->rev;
  go_high();
  EXPECT_EQ(
      engine.pause_audio("spo2-low", view(alarm()->id), seen, seconds(60), "ns-2/rn-17", now, record).verdict,
      AckVerdict::conflict);
}

TEST_F(People, what_is_latched_is_silent_already) {
  go_latched();
  EXPECT_EQ(pause(120).verdict, AckVerdict::refused);
  EXPECT_EQ(respond(Response::accepted).verdict, AckVerdict::refused);
  EXPECT_FALSE(pause_all(now.wall));
}

TEST_F(People, a_pause_survives_a_restart_and_one_without_a_credible_end_does_not) {
  go_medium();
  pause(120);
  const Alarm paused = last();  // its texts are the engine's, and each engine below ends with its round
  for (const double left_s : {60.0, -1.0, 3600.0}) {
    Alarm stored = paused;
    stored.audio_until = now.wall + seconds(left_s);
    Engine after{{"gw1", "pain/b3"}, realarm, callout};
    Condition& again = after.add({"spo2-low", "SpO2", "", Kind::physiological, Side::low, "mon1"});
    after.set_behaviour(again, behaviour, EndReason::phase, now, record);
    ASSERT_TRUE(after.restore(stored, now, record));
    EXPECT_EQ(again.alarm()->audio, left_s == 60 ? Audio::paused : Audio::on) << left_s;
    if (left_s != 60) continue;
    after.advance({now.mono + seconds(60), now.wall + seconds(60)}, record);
    EXPECT_EQ(again.alarm()->audio, Audio::on);
  }
}

TEST_F(People, taken_back_an_acknowledgement_is_gone_and_people_are_called_from_then) {
  go_medium();
  wait(100);
  ack();
  const auto result = engine.unacknowledge("spo2-low", view(alarm()->id), alarm()->rev, now, record);
  EXPECT_EQ(result.verdict, AckVerdict::applied);
  EXPECT_FALSE(alarm()->acked);
  EXPECT_TRUE(last().acked_by.empty());
  EXPECT_TRUE(engine.sounding());
  wait(179.9);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  wait(0.1);
  EXPECT_EQ(alarm()->audience, Audience::unit);
}

TEST_F(People, taken_back_they_are_called_in_time_also_where_no_value_comes) {
  read(85);
  wait(10);
  ASSERT_EQ(alarm()->priority, Priority::high);
  ack();
  wait(10);
  engine.unacknowledge("spo2-low", view(alarm()->id), alarm()->rev, now, record);
  wait(59.9);
  EXPECT_EQ(alarm()->audience, Audience::bed);
  wait(0.1);
  EXPECT_EQ(alarm()->audience, Audience::unit) << "before the re-alarm would have been due";
}

TEST_F(People, unack_of_what_is_not_acknowledged_changes_nothing) {
  go_medium();
  const std::uint64_t rev = alarm()->rev;
  EXPECT_EQ(engine.unacknowledge("spo2-low", view(alarm()->id), rev, now, record).verdict,
            AckVerdict::applied);
  EXPECT_EQ(alarm()->rev, rev);
  EXPECT_EQ(engine.unacknowledge("spo2-low", "x", rev, now, record).verdict, AckVerdict::refused);
}

TEST_F(People, whoever_accepts_stops_the_calling_and_not_the_sound) {
  go_high();
  EXPECT_EQ(respond(Response::accepted).verdict, AckVerdict::applied);
  EXPECT_EQ(last().response, Response::accepted);
  EXPECT_EQ(last().response_by, "ns-2/rn-17");
  EXPECT_TRUE(engine.sounding());
  wait(600);
  EXPECT_EQ(alarm()->audience, Audience::bed);
}

TEST_F(People, whoever_accepts_ends_the_last_timer_of_an_alarm_whose_value_is_lost) {
  go_medium();
  lose();
  ASSERT_NE(condition.deadline(), never) << "the unit would be called";
  respond(Response::accepted);
  EXPECT_EQ(condition.deadline(), never);
}

TEST_F(People, whoever_rejects_calls_the_next_at_once) {
  go_high();
  wait(30);
  respond(Response::rejected);
  EXPECT_EQ(alarm()->audience, Audience::unit);
  wait(119.9);
  EXPECT_EQ(alarm()->audience, Audience::unit) << "they have their time";
  wait(0.1);
  EXPECT_EQ(alarm()->audience, Audience::second);
  respond(Response::rejected);
  EXPECT_EQ(alarm()->audience, Audience::second) << "there is nobody after them";
}

TEST_F(People, a_rise_asks_again_who_is_on_the_way) {
  go_medium();
  respond(Response::accepted);
  go_high();
  EXPECT_EQ(alarm()->response, Response::undefined);
  EXPECT_TRUE(alarm()->response_by.empty());
}

}  // namespace
}  // namespace alarms
