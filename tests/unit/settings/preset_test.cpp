// The shipped profile, number by number, against the table it was proposed in. Whoever changes a number here
// changes what a clinic has read.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

using alarms::LimitId;
using alarms::LimitRule;
using alarms::Relative;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using vitals::Phase;

const alarms::Profile& preset() {
  static const Loaded loaded = load(std::string(VITALSD_CONFIG_DIR) + "/vitalsd.toml");
  return loaded.settings.profiles.at("ketamine-adult");
}

struct Line {
  LimitId id;
  std::optional<double> warn, critical;
  Milliseconds warn_delay, critical_delay;
  double deadband;
  std::optional<Relative> warn_relative, critical_relative;
};

constexpr std::nullopt_t no = std::nullopt;

// {change, percent, floor, floor included}
const std::array<Line, alarms::limit_count>& table() {
  static const std::array<Line, alarms::limit_count> lines{{
      {LimitId::hr_high, 120, 140, 10s, 5s, 3, Relative{30, true, 110, false}, no},
      {LimitId::hr_low, 50, 40, 10s, 5s, 3, Relative{25, true, 55, false}, no},
      {LimitId::spo2_low, 92, 88, 15s, 10s, 2, Relative{5, false, 94, false}, no},
      {LimitId::spo2_deep, no, 80, 15s, 0s, 2, no, no},
      {LimitId::sbp_high, 160, 180, 10s, 5s, 5, Relative{20, true, 140, true}, Relative{40, true, 160, true}},
      {LimitId::sbp_low, 90, 80, 10s, 5s, 5, Relative{20, true, 100, false}, no},
      {LimitId::dbp_high, 100, 110, 10s, 5s, 5, Relative{25, false, 90, true}, no},
      {LimitId::dbp_low, 50, 40, 10s, 5s, 5, no, no},
      {LimitId::map_high, 110, 130, 10s, 5s, 5, no, no},
      {LimitId::map_low, 65, 60, 10s, 5s, 5, no, no},
      {LimitId::rr_high, 24, 30, 15s, 10s, 1, no, no},
      {LimitId::rr_low, 10, 8, 15s, 10s, 1, no, no},
  }};
  return lines;
}

void expect_relative(const std::optional<Relative>& actual, const std::optional<Relative>& expected) {
  ASSERT_EQ(actual.has_value(), expected.has_value());
  if (!expected) return;
  EXPECT_EQ(actual->change, expected->change);
  EXPECT_EQ(actual->percent, expected->percent);
  EXPECT_EQ(actual->floor, expected->floor);
  EXPECT_EQ(actual->floor_included, expected->floor_included);
}

TEST(Preset, has_the_limits_of_the_table_in_every_phase) {
  for (const auto& phase : preset().limits) {
    for (const Line& line : table()) {
      SCOPED_TRACE(alarms::name(line.id));
      const LimitRule& rule = phase[index_of(line.id)];
      EXPECT_TRUE(rule.watched);
      EXPECT_EQ(rule.warn.limit, line.warn);
      EXPECT_EQ(rule.critical.limit, line.critical);
      EXPECT_EQ(rule.warn.on_delay, line.warn_delay);
      EXPECT_EQ(rule.critical.on_delay, line.critical_delay);
      EXPECT_EQ(rule.deadband, line.deadband);
      EXPECT_EQ(rule.off_delay, 5s);
      EXPECT_TRUE(rule.latching);
      EXPECT_FALSE(rule.warn.limit_included);
      EXPECT_EQ(rule.critical.limit_included, line.id == LimitId::spo2_deep)
          << "80 itself is deep, all others are beyond";
      expect_relative(rule.warn.relative, line.warn_relative);
      expect_relative(rule.critical.relative, line.critical_relative);
    }
  }
}

TEST(Preset, asks_for_cuff_readings_more_often_while_titrating) {
  const auto intervals = [](Phase phase) { return preset().intervals[vitals::index_of(phase)]; };
  for (const Phase phase : {Phase::infusing, Phase::held}) {
    EXPECT_EQ(intervals(phase).cuff, 10min);
    EXPECT_EQ(intervals(phase).cuff_titrating, 5min);
  }
  EXPECT_EQ(intervals(Phase::recovery).cuff, 15min);
  EXPECT_EQ(intervals(Phase::recovery).cuff_titrating, 15min);
  for (const Phase phase : {Phase::none, Phase::scheduled, Phase::baseline, Phase::ended})
    EXPECT_EQ(intervals(phase).cuff, 0s);
  EXPECT_EQ(preset().titrating, 15min);
}

