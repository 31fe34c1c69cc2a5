// What a session does not take from a person or a pump: slips of the keyboard, a missing weight, figures that
// cannot be. Whatever is not taken changes nothing.
#include <cmath>
#include <limits>

#include "daemon/infusion/rate.hpp"
#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double endless = std::numeric_limits<double>::infinity();

struct Refusal : SessionTest {
  void expect_invalid(const Outcome& outcome, const std::string& why) {
    EXPECT_EQ(outcome.verdict, Verdict::invalid) << outcome.text;
    EXPECT_NE(outcome.text.find(why), std::string::npos) << outcome.text;
  }
  Outcome baseline(std::optional<double> Baseline::*item, double value) {
    Baseline request;
    request.*item = value;
    return session.set_baseline(request, now);
  }
};

TEST_F(Refusal, of_a_session) {
  const auto start = [&](auto change) {
    SessionStart request;
    change(request);
    return session.start(request, now);
  };
  for (const double kg : {0.0, -70.0, 701.0, not_a_number})
    expect_invalid(start([&](SessionStart& r) { r.kg = kg; }), "kg must be above 0");
  for (const char* name : {"Mrs Miller", "a_b", "1/2", "a{b", "ö", "123456789012345678901234567890123"}) {
    expect_invalid(start([&](SessionStart& r) { r.session = name; }), "pseudonym");
    expect_invalid(start([&](SessionStart& r) { r.series.series = name; }), "pseudonym");
  }
  expect_invalid(start([](SessionStart& r) { r.series.n = 1; }), "need a series");
  expect_invalid(start([](SessionStart& r) { r.series.m = 6; }), "need a series");
  expect_invalid(start([](SessionStart& r) { r.series = {"k-1", 7, 6}; }), "n must be at most m");
  expect_invalid(start([](SessionStart& r) { r.series = {"k-1", 2, 1}; }), "n must be at most m");
  EXPECT_EQ(session.phase(), Phase::none);
  EXPECT_EQ(start([](SessionStart& r) { r.session = "Az-09"; }).verdict, Verdict::applied);
}

TEST_F(Refusal, of_a_baseline) {
  go_to(Phase::baseline);
  expect_invalid(session.set_baseline({}, now), "at least one");
  const std::pair<std::optional<double> Baseline::*, std::pair<double, double>> bounds[] = {
      {&Baseline::rate, {1, 350}},
      {&Baseline::spo2, {1, 100}},
      {&Baseline::sbp, {25, 290}},
      {&Baseline::dbp, {10, 250}},
      {&Baseline::map, {15, 260}}};
  for (const auto& [item, range] : bounds) {
    expect_invalid(baseline(item, range.first - 0.5), "must be");
    expect_invalid(baseline(item, range.second + 0.5), "must be");
    expect_invalid(baseline(item, not_a_number), "must be");
  }
  EXPECT_FALSE(session.view(now).baseline);
  for (const auto& [item, range] : bounds) {
    for (const double end : {range.first, range.second}) {
      Session fresh{"pain/b3", 15min};
      fresh.start({}, now);
      Baseline request;
      request.*item = end;
      EXPECT_EQ(fresh.set_baseline(request, now).verdict, Verdict::applied);
    }
  }
}

TEST_F(Refusal, of_a_baseline_that_stands_upside_down_with_what_was_set_before) {
  go_to(Phase::baseline);
  EXPECT_EQ(baseline(&Baseline::sbp, 120).verdict, Verdict::applied);
  EXPECT_FALSE(session.view(now).baseline->dbp);
  expect_invalid(baseline(&Baseline::dbp, 120), "set both");
  EXPECT_EQ(baseline(&Baseline::dbp, 119).verdict, Verdict::applied);
  expect_invalid(baseline(&Baseline::sbp, 100), "set both");
  EXPECT_EQ(session.view(now).baseline->sbp, 120);
}

