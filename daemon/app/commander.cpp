#include "daemon/app/commander.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "daemon/alarms/episode_id.hpp"
#include "daemon/app/roles.hpp"

namespace app {
namespace {

using contract::Command;
using infusion::Outcome;
using infusion::Verdict;
using stations::Lane;
using stations::Message;

// Numbers for panels that cannot compare words; 0 is success.
int code_of(std::string_view status) {
  constexpr std::array<std::string_view, 7> words{"confirm-needed", "duplicate",    "refused", "expired",
                                                  "conflict",       "unauthorised", "invalid"};
  const auto found = std::find(words.begin(), words.end(), status);
  return found == words.end() ? 0 : 1 + static_cast<int>(found - words.begin());
}

std::string_view status_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::applied: return "applied";
    case Verdict::refused: return "refused";
    case Verdict::confirm_needed: return "confirm-needed";
    case Verdict::invalid: return "invalid";
  }
  return "invalid";
}

std::string_view status_of(alarms::AckVerdict verdict) {
  switch (verdict) {
    case alarms::AckVerdict::applied: return "applied";
    case alarms::AckVerdict::conflict: return "conflict";
    case alarms::AckVerdict::refused: return "refused";
  }
  return "refused";
}

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

// What a person did with one alarm, or with the sound of a whole place; the bed and the node answer alike.
struct Attended {
  alarms::AckResult result;
  std::string id;  // of the alarm; empty for a whole place
};

template <typename Place>
std::optional<Attended> attend(Place& place, const Command& command, Stamp now) {
  const std::string by = command.client + "/" + command.actor;
  using Result = std::optional<Attended>;
  const auto on = [](const contract::Target& t, alarms::AckResult result) {
    return Result{Attended{result, t.id}};
  };
  return std::visit(Overloaded{
                        [&](const contract::Ack& r) {
                          const contract::Target& t = r.target;
                          return on(t, place.acknowledge(t.condition, t.id, t.rev, by, now));
                        },
                        [&](const contract::Unack& r) {
                          const contract::Target& t = r.target;
                          return on(t, place.unacknowledge(t.condition, t.id, t.rev, now));
                        },
                        [&](const contract::Reset& r) {
                          return on(r.target, place.reset(r.target.condition, r.target.id, now));
                        },
                        [&](const contract::AudioPause& r) {
                          if (r.whole)
                            return Result{Attended{place.pause_all(command.issued_at, r.time, by, now), {}}};
                          const contract::Target& t = r.target;
                          return on(t, place.pause_audio(t.condition, t.id, t.rev, r.time, by, now));
                        },
                        [&](const contract::AudioResume& r) {
                          if (r.whole) return Result{Attended{place.resume_all(now), {}}};
                          return on(r.target, place.resume_audio(r.target.condition, r.target.id, now));
                        },
                        [&](const contract::Respond& r) {
                          const contract::Target& t = r.target;
                          const auto response =
                              r.accept ? alarms::Response::accepted : alarms::Response::rejected;
                          return on(t, place.respond(t.condition, t.id, t.rev, response, by, now));
                        },
                        [](const auto&) { return Result{}; },
                    },
                    command.request);
}

}  // namespace

void Commander::restore(const journal::Restored& restored) {
  for (const auto& command : restored.commands)
    remember(command.command_id, {command.status, command.text, vitals::wall_from_unix_ms(command.ts_ms)});
}

void Commander::remember(const std::string& command_id, Seen seen) {
  if (command_id.empty()) return;
  if (!seen_.insert_or_assign(command_id, std::move(seen)).second) return;
  seen_order_.push_back(command_id);
  if (seen_order_.size() <= commands_kept_max) return;
  seen_.erase(seen_order_.front());
  seen_order_.pop_front();
}

bool Commander::allowed(std::string_view client, std::string_view verb) const {
  const auto role = parts_.stations->roles.find(client);
  if (role == parts_.stations->roles.end()) return false;
  return role->second >= least_role(verb);
}

Commander::Target Commander::target_of(const contract::CommandTopic& where) const {
  if (where.for_node)
    return where.node == parts_.identity->node ? Target{nullptr, &parts_.node->alarms()} : Target{};
  BedDesk* bed = parts_.find_bed(where.unit, where.bed);
  return bed == nullptr ? Target{} : Target{bed, &bed->alarms()};
}

// Never executed: it would come back at every connect.
void Commander::delete_retained(std::string_view topic) {
  spdlog::warn("retained command on {} deleted, not executed", topic);
  Message empty;
  empty.topic = topic;
  empty.retain = true;
  parts_.outlet->publish(std::move(empty));
}

