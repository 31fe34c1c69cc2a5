// The baseline that relative limits are measured from.
#include <array>

#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

using vitals::Metric;

struct BaselineTest : SessionTest {
  BaselineTest() { session.start({}, now); }
  void stream(Metric metric, double value, Milliseconds length, Milliseconds step = 1s) {
    for (Milliseconds passed{0}; passed < length; passed += step) {
      session.observe(metric, value, now);
      pass(step);
    }
  }
  bool cuff(double sbp, double dbp, std::optional<double> map = {}) {
    return session.observe_cuff({now, sbp, dbp, map});
  }
  // The process is another one, with another monotonic clock.
  void restart(Milliseconds away) {
    const View kept = session.view(now);
    pass(away);
    now.mono += 77'000s;
    session = Session("pain/b3", 15min);
    session.restore(kept, now);
  }
  const Baseline& at_infusion() {
    EXPECT_EQ(session.infusion_start(usual_infusion(), now).verdict, Verdict::applied);
    static const Baseline nothing;
    return session.baseline() ? *session.baseline() : nothing;
  }
};

TEST_F(BaselineTest, is_the_median_per_metric) {
  stream(Metric::pr, 60, 40s);
  stream(Metric::pr, 72, 41s);
  cuff(120, 70);
  pass(3min);
  cuff(130, 74);
  const Baseline& baseline = at_infusion();
  EXPECT_EQ(baseline.rate, 72);
  EXPECT_EQ(baseline.sbp, 125) << "even number: the mean of the middle two";
  EXPECT_EQ(baseline.dbp, 72);
  EXPECT_FALSE(baseline.map);
  EXPECT_FALSE(baseline.spo2);
  EXPECT_EQ(baseline.t, now.wall);
  EXPECT_FALSE(baseline.overridden);
  EXPECT_TRUE(session.has_baseline());
}

TEST_F(BaselineTest, needs_a_minute_of_a_stream) {
  stream(Metric::spo2, 97, 60s);  // the last of them stands for no time yet: 59 s
  EXPECT_FALSE(at_infusion().spo2);
}

TEST_F(BaselineTest, takes_a_minute_of_a_stream) {
  stream(Metric::spo2, 97, 61s);
  EXPECT_EQ(at_infusion().spo2, 97);
  EXPECT_FALSE(session.has_baseline()) << "relative rules need a pressure";
}

TEST_F(BaselineTest, takes_a_slow_feed) {
  stream(Metric::spo2, 97, 70s, 10s);
  EXPECT_EQ(at_infusion().spo2, 97);
}

TEST_F(BaselineTest, does_not_take_a_few_readings_far_apart) {
  stream(Metric::spo2, 97, 4min, 2min);
  EXPECT_FALSE(at_infusion().spo2);
}

TEST_F(BaselineTest, takes_no_longer_than_the_last_five_minutes_of_a_stream) {
  stream(Metric::spo2, 90, 10min);
  stream(Metric::spo2, 98, 4min);
  pass(1ms);
  EXPECT_EQ(at_infusion().spo2, 98);
}

TEST_F(BaselineTest, forgets_a_stream_that_ended_long_ago) {
  stream(Metric::spo2, 97, 2min);
  pass(6min);
  EXPECT_FALSE(at_infusion().spo2);
}

TEST_F(BaselineTest, needs_two_cuff_readings) {
  cuff(120, 70);
  pass(29s);
  cuff(124, 70);  // too soon to be another measurement
  EXPECT_FALSE(at_infusion().sbp);
  EXPECT_FALSE(session.has_baseline());
}

TEST_F(BaselineTest, takes_two_cuff_readings_half_a_minute_apart) {
  cuff(120, 70);
  pass(30s);
  cuff(124, 70);
  EXPECT_EQ(at_infusion().sbp, 122) << "refusing it would leave the infusion without relative limits";
}

