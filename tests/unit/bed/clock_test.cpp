// Clocks: the monitor's, which nothing runs on, and ours, which may be set at any time.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Clocks : OneBed {
  Clocks() {
    settings.sources[0] = {"ward", false, seconds(10)};
    linked();
  }
  // Values of a monitor whose clock is ahead by so much, each of them so long on its way.
  void told(double ahead_s, double s, double late_s = 0) {
    for (double t = 0; t < s; t += 10) {
      for (const auto& [metric, v] : {std::pair{Metric::pr, 70.0}, std::pair{Metric::spo2, 97.0}}) {
        Observation one = vitals::measured(metric, v, now);
        one.t_src = now.wall + seconds(ahead_s - late_s);
        one.time_source = vitals::TimeSource::message;
        one.clock_trusted = std::abs(ahead_s - late_s) < 300;
        say(one);
      }
      wait(10);
    }
  }
};

TEST_F(Clocks, a_monitor_that_is_two_minutes_off_is_a_low_alarm_after_60_s) {
  told(121, 30);
  EXPECT_FALSE(bed().clock_offset(0));  // too few to tell
  told(121, 10);
  EXPECT_EQ(bed().clock_offset(0), seconds(121));
  told(121, 40);
  EXPECT_EQ(active(), Names{});
  told(121, 20);
  EXPECT_EQ(active(), Names{"device-clock-ward"});
  EXPECT_EQ(priority("device-clock-ward"), Priority::low);
  told(119, 140);
  EXPECT_EQ(active(), Names{});
}

TEST_F(Clocks, behind_counts_as_ahead_does) {
  told(-3600, 120);
  EXPECT_EQ(active(), Names{"device-clock-ward"});
  EXPECT_EQ(bed().clock_offset(0), seconds(-3600));
}

TEST_F(Clocks, the_bound_is_the_settings) {
  bed_.reset();
  settings.sources[0].clock_tolerance = seconds(10);
  linked();
  told(11, 120);
  EXPECT_EQ(active(), Names{"device-clock-ward"});
}

TEST_F(Clocks, what_was_long_on_its_way_says_nothing_of_the_clock) {
  told(5, 120);
  told(5, 60, 200);  // a backlog
  EXPECT_EQ(alarm("device-clock-ward"), nullptr);
  told(5, 60);
  EXPECT_EQ(bed().clock_offset(0), seconds(5));
}

TEST_F(Clocks, the_time_of_a_cuff_reading_may_be_old) {
  for (int i = 0; i < 20; ++i) {
    cuff(120 + i, 80, std::nullopt, now.wall - seconds(1800 - i));
    told(0, 10);
  }
  EXPECT_EQ(alarm("device-clock-ward"), nullptr);
}

TEST_F(Clocks, a_monitor_that_tells_no_time_has_no_offset) {
  stay(97, 200);
  EXPECT_FALSE(bed().clock_offset(0));
  EXPECT_EQ(alarm("device-clock-ward"), nullptr);
}

// --- how old a value is, by a clock that is slow: HL7, fresh for 30 s

struct SlowClock : Clocks {
  // One value of SpO2 a second, from a monitor whose clock is ahead by so much; each so long on its way, and
  // by so much less from one to the next.
  void each_second(double spo2, double ahead_s, int s, double late_s = 0, double catching_up_s = 0) {
    for (int i = 0; i < s; ++i) {
      Observation one = vitals::measured(Metric::spo2, spo2, now);
      one.t_src = now.wall + seconds(ahead_s - late_s + i * catching_up_s);
      one.clock_trusted = true;  // within five minutes
      say(one);
      wait(1);
    }
  }
};

TEST_F(SlowClock, a_minute_behind_its_values_are_judged_as_any) {
  each_second(97, -60, 30);
  each_second(85, -60, 14);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
  each_second(97, -60, 10);
  EXPECT_EQ(alarm("spo2-low")->state, alarms::State::latched);
  EXPECT_EQ(alarm("spo2-stale"), nullptr);
}

TEST_F(SlowClock, a_backlog_is_history_by_it_too) {
  each_second(97, -60, 60);
  wait(100);                         // nothing comes
  each_second(85, -60, 20, 100, 4);  // then what was measured meanwhile, five times as fast
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  each_second(85, -60, 14);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
}

TEST_F(SlowClock, a_backlog_right_after_a_start_is_history_however_it_is_paced) {
  each_second(85, 0, 25, 290, 10);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
}

TEST_F(SlowClock, a_clock_that_is_set_is_believed_within_half_a_minute) {
  each_second(97, 0, 60);
  each_second(97, -60, 28);  // set back
  EXPECT_EQ(alarm("spo2-stale"), nullptr);
  each_second(85, -60, 14);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
  each_second(85, 100, 2);  // set forward
  EXPECT_EQ(alarm("spo2-low")->data, alarms::Data::fresh);
}

