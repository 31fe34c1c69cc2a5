// Sensors, signals, zero rates, demo mode: what a monitor says instead of a value.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Sensors : OneBed {
  Sensors() { linked(); }
  void expect_ecg() {
    bed_.reset();
    out = {};
    settings.source_of[vitals::index_of(Metric::hr)] = 0;
    settings.expected.insert(Metric::hr);
    settings.leads.rate = Metric::hr;
    linked();
  }
  // The probe is off: both its numbers go, once a second.
  void probe_off(double s, Reason reason = Reason::sensor_off) {
    for (double t = 0; t < s; t += 1) {
      gone(Metric::pr, reason);
      gone(Metric::spo2, reason);
      wait(1);
    }
  }
};

TEST_F(Sensors, probe_off_is_low_after_15_s_and_medium_60_s_later_in_a_session) {
  bed().session_start({}, now);
  stay(97, 3);
  probe_off(14);
  EXPECT_EQ(active(), Names{});
  probe_off(1);
  EXPECT_EQ(active(), Names{"spo2-sensor"});
  EXPECT_EQ(priority("spo2-sensor"), Priority::low);
  probe_off(60);
  EXPECT_EQ(priority("spo2-sensor"), Priority::medium);
  EXPECT_EQ(active(), Names{"spo2-sensor"});  // it covers the stale ones
}

TEST_F(Sensors, probe_off_is_at_most_low_without_a_session) {
  stay(97, 3);
  probe_off(600);
  EXPECT_EQ(priority("spo2-sensor"), Priority::low);
}

TEST_F(Sensors, scenario_4_probe_off_during_low_spo2_keeps_the_alarm_and_adds_the_technical_one) {
  stay(90, 16);
  probe_off(20);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->data, Data::lost);
  EXPECT_EQ(alarm("spo2-low")->state, State::active);
  EXPECT_NE(alarm("spo2-sensor"), nullptr);
}

TEST_F(Sensors, pending_and_probe_off_is_technical_at_once_at_medium) {
  bed().session_start({}, now);
  stay(90, 5);
  gone(Metric::spo2, Reason::sensor_off);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  EXPECT_EQ(priority("spo2-sensor"), Priority::medium);
  EXPECT_EQ(condition("spo2-low").avoided(), 1U);
}

TEST_F(Sensors, pending_and_poor_signal_is_technical_at_once) {
  bed().session_start({}, now);
  stay(90, 5);
  gone(Metric::spo2, Reason::searching);
  EXPECT_EQ(priority("spo2-signal"), Priority::medium);
}

TEST_F(Sensors, pending_and_invalid_without_a_reason_is_the_stale_condition_at_once) {
  bed().session_start({}, now);
  stay(90, 5);
  gone(Metric::spo2, Reason::missing);
  EXPECT_EQ(priority("spo2-stale"), Priority::medium);
  EXPECT_EQ(count("spo2-stale", Change::start), 1U);
  EXPECT_EQ(count("spo2-stale", Change::escalate), 0U);  // it starts there, stations sound once
  for (int i = 0; i < 8; ++i) {
    gone(Metric::spo2, Reason::missing);
    wait(1);
  }
  EXPECT_NE(alarm("spo2-stale"), nullptr);  // and it stays until a value comes
  stay(97, 5);
  EXPECT_EQ(alarm("spo2-stale"), nullptr);
}

TEST_F(Sensors, P1_causes_that_take_turns_do_not_keep_each_other_quiet) {
  linked();
  bed().session_start({}, now);
  stay(97, 1);
  for (int i = 0; i < 29; ++i) {
    gone(Metric::spo2, i / 7 % 2 == 0 ? Reason::sensor_off : Reason::searching);
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"spo2-stale"});
}