TEST_F(BaselineTest, parts_of_one_measurement_may_come_one_by_one) {
  EXPECT_TRUE(session.observe_cuff({now, 120, {}, {}}));
  EXPECT_TRUE(session.observe_cuff({now, {}, 70, {}}));
  EXPECT_FALSE(session.observe_cuff({now, {}, 70, {}})) << "told again";
  pass(3min);
  cuff(124, 74, 90);
  const Baseline& baseline = at_infusion();
  EXPECT_EQ(baseline.sbp, 122);
  EXPECT_EQ(baseline.dbp, 72);
  EXPECT_FALSE(baseline.map) << "one mean is not enough";
}

TEST_F(BaselineTest, rests_on_the_newest_twenty_cuff_readings) {
  for (int i = 0; i < 20; ++i, pass(3min)) cuff(180, 90);
  for (int i = 0; i < 20; ++i, pass(3min)) cuff(120, 70);
  EXPECT_EQ(session.view(now).baseline_cuffs.size(), cuff_readings_max);
  EXPECT_EQ(at_infusion().sbp, 120);
  EXPECT_TRUE(session.view(now).baseline_cuffs.empty()) << "of no use once the infusion runs";
}

TEST_F(BaselineTest, P2_cuff_readings_survive_a_restart) {
  cuff(120, 70);
  pass(4min);
  cuff(130, 74);
  restart(30s);
  const Baseline& baseline = at_infusion();
  EXPECT_EQ(baseline.sbp, 125);
  EXPECT_EQ(baseline.dbp, 72);
  EXPECT_TRUE(session.has_baseline());
}

TEST_F(BaselineTest, one_measurement_told_again_after_a_restart_is_still_one) {
  cuff(120, 70);
  restart(5min);
  EXPECT_FALSE(cuff(120, 70)) << "a monitor that names no time";
  pass(1min);
  EXPECT_TRUE(cuff(121, 71)) << "another one";
  EXPECT_EQ(at_infusion().sbp, 120.5);
}

TEST_F(BaselineTest, a_reading_with_the_time_of_a_known_one_is_that_one_after_a_restart_too) {
  cuff(120, 70);
  const Stamp first = now;
  restart(5min);
  Stamp again{now.mono - (now.wall - first.wall), first.wall};
  again.mono += 1s;  // whole seconds, told by another connection
  session.observe_cuff({again, 120, 70, 85});
  again.mono -= 2s;
  session.observe_cuff({again, 120, 70, {}});
  EXPECT_FALSE(at_infusion().sbp);
}

TEST_F(BaselineTest, a_reading_that_is_told_late_joins_no_newer_one) {
  session.observe_cuff({now, 120, {}, {}});
  Stamp before = now;
  before.mono -= 10s;
  before.wall -= 10s;
  EXPECT_FALSE(session.observe_cuff({before, 150, 95, 110}));
  pass(3min);
  cuff(124, 72);
  const Baseline& baseline = at_infusion();
  EXPECT_EQ(baseline.sbp, 122);
  EXPECT_FALSE(baseline.dbp) << "of one reading alone";
}

TEST_F(BaselineTest, cuff_readings_of_a_record_of_another_phase_are_none) {
  at_infusion();
  View kept = session.view(now);
  kept.baseline_cuffs.push_back({now, 120, 70, {}});
  session.restore(kept, now);
  EXPECT_TRUE(session.view(now).baseline_cuffs.empty());
}

TEST_F(BaselineTest, an_old_record_of_very_many_readings_is_cut_to_the_newest) {
  View kept = session.view(now);
  for (int i = 0; i < 100; ++i) kept.baseline_cuffs.push_back({now, i < 80 ? 180.0 : 120.0, 70, {}});
  session.restore(kept, now);
  EXPECT_EQ(session.view(now).baseline_cuffs.size(), cuff_readings_max);
  EXPECT_EQ(at_infusion().sbp, 120);
}

