#include "daemon/settings/profile_file.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/settings/reader.hpp"
#include "daemon/settings/words.hpp"

namespace settings {
namespace {

using alarms::LimitId;
using alarms::LimitRule;
using alarms::Profile;
using alarms::Relative;
using alarms::Side;
using alarms::Threshold;
using std::chrono_literals::operator""s;

// What a nurse is asked to do. About the infusion only "review": whether to stop it is a clinician's
// decision.
std::string_view advice_of(LimitId id) {
  switch (id) {
    case LimitId::hr_high:
    case LimitId::hr_low: return "check patient and sensor";
    case LimitId::spo2_low: return "check patient and probe, review infusion";
    case LimitId::spo2_deep: return "check airway and breathing, review infusion";
    case LimitId::sbp_high:
    case LimitId::sbp_low: return "check patient, repeat the reading, review infusion";
    case LimitId::dbp_high:
    case LimitId::dbp_low:
    case LimitId::map_high:
    case LimitId::map_low: return "check patient, repeat the reading";
    case LimitId::rr_high:
    case LimitId::rr_low: return "check airway and breathing";
  }
  return "";
}

// { percent = 20, at_least = 140 }: which word names the floor also says whether reaching it is enough.
std::optional<Relative> read_relative(Reader reader, LimitId id, Report& report) {
  const auto range = alarms::hard_bounds(id);
  const auto percent = reader.number("percent", 1, 100);
  const auto units = reader.number("units", 1, range.most);
  const bool high = side_of(id) == Side::high;
  const std::string_view passed = high ? "above" : "below";
  const std::string_view reached = high ? "at_least" : "at_most";
  const auto floor_passed = reader.number(passed, range.least, range.most);
  const auto floor_reached = reader.number(reached, range.least, range.most);
  const bool change_named = reader.has("percent") != reader.has("units");
  const bool floor_named = reader.has(passed) != reader.has(reached);
  reader.finish();
  if (!change_named) report.error(reader.place(), reader.name() + " needs percent or units, one of them");
  if (!floor_named)
    report.error(reader.place(), reader.name() + " needs " + std::string(passed) + " or " +
                                     std::string(reached) + ", one of them");
  if (!(percent || units) || !(floor_passed || floor_reached) || !change_named || !floor_named)
    return std::nullopt;
  return Relative{percent ? *percent : *units, percent.has_value(),
                  floor_passed ? *floor_passed : *floor_reached, floor_reached.has_value()};
}

void read_threshold(Reader& reader, const std::string& word, LimitId id, Threshold& out, Report& report) {
  const auto range = alarms::hard_bounds(id);
  if (const auto value = reader.number(word, range.least, range.most)) out.limit = value;
  if (const auto value = reader.flag(word + "_included")) out.limit_included = *value;
  if (const auto value = reader.seconds(word + "_delay_s", 0, 120)) out.on_delay = *value;
  if (auto table = reader.table(word + "_relative")) {
    if (auto relative = read_relative(std::move(*table), id, report)) out.relative = relative;
  }
}

// "2 of 3"
std::optional<alarms::ConfirmRule> confirm_of(std::string_view text) {
  if (text.size() != 6 || text.substr(1, 4) != " of ") return std::nullopt;
  const auto digit = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at] - '0'); };
  if (text[0] < '1' || text[5] < text[0] || digit(5) > alarms::confirm_of_max) return std::nullopt;
  return alarms::ConfirmRule{digit(0), digit(5)};
}

void read_confirm(Reader& reader, LimitRule& rule, Report& report) {
  const auto text = reader.text("confirm");
  if (!text) return;
  if (const auto confirm = confirm_of(*text)) {
    rule.confirm = *confirm;
  } else {
    report.error(
        reader.place("confirm"),
        "confirm " + in_quotes(*text) + " must say of how many samples how many, as \"2 of 3\", at most 5");
  }
}

