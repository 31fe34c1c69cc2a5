// What a bed rarely meets: settings that leave something out, records of other settings, words without a
// number.
#include "daemon/alarms/episode_id.hpp"
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct RareWays : OneBed {
  void no_source(Metric metric) {
    settings.source_of[vitals::index_of(metric)].reset();
    settings.expected.erase(metric);
  }
};

TEST_F(RareWays, an_alarm_of_a_value_that_no_source_sends_any_more_is_restored_and_ends) {
  Alarm stored;
  stored.condition = "rr-high";
  stored.id = *alarms::parse_episode_id("01JD3N6T7Q8R9S0TAVWXYZ1234");
  stored.rev = 3;
  stored.state = State::active;
  stored.priority = stored.priority_initial = Priority::medium;
  stored.metric = Metric::rr;
  stored.value = 28;
  stored.t_on = now.wall - seconds(60);
  EXPECT_TRUE(bed().restore_alarm(stored, now));
  EXPECT_FALSE(out.alarms.back().sim);
  linked();
  wait(1);
  EXPECT_EQ(out.alarms.back().change, Change::end) << "nobody watches it here";
  EXPECT_TRUE(active().empty());
}

TEST_F(RareWays, a_source_whose_demo_is_accepted_is_coloured_only_in_demo) {
  settings.sources[0].accept_demo = true;
  linked();
  value(Metric::spo2, 97);
  EXPECT_FALSE(bed().sim());
  EXPECT_FALSE(shown(Metric::spo2).sim);
  bed().device_demo(0, true, now);
  wait(1);
  value(Metric::spo2, 90);
  EXPECT_TRUE(bed().sim());
  EXPECT_TRUE(shown(Metric::spo2).sim);
}

TEST_F(RareWays, an_alarm_of_a_simulated_monitor_is_coloured) {
  settings.sources[0].sim = true;
  linked();
  device_alarm("196670", true);
  ASSERT_FALSE(out.alarms.empty());
  EXPECT_TRUE(out.alarms.back().sim);
}

TEST_F(RareWays, a_bolus_while_held_is_asked_no_gate) {
  profile.gate.sbp_most = 180;
  linked();
  start_infusion();
  bed().infusion_hold(now);
  EXPECT_EQ(bed().infusion_bolus({7, {}, {}}, false, now).text, "");
}

TEST_F(RareWays, a_record_of_a_patient_without_a_session_is_forgotten) {
  linked();
  PatientRecord record;
  record.doubt = Doubt::vitals;
  bed().restore_session({}, now, &record);
  EXPECT_EQ(bed().patient().doubt, Doubt::none);
}

TEST_F(RareWays, without_a_rate_an_oximeter_or_a_pressure_nothing_of_them_is_missing) {
  for (const Metric metric : {Metric::pr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map})
    no_source(metric);
  settings.source_of[vitals::index_of(Metric::temp)] = 0;
  settings.expected.insert(Metric::temp);
  profile.gate.sbp_least = 90;
  linked();
  value(Metric::temp, 37);
  EXPECT_FALSE(condition("hr-zero").behaviour().watched);
  EXPECT_FALSE(condition("spo2-sensor").behaviour().watched);
  bed().session_start({}, now);
  start_infusion();
  EXPECT_EQ(bed().session(now).gate->text(), "not known: SBP");
  wait(60);
  EXPECT_EQ(active(), (Names{"temp-stale", "bed-blind", "no-baseline"}));
}

TEST_F(RareWays, a_time_that_comes_without_a_value_says_nothing_of_the_clock) {
  linked();
  for (int i = 0; i < 20; ++i) {
    Observation word = vitals::absent(Metric::spo2, Reason::searching, now);
    word.t_src = now.wall - seconds(7200);
    say(word);
    wait(10);
  }
  EXPECT_FALSE(bed().clock_offset(0));
}

TEST_F(RareWays, a_reading_that_comes_while_the_monitor_still_measures_belongs_to_that_cycle) {
  linked();
  stay(97, 3);
  status(drivers::Signal::nibp_measuring, true);
  cuff(120, 80);
  for (int i = 0; i < 70; ++i) {
    value(Metric::pr, 70);
    value(Metric::spo2, 97);
    wait(1);
  }
  for (int i = 0; i < 20; ++i) {
    gone(Metric::spo2, Reason::searching);
    wait(1);
  }
  ASSERT_NE(alarm("spo2-signal"), nullptr);
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor (perhaps the cuff)")
      << "it has not said that it is done";
}

TEST_F(RareWays, every_word_for_a_sensor_that_is_gone_or_a_signal_that_is_poor_is_one) {
  linked();
  const std::pair<Reason, const char*> words[] = {
      {Reason::sensor_off, "spo2-sensor"},   {Reason::sensor_unplugged, "spo2-sensor"},
      {Reason::sensor_fault, "spo2-sensor"}, {Reason::searching, "spo2-signal"},
      {Reason::weak_signal, "spo2-signal"},  {Reason::artifact, "spo2-signal"},
      {Reason::interference, "spo2-signal"}};
  for (const auto& [reason, name] : words) {
    stay(97, 10);
    for (int i = 0; i < 16; ++i) {
      gone(Metric::spo2, reason);
      value(Metric::pr, 70);
      wait(1);
    }
    EXPECT_EQ(active(), Names{name}) << vitals::name(reason);
  }
}

