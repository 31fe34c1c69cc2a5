// Silence: values that stop, links that fail, and one cause being one alarm (promises P1, P3).
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Silence : OneBed {
  void polled(double period_s = 10) {
    settings.sources[0].streaming = false;
    settings.sources[0].period = seconds(period_s);
  }
};

TEST_F(Silence, P3_a_value_is_current_up_to_its_limit_and_stale_at_it) {
  linked();
  value(Metric::spo2, 97);
  EXPECT_EQ(shown(Metric::spo2).valid_until_s, 15);
  wait(14.999);
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::valid);
  wait(0.001);
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::stale);
  EXPECT_FALSE(shown(Metric::spo2).value);
  EXPECT_EQ(shown(Metric::spo2).at_s, 15);
}

TEST_F(Silence, P3_a_timer_at_the_instant_at_which_a_value_ends_does_not_show_it_once_more) {
  linked();
  stay(90, 181);  // the alarm starts at 15 s, and calls the unit at 195 s: when the last value ends
  wait(14);
  ASSERT_EQ(alarm("spo2-low")->audience, alarms::Audience::unit);
  for (const Shown& one : out.values) EXPECT_TRUE(!one.value || one.at_s < one.valid_until_s) << one.at_s;
}

TEST_F(Silence, P3_the_label_of_a_value_follows_a_clock_that_is_set) {
  linked();
  stay(97, 6);
  now.wall -= seconds(3600);
  stay(97, 6);
  for (const Shown& one : out.values)
    EXPECT_TRUE(!one.value || one.valid_until_s - one.at_s <= 15) << one.at_s;
}

TEST_F(Silence, P1_stale_is_an_alarm_raised_by_the_timer_alone) {
  linked();
  stay(97, 5);
  wait(600);
  ASSERT_NE(alarm("spo2-stale"), nullptr);
  ASSERT_NE(alarm("pr-stale"), nullptr);
  EXPECT_EQ(alarm("spo2-stale")->t_on, wall_origin + seconds(4 + 15));
  EXPECT_EQ(alarm("spo2-stale")->text, "SpO2: no current value");
}

TEST_F(Silence, P1_a_cable_pulled_while_a_weak_signal_waits_puts_off_nothing) {
  linked();
  stay(97, 5);  // the last rate comes at 4 s
  wait(7);
  for (int i = 0; i < 14; ++i) {
    value(Metric::spo2, 97, Reason::artifact);  // from 12 s on, to be told at 27 s
    wait(1);
  }
  bed().link(0, false, now);  // at 26 s, to be told at 36 s
  wait(7.9);
  EXPECT_EQ(alarm("pr-stale"), nullptr);
  wait(0.1);  // stale at 19 s, and no cause waits for longer than 15 s
  EXPECT_NE(alarm("pr-stale"), nullptr);
  wait(2);
  EXPECT_NE(alarm("link-lost-mon1"), nullptr);
}

TEST_F(Silence, P1_a_metric_that_never_came_counts_from_link_up) {
  wait(5);
  linked();
  wait(14.9);
  EXPECT_EQ(alarm("spo2-stale"), nullptr);
  wait(0.1);
  EXPECT_NE(alarm("spo2-stale"), nullptr);
}

TEST_F(Silence, P1_a_link_that_comes_and_goes_does_not_put_it_off) {
  for (int i = 0; i < 10; ++i) {
    bed().link(0, true, now);
    wait(4);
    bed().link(0, false, now);
    wait(4);
  }
  bed().link(0, true, now);
  EXPECT_NE(alarm("spo2-stale"), nullptr);
}

TEST_F(Silence, polled_sources_have_three_periods_and_at_least_30_s) {
  polled(4);
  linked();
  value(Metric::spo2, 97);
  EXPECT_EQ(shown(Metric::spo2).valid_until_s, 30);
  bed_.reset();
  polled(60);
  linked();
  value(Metric::spo2, 97);
  EXPECT_EQ(shown(Metric::spo2).valid_until_s, 180);
}

