// What a pump says, as a state: the sequences that real pumps send.
#include "daemon/bed/pump_view.hpp"

#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using drivers::PumpReport;
using drivers::PumpState;

constexpr std::string_view starting = "MDC_EVT_PUMP_DELIV_START", stopping = "MDC_EVT_PUMP_DELIV_STOP",
                           complete = "MDC_EVT_PUMP_DELIV_COMP";

struct PumpViewTest : testing::Test {
  PumpView view;

  PumpNews say(std::string_view event, PumpState state, std::int64_t ms, std::optional<double> rate = {},
               bool transitioning = false, std::optional<std::int64_t> own_ms = {},
               std::optional<std::int64_t> sent_ms = {}) {
    PumpReport report;
    report.device = "P2449";
    report.drug = "Ketamine 2 mg/mL";
    report.event = event;
    report.state = state;
    report.transitioning = transitioning;
    report.rate_ml_h = rate;
    report.rx = at(ms);
    report.t_event = at(own_ms.value_or(ms)).wall;
    if (sent_ms) report.t_sent = at(*sent_ms).wall;
    return view.take(report);
  }
};

TEST_F(PumpViewTest, a_rate_change_is_a_stop_in_transition_and_a_start_and_no_pause) {
  EXPECT_EQ(say(starting, PumpState::running, 0, 12), PumpNews::started);
  EXPECT_EQ(say(stopping, PumpState::running, 60'000, 12, true), PumpNews::none);
  EXPECT_EQ(say(starting, PumpState::running, 60'400, 18), PumpNews::rate);
  EXPECT_TRUE(view.running());
  EXPECT_EQ(view.rate_mg_h({}, 2), 36);
  EXPECT_EQ(view.advance(at(80'000).mono), PumpNews::none);
}

TEST_F(PumpViewTest, a_stop_in_transition_that_no_start_follows_is_a_pause_after_10_s) {
  say(starting, PumpState::running, 0, 12);
  say(stopping, PumpState::paused, 60'000, {}, true);
  EXPECT_EQ(view.advance(at(69'999).mono), PumpNews::none);
  EXPECT_EQ(view.advance(at(70'000).mono), PumpNews::stopped);
  EXPECT_EQ(view.state(), PumpState::paused);
}

TEST_F(PumpViewTest, the_end_of_the_volume_and_then_keep_open_is_one_stop_and_no_start) {
  say(starting, PumpState::running, 0, 12);
  EXPECT_EQ(say(complete, PumpState::complete, 60'000, {}, true), PumpNews::stopped);
  EXPECT_EQ(say(starting, PumpState::kvo, 60'300, 1), PumpNews::none);
  EXPECT_EQ(view.state(), PumpState::kvo);
  EXPECT_EQ(say({}, PumpState::kvo, 70'000, 1), PumpNews::none);
}

TEST_F(PumpViewTest, powered_off_is_off_by_event_and_by_snapshot) {
  say(starting, PumpState::running, 0, 12);
  EXPECT_EQ(say(stopping, PumpState::off, 60'000), PumpNews::stopped);
  EXPECT_EQ(view.state(), PumpState::off);
  say(starting, PumpState::running, 120'000, 12);
  EXPECT_EQ(say({}, PumpState::off, 130'000, 0), PumpNews::stopped);
  EXPECT_EQ(say({}, PumpState::off, 140'000, 0), PumpNews::none) << "a rack that repeats it";
}

TEST_F(PumpViewTest, a_start_of_two_hours_ago_is_history) {
  EXPECT_EQ(say(starting, PumpState::running, 7'200'000, 12, false, 0), PumpNews::none);
  EXPECT_FALSE(view.running());
  EXPECT_EQ(say(starting, PumpState::running, 7'229'000, 12, false, 7'200'000), PumpNews::started)
      << "29 s on the way";
}

TEST_F(PumpViewTest, what_its_sender_has_kept_is_history_whatever_its_clock_shows) {
  EXPECT_EQ(say(starting, PumpState::running, 600'000, 12, false, 480'000, 600'000), PumpNews::none);
  EXPECT_EQ(say(starting, PumpState::running, 600'000, 12, false, 180'000, 300'000), PumpNews::none);
  EXPECT_EQ(say(starting, PumpState::running, 600'000, 12, false, 566'000, 600'000), PumpNews::started)
      << "read half a minute before it goes";
}

TEST_F(PumpViewTest, a_clock_that_is_minutes_slow_hides_nothing) {
  EXPECT_EQ(say(starting, PumpState::running, 600'000, 12, false, 360'000, 360'000), PumpNews::started);
  EXPECT_EQ(say(stopping, PumpState::paused, 660'000, {}, false, 420'000, 420'000), PumpNews::stopped);
}

TEST_F(PumpViewTest, a_clock_that_is_hours_slow_is_believed_in_after_twenty_seconds) {
  const auto snapshot = [&](std::int64_t ms) {
    return say({}, PumpState::running, ms, 12, false, ms - 3'600'000, ms - 3'600'000);
  };
  EXPECT_EQ(snapshot(4'000'000), PumpNews::none) << "may be old";
  EXPECT_EQ(snapshot(4'010'000), PumpNews::none);
  EXPECT_EQ(snapshot(4'020'000), PumpNews::rate);
}

TEST_F(PumpViewTest, the_senders_newest_time_wins_and_equal_times_go_by_arrival) {
  say(starting, PumpState::running, 10'000, 12);
  EXPECT_EQ(say(stopping, PumpState::paused, 12'000, {}, false, 9'000), PumpNews::none) << "sent late";
  EXPECT_TRUE(view.running());
  EXPECT_EQ(say(stopping, PumpState::paused, 12'100, {}, false, 10'000), PumpNews::stopped);
}

TEST_F(PumpViewTest, a_snapshot_that_contradicts_the_last_event_wins_when_newer) {
  say(starting, PumpState::running, 0, 12);
  EXPECT_EQ(say({}, PumpState::paused, 10'000), PumpNews::stopped);
  EXPECT_EQ(say({}, PumpState::running, 20'000, 12), PumpNews::started);
  EXPECT_EQ(say({}, PumpState::running, 30'000, 14), PumpNews::rate);
}

TEST_F(PumpViewTest, first_heard_of_while_it_runs_is_no_start) {
  EXPECT_EQ(say({}, PumpState::running, 0, 12), PumpNews::rate);
  EXPECT_TRUE(view.running());
}

TEST_F(PumpViewTest, running_at_a_rate_of_0_or_in_transition_keeps_what_is_known) {
  say(starting, PumpState::running, 0, 12);
  EXPECT_EQ(say({}, PumpState::running, 10'000, 0), PumpNews::none);
  EXPECT_EQ(say({}, PumpState::paused, 20'000, {}, true), PumpNews::none);
  EXPECT_EQ(view.rate_mg_h({}, 1), 12);
}

TEST_F(PumpViewTest, a_rate_is_converted_by_what_the_pump_tells_first) {
  PumpReport report;
  report.event = starting;
  report.state = PumpState::running;
  report.rate_mg_kg_h = 0.5;
  report.rate_ml_h = 10;
  report.concentration_mg_ml = 5;
  report.rx = at(0);
  view.take(report);
  EXPECT_EQ(view.rate_mg_h(70, 2), 35);
  EXPECT_EQ(view.rate_mg_h({}, 2), 50) << "the pump's own concentration, not the session's";
}

TEST_F(PumpViewTest, a_state_that_cannot_be_read_counts_only_with_its_event) {
  EXPECT_EQ(say({}, PumpState::unknown, 0, 12), PumpNews::none);
  EXPECT_FALSE(view.running());
  EXPECT_EQ(say(starting, PumpState::unknown, 10'000, 12), PumpNews::started);
  EXPECT_TRUE(view.running());
}

TEST_F(PumpViewTest, a_snapshot_between_two_deliveries_keeps_what_is_known) {
  say(starting, PumpState::running, 0, 12);
  EXPECT_EQ(say({}, PumpState::running, 10'000, 99, true), PumpNews::none);
  EXPECT_EQ(view.rate_mg_h({}, 1), 12);
  EXPECT_EQ(say(starting, PumpState::running, 20'000, 14, true), PumpNews::rate) << "its own word of a start";
}

TEST_F(PumpViewTest, a_rate_of_zero_in_any_unit_is_none) {
  say(starting, PumpState::running, 0, 12);
  for (const auto unit : {&PumpReport::rate_ml_h, &PumpReport::rate_mg_h, &PumpReport::rate_mg_kg_h}) {
    PumpReport report;
    report.state = PumpState::running;
    report.*unit = 0;
    report.rx = at(10'000);
    EXPECT_EQ(view.take(report), PumpNews::none);
    EXPECT_EQ(view.rate_mg_h({}, 1), 12);
  }
}

TEST_F(PumpViewTest, a_snapshot_without_a_rate_leaves_the_last_one) {
  say(starting, PumpState::running, 0, 12);
  EXPECT_EQ(say({}, PumpState::running, 10'000), PumpNews::none);
  EXPECT_EQ(view.rate_mg_h({}, 1), 12);
  EXPECT_EQ(say({}, PumpState::running, 20'000, 12), PumpNews::none) << "the same";
}

TEST_F(PumpViewTest, each_word_for_a_bolus_is_one_and_its_end_is_news_at_the_same_rate) {
  for (const std::string_view word : {"MDC_PUMP_CLINICIAN_clinician", "loading-dose", "pca-demand"}) {
    view = {};
    say(starting, PumpState::running, 0, 12);
    PumpReport report;
    report.state = PumpState::running;
    report.rate_ml_h = 12;
    report.source = word;
    report.rx = at(10'000);
    EXPECT_EQ(view.take(report), PumpNews::rate) << word;
    EXPECT_TRUE(view.bolus());
    report.source = {};
    EXPECT_EQ(view.take(report), PumpNews::none) << "a snapshot that does not say";
    report.source = "continuous";
    EXPECT_EQ(view.take(report), PumpNews::rate);
    EXPECT_FALSE(view.bolus());
  }
}

TEST_F(PumpViewTest, a_stop_in_transition_of_a_pump_that_does_not_run_is_no_news) {
  EXPECT_EQ(say(stopping, PumpState::paused, 0, {}, true), PumpNews::none);
  EXPECT_EQ(view.advance(at(60'000).mono), PumpNews::none);
  EXPECT_EQ(view.state(), PumpState::unknown);
}

TEST_F(PumpViewTest, a_rate_is_told_in_mg_or_needs_a_weight_or_a_concentration) {
  EXPECT_EQ(view.rate_mg_h(70, 2), std::nullopt) << "nothing told yet";
  say(starting, PumpState::running, 0, 12);
  EXPECT_EQ(view.rate_mg_h(70, {}), std::nullopt);
  PumpReport report;
  report.state = PumpState::running;
  report.rate_mg_kg_h = 0.5;
  report.rx = at(10'000);
  EXPECT_EQ(view.take(report), PumpNews::rate);
  EXPECT_EQ(view.rate_mg_h({}, 2), std::nullopt);
  report.rate_mg_kg_h.reset();
  report.rate_mg_h = 33;
  EXPECT_EQ(view.take(report), PumpNews::rate);
  EXPECT_EQ(view.rate_mg_h({}, {}), 33);
}

TEST(PumpDrug, libraries_name_ketamine_in_many_ways) {
  for (const auto* name : {"Ketamine", "KETAMIN 2mg/ml", "Esketamin", "S-Ketamine", "Ketanest S"})
    EXPECT_TRUE(is_session_drug(name)) << name;
  for (const auto* name : {"", "Ketorolac", "Propofol", "NaCl 0.9%"})
    EXPECT_FALSE(is_session_drug(name)) << name;
}

}  // namespace
}  // namespace bed
