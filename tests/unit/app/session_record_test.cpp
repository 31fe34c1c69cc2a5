// What the journal keeps of a session must give the same session back.
#include "daemon/app/session_record.hpp"

#include <gtest/gtest.h>

namespace app::test {
namespace {

using vitals::Milliseconds;
using vitals::wall_from_unix_ms;

infusion::View full() {
  infusion::View view;
  view.as_of = wall_from_unix_ms(1'800'000'000'123);
  view.phase = vitals::Phase::held;
  view.phase_since = wall_from_unix_ms(1'800'000'000'100);
  view.session = "s-7Q2K";
  view.titrating_until = wall_from_unix_ms(1'800'000'900'000);
  view.kg = 70.5;
  view.conc_mg_ml = 2;
  view.rate = infusion::Rate{17.625, infusion::RateUnit::ml_per_h};
  view.rate_mg_per_h = 0;
  view.rate_mg_per_kg_h = 0;
  view.planned_mg_per_kg = 0.5;
  view.planned = Milliseconds{3'600'000};
  view.band = infusion::DoseBand::low;
  view.dose_mg = 12.345678901234;
  view.dose_mg_per_kg = 0.175;
  view.t_start = wall_from_unix_ms(1'799'999'000'000);
  view.held = Milliseconds{61'000};
  view.by = "command";
  view.baseline =
      infusion::Baseline{72, 97, 128, 78, std::nullopt, wall_from_unix_ms(1'799'998'000'000), true};
  return view;
}

TEST(SessionRecord, GivesBackEveryMember) {
  const infusion::View before = full();
  const std::string text = write_session_record(before);
  const auto after = read_session_record(text);
  ASSERT_TRUE(after);
  EXPECT_EQ(write_session_record(*after), text);
  EXPECT_EQ(after->phase, before.phase);
  EXPECT_EQ(after->session, before.session);
  EXPECT_EQ(after->dose_mg, before.dose_mg) << "not rounded: a restart must not change the dose";
  EXPECT_EQ(after->rate->unit, before.rate->unit);
  EXPECT_EQ(after->held, before.held);
  EXPECT_EQ(after->baseline->sbp, before.baseline->sbp);
  EXPECT_FALSE(after->baseline->map);
  EXPECT_EQ(after->titrating_until, before.titrating_until);
}

TEST(SessionRecord, CuffReadingsOfTheBaselineAreKept) {
  infusion::View view = full();
  const auto at = [](std::int64_t ms) { return vitals::Stamp{{}, wall_from_unix_ms(ms)}; };
  view.baseline_cuffs = {{at(1'799'998'000'000), 120, 70, 88}, {at(1'799'998'240'000), 130, {}, {}}};
  const std::string text = write_session_record(view);
  const auto after = read_session_record(text);
  ASSERT_TRUE(after);
  EXPECT_EQ(write_session_record(*after), text);
  ASSERT_EQ(after->baseline_cuffs.size(), 2U);
  EXPECT_EQ(after->baseline_cuffs[0].at.wall, view.baseline_cuffs[0].at.wall);
  EXPECT_TRUE(after->baseline_cuffs[0].same_numbers(view.baseline_cuffs[0]));
  EXPECT_TRUE(after->baseline_cuffs[1].same_numbers(view.baseline_cuffs[1]));
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(read_session_record(text.substr(0, cut)));
}

TEST(SessionRecord, IncreasesAndTheOxygenOfTheBaselineAreKept) {
  infusion::View view = full();
  view.t_increase = wall_from_unix_ms(1'799'999'700'000);
  view.t_increase_unseen = wall_from_unix_ms(1'799'999'500'000);
  view.baseline->o2_l_min = 1.5;
  const auto after = read_session_record(write_session_record(view));
  ASSERT_TRUE(after && after->baseline);
  EXPECT_EQ(after->t_increase, view.t_increase);
  EXPECT_EQ(after->t_increase_unseen, view.t_increase_unseen);
  EXPECT_EQ(after->baseline->o2_l_min, 1.5);
}

TEST(SessionRecord, TheLastBolusIsKept) {
  infusion::View view = full();
  view.last_bolus = infusion::LastBolus{24.5, wall_from_unix_ms(1'799'999'500'000)};
  const auto after = read_session_record(write_session_record(view));
  ASSERT_TRUE(after && after->last_bolus);
  EXPECT_EQ(after->last_bolus->mg, 24.5);
  EXPECT_EQ(after->last_bolus->t, view.last_bolus->t);
}

TEST(SessionRecord, APauseOfTheBedIsKeptWithItsEnd) {
  bed::Attention attention;
  attention.pause = bed::AudioPause{wall_from_unix_ms(1'800'000'120'000), "ns-2/rn-17"};
  const std::string text = write_session_record(full(), {}, std::nullopt, attention);
  ASSERT_TRUE(read_session_record(text));
  const auto after = read_attention_record(text).pause;
  ASSERT_TRUE(after);
  EXPECT_EQ(after->until, attention.pause->until);
  EXPECT_EQ(after->by, "ns-2/rn-17");
  EXPECT_FALSE(read_attention_record(write_session_record(full())).pause);
  EXPECT_FALSE(read_attention_record(R"({"pause":{"by":"ns-2"}})").pause) << "no end: not paused";
  EXPECT_FALSE(read_attention_record("{\"pause\":").pause);
}

TEST(SessionRecord, AShelfIsKeptWithItsEnd) {
  bed::Attention attention;
  attention.shelved.push_back(
      {"hr-high", {{}, wall_from_unix_ms(1'800'000'600'000), alarms::Priority::medium, "charge-1/rn-2"}});
  const auto after = read_attention_record(write_session_record(full(), {}, std::nullopt, attention)).shelved;
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].condition, "hr-high");
  EXPECT_EQ(after[0].shelf.until_wall, wall_from_unix_ms(1'800'000'600'000));
  EXPECT_EQ(after[0].shelf.level, alarms::Priority::medium);
  EXPECT_EQ(after[0].shelf.by, "charge-1/rn-2");
  const auto shelved = [](const std::string& one) {
    return read_attention_record(R"({"shelved":[)" + one + "]}").shelved.size();
  };
  EXPECT_EQ(shelved(R"({"cond":"hr-high","until":1800000600000,"level":"low","by":"x"})"), 1U);
  EXPECT_EQ(shelved(R"({"cond":"hr-high","until":1800000600000,"level":"high","by":"x"})"), 0U);
  EXPECT_EQ(shelved(R"({"cond":"hr-high","level":"low","by":"x"})"), 0U) << "no end: unshelved";
}

TEST(SessionRecord, LimitsThatWereSetAreKept) {
  bed::Attention attention;
  attention.limits[index_of(alarms::LimitId::sbp_high)] =
      alarms::LimitChange{170, std::nullopt, "charge-1/rn-2"};
  const auto after = read_attention_record(write_session_record(full(), {}, std::nullopt, attention)).limits;
  for (std::size_t i = 0; i < alarms::limit_count; ++i)
    EXPECT_EQ(after[i].has_value(), i == index_of(alarms::LimitId::sbp_high)) << alarms::limit_names[i];
  const auto& sbp = after[index_of(alarms::LimitId::sbp_high)];
  ASSERT_TRUE(sbp);
  EXPECT_EQ(sbp->warn, 170);
  EXPECT_FALSE(sbp->critical);
  EXPECT_EQ(sbp->by, "charge-1/rn-2");
  EXPECT_FALSE(read_attention_record(R"({"limits_set":[{"limit":"sbp-hi","warn":170,"by":"x"}]})")
                   .limits[index_of(alarms::LimitId::sbp_high)]);
}

TEST(SessionRecord, ThePatientIsHashesAndTheirSalt) {
  bed::PatientRecord patient;
  patient.salt = {0xFFFFFFFFFFFFFFFFULL, 7};
  patient.doubt = bed::Doubt::moved;
  patient.known.push_back({"mon1", {0xFEDCBA9876543210ULL, 2, 3}, {4, 5, 6}});
  patient.known.push_back({"", {8, 0, 0}, {}});
  const std::string text = write_session_record(full(), patient);
  ASSERT_TRUE(read_session_record(text));
  const auto after = read_patient_record(text);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->salt.low, patient.salt.low);
  EXPECT_EQ(after->doubt, patient.doubt);
  ASSERT_EQ(after->known.size(), 2U);
  EXPECT_EQ(after->known[0].source, "mon1");
  EXPECT_EQ(after->known[0].known, patient.known[0].known);
  EXPECT_EQ(after->known[0].other, patient.known[0].other);
  EXPECT_FALSE(read_patient_record(write_session_record(full())));
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(read_patient_record(text.substr(0, cut)));
}

