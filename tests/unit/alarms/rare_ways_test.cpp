// Ways through the state machine that a patient rarely goes, so that each branch of it has been gone once.
#include "daemon/alarms/episode_id.hpp"
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

struct RareWays : OneCondition {
  Condition& add(std::string name, Kind kind = Kind::technical, Origin origin = Origin::daemon) {
    Condition& one = engine.add({std::move(name), "as it was", "", kind, Side::none, "mon1", origin});
    engine.set_behaviour(one, Behaviour{}, EndReason::phase, now, record);
    return one;
  }
};

// --- another text

TEST_F(RareWays, a_new_text_is_told_while_it_is_active_and_its_words_are_fresh) {
  Condition& one = add("sensor");
  engine.relabel(one, "before", now, record);
  EXPECT_TRUE(record.documents.empty());
  engine.assert_present(one, true, now, record);
  EXPECT_EQ(last().text, "before");
  engine.relabel(one, "before", now, record);
  EXPECT_EQ(record.documents.size(), 1U);
  engine.relabel(one, "after", now, record);
  EXPECT_EQ(last().text, "after");
  EXPECT_EQ(last().change, Change::update);
  engine.lose(one, Data::lost, now, record);
  const std::size_t told = record.documents.size();
  engine.relabel(one, "of nothing known", now, record);
  EXPECT_EQ(record.documents.size(), told);
  EXPECT_EQ(one.alarm()->text, "after");
}

TEST_F(RareWays, a_devices_word_changes_the_document_and_its_time_is_the_devices) {
  Condition& one = add("mon-mon1-1", Kind::physiological, Origin::monitor);
  engine.assert_present(one, true, now, record);
  EXPECT_FALSE(last().t_src);
  DeviceWord word;
  word.silenced = true;
  word.t_event = wall_origin - seconds(7200);
  engine.relabel(one, "as it was", word, now, record);
  EXPECT_TRUE(last().device.silenced);
  EXPECT_EQ(last().t_src, wall_origin - seconds(7200));
  const std::size_t told = record.documents.size();
  engine.relabel(one, "as it was", word, now, record);
  EXPECT_EQ(record.documents.size(), told);
  for (const auto differs : {&DeviceWord::unsure, &DeviceWord::priority_assumed, &DeviceWord::silenced}) {
    word.*differs = !(word.*differs);
    engine.relabel(one, "as it was", word, now, record);
  }
  EXPECT_EQ(record.documents.size(), told + 3);
}

TEST_F(RareWays, a_condition_that_becomes_another_is_that_one_and_without_its_shelf) {
  Condition& one = add("mon-mon1-1", Kind::physiological, Origin::monitor);
  engine.shelve("mon-mon1-1", seconds(60), "charge-1/rn-2", now, record);
  one.become({"mon-mon1-2", "another", "look", Kind::technical, Side::none, "mon2", Origin::monitor, "77"});
  EXPECT_FALSE(one.shelf());
  EXPECT_EQ(engine.find("mon-mon1-1"), nullptr);
  engine.assert_present(*engine.find("mon-mon1-2"), true, now, record);
  EXPECT_EQ(last().condition, "mon-mon1-2");
  EXPECT_EQ(last().text, "another");
  EXPECT_EQ(last().source, "mon2");
  EXPECT_EQ(last().src_code, "77");
}

// --- numbers

TEST_F(RareWays, the_times_of_the_value_are_told_with_it_and_stay_with_it) {
  Reading word = reading(90);
  word.t_src = wall_origin - seconds(3);
  word.t_rx = wall_origin - seconds(2);
  engine.read(condition, word, now, record);
  for (int i = 0; i < 15; ++i) {
    wait(1);
    word.fresh_until = now.mono + seconds(15);
    engine.read(condition, word, now, record);
  }
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->t_src, wall_origin - seconds(3));
  EXPECT_EQ(alarm()->t_rx, wall_origin - seconds(2));
  Reading bare = statement(true, now);
  engine.read(condition, bare, now, record);
  ack();
  EXPECT_EQ(alarm()->value, 90);
  EXPECT_EQ(alarm()->t_src, wall_origin - seconds(3)) << "of the number that is shown";
}