void read_limit(Reader reader, LimitId id, LimitRule& rule, Report& report) {
  rule.watched = true;
  if (const auto value = reader.flag("watched")) rule.watched = *value;
  read_threshold(reader, "warn", id, rule.warn, report);
  read_threshold(reader, "critical", id, rule.critical, report);
  if (const auto value = reader.number("deadband", 0, 20)) rule.deadband = *value;
  if (const auto value = reader.seconds("off_delay_s", 0, 60)) rule.off_delay = *value;
  if (const auto value = reader.flag("latching")) rule.latching = *value;
  read_confirm(reader, rule, report);
  reader.finish();
}

// [limits.*] holds for every phase; [phase.X.limits.*] changes single keys of it in one.
void read_limits(Reader& root, Profile& profile, LimitPlaces& places, Report& report) {
  auto limits = root.table("limits");
  if (!limits) return;
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    const std::string word(alarms::limit_names[i]);
    auto table = limits->table(word);
    if (!table) continue;
    const Place place = table->place();
    LimitRule rule = profile.limits[0][i];  // of the file that this one rests on; no phase differs yet
    if (rule.advice.empty()) rule = standard_rule(static_cast<LimitId>(i));
    read_limit(std::move(*table), static_cast<LimitId>(i), rule, report);
    for (std::size_t phase = 0; phase < vitals::phase_count; ++phase) {
      profile.limits[phase][i] = rule;
      places[phase][i] = place;
    }
  }
  limits->finish();
}

// [bounds.NAME]: how far `limits-set` may move that limit, warn and critical alike.
void read_bounds(Reader& root, Profile& profile, Report& report) {
  auto bounds = root.table("bounds");
  if (!bounds) return;
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    auto table = bounds->table(alarms::limit_names[i]);
    if (!table) continue;
    const auto hard = alarms::hard_bounds(static_cast<LimitId>(i));
    alarms::LimitBounds& out = profile.bounds[i];
    if (const auto value = table->number("least", hard.least, hard.most)) out.least = *value;
    if (const auto value = table->number("most", hard.least, hard.most)) out.most = *value;
    table->finish();
    if (out.least <= out.most) continue;
    report.error(table->place(),
                 table->name() + ": least " + number(out.least) + " is above most " + number(out.most));
    out = hard;
  }
  bounds->finish();
}

