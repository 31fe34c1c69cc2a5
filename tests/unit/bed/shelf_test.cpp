// What a person in charge may set aside at a bed, and what nobody may.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using alarms::AckVerdict;
using alarms::Inhibit;

struct BedShelfTest : OneBed {
  void SetUp() override {
    linked();
    stay(97, 1);
  }
  alarms::AckResult shelve(std::string_view condition, double s = 600) {
    return bed().shelve(condition, seconds(s), "charge-1/rn-2", now);
  }
};

TEST_F(BedShelfTest, it_is_told_kept_and_logged) {
  const int states = out.states;
  ASSERT_EQ(shelve("sbp-high").verdict, AckVerdict::applied);
  EXPECT_GT(out.states, states);
  EXPECT_EQ(out.sessions, (std::vector<bool>{false}));
  EXPECT_EQ(out.settings, (Names{"sbp-high shelved for 600 s by charge-1/rn-2"}));
  cuff(165, 80);
  EXPECT_EQ(alarm("sbp-high")->inhibit, Inhibit::shelved);
  EXPECT_EQ(alarm("sbp-high")->shown(), Priority::info);
  stay(97, 600);
  EXPECT_EQ(alarm("sbp-high")->inhibit, Inhibit::none);
  EXPECT_EQ(alarm("sbp-high")->shown(), Priority::medium);
  EXPECT_EQ(out.settings.back(), "sbp-high: the shelf is over");
  EXPECT_TRUE(bed().attention().shelved.empty());
}

TEST_F(BedShelfTest, a_critical_reading_breaks_it) {
  cuff(165, 80);
  ASSERT_EQ(shelve("sbp-high").verdict, AckVerdict::applied);
  wait(30);
  cuff(185, 80);
  EXPECT_EQ(alarm("sbp-high")->shown(), Priority::high);
  EXPECT_EQ(out.settings.back(), "sbp-high: the shelf ended, the priority rose");
}

// Contract scenario 24: shelve attempt on spo2-low while infusing is refused.
TEST_F(BedShelfTest, scenario_24_spo2_low_is_not_shelved_while_infusing) {
  start_infusion();
  EXPECT_EQ(shelve("spo2-low").verdict, AckVerdict::refused);
  stay(90, 16);
  ASSERT_EQ(priority("spo2-low"), Priority::medium);
  EXPECT_EQ(shelve("spo2-low").verdict, AckVerdict::refused);
  EXPECT_EQ(alarm("spo2-low")->shown(), Priority::medium);
  EXPECT_TRUE(out.settings.empty());
}

TEST_F(BedShelfTest, what_could_cost_a_life_is_never_shelved) {
  for (const bool infusing : {false, true}) {
    if (infusing) start_infusion();
    for (const std::string_view name :
         {"hr-zero", "spo2-low", "spo2-deep", "bed-blind", "wrong-patient", "link-lost-mon1"})
      EXPECT_EQ(shelve(name).verdict, AckVerdict::refused) << name;
  }
  EXPECT_EQ(shelve("no-such-condition").verdict, AckVerdict::refused);
}

TEST_F(BedShelfTest, the_end_of_the_session_ends_it) {
  start_infusion();
  ASSERT_EQ(shelve("hr-high", 900).verdict, AckVerdict::applied);
  bed().infusion_stop(now);
  ASSERT_EQ(bed().attention().shelved.size(), 1U);
  ASSERT_EQ(bed().session_end(now).verdict, infusion::Verdict::applied);
  EXPECT_TRUE(bed().attention().shelved.empty()) << "it was about this patient";
}

TEST_F(BedShelfTest, it_goes_on_over_a_restart_without_an_alarm_and_with_one_of_the_monitor) {
  device_alarm("6", true);
  const std::string own = active().front();
  ASSERT_EQ(shelve(own).verdict, AckVerdict::applied);
  ASSERT_EQ(shelve("hr-high", 900).verdict, AckVerdict::applied);
  const Attention kept = bed().attention();
  Alarm stored = *alarm(own);
  stored.condition = own;  // its strings go with the bed
  stored.src_code = "6";
  ASSERT_EQ(kept.shelved.size(), 2U);
  pass(300);
  bed_ = std::make_unique<Bed>(settings, out, now);
  bed().restore_attention(kept, now);
  ASSERT_TRUE(bed().restore_alarm(stored, now));
  EXPECT_EQ(alarm(own)->inhibit, Inhibit::shelved);
  const auto after = bed().attention().shelved;
  ASSERT_EQ(after.size(), 2U);
  for (const Shelved& one : after)
    EXPECT_EQ(one.shelf.until, now.mono + seconds(one.condition == own ? 300 : 600)) << one.condition;
}

TEST_F(BedShelfTest, a_record_cannot_shelve_what_is_never_shelved) {
  Attention forged;
  forged.shelved.push_back({"spo2-low", {now.mono, now.wall + seconds(600), Priority::medium, "x/y"}});
  bed_ = std::make_unique<Bed>(settings, out, now);
  bed().restore_attention(forged, now);
  EXPECT_TRUE(bed().attention().shelved.empty());
}

}  // namespace
}  // namespace bed