TEST_F(RareWays, the_worst_of_a_high_limit_is_the_highest) {
  LimitRule high;
  high.warn.limit = 120;
  Condition& one = engine.add({"hr-high", "HR", "", Kind::physiological, Side::high, "mon1"});
  engine.set_behaviour(one, Behaviour{}, EndReason::phase, now, record);
  for (const double v : {125.0, 140.0, 130.0}) {
    Reading word = reading(v);
    word.standing = Limit(high, Side::high, std::nullopt).judge(v);
    word.limit = 120;
    word.limit_critical.reset();
    engine.read(one, word, now, record);
    wait(6);
  }
  EXPECT_EQ(one.alarm()->worst, 140);
}

TEST_F(RareWays, a_limit_with_a_critical_number_alone_starts_at_high) {
  rule.warn.limit.reset();
  rule.critical.limit = 80;
  read(85);
  EXPECT_TRUE(normal());
  read(79);
  EXPECT_TRUE(condition.pending());
  wait(10);
  ASSERT_NE(alarm(), nullptr);
  EXPECT_EQ(alarm()->priority, Priority::high);
}

TEST_F(RareWays, another_critical_limit_alone_is_news) {
  go_medium();
  const std::size_t told = record.documents.size();
  rule.critical.limit = 86;
  read(90);
  EXPECT_EQ(record.documents.size(), told + 1);
  EXPECT_EQ(last().limit_critical, 86);
}

TEST_F(RareWays, a_number_after_a_bare_statement_is_shown) {
  behaviour.on_delay = Milliseconds{0};
  behave(behaviour);
  engine.assert_present(condition, true, now, record);
  EXPECT_FALSE(alarm()->worst);
  Reading word = reading(90);
  word.limit = alarm()->limit;
  word.limit_critical = alarm()->limit_critical;
  engine.read(condition, word, now, record);  // the same limits: nothing that must be told
  engine.read(condition, reading(89), now, record);
  EXPECT_EQ(alarm()->worst, 89);
}

TEST_F(RareWays, nothing_is_due_before_its_time) {
  stay(90, 5);
  const auto deadline = condition.deadline();
  condition.advance(now, record);
  EXPECT_EQ(condition.deadline(), deadline);
  EXPECT_EQ(alarm(), nullptr);
}

// --- information

TEST_F(RareWays, information_never_sounds_and_never_calls_again) {
  Condition& one = add("hr-pr-differ");
  Behaviour info;
  info.priority = info.priority_critical = Priority::info;
  engine.set_behaviour(one, info, EndReason::phase, now, record);
  engine.assert_present(one, true, now, record);
  EXPECT_FALSE(one.sounding());
  EXPECT_FALSE(engine.sounding());
  engine.acknowledge("hr-pr-differ", view(one.alarm()->id), 1, "a", now, record);
  wait(24 * 3600);
  EXPECT_TRUE(one.alarm()->acked);
  EXPECT_EQ(one.alarm()->audience, Audience::bed);
}

TEST_F(RareWays, what_is_latched_or_acknowledged_does_not_sound) {
  EXPECT_FALSE(condition.sounding());
  go_high();
  EXPECT_TRUE(condition.sounding());
  ack();
  EXPECT_FALSE(condition.sounding());
  engine.unacknowledge("spo2-low", view(alarm()->id), alarm()->rev, now, record);
  EXPECT_TRUE(condition.sounding());
  stay(97, 6);
  EXPECT_EQ(alarm()->state, State::latched);
  EXPECT_FALSE(condition.sounding());
}

// --- people who speak of something else

TEST_F(RareWays, every_verb_refuses_a_condition_and_an_episode_that_are_not_here) {
  go_medium();
  const EpisodeId other = make_episode_id("gw1", "pain/b3", "spo2-low", wall_origin - seconds(1));
  for (const auto& [name, id] :
       {std::pair{"no-such", view(alarm()->id)}, std::pair{"spo2-low", view(other)}}) {
    for (const AckResult& result :
         {engine.acknowledge(name, id, 1, "a", now, record), engine.unacknowledge(name, id, 1, now, record),
          engine.reset(name, id, now, record),
          engine.pause_audio(name, id, 1, seconds(60), "ns-2/rn-17", now, record),
          engine.resume_audio(name, id, now, record),
          engine.respond(name, id, 1, Response::accepted, "a", now, record)}) {
      EXPECT_EQ(result.verdict, AckVerdict::refused) << name;
      EXPECT_EQ(result.rev, 0U) << "of an alarm that is not here there is no revision to tell";
    }
  }
  EXPECT_EQ(last().change, Change::start);
}

