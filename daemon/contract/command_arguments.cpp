#include "daemon/contract/command_arguments.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "daemon/contract/verbs.hpp"

namespace contract {
namespace {

const Json& empty_object() {
  static const Json object = Json::object();
  return object;
}

template <typename Bare>
void read_bare(const Fields&, Arguments&, Request& out) {
  out = Bare{};
}

using Keys = std::span<const std::string_view>;
constexpr std::array<std::string_view, 1> received_keys{"list"};
constexpr std::array<std::string_view, 1> replay_keys{"from_seq"};
constexpr std::array<std::string_view, 2> pause_keys{"scope", "secs"};
constexpr std::array<std::string_view, 1> resume_keys{"scope"};
constexpr std::array<std::string_view, 1> respond_keys{"response"};
constexpr std::array<std::string_view, 2> shelve_keys{"cond", "secs"};
constexpr std::array<std::string_view, 1> unshelve_keys{"cond"};
constexpr std::array<std::string_view, 3> limits_keys{"cond", "warn", "crit"};
constexpr std::array<std::string_view, 9> session_keys{"session", "at", "kg", "checklist",    "spo2_scale",
                                                       "series",  "n",  "m",  "interval_days"};
constexpr std::array<std::string_view, 1> checklist_keys{"answers"};
constexpr std::array<std::string_view, 6> baseline_keys{"hr", "rate", "spo2", "sbp", "dbp", "map"};
constexpr std::array<std::string_view, 6> start_keys{"mg_per_kg", "kg",        "conc_mg_ml",
                                                     "rate",      "rate_unit", "planned_min"};
constexpr std::array<std::string_view, 1> patient_keys{"patient"};
constexpr std::array<std::string_view, 2> rate_keys{"rate", "rate_unit"};
constexpr std::array<std::string_view, 3> bolus_keys{"mg", "mg_per_kg", "kg"};

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
                                                                              "escort",
                                                                              "no_driving"};

struct Verb {
  std::string_view name;
  Keys keys;  // in args, besides the common ones
  void (*read)(const Fields& document, Arguments& arguments, Request& out);
};
constexpr std::array<Verb, 25> verbs{{
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
    {"replay", replay_keys, read_replay},
    {"session-start", session_keys, read_session_start},
    {"baseline-set", baseline_keys, read_baseline},
    {"session-end", {}, read_bare<SessionEnd>},
    {"patient-confirm", patient_keys, read_patient_confirm},
    {"infusion-start", start_keys, read_infusion_start},
    {"infusion-rate", rate_keys, read_infusion_rate},
    {"infusion-bolus", bolus_keys, read_infusion_bolus},
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

std::vector<std::string_view> verb_names() {
  std::vector<std::string_view> names;
  names.reserve(verbs.size());
  for (const Verb& verb : verbs) names.push_back(verb.name);
  return names;
}

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
