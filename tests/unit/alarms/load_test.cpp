// The figures of alarm load, over the documents of a real condition and over invented ones.
#include "daemon/alarms/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
// needs gtest before it
#include <rapidcheck/gtest.h>

#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct LoadTest : testing::Test {
  Load load;
  Stamp now{MonoTime{seconds(100'000)}, wall_origin};
  Alarm alarm;

  LoadTest() { alarm.priority = Priority::medium; }

  void pass(double s) {
    now.mono += seconds(s);
    now.wall += seconds(s);
  }
  void tell(Change change, State state, EndReason reason = EndReason::none) {
    alarm.change = change;
    alarm.state = state;
    alarm.end_reason = reason;
    load.note(alarm, now);
  }
  void start(std::string_view condition = "spo2-low") {
    alarm.condition = condition;
    alarm.acked = false;
    alarm.audio = Audio::on;
    alarm.t_on = now.wall;
    tell(Change::start, State::active);
  }
  void end(EndReason reason = EndReason::recovered) { tell(Change::end, State::inactive, reason); }
  void ack() {
    alarm.acked = true;
    tell(Change::update, State::active);
  }
  void once(double s, std::string_view condition = "spo2-low") {
    start(condition);
    pass(s);
    end();
  }
  LoadFigures figures() const { return load.figures(now.mono); }
};

TEST_F(LoadTest, alarms_of_ten_minutes_and_of_an_hour) {
  once(1);
  pass(598.9);
  EXPECT_EQ(figures().last_10min, 1U);
  pass(0.1);
  EXPECT_EQ(figures().last_10min, 0U);
  EXPECT_EQ(figures().last_hour, 1U);
  pass(3000);
  EXPECT_EQ(figures().last_hour, 0U);
}

TEST_F(LoadTest, more_than_ten_in_ten_minutes_is_a_flood_until_fewer_than_five) {
  for (int i = 0; i < 10; ++i) once(1), pass(19);
  EXPECT_FALSE(figures().flood);
  once(1);
  EXPECT_TRUE(figures().flood);
  EXPECT_EQ(figures().floods, 1U);
  once(1);
  EXPECT_EQ(figures().floods, 1U) << "the same flood";
  pass(517);  // of the first alarms six are out of the window
  EXPECT_EQ(figures().last_10min, 6U);
  pass(20);
  EXPECT_EQ(figures().last_10min, 5U);
  EXPECT_TRUE(figures().flood);
  pass(20);
  EXPECT_EQ(figures().last_10min, 4U);
  EXPECT_FALSE(figures().flood);
  once(0);
  once(0);
  EXPECT_EQ(figures().last_10min, 6U);
  EXPECT_FALSE(figures().flood);  // over is over
  EXPECT_EQ(figures().floods, 1U);
}

TEST_F(LoadTest, chattering_is_three_cycles_in_a_minute) {
  once(10);
  pass(10);
  once(10);
  pass(10);
  EXPECT_THAT(figures().chattering, IsEmpty());
  once(10);
  EXPECT_THAT(figures().chattering, ElementsAre("spo2-low"));
  once(1, "hr-high");
  EXPECT_THAT(figures().chattering, ElementsAre("spo2-low"));
  EXPECT_EQ(figures().chatters, 1U);
  pass(60);
  EXPECT_THAT(figures().chattering, IsEmpty());
}

TEST_F(LoadTest, a_latched_alarm_that_comes_back_is_a_cycle_too) {
  start();
  for (int i = 0; i < 3; ++i) {
    pass(5);
    tell(Change::update, State::latched);
    pass(5);
    tell(Change::update, State::active);
  }
  EXPECT_THAT(figures().chattering, ElementsAre("spo2-low"));
  EXPECT_EQ(figures().last_hour, 1U);  // one alarm
}

TEST_F(LoadTest, ends_by_other_causes_are_no_cycles_and_not_self_cleared) {
  for (int i = 0; i < 3; ++i) start(), pass(1), end(EndReason::phase);
  EXPECT_THAT(figures().chattering, IsEmpty());
  EXPECT_EQ(figures().ended, 0U);
}

TEST_F(LoadTest, self_cleared_and_fleeting) {
  once(9.9);
  once(10);
  start();
  pass(5);
  ack();
  pass(1);
  end();
  EXPECT_EQ(figures().ended, 3U);
  EXPECT_EQ(figures().self_cleared, 2U);
  EXPECT_EQ(figures().fleeting, 1U);
}

TEST_F(LoadTest, time_to_the_answer_from_each_call) {
  for (const double s : {10.0, 30.0, 20.0}) {
    start();
    pass(s);
    ack();
    end();
  }
  EXPECT_EQ(figures().answered, 3U);
  EXPECT_EQ(figures().answered_sum, seconds(60));
  EXPECT_EQ(figures().answered_median, seconds(20));
  EXPECT_EQ(figures().answered_p95, seconds(30));
  start();
  pass(100);
  ack();
  pass(100);
  alarm.acked = false;
  tell(Change::escalate, State::active);  // it calls again
  pass(7);
  tell(Change::reset, State::inactive, EndReason::reset);  // latched and seen: an answer as well
  EXPECT_EQ(figures().answered_sum, seconds(167));
}

TEST_F(LoadTest, an_acknowledgement_that_is_taken_back_calls_anew) {
  start();
  pass(10);
  ack();
  pass(100);
  alarm.acked = false;
  tell(Change::update, State::active);
  pass(5);
  ack();
  EXPECT_EQ(figures().answered_sum, seconds(15));
  EXPECT_EQ(figures().answered, 2U);
}

TEST_F(LoadTest, a_reset_of_what_was_acknowledged_is_no_second_answer) {
  start();
  pass(10);
  ack();
  pass(10);
  tell(Change::reset, State::inactive, EndReason::reset);
  EXPECT_EQ(figures().answered, 1U);
  EXPECT_EQ(figures().ended, 1U);
}

TEST_F(LoadTest, what_is_shelved_waits_for_no_answer_until_the_shelf_ends) {
  alarm.inhibit = Inhibit::shelved;
  start();
  EXPECT_EQ(figures().last_10min, 1U) << "the bed alarms all the same";
  pass(500);
  tell(Change::update, State::active);
  ack();
  EXPECT_EQ(figures().answered, 0U);
  alarm.inhibit = Inhibit::none;
  alarm.acked = false;
  tell(Change::update, State::active);
  pass(20);
  ack();
  EXPECT_EQ(figures().answered, 1U);
  EXPECT_EQ(figures().answered_sum, seconds(20));
}

TEST_F(LoadTest, an_alarm_that_comes_back_is_answered_from_then) {
  start();
  pass(10);
  tell(Change::update, State::latched);
  pass(100);
  tell(Change::update, State::active);
  pass(7);
  ack();
  EXPECT_EQ(figures().answered_median, seconds(7));
}

TEST_F(LoadTest, an_alarm_from_before_a_restart_has_stood_since_it_began) {
  alarm.condition = "spo2-low";
  alarm.t_on = now.wall - seconds(3600);
  tell(Change::update, State::active);
  EXPECT_EQ(figures().standing, 0U);
  pass(23 * 3600);
  EXPECT_EQ(figures().standing, 0U);
  pass(1);
  EXPECT_EQ(figures().standing, 1U);
}

TEST_F(LoadTest, what_was_set_aside_is_answered_from_the_end_of_its_shelf) {
  start();
  pass(10);
  alarm.inhibit = Inhibit::shelved;
  tell(Change::update, State::active);
  pass(600);
  alarm.inhibit = Inhibit::none;
  tell(Change::update, State::active);
  pass(25);
  ack();
  EXPECT_EQ(figures().answered, 1U);
  EXPECT_EQ(figures().answered_median, seconds(25));
}

TEST_F(LoadTest, standing_is_active_for_more_than_a_day_also_over_a_restart) {
  start();
  pass(24 * 3600);
  EXPECT_EQ(figures().standing, 0U);
  pass(1);
  EXPECT_EQ(figures().standing, 1U);
  load = Load{};
  tell(Change::update, State::active);  // restored
  EXPECT_EQ(figures().standing, 1U);
  EXPECT_EQ(figures().last_hour, 0U);  // and not begun anew
  ack();
  EXPECT_EQ(figures().answered, 0U);  // nobody knows since when it called
  end();
  EXPECT_EQ(figures().standing, 0U);
}

TEST_F(LoadTest, time_in_pause_counts_once_however_many_are_paused) {
  start("a");
  alarm.audio = Audio::paused;
  tell(Change::update, State::active);
  pass(60);
  const Alarm first = alarm;
  start("b");
  alarm.audio = Audio::paused;
  tell(Change::update, State::active);
  pass(30);
  alarm = first;
  end();
  EXPECT_EQ(figures().paused, seconds(90));
  pass(30);
  alarm.condition = "b";
  alarm.audio = Audio::on;
  tell(Change::update, State::active);
  pass(600);
  EXPECT_EQ(figures().paused, seconds(120));
}

TEST_F(LoadTest, information_is_no_alarm) {
  alarm.priority = Priority::info;
  once(1);
  EXPECT_EQ(figures().last_hour, 0U);
  EXPECT_EQ(figures().ended, 0U);
}

TEST_F(LoadTest, P9_memory_is_bounded_and_figures_go_on) {
  std::vector<std::string> names;
  names.reserve(3 * load_conditions_max);
  for (std::size_t i = 0; i < 3 * load_conditions_max; ++i) {
    names.push_back("mon-x-" + std::to_string(i));
    once(0.1, names.back());
  }
  EXPECT_EQ(figures().last_10min, load_starts_max);  // a lower bound
  EXPECT_EQ(figures().ended, 3 * load_conditions_max);
  for (std::size_t i = 0; i <= load_conditions_max; ++i) start(names[i]);  // one more than there is room for
  EXPECT_TRUE(figures().flood);
}

TEST_F(OneCondition, load_counts_what_a_condition_really_says) {
  Load load;
  const auto told = [&] {
    for (const Alarm& one : record.documents) load.note(one, {now.mono, one.t_change});
    record.documents.clear();
  };
  go_medium();
  told();
  EXPECT_EQ(load.figures(now.mono).last_10min, 1U);
  ack();
  told();
  EXPECT_EQ(load.figures(now.mono).answered, 1U);
  stay(98, 6);
  told();
  EXPECT_EQ(load.figures(now.mono).ended, 1U);
  EXPECT_EQ(load.figures(now.mono).self_cleared, 0U);
}

// Against the definition itself: what a person with the whole list would count.
RC_GTEST_PROP(LoadProperty, windows_and_floods_are_those_of_the_whole_list, ()) {
  Load load;
  std::vector<MonoTime> starts;
  Stamp now{MonoTime{seconds(100'000)}, wall_origin};
  Alarm alarm;
  alarm.priority = Priority::low;
  alarm.condition = "c";
  bool flood = false;
  const auto within = [&](double s) {
    return static_cast<unsigned>(std::count_if(starts.begin(), starts.end(),
                                               [&](MonoTime one) { return now.mono - one < seconds(s); }));
  };
  for (const int gap_s : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200))) {
    for (int i = 0; i < gap_s; ++i) {  // each second somebody looks
      now.mono += seconds(1);
      now.wall += seconds(1);
      if (within(600) < flood_ends_below) flood = false;
      const auto figures = load.figures(now.mono);
      RC_ASSERT(figures.last_10min == within(600));
      RC_ASSERT(figures.last_hour == within(3600));
      RC_ASSERT(figures.flood == flood);
    }
    alarm.change = Change::start;
    alarm.state = State::active;
    alarm.end_reason = EndReason::none;
    load.note(alarm, now);
    starts.push_back(now.mono);
    if (within(600) > flood_begins_above) flood = true;
    alarm.change = Change::end;
    alarm.state = State::inactive;
    alarm.end_reason = EndReason::recovered;
    load.note(alarm, now);
  }
}

}  // namespace
}  // namespace alarms
