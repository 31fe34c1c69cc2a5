#include "daemon/contract/command_arguments.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <span>

#include "daemon/alarms/condition.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/contract/ulid.hpp"

namespace contract {

namespace {

// Above this a figure is a slip of the keyboard whatever it counts; what is right for a patient is judged by
// the infusion session, which knows weight and concentration.
constexpr double figure_max = 1e6;
constexpr double planned_min_max = 7 * 24 * 60;          // a week
constexpr std::int64_t unix_ms_max = 4'102'444'800'000;  // 2100-01-01
constexpr std::array<std::string_view, 3> common_keys{"note", "reason",
                                                      "confirm"};  // allowed with every verb

const Json& empty_object() {
  static const Json object = Json::object();
  return object;
}

// Reads arguments one by one and keeps the first complaint, so that a verb's reader is a plain list.
class Arguments {
 public:
  explicit Arguments(const Json& args) : args_(&args), fields_(args) {}

  const std::string& error() const { return error_; }
  const Fields& fields() const { return fields_; }

  void complain(std::string text) {
    if (error_.empty()) error_ = std::move(text);
  }

  // An argument that the verb does not have is a misspelt one more often than a needless one: never ignored.
  void allow(std::span<const std::string_view> keys) {
    for (const auto& [key, value] : args_->items()) {
      const auto names = [&key = key](std::string_view known) { return known == key; };
      if (std::none_of(keys.begin(), keys.end(), names) &&
          std::none_of(common_keys.begin(), common_keys.end(), names))
        complain("args." + key.substr(0, id_length_max) + " is not an argument of this verb");
    }
  }

  std::optional<double> positive(std::string_view key, double most = figure_max) {
    if (!fields_.has(key)) return std::nullopt;
    const auto value = fields_.number(key);
    if (value && *value > 0 && *value <= most) return value;
    complain("args." + std::string(key) + " must be a number above 0");
    return std::nullopt;
  }

  // In seconds on the wire.
  std::optional<vitals::Milliseconds> duration(std::string_view key, vitals::Milliseconds least,
                                               vitals::Milliseconds most) {
    if (!fields_.has(key)) return std::nullopt;
    const double secs = std::clamp(fields_.number(key).value_or(0), 0.0, figure_max);
    const vitals::Milliseconds time{std::llround(secs * 1000)};
    if (time >= least && time <= most) return time;
    complain("args." + std::string(key) + " must be " + std::to_string(least.count() / 1000) + " to " +
             std::to_string(most.count() / 1000));
    return std::nullopt;
  }

  std::string text(std::string_view key) {
    if (!fields_.has(key)) return {};
    const auto value = fields_.text(key);
    if (!value) complain("args." + std::string(key) + " must be a string");
    return std::string{value.value_or(std::string_view{})};
  }

  bool flag(std::string_view key) {
    if (!fields_.has(key)) return false;
    const auto value = fields_.flag(key);
    if (!value) complain("args." + std::string(key) + " must be true or false");
    return value.value_or(false);
  }

  std::optional<vitals::WallTime> time(std::string_view key) {
    if (!fields_.has(key)) return std::nullopt;
    const auto ms = fields_.integer(key);
    if (ms && *ms >= 0 && *ms <= unix_ms_max) return vitals::wall_from_unix_ms(*ms);
    complain("args." + std::string(key) + " must be milliseconds since 1970 (UTC)");
    return std::nullopt;
  }

  std::optional<infusion::Rate> rate() {
    const auto value = positive("rate");
    const std::string unit = text("rate_unit");
    if (!value && unit.empty()) return std::nullopt;
    const auto known = infusion::rate_unit_named(unit);
    if (!value || !known) {
      complain("args.rate needs a number above 0 and args.rate_unit one of mg/h, mg/kg/h, mcg/kg/min, mL/h");
      return std::nullopt;
    }
    return infusion::Rate{*value, *known};
  }

