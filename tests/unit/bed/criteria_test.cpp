// The gate before an infusion and the criteria of recovery: each edge, what is not known, and that nothing of
// it decides.
#include "daemon/bed/criteria.hpp"

#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using infusion::Answer;
using infusion::Assessment;
using infusion::Item;
using infusion::Met;
using infusion::Verdict;

using Keys = std::vector<std::string>;

Keys keys(const std::vector<infusion::Criterion>& criteria) {
  Keys out;
  for (const auto& one : criteria) out.push_back(one.key);
  return out;
}

alarms::Profile asking() {
  alarms::Profile out = preset();
  out.gate = {95, 90, 180, 50, 120, 10, 30};
  out.checklist = {{"psychosis", "active psychosis"}, {"liver", "severe liver disease"}};
  return out;
}
const std::vector<Answer> all_no{{"psychosis", false}, {"liver", false}};

Readings well() { return {72, 98, 125, 78, 14}; }

TEST(RecoveryScore, one_of_the_two_is_enough) {
  const alarms::Profile profile = preset();
  infusion::Chart chart;
  for (const auto& [item, value] : {std::pair{Item::aldrete, 9.0}, std::pair{Item::pads, 5.0}}) {
    infusion::NurseObservation seen;
    seen[item] = value;
    chart.take(seen, at(1'000));
  }
  Recovery recovery;
  recovery.chart = &chart;
  const Keys not_met = keys(assess_recovery(profile, recovery).not_met);
  EXPECT_EQ(std::count(not_met.begin(), not_met.end(), "score"), 0);
}

TEST(Gate, a_bound_that_the_profile_leaves_out_is_not_asked) {
  alarms::Profile profile;
  Readings readings;
  EXPECT_EQ(assess_gate(profile, readings, {}).state(), Met::met);
  profile.gate.sbp_most = 180;
  readings.sbp = 40;
  EXPECT_EQ(assess_gate(profile, readings, {}).state(), Met::met);
  readings.sbp = 181;
  EXPECT_EQ(assess_gate(profile, readings, {}).text(), "not met: SBP 181 > 180 mmHg");
}

TEST(Stable, is_known_when_all_three_are_and_not_met_by_any_one) {
  const alarms::Profile profile = preset();
  infusion::Baseline baseline;
  baseline.rate = 70;
  baseline.spo2 = 97;
  baseline.sbp = 120;
  EXPECT_EQ(is_stable(profile, well(), baseline), true);
  EXPECT_EQ(is_stable(profile, well(), std::nullopt), std::nullopt);
  for (const auto& [value, far] :
       {std::pair{&Readings::rate, 100.0}, {&Readings::spo2, 90.0}, {&Readings::sbp, 150.0}}) {
    Readings readings = well();
    readings.*value = far;
    EXPECT_EQ(is_stable(profile, readings, baseline), false);
    readings.*value = std::nullopt;
    EXPECT_EQ(is_stable(profile, readings, baseline), std::nullopt);
  }
}

TEST(Gate, is_met_up_to_each_bound_and_not_beyond) {
  const alarms::Profile profile = asking();
  struct Edge {
    std::optional<double> Readings::*value;
    double met, beyond;
    const char* key;
    const char* text;
  };
  for (const Edge& edge : {Edge{&Readings::spo2, 95, 94, "spo2", "not met: SpO2 94 < 95 %"},
                           Edge{&Readings::sbp, 90, 89, "sbp", "not met: SBP 89 < 90 mmHg"},
                           Edge{&Readings::sbp, 180, 181, "sbp", "not met: SBP 181 > 180 mmHg"},
                           Edge{&Readings::rate, 50, 49, "rate", "not met: rate 49 < 50 /min"},
                           Edge{&Readings::rate, 120, 121, "rate", "not met: rate 121 > 120 /min"},
                           Edge{&Readings::rr, 10, 9, "rr", "not met: RR 9 < 10 /min"},
                           Edge{&Readings::rr, 30, 31, "rr", "not met: RR 31 > 30 /min"}}) {
    Readings readings = well();
    readings.*edge.value = edge.met;
    EXPECT_EQ(assess_gate(profile, readings, all_no).state(), Met::met) << edge.text;
    readings.*edge.value = edge.beyond;
    const Assessment out = assess_gate(profile, readings, all_no);
    EXPECT_EQ(out.state(), Met::not_met);
    EXPECT_EQ(keys(out.not_met), Keys{edge.key});
    EXPECT_EQ(out.text(), edge.text);
    readings.*edge.value = std::nullopt;
    EXPECT_EQ(keys(assess_gate(profile, readings, all_no).unknown), Keys{edge.key});
  }
}

TEST(Gate, an_answer_of_yes_is_not_met_and_none_is_unknown) {
  const alarms::Profile profile = asking();
  const Assessment out = assess_gate(profile, well(), std::vector<Answer>{{"liver", true}});
  EXPECT_EQ(keys(out.not_met), Keys{"liver"});
  EXPECT_EQ(keys(out.unknown), Keys{"psychosis"});
  EXPECT_EQ(out.state(), Met::not_met);
  EXPECT_EQ(out.text(), "not met: liver answered yes; not known: psychosis");
}

TEST(Gate, what_the_profile_does_not_ask_is_met) {
  EXPECT_EQ(assess_gate(preset(), {}, {}).state(), Met::met);
  EXPECT_FALSE(preset().asks_before());
  EXPECT_TRUE(asking().asks_before());
}

// What a nurse tells when all is well.
std::vector<std::pair<Item, double>> recovered() {
  return {{Item::aldrete, 9}, {Item::rass, 0},     {Item::hallucination, 0},
          {Item::escort, 1},  {Item::o2_l_min, 0}, {Item::no_driving, 1}};
}

struct Recovered : testing::Test {
  alarms::Profile profile = preset();
  infusion::Chart chart;
  Recovery recovery;
  Recovered() {
    recovery.since = MonoTime{seconds(1000)};
    recovery.elapsed = seconds(3600);
    recovery.stable = seconds(900);
    recovery.readings = well();
    recovery.baseline = infusion::Baseline{72, 97, 120, 80, std::nullopt, {}, false};
    recovery.chart = &chart;
    for (const auto& [item, value] : recovered()) note(item, value);
  }
  void note(Item item, double value, double at_s = 2000) {
    infusion::NurseObservation one;
    one[item] = value;
    chart.take(one, Stamp{MonoTime{seconds(at_s)}, wall_origin});
  }
  Assessment assess() const { return assess_recovery(profile, recovery); }
  Keys not_met() const { return keys(assess().not_met); }
  Keys unknown() const { return keys(assess().unknown); }
};

TEST_F(Recovered, all_of_it) {
  EXPECT_EQ(assess().text(), "");
  EXPECT_EQ(assess().state(), Met::met);
}

TEST_F(Recovered, the_minimum_counts_from_the_stop) {
  recovery.elapsed = seconds(3599.999);
  EXPECT_EQ(not_met(), Keys{"minimum"});
  EXPECT_EQ(assess().text(), "not met: 60 min since the stop");
}

TEST_F(Recovered, either_score_is_enough) {
  note(Item::aldrete, 8, 2001);
  EXPECT_EQ(not_met(), Keys{"score"});
  note(Item::pads, 9);
  EXPECT_EQ(not_met(), Keys{});
}

TEST_F(Recovered, pressure_and_rate_within_20_percent) {
  recovery.readings.sbp = 144;
  EXPECT_EQ(not_met(), Keys{}) << "20 % exactly";
  recovery.readings.sbp = 145;
  EXPECT_EQ(not_met(), Keys{"pressure"});
  recovery.readings.sbp = 96;
  EXPECT_EQ(not_met(), Keys{});
  recovery.readings.dbp = 63;
  EXPECT_EQ(not_met(), Keys{"pressure"});
  recovery.readings.dbp.reset();
  EXPECT_EQ(not_met(), Keys{});
  recovery.readings.rate = 87;
  EXPECT_EQ(not_met(), Keys{"rate"});
}

TEST_F(Recovered, saturation_above_92_or_as_at_baseline) {
  recovery.readings.spo2 = 93;
  EXPECT_EQ(not_met(), Keys{});
  recovery.readings.spo2 = 92;
  EXPECT_EQ(not_met(), Keys{"spo2"});
  recovery.baseline->spo2 = 91;
  EXPECT_EQ(not_met(), Keys{}) << "this patient's own";
}

TEST_F(Recovered, saturation_counts_on_room_air) {
  note(Item::o2_l_min, 2, 2001);
  EXPECT_EQ(not_met(), Keys{"spo2"}) << "98 %, and oxygen holds it up";
  EXPECT_EQ(assess().text(), "not met: SpO2 above 92 % on room air, or as at baseline");
  note(Item::o2_l_min, 0, 2002);
  EXPECT_EQ(not_met(), Keys{});
}

TEST_F(Recovered, oxygen_that_nobody_told_of_since_the_stop_is_not_known) {
  chart.newest[infusion::index_of(Item::o2_l_min)].reset();
  note(Item::o2_l_min, 0, 999);
  EXPECT_EQ(unknown(), Keys{"spo2"});
  EXPECT_EQ(assess().text(), "not known: oxygen (SpO2 above 92 % counts on room air)");
  recovery.readings.spo2 = 90;
  EXPECT_EQ(not_met(), Keys{"spo2"}) << "too low with oxygen or without";
  recovery.readings.spo2.reset();
  EXPECT_EQ(unknown(), Keys{"spo2"});
}

TEST_F(Recovered, a_patient_who_had_oxygen_at_the_baseline_may_have_as_much) {
  recovery.baseline->o2_l_min = 2;
  note(Item::o2_l_min, 2, 2001);
  EXPECT_EQ(not_met(), Keys{});
  note(Item::o2_l_min, 2.5, 2002);
  EXPECT_EQ(not_met(), Keys{"spo2"});
}

TEST_F(Recovered, no_driving_until_the_next_day_is_agreed_at_any_time) {
  chart.newest[infusion::index_of(Item::no_driving)].reset();
  EXPECT_EQ(unknown(), Keys{"driving"});
  note(Item::no_driving, 0, 500);
  EXPECT_EQ(not_met(), Keys{"driving"});
  note(Item::no_driving, 1, 501);
  EXPECT_EQ(not_met(), Keys{});
}

TEST_F(Recovered, awake_without_hallucination_and_not_alone) {
  note(Item::rass, -1, 2001);
  note(Item::hallucination, 1, 2001);
  note(Item::escort, 0, 2001);
  EXPECT_EQ(not_met(), (Keys{"sedation", "hallucination", "escort"}));
  profile.observation.scale = alarms::SedationScale::poss;
  EXPECT_EQ(unknown(), Keys{"sedation"});
  note(Item::poss, 1, 2002);
  EXPECT_EQ(not_met(), (Keys{"hallucination", "escort"}));
}

TEST_F(Recovered, what_was_observed_before_the_stop_says_nothing_of_recovery) {
  chart = {};
  for (const auto& [item, value] :
       {std::pair{Item::aldrete, 10.0}, {Item::rass, 0.0}, {Item::hallucination, 0.0}, {Item::escort, 1.0}})
    note(item, value, 999);
  EXPECT_EQ(unknown(), (Keys{"score", "spo2", "sedation", "hallucination", "driving"}))
      << "who came along is still here";
}

TEST_F(Recovered, without_baseline_or_values_it_is_not_known) {
  recovery.baseline.reset();
  EXPECT_EQ(unknown(), (Keys{"pressure", "rate"}));
  recovery.readings = {};
  EXPECT_EQ(unknown(), (Keys{"spo2", "pressure", "rate"}));
  EXPECT_EQ(assess().state(), Met::unknown);
}

TEST_F(Recovered, two_stable_readings_15_min_apart_give_or_take_the_cuff) {
  recovery.stable = seconds(839);
  EXPECT_EQ(not_met(), Keys{"stable"});
  recovery.stable = seconds(840);
  EXPECT_EQ(not_met(), Keys{});
  recovery.stable.reset();
  EXPECT_EQ(not_met(), Keys{"stable"});
}

struct CriteriaAtBed : OneBed {
  CriteriaAtBed() {
    profile.gate = {95, 90, 180, 50, 120, 10, 30};
    profile.checklist = {{"psychosis", "active psychosis"}, {"liver", "severe liver disease"}};
    linked();
  }
  void observe(Item item, double value) {
    infusion::NurseObservation one;
    one[item] = value;
    EXPECT_EQ(bed().nurse_observed(one, now).verdict, Verdict::applied);
  }
  infusion::InfusionStart usual() {
    infusion::InfusionStart request;
    request.kg = 70;
    request.rate = infusion::Rate{0.5, infusion::RateUnit::mg_per_kg_h};
    return request;
  }
};

TEST_F(CriteriaAtBed, the_gate_is_shown_before_the_start_and_kept_as_it_was_then) {
  infusion::SessionStart start;
  start.checklist = all_no;
  ASSERT_EQ(bed().session_start(start, now).verdict, Verdict::applied);
  EXPECT_EQ(keys(bed().session(now).gate->unknown), (Keys{"spo2", "sbp", "rate", "rr"}));
  stay(97, 3);
  cuff(185, 80);
  observe(Item::rr, 14);
  EXPECT_EQ(bed().session(now).gate->text(), "not met: SBP 185 > 180 mmHg");
  const infusion::Outcome outcome = bed().infusion_start(usual(), now);
  EXPECT_EQ(outcome.verdict, Verdict::applied) << "warned, never decided";
  EXPECT_EQ(outcome.text, "not met: SBP 185 > 180 mmHg");
  cuff(120, 80);
  EXPECT_EQ(bed().session(now).gate->text(), "not met: SBP 185 > 180 mmHg");
}

TEST_F(CriteriaAtBed, a_gate_that_is_met_says_nothing) {
  infusion::SessionStart start;
  start.checklist = all_no;
  bed().session_start(start, now);
  stay(97, 3);
  cuff(125, 80);
  observe(Item::rr, 14);
  EXPECT_EQ(bed().infusion_start(usual(), now).text, "");
  EXPECT_EQ(bed().session(now).gate->state(), Met::met);
}

TEST_F(CriteriaAtBed, doubtful_and_old_values_meet_nothing) {
  bed().session_start({}, now);
  value(Metric::spo2, 97, Reason::artifact);
  value(Metric::pr, 70);
  EXPECT_EQ(keys(bed().session(now).gate->unknown), (Keys{"spo2", "sbp", "rr", "psychosis", "liver"}));
  wait(20);
  EXPECT_EQ(keys(bed().session(now).gate->unknown),
            (Keys{"spo2", "sbp", "rate", "rr", "psychosis", "liver"}));
}

TEST_F(CriteriaAtBed, answers_can_be_given_and_corrected_and_unknown_keys_are_told) {
  EXPECT_EQ(bed().answer_checklist(all_no, now).verdict, Verdict::refused) << "no session";
  bed().session_start({}, now);
  EXPECT_EQ(bed().answer_checklist({{"psychosis", true}, {"liver", false}}, now).verdict, Verdict::applied);
  EXPECT_EQ(keys(bed().session(now).gate->not_met), Keys{"psychosis"});
  bed().answer_checklist({{"psychosis", false}}, now);
  EXPECT_EQ(keys(bed().session(now).gate->not_met), Keys{});
  const infusion::Outcome wrong = bed().answer_checklist({{"lever", true}}, now);
  EXPECT_EQ(wrong.verdict, Verdict::invalid);
  EXPECT_EQ(wrong.text, "\"lever\" is not on this profile's checklist; it asks for psychosis liver");
  infusion::SessionStart other;
  other.checklist = {{"lever", true}};
  bed().session_end(now);
  EXPECT_EQ(bed().session_start(other, now).verdict, Verdict::invalid);
  EXPECT_EQ(bed().session(now).phase, Phase::ended);
}

TEST_F(CriteriaAtBed, the_answers_of_a_scheduled_session_stay_with_it) {
  infusion::SessionStart later;
  later.at = now.wall + seconds(3600);
  later.checklist = {{"psychosis", true}};
  bed().session_start(later, now);
  EXPECT_EQ(keys(bed().session(now).gate->not_met), Keys{"psychosis"});
  pass(3600);
  infusion::SessionStart start;
  start.checklist = {{"liver", false}};
  bed().session_start(start, now);
  EXPECT_EQ(bed().session(now).checklist.size(), 2U);
  bed().session_end(now);
  bed().session_start({}, now);
  EXPECT_TRUE(bed().session(now).checklist.empty());
}

TEST_F(CriteriaAtBed, the_end_is_accepted_and_names_what_is_open) {
  start_infusion();
  set_baseline(120);
  bed().infusion_stop(now);
  stay(97, 3);
  cuff(122, 80);
  const infusion::Outcome outcome = bed().session_end(now);
  EXPECT_EQ(outcome.verdict, Verdict::applied);
  EXPECT_EQ(
      outcome.text,
      "not met: 60 min since the stop, stable readings over 15 min; not known: Aldrete or PADS at least 9, "
      "oxygen (SpO2 above 92 % counts on room air), RASS 0, no hallucination, escort present, "
      "no driving until the next day agreed");
  EXPECT_EQ(bed().session(now).recovery->text(), outcome.text) << "recorded";
  bed().session_start({}, now);
  EXPECT_FALSE(bed().session(now).recovery);
}

TEST_F(CriteriaAtBed, a_session_without_an_infusion_ends_without_a_word) {
  bed().session_start({}, now);
  EXPECT_EQ(bed().session_end(now).text, "");
  EXPECT_FALSE(bed().session(now).recovery);
}

TEST_F(CriteriaAtBed, a_recovery_with_all_that_is_asked_ends_without_a_warning_also_over_restarts) {
  const auto restart = [&] {
    const infusion::View view = bed().session(now);
    bed_.reset();
    pass(2);
    bed().restore_session(view, now);
    linked();
  };
  start_infusion();
  set_baseline(120);
  bed().infusion_stop(now);
  stay(97, 1800);
  cuff(122, 80);
  restart();
  stay(97, 895);
  cuff(121, 80);
  restart();
  stay(97, 903);
  for (const auto& [item, value] : recovered()) observe(item, value);
  cuff(121, 81);
  EXPECT_EQ(bed().session(now).recovery->text(), "");
  EXPECT_EQ(bed().session_end(now).text, "");
}

TEST_F(CriteriaAtBed, one_reading_that_is_not_stable_breaks_the_row) {
  start_infusion();
  set_baseline(120);
  bed().infusion_stop(now);
  stay(97, 3);
  cuff(122, 80);
  stay(97, 600);
  cuff(150, 80);
  stay(97, 300);
  cuff(122, 80);
  stay(97, 839);
  cuff(121, 80);
  EXPECT_EQ(keys(bed().session(now).recovery->not_met), (Keys{"minimum", "stable"}));
  stay(97, 60);
  cuff(122, 80);
  EXPECT_EQ(keys(bed().session(now).recovery->not_met), Keys{"minimum"});
}

}  // namespace
}  // namespace bed