TEST_F(Sensors, a_probe_that_searches_after_it_was_put_on_again_is_not_stale_at_once) {
  linked();
  bed().session_start({}, now);
  stay(97, 1);
  const auto words = [&](Reason reason, int s) {
    for (int i = 0; i < s; ++i) {
      gone(Metric::spo2, reason);
      value(Metric::pr, 70);
      wait(1);
    }
  };
  words(Reason::sensor_off, 120);
  words(Reason::searching, 12);
  EXPECT_EQ(alarm("spo2-sensor"), nullptr);
  EXPECT_EQ(alarm("spo2-stale"), nullptr);  // the nurse is at the bed, and it will be there in a moment
  words(Reason::searching, 4);
  EXPECT_EQ(active(), Names{"spo2-signal"});
}

TEST_F(Sensors, pending_rate_and_leads_off_is_technical_at_once) {
  expect_ecg();
  bed().session_start({}, now);
  value(Metric::hr, 150);
  wait(1);
  gone(Metric::hr, Reason::leads_off);
  EXPECT_EQ(priority("ecg-leads"), Priority::medium);
}

TEST_F(Sensors, P1_an_absence_that_no_sensor_condition_explains_is_stale) {
  expect_ecg();
  for (int i = 0; i < 40; ++i) {
    gone(Metric::hr, Reason::artifact);
    value(Metric::spo2, 97);
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"hr-stale"});
}

TEST_F(Sensors, P1_a_pulse_that_stays_away_while_spo2_is_well_is_stale) {
  for (int i = 0; i < 40; ++i) {
    gone(Metric::pr, Reason::sensor_off);
    value(Metric::spo2, 97);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"pr-stale"});
}

TEST_F(Sensors, the_reason_changes_and_what_is_missing_rises_at_once) {
  stay(97, 3);
  probe_off(20);
  ASSERT_EQ(active(), Names{"spo2-sensor"});
  probe_off(5, Reason::missing);
  EXPECT_EQ(active(), (Names{"pr-stale", "spo2-stale"}));
}

TEST_F(Sensors, poor_signal_is_its_own_condition) {
  for (int i = 0; i < 16; ++i) {
    value(Metric::spo2, 97, Reason::weak_signal);
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"spo2-signal"});
  stay(97, 5);
  EXPECT_EQ(active(), Names{});
}

TEST_F(Sensors, without_spo2_the_pulse_speaks_for_the_probe) {
  bed_.reset();
  settings.expected.erase(Metric::spo2);
  settings.source_of[vitals::index_of(Metric::spo2)] = std::nullopt;
  linked();
  for (int i = 0; i < 16; ++i) {
    gone(Metric::pr, Reason::sensor_unplugged);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"spo2-sensor"});
}

TEST_F(Sensors, ecg_leads_off) {
  expect_ecg();
  for (int i = 0; i < 40; ++i) {
    gone(Metric::hr, Reason::leads_off);
    value(Metric::spo2, 97);
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"ecg-leads"});
}

TEST_F(Sensors, a_lost_link_says_nothing_more_of_the_sensor) {
  stay(97, 3);
  probe_off(20);
  bed().link(0, false, now);
  wait(10);
  ASSERT_NE(alarm("spo2-sensor"), nullptr);
  EXPECT_EQ(alarm("spo2-sensor")->data, Data::lost);
  wait(3600);
  EXPECT_EQ(active(), (Names{"spo2-sensor", "link-lost-mon1"}));
}

// --- a rate of zero

TEST_F(Sensors, hr_zero_is_high_after_5_s) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(alarm("hr-zero"), nullptr);
    gone(Metric::pr, Reason::zero);
    wait(1);
  }
  ASSERT_NE(alarm("hr-zero"), nullptr);
  EXPECT_EQ(priority("hr-zero"), Priority::high);
  EXPECT_EQ(alarm("hr-zero")->kind, alarms::Kind::physiological);
  EXPECT_EQ(alarm("hr-zero")->text, "monitor reports 0: check patient");
  EXPECT_FALSE(shown(Metric::pr).value);
}