TEST_F(Silence, scenario_3_one_value_a_minute_alarms_when_the_timer_ends) {
  polled(60);
  linked();
  value(Metric::spo2, 90);
  wait(14.9);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  wait(0.1);
  EXPECT_NE(alarm("spo2-low"), nullptr);
}

TEST_F(Silence, stale_ends_after_fresh_values) {
  linked();
  wait(20);
  ASSERT_NE(alarm("spo2-stale"), nullptr);
  stay(97, 4);
  EXPECT_NE(alarm("spo2-stale"), nullptr);
  stay(97, 1);
  EXPECT_EQ(alarm("spo2-stale"), nullptr);
}

TEST_F(Silence, stale_rises_to_medium_after_60_s_in_a_session_only) {
  linked();
  wait(300);
  EXPECT_EQ(priority("spo2-stale"), Priority::low);
  bed_.reset();
  linked();
  bed().session_start({}, now);
  wait(15 + 59.9);
  EXPECT_EQ(priority("spo2-stale"), Priority::low);
  wait(0.1);
  EXPECT_EQ(priority("spo2-stale"), Priority::medium);
}

TEST_F(Silence, P7_stale_data_keep_the_alarm_and_say_so) {
  linked();
  stay(90, 16);
  wait(60);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->data, Data::stale);
  EXPECT_EQ(alarm("spo2-low")->state, State::active);
}

TEST_F(Silence, the_lost_link_is_one_alarm_and_covers_the_rest) {
  linked();
  stay(97, 20);
  bed().link(0, false, now);
  wait(9.9);
  EXPECT_EQ(active(), Names{});
  wait(0.1);
  EXPECT_EQ(active(), Names{"link-lost-mon1"});
  wait(3600);
  EXPECT_EQ(active(), Names{"link-lost-mon1"});
}

TEST_F(Silence, a_link_that_never_came_is_lost) {
  wait(10);
  EXPECT_EQ(active(), Names{"link-lost-mon1"});
  EXPECT_EQ(priority("link-lost-mon1"), Priority::low);
}

TEST_F(Silence, when_the_link_is_back_what_is_still_missing_rises_at_once) {
  linked();
  stay(97, 20);
  bed().link(0, false, now);
  wait(60);
  bed().link(0, true, now);
  wait(0.7);
  value(Metric::spo2, 97);
  wait(4.2);
  EXPECT_EQ(active(), Names{"link-lost-mon1"});
  wait(0.1);
  EXPECT_EQ(active(), Names{"pr-stale"});  // and not SpO2, which has come
}

TEST_F(Silence, P7_a_lost_link_keeps_the_alarm_with_data_lost) {
  linked();
  stay(90, 16);
  bed().link(0, false, now);
  wait(30);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->data, Data::lost);
}

TEST_F(Silence, link_lost_is_high_after_60_s_while_infusing) {
  linked();
  start_infusion();
  bed().link(0, false, now);
  wait(10);
  EXPECT_EQ(priority("link-lost-mon1"), Priority::medium);
  wait(59.9);
  EXPECT_EQ(priority("link-lost-mon1"), Priority::medium);
  wait(0.1);
  EXPECT_EQ(priority("link-lost-mon1"), Priority::high);
}

TEST_F(Silence, without_a_session_missing_data_are_low_and_the_session_makes_them_weigh) {
  wait(100);
  ASSERT_EQ(priority("link-lost-mon1"), Priority::low);
  bed().session_start({}, now);
  EXPECT_EQ(priority("link-lost-mon1"), Priority::medium);
  bed().session_end(now);
  EXPECT_EQ(priority("link-lost-mon1"), Priority::low);
}

TEST_F(Silence, bed_blind_when_neither_rate_nor_spo2_is_current_while_infusing) {
  linked();
  stay(97, 5);
  start_infusion();
  wait(14 + 29.9);
  EXPECT_EQ(alarm("bed-blind"), nullptr);
  wait(0.1);
  EXPECT_EQ(priority("bed-blind"), Priority::high);
  EXPECT_EQ(bed().monitoring(now.mono), Monitoring::blind);
  value(Metric::spo2, 97);
  wait(5);
  EXPECT_EQ(alarm("bed-blind"), nullptr);
}