TEST_F(RareWays, no_verb_binds_to_a_revision_that_was_never_issued) {
  go_medium();
  const std::uint64_t ahead = alarm()->rev + 1;
  const auto id = view(alarm()->id);
  for (const AckResult& result :
       {engine.acknowledge("spo2-low", id, ahead, "a", now, record),
        engine.unacknowledge("spo2-low", id, ahead, now, record),
        engine.pause_audio("spo2-low", id, ahead, seconds(60), "ns-2/rn-17", now, record),
        engine.respond("spo2-low", id, ahead, Response::rejected, "a", now, record)})
    EXPECT_EQ(result.verdict, AckVerdict::refused);
}

TEST_F(RareWays, resuming_says_whether_anything_was_paused) {
  go_medium();
  EXPECT_EQ(engine.resume_audio("spo2-low", view(alarm()->id), now, record).text, "it was not paused");
  engine.pause_audio("spo2-low", view(alarm()->id), alarm()->rev, seconds(60), "ns-2/rn-17", now, record);
  EXPECT_EQ(engine.resume_audio("spo2-low", view(alarm()->id), now, record).text, "");
  EXPECT_FALSE(engine.resume_audio(now, record));
  stay(97, 6);
  EXPECT_EQ(engine.resume_audio("spo2-low", "", now, record).verdict, AckVerdict::refused);
}

TEST_F(RareWays, a_pause_of_the_bed_holds_for_each_of_its_alarms) {
  go_medium();
  Condition& other = add("sensor");
  add("quiet");
  engine.assert_present(other, true, now, record);
  EXPECT_TRUE(engine.pause_audio(now.wall, seconds(60), "ns-2/rn-17", now, record));
  EXPECT_FALSE(engine.sounding());
  EXPECT_TRUE(engine.resume_audio(now, record));
  EXPECT_TRUE(engine.sounding());
}

TEST_F(RareWays, whoever_cannot_come_calls_the_next_and_then_the_last) {
  go_medium();
  const auto reject = [&] {
    engine.respond("spo2-low", view(alarm()->id), alarm()->rev, Response::rejected, "a", now, record);
    return alarm()->audience;
  };
  EXPECT_EQ(reject(), Audience::unit);
  EXPECT_EQ(reject(), Audience::second);
  const auto called = alarm()->t_call;
  wait(10);
  EXPECT_EQ(reject(), Audience::second);
  EXPECT_EQ(alarm()->t_call, called) << "nobody more is called";
}

TEST_F(RareWays, the_least_audience_said_again_changes_nothing) {
  go_medium();
  const std::size_t told = record.documents.size();
  engine.call_at_least(Audience::bed, now, record);
  EXPECT_EQ(record.documents.size(), told);
  engine.call_at_least(Audience::unit, now, record);
  EXPECT_EQ(record.documents.size(), told + 1);
}

TEST_F(RareWays, the_end_of_the_session_is_none_of_the_monitors_own_alarms) {
  Condition& own = add("mon-mon1-1", Kind::physiological, Origin::monitor);
  engine.assert_present(own, true, now, record);
  go_medium();
  engine.end_session(now, record);
  EXPECT_EQ(alarm(), nullptr);
  EXPECT_NE(own.alarm(), nullptr);
}

// --- from the journal

struct Kept : RareWays {
  Engine second{{"gw1", "pain/b3"}, realarm, callout};
  Condition& again = second.add({"spo2-low", "SpO2", "", Kind::physiological, Side::low, "mon1"});
  Alarm stored;

  Kept() {
    second.set_behaviour(again, behaviour, EndReason::phase, now, record);
    go_medium();
    stored = *alarm();
    stored.condition = "spo2-low";
  }
  Audio restored(std::optional<vitals::WallTime> until) {
    stored.audio = Audio::paused;
    stored.audio_until = until;
    EXPECT_TRUE(second.restore(stored, now, record));
    return again.alarm()->audio;
  }
};

TEST_F(Kept, what_is_over_is_not_restored) {
  stored.state = State::inactive;
  EXPECT_FALSE(second.restore(stored, now, record));
  stored.state = State::active;
  stored.condition = "no-such";
  EXPECT_FALSE(second.restore(stored, now, record));
}

TEST_F(Kept, without_a_rise_any_older_revision_may_be_acknowledged) {
  stored.rev_priority = 0;  // a record of before
  second.restore(stored, now, record);
  EXPECT_EQ(again.alarm()->rev_priority, 1U);
}