// --- what a queue has kept for longer than the tolerance of five minutes

struct LongBacklog : Clocks {
  // A value every `every_s`, from a sender whose clock shows so much; `sent_late_s` of it on the way.
  void each(double every_s, double spo2, int n, double ahead_s, double sent_late_s = 0) {
    for (int i = 0; i < n; ++i) {
      Observation one = vitals::measured(Metric::spo2, spo2, now);
      one.t_src = one.t_sent = now.wall + seconds(ahead_s - sent_late_s);
      one.time_source = vitals::TimeSource::message;
      one.clock_trusted = std::abs(ahead_s - sent_late_s) < 300;
      say(one);
      wait(every_s);
    }
  }
  void queued(double spo2, double from_late_s, double to_late_s) {  // a value for each 10 s, within seconds
    for (double late = from_late_s; late > to_late_s; late -= 10) each(0.1, spo2, 1, 0, late);
  }
};

TEST_F(LongBacklog, it_starts_no_alarm_and_ends_none) {
  each(10, 97, 12, 0);
  wait(600);
  queued(80, 600, 10);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  EXPECT_NE(alarm("spo2-stale"), nullptr) << "old values are no supply";
  each(10, 80, 3, 0);
  ASSERT_EQ(priority("spo2-low"), Priority::high);
  queued(97, 900, 600);
  EXPECT_EQ(alarm("spo2-low")->state, alarms::State::active);
}