TEST_F(Silence, one_of_rate_and_spo2_is_not_blind) {
  linked();
  start_infusion();
  for (int i = 0; i < 120; ++i) {
    value(Metric::spo2, 97);
    wait(1);
  }
  EXPECT_EQ(alarm("bed-blind"), nullptr);
  EXPECT_EQ(bed().monitoring(now.mono), Monitoring::partial);
}

TEST_F(Silence, no_bed_blind_before_the_infusion) {
  linked();
  bed().session_start({}, now);
  wait(3600);
  EXPECT_EQ(alarm("bed-blind"), nullptr);
}

TEST_F(Silence, monitoring_is_told_when_it_changes) {
  linked();
  const int before = out.states;
  stay(97, 3);
  cuff(120, 70);
  EXPECT_EQ(bed().monitoring(now.mono), Monitoring::full);
  EXPECT_GE(out.states, before + 2);
  EXPECT_TRUE(bed().missing(now.mono).empty());
  wait(20);
  EXPECT_EQ(bed().missing(now.mono), (std::vector<Metric>{Metric::pr, Metric::spo2}));
}

TEST_F(Silence, P3_a_repeated_value_does_not_get_younger) {
  polled();
  linked();
  Observation one = vitals::measured(Metric::spo2, 97, now);
  one.t_src = now.wall + seconds(3);  // the monitor's clock is a little fast
  one.clock_trusted = true;
  for (int i = 0; i < 10; ++i) {
    one.rx = now;
    say(one);
    wait(5);
  }
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::stale);
  EXPECT_NE(alarm("spo2-stale"), nullptr);
  for (const Shown& each : out.values) EXPECT_TRUE(!each.value || each.at_s < 30) << each.at_s;
}

TEST_F(Silence, P3_a_repeat_after_a_word_without_value_is_not_younger_either) {
  polled();
  linked();
  Observation one = vitals::measured(Metric::spo2, 97, now);
  one.t_src = now.wall;
  one.clock_trusted = true;
  say(one);
  wait(20);
  gone(Metric::spo2, Reason::missing);
  wait(5);
  one.rx = now;
  say(one);
  EXPECT_EQ(shown(Metric::spo2).valid_until_s, 30);
  wait(5);
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::stale);
}

TEST_F(Silence, an_equal_value_with_a_new_time_is_new) {
  polled();
  linked();
  for (int i = 0; i < 10; ++i) {
    Observation one = vitals::measured(Metric::spo2, 97, now);
    one.t_src = now.wall;
    one.clock_trusted = true;
    say(one);
    wait(20);
  }
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::valid);
}

TEST_F(Silence, idle_off_watches_nothing_without_a_session) {
  settings.idle_off = true;
  linked();
  value(Metric::spo2, 60);
  wait(3600);
  EXPECT_EQ(active(), Names{});
  EXPECT_EQ(bed().monitoring(now.mono), Monitoring::none);
  bed().session_start({}, now);
  value(Metric::spo2, 60);
  EXPECT_NE(alarm("spo2-deep"), nullptr);
}

TEST_F(Silence, an_arterial_line_has_one_stale_condition) {
  settings.leads.arterial = true;
  for (const Metric metric : {Metric::art_sys, Metric::art_dia, Metric::art_map}) {
    settings.source_of[vitals::index_of(metric)] = 0;
    settings.expected.insert(metric);
  }
  linked();
  for (int i = 0; i < 20; ++i) {
    for (const Metric metric : {Metric::art_sys, Metric::art_dia, Metric::pr, Metric::spo2})
      value(metric, metric == Metric::art_sys ? 120 : 75);
    if (i < 3) value(Metric::art_map, 90);
    wait(1);
  }
  EXPECT_NE(alarm("art-stale"), nullptr);
}

}  // namespace
}  // namespace bed