TEST_F(Kept, a_rise_that_the_record_places_stays_where_it_was) {
  stored.rev = 7;
  stored.rev_priority = 4;
  stored.priority = Priority::high;
  second.restore(stored, now, record);
  EXPECT_EQ(again.alarm()->rev_priority, 4U) << "whoever has seen revision 5 may acknowledge";
}

TEST_F(Kept, with_a_rise_that_the_record_does_not_place_it_conflicts) {
  stored.rev = 7;
  stored.rev_priority = 0;
  stored.priority = Priority::high;
  second.restore(stored, now, record);
  EXPECT_EQ(again.alarm()->rev_priority, 7U);
}

TEST_F(Kept, a_pause_that_still_runs_runs_on_to_its_end) {
  EXPECT_EQ(restored(now.wall + seconds(60)), Audio::paused);
  for (const auto& [s, audio] : {std::pair{59.9, Audio::paused}, std::pair{0.1, Audio::on}}) {
    pass(s);
    second.advance(now, record);
    EXPECT_EQ(again.alarm()->audio, audio);
  }
}
TEST_F(Kept, what_the_settings_say_of_the_condition_holds_and_not_what_they_said) {
  stored.side = Side::high;
  stored.kind = Kind::technical;
  stored.origin = Origin::monitor;
  stored.source = "mon9";
  stored.advice = "as it was";
  stored.src_code = "77";
  second.restore(stored, now, record);
  EXPECT_EQ(again.alarm()->side, Side::low);
  EXPECT_EQ(again.alarm()->kind, Kind::physiological);
  EXPECT_EQ(again.alarm()->origin, Origin::daemon);
  EXPECT_EQ(again.alarm()->source, "mon1");
  EXPECT_EQ(again.alarm()->advice, "");
  EXPECT_EQ(again.alarm()->src_code, "");
}
TEST_F(Kept, the_end_of_a_pause_without_a_pause_is_none) {
  stored.audio = Audio::on;
  stored.audio_until = now.wall + seconds(60);
  second.restore(stored, now, record);
  EXPECT_EQ(again.alarm()->audio, Audio::on);
  EXPECT_FALSE(again.alarm()->audio_until);
}
TEST_F(Kept, a_pause_without_an_end_is_none) { EXPECT_EQ(restored(std::nullopt), Audio::on); }
TEST_F(Kept, a_pause_that_has_ended_is_over) { EXPECT_EQ(restored(now.wall), Audio::on); }
TEST_F(Kept, a_pause_longer_than_any_is_none) {
  EXPECT_EQ(restored(now.wall + audio_pause_ms_max + Milliseconds{1}), Audio::on);
}

// --- limits

TEST(RareLimits, a_relative_edge_that_meets_the_limit_counts_as_the_one_that_is_reached_first) {
  LimitRule rule;
  rule.warn.limit = 140;
  rule.warn.relative = Relative{20, true, 140, true};
  EXPECT_EQ(Limit(rule, Side::high, 100.0).judge(140).warn, Zone::beyond);  // ">= 140" beside "> 140"
  rule.warn.relative->floor_included = false;
  EXPECT_NE(Limit(rule, Side::high, 100.0).judge(140).warn, Zone::beyond);
  rule.warn.limit_included = true;
  EXPECT_EQ(Limit(rule, Side::high, 100.0).judge(140).warn, Zone::beyond);
}

TEST(RareLimits, an_edge_further_out_leaves_the_limit_as_it_is) {
  LimitRule rule;
  rule.warn.limit = 140;
  rule.warn.relative = Relative{20, true, 145, true};  // ">= 145" counts nothing that "> 140" does not
  EXPECT_NE(Limit(rule, Side::high, 100.0).judge(140).warn, Zone::beyond);
  EXPECT_EQ(Limit(rule, Side::high, 100.0).judge(140.5).warn, Zone::beyond);
  EXPECT_EQ(Limit(rule, Side::high, 100.0).warn().limit(), 140);
}

TEST(RareLimits, a_relative_rule_needs_no_absolute_limit) {
  LimitRule rule;
  rule.warn.relative = Relative{25, true, 55, false};
  EXPECT_EQ(Limit(rule, Side::low, 60.0).judge(44).warn, Zone::beyond);
  EXPECT_EQ(Limit(rule, Side::low, std::nullopt).judge(44).warn, Zone::inside);
}

}  // namespace
}  // namespace alarms