TEST_F(LongBacklog, a_clock_that_was_never_right_tells_no_ages) {
  each(10, 80, 3, -86'400.0 * 365);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
}

TEST_F(LongBacklog, a_clock_set_back_by_an_hour_is_believed_after_twenty_seconds) {
  each(10, 97, 12, 0);
  each(10, 80, 2, -3600);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  each(10, 80, 3, -3600);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
}

TEST_F(LongBacklog, so_is_one_that_tells_seldom_with_its_second_message) {
  bed_.reset();
  settings.sources[0].period = seconds(60);
  linked();
  each(60, 97, 5, 0);
  each(60, 80, 3, -3600);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
}

TEST_F(LongBacklog, a_clock_that_has_stopped_does_not_make_values_old) {
  each(1, 97, 60, 0);
  for (int i = 0; i < 400; ++i) each(1, i % 100 < 80 ? 97 : 80, 1, 0, i);
  EXPECT_EQ(alarm("spo2-stale"), nullptr);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
}

TEST_F(LongBacklog, a_clock_that_is_set_ahead_is_believed_at_once) {
  each(10, 97, 12, 0);
  each(10, 80, 3, 3600);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
}

// --- a time that is not that of the measurement: of an order, or of an interval

struct OrderTime : Clocks {
  WallTime ordered = now.wall;
  // Every ten seconds, sent by a clock that is right.
  void each(double spo2, double pr, int n) {
    for (int i = 0; i < n; ++i) {
      for (const auto& [metric, v] : {std::pair{Metric::pr, pr}, std::pair{Metric::spo2, spo2}}) {
        Observation one = vitals::measured(metric, v, now);
        one.t_src = ordered;
        one.t_sent = now.wall;
        one.time_source = vitals::TimeSource::message;
        one.clock_trusted = true;
        say(one);
      }
      wait(10);
    }
  }
};

TEST_F(OrderTime, one_that_stays_while_values_change_tells_no_ages) {
  for (const double old_s : {0.0, 20.0, 10'800.0}) {
    bed_.reset();
    linked();
    ordered = now.wall - seconds(old_s);
    each(97, 70, 4);
    each(97, 71, 4);
    EXPECT_EQ(active(), Names{}) << old_s;
    each(78, 71, 2);
    EXPECT_EQ(priority("spo2-deep"), Priority::high) << old_s;
    each(78, 72, 12);
    EXPECT_EQ(alarm("spo2-deep")->data, alarms::Data::fresh) << old_s;
    EXPECT_EQ(alarm("device-clock-ward"), nullptr) << old_s;
  }
}

TEST_F(OrderTime, what_is_told_again_with_its_time_gets_old) {
  each(97, 70, 12);
  EXPECT_EQ(active(), (Names{"pr-stale", "spo2-stale"}));
}

TEST_F(OrderTime, values_of_one_second_that_come_at_once_do_not_show_it) {
  ordered -= seconds(600);
  for (const double pr : {70, 71, 72}) {
    for (const auto& [metric, v] : {std::pair{Metric::pr, pr}, std::pair{Metric::spo2, pr + 8}}) {
      Observation one = vitals::measured(metric, v, now);
      one.t_src = one.t_sent = ordered;
      one.clock_trusted = true;
      say(one);
    }
    wait(0.1);
  }
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-deep"), nullptr);
}

// --- what comes late, but within the freshness

struct Overtaken : Clocks {
  std::optional<double> value_of(Metric metric) const {
    const Entry& now_shown = bed_->entry(metric);
    return now_shown.current(now.mono) ? std::optional{now_shown.observation.value} : std::nullopt;
  }
  void word(Observation one, double ago_s) {
    one.t_src = now.wall - seconds(ago_s);
    one.time_source = vitals::TimeSource::own;
    one.clock_trusted = true;
    say(one);
  }
};

TEST_F(Overtaken, a_correction_of_an_older_value_is_not_the_present_one) {
  word(vitals::measured(Metric::spo2, 97, now), 0);
  wait(10);
  for (int i = 0; i < 3; ++i) {
    word(vitals::measured(Metric::spo2, 82, now), 0);
    wait(5);
    word(vitals::measured(Metric::spo2, 97, now), 10);
    EXPECT_EQ(value_of(Metric::spo2), 82);
    wait(5);
  }
  EXPECT_EQ(priority("spo2-low"), Priority::high);
}

TEST_F(Overtaken, nor_does_its_deletion_withdraw_the_present_one) {
  word(vitals::measured(Metric::spo2, 97, now), 0);
  wait(10);
  word(vitals::measured(Metric::spo2, 82, now), 0);
  wait(5);
  word(vitals::absent(Metric::spo2, Reason::status, now), 15);
  EXPECT_EQ(value_of(Metric::spo2), 82);
  word(vitals::absent(Metric::spo2, Reason::status, now), 5);
  EXPECT_EQ(value_of(Metric::spo2), std::nullopt);
}

TEST_F(Overtaken, once_the_present_one_is_too_old_what_comes_counts) {
  word(vitals::measured(Metric::spo2, 97, now), -20);  // a clock that is set back after it
  wait(31);
  word(vitals::measured(Metric::spo2, 96, now), 0);
  EXPECT_EQ(value_of(Metric::spo2), 96);
}

// --- scenario 19: our clock is set while something runs

struct Stepped : OneBed {
  Stepped() { linked(); }
  void set_clock(double s) { now.wall += seconds(s); }
};

TEST_F(Stepped, scenario_19_a_delay_that_runs_runs_on) {
  for (const double step : {-3600.0, 3600.0}) {
    stay(97, 60);
    stay(90, 8);
    set_clock(step);
    stay(90, 6);
    EXPECT_EQ(alarm("spo2-low"), nullptr) << step;
    stay(90, 1);
    EXPECT_NE(alarm("spo2-low"), nullptr) << step;
    stay(97, 10);
    EXPECT_EQ(alarm("spo2-low"), nullptr) << step;
  }
}

TEST_F(Stepped, scenario_19_an_hour_back_keeps_freshness_callout_and_realarm) {
  stay(90, 16);
  set_clock(-3600);
  stay(90, 178);
  EXPECT_EQ(alarm("spo2-low")->audience, alarms::Audience::bed);
  stay(90, 1);
  EXPECT_EQ(alarm("spo2-low")->audience, alarms::Audience::unit);
  const Alarm& one = *alarm("spo2-low");
  bed().acknowledge("spo2-low", view(one.id), one.rev, "ns-1/rn-1", now);
  set_clock(7200);
  stay(90, 179);
  EXPECT_TRUE(alarm("spo2-low")->acked);
  stay(90, 1);
  EXPECT_FALSE(alarm("spo2-low")->acked);
  set_clock(-7200);
  wait(13);
  EXPECT_TRUE(bed().entry(Metric::spo2).current(now.mono));
  wait(1);
  EXPECT_FALSE(bed().entry(Metric::spo2).current(now.mono));
}

TEST_F(Stepped, scenario_19_dose_and_cuff_intervals_count_what_has_passed) {
  start_infusion();  // 35 mg/h, a cuff reading every 5 min while titrating
  cuff(120, 80);
  set_clock(3600);
  stay(97, 419);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  stay(97, 1);
  EXPECT_NE(alarm("nibp-overdue"), nullptr);
  EXPECT_NEAR(bed().session(now).dose_mg, 35.0 * 420 / 3600, 0.01);
}

TEST_F(Stepped, scenario_19_ids_of_episodes_stay_different_when_an_hour_comes_twice) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    stay(90, 16);
    ids.emplace_back(view(alarm("spo2-low")->id));
    stay(97, 44);
    set_clock(-60);
  }
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[1], ids[2]);
}

}  // namespace
}  // namespace bed