void Commander::handle(std::string_view topic, std::string_view payload, bool retained, bool clock_synced,
                       Stamp now) {
  const auto place = contract::parse_command_place(parts_.identity->root, topic);
  if (!place || payload.empty()) return;
  const Target target = target_of(*place);
  if (target.desk == nullptr) return;
  if (retained) delete_retained(topic);
  const auto where = contract::parse_command_topic(parts_.identity->root, topic);
  if (!where) return;
  auto parsed =
      contract::parse_command(where->verb, where->client, payload, retained, now.wall, clock_synced);
  if (const auto* refusal = std::get_if<contract::Refusal>(&parsed)) {
    Command unread;
    unread.command_id = refusal->command_id;
    unread.verb = where->verb;
    unread.client = where->client;
    return finish(target, unread, {refusal->status, refusal->text, {}, {}}, payload, now);
  }
  const auto& command = std::get<Command>(parsed);
  if (!allowed(command.client, command.verb)) {
    return finish(target, command, {"unauthorised", command.client + " may not " + command.verb, {}, {}},
                  payload, now);
  }
  if (std::holds_alternative<contract::Received>(command.request)) return received(command, target, now);
  if (const auto seen = seen_.find(command.command_id); seen != seen_.end()) {
    const std::string first =
        seen->second.status + (seen->second.text.empty() ? "" : ": " + seen->second.text);
    return answer(target, command, {"duplicate", first, {}, {}}, now);
  }
  if (std::holds_alternative<contract::Replay>(command.request)) return replay(command, target, payload, now);
  finish(target, command, execute(command, target, now), payload, now);
}

Commander::Done Commander::execute(const Command& command, const Target& target, Stamp now) {
  if (std::holds_alternative<contract::Resync>(command.request)) return resync(command, target, now);
  const auto attended =
      target.bed != nullptr ? attend(target.bed->bed(), command, now) : attend(*parts_.node, command, now);
  if (attended) {
    Done done{std::string{status_of(attended->result.verdict)}, std::string{attended->result.text}, {}, {}};
    if (!attended->id.empty()) done.id = attended->id;
    if (!attended->id.empty()) done.rev = attended->result.rev;
    return done;
  }
  if (target.bed != nullptr) return execute_on_bed(command, *target.bed, now);
  return {"refused", "this verb is for a bed", {}, {}};
}

Commander::Done Commander::execute_on_bed(const Command& command, BedDesk& desk, Stamp now) {
  bed::Bed& bed = desk.bed();
  const std::string by = command.client + "/" + command.actor;
  const auto set = [](const alarms::AckResult& result) {
    return Done{std::string{status_of(result.verdict)}, std::string{result.text}, {}, {}};
  };
  const auto told = [&](const Outcome& outcome) {
    if (outcome.verdict == Verdict::applied) desk.session_changed(now);
    return Done{std::string{status_of(outcome.verdict)}, outcome.text, {}, {}};
  };
  return std::visit(
      Overloaded{
          [&](const contract::Shelve& r) { return set(bed.shelve(r.condition, r.time, by, now)); },
          [&](const contract::LimitsSet& r) {
            const Outcome outcome = bed.limits_set(r.limit, {r.warn, r.critical, by}, now);
            return Done{std::string{status_of(outcome.verdict)}, outcome.text, {}, {}};
          },
          [&](const contract::Unshelve& r) { return set(bed.unshelve(r.condition, now)); },
          [&](const infusion::SessionStart& r) { return told(bed.session_start(r, now)); },
          [&](const contract::BaselineSet& r) { return told(bed.baseline_set(r.baseline, now)); },
          [&](const infusion::InfusionStart& r) { return told(bed.infusion_start(r, now, command.client)); },
          [&](const contract::InfusionRate& r) {
            return told(bed.infusion_rate(r.rate, r.confirmed, now, command.client));
          },
          [&](const contract::InfusionBolus& r) {
            return told(bed.infusion_bolus(r.bolus, r.confirmed, now, command.client));
          },
          [&](const contract::InfusionHold&) { return told(bed.infusion_hold(now)); },
          [&](const contract::InfusionResume&) { return told(bed.infusion_resume(now)); },
          [&](const contract::InfusionStop&) { return told(bed.infusion_stop(now)); },
          [&](const contract::SessionEnd&) { return told(bed.session_end(now)); },
          [&](const contract::PatientConfirm& r) {
            const infusion::View before = bed.session(now);
            const Outcome outcome = bed.patient_confirm(r.same, now);
            if (outcome.verdict == Verdict::applied && !r.same) desk.session_abandoned(before, now);
            return told(outcome);
          },
          [&](const infusion::NurseObservation& r) {
            const Outcome outcome = bed.nurse_observed(r, now);
            if (outcome.verdict == Verdict::applied)
              desk.observed(r, command.client + "/" + command.actor, now);
            return Done{std::string{status_of(outcome.verdict)}, outcome.text, {}, {}};
          },
          [&](const contract::Checklist& r) { return told(bed.answer_checklist(r.answers, now)); },
          [&](const contract::Note&) {
            return Done{"applied", "", {}, {}};
          },
          [&](const auto&) {
            return Done{"invalid", "not a verb for a bed", {}, {}};
          },
      },
      command.request);
}

