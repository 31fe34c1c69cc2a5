// What a pump changes at its bed: it may only raise watchfulness.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using drivers::PumpReport;
using drivers::PumpState;

struct PumpTest : OneBed {
  std::string drug = "Ketamine";
  std::optional<double> kg;
  std::string channel;

  void SetUp() override {
    settings.pumps = {"P2449", "P2450"};
    linked();
    infusion::SessionStart start;
    start.kg = 70;
    bed().session_start(start, now);
  }
  void pump(std::string_view event, PumpState state, double mg_h, std::string_view device = "P2449",
            bool transitioning = false, std::string_view source = "primary") {
    PumpReport report;
    report.source = source;
    report.device = device;
    report.channel = channel;
    report.drug = drug;
    report.event = event;
    report.state = state;
    report.rate_mg_h = mg_h;
    report.transitioning = transitioning;
    report.weight_kg = kg;
    report.rx = now;
    bed().pump(0, report);
  }
  void starts(double mg_h = 35, std::string_view device = "P2449") {
    pump("MDC_EVT_PUMP_DELIV_START", PumpState::running, mg_h, device);
  }
  void stops(bool transitioning = false) {
    pump("MDC_EVT_PUMP_DELIV_STOP", PumpState::paused, 0, "P2449", transitioning);
  }
  void bolus(double mg_h) {
    pump("MDC_EVT_PUMP_DELIV_START", PumpState::running, mg_h, "P2449", false, "clinician");
  }
  // Time passes while the pump says the same.
  void runs(double s, double mg_h = 35, std::string_view device = "P2449") {
    for (double t = 0; t < s; t += 5) {
      wait(5);
      pump({}, PumpState::running, mg_h, device);
    }
  }
  Phase phase() { return bed().session(now).phase; }
};

TEST_F(PumpTest, a_start_moves_the_baseline_to_infusing) {
  starts(35);
  EXPECT_EQ(phase(), Phase::infusing);
  EXPECT_EQ(bed().session(now).by, "pump");
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 35);
  EXPECT_EQ(out.sessions, (std::vector<bool>{true})) << "kept and told like a verb";
}

TEST_F(PumpTest, what_another_channel_does_hides_nothing_of_this_one) {
  channel = "1.1";
  starts(35);
  for (int i = 0; i < 10; ++i) {
    wait(5);
    channel = "1.1";
    pump({}, PumpState::running, 35);
    channel = "1.2";
    drug = "NaCl";
    pump({}, i < 5 ? PumpState::paused : PumpState::running, 100);
    drug = "Ketamine";
  }
  EXPECT_EQ(phase(), Phase::infusing);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 35);
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
  channel = "1.1";
  stops();
  EXPECT_EQ(phase(), Phase::held);
}

TEST_F(PumpTest, ketamine_on_a_second_channel_is_a_second_pump) {
  channel = "1.1";
  starts(35);
  for (int i = 0; i < 8; ++i) {
    wait(5);
    channel = "1.1";
    pump({}, PumpState::running, 35);
    channel = "1.2";
    pump({}, PumpState::running, 20);
  }
  ASSERT_NE(alarm("infusion-unrecorded"), nullptr);
  EXPECT_EQ(alarm("infusion-unrecorded")->text, second_pump_text);
}

TEST_F(PumpTest, a_word_without_a_channel_is_of_the_first) {
  channel = "1.1";
  starts(35);
  channel = "";
  stops();
  EXPECT_EQ(phase(), Phase::held);
}

TEST_F(PumpTest, channels_without_end_are_not_kept) {
  for (int i = 0; i < 1000; ++i) {
    channel = "1." + std::to_string(i);
    pump({}, PumpState::paused, 0);
  }
  channel = "1.0";
  starts(35);
  EXPECT_EQ(phase(), Phase::infusing);
}

TEST_F(PumpTest, a_rate_is_taken_over_and_no_pause_is_shown) {
  starts(35);
  wait(1);
  stops(true);
  wait(0.4);
  starts(70);
  EXPECT_EQ(phase(), Phase::infusing);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 70);
  wait(12);
  EXPECT_EQ(phase(), Phase::infusing);
}

TEST_F(PumpTest, a_real_stop_holds_and_a_start_goes_on) {
  starts();
  wait(5);
  stops();
  EXPECT_EQ(phase(), Phase::held);
  EXPECT_EQ(bed().session(now).by, "pump");
  wait(5);
  starts();
  EXPECT_EQ(phase(), Phase::infusing);
}

