// Above 1 mg/kg/h the bed is watched more closely: a cuff reading every 5 minutes, and the unit hears every
// alarm.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using alarms::Audience;

struct HighDose : OneBed {
  void SetUp() override {
    linked();
    stay(97, 1);
    start_infusion();  // 0.5 mg/kg/h: low
    set_baseline(120);
  }
  void rate(double mg_per_kg_h) {
    const infusion::Rate told{mg_per_kg_h, infusion::RateUnit::mg_per_kg_h};
    EXPECT_EQ(bed().infusion_rate(told, true, now).verdict, infusion::Verdict::applied);
  }
  // Values go on, so that nothing but the cuff is missing.
  void minutes(double n) { stay(97, n * 60); }
  // After the titrating time, a minute after a reading.
  void settle() {
    minutes(16);
    cuff(121, 70);
    minutes(1);
  }
};

TEST_F(HighDose, an_overdue_cuff_is_told_by_five_minutes_also_when_titrating_is_over) {
  rate(1.5);
  settle();
  ASSERT_FALSE(bed().session(now).titrating_until);
  minutes(5.9);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  minutes(0.2);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
  minutes(3);
  EXPECT_EQ(priority("nibp-overdue"), Priority::medium);
}

TEST_F(HighDose, at_1_mg_per_kg_h_the_interval_of_the_phase_holds) {
  rate(1);
  settle();
  minutes(10.9);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  minutes(0.2);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
}

TEST_F(HighDose, a_reading_counts_for_twice_the_shorter_interval) {
  rate(1.5);
  settle();
  const double shown_s = Recorder::since(now.wall) - 60;
  EXPECT_EQ(out.cuff_valid_until_s.back(), shown_s + 600);
}

TEST_F(HighDose, while_held_it_goes_on_and_in_recovery_it_is_over) {
  rate(1.5);
  settle();
  bed().infusion_hold(now);
  minutes(7.1);  // from the start of the hold
  EXPECT_EQ(priority("nibp-overdue"), Priority::low);
  bed().infusion_stop(now);
  EXPECT_EQ(bed().audience(), Audience::bed);
  minutes(16.9);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
}

TEST_F(HighDose, a_phase_without_cuff_readings_stays_without) {
  bed_.reset();
  profile.intervals[vitals::index_of(Phase::infusing)] = {};
  SetUp();
  rate(1.5);
  minutes(60);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
}

TEST_F(HighDose, every_alarm_calls_the_unit_from_its_start) {
  rate(1.5);
  EXPECT_EQ(bed().audience(), Audience::unit);
  stay(90, 16);
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->audience, Audience::unit);
  gone(Metric::spo2, Reason::sensor_off);
  wait(15);
  EXPECT_EQ(alarm("spo2-sensor")->audience, Audience::unit);
  device_alarm("196670", true);
  EXPECT_EQ(out.alarms.back().audience, Audience::unit)
      << "also one of the monitor that was not known before";
}

TEST_F(HighDose, an_alarm_that_is_there_calls_the_unit_when_the_rate_rises) {
  stay(90, 16);
  ASSERT_EQ(alarm("spo2-low")->audience, Audience::bed);
  rate(1.5);
  EXPECT_EQ(alarm("spo2-low")->audience, Audience::unit);
  rate(0.5);
  EXPECT_EQ(bed().audience(), Audience::bed);
  EXPECT_EQ(alarm("spo2-low")->audience, Audience::unit) << "nobody who was called is taken back";
}

TEST_F(HighDose, it_holds_after_a_restart) {
  rate(1.5);
  const infusion::View stored = bed().session(now);
  bed_.reset();
  linked();
  bed().restore_session(stored, now);
  EXPECT_EQ(bed().audience(), Audience::unit);
  stay(90, 16);
  EXPECT_EQ(alarm("spo2-low")->audience, Audience::unit);
}

}  // namespace
}  // namespace bed