TEST_F(Refusal, of_an_infusion) {
  const auto start = [&](auto change) {
    InfusionStart request = usual_infusion();
    change(request);
    return session.infusion_start(request, now);
  };
  for (const double kg : {0.0, -1.0, 700.5, not_a_number})
    expect_invalid(start([&](InfusionStart& r) { r.kg = kg; }), "kg must be above 0");
  for (const double conc : {0.0, -1.0, 101.0, not_a_number})
    expect_invalid(start([&](InfusionStart& r) { r.conc_mg_ml = conc; }), "conc_mg_ml must be");
  for (const double dose : {0.0, -1.0, not_a_number, endless})
    expect_invalid(start([&](InfusionStart& r) { r.mg_per_kg = dose; }), "mg_per_kg must be");
  for (const auto planned : {0ms, -60'000ms})
    expect_invalid(start([&](InfusionStart& r) { r.planned = planned; }), "planned_min must be");
  for (const double value : {0.0, -0.5, not_a_number, endless})
    expect_invalid(start([&](InfusionStart& r) { r.rate->value = value; }), "rate must be above 0");
  expect_invalid(start([](InfusionStart& r) { r.kg.reset(); }), "kg is missing");
  expect_invalid(start([](InfusionStart& r) { r.rate.reset(); }), "rate and rate_unit are missing");
  expect_invalid(start([](InfusionStart& r) {
                   r.rate.reset();
                   r.mg_per_kg = 0.5;
                 }),
                 "rate and rate_unit are missing");
  expect_invalid(start([](InfusionStart& r) {
                   r.rate.reset();
                   r.planned = 60min;
                 }),
                 "rate and rate_unit are missing");
  expect_invalid(start([](InfusionStart& r) { r.rate->unit = RateUnit::ml_per_h; }), "conc_mg_ml is missing");
  const Outcome typo = start([](InfusionStart& r) { r.rate->value = 1e300; });
  EXPECT_EQ(typo.verdict, Verdict::refused);
  EXPECT_NE(typo.text.find("typing error"), std::string::npos);
  EXPECT_EQ(session.phase(), Phase::none);
}

TEST_F(Refusal, doubts_are_asked_together) {
  InfusionStart request;
  request.kg = 20;
  request.rate = Rate{2.5, RateUnit::mg_per_kg_h};
  request.mg_per_kg = 0.5;
  request.planned = 60min;
  const Outcome outcome = session.infusion_start(request, now);
  EXPECT_EQ(outcome.verdict, Verdict::confirm_needed);
  for (const char* reason : {"weight 20 kg", "rate x time gives 2.5 mg/kg, planned are 0.5", "; "})
    EXPECT_NE(outcome.text.find(reason), std::string::npos) << outcome.text;
  request.confirmed = true;
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::applied);
}

TEST_F(Refusal, of_a_bolus) {
  EXPECT_EQ(session.bolus(100, 70, now).verdict, Verdict::refused) << "no session";
  go_to(Phase::baseline);
  expect_invalid(session.bolus(100, {}, now), "kg is missing");
  expect_invalid(session.bolus(100, 800, now), "kg is missing");
  for (const double flow : {0.0, -5.0, not_a_number})
    EXPECT_EQ(session.bolus(flow, 70, now).verdict, Verdict::refused);
  EXPECT_EQ(session.bolus(1e9, 70, now).verdict, Verdict::refused);
  EXPECT_EQ(session.phase(), Phase::baseline);
}

TEST_F(Refusal, of_a_bolus_after_the_end_and_of_the_pumps_weight_against_the_sessions) {
  go_to(Phase::infusing);
  session.hold(now);
  EXPECT_EQ(session.bolus(70, 7, now).verdict, Verdict::applied);
  EXPECT_EQ(session.phase(), Phase::infusing) << "a bolus while held: the pump runs again";
  EXPECT_EQ(session.view(now).kg, 70);
  session.stop(now);
  EXPECT_EQ(session.bolus(70, 70, now).verdict, Verdict::refused);
}

TEST_F(Refusal, of_a_bolus_of_the_pump_before_and_after_the_infusion) {
  for (const Phase phase : {Phase::none, Phase::scheduled, Phase::recovery, Phase::ended}) {
    session = Session{"pain/b3", 15min};
    go_to(phase);
    EXPECT_EQ(session.bolus(70, 70, now).verdict, Verdict::refused) << name(phase);
    EXPECT_EQ(session.phase(), phase);
  }
}

TEST_F(Refusal, of_infusion_start_while_the_pump_gives_a_bolus) {
  go_to(Phase::baseline);
  EXPECT_EQ(session.bolus(70, 70, now).verdict, Verdict::applied);
  EXPECT_EQ(session.phase(), Phase::infusing) << "a bolus begins it";
  EXPECT_EQ(session.dose(now).mg, 0);
  pass(6min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 7);
  EXPECT_EQ(session.bolus(140, {}, now).verdict, Verdict::applied) << "faster now; the weight is known";
  EXPECT_EQ(session.infusion_start(usual_infusion(), now).verdict, Verdict::refused);
  session.bolus_over(now);
  EXPECT_FALSE(session.bolus_runs());
  EXPECT_EQ(session.infusion_start(usual_infusion(), now).verdict, Verdict::applied) << "it tells the rate";
}

TEST_F(Refusal, of_a_rate_whose_numbers_overflow) {
  InfusionStart request = usual_infusion();
  request.rate = Rate{1e308, RateUnit::ml_per_h};
  request.conc_mg_ml = 100;
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::refused);
  EXPECT_EQ(session.phase(), Phase::none);
}

