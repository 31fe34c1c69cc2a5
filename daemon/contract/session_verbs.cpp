// Verbs about the session: infusion, baseline, checklist, what a nurse saw.
#include <array>
#include <initializer_list>

#include "daemon/contract/verbs.hpp"

namespace contract {
namespace {

constexpr double planned_min_max = 7 * 24 * 60;  // a week

// {"psychosis": false, ...}: which keys there are the profile knows.
std::vector<infusion::Answer> read_answers(Arguments& arguments, std::string_view key) {
  std::vector<infusion::Answer> out;
  const Json* answers = arguments.fields().find(key);
  if (answers == nullptr) return out;
  bool fits = answers->is_object() && answers->size() <= infusion::answers_max;
  if (fits)
    for (const auto& [item, yes] : answers->items()) {
      fits = fits && is_id(item) && yes.is_boolean();
      if (fits) out.push_back({item, yes.get<bool>()});
    }
  if (!fits)
    arguments.complain("args." + std::string(key) + " must be an object of at most " +
                       std::to_string(infusion::answers_max) + " keys of the checklist, each true or false");
  return out;
}

infusion::SeriesPlace read_series(Arguments& arguments) {
  infusion::SeriesPlace out;
  out.series = arguments.text("series");
  const auto number = [&](std::string_view key) -> unsigned {
    if (!arguments.fields().has(key)) return 0;
    const auto value = arguments.fields().count(key);
    if (value && *value >= 1 && *value <= infusion::series_length_max) return static_cast<unsigned>(*value);
    arguments.complain("args." + std::string(key) + " must be a whole number from 1 to " +
                       std::to_string(infusion::series_length_max));
    return 0;
  };
  out.n = number("n");
  out.m = number("m");
  if (const auto days = arguments.positive("interval_days", infusion::interval_days_max))
    out.interval_days = *days;
  return out;
}

std::optional<double> item_value(const infusion::ItemFacts& facts, const Fields& fields) {
  switch (facts.form) {
    case infusion::Form::whole:
    case infusion::Form::number: return fields.number(facts.key);
    case infusion::Form::flag: {
      const auto flag = fields.flag(facts.key);
      if (!flag) return std::nullopt;
      return *flag ? 1 : 0;
    }
    case infusion::Form::word: {
      const auto word = fields.text(facts.key);
      const auto found = word ? std::find(facts.words.begin(), facts.words.end(), *word) : facts.words.end();
      if (found == facts.words.end()) return std::nullopt;
      return static_cast<double>(found - facts.words.begin());
    }
  }
  return std::nullopt;
}

infusion::Actions read_actions(Arguments& arguments) {
  infusion::Actions out = 0;
  const Json* list = arguments.fields().find("actions");
  if (list == nullptr) return out;
  bool fits = list->is_array();
  for (std::size_t i = 0; fits && i < list->size(); ++i) {
    const auto& words = infusion::action_words;
    const auto* action = (*list)[i].get_ptr<const std::string*>();
    const auto found = action != nullptr ? std::find(words.begin(), words.end(), *action) : words.end();
    fits = found != words.end();
    if (fits) out = static_cast<infusion::Actions>(out | 1U << static_cast<unsigned>(found - words.begin()));
  }
  if (!fits) {
    std::string text = "args.actions must be a list of";
    for (const std::string_view word : infusion::action_words) text.append(" ").append(word);
    arguments.complain(std::move(text));
  }
  return out;
}

}  // namespace

void read_checklist(const Fields&, Arguments& arguments, Request& out) {
  Checklist checklist{read_answers(arguments, "answers")};
  if (checklist.answers.empty()) arguments.complain("args.answers needs at least one answer");
  out = std::move(checklist);
}

void read_session_start(const Fields&, Arguments& arguments, Request& out) {
  infusion::SessionStart start;
  start.session = arguments.text("session");
  start.at = arguments.time("at");
  start.kg = arguments.positive("kg");
  start.checklist = read_answers(arguments, "checklist");
  start.series = read_series(arguments);
  if (const auto scale = arguments.fields().integer("spo2_scale"); scale == 1 || scale == 2)
    start.spo2_scale = scale == 2 ? infusion::Spo2Scale::two : infusion::Spo2Scale::one;
  else if (arguments.fields().has("spo2_scale"))
    arguments.complain("args.spo2_scale must be 1, or 2 where a clinician has decided so");
  out = std::move(start);
}

void read_baseline(const Fields& document, Arguments& arguments, Request& out) {
  infusion::Baseline baseline;
  if (arguments.fields().has("hr") && arguments.fields().has("rate"))
    arguments.complain("args.hr and args.rate are two names of one thing: give one");
  const auto hr = arguments.positive("hr"), rate = arguments.positive("rate");
  baseline.rate = hr ? hr : rate;
  baseline.spo2 = arguments.positive("spo2");
  baseline.sbp = arguments.positive("sbp");
  baseline.dbp = arguments.positive("dbp");
  baseline.map = arguments.positive("map");
  baseline.t = document.time("issued_at").value_or(vitals::WallTime{});
  baseline.overridden = true;
  if (!baseline.rate && !baseline.spo2 && !baseline.sbp && !baseline.dbp && !baseline.map)
    arguments.complain("args needs at least one of hr, spo2, sbp, dbp, map");
  out = BaselineSet{baseline};
}

void read_infusion_start(const Fields&, Arguments& arguments, Request& out) {
  infusion::InfusionStart start;
  start.mg_per_kg = arguments.positive("mg_per_kg");
  start.kg = arguments.positive("kg");
  start.conc_mg_ml = arguments.positive("conc_mg_ml");
  start.rate = arguments.rate();
  if (const auto planned = arguments.positive("planned_min", planned_min_max))
    start.planned = vitals::Milliseconds{std::llround(*planned * 60'000)};
  start.confirmed = arguments.flag("confirm");
  out = std::move(start);
}

void read_infusion_rate(const Fields&, Arguments& arguments, Request& out) {
  const auto rate = arguments.rate();
  if (!rate) arguments.complain("args.rate and args.rate_unit are needed");
  out = InfusionRate{rate.value_or(infusion::Rate{}), arguments.flag("confirm")};
}

void read_infusion_bolus(const Fields&, Arguments& arguments, Request& out) {
  infusion::HandBolus bolus;
  bolus.mg = arguments.positive("mg");
  bolus.mg_per_kg = arguments.positive("mg_per_kg");
  bolus.kg = arguments.positive("kg");
  if (bolus.mg.has_value() == bolus.mg_per_kg.has_value())
    arguments.complain("args needs either mg or mg_per_kg");
  out = InfusionBolus{bolus, arguments.flag("confirm")};
}

void read_patient_confirm(const Fields&, Arguments& arguments, Request& out) {
  const std::string patient = arguments.text("patient");
  if (patient != "same" && patient != "new")
    arguments.complain("args.patient must be \"same\" (as before) or \"new\" (this session ends)");
  out = PatientConfirm{patient == "same"};
}

void read_observe(const Fields&, Arguments& arguments, Request& out) {
  infusion::NurseObservation observation;
  for (const infusion::ItemFacts& facts : infusion::items()) {
    if (!arguments.fields().has(facts.key)) continue;
    const auto value = item_value(facts, arguments.fields());
    if (!value || !infusion::fits(facts, *value))
      arguments.complain("args." + std::string(facts.key) + " must be " + infusion::what_fits(facts));
    observation[facts.item] = value;
  }
  observation.actions = read_actions(arguments);
  observation.at = arguments.time("t_obs");
  if (observation.empty()) arguments.complain("args needs at least one item that was observed, or an action");
  out = observation;
}

void read_note(const Fields&, Arguments& arguments, Request& out) {
  Note note{arguments.text("text")};
  if (note.text.empty() || note.text.size() > note_bytes_max)
    arguments.complain("args.text must be a text of at most " + std::to_string(note_bytes_max) + " bytes");
  out = std::move(note);
}

}  // namespace contract