TEST(SessionRecord, TheTimeOfTheLastCuffReadingIsKept) {
  const std::string text = write_session_record(full(), {}, wall_from_unix_ms(1'799'999'700'000));
  ASSERT_TRUE(read_session_record(text));
  EXPECT_EQ(read_cuff_record(text), wall_from_unix_ms(1'799'999'700'000));
  EXPECT_FALSE(read_cuff_record(write_session_record(full())));
  EXPECT_FALSE(read_cuff_record("{\"cuff\":\"now\"}"));
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(read_cuff_record(text.substr(0, cut)));
}

TEST(SessionRecord, TheChartIsKeptItemByItem) {
  infusion::View view = full();
  view.t_opened = wall_from_unix_ms(1'799'998'000'000);
  const auto at = [](std::int64_t ms) { return vitals::Stamp{{}, wall_from_unix_ms(ms)}; };
  infusion::NurseObservation first, second;
  first[infusion::Item::rass] = -4;
  first[infusion::Item::temp] = 36.7;
  second[infusion::Item::acvpu] = 2;
  view.chart.take(first, at(1'799'999'000'000));
  view.chart.take(second, {vitals::MonoTime{Milliseconds{1}}, wall_from_unix_ms(1'799'999'500'000)});
  const std::string text = write_session_record(view);
  const auto after = read_session_record(text);
  ASSERT_TRUE(after);
  EXPECT_EQ(write_session_record(*after), text);
  EXPECT_EQ(after->t_opened, view.t_opened);
  EXPECT_EQ(after->chart.last->wall, wall_from_unix_ms(1'799'999'500'000));
  EXPECT_EQ(after->chart[infusion::Item::temp]->value, 36.7);
  EXPECT_EQ(after->chart[infusion::Item::rass]->at.wall, wall_from_unix_ms(1'799'999'000'000));
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(read_session_record(text.substr(0, cut)));
}

