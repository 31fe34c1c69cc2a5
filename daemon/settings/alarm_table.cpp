// The effective alarm table, as a biomedical engineer wants to read and sign it.
#include <algorithm>
#include <array>
#include <vector>

#include "daemon/settings/settings.hpp"
#include "daemon/settings/words.hpp"
#include "drivers/registry.hpp"

namespace settings {
namespace {

using alarms::LimitId;
using alarms::LimitRule;
using alarms::Side;
using alarms::Threshold;

using Row = std::vector<std::string>;

std::string minutes_text(Milliseconds time) {
  return number(static_cast<double>(time.count()) / 60'000) + " min";
}

std::string limit_text(const Threshold& threshold, Side side) {
  if (!threshold.limit) return "-";
  const std::string sign = side == Side::high ? ">" : "<";
  return sign + (threshold.limit_included ? "= " : " ") + number(*threshold.limit);
}

// "+20 % and >= 140"
std::string relative_text(const Threshold& threshold, Side side) {
  if (!threshold.relative) return "-";
  const auto& rule = *threshold.relative;
  std::string out = side == Side::high ? "+" : "-";
  out += number(rule.change) + (rule.percent ? " %" : "");
  out += side == Side::high ? " and >" : " and <";
  return out + (rule.floor_included ? "= " : " ") + number(rule.floor);
}

const drivers::Facts* facts_of(const Source& source) {
  const auto* entry = drivers::find(source.protocol);
  return entry ? entry->facts : nullptr;
}

// What passes in the monitor and on the way here before we see a change.
struct MonitorDelay {
  Milliseconds known{0};
  std::string text;
};
MonitorDelay monitor_delay(const Source& source) {
  const auto* facts = facts_of(source);
  if (!facts) return {};
  const Milliseconds own = facts->own_delay_ms;
  const bool is_known = own.count() > 0;
  if (facts->streaming) return {own, is_known ? seconds_text(own) : "not known"};
  const std::string period = "up to " + seconds_text(source.period);
  return {own + source.period, period + (is_known ? " + " + seconds_text(own) : " + its own")};
}

// Ours, the monitor's, and both. A cuff reading is judged at once: what delays it is the interval.
std::array<std::string, 3> delay_texts(const LimitRule& rule, vitals::Metric metric, const Source& source) {
  if (vitals::is_cuff(metric)) return {"at once", "per reading", "cuff interval"};
  const Threshold &warn = rule.warn, &critical = rule.critical;
  const MonitorDelay monitor = monitor_delay(source);
  const auto part = [&](const Threshold& one, Milliseconds plus) {
    return one.limit || one.relative ? seconds_text(begin_delay(rule, one, source) + plus) : std::string("-");
  };
  const auto both = [&](Milliseconds plus) { return part(warn, plus) + " / " + part(critical, plus); };
  std::string ours = both(Milliseconds{0});
  if (!rule.confirm.rests()) ours += ", " + number(rule.confirm.needed) + " of " + number(rule.confirm.of);
  return {std::move(ours), monitor.text, both(monitor.known)};
}

// Relative limits rest where there is no infusion to change the patient.
bool relative_run(std::size_t phase) {
  using vitals::Phase;
  const auto value = static_cast<Phase>(phase);
  return value == Phase::infusing || value == Phase::held || value == Phase::recovery;
}

Row limit_row(const Settings& settings, const Bed& bed, LimitId id, std::size_t phase) {
  const LimitRule& rule = settings.profile(bed).limits[phase][index_of(id)];
  const auto metric = watched_metric(id, bed);
  const Source* source = settings.carrier(bed, metric);
  Row row{std::string(alarms::name(id)), std::string(vitals::name(metric))};
  if (!source) {
    row.emplace_back("not watched: no source carries it");
    return row;
  }
  const Side side = side_of(id);
  row.push_back(source->name);
  row.push_back(limit_text(rule.warn, side));
  row.push_back(limit_text(rule.critical, side));
  row.push_back(relative_run(phase) ? relative_text(rule.warn, side) : "-");
  row.push_back(relative_run(phase) ? relative_text(rule.critical, side) : "-");
  for (auto& text : delay_texts(rule, metric, *source)) row.push_back(std::move(text));
  row.push_back(number(rule.deadband));
  row.push_back(vitals::is_cuff(metric) ? "next reading" : seconds_text(rule.off_delay));
  row.emplace_back(rule.latching ? "critical" : "no");
  return row;
}

void append(std::string& out, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size(), 0);
    if (row.size() != rows.front().size()) continue;  // a remark in place of numbers does not widen a column
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : rows) {
    std::string line = "   ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += " " + row[i];
      if (row[i].size() < widths[i]) line.append(widths[i] - row[i].size(), ' ');
      line += ' ';
    }
    out.append(line, 0, line.find_last_not_of(' ') + 1);
    out += '\n';
  }
}

