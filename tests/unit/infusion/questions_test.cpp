// A confirmation counts as the answer to a question, and to no other.
#include "daemon/infusion/questions.hpp"

#include <functional>
#include <vector>

#include "tests/unit/infusion/fixture.hpp"

namespace infusion {
namespace {

struct Asked : ::testing::Test {
  Questions questions;
  vitals::MonoTime now = test_start.mono;
  const Rate fast{2.5, RateUnit::mg_per_kg_h};
  const std::string text = "rate 2.5 mg/kg/h is above 2 mg/kg/h: confirm if this is right";

  bool answered(const Told& told, std::string_view login = "ns-1") {
    return questions.answered(login, told, text, now);
  }
};

TEST_F(Asked, an_answer_counts_once) {
  EXPECT_FALSE(answered(fast)) << "nobody has asked";
  questions.ask("ns-1", fast, text, now);
  EXPECT_TRUE(answered(fast));
  EXPECT_FALSE(answered(fast));
}

TEST_F(Asked, for_60_seconds) {
  questions.ask("ns-1", fast, text, now);
  now += 60s;
  EXPECT_TRUE(answered(fast));
  questions.ask("ns-1", fast, text, now);
  now += 60s + 1ms;
  EXPECT_FALSE(answered(fast));
}

TEST_F(Asked, by_the_login_that_was_asked) {
  questions.ask("ns-1", fast, text, now);
  EXPECT_FALSE(answered(fast, "ns-2"));
  EXPECT_TRUE(answered(fast));
}

TEST_F(Asked, about_the_same_values_and_the_same_doubt) {
  questions.ask("ns-1", fast, text, now);
  EXPECT_FALSE(answered(Rate{2.6, RateUnit::mg_per_kg_h}));
  EXPECT_FALSE(answered(Rate{2.5, RateUnit::mcg_per_kg_min}));
  EXPECT_FALSE(answered(usual_infusion()));
  EXPECT_FALSE(questions.answered("ns-1", fast, "weight 20 kg is outside 30-250 kg", now));
  EXPECT_TRUE(answered(fast));
}

TEST_F(Asked, whether_the_command_says_confirm_is_not_one_of_its_values) {
  InfusionStart told = usual_infusion();
  questions.ask("ns-1", told, text, now);
  told.confirmed = true;
  EXPECT_TRUE(answered(told));
}

TEST_F(Asked, about_the_same_bolus_and_the_same_infusion) {
  const HandBolus bolus{28, {}, 70};
  questions.ask("ns-1", bolus, text, now);
  for (const HandBolus& other : {HandBolus{29, {}, 70}, HandBolus{28, {}, 71}, HandBolus{{}, 0.4, 70}})
    EXPECT_FALSE(answered(other));
  EXPECT_TRUE(answered(bolus));
  questions.ask("ns-1", usual_infusion(), text, now);
  for (const auto& change : std::vector<std::function<void(InfusionStart&)>>{
           [](InfusionStart& r) { r.mg_per_kg = 1; }, [](InfusionStart& r) { r.kg = 71; },
           [](InfusionStart& r) { r.conc_mg_ml = 2; }, [](InfusionStart& r) { r.rate->value = 0.6; },
           [](InfusionStart& r) { r.planned = 60min; }, [](InfusionStart& r) { r.by = "pump"; }}) {
    InfusionStart other = usual_infusion();
    change(other);
    EXPECT_FALSE(answered(other));
  }
  EXPECT_TRUE(answered(usual_infusion()));
}

TEST_F(Asked, a_new_question_to_a_login_takes_the_place_of_its_last_one) {
  questions.ask("ns-1", fast, text, now);
  questions.ask("ns-1", Rate{3, RateUnit::mg_per_kg_h}, text, now);
  EXPECT_FALSE(answered(fast));
}

TEST_F(Asked, P9_the_oldest_of_very_many_is_forgotten) {
  for (std::size_t i = 0; i <= questions_max; ++i) questions.ask("ns-" + std::to_string(i), fast, text, now);
  EXPECT_FALSE(answered(fast, "ns-0"));
  for (std::size_t i = 1; i <= questions_max; ++i) EXPECT_TRUE(answered(fast, "ns-" + std::to_string(i)));
}

}  // namespace
}  // namespace infusion
