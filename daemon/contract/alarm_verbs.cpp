// Verbs about alarms: their sound, their limits, who has seen them.
#include <array>
#include <chrono>

#include "daemon/alarms/condition.hpp"
#include "daemon/contract/ulid.hpp"
#include "daemon/contract/verbs.hpp"

namespace contract {
namespace {

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

// "alarm", also when it is not said; or "bed", which is the whole node for its own alarms.
bool read_whole(Arguments& arguments) {
  const std::string scope = arguments.text("scope");
  if (!scope.empty() && scope != "alarm" && scope != "bed")
    arguments.complain("args.scope must be \"alarm\" or \"bed\"");
  return scope == "bed";
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

}  // namespace

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

void read_replay(const Fields&, Arguments& arguments, Request& out) {
  const auto from_seq = arguments.fields().count("from_seq");
  if (!from_seq) arguments.complain("args.from_seq must be the number of the first event that is wanted");
  out = Replay{from_seq.value_or(0)};
}

}  // namespace contract