TEST_F(PumpTest, first_heard_of_while_it_runs_it_starts_nothing_but_its_rate_counts) {
  runs(40);
  EXPECT_EQ(phase(), Phase::baseline);
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
  start_infusion();
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
  const infusion::View view_ = bed().session(now);
  bed_.reset();  // a restart, and the rate was changed meanwhile
  bed().restore_session(view_, now);
  linked();
  pump({}, PumpState::running, 70);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 70);
}

TEST_F(PumpTest, a_command_after_it_is_told_as_one) {
  starts();
  bed().infusion_hold(now);
  EXPECT_EQ(bed().session(now).by, "command");
}

TEST_F(PumpTest, a_stop_in_transition_holds_after_10_s) {
  starts();
  stops(true);
  wait(9.9);
  EXPECT_EQ(phase(), Phase::infusing);
  wait(0.1);
  EXPECT_EQ(phase(), Phase::held);
}

TEST_F(PumpTest, the_end_of_the_volume_holds_and_never_ends) {
  starts();
  pump("MDC_EVT_PUMP_DELIV_COMP", PumpState::complete, 0);
  EXPECT_EQ(phase(), Phase::held);
  pump("MDC_EVT_PUMP_DELIV_START", PumpState::kvo, 2);
  EXPECT_EQ(phase(), Phase::held);
}

TEST_F(PumpTest, in_recovery_and_without_a_session_a_running_pump_is_an_alarm_and_no_session) {
  start_infusion();
  bed().infusion_stop(now);
  starts();
  EXPECT_EQ(phase(), Phase::recovery);
  runs(25);
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
  runs(10);
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
  bed().session_end(now);
  EXPECT_EQ(phase(), Phase::ended);
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
  stops();
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
  EXPECT_EQ(phase(), Phase::ended);
}

TEST_F(PumpTest, what_a_person_records_ends_the_alarm_of_a_pump_that_runs_beside) {
  bed().session_end(now);
  starts(35);
  runs(35);
  ASSERT_EQ(priority("infusion-unrecorded"), Priority::medium);
  start_infusion();  // 0.5 mg/kg/h, 70 kg: what the pump does
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
  bed().infusion_rate({0.8, infusion::RateUnit::mg_per_kg_h}, false, now);
  stops();  // it is the session's pump now
  EXPECT_EQ(phase(), Phase::held);
}

TEST_F(PumpTest, a_person_who_records_another_rate_is_still_told_of_the_pump) {
  bed().session_end(now);
  starts(70);
  runs(35, 70);
  start_infusion();
  runs(35, 70);
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
}

TEST_F(PumpTest, other_pumps_and_other_drugs_change_nothing) {
  starts(35, "P9");
  drug = "Propofol";
  starts(35);
  runs(60);
  EXPECT_EQ(phase(), Phase::baseline);
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
}

TEST_F(PumpTest, another_weight_is_not_taken_over_and_is_asked) {
  kg = 72;
  starts();
  EXPECT_EQ(phase(), Phase::baseline);
  runs(35);
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
  kg = 71;  // within 2 %
  stops();
  starts();
  EXPECT_EQ(phase(), Phase::infusing);
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
}

TEST_F(PumpTest, a_rate_that_cannot_be_is_an_alarm_and_the_session_keeps_its_own) {
  starts(35);
  starts(700);  // 10 mg/kg/h
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 35);
  runs(35, 700);
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
}

TEST_F(PumpTest, a_rate_that_is_not_taken_is_watched_like_an_increase_and_says_why) {
  starts(35);
  wait(20 * 60);
  pump({}, PumpState::running, 35);
  ASSERT_FALSE(bed().session(now).titrating_until);
  starts(700);
  EXPECT_TRUE(bed().session(now).titrating_until);
  runs(35, 700);
  EXPECT_EQ(alarm("infusion-unrecorded")->text, too_fast_text);
}

// 0.35 mg/kg over 2 minutes: 24.5 mg at 10.5 mg/kg/h, more than any rate may be.
TEST_F(PumpTest, a_bolus_on_a_running_infusion_counts_and_the_rate_stays) {
  starts(35);
  wait(20 * 60);
  pump({}, PumpState::running, 35);
  const double before = bed().session(now).dose_mg;
  stops(true);
  bolus(735);
  EXPECT_TRUE(bed().session(now).bolus);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 735);
  EXPECT_EQ(bed().session(now).rate->value, 35) << "what holds again after it";
  EXPECT_EQ(bed().session(now).band, infusion::DoseBand::low);
  EXPECT_TRUE(bed().session(now).titrating_until) << "an increase";
  for (int i = 0; i < 24; ++i) {
    wait(5);
    pump({}, PumpState::running, 735, "P2449", false, "clinician");
  }
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
  pump("MDC_EVT_PUMP_DELIV_COMP", PumpState::complete, 0, "P2449", false, "clinician");
  EXPECT_EQ(phase(), Phase::infusing) << "the infusion goes on by itself";
  starts(35);
  EXPECT_FALSE(bed().session(now).bolus);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 35);
  EXPECT_NEAR(bed().session(now).dose_mg - before, 24.5, 0.1);
  wait(12);
  EXPECT_EQ(phase(), Phase::infusing);
}