TEST_F(BaselineTest, from_an_arterial_line_is_a_stream) {
  stream(Metric::art_sys, 131, 61s, 10ms);
  EXPECT_EQ(at_infusion().sbp, 131);
}

TEST_F(BaselineTest, is_frozen_at_infusion_start) {
  stream(Metric::pr, 72, 2min);
  at_infusion();
  stream(Metric::pr, 110, 10min);
  session.stop(now);
  EXPECT_EQ(session.infusion_start(usual_infusion(), now).verdict, Verdict::applied);
  EXPECT_EQ(session.baseline()->rate, 72);
}

TEST_F(BaselineTest, set_by_command_wins_over_the_measured_one_value_by_value) {
  stream(Metric::pr, 72, 2min);
  Baseline told;
  told.sbp = 128;
  EXPECT_EQ(session.set_baseline(told, now).verdict, Verdict::applied);
  EXPECT_TRUE(session.has_baseline());
  EXPECT_EQ(at_infusion().sbp, 128);
  EXPECT_EQ(session.baseline()->rate, 72);
  EXPECT_TRUE(session.baseline()->overridden);
  told = {};
  told.rate = 80;
  session.set_baseline(told, now);
  EXPECT_EQ(session.baseline()->rate, 80);
  EXPECT_EQ(session.baseline()->sbp, 128);
}

TEST_F(BaselineTest, all_five_that_a_person_has_set_stay) {
  const std::array<std::pair<std::optional<double> Baseline::*, double>, 5> all{{{&Baseline::rate, 80},
                                                                                 {&Baseline::spo2, 95},
                                                                                 {&Baseline::sbp, 128},
                                                                                 {&Baseline::dbp, 78},
                                                                                 {&Baseline::map, 95}}};
  Baseline told;
  for (const auto& [item, value] : all) told.*item = value;
  session.set_baseline(told, now);
  const Stamp set = now;
  stream(Metric::hr, 60, 61s);
  stream(Metric::spo2, 99, 61s);
  cuff(110, 60, 77);
  pass(3min);
  cuff(110, 60, 77);
  const Baseline& frozen = at_infusion();
  for (const auto& [item, value] : all) EXPECT_EQ(frozen.*item, value);
  EXPECT_EQ(frozen.t, set.wall) << "when it was set";
}

TEST_F(BaselineTest, may_be_of_one_value_alone) {
  const auto alone = [&](auto measure) {
    session = Session("pain/b3", 15min);
    session.start({}, now);
    measure();
    const Baseline b = at_infusion();
    return std::array{b.rate, b.spo2, b.sbp, b.dbp, b.map};
  };
  using Five = std::array<std::optional<double>, 5>;
  const auto cuffs = [&](BaselineCuff one) {
    for (int i = 0; i < 2; ++i, pass(3min)) {
      one.at = now;
      session.observe_cuff(one);
    }
  };
  EXPECT_EQ(alone([&] { stream(Metric::hr, 60, 61s); }), (Five{60}));
  EXPECT_EQ(alone([&] { stream(Metric::spo2, 97, 61s); }), (Five{std::nullopt, 97}));
  EXPECT_EQ(alone([&] { cuffs({now, 120, {}, {}}); }), (Five{std::nullopt, std::nullopt, 120}));
  EXPECT_EQ(alone([&] { cuffs({now, {}, 70, {}}); }), (Five{std::nullopt, std::nullopt, std::nullopt, 70}));
  EXPECT_EQ(alone([&] {
              cuffs({now, {}, {}, 90});
            }),
            (Five{std::nullopt, std::nullopt, std::nullopt, std::nullopt, 90}));
  EXPECT_EQ(alone([] {}), Five{});
  EXPECT_FALSE(session.baseline());
}

TEST_F(BaselineTest, the_parts_of_a_cuff_reading_are_no_stream) {
  for (const Metric part : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) stream(part, 120, 61s);
  const Baseline& frozen = at_infusion();
  EXPECT_FALSE(frozen.sbp || frozen.dbp || frozen.map);
}