void read_phase(Reader reader, std::size_t phase, Profile& profile, LimitPlaces& places, Report& report) {
  // At most four hours between two cuff readings; the least is what a cuff allows on one limb for long.
  if (const auto value = reader.seconds("cuff_interval_s", 60, 14'400))
    profile.intervals[phase].cuff = *value;
  if (const auto value = reader.seconds("cuff_interval_titrating_s", 60, 14'400))
    profile.intervals[phase].cuff_titrating = *value;
  if (auto limits = reader.table("limits")) {
    for (std::size_t i = 0; i < alarms::limit_count; ++i) {
      auto table = limits->table(alarms::limit_names[i]);
      if (!table) continue;
      places[phase][i] = table->place();
      LimitRule& rule = profile.limits[phase][i];
      if (rule.advice.empty()) rule = standard_rule(static_cast<LimitId>(i));
      read_limit(std::move(*table), static_cast<LimitId>(i), rule, report);
    }
    limits->finish();
  }
  reader.finish();
}

void read_phases(Reader& root, Profile& profile, LimitPlaces& places, Report& report) {
  auto phases = root.table("phase");
  if (!phases) return;
  for (std::size_t i = 0; i < vitals::phase_count; ++i)
    if (auto table = phases->table(vitals::phase_names[i]))
      read_phase(std::move(*table), i, profile, places, report);
  phases->finish();
}

// Where nothing else is said a cuff is as often due while titrating as otherwise.
void fill_intervals(Profile& profile) {
  for (auto& intervals : profile.intervals)
    if (intervals.cuff_titrating == Milliseconds{0}) intervals.cuff_titrating = intervals.cuff;
}

void read_seconds(Reader& reader, std::string_view key, double least, double most, Milliseconds& out) {
  if (const auto value = reader.seconds(key, least, most)) out = *value;
}

void read_number(Reader& reader, std::string_view key, double least, double most, double& out) {
  if (const auto value = reader.number(key, least, most)) out = *value;
}

void read_technical(Reader& root, alarms::TechnicalTimes& out) {
  auto reader = root.table("technical");
  if (!reader) return;
  read_seconds(*reader, "sensor_delay_s", 0, 30, out.sensor_on_delay);
  read_seconds(*reader, "sensor_raise_after_s", 0, 600, out.sensor_raise_after);
  read_seconds(*reader, "stale_raise_after_s", 0, 600, out.stale_raise_after);
  read_seconds(*reader, "link_delay_s", 0, 60, out.link_on_delay);
  read_seconds(*reader, "link_raise_after_s", 0, 600, out.link_raise_after);
  read_seconds(*reader, "blind_delay_s", 0, 60, out.blind_on_delay);
  read_seconds(*reader, "off_delay_s", 0, 60, out.off_delay);
  read_seconds(*reader, "hr_zero_delay_s", 0, 15, out.hr_zero_on_delay);  // high: the cap of 15 s holds
  read_seconds(*reader, "overtime_delay_s", 0, 600, out.overtime_on_delay);
  read_seconds(*reader, "cuff_overdue_after_s", 0, 600, out.cuff_overdue_after);
  read_seconds(*reader, "cuff_high_dose_s", 60, 1800, out.cuff_high_dose_max);
  read_seconds(*reader, "questionable_delay_min_s", 0, 15, out.questionable_on_delay_min);
  reader->finish();
}

void read_freshness(Reader& root, alarms::Freshness& out) {
  auto reader = root.table("freshness");
  if (!reader) return;
  // ISO 80601-2-61 wants a value older than 30 s marked, so a stream may not count as fresh for longer.
  read_seconds(*reader, "streaming_s", 2, 30, out.streaming);
  read_seconds(*reader, "polled_min_s", 5, 300, out.polled_min);
  read_seconds(*reader, "cuff_without_interval_s", 60, 14'400, out.cuff_without_interval);
  reader->finish();
}

void read_times_of_people(Reader& root, Profile& profile) {
  if (auto reader = root.table("realarm")) {
    read_seconds(*reader, "high_s", 60, 600, profile.realarm.high);
    read_seconds(*reader, "medium_s", 60, 600, profile.realarm.medium);
    read_seconds(*reader, "low_s", 60, 600, profile.realarm.low);
    reader->finish();
  }
  if (auto reader = root.table("callout")) {
    read_seconds(*reader, "high_unit_s", 0, 600, profile.callout.high_unit);
    read_seconds(*reader, "high_second_s", 0, 1200, profile.callout.high_second);
    read_seconds(*reader, "medium_unit_s", 0, 1200, profile.callout.medium_unit);
    reader->finish();
  }
  if (auto reader = root.table("recovery")) {
    alarms::RecoveryCriteria& recovery = profile.recovery;
    read_seconds(*reader, "min_s", 1800, 14'400, recovery.min);  // 30 to 240 minutes
    read_number(*reader, "within_percent", 5, 50, recovery.within_percent);
    read_number(*reader, "spo2_above", 80, 99, recovery.spo2_above);
    read_number(*reader, "score_least", 1, 10, recovery.score_least);
    read_seconds(*reader, "stable_s", 0, 3'600, recovery.stable);
    reader->finish();
  }
}

void read_observation(Reader& root, alarms::ObservationIntervals& out) {
  auto reader = root.table("observation");
  if (!reader) return;
  if (const auto word = reader->word("scale", {"rass", "poss"}))
    out.scale = *word == "poss" ? alarms::SedationScale::poss : alarms::SedationScale::rass;
  // At most four hours between two looks at a patient; 0: none is due.
  read_seconds(*reader, "interval_first_hour_s", 0, 14'400, out.first_hour);
  read_seconds(*reader, "interval_s", 0, 14'400, out.later);
  read_seconds(*reader, "interval_recovery_s", 0, 14'400, out.recovery);
  read_seconds(*reader, "overdue_after_s", 0, 1'800, out.overdue_after);
  read_seconds(*reader, "fresh_s", 300, 14'400, out.fresh);
  reader->finish();
}

void read_gate(Reader& root, alarms::Gate& out) {
  auto reader = root.table("gate");
  if (!reader) return;
  const auto read = [&](std::string_view key, double least, double most, std::optional<double>& bound) {
    if (const auto value = reader->number(key, least, most)) bound = value;
  };
  read("spo2_least", 50, 100, out.spo2_least);
  read("sbp_least", 50, 200, out.sbp_least);
  read("sbp_most", 100, 250, out.sbp_most);
  read("rate_least", 20, 100, out.rate_least);
  read("rate_most", 60, 250, out.rate_most);
  read("rr_least", 1, 30, out.rr_least);
  read("rr_most", 10, 80, out.rr_most);
  reader->finish();
}

// Every key is an item of the site's own choice; what is first in the file is asked first.
void read_checklist(Reader& root, std::vector<alarms::ChecklistItem>& out, Report& report) {
  auto reader = root.table("checklist");
  if (!reader) return;
  std::vector<Text> keys = reader->keys();
  const auto before = [](const Text& a, const Text& b) { return a.place.line < b.place.line; };
  std::stable_sort(keys.begin(), keys.end(), before);
  for (const Text& key : keys) {
    const auto text = reader->text(key.text);
    const auto same = [&](const alarms::ChecklistItem& item) { return item.key == key.text; };
    const auto known = std::find_if(out.begin(), out.end(), same);
    if (known != out.end())  // of the profile that this one rests on
      known->text = text.value_or(known->text);
    else if (!is_id(key.text))
      report.error(key.place, "\"" + key.text + "\" is no key of a checklist: at most 32 of a-z, 0-9 and -");
    else if (out.size() == alarms::checklist_max)
      report.error(key.place,
                   "more than " + std::to_string(alarms::checklist_max) + " items on the checklist");
    else if (text)
      out.push_back({key.text, *text});
  }
  reader->finish();
}

}  // namespace

LimitRule standard_rule(LimitId id) {
  LimitRule rule;
  rule.watched = true;
  rule.advice = advice_of(id);
  rule.off_delay = 5s;
  switch (id) {
    case LimitId::spo2_low:
    case LimitId::spo2_deep:
      rule.warn.on_delay = 15s;
      rule.critical.on_delay = id == LimitId::spo2_deep ? 0s : 10s;
      rule.deadband = 2;
      break;
    case LimitId::hr_high:
    case LimitId::hr_low:
      rule.warn.on_delay = 10s;
      rule.critical.on_delay = 5s;
      rule.deadband = 3;
      break;
    case LimitId::rr_high:
    case LimitId::rr_low:
      rule.warn.on_delay = 15s;
      rule.critical.on_delay = 10s;
      rule.deadband = 1;
      break;
    default:  // pressures: the delays are those of an arterial line, a cuff reading counts at once
      rule.warn.on_delay = 10s;
      rule.critical.on_delay = 5s;
      rule.deadband = 5;
      break;
  }
  return rule;
}

Profile make_profile(const std::vector<Layer>& layers, const std::string& name, Report& report) {
  std::vector<Reader> roots;
  roots.reserve(layers.size());
  for (const Layer& layer : layers) roots.emplace_back(layer.table, layer.file, "", report);
  Profile profile;
  ProfilePlaces places;
  for (const Layer& layer : layers) places.files.push_back(layer.file);
  profile.name = name;
  for (Reader& root : roots) {
    root.allow("extends");
    profile.title = root.text("title").value_or("");
    profile.signed_off_by = root.text("signed_off_by").value_or("");
    read_seconds(root, "titrating_s", 0, 3600, profile.titrating);
    read_limits(root, profile, places.limits, report);
  }
  for (Reader& root : roots) {  // what a phase says, in whichever file, goes before what holds for all
    read_phases(root, profile, places.limits, report);
    read_bounds(root, profile, report);
    read_observation(root, profile.observation);
    read_gate(root, profile.gate);
    read_checklist(root, profile.checklist, report);
    read_technical(root, profile.technical);
    read_freshness(root, profile.freshness);
    read_times_of_people(root, profile);
    root.finish();
  }
  fill_intervals(profile);
  const Reader& own = roots.back();
  places.sign_off = own.has("signed_off_by") ? own.place("signed_off_by") : Place{layers.back().file};
  check_profile(profile, places, report);
  return profile;
}

}  // namespace settings
