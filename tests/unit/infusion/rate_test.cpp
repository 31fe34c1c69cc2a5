// Units, bands, and what wants a second look before it is recorded.
#include "daemon/infusion/rate.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

TEST(Rates, convert_to_mg_per_h) {
  EXPECT_DOUBLE_EQ(*mg_per_h({35, RateUnit::mg_per_h}, {}, {}), 35);
  EXPECT_DOUBLE_EQ(*mg_per_h({0.5, RateUnit::mg_per_kg_h}, 70, {}), 35);
  EXPECT_NEAR(*mg_per_h({16.667, RateUnit::mcg_per_kg_min}, 70, {}), 70, 0.002);  // 1 mg/kg/h
  EXPECT_DOUBLE_EQ(*mg_per_h({17.5, RateUnit::ml_per_h}, {}, 2), 35);
  EXPECT_FALSE(mg_per_h({0.5, RateUnit::mg_per_kg_h}, {}, 2));
  EXPECT_FALSE(mg_per_h({17.5, RateUnit::ml_per_h}, 70, {}));
}

TEST(Rates, have_the_unit_names_of_the_contract) {
  EXPECT_EQ(name(RateUnit::mg_per_h), "mg/h");
  EXPECT_EQ(name(RateUnit::mg_per_kg_h), "mg/kg/h");
  EXPECT_EQ(name(RateUnit::mcg_per_kg_min), "mcg/kg/min");
  EXPECT_EQ(name(RateUnit::ml_per_h), "mL/h");
  EXPECT_EQ(rate_unit_named("mL/h"), RateUnit::ml_per_h);
  EXPECT_FALSE(rate_unit_named("ml/h"));
}

TEST(Bands, include_their_upper_end) {
  EXPECT_EQ(band_of(0), DoseBand::none);
  EXPECT_EQ(band_of(0.3), DoseBand::minimal);
  EXPECT_EQ(band_of(0.301), DoseBand::low);
  EXPECT_EQ(band_of(1), DoseBand::low);
  EXPECT_EQ(band_of(1.001), DoseBand::high);
  EXPECT_EQ(band_of(2), DoseBand::high);
  EXPECT_EQ(band_of(2.001), DoseBand::exceptional);
}

TEST(Bands, forgive_the_rounding_of_a_converted_rate) {
  const double mg_per_kg_h = *mg_per_h({16.667, RateUnit::mcg_per_kg_min}, 70, {}) / 70;
  EXPECT_GT(mg_per_kg_h, 1);
  EXPECT_EQ(band_of(mg_per_kg_h), DoseBand::low);
}

using Start = SessionTest;

TEST_F(Start, needs_a_weight_here_or_from_the_session) {
  InfusionStart request = usual_infusion();
  request.kg.reset();
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::invalid);
  EXPECT_EQ(session.phase(), Phase::none);
  SessionStart with_weight;
  with_weight.kg = 70;
  session.start(with_weight, now);
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::applied);
  EXPECT_EQ(session.view(now).rate_mg_per_h, 35);
}

TEST_F(Start, does_not_take_the_weight_of_an_ended_session) {
  go_to(Phase::ended);
  InfusionStart request = usual_infusion();
  request.kg.reset();
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::invalid);
}

TEST_F(Start, in_ml_per_h_needs_a_concentration) {
  InfusionStart request = usual_infusion();
  request.rate = Rate{17.5, RateUnit::ml_per_h};
  const Outcome outcome = session.infusion_start(request, now);
  EXPECT_EQ(outcome.verdict, Verdict::invalid);
  EXPECT_NE(outcome.text.find("conc_mg_ml"), std::string::npos);
  request.conc_mg_ml = 2;
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::applied);
  const View view = session.view(now);
  EXPECT_DOUBLE_EQ(*view.rate_mg_per_kg_h, 0.5);
  EXPECT_EQ(view.rate->value, 17.5) << "kept as told";
  EXPECT_EQ(view.band, DoseBand::low);
}

TEST_F(Start, by_dose_and_time_has_their_rate) {
  InfusionStart request;
  request.kg = 70;
  request.mg_per_kg = 0.5;
  request.planned = 40min;
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::applied);
  EXPECT_NEAR(*session.view(now).rate_mg_per_kg_h, 0.75, 1e-12);
  pass(40min);
  EXPECT_NEAR(session.dose(now).mg, 35, 1e-9);
  EXPECT_NEAR(*session.dose(now).mg_per_kg, 0.5, 1e-9);
}

TEST_F(Start, without_any_rate_is_invalid) {
  InfusionStart request;
  request.kg = 70;
  request.mg_per_kg = 0.5;
  EXPECT_EQ(session.infusion_start(request, now).verdict, Verdict::invalid);
}

struct Question {
  InfusionStart request;
  Verdict verdict;
  std::string word;  // that the text must contain
};