TEST_F(BaselineTest, of_an_odd_number_of_cuff_readings_is_the_middle_one) {
  for (const double sbp : {140.0, 118.0, 121.0}) {
    cuff(sbp, 70);
    pass(3min);
  }
  EXPECT_EQ(at_infusion().sbp, 121);
}

TEST_F(BaselineTest, is_of_the_baseline_phase_and_not_of_the_time_before) {
  session = Session("pain/b3", 15min);
  SessionStart later;
  later.at = now.wall + 1h;
  session.start(later, now);
  stream(Metric::pr, 72, 2min);
  session.start({}, now);
  EXPECT_FALSE(at_infusion().rate);
}

TEST_F(BaselineTest, a_fast_stream_counts_for_all_of_its_five_minutes) {
  stream(Metric::art_sys, 120, 190s, 100ms);
  stream(Metric::art_sys, 140, 100s, 100ms);
  EXPECT_EQ(at_infusion().sbp, 120);
}

TEST_F(BaselineTest, takes_no_cuff_reading_of_another_phase) {
  at_infusion();
  EXPECT_FALSE(cuff(120, 70)) << "nothing that a restart would need";
  session.stop(now);
  EXPECT_FALSE(cuff(120, 70));
}

TEST_F(BaselineTest, another_number_after_a_restart_is_another_measurement) {
  cuff(120, 70, 85);
  restart(5min);
  EXPECT_TRUE(cuff(120, 71, 85));
  session.end(now);
  session.start({}, now);
  cuff(120, 70, 85);
  restart(5min);
  EXPECT_TRUE(cuff(120, 70, 86));
}

TEST_F(BaselineTest, set_without_a_pressure_runs_relative_rules_all_the_same) {
  EXPECT_FALSE(session.has_baseline());
  Baseline told;
  told.rate = 80;
  session.set_baseline(told, now);
  EXPECT_TRUE(session.has_baseline()) << "a person has looked at it";
}

TEST_F(BaselineTest, knows_the_oxygen_that_the_patient_had) {
  NurseObservation observed;
  observed[Item::o2_l_min] = 2;
  session.note(observed, now);
  cuff(120, 70);
  pass(3min);
  cuff(124, 72);
  EXPECT_EQ(at_infusion().o2_l_min, 2);
  observed[Item::o2_l_min] = 5;
  session.note(observed, now);
  EXPECT_EQ(session.baseline()->o2_l_min, 2);
  session.stop(now);
  session.infusion_start(usual_infusion(), now);
  EXPECT_EQ(session.baseline()->o2_l_min, 2) << "of before the first infusion";
}

TEST_F(BaselineTest, that_cannot_be_is_invalid) {
  Baseline told;
  EXPECT_EQ(session.set_baseline(told, now).verdict, Verdict::invalid) << "nothing in it";
  told.spo2 = 101;
  EXPECT_EQ(session.set_baseline(told, now).verdict, Verdict::invalid);
  told = {};
  told.sbp = 80;
  told.dbp = 90;
  EXPECT_EQ(session.set_baseline(told, now).verdict, Verdict::invalid);
  told = {};
  told.sbp = 120;
  session.set_baseline(told, now);
  told = {};
  told.dbp = 130;
  EXPECT_EQ(session.set_baseline(told, now).verdict, Verdict::invalid) << "above the sbp that stands";
  EXPECT_FALSE(session.baseline()->dbp);
}

TEST_F(BaselineTest, belongs_to_one_session) {
  stream(Metric::pr, 72, 2min);
  at_infusion();
  session.stop(now);
  session.end(now);
  session.start({}, now);
  EXPECT_FALSE(session.baseline());
  EXPECT_FALSE(at_infusion().rate) << "readings of the last session";
}

}  // namespace
}  // namespace infusion