TEST_F(PumpTest, after_a_bolus_without_a_start_the_session_is_held) {
  starts(35);
  bolus(735);
  pump("MDC_EVT_PUMP_DELIV_COMP", PumpState::complete, 0, "P2449", true, "clinician");
  wait(9.9);
  EXPECT_EQ(phase(), Phase::infusing);
  wait(0.1);
  EXPECT_EQ(phase(), Phase::held);
  EXPECT_FALSE(bed().session(now).bolus);
}

TEST_F(PumpTest, a_loading_dose_begins_the_infusion_and_the_rate_follows) {
  pump("MDC_EVT_PUMP_DELIV_START", PumpState::running, 735, "P2449", false, "loading");
  EXPECT_EQ(phase(), Phase::infusing);
  EXPECT_FALSE(bed().session(now).rate);
  for (int i = 0; i < 12; ++i) {
    wait(5);
    pump({}, PumpState::running, 735, "P2449", false, "loading");
  }
  EXPECT_NEAR(bed().session(now).dose_mg, 735.0 / 60, 1e-9);
  pump("MDC_EVT_PUMP_DELIV_STOP", PumpState::running, 0, "P2449", true, "loading");
  starts(35);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 35);
  EXPECT_NEAR(bed().session(now).dose_mg, 735.0 / 60, 1e-9);
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
}

TEST_F(PumpTest, a_bolus_of_a_pump_that_falls_silent_ends) {
  starts(35);
  bolus(735);
  wait(60);
  EXPECT_FALSE(bed().session(now).bolus);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 35);
  EXPECT_LE(bed().session(now).dose_mg, 735.0 * 31 / 3600 + 1);
  pump({}, PumpState::running, 735, "P2449", false, "clinician");
  EXPECT_TRUE(bed().session(now).bolus) << "it is heard of again, and goes on";
}

TEST_F(PumpTest, a_bolus_goes_on_with_a_held_infusion_and_a_hold_ends_one) {
  starts(35);
  stops();
  ASSERT_EQ(phase(), Phase::held);
  bolus(735);
  EXPECT_EQ(phase(), Phase::infusing);
  EXPECT_EQ(bed().infusion_hold(now).verdict, infusion::Verdict::applied);
  EXPECT_FALSE(bed().session(now).bolus);
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 0);
}

TEST_F(PumpTest, a_bolus_that_cannot_be_is_an_alarm) {
  starts(35);
  bolus(70 * 300);
  EXPECT_FALSE(bed().session(now).bolus);
  for (int i = 0; i < 7; ++i) {
    wait(5);
    pump({}, PumpState::running, 70 * 300, "P2449", false, "clinician");
  }
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
}

TEST_F(PumpTest, a_second_pump_beside_the_first_is_unrecorded) {
  starts(35);
  for (int i = 0; i < 8; ++i) {
    starts(20, "P2450");
    runs(5);
  }
  EXPECT_EQ(bed().session(now).rate_mg_per_h, 35);
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
}

TEST_F(PumpTest, silence_of_a_running_pump_is_low_and_leaves_the_session) {
  starts();
  for (int i = 0; i < 16; ++i) wait(5);
  EXPECT_EQ(priority("pump-link-lost"), Priority::low);
  EXPECT_EQ(phase(), Phase::infusing);
  starts();
  wait(0.1);
  EXPECT_EQ(phase(), Phase::infusing);
}

struct PumpOfNoWeight : PumpTest {
  void SetUp() override {
    settings.pumps = {"P2449", "P2450"};
    linked();
    bed().session_start({}, now);
  }
  // Tells its rate in mL/h alone.
  void volume(double ml_h, std::string_view device = "P2449") {
    PumpReport report;
    report.device = device;
    report.drug = drug;
    report.event = "MDC_EVT_PUMP_DELIV_START";
    report.state = PumpState::running;
    report.rate_ml_h = ml_h;
    report.weight_kg = kg;
    report.rx = now;
    bed().pump(0, report);
  }
  std::string said_after(double s, double ml_h) {
    for (double t = 0; t < s; t += 5) {
      wait(5);
      volume(ml_h);
    }
    const Alarm* one = alarm("infusion-unrecorded");
    return one == nullptr ? "" : one->text;
  }
};