 private:
  const Json* args_;
  Fields fields_;
  std::string error_;
};

// "{cond, id, rev}" with `id` always there; returns what is wrong.
std::string read_target(const Json* json, bool rev_needed, Target& out) {
  if (json == nullptr || !json->is_object()) return "target must be an object with id and rev";
  const Fields fields(*json);
  const auto id = fields.text("id");
  if (!id || !is_ulid(*id)) return "target.id must be the 26 characters of the alarm's id";
  const auto rev = fields.count("rev");
  if ((rev_needed || fields.has("rev")) && (!rev || *rev == 0))
    return "target.rev must be the revision that was seen, 1 or more";
  const auto condition = fields.text("cond");
  if (fields.has("cond") && (!condition || !is_condition(*condition)))
    return "target.cond must be a condition such as spo2-low";
  out.id = *id;
  out.rev = rev.value_or(0);
  out.condition = condition.value_or(std::string_view{});
  return {};
}

void read_ack(const Fields& document, Arguments& arguments, Request& out) {
  Ack ack;
  arguments.complain(read_target(document.find("target"), true, ack.target));
  out = std::move(ack);
}

void read_reset(const Fields& document, Arguments& arguments, Request& out) {
  Reset reset;
  arguments.complain(read_target(document.find("target"), false, reset.target));
  out = std::move(reset);
}

void read_unack(const Fields& document, Arguments& arguments, Request& out) {
  Unack unack;
  arguments.complain(read_target(document.find("target"), true, unack.target));
  out = std::move(unack);
}

// "alarm", also when it is not said; or "bed", which is the whole node for its own alarms.
bool read_whole(Arguments& arguments) {
  const std::string scope = arguments.text("scope");
  if (!scope.empty() && scope != "alarm" && scope != "bed")
    arguments.complain("args.scope must be \"alarm\" or \"bed\"");
  return scope == "bed";
}

void read_audio_pause(const Fields& document, Arguments& arguments, Request& out) {
  AudioPause pause;
  pause.whole = read_whole(arguments);
  if (!pause.whole) arguments.complain(read_target(document.find("target"), true, pause.target));
  pause.time = arguments.duration("secs", alarms::audio_pause_ms_min, alarms::audio_pause_ms_max)
                   .value_or(alarms::audio_pause_ms_default);
  out = std::move(pause);
}

void read_audio_resume(const Fields& document, Arguments& arguments, Request& out) {
  AudioResume resume;
  resume.whole = read_whole(arguments);
  if (!resume.whole) arguments.complain(read_target(document.find("target"), false, resume.target));
  out = std::move(resume);
}

void read_respond(const Fields& document, Arguments& arguments, Request& out) {
  Respond respond;
  arguments.complain(read_target(document.find("target"), true, respond.target));
  const std::string response = arguments.text("response");
  if (response != "accept" && response != "reject")
    arguments.complain("args.response must be \"accept\" or \"reject\"");
  respond.accept = response == "accept";
  out = std::move(respond);
}

// What is set against the usual has a reason that somebody can read later.
void want_reason(Arguments& arguments) {
  const std::string reason = arguments.text("reason");
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos)
    arguments.complain("args.reason is needed: say why");
}

std::string read_condition(Arguments& arguments) {
  std::string condition = arguments.text("cond");
  if (!is_condition(condition)) arguments.complain("args.cond must be a condition such as hr-high");
  return condition;
}

void read_shelve(const Fields&, Arguments& arguments, Request& out) {
  Shelve shelve;
  shelve.condition = read_condition(arguments);
  shelve.time = arguments.duration("secs", alarms::shelf_ms_min, alarms::shelf_ms_max)
                    .value_or(vitals::Milliseconds{0});
  if (!arguments.fields().has("secs")) arguments.complain("args.secs is needed: 10 to 900");
  want_reason(arguments);
  out = std::move(shelve);
}

void read_unshelve(const Fields&, Arguments& arguments, Request& out) {
  out = Unshelve{read_condition(arguments)};
}

void read_limits_set(const Fields&, Arguments& arguments, Request& out) {
  LimitsSet set;
  const std::string name = arguments.text("cond");
  const auto known = std::find(alarms::limit_names.begin(), alarms::limit_names.end(), name);
  if (known == alarms::limit_names.end())
    arguments.complain("args.cond must be a limit such as sbp-high");
  else
    set.limit = static_cast<alarms::LimitId>(known - alarms::limit_names.begin());
  set.warn = arguments.positive("warn");
  set.critical = arguments.positive("crit");
  if (!set.warn && !set.critical) arguments.complain("args needs warn or crit, or both");
  want_reason(arguments);
  out = set;
}

// The list stands in args.list, or args is the list itself.
void read_received(const Fields& document, Arguments& arguments, Request& out) {
  const Json* args = document.find("args");
  const Json* list = args != nullptr && args->is_array() ? args : arguments.fields().find("list");
  Received received;
  if (list == nullptr || !list->is_array())
    return arguments.complain("args.list must be a list of {id, rev}, and may be empty");
  for (const Json& entry : *list) {
    if (received.list.size() == received_entries_max) break;
    Target target;
    arguments.complain(read_target(&entry, true, target));
    received.list.push_back(std::move(target));
  }
  out = std::move(received);
}

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

void read_checklist(const Fields&, Arguments& arguments, Request& out) {
  Checklist checklist{read_answers(arguments, "answers")};
  if (checklist.answers.empty()) arguments.complain("args.answers needs at least one answer");
  out = std::move(checklist);
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
  return out;
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

void read_patient_confirm(const Fields&, Arguments& arguments, Request& out) {
  const std::string patient = arguments.text("patient");
  if (patient != "same" && patient != "new")
    arguments.complain("args.patient must be \"same\" (as before) or \"new\" (this session ends)");
  out = PatientConfirm{patient == "same"};
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

template <typename Bare>
void read_bare(const Fields&, Arguments&, Request& out) {
  out = Bare{};
}

using Keys = std::span<const std::string_view>;
constexpr std::array<std::string_view, 1> received_keys{"list"};
constexpr std::array<std::string_view, 2> pause_keys{"scope", "secs"};
constexpr std::array<std::string_view, 1> resume_keys{"scope"};
constexpr std::array<std::string_view, 1> respond_keys{"response"};
constexpr std::array<std::string_view, 2> shelve_keys{"cond", "secs"};
constexpr std::array<std::string_view, 1> unshelve_keys{"cond"};
constexpr std::array<std::string_view, 3> limits_keys{"cond", "warn", "crit"};
constexpr std::array<std::string_view, 8> session_keys{"session",    "at",     "kg", "checklist",
                                                       "spo2_scale", "series", "n",  "m"};
constexpr std::array<std::string_view, 1> checklist_keys{"answers"};
constexpr std::array<std::string_view, 6> baseline_keys{"hr", "rate", "spo2", "sbp", "dbp", "map"};
constexpr std::array<std::string_view, 6> start_keys{"mg_per_kg", "kg",        "conc_mg_ml",
                                                     "rate",      "rate_unit", "planned_min"};
constexpr std::array<std::string_view, 1> patient_keys{"patient"};
constexpr std::array<std::string_view, 2> rate_keys{"rate", "rate_unit"};

constexpr std::array<std::string_view, 1> note_keys{"text"};
// t_obs, actions, and every item of infusion/observation.hpp.
constexpr std::array<std::string_view, infusion::item_count + 2> observe_keys{"t_obs",
                                                                              "actions",
                                                                              "pain",
                                                                              "rass",
                                                                              "poss",
                                                                              "dissociation",
                                                                              "hallucination",
                                                                              "dysphoria",
                                                                              "anxiety",
                                                                              "nausea",
                                                                              "secretions",
                                                                              "headache",
                                                                              "visual_disturbance",
                                                                              "rr",
                                                                              "o2_l_min",
                                                                              "acvpu",
                                                                              "temp",
                                                                              "aldrete",
                                                                              "pads",
                                                                              "escort"};

struct Verb {
  std::string_view name;
  Keys keys;  // in args, besides the common ones
  void (*read)(const Fields& document, Arguments& arguments, Request& out);
};
constexpr std::array<Verb, 23> verbs{{
    {"ack", {}, read_ack},
    {"unack", {}, read_unack},
    {"reset", {}, read_reset},
    {"audio-pause", pause_keys, read_audio_pause},
    {"audio-resume", resume_keys, read_audio_resume},
    {"respond", respond_keys, read_respond},
    {"shelve", shelve_keys, read_shelve},
    {"unshelve", unshelve_keys, read_unshelve},
    {"limits-set", limits_keys, read_limits_set},
    {"received", received_keys, read_received},
    {"resync", {}, read_bare<Resync>},
    {"session-start", session_keys, read_session_start},
    {"baseline-set", baseline_keys, read_baseline},
    {"session-end", {}, read_bare<SessionEnd>},
    {"patient-confirm", patient_keys, read_patient_confirm},
    {"infusion-start", start_keys, read_infusion_start},
    {"infusion-rate", rate_keys, read_infusion_rate},
    {"infusion-hold", {}, read_bare<InfusionHold>},
    {"infusion-resume", {}, read_bare<InfusionResume>},
    {"infusion-stop", {}, read_bare<InfusionStop>},
    {"observe", observe_keys, read_observe},
    {"checklist", checklist_keys, read_checklist},
    {"note", note_keys, read_note},
}};

const Verb* find_verb(std::string_view name) {
  const auto found =
      std::find_if(verbs.begin(), verbs.end(), [name](const Verb& verb) { return verb.name == name; });
  return found == verbs.end() ? nullptr : &*found;
}

// Cut between characters, not inside one.
std::string shortened(std::string text) {
  if (text.size() <= reason_bytes_max) return text;
  std::size_t end = reason_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

}  // namespace

std::string verb_list() {
  std::string out;
  for (const Verb& verb : verbs) out.append(out.empty() ? "" : ", ").append(verb.name);
  return out;
}

bool is_verb(std::string_view verb) { return find_verb(verb) != nullptr; }

std::string read_request(std::string_view verb, const Fields& document, Command& out) {
  const Verb* known = find_verb(verb);
  if (known == nullptr) return "unknown verb; this version knows " + verb_list();
  const Json* args = document.find("args");
  const bool is_list = args != nullptr && args->is_array() && verb == "received";
  if (args != nullptr && !args->is_object() && !is_list) return "args must be an object";
  Arguments arguments(args == nullptr || is_list ? empty_object() : *args);
  arguments.allow(known->keys);
  known->read(document, arguments, out.request);
  const std::string reason = arguments.text("reason"), note = arguments.text("note");
  out.reason = shortened(reason.empty() ? note : reason);
  return arguments.error();
}

}  // namespace contract
