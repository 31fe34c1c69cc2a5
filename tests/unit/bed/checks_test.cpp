// Two counts of one heart, and a cuff on the arm of the probe.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Rates : OneBed {
  Rates() {
    settings.source_of[vitals::index_of(Metric::hr)] = 0;  // carried, and not expected
    settings.leads.rate = Metric::pr;
    linked();
  }
  void both(double hr, double pr, double s, Reason doubt = Reason::none) {
    for (double t = 0; t < s; t += 1) {
      value(Metric::hr, hr, doubt);
      value(Metric::pr, pr);
      value(Metric::spo2, 97);
      wait(1);
    }
  }
};

TEST_F(Rates, that_differ_by_more_than_15_for_10_s_are_information) {
  both(75, 60, 30);
  EXPECT_EQ(active(), Names{});
  both(76, 60, 9);
  EXPECT_EQ(active(), Names{});
  both(76, 60, 1);
  EXPECT_EQ(active(), Names{"hr-pr-differ"});
  EXPECT_EQ(priority("hr-pr-differ"), Priority::info);
  EXPECT_EQ(bed().entry(Metric::hr).observation.quality, Quality::valid);  // a pulse deficit is real
  EXPECT_EQ(bed().entry(Metric::pr).observation.quality, Quality::valid);
}

TEST_F(Rates, end_it_when_they_agree_again_by_the_deadband) {
  both(80, 60, 10);
  both(74, 60, 30);
  ASSERT_NE(alarm("hr-pr-differ"), nullptr);
  both(72, 60, 5);
  EXPECT_EQ(alarm("hr-pr-differ"), nullptr);
}

TEST_F(Rates, P7_one_that_is_missing_or_doubtful_does_not_end_it) {
  both(80, 60, 10);
  both(61, 60, 20, Reason::artifact);
  EXPECT_NE(alarm("hr-pr-differ"), nullptr);
  for (int i = 0; i < 20; ++i) gone(Metric::hr, Reason::leads_off), wait(1);
  ASSERT_NE(alarm("hr-pr-differ"), nullptr);
  EXPECT_EQ(alarm("hr-pr-differ")->data, Data::lost);
}

TEST_F(Rates, the_one_that_is_not_the_beds_rate_is_compared_and_not_judged) {
  both(200, 60, 60);
  EXPECT_EQ(active(), Names{"hr-pr-differ"});
  EXPECT_EQ(bed().monitoring(now.mono), Monitoring::partial);  // no cuff yet; the ECG is not expected
}

TEST_F(Rates, of_a_bed_with_one_of_them_are_never_compared) {
  bed_.reset();
  settings.source_of[vitals::index_of(Metric::hr)] = std::nullopt;
  linked();
  both(200, 60, 30);
  EXPECT_FALSE(condition("hr-pr-differ").behaviour().watched);
}

TEST_F(Rates, a_stale_one_is_not_compared) {
  value(Metric::hr, 90);
  wait(6);
  for (int i = 0; i < 60; ++i) {
    value(Metric::pr, 60);
    value(Metric::spo2, 97);
    wait(1);
    EXPECT_EQ(i >= 9 && alarm("hr-pr-differ") != nullptr, false);
  }
}

struct CuffArm : OneBed {
  CuffArm() { linked(); }
  void same_arm() {
    bed_.reset();
    out = {};
    settings.cuff_on_oximeter_arm = true;
    linked();
    bed().session_start({}, now);
  }
  void no_pulse(double s, Reason reason = Reason::searching) {
    for (double t = 0; t < s; t += 1) {
      gone(Metric::pr, reason);
      gone(Metric::spo2, reason);
      wait(1);
    }
  }
  void measure(bool on) { status(drivers::Signal::nibp_measuring, on); }
};

TEST_F(CuffArm, a_probe_that_loses_the_pulse_during_a_measurement_says_perhaps_the_cuff) {
  stay(97, 3);
  measure(true);
  no_pulse(16);
  ASSERT_NE(alarm("spo2-signal"), nullptr);
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor (perhaps the cuff)");
}

