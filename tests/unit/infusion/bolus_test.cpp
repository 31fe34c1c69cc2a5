// A bolus that a person has given: part of the dose, watched as an increase, and asked about where unusual.
#include <cmath>

#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

struct ByHand : SessionTest {
  Outcome give(std::optional<double> mg, std::optional<double> mg_per_kg = {}, std::optional<double> kg = {},
               bool confirmed = false) {
    return session.give_bolus({mg, mg_per_kg, kg}, confirmed, now);
  }
  static bool says(const Outcome& outcome, std::string_view words) {
    return outcome.text.find(words) != std::string::npos;
  }
};

TEST_F(ByHand, adds_to_the_dose_and_opens_titrating_and_leaves_the_rate) {
  go_to(Phase::infusing);
  pass(60min);  // 35 mg at 35 mg/h
  ASSERT_FALSE(session.titrating(now));
  EXPECT_EQ(give({}, 0.2).verdict, Verdict::applied);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 49);
  EXPECT_TRUE(session.titrating(now));
  EXPECT_EQ(session.view(now).titrating_until, now.wall + 15min);
  EXPECT_EQ(session.view(now).rate_mg_per_h, 35);
  EXPECT_EQ(session.view(now).t_start, now.wall - 60min);
  EXPECT_FALSE(session.view(now).bolus) << "it does not run";
  pass(60min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 84);
}

TEST_F(ByHand, before_the_infusion_begins_one_without_a_rate) {
  go_to(Phase::baseline);
  session.observe_cuff({now, 120, 70, {}});
  pass(3min);
  session.observe_cuff({now, 124, 72, {}});
  EXPECT_EQ(give(14, {}, 70).verdict, Verdict::applied);
  EXPECT_EQ(session.phase(), Phase::infusing) << "the drug is in the patient";
  EXPECT_EQ(session.baseline()->sbp, 122) << "what is measured from now on is no baseline";
  EXPECT_TRUE(session.gate_wanted());
  EXPECT_EQ(session.band(), DoseBand::none);
  EXPECT_FALSE(session.view(now).rate);
  pass(60min);
  EXPECT_EQ(session.dose(now).mg, 14) << "nothing flows";
}

TEST_F(ByHand, after_it_infusion_start_tells_the_rate) {
  go_to(Phase::baseline);
  give(14, {}, 70);
  session.keep_gate({});
  const Stamp begun = now;
  pass(5min);
  InfusionStart start = usual_infusion();
  start.planned = 60min;
  EXPECT_EQ(session.infusion_start(start, now).verdict, Verdict::applied);
  EXPECT_FALSE(session.gate_wanted()) << "the gate was looked at before the drug was given";
  EXPECT_EQ(session.view(now).t_start, begun.wall);
  EXPECT_EQ(session.phase_since(), begun.mono) << "it puts off nothing that is due";
  EXPECT_EQ(session.overtime_at(), now.mono + 60min) << "what is planned is planned from now on";
  pass(60min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 49);
  EXPECT_EQ(session.infusion_start(start, now).verdict, Verdict::refused) << "now one runs";
}

TEST_F(ByHand, while_held_the_pump_stays_at_rest) {
  go_to(Phase::held);
  pass(20min);
  EXPECT_EQ(give(7).verdict, Verdict::applied);
  EXPECT_EQ(session.phase(), Phase::held);
  EXPECT_TRUE(session.titrating(now));
  pass(60min);
  EXPECT_DOUBLE_EQ(session.dose(now).mg, 7);
}

TEST_F(ByHand, in_recovery_it_is_an_infusion_again_and_recovery_counts_anew) {
  go_to(Phase::recovery);
  pass(50min);
  EXPECT_EQ(give(7).verdict, Verdict::applied);
  EXPECT_EQ(session.phase(), Phase::infusing);
  session.stop(now);
  EXPECT_EQ(session.phase(), Phase::recovery);
  EXPECT_EQ(session.phase_since(), now.mono);
}

TEST_F(ByHand, that_begins_an_infusion_leaves_the_concentration_of_the_session) {
  InfusionStart start = usual_infusion();
  start.rate = Rate{17.5, RateUnit::ml_per_h};
  start.conc_mg_ml = 2;
  session.infusion_start(start, now);
  session.stop(now);
  EXPECT_EQ(give(7).verdict, Verdict::applied);
  EXPECT_EQ(session.view(now).conc_mg_ml, 2);
  start.conc_mg_ml.reset();
  EXPECT_EQ(session.infusion_start(start, now).verdict, Verdict::applied);
  EXPECT_EQ(session.view(now).rate_mg_per_h, 35);
}