TEST_F(RareWays, a_clock_that_is_trusted_and_tells_no_time_makes_no_repeat) {
  linked();
  for (int i = 0; i < 16; ++i) {
    Observation word = vitals::measured(Metric::spo2, 90, now);
    word.clock_trusted = true;
    say(word);
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_EQ(priority("spo2-low"), Priority::medium) << "each of them is a new one";
}

TEST_F(RareWays, another_number_of_the_same_instant_is_news) {
  linked();
  Observation word = vitals::measured(Metric::spo2, 97, now);
  word.clock_trusted = true;
  word.t_src = now.wall;
  say(word);
  wait(1);
  word.rx = now;
  word.value = 96;
  say(word);
  wait(1);
  EXPECT_EQ(bed().entry(Metric::spo2).observation.value, 96);
  EXPECT_TRUE(bed().entry(Metric::spo2).current(now.mono + seconds(13.9)));
  EXPECT_FALSE(bed().entry(Metric::spo2).current(now.mono + seconds(14))) << "15 s after it came";
}

TEST_F(RareWays, a_simulator_in_test_mode_is_judged) {
  settings.sources[0].sim = true;
  linked();
  for (int i = 0; i < 16; ++i) {
    for (const Metric metric : {Metric::spo2, Metric::pr}) {
      Observation word = vitals::measured(metric, metric == Metric::spo2 ? 90 : 70, now);
      word.test = true;
      say(word);
    }
    wait(1);
  }
  EXPECT_EQ(active(), Names{"spo2-low"});
  EXPECT_TRUE(alarm("spo2-low")->sim);
}

TEST_F(RareWays, a_value_of_a_test_stays_coloured_when_the_next_one_is_none) {
  settings.sources[0].accept_demo = true;
  linked();
  Observation word = vitals::measured(Metric::spo2, 97, now);
  word.test = true;
  say(word);
  for (int i = 0; i < 6; ++i) {
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_GT(shown(Metric::spo2).at_s, 4) << "told again";
  EXPECT_TRUE(shown(Metric::spo2).sim);
  EXPECT_FALSE(shown(Metric::pr).sim);
}

TEST_F(RareWays, a_number_with_a_word_that_says_there_is_none_is_a_doubtful_number) {
  linked();
  for (int i = 0; i < 20; ++i) {
    value(Metric::pr, 70, Reason::zero);
    value(Metric::spo2, 97, Reason::sensor_off);
    wait(1);
  }
  EXPECT_TRUE(active().empty());
}

TEST_F(RareWays, a_rate_that_the_monitor_takes_back_without_a_reason_is_stale_at_once) {
  settings.source_of[vitals::index_of(Metric::hr)] = 0;
  settings.expected.insert(Metric::hr);
  settings.leads.rate = Metric::hr;
  linked();
  bed().session_start({}, now);
  stay(97, 3);
  for (int i = 0; i < 5; ++i) {
    value(Metric::hr, 130);
    value(Metric::pr, 130);
    value(Metric::spo2, 97);
    wait(1);
  }
  ASSERT_TRUE(condition("hr-high").pending());
  gone(Metric::hr, Reason::missing);
  EXPECT_EQ(priority("hr-stale"), Priority::medium);
}

TEST_F(RareWays, a_value_that_nobody_expects_is_judged_and_never_missed) {
  settings.source_of[vitals::index_of(Metric::rr)] = 0;
  linked();
  value(Metric::rr, 28);
  EXPECT_TRUE(condition("rr-high").pending());
  gone(Metric::rr, Reason::missing);
  stay(97, 60);
  EXPECT_TRUE(active().empty());
}

TEST_F(RareWays, a_pulse_rate_of_another_monitor_is_not_explained_by_the_probe) {
  settings.sources.push_back({"mon2"});
  settings.source_of[vitals::index_of(Metric::pr)] = 1;
  linked();
  bed().link(1, true, now);
  bed().observe(1, vitals::measured(Metric::pr, 70, now));
  for (int i = 0; i < 31; ++i) {
    gone(Metric::spo2, Reason::sensor_off);
    bed().frame_end(1, now);
    wait(1);
  }
  EXPECT_EQ(active(), (Names{"spo2-sensor", "pr-stale"}));
}

TEST_F(RareWays, a_cuffs_time_that_is_only_that_of_its_message_is_not_when_it_was_measured) {
  linked();
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia}) {
    Observation word = vitals::measured(metric, metric == Metric::nibp_sys ? 120 : 70, now);
    word.clock_trusted = true;
    word.time_source = vitals::TimeSource::message;
    word.t_src = now.wall - seconds(300);
    bed().observe(0, word);
  }
  bed().frame_end(0, now);
  EXPECT_EQ(out.cuffs.back().measured.mono, now.mono);
}