TEST_F(CuffArm, a_reading_within_a_minute_of_it_says_so_too) {
  stay(97, 3);
  no_pulse(20, Reason::sensor_off);
  ASSERT_NE(alarm("spo2-sensor"), nullptr);
  EXPECT_EQ(alarm("spo2-sensor")->text, "SpO2 sensor off");
  cuff(120, 80);  // of a monitor that does not tell when it measures
  EXPECT_EQ(alarm("spo2-sensor")->text, "SpO2 sensor off (perhaps the cuff)");
}

TEST_F(CuffArm, an_hour_later_it_is_not_the_cuff) {
  cuff(120, 80);
  stay(97, 61);
  no_pulse(16);
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor");
}

TEST_F(CuffArm, the_hint_goes_with_the_episode) {
  stay(97, 3);
  measure(true);
  no_pulse(16);
  measure(false);
  stay(97, 90);
  EXPECT_EQ(alarm("spo2-signal"), nullptr);
  no_pulse(16);
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor");
}

TEST_F(CuffArm, unless_the_settings_say_so_nothing_waits) {
  bed().session_start({}, now);
  stay(97, 3);
  measure(true);
  no_pulse(15);
  EXPECT_NE(alarm("spo2-signal"), nullptr);
}

TEST_F(CuffArm, on_one_arm_the_sensor_waits_for_the_cuff_and_15_s_longer) {
  same_arm();
  stay(97, 3);
  measure(true);
  no_pulse(30);
  EXPECT_EQ(active(), Names{});
  measure(false);
  no_pulse(14);
  EXPECT_EQ(active(), Names{});
  no_pulse(1);
  EXPECT_EQ(active(), Names{"spo2-signal"});
  EXPECT_EQ(alarm("spo2-signal")->text, "SpO2 signal poor (the cuff is on this arm)");
}

TEST_F(CuffArm, on_one_arm_a_pulse_that_comes_back_with_the_end_of_the_cuff_is_no_alarm) {
  same_arm();
  stay(97, 3);
  measure(true);
  no_pulse(35);
  measure(false);
  no_pulse(8);
  stay(97, 60);
  EXPECT_EQ(count("spo2-signal", Change::start), 0U);
}

TEST_F(CuffArm, on_one_arm_it_waits_60_s_at_most_however_the_cuff_goes_on) {
  same_arm();
  stay(97, 3);
  for (int i = 0; i < 3; ++i) {  // again and again without a pause
    measure(true);
    no_pulse(20);
    measure(false);
  }
  EXPECT_EQ(active(), Names{"spo2-signal"});
  same_arm();
  stay(97, 3);
  measure(true);  // and never says that it is over
  no_pulse(59);
  EXPECT_EQ(alarm("spo2-signal"), nullptr);
  no_pulse(1);
  EXPECT_EQ(priority("spo2-signal"), Priority::low);
  no_pulse(60);
  EXPECT_EQ(priority("spo2-signal"), Priority::medium);
}

TEST_F(CuffArm, on_one_arm_a_pending_alarm_that_is_lost_calls_at_once_all_the_same) {
  same_arm();
  stay(90, 5);
  measure(true);
  gone(Metric::spo2, Reason::searching);
  EXPECT_EQ(priority("spo2-signal"), Priority::medium);
}

TEST_F(CuffArm, P1_on_one_arm_bed_blind_does_not_wait) {
  same_arm();
  start_infusion();
  stay(97, 3);
  measure(true);
  no_pulse(45);
  EXPECT_EQ(priority("bed-blind"), Priority::high);
}

TEST_F(CuffArm, P1_a_lost_link_ends_the_measurement) {
  same_arm();
  stay(97, 3);
  measure(true);
  bed().teller_gone(0, &default_teller, now);
  no_pulse(15);
  EXPECT_NE(alarm("spo2-signal"), nullptr);
}

}  // namespace
}  // namespace bed
