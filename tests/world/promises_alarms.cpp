// What may become of an alarm: P2, P4, P5, P6, P7, P10, P11.
#include <array>

#include "tests/world/promises.hpp"
#include "tests/world/text.hpp"

namespace world {
namespace {

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Nobody waits for a confirmation of these (contract: liveness).
bool unconfirmable(std::string_view condition) {
  return one_of(condition, {"broker-lost", "no-listener", "confirm-missing"});
}

int rank(std::string_view priority) {
  constexpr std::array<std::string_view, 4> ranks{"info", "low", "medium", "high"};
  return static_cast<int>(std::find(ranks.begin(), ranks.end(), priority) - ranks.begin());
}

}  // namespace

View truth_of(const app::Node& node) {
  View out;
  const auto add = [&](const std::string& scope, const auto& conditions) {
    for (const alarms::Condition& one : conditions) {
      const alarms::Alarm* alarm = one.alarm();
      if (alarm == nullptr) continue;
      out[scope + " " + one.spec().name] = {
          std::string{alarms::view(alarm->id)}, std::string{alarms::name(alarm->state)},
          alarm->acked ? "acked" : "unacked", std::string{alarms::name(alarm->shown())}, alarm->rev};
    }
  };
  add("node", node.desk().conditions());
  for (const auto& desk : node.beds()) add(desk->bed().scope(), desk->bed().conditions());
  return out;
}

// --- life

void Promises::starts() {
  started_at_ = world_.ground.now();
  forget_numbers();
  now_.clear();
  seq_begun_.clear();
  events_.clear();
  caused_.clear();
  published_now_.clear();
  unconfirmed_.clear();
  deep_since_.clear();
  explained_at_.clear();
  low_since_.clear();
  values_.clear();
  received_at_ = world_.ground.now();
  journal_bad_since_.reset();
  for (const auto& [key, one] : world_.disk.state.episodes) {
    Episode& episode = now_[one.scope + " " + one.condition];
    episode.id = one.id;
    episode.rev = one.rev;
    episode.rev_prio = number(one.doc, "rev_prio");
    episode.state = member(one.doc, "state");
    episode.prio = member(one.doc, "prio");
    episode.acked = member(one.doc, "ack") == "acked";
  }
}

// Numbers go on by the clock. What was said and not kept is known to nobody after a restart: where the clock
// is behind event numbers, or was set since a revision was said, they may come again (daemon/app/node.cpp).
void Promises::forget_numbers() {
  const auto clock_us = static_cast<std::uint64_t>(vitals::unix_ms(world_.ground.stamp().wall)) * 1'000;
  const journal::Mirror& kept = world_.disk.state;
  for (auto& [scope, last] : seqs_) {
    if (clock_us > last) continue;
    repeatable_[scope] = last;
    last = 0;
    if (const auto runs = kept.sequences.find(scope); runs != kept.sequences.end())
      for (const auto& [boot, seq] : runs->second) last = std::max(last, seq);
  }
  for (auto& [id, said] : revs_)
    if (said.clock != world_.ground.wall_base) said.rev = 0;
  for (const auto& [key, one] : kept.episodes)
    if (const auto said = revs_.find(one.id); said != revs_.end())
      said->second.rev = std::max(said->second.rev, one.rev);
}

void Promises::started(const app::Node& node) { restored(node); }

void Promises::died() {
  started_at_.reset();
  connected_since_.reset();
  acting_.reset();
  now_.clear();
}

void Promises::journal_lost() { lost_with_journal_ = true; }

// P2, P6: what was kept is there again, with its acknowledgement.
void Promises::restored(const app::Node& node) const {
  const View truth = truth_of(node);
  for (const auto& [key, kept] : now_) {
    const auto found = truth.find(key);
    HOLD(found != truth.end(), "P2 never lost", key + " was kept and is not there after the restart");
    HOLD(found->second.id == kept.id, "P2 never lost", key + " has another id after the restart");
    HOLD((found->second.ack == "acked") == kept.acked, "P6 acknowledgement is exact",
         key + " has another acknowledgement after the restart");
    HOLD(found->second.state == kept.state, "P2 never lost", key + " has another state after the restart");
    HOLD(rank(found->second.prio) >= rank(kept.prio), "P2 never lost", key + " is lower after the restart");
  }
}

// --- the journal

void Promises::written(const std::vector<journal::Entry>& entries, bool link_up) {
  for (const journal::Entry& entry : entries) {
    if (const auto* event = std::get_if<journal::EventEntry>(&entry)) take_event(*event, link_up);
    if (const auto* command = std::get_if<journal::CommandEntry>(&entry)) take_command(*command);
  }
}

void Promises::take_event(const journal::EventEntry& event, bool link_up) {
  std::uint64_t& last = seqs_[event.scope];
  const bool first = seq_begun_.insert(event.scope).second;
  HOLD(event.seq > last, "P2 never lost",
       event.scope + ": event " + std::to_string(event.seq) + ": that number was used before");
  HOLD(first || event.seq == last + 1, "P2 never lost",
       event.scope + ": event " + std::to_string(event.seq) + ": a gap in the log");
  last = event.seq;
  Event& here = events_.emplace_back(Event{event.scope, event.seq, {}, {}, 0});
  if (event.kind != "alarm") return;
  here.condition = member(event.doc, "cond");
  here.id = member(event.doc, "id");
  here.rev = number(event.doc, "rev");
  HOLD(!link_up || !connected_since_ || published_now_.count(event.doc) != 0,
       "P4 the disk never delays an alarm", "kept and not published in the same breath: " + event.doc);
  Transition t;
  t.json = event.doc;
  t.scope = event.scope;
  t.condition = member(event.doc, "cond");
  t.change = member(event.doc, "phase");
  t.after.id = member(event.doc, "id");
  t.after.state = member(event.doc, "state");
  t.after.prio = member(event.doc, "prio");
  t.after.rev = number(event.doc, "rev");
  t.after.rev_prio = number(event.doc, "rev_prio");
  t.after.acked = member(event.doc, "ack") == "acked";
  take_transition(t);
}

void Promises::take_transition(const Transition& t) {
  ++transitions_;
  const std::string key = t.scope + " " + t.condition;
  world_.ground.tell("alarm " + key + " " + t.change + " " + t.after.state + " " + t.after.prio +
                     (t.after.acked ? " acked" : "") + " rev " + std::to_string(t.after.rev) + " " +
                     t.after.id);
  const auto [said, first] = revs_.try_emplace(t.after.id);
  const bool known = !first;
  const auto before = now_.find(key);
  // Of what a lost journal knew the broker may have an older document.
  const bool older = before == now_.end() && t.change == "update" && lost_with_journal_;
  HOLD(older || t.after.rev > said->second.rev, "P2 never lost",
       key + ": revision " + std::to_string(t.after.rev) + " was used before");
  said->second = {t.after.rev, world_.ground.wall_base};
  if (t.change == "start") {
    HOLD(before == now_.end(), "P2 never lost", key + " starts while it is there");
    HOLD(!known, "P6 acknowledgement is exact", key + ": a new episode with the id of an older one");
    begins(t);
  } else if (before == now_.end()) {  // known to the broker alone
    HOLD(known && t.change == "update", "P2 never lost", key + " goes on without a start");
    HOLD(!t.after.acked, "P6 acknowledgement is exact",
         key + ": taken over with an acknowledgement that nobody kept");
    ++adopted_;
    adopted_at_ = world_.ground.now();
  } else {
    HOLD(before->second.id == t.after.id, "P6 acknowledgement is exact",
         key + ": another episode without a start");
    goes_on(t, before->second);
  }
  note_receipts(t);
  if (one_of(t.change, {"end", "reset"})) {
    HOLD(t.after.state == "inactive", "P2 never lost", key + ": over, and not inactive");
    ended_.insert(t.after.id);
    now_.erase(key);
  } else {
    now_[key] = t.after;
  }
}

void Promises::begins(const Transition& t) {
  ++raised_;
  HOLD(!t.after.acked, "P6 acknowledgement is exact", t.scope + " " + t.condition + " starts acknowledged");
}

void Promises::goes_on(const Transition& t, const Episode& before) {
  const std::string key = t.scope + " " + t.condition;
  if (t.change == "escalate")
    HOLD(!t.after.acked, "P6 acknowledgement is exact",
         key + ": a rise in priority is hidden by an acknowledgement");
  if (!before.acked && t.after.acked) {
    HOLD(acting_ && acting_->verb == "ack", "P6 acknowledgement is exact", key + ": acknowledged by nobody");
    HOLD(acting_->target == t.after.id, "P6 acknowledgement is exact",
         key + ": the acknowledgement of another episode");
    HOLD(acting_->rev >= before.rev_prio, "P6 acknowledgement is exact",
         key + ": acknowledged at a revision before the priority rose");
    HOLD(starts_with(acting_->client, "ns-"), "P11 nobody else",
         key + ": acknowledged by " + acting_->client);
  }
  const bool over = one_of(t.change, {"end", "reset"});
  const bool cleared = before.state == "active" && t.after.state != "active";
  const bool by_timer = member(t.json, "end_reason") == "recovered";  // due at this very instant
  if (acting_ && acting_->verb == "ack" && cleared && !by_timer)
    broken("P6 acknowledgement is exact", key + ": an acknowledgement has ended it");
  if (over || cleared) is_over(t, before);
}

void Promises::is_over(const Transition& t, const Episode& before) {
  const std::string key = t.scope + " " + t.condition;
  const std::string_view reason = member(t.json, "end_reason");
  if (reason == "recovered" || t.after.state == "latched") {
    if (before.state == "active" && member(t.json, "kind") == "phys") recovered(t);
  } else if (reason == "reset") {
    HOLD(acting_ && acting_->target == t.after.id && one_of(acting_->verb, {"reset", "ack"}),
         "P7 lost signal never ends an alarm", key + ": reset by nobody");
    HOLD(acting_->verb == "reset" || before.state == "latched", "P6 acknowledgement is exact",
         key + ": an acknowledgement has ended it");
  } else if (one_of(reason, {"session-end", "phase"})) {
    HOLD(acting_.has_value(), "P7 lost signal never ends an alarm",
         key + ": ended by a session that nobody changed");
    if (reason == "session-end") {  // the next value begins anew, with its own delay
      deep_since_.erase(t.scope);
      low_since_.erase(t.scope);
    }
  } else {
    // Of a phase that nobody has kept; found when it was restored, or taken over from the broker.
    const Milliseconds now = world_.ground.now();
    HOLD(reason == "config" && (now - *started_at_ < 1s || now == adopted_at_),
         "P7 lost signal never ends an alarm", key + ": ended by " + std::string{reason});
  }
}

// P7: what the monitor told last is a fresh valid value inside the limit. A timer may fire at the very
// instant of a newer value, and then comes first.
void Promises::recovered(const Transition& t) const {
  const char* const promise = "P7 lost signal never ends an alarm";
  const std::string key = t.scope + " " + t.condition;
  const Monitor* monitor = monitor_of(t.scope);
  const auto metric = vitals::metric_named(member(t.json, "metric"));
  HOLD(monitor != nullptr && metric.has_value(), promise, key + ": of no monitor");
  const std::string limit{member(t.json, member(t.json, "limit") == "null" ? "limit_crit" : "limit")};
  const double bound = std::stod(limit);
  const auto good = [&](const Told& told) {
    const bool inside = member(t.json, "side") == "low" ? told.value > bound : told.value < bound;
    return told.quality == vitals::Quality::valid && inside &&
           world_.ground.now() - told.at <= monitor->freshness();
  };
  const auto newest = monitor->told().find(*metric);
  HOLD(newest != monitor->told().end(), promise, key + ": ended without a value since the start");
  const auto before = monitor->told_before(*metric);
  HOLD(good(newest->second) || (before && good(*before)), promise,
       key + ": ended, and the newest value is " + std::to_string(newest->second.value) + " " +
           std::string{vitals::name(newest->second.quality)} + " of " +
           std::to_string(newest->second.at.count()) + " ms");
}

void Promises::note_receipts(const Transition& t) {
  const std::string key = t.scope + " " + t.condition;
  const bool wanted = one_of(t.change, {"start", "escalate"}) && rank(t.after.prio) >= rank("medium") &&
                      !unconfirmable(t.condition);
  const bool settled = t.after.acked || t.after.prio == "info" || t.after.state != "active";
  if (wanted || settled) unconfirmed_.erase(key);
  if (wanted) unconfirmed_[key] = {t.after.id, t.after.rev, world_.ground.now()};
}

// --- the broker

void Promises::published(const stations::Message& message) {
  HOLD(message.topic.find("SECRET") == std::string::npos &&
           message.payload.find("SECRET") == std::string::npos,
       "P11 nobody else", "a patient is named: " + message.topic + " " + message.payload);
  const Topic topic = apart(message.topic);
  HOLD(!topic.scope.empty(), "P11 nobody else", "published outside of the contract: " + message.topic);
  HOLD(!message.retain || !one_of(topic.kind, {"obs", "rsp", "event", "heartbeat"}), "P3 never stale",
       "retained: " + message.topic);
  if (topic.kind == "alarm") published_alarm(message, topic.scope, topic.tail);
  if (topic.kind == "rsp" && member(message.payload, "schema") == "vitals.rsp/1") answered(message);
  if (topic.kind == "obs") {
    const Stamp now = world_.ground.stamp();
    const auto until = static_cast<std::int64_t>(number(message.payload, "valid_until"));
    const Milliseconds left{until - vitals::unix_ms(now.wall)};
    const bool current = !member(message.payload, "v").empty();
    HOLD(!current || left > 0ms, "P3 never stale", "shown past its time: " + message.payload);
    values_[message.topic] = {current, now.mono + left, message.payload};
  }
}

// P2: a document that stands on the broker is emptied only when its alarm is known to be over.
void Promises::published_alarm(const stations::Message& message, std::string_view scope,
                               std::string_view condition) {
  if (!message.payload.empty()) {
    HOLD(member(message.payload, "hist").empty(), "P10 old is marked old",
         "a live alarm is history: " + message.payload);
    published_now_.insert(message.payload);
    return;
  }
  const auto kept = world_.broker.kept().find(message.topic);
  if (scope == "node" || kept == world_.broker.kept().end()) return;
  const std::string id{member(kept->second, "id")};
  const bool over = member(kept->second, "state") == "inactive" || ended_.count(id) != 0;
  HOLD(over, "P2 never lost",
       std::string{scope} + " " + std::string{condition} + " is emptied, and never ended: " + kept->second);
}

// P5, P6, P11: done means kept; each command is audited.
void Promises::answered(const stations::Message& message) {
  const std::string id{member(message.payload, "cmd_id")};
  const std::string_view status = member(message.payload, "status");
  HOLD(status == "duplicate" || audited_.count(id) != 0, "P11 nobody else",
       "a command that nobody has recorded: " + message.payload);
  HOLD(status != "applied" || world_.disk.commands.count(id) != 0, "P5 positive means kept",
       "answered `applied` before it was kept: " + message.payload);
}

// --- people

void Promises::take_command(const journal::CommandEntry& command) {
  HOLD(command.status != "applied" || world_.disk.commands.count(command.command_id) == 0 ||
           lost_with_journal_,
       "P6 acknowledgement is exact", "done a second time: " + command.doc);
  const bool nurse = starts_with(command.client, "ns-");
  HOLD(nurse || command.status != "applied" || one_of(command.verb, {"resync", "replay", "received"}),
       "P11 nobody else", command.client + " may not " + command.verb);
  audited_.insert(command.command_id);
}

void Promises::arrives(std::string_view topic, std::string_view payload) {
  const auto found = commands_.find(std::string{member(payload, "cmd_id")});
  if (found == commands_.end()) return;
  acting_ = found->second;
  const Topic where = apart(topic);
  if (acting_->verb != "received" || acting_->client != "ns-1") return;
  received_at_ = world_.ground.now();
  std::erase_if(unconfirmed_, [&](const auto& one) {
    const std::string pair = "{\"id\":\"" + one.second.id + "\",\"rev\":";
    const std::size_t at = payload.find(pair);
    if (at == std::string_view::npos || !starts_with(one.first, std::string{where.scope} + " ")) return false;
    return number(payload.substr(at), "rev") >= one.second.rev;
  });
}

void Promises::done() { acting_.reset(); }

// --- HL7

void Promises::caused(const std::string& control_id) { caused_[control_id] = {fed_from_, events_.size()}; }

void Promises::positive(const std::string& control_id) {
  const auto found = caused_.find(control_id);
  const auto [from, to] = found == caused_.end() ? std::pair{fed_from_, events_.size()} : found->second;
  for (std::size_t i = from; i < to; ++i)
    HOLD(is_kept(events_[i]), "P5 positive means kept",
         "message " + control_id + " is answered AA, and event " + std::to_string(events_[i].seq) + " of " +
             events_[i].scope + " is not kept");
}

// The event, or at least what it was about: where a commit failed the state is written again, the log is not.
bool Promises::is_kept(const Event& event) const {
  if (world_.disk.has_event(event.scope, event.seq)) return true;
  const auto open = world_.disk.state.episodes.find({event.scope, event.condition});
  const bool here = open != world_.disk.state.episodes.end() && open->second.id == event.id;
  return here ? open->second.rev >= event.rev : event.id.empty() || ended_.count(event.id) != 0;
}

const Monitor* Promises::monitor_of(std::string_view scope) const {
  for (const auto& monitor : world_.monitors)
    if (monitor->scope() == scope) return monitor.get();
  return nullptr;
}

}  // namespace world
