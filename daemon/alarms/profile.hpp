// The preset of a bed: limits per phase, delays, intervals. Read from config/profiles/*.toml by settings/.
// The numbers shipped there are proposals with their sources; a clinic signs them off.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alarms/alarm.hpp"
#include "daemon/alarms/confirm.hpp"
#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/phase.hpp"
#include "daemon/vitals/time.hpp"

namespace alarms {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using vitals::Milliseconds;

// Warn and critical of one limit are one condition that escalates.
enum class LimitId : std::uint8_t {
  hr_high,
  hr_low,
  spo2_low,
  spo2_deep,
  sbp_high,
  sbp_low,
  dbp_high,
  dbp_low,
  map_high,
  map_low,
  rr_high,
  rr_low,
};
inline constexpr std::size_t limit_count = 12;
inline constexpr std::array<std::string_view, limit_count> limit_names{
    "hr-high",  "hr-low",  "spo2-low", "spo2-deep", "sbp-high", "sbp-low",
    "dbp-high", "dbp-low", "map-high", "map-low",   "rr-high",  "rr-low"};
constexpr std::size_t index_of(LimitId id) { return static_cast<std::size_t>(id); }
constexpr std::string_view name(LimitId id) { return limit_names[index_of(id)]; }
constexpr Side side_of(LimitId id) {
  switch (id) {
    case LimitId::hr_high:
    case LimitId::sbp_high:
    case LimitId::dbp_high:
    case LimitId::map_high:
    case LimitId::rr_high: return Side::high;
    default: return Side::low;
  }
}
// What a value can be at all; the same bounds that make an observation implausible.
struct LimitBounds {
  double least = 0, most = 0;
};
constexpr LimitBounds hard_bounds(LimitId id) {
  switch (id) {
    case LimitId::hr_high:
    case LimitId::hr_low: return {1, 350};
    case LimitId::spo2_low:
    case LimitId::spo2_deep: return {1, 100};
    case LimitId::sbp_high:
    case LimitId::sbp_low: return {25, 290};
    case LimitId::dbp_high:
    case LimitId::dbp_low: return {10, 250};
    case LimitId::map_high:
    case LimitId::map_low: return {15, 260};
    case LimitId::rr_high:
    case LimitId::rr_low: return {1, 120};
  }
  return {};
}
using AllBounds = std::array<LimitBounds, limit_count>;
constexpr AllBounds hard_bounds() {
  AllBounds out{};
  for (std::size_t i = 0; i < limit_count; ++i) out[i] = hard_bounds(static_cast<LimitId>(i));
  return out;
}
constexpr bool is_pressure(LimitId id) { return id >= LimitId::sbp_high && id <= LimitId::map_low; }

// One more way into the same condition, relative to the patient's own baseline: the value is past
// baseline +/- change AND past `floor`. It never relaxes the absolute limit.
struct Relative {
  double change = 0;  // percent of the baseline, or units when `percent` is false; always positive
  bool percent = true;
  double floor = 0;  // absolute value that must be passed too
  bool floor_included =
      false;  // true: reaching `floor` is enough (">= 140"), false: it must be passed ("> 110")
};

struct Threshold {
  std::optional<double> limit;  // violated when the value is beyond it ("> 160", "< 92")
  bool limit_included = false;  // true: reaching it is enough ("<= 80")
  std::optional<Relative> relative;
  Milliseconds on_delay{0};  // continuous measurements; a cuff reading counts at once
};

// No monitor lets an operator delay a high alarm longer; Mindray's cap for continuous measurements is 15 s.
inline constexpr Milliseconds high_delay_max = 15s;
// Philips offers up to 30 s for SpO2, the longest of any maker whose manual we know.
inline constexpr Milliseconds delay_max = 30s;

struct LimitRule {
  bool watched = false;
  Threshold warn;       // medium
  Threshold critical;   // high
  double deadband = 0;  // inside by this much counts as back
  Milliseconds off_delay{5000};
  bool latching = true;     // visual, once the episode was high
  ConfirmRule confirm;      // of continuous measurements; a cuff reading counts at once
  std::string_view advice;  // fixed text per limit, set by settings from a constant table
};

// Cuff and observation intervals of one phase. Zero: not due in this phase.
struct PhaseIntervals {
  Milliseconds cuff{0};
  Milliseconds cuff_titrating{0};  // for `titrating` after the start and each rate increase
};

struct TechnicalTimes {
  Milliseconds sensor_on_delay{15s};     // sensor off, leads off, poor signal
  Milliseconds sensor_raise_after{60s};  // low -> medium, from the start
  Milliseconds stale_raise_after{60s};
  Milliseconds link_on_delay{10s};
  Milliseconds link_raise_after{60s};  // medium -> high while infusing
  Milliseconds blind_on_delay{30s};
  Milliseconds off_delay{5s};
  Milliseconds hr_zero_on_delay{5s};
  Milliseconds overtime_on_delay{60s};    // infusing past the planned time
  Milliseconds cuff_overdue_after{2min};  // low: due + this; medium: at twice the interval
  // From the dose band `high` on (above 1 mg/kg/h, more than the 2018 guideline for acute pain has without
  // intensive monitoring) no cuff interval is longer than this: that of the first 15 minutes, throughout.
  Milliseconds cuff_high_dose_max{5min};
  Milliseconds questionable_on_delay_min{10s};  // a doubtful value alone has to last this long
};

struct Freshness {
  Milliseconds streaming{15s};   // streaming serial sources
  Milliseconds polled_min{30s};  // HL7 and polled: 3 x period_s of the source, at least this
  Milliseconds cuff_without_interval{15min};
};

enum class SedationScale : std::uint8_t { rass, poss };  // a site uses one and not both
constexpr std::string_view name(SedationScale scale) {
  return scale == SedationScale::rass ? "rass" : "poss";
}

// When the next observation by a nurse is due, from the last one (or the start of the infusion). Zero: not.
struct ObservationIntervals {
  SedationScale scale = SedationScale::rass;
  Milliseconds first_hour{0};  // infusing and held: one that begins within the first hour or while titrating
  Milliseconds later{0};
  Milliseconds recovery{0};
  Milliseconds overdue_after{2min};  // low: due + this; medium: at twice the interval
  Milliseconds fresh{60min};         // what a nurse counted or measured stands for the patient this long
};
inline constexpr Milliseconds observation_first_hour_ms{60min};

// What should hold before an infusion is started. It warns and never decides; an absent bound is not asked.
struct Gate {
  std::optional<double> spo2_least, sbp_least, sbp_most, rate_least, rate_most, rr_least, rr_most;
};
inline constexpr std::size_t checklist_max = 64;
struct ChecklistItem {
  std::string key;   // [a-z0-9-]{1,32}, stable
  std::string text;  // for people; "yes" is what speaks against an infusion
};

// What should hold before a session ends after an infusion; likewise.
struct RecoveryCriteria {
  Milliseconds min{60min};     // from the stop
  double within_percent = 20;  // pressure and rate, of the baseline
  double spo2_above = 92;      // %, on room air, or as at baseline
  double score_least = 9;      // Aldrete or PADS
  Milliseconds stable{15min};  // from one stable reading to another
};

struct Realarm {  // an acknowledged alarm that is still there calls again
  Milliseconds high{120s}, medium{180s}, low{300s};
};

struct Callout {  // unacknowledged: who is called next
  Milliseconds high_unit{60s}, high_second{120s}, medium_unit{180s};
};

struct Profile {
  std::string name;
  std::string title;
  std::string signed_off_by;  // empty: not signed off, and the wire says so
  std::array<std::array<LimitRule, limit_count>, vitals::phase_count> limits{};  // [phase][limit]
  AllBounds bounds = hard_bounds();  // within which a person may set a limit for one session
  std::array<PhaseIntervals, vitals::phase_count> intervals{};
  Milliseconds titrating{15min};
  Gate gate;
  std::vector<ChecklistItem> checklist;
  RecoveryCriteria recovery;
  bool asks_before() const {  // anything at all before an infusion
    return gate.spo2_least || gate.sbp_least || gate.sbp_most || gate.rate_least || gate.rate_most ||
           gate.rr_least || gate.rr_most || !checklist.empty();
  }
  ObservationIntervals observation;
  TechnicalTimes technical;
  Freshness freshness;
  Realarm realarm;
  Callout callout;
};

}  // namespace alarms