TEST_F(ByHand, without_a_session_opens_one_as_infusion_start_does) {
  for (const Phase phase : {Phase::none, Phase::scheduled, Phase::ended}) {
    session = Session("pain/b3", 15min);
    go_to(phase);
    EXPECT_EQ(give(14, {}, 70).verdict, Verdict::applied) << name(phase);
    EXPECT_EQ(session.phase(), Phase::infusing);
    EXPECT_EQ(session.dose(now).mg, 14);
  }
  session.stop(now);
  session.end(now);
  EXPECT_TRUE(says(give(14), "kg is missing")) << "the weight was of the session that ended";
}

TEST_F(ByHand, above_0_35_mg_per_kg_is_to_be_confirmed) {
  go_to(Phase::infusing);
  EXPECT_EQ(give({}, 0.35).verdict, Verdict::applied);
  EXPECT_EQ(give(24.5).verdict, Verdict::applied) << "0.35 mg/kg of 70 kg";
  const double before = session.dose(now).mg;
  const Outcome question = give({}, 0.36);
  EXPECT_EQ(question.verdict, Verdict::confirm_needed);
  EXPECT_TRUE(says(question, "bolus 0.36 mg/kg is above 0.35 mg/kg")) << question.text;
  EXPECT_EQ(session.dose(now).mg, before) << "a question changes nothing";
  EXPECT_EQ(give({}, 0.36, {}, true).verdict, Verdict::applied);
  EXPECT_EQ(give({}, 4.5, {}, true).verdict, Verdict::applied);
  const Outcome typo = give({}, 4.6, {}, true);
  EXPECT_EQ(typo.verdict, Verdict::refused);
  EXPECT_TRUE(says(typo, "typing error")) << typo.text;
}

TEST_F(ByHand, needs_one_amount_and_the_weight) {
  go_to(Phase::baseline);
  EXPECT_TRUE(says(give(14), "kg is missing"));
  EXPECT_TRUE(says(give({}, 0.2), "kg is missing"));
  EXPECT_TRUE(says(give({}, {}, 70), "either mg or mg_per_kg"));
  EXPECT_TRUE(says(give(14, 0.2, 70), "either mg or mg_per_kg"));
  EXPECT_TRUE(says(give(14, {}, 0), "kg must be above 0"));
  for (const double mg : {0.0, -1.0, std::nan("")})
    EXPECT_EQ(give(mg, {}, 70).verdict, Verdict::invalid) << mg;
  const Outcome light = give(5, {}, 20);
  EXPECT_EQ(light.verdict, Verdict::confirm_needed);
  EXPECT_TRUE(says(light, "weight 20 kg")) << light.text;
  EXPECT_EQ(session.phase(), Phase::baseline);
  EXPECT_EQ(give(14, {}, 70).verdict, Verdict::applied);
  EXPECT_EQ(give(14, {}, 70).verdict, Verdict::applied) << "the same weight again";
  EXPECT_TRUE(says(give(14, {}, 71), "kg is 70 in this session"));
}

TEST_F(ByHand, P2_survives_a_restart) {
  go_to(Phase::baseline);
  give(14, {}, 70);
  pass(1min);
  const View kept = session.view(now);
  ASSERT_TRUE(kept.last_bolus);
  EXPECT_EQ(kept.last_bolus->mg, 14);
  EXPECT_EQ(kept.last_bolus->t, now.wall - 1min);
  session = Session("pain/b3", 15min);
  pass(1min);
  session.restore(kept, now);
  EXPECT_EQ(session.phase(), Phase::infusing);
  EXPECT_EQ(session.dose(now).mg, 14);
  EXPECT_EQ(session.view(now).last_bolus->mg, 14);
  EXPECT_TRUE(session.titrating(now));
  EXPECT_EQ(session.infusion_start(usual_infusion(), now).verdict, Verdict::applied) << "still no rate";
  session.stop(now);
  session.end(now);
  session.start({}, now);
  EXPECT_FALSE(session.view(now).last_bolus) << "of one session";
}

}  // namespace
}  // namespace infusion