InfusionStart infusion_of(double kg, Rate rate, std::optional<double> mg_per_kg = {},
                          Milliseconds planned = 60min) {
  InfusionStart out;
  out.kg = kg;
  out.rate = rate;
  out.mg_per_kg = mg_per_kg;
  out.planned = planned;
  return out;
}

TEST_F(Start, asks_about_what_is_unusual_and_refuses_what_cannot_be) {
  constexpr auto per_kg = RateUnit::mg_per_kg_h;
  const std::vector<Question> questions{
      {infusion_of(70, {2, per_kg}), Verdict::applied, ""},
      {infusion_of(70, {2.1, per_kg}), Verdict::confirm_needed, "2.1 mg/kg/h"},
      {infusion_of(70, {7, per_kg}), Verdict::confirm_needed, "7 mg/kg/h"},
      {infusion_of(70, {7.1, per_kg}), Verdict::refused, "typing error"},
      {infusion_of(30, {0.5, per_kg}), Verdict::applied, ""},
      {infusion_of(29.9, {0.5, per_kg}), Verdict::confirm_needed, "29.9 kg"},
      {infusion_of(250.5, {0.5, per_kg}), Verdict::confirm_needed, "250.5 kg"},
      {infusion_of(0, {0.5, per_kg}), Verdict::invalid, "kg"},
      {infusion_of(-70, {0.5, per_kg}), Verdict::invalid, "kg"},
      {infusion_of(70, {0, per_kg}), Verdict::invalid, "infusion-hold"},
      {infusion_of(70, {-1, per_kg}), Verdict::invalid, "rate"},
      {infusion_of(70, {std::nan(""), per_kg}), Verdict::invalid, "rate"},
      {infusion_of(70, {0.5, per_kg}, 0.5), Verdict::applied, ""},
      {infusion_of(70, {0.5, per_kg}, 0.46), Verdict::applied, ""},
      {infusion_of(70, {0.5, per_kg}, 0.45), Verdict::confirm_needed, "rate x time gives 0.5 mg/kg"},
      {infusion_of(70, {0.5, per_kg}, 0.56), Verdict::confirm_needed, "planned are 0.56"},
  };
  for (std::size_t i = 0; i < questions.size(); ++i) {
    SCOPED_TRACE(i);
    session = Session("pain/b3", 15min);
    Question question = questions[i];
    const Outcome outcome = session.infusion_start(question.request, now);
    EXPECT_EQ(outcome.verdict, question.verdict) << outcome.text;
    EXPECT_NE(outcome.text.find(question.word), std::string::npos) << outcome.text;
    EXPECT_EQ(session.phase(), question.verdict == Verdict::applied ? Phase::infusing : Phase::none);

    question.request.confirmed = true;
    if (question.verdict == Verdict::confirm_needed) {
      EXPECT_EQ(session.infusion_start(question.request, now).verdict, Verdict::applied);
    }
  }
}

using Titration = SessionTest;

TEST_F(Titration, opens_at_the_start_and_at_each_increase_only) {
  go_to(Phase::infusing);
  EXPECT_TRUE(session.titrating(now));
  EXPECT_EQ(session.view(now).titrating_until, now.wall + 15min);
  pass(15min);
  EXPECT_FALSE(session.titrating(now));
  EXPECT_FALSE(session.view(now).titrating_until);
  session.rate({0.4, RateUnit::mg_per_kg_h}, false, now);
  EXPECT_FALSE(session.titrating(now)) << "a decrease";
  session.rate({28.0, RateUnit::mg_per_h}, false, now);
  EXPECT_FALSE(session.titrating(now)) << "the same rate in another unit";
  session.rate({0.6, RateUnit::mg_per_kg_h}, false, now);
  EXPECT_TRUE(session.titrating(now));
  session.stop(now);
  EXPECT_FALSE(session.titrating(now));
}

TEST_F(Titration, to_an_exceptional_rate_wants_confirmation) {
  go_to(Phase::infusing);
  EXPECT_EQ(session.rate({2.5, RateUnit::mg_per_kg_h}, false, now).verdict, Verdict::confirm_needed);
  EXPECT_EQ(session.view(now).rate_mg_per_h, 35);
  EXPECT_EQ(session.rate({2.5, RateUnit::mg_per_kg_h}, true, now).verdict, Verdict::applied);
  EXPECT_EQ(session.view(now).band, DoseBand::exceptional);
  EXPECT_EQ(session.rate({8, RateUnit::mg_per_kg_h}, true, now).verdict, Verdict::refused)
      << "confirmed or not";
  EXPECT_EQ(session.rate({10, RateUnit::ml_per_h}, true, now).verdict, Verdict::invalid)
      << "no concentration";
}

}  // namespace
}  // namespace infusion