TEST_F(PumpOfNoWeight, the_pumps_weight_is_taken_where_the_session_has_none) {
  kg = 70;
  starts(35);
  EXPECT_EQ(phase(), Phase::infusing);
  EXPECT_EQ(bed().session(now).kg, 70);
}

TEST_F(PumpOfNoWeight, without_any_weight_it_runs_beside_and_says_why) {
  starts(35);
  EXPECT_EQ(phase(), Phase::baseline);
  for (int i = 0; i < 7; ++i) {
    wait(5);
    starts(35);
  }
  ASSERT_NE(alarm("infusion-unrecorded"), nullptr);
  EXPECT_EQ(alarm("infusion-unrecorded")->text, no_weight_text);
}

TEST_F(PumpOfNoWeight, a_rate_that_cannot_be_converted_runs_beside_and_says_why) {
  kg = 70;
  volume(17.5);
  EXPECT_EQ(phase(), Phase::baseline);
  EXPECT_EQ(said_after(35, 17.5), no_rate_text);
  start_infusion();  // a person tells the rate, and nothing of the concentration
  EXPECT_EQ(said_after(35, 17.5), no_rate_text) << "whether it is this pump nobody can tell";
}

TEST_F(PumpOfNoWeight, a_start_that_is_too_fast_begins_nothing) {
  kg = 70;
  starts(700);
  EXPECT_EQ(phase(), Phase::baseline);
  EXPECT_FALSE(bed().session(now).titrating_until);
}

TEST_F(PumpOfNoWeight, a_person_who_records_another_weight_has_recorded_another_infusion) {
  kg = 72;
  bed().session_end(now);
  starts(35);
  start_infusion();  // 35 mg/h at 70 kg
  for (int i = 0; i < 7; ++i) {
    wait(5);
    pump({}, PumpState::running, 35);
  }
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
}

TEST_F(PumpOfNoWeight, after_a_bolus_by_hand_alone_no_pump_is_recorded) {
  bed().session_end(now);
  starts(35);
  infusion::HandBolus bolus;
  bolus.mg = 14;
  bolus.kg = 70;
  EXPECT_EQ(bed().infusion_bolus(bolus, false, now).verdict, infusion::Verdict::applied);
  for (int i = 0; i < 7; ++i) {
    wait(5);
    pump({}, PumpState::running, 35);
  }
  EXPECT_EQ(priority("infusion-unrecorded"), Priority::medium);
}

TEST_F(PumpOfNoWeight, one_that_could_not_be_taken_over_is_a_second_one_once_another_is) {
  volume(10, "P2450");
  EXPECT_EQ(phase(), Phase::baseline);
  kg = 70;
  starts(35);
  EXPECT_EQ(phase(), Phase::infusing);
  for (int i = 0; i < 7; ++i) {
    wait(5);
    pump({}, PumpState::running, 35);
    volume(10, "P2450");
  }
  ASSERT_NE(alarm("infusion-unrecorded"), nullptr);
  EXPECT_EQ(alarm("infusion-unrecorded")->text, second_pump_text);
}

TEST_F(PumpTest, of_two_that_run_beside_the_first_is_told) {
  bed().session_end(now);
  for (int i = 0; i < 7; ++i) {
    starts(35);
    starts(20, "P2450");
    wait(5);
  }
  ASSERT_NE(alarm("infusion-unrecorded"), nullptr);
  EXPECT_EQ(alarm("infusion-unrecorded")->text, unrecorded_text);
}

TEST_F(PumpTest, another_pump_goes_on_where_the_first_has_stopped) {
  starts(35);
  stops();
  ASSERT_EQ(phase(), Phase::held);
  starts(35, "p2450");  // names are the same in small letters
  EXPECT_EQ(phase(), Phase::infusing);
  runs(35, 35, "P2450");
  EXPECT_EQ(alarm("infusion-unrecorded"), nullptr);
}

TEST_F(PumpTest, a_command_and_the_pump_agree_without_a_second_record) {
  start_infusion();  // 0.5 mg/kg/h, 70 kg
  starts(35);
  EXPECT_EQ(bed().session(now).by, "command");
  EXPECT_EQ(bed().session(now).rate->unit, infusion::RateUnit::mg_per_kg_h);
  EXPECT_TRUE(out.sessions.empty());
}

}  // namespace
}  // namespace bed
