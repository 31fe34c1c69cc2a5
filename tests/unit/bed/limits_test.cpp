// Values against limits, at a whole bed.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

struct Limits : OneBed {
  Limits() { linked(); }
};

TEST_F(Limits, scenario_1_dip_of_12_s_is_avoided) {
  stay(89, 12);
  stay(97, 60);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  EXPECT_EQ(condition("spo2-low").avoided(), 1U);
  EXPECT_TRUE(out.alarms.empty());
}

TEST_F(Limits, scenario_2_dip_of_20_s_starts_at_15_s_with_its_value_published_before) {
  stay(97, 3);
  stay(89, 20);
  ASSERT_EQ(out.alarms.size(), 1U);
  EXPECT_EQ(out.alarms[0].t_on, wall_origin + seconds(18));
  EXPECT_EQ(out.alarms[0].t_condition, wall_origin + seconds(3));
  const auto start = std::find(out.order.begin(), out.order.end(), "spo2-low");
  ASSERT_NE(start, out.order.end());
  EXPECT_NE(std::find(out.order.begin(), start, "spo2"), start);
}

TEST_F(Limits, an_alarm_at_once_publishes_its_value_first) {
  stay(97, 10);
  pass(-0.5);  // half a second after the last publication: the value alone would wait
  bed_.reset();
  out = {};
  linked();
  value(Metric::spo2, 94);
  pass(0.3);
  value(Metric::spo2, 79);
  ASSERT_GE(out.order.size(), 2U);
  EXPECT_EQ(out.order.back(), "spo2-deep");
  EXPECT_EQ(out.order[out.order.size() - 2], "spo2");
  EXPECT_EQ(shown(Metric::spo2).value, 79);
}

TEST_F(Limits, spo2_deep_at_80_is_high_without_delay) {
  value(Metric::spo2, 80);
  ASSERT_NE(alarm("spo2-deep"), nullptr);
  EXPECT_EQ(priority("spo2-deep"), Priority::high);
  EXPECT_EQ(alarm("spo2-deep")->text, "SpO2 80 <= 80 %");
}

TEST_F(Limits, scenario_5_value_on_the_limit_is_one_episode) {
  stay(91, 16);
  for (int i = 0; i < 100; ++i)
    for (const double v : {91, 92, 93}) stay(v, 1);
  EXPECT_EQ(count("spo2-low", Change::start), 1U);
  EXPECT_EQ(count("spo2-low", Change::end), 0U);
}

TEST_F(Limits, scenario_6_ack_recover_fall_again_is_a_new_unacked_episode) {
  stay(90, 16);
  const std::string first{view(alarm("spo2-low")->id)};
  EXPECT_EQ(bed().acknowledge("spo2-low", first, 1, "ns-2/rn-17", now).verdict, alarms::AckVerdict::applied);
  stay(97, 6);
  ASSERT_EQ(alarm("spo2-low"), nullptr);
  stay(90, 16);
  EXPECT_NE(view(alarm("spo2-low")->id), first);
  EXPECT_FALSE(alarm("spo2-low")->acked);
  EXPECT_EQ(bed().acknowledge("spo2-low", first, 1, "ns-2/rn-17", now).verdict, alarms::AckVerdict::refused);
}

TEST_F(Limits, scenario_7_ack_that_crosses_an_escalation_conflicts) {
  stay(90, 16);
  const std::uint64_t seen = alarm("spo2-low")->rev;
  stay(85, 11);
  ASSERT_EQ(priority("spo2-low"), Priority::high);
  EXPECT_EQ(bed().acknowledge("spo2-low", view(alarm("spo2-low")->id), seen, "ns-2/rn-17", now).verdict,
            alarms::AckVerdict::conflict);
  EXPECT_FALSE(alarm("spo2-low")->acked);
}

TEST_F(Limits, scenario_8_the_same_ack_twice_changes_nothing_more) {
  stay(90, 16);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(bed().acknowledge("spo2-low", view(alarm("spo2-low")->id), 1, "ns-2/rn-17", now).verdict,
              alarms::AckVerdict::applied);
  EXPECT_EQ(alarm("spo2-low")->rev, 2U);
}

TEST_F(Limits, scenario_18_priority_rises_while_acked) {
  stay(90, 16);
  bed().acknowledge("spo2-low", view(alarm("spo2-low")->id), 1, "ns-2/rn-17", now);
  stay(85, 11);
  EXPECT_EQ(priority("spo2-low"), Priority::high);
  EXPECT_FALSE(alarm("spo2-low")->acked);
}

TEST_F(Limits, scenario_19_a_wall_clock_that_steps_back_an_hour_changes_no_duration) {
  stay(90, 10);
  now.wall -= seconds(3600);
  stay(90, 4);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
  stay(90, 2);
  EXPECT_NE(alarm("spo2-low"), nullptr);
  stay(97, 6);
  EXPECT_EQ(alarm("spo2-low"), nullptr);
}