TEST_F(Refusal, a_planned_dose_without_a_time_is_compared_with_nothing) {
  InfusionStart request = usual_infusion();
  request.mg_per_kg = 3;
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::applied);
  EXPECT_EQ(session.view(now).planned_mg_per_kg, 3);
}

TEST_F(Refusal, of_rates_that_lack_what_their_unit_needs) {
  EXPECT_EQ(mg_per_h({5, RateUnit::mg_per_h}, {}, {}), 5);
  EXPECT_FALSE(mg_per_h({5, RateUnit::mg_per_kg_h}, {}, 10));
  EXPECT_FALSE(mg_per_h({5, RateUnit::mcg_per_kg_min}, {}, 10));
  EXPECT_FALSE(mg_per_h({5, RateUnit::ml_per_h}, 70, {}));
}

TEST_F(Refusal, of_what_a_record_cannot_say) {
  View view;
  view.phase = Phase::infusing;
  view.session = "s-1";
  view.as_of = now.wall;
  view.t_start = now.wall - 1h;
  view.phase_since = now.wall - 1h;
  view.rate = Rate{not_a_number, RateUnit::mg_per_h};
  view.dose_mg = -3;
  view.held = -1min;
  for (const double kg : {0.0, -1.0, 701.0, not_a_number}) {
    view.kg = kg;
    Session restored{"pain/b3", 15min};
    restored.restore(view, now);
    const View now_is = restored.view(now);
    EXPECT_FALSE(now_is.kg);
    EXPECT_FALSE(now_is.rate_mg_per_kg_h) << "no weight, so no dose by weight";
    EXPECT_EQ(now_is.dose_mg, 0);
    EXPECT_EQ(now_is.held, 0s);
    EXPECT_EQ(now_is.t_start, now.wall - 1h);
  }
}

TEST_F(Refusal, of_readings_that_are_no_baseline) {
  go_to(Phase::baseline);
  for (int turn = 0; turn < 60; ++turn) {
    pass(5s);
    session.observe(vitals::Metric::rr, 14, now);
    session.observe(vitals::Metric::temp, 36.6, now);
    session.observe(vitals::Metric::spo2, not_a_number, now);
    session.observe(vitals::Metric::art_sys, 121, now);
    session.observe(vitals::Metric::art_dia, 71, now);
    session.observe(vitals::Metric::art_map, 90, now);
  }
  session.infusion_start(usual_infusion(), now);
  const auto frozen = session.view(now).baseline;
  ASSERT_TRUE(frozen);
  EXPECT_EQ(frozen->sbp, 121);
  EXPECT_EQ(frozen->dbp, 71);
  EXPECT_EQ(frozen->map, 90);
  EXPECT_FALSE(frozen->spo2);
  EXPECT_FALSE(frozen->rate);
}

}  // namespace
}  // namespace infusion
