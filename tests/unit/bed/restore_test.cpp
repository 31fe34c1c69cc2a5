// A bed after a restart: session and alarms are there again, and only fresh data change that (promises P2,
// P6).
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Restart : OneBed {
  std::vector<Alarm> kept;
  std::vector<std::string> names;
  infusion::View view_;

  void kill() {
    kept.clear();
    for (const auto& one : bed().conditions())
      if (one.alarm() != nullptr) {
        kept.push_back(*one.alarm());
        names.emplace_back(one.spec().name);
      }
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i].condition = names[i];
    view_ = bed().session(now);
    bed_.reset();
    out = {};
  }
  void session_first() {
    bed().restore_session(view_, now);
    for (const Alarm& one : kept) EXPECT_TRUE(bed().restore_alarm(one, now)) << one.condition;
  }
  void alarms_first() {
    for (const Alarm& one : kept) EXPECT_TRUE(bed().restore_alarm(one, now)) << one.condition;
    bed().restore_session(view_, now);
  }
  void make_history() {
    linked();
    stay(97, 3);
    start_infusion();
    cuff(185, 70);
    stay(90, 16);
    bed().acknowledge("spo2-low", view(alarm("spo2-low")->id), alarm("spo2-low")->rev, "ns-2/rn-17", now);
    wait(60);
  }
};

TEST_F(Restart, P2_every_alarm_and_the_session_are_there_again) {
  for (const bool first : {true, false}) {
    bed_.reset();
    names.clear();
    make_history();
    const Names before = active();
    ASSERT_EQ(before, (Names{"spo2-low", "sbp-high", "pr-stale", "spo2-stale", "bed-blind", "no-baseline"}));
    const std::string session = bed().session(now).session;
    kill();
    pass(20);
    first ? session_first() : alarms_first();
    wait(9);
    EXPECT_EQ(active(), before) << first;
    EXPECT_EQ(bed().session(now).session, session);
    EXPECT_EQ(bed().session(now).phase, Phase::infusing);
    EXPECT_TRUE(alarm("spo2-low")->acked);
    EXPECT_NE(alarm("spo2-low")->data, Data::fresh);
    EXPECT_EQ(alarm("spo2-low")->rev / 1'000'000, 1U);
  }
}

TEST_F(Restart, what_is_restored_is_stale_until_its_link_is_there_or_known_to_be_lost) {
  make_history();
  kill();
  session_first();
  wait(9);
  EXPECT_EQ(alarm("spo2-low")->data, Data::stale);
  wait(7);
  ASSERT_NE(alarm("link-lost-mon1"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->data, Data::lost);
}

TEST_F(Restart, with_the_session_first_the_alarms_speak_of_it) {
  make_history();
  kill();
  session_first();
  ASSERT_FALSE(out.alarms.empty());
  for (const Alarm& one : out.alarms) {
    EXPECT_EQ(one.session, view_.session);
    EXPECT_EQ(one.phase, Phase::infusing);
  }
}

TEST_F(Restart, P7_fresh_data_end_what_is_over) {
  make_history();
  kill();
  session_first();
  linked();
  stay(97, 6);
  cuff(120, 70);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-stale"), nullptr);
  EXPECT_EQ(alarm("bed-blind"), nullptr);
  EXPECT_EQ(alarm("sbp-high")->state, State::latched);
}

TEST_F(Restart, a_demo_alarm_ends_when_the_monitor_is_no_more_in_demo) {
  linked();
  bed().device_demo(0, true, now);
  stay(97, 16);
  ASSERT_NE(alarm("demo-mode-mon1"), nullptr);
  kill();
  alarms_first();
  linked();
  stay(97, 6);
  EXPECT_EQ(alarm("demo-mode-mon1"), nullptr);
}

TEST_F(Restart, an_alarm_of_a_condition_that_is_gone_is_refused) {
  make_history();
  Alarm other = *alarm("spo2-low");
  other.condition = "link-lost-gone";
  EXPECT_FALSE(bed().restore_alarm(other, now));
}

TEST_F(Restart, what_is_not_watched_any_more_ends_by_config) {
  make_history();
  kill();
  for (std::size_t i = 0; i < vitals::phase_count; ++i)
    rule(profile, static_cast<Phase>(i), LimitId::sbp_high).watched = false;
  session_first();
  wait(1);
  EXPECT_EQ(alarm("sbp-high"), nullptr);
  EXPECT_EQ(count("sbp-high", Change::end), 1U);
}

struct CuffOverRestart : Restart {
  // An infusion beyond its titrating time, a reading every 10 minutes, killed 6 minutes after the last.
  void SetUp() override {
    linked();
    start_infusion();
    set_baseline(120);
    for (int i = 0; i < 3; ++i) {
      wait(i == 0 ? 300 : 600);
      cuff(121 + i, 70);
    }
    wait(360);
    ASSERT_EQ(alarm("nibp-overdue"), nullptr);
  }
  void restart(std::optional<WallTime> last_cuff) {
    view_ = bed().session(now);
    bed_.reset();
    out = {};
    pass(30);
    bed().restore_session(view_, now, nullptr, last_cuff);
    linked();
    wait(1);
  }
};

TEST_F(CuffOverRestart, a_reading_before_the_restart_is_not_called_overdue_too_early) {
  const auto taken = bed().last_cuff();
  ASSERT_TRUE(taken);
  restart(taken);
  EXPECT_EQ(bed().last_cuff(), taken);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  wait(720 - 360 - 31 - 1);
  EXPECT_EQ(alarm("nibp-overdue"), nullptr);
  wait(1);
  EXPECT_EQ(priority("nibp-overdue"), Priority::low) << "12 minutes after the reading";
  EXPECT_TRUE(out.cuffs.empty()) << "its numbers are not made up again";
}

TEST_F(CuffOverRestart, without_a_record_or_with_one_ahead_of_the_clock_it_counts_from_the_phase) {
  restart(std::nullopt);
  EXPECT_EQ(priority("nibp-overdue"), Priority::medium);
  restart(now.wall + seconds(3600));
  EXPECT_EQ(priority("nibp-overdue"), Priority::medium);
}

TEST_F(CuffOverRestart, the_same_reading_told_again_is_not_a_later_one) {
  const auto taken = bed().last_cuff();
  restart(taken);
  cuff(123, 70, std::nullopt, taken);
  EXPECT_EQ(bed().last_cuff(), taken);
  EXPECT_TRUE(out.sessions.empty()) << "nothing new to keep";
  cuff(130, 70, std::nullopt, now.wall);
  EXPECT_EQ(bed().last_cuff(), now.wall);
  EXPECT_EQ(out.sessions, (std::vector<bool>{false}));
}

TEST_F(Restart, outside_a_session_no_reading_is_written) {
  linked();
  cuff(121, 70);
  EXPECT_TRUE(out.sessions.empty());
}

}  // namespace
}  // namespace bed