TEST_F(RareWays, a_value_that_is_no_oximeters_is_missed_by_itself) {
  settings.source_of[vitals::index_of(Metric::rr)] = 0;
  settings.expected.insert(Metric::rr);
  linked();
  stay(97, 1);
  for (int i = 0; i < 20; ++i) {
    value(Metric::pr, 70);
    gone(Metric::spo2, Reason::searching);
    wait(1);
  }
  EXPECT_EQ(active(), (Names{"spo2-signal", "rr-stale"}));
}

TEST_F(RareWays, no_cuff_reading_is_due_without_a_session_whatever_the_profile_says) {
  for (auto& phase : profile.intervals) phase.cuff = std::chrono::minutes{5};
  linked();
  start_infusion();
  bed().infusion_stop(now);
  bed().session_end(now);
  stay(97, 3600);
  EXPECT_TRUE(active().empty());
}

TEST_F(RareWays, a_cuff_reading_from_before_we_listened_is_no_cycle_of_the_cuff) {
  linked();
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia}) {
    Observation word = vitals::measured(metric, metric == Metric::nibp_sys ? 120 : 70, now);
    word.quality = Quality::stale;
    bed().observe(0, word);
  }
  bed().frame_end(0, now);
  stay(97, 3);
  for (int i = 0; i < 16; ++i) {
    gone(Metric::spo2, Reason::searching);
    value(Metric::pr, 70);
    wait(1);
  }
  ASSERT_NE(alarm("spo2-signal"), nullptr);
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor");
}

TEST_F(RareWays, the_same_numbers_with_and_without_a_time_are_two_readings) {
  linked();
  cuff(120, 70, std::nullopt, now.wall);
  wait(60);
  cuff(120, 70);
  EXPECT_EQ(out.cuffs.back().measured.mono, now.mono);
}

TEST_F(RareWays, a_signal_that_the_monitor_says_twice_is_told_once) {
  linked();
  const std::size_t told = out.devices.size();
  status(drivers::Signal::low_battery, true);
  status(drivers::Signal::low_battery, true);
  EXPECT_EQ(out.devices.size(), told + 1);
  status(drivers::Signal::nibp_measuring, true);
  wait(100);
  status(drivers::Signal::nibp_measuring, true);
  EXPECT_EQ(out.devices.size(), told + 2);
  status(drivers::Signal::nibp_failed, false);
  EXPECT_EQ(alarm("nibp-failed"), nullptr) << "that it has not failed is no failure";
}

TEST_F(RareWays, what_a_monitor_without_the_cuff_says_of_one_is_not_this_beds) {
  settings.sources.push_back({"mon2"});
  linked();
  bed().link(1, true, now);
  bed().device_status(1, {drivers::Signal::nibp_failed, true, now});
  EXPECT_EQ(alarm("nibp-failed"), nullptr);
  bed().device_status(1, {drivers::Signal::nibp_measuring, true, now});
  EXPECT_TRUE(bed().signals(1).measuring);
  stay(97, 3);
  for (int i = 0; i < 16; ++i) {
    gone(Metric::spo2, Reason::searching);
    wait(1);
  }
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor");
  bed().teller_gone(1, &default_teller, now);
  EXPECT_FALSE(bed().signals(1).measuring);
}

TEST_F(RareWays, a_monitor_that_goes_while_it_measures_has_ended_its_cycle) {
  linked();
  stay(97, 3);
  status(drivers::Signal::nibp_measuring, true);
  wait(5);
  bed().teller_gone(0, &default_teller, now);
  EXPECT_FALSE(bed().signals(0).measuring);
  stay(97, 61);
  for (int i = 0; i < 16; ++i) {
    gone(Metric::spo2, Reason::searching);
    wait(1);
  }
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor") << "more than a minute after it";
}

TEST_F(RareWays, nobody_owes_an_observation_before_the_infusion) {
  for (const auto interval : {&alarms::ObservationIntervals::first_hour, &alarms::ObservationIntervals::later,
                              &alarms::ObservationIntervals::recovery})
    profile.observation.*interval = std::chrono::minutes{15};
  linked();
  bed().session_start({}, now);
  EXPECT_FALSE(condition("obs-overdue").behaviour().watched);
  start_infusion();
  EXPECT_TRUE(condition("obs-overdue").behaviour().watched);
}

TEST_F(RareWays, a_cuff_reading_of_one_part_is_a_reading) {
  linked();
  for (const auto& [metric, v] : {std::pair{Metric::nibp_dia, 70.0}, std::pair{Metric::nibp_map, 85.0}}) {
    wait(60);
    value(metric, v);
    EXPECT_EQ(out.cuff_quality.back(), Quality::valid);
  }
  EXPECT_FALSE(out.cuffs.back().sys);
  EXPECT_EQ(out.cuffs.back().map, 85);
}

TEST_F(RareWays, a_cuff_reading_that_the_monitor_doubts_and_that_cannot_be_keeps_the_monitors_reason) {
  linked();
  cuff(120, 70, 130, std::nullopt, Reason::artifact);  // a mean above the systolic pressure
  EXPECT_EQ(out.cuff_quality.back(), Quality::questionable);
  EXPECT_EQ(out.cuffs.back().reason, Reason::artifact);
}

}  // namespace
}  // namespace bed