bool same(const Threshold& a, const Threshold& b) {
  const auto relative = [](const Threshold& t) {
    const auto r = t.relative.value_or(alarms::Relative{});
    return std::tuple(t.relative.has_value(), r.change, r.percent, r.floor, r.floor_included);
  };
  return a.limit == b.limit && a.limit_included == b.limit_included && a.on_delay == b.on_delay &&
         relative(a) == relative(b);
}

bool same(const alarms::Profile& profile, std::size_t a, std::size_t b) {
  if (relative_run(a) != relative_run(b) || profile.intervals[a].cuff != profile.intervals[b].cuff ||
      profile.intervals[a].cuff_titrating != profile.intervals[b].cuff_titrating)
    return false;
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    const LimitRule &x = profile.limits[a][i], &y = profile.limits[b][i];
    if (x.watched != y.watched || !same(x.warn, y.warn) || !same(x.critical, y.critical) ||
        x.confirm != y.confirm || x.deadband != y.deadband || x.off_delay != y.off_delay ||
        x.latching != y.latching)
      return false;
  }
  return true;
}

// Whatever the profile says: of a cuff that nobody sends or that no limit watches nobody is reminded.
bool reminds_of_cuff(const Bed& bed) { return bed.expected.contains(vitals::Metric::nibp_sys); }

std::string interval_text(const Settings& settings, const Bed& bed, const alarms::PhaseIntervals& intervals) {
  if (intervals.cuff.count() == 0) return "no cuff reading due";
  if (settings.carrier(bed, vitals::Metric::nibp_sys) == nullptr)
    return "no cuff reminder: no source of this bed carries NIBP";
  if (!reminds_of_cuff(bed)) return "no cuff reminder: no limit of this bed watches NIBP";
  std::string out = "cuff reading due every " + minutes_text(intervals.cuff);
  if (intervals.cuff_titrating != intervals.cuff)
    out += ", every " + minutes_text(intervals.cuff_titrating) + " while titrating";
  return out;
}

void append_phase(std::string& out, const Settings& settings, const Bed& bed, std::size_t phase) {
  const auto& profile = settings.profile(bed);
  std::vector<Row> rows{{"condition", "metric", "source", "warn", "critical", "warn relative",
                         "critical relative", "our delay", "monitor", "total", "deadband", "off-delay",
                         "latches"}};
  for (std::size_t i = 0; i < alarms::limit_count; ++i)
    if (profile.limits[phase][i].watched)
      rows.push_back(limit_row(settings, bed, static_cast<LimitId>(i), phase));
  out += "  " + interval_text(settings, bed, profile.intervals[phase]) + "\n";
  append(out, rows);
}

std::string observation_text(const alarms::ObservationIntervals& intervals) {
  const std::string scale = "sedation by " + std::string(alarms::name(intervals.scale));
  if (intervals.first_hour + intervals.later + intervals.recovery == Milliseconds{0})
    return "no nurse observation due; " + scale;
  const auto every = [](Milliseconds interval) {
    return interval.count() == 0 ? std::string("not due") : "every " + minutes_text(interval);
  };
  return "nurse observation: " + every(intervals.first_hour) +
         " in the first hour of the infusion and while titrating, " + every(intervals.later) +
         " otherwise, " + every(intervals.recovery) + " in recovery; " + scale;
}

// "SpO2 >= 95 %, SBP 90 to 180 mmHg, ..."
std::string bounds_text(std::string_view label, std::optional<double> least, std::optional<double> most,
                        std::string_view unit) {
  if (!least && !most) return {};
  std::string out = std::string(label) + " ";
  if (least && most)
    out += number(*least) + " to " + number(*most);
  else
    out += least ? ">= " + number(*least) : "<= " + number(*most);
  return out + " " + std::string(unit) + ", ";
}

std::string gate_text(const alarms::Profile& profile) {
  const alarms::Gate& gate = profile.gate;
  return "shown before an infusion: " + bounds_text("SpO2", gate.spo2_least, std::nullopt, "%") +
         bounds_text("SBP", gate.sbp_least, gate.sbp_most, "mmHg") +
         bounds_text("rate", gate.rate_least, gate.rate_most, "/min") +
         bounds_text("RR", gate.rr_least, gate.rr_most, "/min") + "a checklist of " +
         std::to_string(profile.checklist.size());
}

std::string recovery_text(const alarms::RecoveryCriteria& recovery) {
  return "shown before the end of a session: " + minutes_text(recovery.min) +
         " since the stop, pressure and rate within " + number(recovery.within_percent) +
         " % of the baseline, SpO2 > " + number(recovery.spo2_above) +
         " %, score >= " + number(recovery.score_least) + ", stable over " + minutes_text(recovery.stable);
}

// Phases that are alike are printed once, under all their names.
void append_phases(std::string& out, const Settings& settings, const Bed& bed) {
  const auto& profile = settings.profile(bed);
  std::array<bool, vitals::phase_count> printed{};
  for (std::size_t phase = 0; phase < vitals::phase_count; ++phase) {
    if (printed[phase]) continue;
    std::vector<std::string> alike;
    for (std::size_t other = phase; other < vitals::phase_count; ++other) {
      if (!same(profile, phase, other)) continue;
      printed[other] = true;
      alike.emplace_back(vitals::phase_names[other]);
    }
    out += "\n  phase " + joined(alike) + ":\n";
    append_phase(out, settings, bed, phase);
  }
}

