#include "daemon/app/session_record.hpp"

#include <nlohmann/json.hpp>

namespace app {
namespace {

using nlohmann::json;
using vitals::Milliseconds;
using vitals::WallTime;

constexpr int record_version = 1;

void put(json& out, const char* key, const std::optional<double>& value) {
  if (value) out[key] = *value;
}
void put(json& out, const char* key, const std::optional<WallTime>& value) {
  if (value) out[key] = vitals::unix_ms(*value);
}
void put(json& out, const char* key, const std::optional<Milliseconds>& value) {
  if (value) out[key] = value->count();
}

void get(const json& in, const char* key, std::optional<double>& value) {
  if (in.contains(key)) value = in[key].get<double>();
}
void get(const json& in, const char* key, std::optional<WallTime>& value) {
  if (in.contains(key)) value = vitals::wall_from_unix_ms(in[key].get<std::int64_t>());
}
void get(const json& in, const char* key, std::optional<Milliseconds>& value) {
  if (in.contains(key)) value = Milliseconds{in[key].get<std::int64_t>()};
}

json write_baseline(const infusion::Baseline& baseline) {
  json out{{"t", vitals::unix_ms(baseline.t)}, {"overridden", baseline.overridden}};
  put(out, "rate", baseline.rate);
  put(out, "spo2", baseline.spo2);
  put(out, "sbp", baseline.sbp);
  put(out, "dbp", baseline.dbp);
  put(out, "map", baseline.map);
  put(out, "o2_l_min", baseline.o2_l_min);
  return out;
}

infusion::Baseline read_baseline(const json& in) {
  infusion::Baseline out;
  out.t = vitals::wall_from_unix_ms(in.at("t").get<std::int64_t>());
  out.overridden = in.at("overridden").get<bool>();
  get(in, "rate", out.rate);
  get(in, "spo2", out.spo2);
  get(in, "sbp", out.sbp);
  get(in, "dbp", out.dbp);
  get(in, "map", out.map);
  get(in, "o2_l_min", out.o2_l_min);
  return out;
}

json write_cuff(const infusion::BaselineCuff& one) {
  json out{{"t", vitals::unix_ms(one.at.wall)}};
  put(out, "sbp", one.sbp);
  put(out, "dbp", one.dbp);
  put(out, "map", one.map);
  return out;
}

infusion::BaselineCuff read_cuff(const json& in) {
  infusion::BaselineCuff out;
  out.at.wall = vitals::wall_from_unix_ms(in.at("t").get<std::int64_t>());
  get(in, "sbp", out.sbp);
  get(in, "dbp", out.dbp);
  get(in, "map", out.map);
  return out;
}

json write_identity(bed::Identity identity) {
  return json::array({identity.patient, identity.visit, identity.place});
}

bed::Identity read_identity(const json& in) {
  return {in.at(0).get<std::uint64_t>(), in.at(1).get<std::uint64_t>(), in.at(2).get<std::uint64_t>()};
}

json write_patient(const bed::PatientRecord& patient) {
  json known = json::array();
  for (const auto& one : patient.known)
    known.push_back(
        {{"source", one.source}, {"known", write_identity(one.known)}, {"other", write_identity(one.other)}});
  return {{"salt", json::array({patient.salt.low, patient.salt.high})},
          {"doubt", static_cast<unsigned>(patient.doubt)},
          {"known", std::move(known)}};
}

bed::PatientRecord read_patient(const json& in) {
  bed::PatientRecord out;
  out.salt = {in.at("salt").at(0).get<std::uint64_t>(), in.at("salt").at(1).get<std::uint64_t>()};
  const auto doubt = in.at("doubt").get<unsigned>();
  if (doubt < bed::doubt_count) out.doubt = static_cast<bed::Doubt>(doubt);
  for (const json& one : in.at("known"))
    out.known.push_back({one.at("source").get<std::string>(), read_identity(one.at("known")),
                         read_identity(one.at("other"))});
  return out;
}

json write_shelf(const bed::Shelved& one) {
  return {{"cond", one.condition},
          {"until", vitals::unix_ms(one.shelf.until_wall)},
          {"level", alarms::name(one.shelf.level)},
          {"by", one.shelf.by}};
}

// nullopt: no level that could be shelved.
std::optional<bed::Shelved> read_shelf(const json& in) {
  bed::Shelved out;
  out.condition = in.at("cond").get<std::string>();
  out.shelf.until_wall = vitals::wall_from_unix_ms(in.at("until").get<std::int64_t>());
  out.shelf.by = in.at("by").get<std::string>();
  for (const auto level : {alarms::Priority::info, alarms::Priority::low, alarms::Priority::medium}) {
    out.shelf.level = level;
    if (in.at("level").get<std::string>() == alarms::name(level)) return out;
  }
  return std::nullopt;
}

json write_limits(const alarms::LimitChanges& limits) {
  json out = json::array();
  for (std::size_t i = 0; i < alarms::limit_count; ++i) {
    if (!limits[i]) continue;
    json one{{"limit", alarms::limit_names[i]}, {"by", limits[i]->by}};
    put(one, "warn", limits[i]->warn);
    put(one, "critical", limits[i]->critical);
    out.push_back(std::move(one));
  }
  return out;
}

void read_limit(const json& in, alarms::LimitChanges& out) {
  alarms::LimitChange change;
  get(in, "warn", change.warn);
  get(in, "critical", change.critical);
  change.by = in.at("by").get<std::string>();
  for (std::size_t i = 0; i < alarms::limit_count; ++i)
    if (in.at("limit").get<std::string>() == alarms::limit_names[i]) out[i] = change;
}

bed::AudioPause read_pause(const json& in) {
  return {vitals::wall_from_unix_ms(in.at("until").get<std::int64_t>()), in.at("by").get<std::string>()};
}

// Items by their key, each with its value and time.
json write_chart(const infusion::Chart& chart) {
  json items = json::object();
  for (const infusion::ItemFacts& facts : infusion::items())
    if (const auto& noted = chart[facts.item])
      items[std::string{facts.key}] = json::array({noted->value, vitals::unix_ms(noted->at.wall)});
  return {{"last", vitals::unix_ms(chart.last->wall)}, {"items", std::move(items)}};
}

// An item that this version does not know, or a value that does not fit, is left out.
infusion::Chart read_chart(const json& in) {
  infusion::Chart out;
  const auto stamp = [](const json& ms) {
    return vitals::Stamp{{}, vitals::wall_from_unix_ms(ms.get<std::int64_t>())};
  };
  out.last = stamp(in.at("last"));
  for (const infusion::ItemFacts& facts : infusion::items()) {
    const auto found = in.at("items").find(facts.key);
    if (found == in.at("items").end()) continue;
    const auto value = found->at(0).get<double>();
    if (infusion::fits(facts, value))
      out.newest[infusion::index_of(facts.item)] = infusion::Chart::Noted{value, stamp(found->at(1))};
  }
  return out;
}

json write_criteria(const std::vector<infusion::Criterion>& criteria) {
  json out = json::array();
  for (const infusion::Criterion& one : criteria) out.push_back(json::array({one.key, one.text}));
  return out;
}

json write_assessment(const infusion::Assessment& one) {
  return {{"not_met", write_criteria(one.not_met)}, {"unknown", write_criteria(one.unknown)}};
}

std::optional<infusion::Assessment> read_assessment(const json& in, const char* key) {
  if (!in.contains(key)) return std::nullopt;
  infusion::Assessment out;
  for (const json& one : in[key].at("not_met"))
    out.not_met.push_back({one.at(0).get<std::string>(), one.at(1).get<std::string>()});
  for (const json& one : in[key].at("unknown"))
    out.unknown.push_back({one.at(0).get<std::string>(), one.at(1).get<std::string>()});
  return out;
}

void write_series(const infusion::View& view, json& out) {
  if (!view.series.series.empty()) {
    out["series"] = {{"series", view.series.series}, {"n", view.series.n}, {"m", view.series.m}};
    if (view.series.interval_days > 0) out["series"]["interval_days"] = view.series.interval_days;
  }
  json extremes{{"events", view.extremes.events}};
  put(extremes, "rate_max", view.extremes.rate_max);
  put(extremes, "sbp_max", view.extremes.sbp_max);
  put(extremes, "spo2_min", view.extremes.spo2_min);
  out["extremes"] = std::move(extremes);
}

void read_series(const json& in, infusion::View& view) {
  if (in.contains("series")) {
    const json& series = in["series"];
    view.series = {series.at("series").get<std::string>(), series.at("n").get<unsigned>(),
                   series.at("m").get<unsigned>(), series.value("interval_days", 0.0)};
  }
  if (!in.contains("extremes")) return;
  const json& extremes = in["extremes"];
  view.extremes.events = extremes.at("events").get<unsigned>();
  get(extremes, "rate_max", view.extremes.rate_max);
  get(extremes, "sbp_max", view.extremes.sbp_max);
  get(extremes, "spo2_min", view.extremes.spo2_min);
}

// Answers, and what was made of them and of the readings.
void write_criteria(const infusion::View& view, json& out) {
  if (!view.checklist.empty()) {
    json answers = json::object();
    for (const infusion::Answer& one : view.checklist) answers[one.key] = one.yes;
    out["checklist"] = std::move(answers);
  }
  if (view.spo2_scale == infusion::Spo2Scale::two) out["spo2_scale"] = 2;
  if (view.gate) out["gate"] = write_assessment(*view.gate);
  if (view.recovery) out["recovery"] = write_assessment(*view.recovery);
  put(out, "stable_since", view.stable_since);
  put(out, "stable_last", view.stable_last);
}

void read_criteria(const json& in, infusion::View& view) {
  if (in.contains("checklist"))
    for (const auto& [key, yes] : in["checklist"].items()) view.checklist.push_back({key, yes.get<bool>()});
  if (in.contains("spo2_scale")) view.spo2_scale = infusion::Spo2Scale::two;
  view.gate = read_assessment(in, "gate");
  view.recovery = read_assessment(in, "recovery");
  get(in, "stable_since", view.stable_since);
  get(in, "stable_last", view.stable_last);
}

infusion::View read_view(const json& in) {
  infusion::View view;
  view.as_of = vitals::wall_from_unix_ms(in.at("as_of").get<std::int64_t>());
  view.phase = vitals::phase_named(in.at("phase").get<std::string>()).value();
  view.phase_since = vitals::wall_from_unix_ms(in.at("phase_since").get<std::int64_t>());
  view.session = in.at("session").get<std::string>();
  view.dose_mg = in.at("dose_mg").get<double>();
  view.held = Milliseconds{in.at("held_ms").get<std::int64_t>()};
  view.by = in.at("by").get<std::string>();
  view.band = static_cast<infusion::DoseBand>(in.at("band").get<int>());
  get(in, "titrating_until", view.titrating_until);
  get(in, "t_increase", view.t_increase);
  get(in, "t_increase_unseen", view.t_increase_unseen);
  get(in, "t_start", view.t_start);
  get(in, "t_scheduled", view.t_scheduled);
  get(in, "planned_ms", view.planned);
  get(in, "kg", view.kg);
  get(in, "conc_mg_ml", view.conc_mg_ml);
  get(in, "rate_mg_per_h", view.rate_mg_per_h);
  get(in, "rate_mg_per_kg_h", view.rate_mg_per_kg_h);
  get(in, "planned_mg_per_kg", view.planned_mg_per_kg);
  get(in, "dose_mg_per_kg", view.dose_mg_per_kg);
  if (in.contains("rate"))
    view.rate = infusion::Rate{in["rate"].get<double>(),
                               infusion::rate_unit_named(in.at("rate_unit").get<std::string>()).value()};
  if (in.contains("last_bolus"))
    view.last_bolus =
        infusion::LastBolus{in["last_bolus"].at("mg").get<double>(),
                            vitals::wall_from_unix_ms(in["last_bolus"].at("t").get<std::int64_t>())};
  if (in.contains("baseline")) view.baseline = read_baseline(in["baseline"]);
  if (in.contains("baseline_cuffs"))
    for (const json& one : in["baseline_cuffs"]) view.baseline_cuffs.push_back(read_cuff(one));
  get(in, "t_opened", view.t_opened);
  if (in.contains("chart")) view.chart = read_chart(in["chart"]);
  read_criteria(in, view);
  read_series(in, view);
  return view;
}

}  // namespace

std::string write_session_record(const infusion::View& view, const bed::PatientRecord& patient,
                                 std::optional<WallTime> last_cuff, const bed::Attention& attention) {
  json out{{"record", record_version},
           {"as_of", vitals::unix_ms(view.as_of)},
           {"phase", vitals::name(view.phase)},
           {"phase_since", vitals::unix_ms(view.phase_since)},
           {"session", view.session},
           {"dose_mg", view.dose_mg},
           {"held_ms", view.held.count()},
           {"by", view.by},
           {"band", static_cast<int>(view.band)}};
  put(out, "cuff", last_cuff);
  put(out, "titrating_until", view.titrating_until);
  put(out, "t_increase", view.t_increase);
  put(out, "t_increase_unseen", view.t_increase_unseen);
  put(out, "t_start", view.t_start);
  put(out, "t_scheduled", view.t_scheduled);
  put(out, "planned_ms", view.planned);
  put(out, "kg", view.kg);
  put(out, "conc_mg_ml", view.conc_mg_ml);
  put(out, "rate_mg_per_h", view.rate_mg_per_h);
  put(out, "rate_mg_per_kg_h", view.rate_mg_per_kg_h);
  put(out, "planned_mg_per_kg", view.planned_mg_per_kg);
  put(out, "dose_mg_per_kg", view.dose_mg_per_kg);
  if (view.rate) {
    out["rate"] = view.rate->value;
    out["rate_unit"] = infusion::name(view.rate->unit);
  }
  if (view.last_bolus)
    out["last_bolus"] = {{"mg", view.last_bolus->mg}, {"t", vitals::unix_ms(view.last_bolus->t)}};
  if (view.baseline) out["baseline"] = write_baseline(*view.baseline);
  for (const auto& one : view.baseline_cuffs) out["baseline_cuffs"].push_back(write_cuff(one));
  put(out, "t_opened", view.t_opened);
  if (view.chart.last) out["chart"] = write_chart(view.chart);
  write_criteria(view, out);
  write_series(view, out);
  if (!patient.known.empty() || patient.doubt != bed::Doubt::none) out["patient"] = write_patient(patient);
  if (attention.pause)
    out["pause"] = {{"until", vitals::unix_ms(attention.pause->until)}, {"by", attention.pause->by}};
  if (json limits = write_limits(attention.limits); !limits.empty()) out["limits_set"] = std::move(limits);
  for (const bed::Shelved& one : attention.shelved) out["shelved"].push_back(write_shelf(one));
  return out.dump();
}

std::optional<bed::PatientRecord> read_patient_record(std::string_view text) {
  try {
    const json in = json::parse(text);
    if (!in.contains("patient")) return std::nullopt;
    return read_patient(in["patient"]);
  } catch (const std::exception&) {  // damaged: the patient is learned anew
    return std::nullopt;
  }
}

std::optional<WallTime> read_cuff_record(std::string_view text) {
  std::optional<WallTime> out;
  try {
    get(json::parse(text), "cuff", out);
  } catch (const std::exception&) {  // damaged: as if there had been no reading
    return std::nullopt;
  }
  return out;
}

bed::Attention read_attention_record(std::string_view text) {
  bed::Attention out;
  try {
    const json in = json::parse(text);
    if (in.contains("pause")) out.pause = read_pause(in["pause"]);
    if (in.contains("limits_set"))
      for (const json& one : in["limits_set"]) read_limit(one, out.limits);
    if (!in.contains("shelved")) return out;
    for (const json& one : in["shelved"])
      if (auto shelved = read_shelf(one)) out.shelved.push_back(*std::move(shelved));
  } catch (const std::exception&) {  // damaged: nothing is paused, shelved or set
    return {};
  }
  return out;
}

std::optional<infusion::View> read_session_record(std::string_view text) {
  try {
    const json in = json::parse(text);
    if (in.at("record").get<int>() != record_version) return std::nullopt;
    return read_view(in);
  } catch (const std::exception&) {  // the journal's own text, damaged: the caller says so and starts without
    return std::nullopt;
  }
}

}  // namespace app
