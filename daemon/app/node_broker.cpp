// Connect, compare, publish; messages of stations in.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/app/node.hpp"
#include "daemon/contract/topics.hpp"

namespace app {
namespace {

using std::chrono_literals::operator""s;

// How long retained documents are collected after a connect (contract 4.1).
constexpr Milliseconds collect_ms = 2s;
constexpr std::size_t retained_max = 100'000;
constexpr Milliseconds subscribe_again_ms = 5s;
constexpr std::uint64_t presence_token = ~std::uint64_t{0};  // of no desk
// A node repeats the state of each bed every 30 s: two in a row are one that goes on, while a bed that has
// moved to us leaves a single one behind.
constexpr Milliseconds foreign_state_ms{45'000};
constexpr Milliseconds state_age_max{90'000};  // of one that was retained
constexpr std::size_t broken_max = 3;          // connections in broken_ms
constexpr Milliseconds broken_ms{60'000};
constexpr std::size_t refused_max = 10'000;  // subscriptions; a few per bed

}  // namespace

void Node::publish(stations::Message message) {
  if (connection_ != 0) broker_.publish(std::move(message));  // else: all current state goes out on connect
}

stations::Message Node::farewell(Stamp now) const {
  return node_->status("offline", "clean", connection_, now);
}

void Node::publish_status(std::string_view state, std::string_view reason, Stamp now) {
  stations::Message message = node_->status(state, reason, connection_, now);
  message.token = presence_token;
  presence_refused_ = false;
  publish(std::move(message));
}

void Node::on_connected(std::uint64_t connection, Stamp now) {
  connection_ = connection;
  echo_.connected();
  const settings::Broker& from = settings_.broker;
  const std::size_t broker = broker_.health().broker;
  const settings::Broker::Address at =
      broker == 0 ? settings::Broker::Address{from.host, from.port} : from.alternates[broker - 1];
  spdlog::info("broker: connected to {} port {}, connection {}", at.host, at.port, connection);
  say_all(now);
}

void Node::say_all(Stamp now) {
  node_->alarms().receipts().start_over(now);
  for (auto& desk : desks_) desk->alarms().receipts().start_over(now);
  node_->repeat_alarms(now);
  const std::vector<BedDesk*> desks = worst_first();
  for (BedDesk* desk : desks) desk->repeat_alarms(now);
  node_->alarms().repeat_ends();
  for (BedDesk* desk : desks) desk->alarms().repeat_ends();
  subscribe_all();
  retained_.clear();
  reconcile_at_ = now.mono + collect_ms;
  settle(now);
}

std::vector<BedDesk*> Node::worst_first() const {
  std::vector<BedDesk*> out;
  out.reserve(desks_.size());
  for (const auto& desk : desks_) out.push_back(desk.get());
  const auto severity = [](const BedDesk* desk) {
    unsigned high = 0, medium = 0, low = 0;
    desk->count_active(high, medium, low);
    return std::tuple{high > 0, medium > 0, low > 0};
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const BedDesk* a, const BedDesk* b) { return severity(a) > severity(b); });
  return out;
}

void Node::subscribe_all() {
  const std::string& node = node_->alarms().prefix();
  const int qos = settings_.broker.subscribe_qos;
  broker_.subscribe(node + "/cmd/+/+", qos);
  broker_.subscribe(node + "/status", qos);
  broker_.subscribe(identity_.root + "/1/station/+/status", qos);
  broker_.subscribe(node + "/alarm/+", qos);
  for (auto& desk : desks_) {
    broker_.subscribe(desk->alarms().prefix() + "/cmd/+/+", qos);
    broker_.subscribe(desk->alarms().prefix() + "/alarm/+", qos);
  }
  removed_beds_.subscribe(broker_, qos);
  if (reconciled_on_ == 0)  // sources change with a start alone
    for (auto& desk : desks_) broker_.subscribe(desk->alarms().prefix() + "/link/+", qos);
  // To hear another node that has the same bed. QoS 0: what is lost comes again.
  for (auto& desk : desks_) broker_.subscribe(desk->alarms().prefix() + "/state", 0);
}

// A broker that is just starting, or whose access rules are being changed, may refuse what it grants a moment
// later. Without commands the daemon would be deaf to every station.
void Node::on_subscribed(const std::string& filter, bool granted, Stamp now) {
  if (granted || connection_ == 0) return;
  if (refused_.empty()) spdlog::error("broker: subscription to {} refused; tried again", filter);
  if (refused_.size() < refused_max) refused_.push_back(filter);
  subscribe_at_ = now.mono + subscribe_again_ms;
}

void Node::subscribe_again() {
  for (const std::string& filter : std::exchange(refused_, {}))
    broker_.subscribe(filter, settings_.broker.subscribe_qos);
}

void Node::on_connect_failed(const std::string& reason, Stamp now) {
  if (connect_trouble_.due(reason, now.mono)) spdlog::error("broker: no connection to {}", reason);
}

void Node::on_lost(const std::string& reason, Stamp now) {
  spdlog::warn("broker: connection lost: {}", reason);
  const bool before = keeps_breaking(now);
  if (before) broken_at_.erase(broken_at_.begin());
  broken_at_.push_back(now.mono);
  if (!before && keeps_breaking(now))
    spdlog::error("broker: each connection breaks soon: is there another daemon of the name {}?",
                  identity_.node);
  connection_ = 0;
  reconcile_at_.reset();
  refused_.clear();
}

// Each of them begins anew with the time after which its loss is an alarm, and stations hear next to nothing.
bool Node::keeps_breaking(Stamp now) {
  std::erase_if(broken_at_, [&](MonoTime at) { return now.mono - at > broken_ms; });
  return broken_at_.size() > broken_max;
}

void Node::on_message(const std::string& topic, const std::string& payload, bool retained, Stamp now) {
  if (!retained && is_own_state(topic, payload)) return;
  const std::string& node = node_->alarms().prefix();
  if (removed_beds_.take(topic, payload, retained, now)) return settle(now);
  if (topic == node + "/status") {
    on_presence(payload, now);
  } else if (contract::parse_alarm_topic(identity_.root, topic)) {
    if (retained) on_retained_alarm(topic, payload, now);
  } else if (contract::parse_link_topic(identity_.root, topic)) {
    if (retained) on_bed_link(topic, payload);
  } else if (contract::parse_state_topic(identity_.root, topic)) {
    on_bed_state(topic, payload, retained, now);
  } else if (const auto station = contract::parse_station_topic(identity_.root, topic)) {
    commander_->station_status(*station, payload);
  } else {
    commander_->handle(topic, payload, retained, clock_synced_, now);
  }
  settle(now);
}

void Node::publish_info(Stamp now) {
  std::vector<std::string> beds;
  beds.reserve(settings_.beds.size());
  for (const settings::Bed& bed : settings_.beds) beds.push_back(bed.scope());
  node_->publish_info(beds, identity_.config_hash, now);
}

void Node::repeat_presence(Stamp now) {
  if (connection_ == 0 || reconcile_at_) return;  // comes when the broker was compared, `online` last
  publish_info(now);
  publish_status("online", "reconnect", now);
}

void Node::on_presence(const std::string& payload, Stamp now) {
  if (connection_ == 0) return;
  // The will of a connection of ours that is over came late: say again that we are here.
  if (!reconcile_at_ && payload.find("\"offline\"") != std::string::npos)
    publish_status("online", "reconnect", now);
  const auto status = contract::parse_node_status(payload);
  const bool ours =
      status && status->state == "online" && status->boot == identity_.boot && status->conn == connection_;
  if (!ours || !echo_.came_back()) return;
  spdlog::info("broker: what we publish comes back");
  say_all(now);  // all of the time before was discarded
}

void Node::watch_presence(Stamp now) {
  if (connection_ == 0 || reconcile_at_) return;
  const bool missed_before = echo_.missed();
  const bool overdue = echo_.overdue(now.mono);
  if (overdue && !missed_before) spdlog::error("the broker discards what we publish: check its access rules");
  if (overdue || presence_refused_) publish_status("online", "reconnect", now);
}

bool Node::is_own_state(std::string_view topic, std::string_view payload) const {
  return topic.ends_with("/state") && payload.find(own_mark_) != std::string_view::npos;
}

// A source that the settings have dropped or renamed must not stand there as connected.
void Node::on_bed_link(const std::string& topic, const std::string& payload) {
  const auto where = contract::parse_link_topic(identity_.root, topic);
  BedDesk* const desk = find_bed(where->unit, where->bed);
  if (desk == nullptr) return;
  const auto& sources = desk->bed().settings().sources;
  const bool known = std::any_of(sources.begin(), sources.end(),
                                 [&](const bed::Source& one) { return one.name == where->source; });
  const auto author = contract::parse_author(payload);
  if (known || !author || author->node != identity_.node) return;
  spdlog::info("{} is of a source that this bed does not have: taken off the broker", topic);
  stations::Message empty;
  empty.topic = topic;
  empty.retain = true;
  publish(std::move(empty));
}

void Node::on_bed_state(const std::string& topic, const std::string& payload, bool retained, Stamp now) {
  const auto author = contract::parse_author(payload);
  if (!author || author->node == identity_.node) return;
  if (retained && std::chrono::abs(now.wall - author->ts) > state_age_max) return;
  foreign_state_at_ = now.mono;
  const std::string said = topic + " was written by node " + author->node;
  if (conflicts_.due(said, now.mono)) spdlog::error("{}: two nodes claim this bed", said);
}

void Node::watch_conflict(Stamp now) {
  const bool heard = foreign_state_at_ && now.mono - *foreign_state_at_ < foreign_state_ms;
  node_->bed_conflict(foreign_alarms_ || heard, now);
}

void Node::on_delivered(std::uint64_t token, bool delivered, Stamp now) {
  if (token == presence_token) {
    presence_refused_ = !delivered;
    if (delivered) echo_.taken(now.mono);
    return;
  }
  const std::uint32_t index = app::desk_of(token);
  if (index == 0) {
    node_->alarms().delivered(token, delivered, now);
  } else if (index <= desks_.size()) {
    desks_[index - 1]->alarms().delivered(token, delivered, now);
  } else {
    removed_beds_.delivered(token, delivered, now);
  }
}

// On a slow network some come after the time in which they are collected.
void Node::on_retained_alarm(const std::string& topic, const std::string& payload, Stamp now) {
  if (payload.empty()) return;
  adopt(topic, payload, now);
  if (!reconcile_at_) {
    foreign_alarms_ = judge_retained(topic, payload) || foreign_alarms_;
  } else if (retained_.size() < retained_max) {
    retained_.emplace_back(topic, payload);
  }
}

// Written by a run before this one, and later than all that was kept of that run.
bool Node::uncommitted(const contract::StoredAlarm& document, const std::string& scope) const {
  if (document.node != identity_.node || document.boot.empty() || document.boot == identity_.boot)
    return false;
  return document.seq > journal_.restored().last_seq(scope, document.boot);
}

// An alarm that was raised right before a crash, or whose journal was lost, is known to the broker alone: it
// goes on as the same episode, before new data can begin another. Not its acknowledgement: none was answered
// that was not committed, and a needless sound costs less than a missed one.
void Node::adopt(const std::string& topic, const std::string& payload, Stamp now) {
  const auto where = contract::parse_alarm_topic(identity_.root, topic);
  const auto document = contract::parse_alarm(payload);
  const bool first = reconciled_on_ == 0 || reconciled_on_ == connection_;  // of this run
  if (!first || !where || where->for_node || !document) return;
  BedDesk* desk = find_bed(where->unit, where->bed);
  if (desk == nullptr || desk->has_alarm(where->condition) || document->condition != where->condition) return;
  if (!uncommitted(*document, desk->alarms().scope())) return;
  alarms::Alarm alarm = document->alarm;
  alarm.condition = document->condition;
  alarm.src_code = document->src_code;
  if (alarm.acked) alarm.t_call = now.wall;  // whoever had seen it has his time again
  alarm.acked = false;
  alarm.acked_by.clear();
  alarm.acked_at.reset();
  if (desk->restore_alarm(alarm, now))
    spdlog::warn("{} was not in the journal: taken over from the broker", topic);
}

// What stands on the broker and is not true here is ended or emptied; only our own documents are touched.
// True: it is another node's.
bool Node::judge_retained(const std::string& topic, const std::string& payload) {
  const auto where = contract::parse_alarm_topic(identity_.root, topic);
  const auto author =
      contract::parse_author(payload);  // of whatever version, and with words that are new to us
  if (!where) return false;
  if (author && author->node != identity_.node) {
    spdlog::error("{} was written by node {}: two nodes claim this bed", topic, author->node);
    return true;
  }
  if (where->for_node) {
    if (!node_->has_alarm(where->condition))
      lay_ghost("node", where->condition, contract::parse_alarm(payload));
    return false;
  }
  BedDesk* desk = find_bed(where->unit, where->bed);
  if (desk == nullptr || desk->has_alarm(where->condition)) return false;
  spdlog::info("{} is not present here: taken off the broker", topic);
  lay_ghost(desk->alarms().scope(), where->condition, contract::parse_alarm(payload));
  return false;
}

// All that was collected is looked at; then the rest of what is true here, `online` last.
void Node::reconcile(Stamp now) {
  reconcile_at_.reset();
  const bool first = std::exchange(reconciled_on_, reconciled_on_ == 0 ? connection_ : reconciled_on_) == 0;
  broker_.unsubscribe(node_->alarms().prefix() + "/alarm/+");
  for (auto& desk : desks_) broker_.unsubscribe(desk->alarms().prefix() + "/alarm/+");
  if (first)
    for (auto& desk : desks_) broker_.unsubscribe(desk->alarms().prefix() + "/link/+");
  removed_beds_.unsubscribe(broker_);
  removed_beds_.close_unseen(now);
  foreign_alarms_ = false;
  for (const auto& [topic, payload] : retained_)
    foreign_alarms_ = judge_retained(topic, payload) || foreign_alarms_;
  retained_.clear();
  watch_conflict(now);
  publish_info(now);
  for (auto& desk : desks_) desk->repeat_states(now);
  publish_status("online", first ? "start" : "reconnect", now);
}

}  // namespace app