// Which source the limits of one kind watch.
std::string lead_text(const Settings& settings, const Bed& bed, LimitId id, std::string_view word) {
  const Source* source = settings.carrier(bed, watched_metric(id, bed));
  return source ? std::string(word) + " from " + source->name : "not watched";
}

void append_freshness(std::string& out, const Settings& settings, const Bed& bed) {
  const auto& freshness = settings.profile(bed).freshness;
  out += "  values are stale after";
  for (const auto& name : bed.sources) {
    const Source* source = settings.source(name);
    const auto* facts = source ? facts_of(*source) : nullptr;
    if (!facts) continue;
    const Milliseconds limit =
        facts->streaming ? freshness.streaming : std::max(3 * source->period, freshness.polled_min);
    out += " " + seconds_text(limit) + " (" + name + ")";
  }
  out += '\n';
}

// What a person may change for one session, by the verb limits-set.
void append_bounds(std::string& out, const Settings& settings, const Bed& bed) {
  const auto& profile = settings.profile(bed);
  std::vector<std::string> movable;
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    const bool watched = std::any_of(profile.limits.begin(), profile.limits.end(),
                                     [i](const auto& phase) { return phase[i].watched; });
    if (!watched || !settings.carrier(bed, watched_metric(static_cast<LimitId>(i), bed))) continue;
    movable.push_back(std::string(alarms::limit_names[i]) + " " + number(profile.bounds[i].least) + " to " +
                      number(profile.bounds[i].most));
  }
  if (!movable.empty()) out += "\n  limits-set may move, for one session: " + joined(movable) + "\n";
}

void append_bed(std::string& out, const Settings& settings, const Bed& bed) {
  const auto& profile = settings.profile(bed);
  out += "bed " + bed.scope() + "\n  profile " + profile.name;
  if (!profile.title.empty()) out += " (" + profile.title + ")";
  out += profile.signed_off_by.empty() ? ", NOT SIGNED OFF" : ", signed off by " + profile.signed_off_by;
  if (const auto files = settings.profile_files.find(bed.profile); files != settings.profile_files.end())
    out += "\n  read from " + joined(files->second);
  out += "\n  rate: " + lead_text(settings, bed, LimitId::hr_high, vitals::name(bed.rate));
  out +=
      "; pressure: " + lead_text(settings, bed, LimitId::sbp_high, bed.arterial_pressure ? "art" : "nibp") +
      "\n";
  append_freshness(out, settings, bed);
  if (bed.idle == Idle::off) out += "  no limit alarms without a session in progress (idle = \"off\")\n";
  if (bed.cuff_on_oximeter_arm)
    out += "  while the cuff measures, spo2-sensor and spo2-signal wait up to 60 s (cuff_on_oximeter_arm)\n";
  append_phases(out, settings, bed);
  append_bounds(out, settings, bed);
  out += "\n  titrating: " + minutes_text(profile.titrating) + " after the start and each rate increase; ";
  out += "relative limits count from the patient's baseline\n";
  out += "  " + observation_text(profile.observation) + "\n";
  if (profile.asks_before()) out += "  " + gate_text(profile) + "\n";
  out += "  " + recovery_text(profile.recovery) + "\n";
  out += "  above 1 mg/kg/h: ";
  if (reminds_of_cuff(bed))
    out += "a cuff reading at least every " + minutes_text(profile.technical.cuff_high_dose_max) + ", and ";
  out += "every alarm calls the unit\n";
}

// The values of one table on one line: "limits.spo2-low: warn = 94 (pca.toml:21), critical = 90
// (pca.toml:23)".
void append_origins(std::string& out, const std::string& profile, const std::vector<Origin>& origins) {
  out += "\nprofile " + profile + ": where its values are written\n";
  std::string table;
  bool first = true;
  for (const Origin& one : origins) {
    const auto dot = one.key.rfind('.');
    const std::string of = dot == std::string::npos ? "" : one.key.substr(0, dot);
    if (first || of != table) {
      out += (first ? "  " : "\n  ") + of + (of.empty() ? "" : ": ");
    } else {
      out += ", ";
    }
    first = false;
    table = of;
    out += one.key.substr(dot == std::string::npos ? 0 : dot + 1) + " = " + one.value + " (" + one.file +
           ":" + std::to_string(one.line) + ")";
  }
  out += '\n';
}

}  // namespace

std::string alarm_table(const Settings& settings) {
  std::string out;
  for (const Bed& bed : settings.beds) {
    if (!out.empty()) out += '\n';
    append_bed(out, settings, bed);
  }
  for (const auto& [profile, origins] : settings.origins) append_origins(out, profile, origins);
  return out;
}

}  // namespace settings