TEST(SessionRecord, AnswersAndCriteriaAreKept) {
  infusion::View view = full();
  view.checklist = {{"liver", false}, {"psychosis", true}};
  view.gate.emplace();
  view.gate->add(infusion::Met::not_met, "sbp", "SBP 185 > 180 mmHg");
  view.gate->add(infusion::Met::unknown, "rr", "RR");
  view.recovery.emplace();
  view.stable_since = wall_from_unix_ms(1'799'999'000'000);
  view.stable_last = wall_from_unix_ms(1'799'999'900'000);
  const std::string text = write_session_record(view);
  const auto after = read_session_record(text);
  ASSERT_TRUE(after);
  EXPECT_EQ(write_session_record(*after), text);
  EXPECT_EQ(after->checklist, view.checklist);
  EXPECT_EQ(after->gate, view.gate);
  EXPECT_EQ(after->recovery, view.recovery);
  EXPECT_EQ(after->stable_last, view.stable_last);
}

TEST(SessionRecord, SeriesAndExtremesAreKept) {
  infusion::View view = full();
  view.series = {"k-41", 3, 6, 3.5};
  view.extremes = {104, 166, 93, 3};
  view.spo2_scale = infusion::Spo2Scale::two;
  const auto after = read_session_record(write_session_record(view));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->series, view.series);
  EXPECT_EQ(after->extremes, view.extremes);
  EXPECT_EQ(after->spo2_scale, infusion::Spo2Scale::two);
}

TEST(SessionRecord, AnItemOfAnotherVersionOrOutOfItsScaleIsLeftOut) {
  std::string text = write_session_record(full());
  text.pop_back();
  text += R"(,"chart":{"last":5,"items":{"mood":[3,5],"rass":[-9,5],"pain":[4,5]}}})";
  const auto after = read_session_record(text);
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->chart[infusion::Item::rass]);
  EXPECT_EQ(after->chart[infusion::Item::pain]->value, 4);
}

TEST(SessionRecord, DamageIsNotASession) {
  const std::string text = write_session_record(full());
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(read_session_record(text.substr(0, cut)));
  EXPECT_FALSE(read_session_record("{\"record\":2}"));
  EXPECT_FALSE(read_session_record("[]"));
}

}  // namespace
}  // namespace app::test