TEST_F(Limits, the_rate_that_does_not_lead_is_shown_and_not_judged) {
  bed_.reset();
  settings.source_of[vitals::index_of(Metric::hr)] = 0;
  linked();
  for (int i = 0; i < 60; ++i) {
    value(Metric::hr, 190);
    value(Metric::pr, 70);
    wait(1);
  }
  EXPECT_EQ(alarm("hr-high"), nullptr);
  EXPECT_EQ(shown(Metric::hr).value, 190);
}

TEST_F(Limits, values_of_another_source_or_channel_are_ignored) {
  bed_.reset();
  settings.sources.push_back({"mon2"});
  linked();
  Observation other = vitals::measured(Metric::spo2, 70, now);
  bed().observe(1, other);
  other.channel = 1;
  bed().observe(0, other);
  EXPECT_TRUE(out.values.empty());
  EXPECT_EQ(alarm("spo2-deep"), nullptr);
}

TEST_F(Limits, a_computed_value_is_shown_and_not_judged) {
  bed_.reset();
  settings.leads.arterial = true;
  settings.source_of[vitals::index_of(Metric::art_map)] = 0;
  linked();
  for (int i = 0; i < 30; ++i) {
    Observation mean = vitals::measured(Metric::art_map, 150, now);
    mean.derived = true;
    say(mean);
    wait(1);
  }
  EXPECT_EQ(alarm("map-high"), nullptr);
  EXPECT_EQ(shown(Metric::art_map).value, 150);
}

TEST_F(Limits, arterial_pressure_that_leads_waits_for_its_delay) {
  bed_.reset();
  settings.leads.arterial = true;
  for (const Metric metric : {Metric::art_sys, Metric::art_dia, Metric::art_map})
    settings.source_of[vitals::index_of(metric)] = 0;
  linked();
  for (int i = 0; i < 5; ++i) {
    value(Metric::art_sys, 190);
    EXPECT_EQ(alarm("sbp-high"), nullptr);
    wait(1);
  }
  EXPECT_EQ(priority("sbp-high"), Priority::high);
  cuff(190, 80);
  EXPECT_EQ(count("sbp-high", Change::start), 1U);  // the cuff does not lead
}

TEST_F(Limits, questionable_rate_alarms_after_10_s_and_cannot_end_it) {
  for (int i = 0; i < 11; ++i) {
    value(Metric::pr, 150, Reason::artifact);
    wait(1);
  }
  ASSERT_EQ(priority("hr-high"), Priority::high);
  for (int i = 0; i < 60; ++i) {
    value(Metric::pr, 70, Reason::artifact);
    wait(1);
  }
  EXPECT_EQ(alarm("hr-high")->state, State::active);
}

TEST_F(Limits, P10_a_value_with_an_old_time_of_its_own_never_alarms) {
  Observation old = vitals::measured(Metric::spo2, 60, now);
  old.t_src = now.wall - seconds(60);
  old.clock_trusted = true;
  say(old);
  EXPECT_EQ(alarm("spo2-deep"), nullptr);
  EXPECT_EQ(shown(Metric::spo2).quality, Quality::stale);
  EXPECT_FALSE(shown(Metric::spo2).value);
}

TEST_F(Limits, P10_history_neither_ends_an_alarm_nor_displaces_what_is_current) {
  stay(90, 16);
  Observation old = vitals::measured(Metric::spo2, 98, now);
  old.clock_trusted = true;
  for (int i = 0; i < 10; ++i) {
    old.rx = now;
    old.t_src = now.wall - seconds(600 - i);
    say(old);
    wait(1);
  }
  ASSERT_NE(alarm("spo2-low"), nullptr);
  EXPECT_EQ(alarm("spo2-low")->data, Data::fresh);
  EXPECT_EQ(shown(Metric::spo2).value, 90);
}

TEST_F(Limits, an_old_time_of_a_clock_that_cannot_be_trusted_means_nothing) {
  Observation odd = vitals::measured(Metric::spo2, 75, now);
  odd.t_src = now.wall - seconds(86'400);
  say(odd);
  EXPECT_NE(alarm("spo2-deep"), nullptr);
}

TEST_F(Limits, scenario_22_what_a_simulator_says_is_marked_everywhere) {
  bed_.reset();
  settings.sources[0].sim = true;
  linked();
  value(Metric::spo2, 75);
  cuff(200, 120);
  EXPECT_TRUE(bed().sim());
  for (const Shown& one : out.values) EXPECT_TRUE(one.sim);
  ASSERT_FALSE(out.alarms.empty());
  for (const Alarm& one : out.alarms) EXPECT_TRUE(one.sim);
}

}  // namespace
}  // namespace bed