TEST_F(Sensors, hr_zero_ends_by_a_valid_rate_and_by_nothing_else) {
  for (int i = 0; i < 6; ++i) {
    gone(Metric::pr, Reason::zero);
    wait(1);
  }
  for (int i = 0; i < 20; ++i) {
    value(Metric::pr, 60, Reason::artifact);
    wait(1);
  }
  EXPECT_EQ(alarm("hr-zero")->state, State::active);
  probe_off(20);
  EXPECT_EQ(alarm("hr-zero")->state, State::active);
  EXPECT_EQ(alarm("hr-zero")->data, Data::lost);
  stay(97, 6, 60);
  EXPECT_EQ(alarm("hr-zero")->state, State::latched);
  bed().reset("hr-zero", view(alarm("hr-zero")->id), now);
  EXPECT_EQ(alarm("hr-zero"), nullptr);
}

TEST_F(Sensors, P10_history_does_not_end_hr_zero) {
  for (int i = 0; i < 6; ++i) {
    gone(Metric::pr, Reason::zero);
    wait(1);
  }
  for (int i = 0; i < 8; ++i) {
    Observation old = vitals::measured(Metric::pr, 70, now);
    old.t_src = now.wall - seconds(600 - i);
    old.clock_trusted = true;
    say(old);
    wait(1);
  }
  EXPECT_EQ(alarm("hr-zero")->state, State::active);
}

TEST_F(Sensors, hr_zero_pending_and_probe_off_is_technical_at_once) {
  bed().session_start({}, now);
  for (int i = 0; i < 3; ++i) {
    value(Metric::spo2, 97);
    gone(Metric::pr, Reason::zero);
    wait(1);
  }
  gone(Metric::pr, Reason::sensor_off);
  EXPECT_EQ(alarm("hr-zero"), nullptr);
  EXPECT_EQ(priority("spo2-sensor"), Priority::medium);
}

TEST_F(Sensors, hr_zero_covers_the_stale_rate_and_its_data_go_stale_in_silence) {
  for (int i = 0; i < 30; ++i) {
    value(Metric::spo2, 97);
    gone(Metric::pr, Reason::zero);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"hr-zero"});
  for (int i = 0; i < 20; ++i) {
    value(Metric::spo2, 97);
    wait(1);
  }
  EXPECT_EQ(alarm("hr-zero")->data, Data::stale);
  EXPECT_EQ(active(), (Names{"hr-zero", "pr-stale"}));
}

// --- demo mode

TEST_F(Sensors, demo_data_are_shown_marked_and_not_judged) {
  Observation demo = vitals::measured(Metric::spo2, 60, now);
  demo.test = true;
  for (int i = 0; i < 16; ++i) {
    demo.rx = now;
    say(demo);
    wait(1);
  }
  EXPECT_EQ(active(), Names{"demo-mode-mon1"});
  EXPECT_EQ(shown(Metric::spo2).value, 60);
  EXPECT_TRUE(shown(Metric::spo2).sim);
  EXPECT_EQ(bed().monitoring(now.mono), Monitoring::blind);
}

TEST_F(Sensors, demo_told_by_the_device_itself_counts_for_values_without_a_mark) {
  bed().device_demo(0, true, now);
  stay(60, 16);
  EXPECT_EQ(active(), Names{"demo-mode-mon1"});
  bed().device_demo(0, false, now);
  value(Metric::spo2, 60);
  EXPECT_NE(alarm("spo2-deep"), nullptr);
}

TEST_F(Sensors, demo_does_not_end_an_alarm) {
  stay(90, 16);
  bed().device_demo(0, true, now);
  stay(98, 20);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->data, Data::lost);
}

TEST_F(Sensors, demo_that_the_settings_accept_is_judged_and_marked) {
  bed_.reset();
  out = {};
  settings.sources[0].accept_demo = true;
  linked();
  Observation demo = vitals::measured(Metric::spo2, 60, now);
  demo.test = true;
  say(demo);
  wait(5);
  EXPECT_EQ(active(), Names{"spo2-deep"});
  EXPECT_TRUE(alarm("spo2-deep")->sim);
  EXPECT_TRUE(bed().sim());
}

}  // namespace
}  // namespace bed