TEST(Preset, the_gate_is_that_of_the_trials_and_the_checklist_has_its_keys) {
  const alarms::Gate& gate = preset().gate;
  EXPECT_EQ(gate.spo2_least, 95);
  EXPECT_EQ(gate.sbp_least, 90);
  EXPECT_EQ(gate.sbp_most, 180);
  EXPECT_EQ(gate.rate_least, 50);
  EXPECT_EQ(gate.rate_most, 120);
  EXPECT_EQ(gate.rr_least, 10);
  EXPECT_EQ(gate.rr_most, 30);
  std::string keys;
  for (const alarms::ChecklistItem& item : preset().checklist) keys += item.key + " ";
  EXPECT_EQ(
      keys,
      "cardiovascular hypertension vascular-malformation raised-pressure psychosis substance-abuse liver "
      "pregnancy previous-reaction age theophylline depressants consent-missing ");
}

TEST(Preset, observations_are_due_every_15_min_in_the_first_hour_and_30_after) {
  const alarms::ObservationIntervals& intervals = preset().observation;
  EXPECT_EQ(intervals.scale, alarms::SedationScale::rass);
  EXPECT_EQ(intervals.first_hour, 15min);
  EXPECT_EQ(intervals.later, 30min);
  EXPECT_EQ(intervals.recovery, 30min);
  EXPECT_EQ(intervals.overdue_after, 2min);
}

TEST(Preset, has_the_times_of_technical_alarms_and_of_people) {
  const auto& technical = preset().technical;
  EXPECT_EQ(technical.sensor_on_delay, 15s);
  EXPECT_EQ(technical.sensor_raise_after, 60s);
  EXPECT_EQ(technical.stale_raise_after, 60s);
  EXPECT_EQ(technical.link_on_delay, 10s);
  EXPECT_EQ(technical.link_raise_after, 60s);
  EXPECT_EQ(technical.blind_on_delay, 30s);
  EXPECT_EQ(technical.hr_zero_on_delay, 5s);
  EXPECT_EQ(technical.cuff_overdue_after, 2min);
  EXPECT_EQ(technical.cuff_high_dose_max, 5min);
  EXPECT_EQ(technical.questionable_on_delay_min, 10s);
  EXPECT_EQ(technical.overtime_on_delay, 60s);
  EXPECT_EQ(technical.off_delay, 5s);
  EXPECT_EQ(preset().freshness.streaming, 15s);
  EXPECT_EQ(preset().freshness.polled_min, 30s);
  EXPECT_EQ(preset().freshness.cuff_without_interval, 15min);
  EXPECT_EQ(preset().realarm.high, 120s);
  EXPECT_EQ(preset().realarm.medium, 180s);
  EXPECT_EQ(preset().realarm.low, 300s);
  EXPECT_EQ(preset().callout.high_unit, 60s);
  EXPECT_EQ(preset().callout.high_second, 120s);
  EXPECT_EQ(preset().callout.medium_unit, 180s);
  EXPECT_EQ(preset().recovery.min, 60min);
  EXPECT_EQ(preset().recovery.within_percent, 20);
  EXPECT_EQ(preset().recovery.spo2_above, 92);
  EXPECT_EQ(preset().recovery.score_least, 9);
  EXPECT_EQ(preset().recovery.stable, 15min);
}

TEST(Preset, is_not_signed_off_when_shipped) { EXPECT_EQ(preset().signed_off_by, ""); }

TEST(Preset, never_advises_to_stop_the_infusion) {
  for (const LimitRule& rule : preset().limits[0]) {
    EXPECT_NE(rule.advice, "");
    EXPECT_EQ(rule.advice.find("stop"), std::string_view::npos);
  }
  for (const LimitId id : {LimitId::sbp_high, LimitId::sbp_low, LimitId::spo2_low, LimitId::spo2_deep})
    EXPECT_NE(preset().limits[0][index_of(id)].advice.find("review infusion"), std::string_view::npos);
}

}  // namespace
}  // namespace settings
