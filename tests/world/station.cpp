#include "tests/world/station.hpp"

#include <array>
#include <utility>

#include "tests/world/text.hpp"

namespace world {
namespace {

constexpr Milliseconds reconnect{1'000}, keepalive_patience{7'000};
constexpr Milliseconds received_every{10'000};
constexpr Milliseconds gap_patience{1'500};  // an event may be on its way behind a state
constexpr Milliseconds page_patience{10'000};
constexpr Milliseconds apart_patience{3'000};
constexpr Milliseconds answer_patience{5'000};
constexpr unsigned command_tries_max = 4;
constexpr WallTime epoch = vitals::wall_from_unix_ms(1'764'000'000'000);  // its own clock is right

std::string quoted(std::string_view key, std::string_view value) {
  return "\"" + std::string{key} + "\":\"" + std::string{value} + "\"";
}

}  // namespace

Station::Station(Ground& ground, Broker& broker, std::string name, Watch watch)
    : ground_(ground), broker_(broker), name_(std::move(name)), watch_(std::move(watch)) {}

void Station::start() {
  if (running_) return;
  running_ = true;
  hanging_ = false;
  alive_ = std::make_shared<bool>(true);
  ground_.tell(name_ + ": starts");
  attempt();
}

void Station::stop() {
  if (!running_) return;
  ground_.tell(name_ + ": stops");
  running_ = false;
  *alive_ = false;
  if (connection_ != 0) broker_.abandon(connection_);
  connection_ = 0;
  unread_.clear();
  view_.clear();
  logs_.clear();
  unanswered_.clear();
  node_state_.clear();
}

void Station::hang(bool on) {
  hanging_ = on;
  if (on || !running_) return;
  for (const Packet& packet : std::exchange(unread_, {})) take(packet);
}

Packet Station::presence(std::string_view state) const {
  return {"vitals/1/station/" + name_ + "/status",
          "{" + quoted("schema", "vitals.station/1") + "," + quoted("station", name_) + "," +
              quoted("state", state) + R"(,"boot":"1","conn":1,"ts":1764000000000,)" +
              quoted("reason", "start") + "}",
          1, true};
}

void Station::attempt() {
  Broker::Client client;
  client.name = name_;
  client.will = presence("offline");
  client.on_packet = [this, alive = alive_](const Packet& packet) {
    if (*alive) on_packet(packet);
  };
  client.on_lost = [this, alive = alive_, number = connected_at_](const std::string&) {
    if (*alive && connected_at_ >= number) lose();
  };
  connection_ = broker_.connect(std::move(client));
  if (connection_ != 0) return on_connected();
  ground_.calendar.in(reconnect, [this, alive = alive_] {
    if (*alive) attempt();
  });
}

// A clean session: what stood here may be over, and nobody would say so. All that holds comes again.
void Station::on_connected() {
  connected_at_ = ground_.now();
  unread_.clear();  // of the connection before
  view_.clear();
  summaries_.clear();
  apart_since_.clear();
  unconfirmed_.clear();
  broker_.publish(connection_, presence("online"), {});
  for (const std::string filter :
       {"vitals/1/node/+/status", "vitals/1/node/+/heartbeat", "vitals/1/node/+/alarm/+",
        "vitals/1/node/+/event/+", "vitals/1/bed/+/+/alarm/+", "vitals/1/bed/+/+/alarms",
        "vitals/1/bed/+/+/event/+", "vitals/1/bed/+/+/state"})
    broker_.subscribe(connection_, filter);
  broker_.subscribe(connection_, "vitals/1/node/+/rsp/" + name_);
  broker_.subscribe(connection_, "vitals/1/bed/+/+/rsp/" + name_);
}

void Station::lose() {
  if (connection_ == 0) return;
  ground_.tell(name_ + ": connection lost");
  broker_.abandon(connection_);
  connection_ = 0;
  ground_.calendar.in(reconnect, [this, alive = alive_] {
    if (*alive && connection_ == 0) attempt();
  });
}

void Station::on_packet(const Packet& packet) {
  if (hanging_) {
    unread_.push_back(packet);
  } else {
    take(packet);
  }
}

void Station::take(const Packet& packet) {
  const Topic topic = apart(packet.topic);
  if (topic.kind == "alarm") {
    take_alarm(std::string{topic.scope} + " " + std::string{topic.tail}, topic.scope, packet);
  } else if (topic.kind == "event") {
    take_event(topic.scope, packet);
  } else if (topic.kind == "rsp") {
    take_answer(topic.scope, packet);
  } else if (topic.kind == "state") {
    note_seq(topic.scope, packet.payload);
  } else if (topic.kind == "status") {
    node_state_ = member(packet.payload, "state");
  } else if (topic.kind == "heartbeat") {
    heartbeat_at_ = ground_.now();
    const WallTime theirs =
        vitals::wall_from_unix_ms(static_cast<std::int64_t>(number(packet.payload, "ts")));
    clock_offset_ = theirs - (epoch + ground_.now());
  } else if (topic.kind == "alarms") {
    note_seq(topic.scope, packet.payload);
    std::set<std::string>& set = summaries_[std::string{topic.scope}];
    set.clear();
    std::string_view rest = packet.payload;
    for (std::size_t at = rest.find("\"set\":["); at != std::string_view::npos; at = rest.find("{\"cond\"")) {
      rest.remove_prefix(at + 1);
      if (starts_with(rest, "\"cond\""))
        set.insert(std::string{topic.scope} + " " + std::string{member(rest, "cond")} + " " +
                   std::string{member(rest, "id")});
    }
  }
}

void Station::take_alarm(const std::string& key, std::string_view scope, const Packet& packet) {
  const std::string_view json = packet.payload;
  if (json.empty()) {
    view_.erase(key);
    return;
  }
  if (!member(json, "hist").empty())
    watch_.offended("P10: a live alarm document is marked as history: " + packet.payload);
  note_seq(scope, json);
  Held held{std::string{member(json, "id")}, std::string{member(json, "state")},
            std::string{member(json, "ack")}, std::string{member(json, "prio")}, number(json, "rev")};
  std::uint64_t& confirmed = unconfirmed_[std::string{scope}][held.id];
  confirmed = std::max(confirmed, held.rev);
  const auto old = view_.find(key);
  if (old != view_.end() && old->second.id == held.id && held.rev < old->second.rev) return;
  if (held.state == "inactive") {
    view_.erase(key);
  } else {
    view_[key] = std::move(held);
  }
}

void Station::note_seq(std::string_view scope, std::string_view payload) {
  const std::uint64_t seq = number(payload, "seq");
  Log& log = logs_[std::string{scope}];
  if (!log.begun) log.from = log.to = seq;
  log.begun = true;
  log.newest = std::max(log.newest, seq);
}

void Station::take_event(std::string_view scope, const Packet& packet) {
  const std::uint64_t seq = number(packet.payload, "seq");
  Log& log = logs_[std::string{scope}];
  if (!log.begun) log.from = log.to = seq - 1;
  log.begun = true;
  log.newest = std::max(log.newest, seq);
  log.heard.insert(seq);
  while (log.heard.count(log.to + 1) != 0) ++log.to;
}

void Station::take_answer(std::string_view scope, const Packet& packet) {
  const std::string_view json = packet.payload;
  Log& log = logs_[std::string{scope}];
  if (member(json, "schema") != "vitals.rsp/1") {  // a record of the log
    if (member(json, "hist") != "true")
      watch_.offended("P10: a replayed record is not marked as history: " + packet.payload);
    log.heard.insert(number(json, "seq"));
    log.records.insert(number(json, "seq"));
    return;
  }
  const std::string command{member(json, "cmd_id")};
  const std::string_view status = member(json, "status");
  unanswered_.erase(command);
  if (command != log.asked) return;
  log.asked_at.reset();
  if (status != "applied" || number(json, "records") > log.records.size()) return;  // asked again, later
  log.to = std::max(log.to, number(json, "to_seq"));
  while (log.heard.count(log.to + 1) != 0) ++log.to;
  if (log.to >= log.newest) log.gap_since.reset();
}

void Station::keep_alive() {
  if (connection_ == 0 || broker_.alive(connection_)) {
    silent_since_.reset();
  } else if (!silent_since_) {
    silent_since_ = ground_.now();
  } else if (ground_.now() - *silent_since_ >= keepalive_patience) {
    lose();
  }
}

void Station::second() {
  if (running_) keep_alive();
  if (!well()) return;
  confirm();
  fill_gaps();
  compare_summaries();
  repeat_unanswered();
}

void Station::confirm() {
  bool node = false;
  for (auto& [scope, list] : unconfirmed_) {
    if (list.empty()) continue;
    std::string args = "\"list\":[";
    for (const auto& [id, rev] : list)
      args += (args.back() == '[' ? "{" : ",{") + quoted("id", id) + ",\"rev\":" + std::to_string(rev) + "}";
    send(scope, "received", {}, args + "]", {});
    node = node || scope == "node";
    list.clear();
  }
  if (node) received_at_ = ground_.now();
  if (ground_.now() - received_at_ < received_every) return;
  received_at_ = ground_.now();
  send("node", "received", {}, "\"list\":[]", {});
}

void Station::fill_gaps() {
  for (auto& [scope, log] : logs_) {
    if (!log.begun || log.to >= log.newest) {
      log.gap_since.reset();
      continue;
    }
    if (!log.gap_since) log.gap_since = ground_.now();
    if (ground_.now() - *log.gap_since < gap_patience) continue;
    if (log.asked_at && ground_.now() - *log.asked_at < page_patience) continue;
    log.asked_at = ground_.now();
    log.records.clear();
    ++replays_;
    log.asked = send(scope, "replay", {}, "\"from_seq\":" + std::to_string(log.to + 1), {});
    unanswered_.erase(log.asked);  // asked anew rather than repeated
  }
}

void Station::compare_summaries() {
  for (const auto& [scope, set] : summaries_) {
    std::set<std::string> here;
    for (const auto& [key, held] : view_)
      if (starts_with(key, scope + " ")) here.insert(key + " " + held.id);
    if (here == set) {
      apart_since_.erase(scope);
      continue;
    }
    Milliseconds& since = apart_since_.try_emplace(scope, ground_.now()).first->second;
    if (ground_.now() - since < apart_patience) continue;
    since = ground_.now() + 2s;  // not more often than the daemon takes it
    send(scope, "resync", {}, {}, {});
  }
}

void Station::repeat_unanswered() {
  for (auto one = unanswered_.begin(); one != unanswered_.end();) {
    Unanswered& command = one->second;
    if (ground_.now() - command.sent_at < answer_patience) {
      ++one;
    } else if (command.tries >= command_tries_max) {
      one = unanswered_.erase(one);
    } else {
      ++command.tries;
      command.sent_at = ground_.now();
      broker_.publish(connection_, {command.topic, command.payload, 1, false}, {});
      ++one;
    }
  }
}

WallTime Station::daemon_time() const { return epoch + ground_.now() + clock_offset_; }

std::string Station::send(std::string_view scope, std::string_view verb, std::string_view target,
                          std::string_view args, const Sent& judged) {
  const std::string id =
      name_ + "-" + std::to_string(100'000 + ++commands_) + "-" + std::to_string(connected_at_.count());
  std::string json = "{" + quoted("schema", "vitals.cmd/1") + "," + quoted("cmd_id", id) + "," +
                     quoted("verb", verb) +
                     ",\"issued_at\":" + std::to_string(vitals::unix_ms(daemon_time())) +
                     R"(,"ttl_s":30,"actor":"rn-1",)" + quoted("station", name_) + ",";
  if (!target.empty()) json += "\"target\":{" + std::string{target} + "},";
  json += "\"args\":{" + std::string{args} + "}}";
  const std::string topic = prefix_of(scope) + "/cmd/" + std::string{verb} + "/" + name_;
  Sent sent = judged;
  sent.id = id;
  sent.client = name_;
  sent.verb = verb;
  sent.scope = scope;
  watch_.sent(sent);
  broker_.publish(connection_, {topic, json, 1, false}, {});
  if (verb != "received") unanswered_[id] = {topic, json, ground_.now(), 1};
  return id;
}

void Station::order(const std::string& scope, const std::string& verb, const std::string& args) {
  if (!well()) return;
  ground_.tell(name_ + ": " + scope + " " + verb);
  send(scope, verb, {}, args, {});
}

void Station::acknowledge_all() {
  if (!well()) return;
  for (const auto& [key, held] : view_) {
    if (held.ack == "acked" && held.state == "active") continue;
    const std::size_t space = key.find(' ');
    const std::string condition = key.substr(space + 1);
    const std::string target =
        quoted("cond", condition) + "," + quoted("id", held.id) + ",\"rev\":" + std::to_string(held.rev);
    ground_.tell(name_ + ": acknowledges " + key);
    send(key.substr(0, space), "ack", target, {}, {{}, {}, {}, {}, condition, held.id, held.rev});
  }
}

// Mostly what a nurse means to do; sometimes with an older revision, or what is over.
void Station::touch(Dice& dice) {
  if (!well() || view_.empty()) return;
  auto one = view_.begin();
  std::advance(one, static_cast<std::ptrdiff_t>(dice.below(view_.size())));
  const auto& [key, held] = *one;
  const std::size_t space = key.find(' ');
  const std::string condition = key.substr(space + 1);
  const std::uint64_t rev = dice.one_in(4) && held.rev > 1 ? held.rev - 1 : held.rev;
  const std::string target =
      quoted("cond", condition) + "," + quoted("id", held.id) + ",\"rev\":" + std::to_string(rev);
  constexpr std::array<std::string_view, 8> verbs{"ack",   "ack",   "ack",         "ack",
                                                  "unack", "reset", "audio-pause", "respond"};
  const std::string_view verb = dice.pick(verbs);
  std::string args;
  if (verb == "audio-pause") args = R"("scope":"alarm","secs":20)";
  if (verb == "respond") args = R"("response":"accept")";
  ground_.tell(name_ + ": " + std::string{verb} + " " + key + " rev " + std::to_string(rev));
  send(key.substr(0, space), verb, target, args, {{}, {}, {}, {}, condition, held.id, rev});
}

std::optional<std::uint64_t> Station::heard_from(const std::string& scope) const {
  const auto found = logs_.find(scope);
  return found == logs_.end() || !found->second.begun ? std::nullopt : std::optional{found->second.from};
}

}  // namespace world