std::string Commander::answers_to(const Target& target, const Command& command) {
  return target.desk->prefix() + "/rsp/" + command.client;
}

Commander::Done Commander::resync(const Command& command, const Target& target, Stamp now) {
  if (!again(resynced_[command.client + " " + target.desk->scope()], resync_ms_min, now))
    return {"refused", "at most once in 5 s", {}, {}};
  if (target.bed != nullptr) {
    target.bed->repeat_alarms(now);
    target.bed->repeat_states(now);
  } else {
    parts_.node->repeat_alarms(now);
    if (parts_.repeat_presence) parts_.repeat_presence(now);
  }
  return {"applied", "", {}, {}};
}

bool Commander::again(MonoTime& last, Milliseconds least, Stamp now) {
  if (last != MonoTime{} && now.mono - last < least) return false;
  last = now.mono;
  return true;
}

// Answered when the journal has been read. Kept in mind at once: the broker may bring the same command again.
void Commander::replay(const Command& command, const Target& target, std::string_view json, Stamp now) {
  if (!again(replayed_[command.client + " " + target.desk->scope()], replay_ms_min, now))
    return finish(target, command, {"refused", "at most once in a second", {}, {}}, json, now);
  const std::uint64_t from_seq = std::get<contract::Replay>(command.request).from_seq;
  const std::uint64_t newest = target.desk->seq();
  if (from_seq > newest) {
    const std::string text = "the newest event is number " + std::to_string(newest);
    return finish(target, command, {"refused", text, {}, {}}, json, now);
  }
  remember(command.command_id, {"applied", "", now.wall});
  const auto done = [this, command, target, newest, json = std::string{json}](const journal::Page& page,
                                                                              Stamp at) {
    finish(target, command, send_records(command, target, newest, page), json, at);
  };
  parts_.read_events(target.desk->scope(), from_seq, done);
}

// The records, and after them in the same lane their answer: it ends the page for whoever waits.
Commander::Done Commander::send_records(const Command& command, const Target& target, std::uint64_t newest,
                                        const journal::Page& page) {
  if (!page.read) return {"refused", "the journal cannot be read now", {}, {}};
  contract::Response::Replayed replayed;
  replayed.from_seq = std::max(std::get<contract::Replay>(command.request).from_seq, page.first_kept);
  replayed.to_seq = page.more ? page.last : std::max(newest, page.last);
  for (const std::string& document : page.docs) {
    Message message;
    if (!contract::render_history(message.payload, document)) continue;
    message.topic = answers_to(target, command);
    message.lane = Lane::event;
    parts_.outlet->publish(std::move(message));
    ++replayed.records;
  }
  return {"applied", page.more ? "more follow" : "", {}, {}, replayed};
}

// Only a station that is required counts as having been reached; where none is, each does.
bool Commander::counts(std::string_view station) const {
  const auto& required = parts_.stations->required;
  return required.empty() || std::find(required.begin(), required.end(), station) != required.end();
}

void Commander::received(const Command& command, const Target& target, Stamp now) {
  heard_[command.client] = now.mono;
  // Whoever confirms is there, also where the will of its last connection came late.
  if (const auto said = said_online_.find(command.client); said != said_online_.end()) said->second = true;
  if (!counts(command.client)) return;
  for (const contract::Target& one : std::get<contract::Received>(command.request).list)
    target.desk->receipts().confirm(one.id, one.rev);
}

void Commander::finish(const Target& target, const Command& command, Done done, std::string_view json,
                       Stamp now) {
  if (done.status != "applied")
    spdlog::info("{} {} by {}: {} {}", target.desk->scope(), command.verb, command.client, done.status,
                 done.text);
  audit(target, command, done, json, now);
  if (command.command_id.empty()) return;
  remember(command.command_id, {done.status, done.text, now.wall});
  const std::uint64_t number = ++waiting_number_;
  waiting_.emplace(number, Waiting{target, command, std::move(done), now.mono + answer_ms_max});
  const auto then = [this, number](bool kept, Stamp at) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return;  // answered `accepted` already
    Waiting one = std::move(found->second);
    waiting_.erase(found);
    if (!kept && one.done.status == "applied") one.done.status = "accepted";
    answer(one.target, one.command, one.done, at);
  };
  parts_.host->when_kept(then, now);
}

void Commander::audit(const Target& target, const Command& command, const Done& done, std::string_view json,
                      Stamp now) {
  const bool sim = target.bed != nullptr && target.bed->bed().sim();
  target.desk->event("cmd", sim, now, [&](std::string& out, const contract::Envelope& envelope) {
    contract::render_command_event(
        out, {command.command_id, command.verb, command.client, command.actor, done.status, done.text},
        envelope);
  });
  parts_.outlet->record(journal::CommandEntry{command.command_id, target.desk->scope(), command.client,
                                              command.verb, done.status, done.text, vitals::unix_ms(now.wall),
                                              std::string{json.substr(0, contract::command_bytes_max)}});
  if (done.status == "applied") keep_text(target, command, now);
}

// What was typed with a command that was done outlives the audit, which keeps only the newest commands.
void Commander::keep_text(const Target& target, const Command& command, Stamp now) {
  const auto* note = std::get_if<contract::Note>(&command.request);
  const std::string& text = note != nullptr ? note->text : command.reason;
  if (text.empty()) return;
  const std::string session = target.bed != nullptr ? target.bed->bed().session(now).session : std::string{};
  parts_.outlet->record(journal::NoteEntry{target.desk->scope(), session, command.client, command.actor,
                                           command.verb, text, vitals::unix_ms(now.wall)});
}

void Commander::answer(const Target& target, const Command& command, const Done& done, Stamp now) {
  contract::Response response;
  response.command_id = command.command_id;
  response.status = done.status;
  response.text = done.text;
  response.code = code_of(done.status);
  if (done.id && done.rev.value_or(0) > 0 &&
      alarms::parse_episode_id(*done.id)) {  // what the station sent may be anything
    response.id = done.id;
    response.rev = done.rev;
  }
  response.replayed = done.replayed;
  response.ts = now.wall;
  Message message;
  message.topic = answers_to(target, command);
  contract::render_response(message.payload, response);
  message.lane = done.replayed ? Lane::event : Lane::answer;
  parts_.outlet->publish(std::move(message));
}

void Commander::station_status(std::string_view station, std::string_view payload) {
  const auto status = contract::parse_station_status(payload);
  if (!status || status->station != station) return;               // each speaks of itself only
  if (parts_.stations->roles.count(status->station) == 0) return;  // bounded by the settings
  said_online_[status->station] = status->online;
}

void Commander::tick(Stamp now) {
  for (auto one = waiting_.begin(); one != waiting_.end();) {
    if (one->second.deadline > now.mono) {
      ++one;
      continue;
    }
    if (one->second.done.status == "applied") one->second.done.status = "accepted";
    answer(one->second.target, one->second.command, one->second.done, now);
    one = waiting_.erase(one);
  }
  log_stations(now);
  const auto day_old = [&](const std::string& id) { return now.wall - seen_.at(id).at > commands_kept_ms; };
  while (!seen_order_.empty() && day_old(seen_order_.front())) {
    seen_.erase(seen_order_.front());
    seen_order_.pop_front();
  }
}

bool Commander::online(std::string_view station, Stamp now) const {
  const auto said = said_online_.find(station);
  const auto heard = heard_.find(station);
  const bool confirms = heard != heard_.end() && now.mono - heard->second < station_ms_max;
  return confirms && (said == said_online_.end() || said->second);
}

// Looked at once a second, so that a station that comes and goes faster does not fill the log.
void Commander::log_stations(Stamp now) {
  for (const auto& [station, role] : parts_.stations->roles) {
    const bool is_up = online(station, now);
    if (is_up == (up_.count(station) != 0)) continue;
    if (is_up) {
      up_.insert(station);
      parts_.node->station(station, true, "is there and confirms", now);
    } else {
      up_.erase(station);
      const auto said = said_online_.find(station);
      const bool left = said != said_online_.end() && !said->second;
      parts_.node->station(station, false, left ? "is offline" : "has confirmed nothing for 30 s", now);
    }
  }
}

unsigned Commander::stations_online(Stamp now) const {
  unsigned count = 0;
  for (const auto& [station, role] : parts_.stations->roles)
    if (online(station, now)) ++count;
  return count;
}

bool Commander::listened_to(Stamp now) const {
  const auto& roles = parts_.stations->roles;
  return std::any_of(roles.begin(), roles.end(),
                     [&](const auto& role) { return counts(role.first) && online(role.first, now); });
}

}  // namespace app
