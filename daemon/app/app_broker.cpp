// The broker's side of the application: connect, compare, publish, commands in.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <fstream>

#include "daemon/app/app.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/service/clock.hpp"

namespace app {
namespace {

using std::chrono_literals::operator""s;

// How long retained documents are collected after a connect (contract 4.1).
constexpr Milliseconds collect_ms = 2s;
constexpr std::size_t retained_max = 100'000;
// Messages of stations that wait for the loop.
constexpr std::size_t inbound_waiting_max = 20'000;

// The first line of the file; with systemd credentials the name alone is enough.
std::string read_password(const std::string& file) {
  if (file.empty()) return {};
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  const bool bare = file.find('/') == std::string::npos;
  std::ifstream in(bare && credentials != nullptr ? std::string{credentials} + "/" + file : file);
  std::string line;
  std::getline(in, line);
  if (!in && line.empty()) spdlog::error("broker: the password file {} cannot be read", file);
  return line;
}

}  // namespace

stations::BrokerSettings App::broker_settings() const {
  stations::BrokerSettings out;
  const settings::Broker& from = settings_.broker;
  out.brokers.push_back({from.host, from.port});
  for (const settings::Broker::Address& one : from.alternates) out.brokers.push_back({one.host, one.port});
  out.client_id = identity_.node;
  out.user = from.user;
  out.password = read_password(from.password_file);
  out.tls = from.tls;
  out.ca_file = from.ca_file;
  out.cert_file = from.cert_file;
  out.key_file = from.key_file;
  out.tick_topic = contract::node_prefix(identity_.root, identity_.node) + "/tick";
  return out;
}

// Called in Paho's threads: each only hands over to the loop.
stations::BrokerHandlers App::broker_handlers() {
  stations::BrokerHandlers out;
  out.make_will = [this](std::uint64_t connection) {
    return node_->status("offline", "will", connection, service::now());
  };
  out.make_farewell = [this](std::uint64_t connection) {
    return node_->status("offline", "fail-back", connection, service::now());
  };
  out.on_connected = [this](std::uint64_t connection) {
    boost::asio::post(loop_, [this, connection] { on_connected(connection); });
  };
  out.on_lost = [this](const std::string& reason) {
    boost::asio::post(loop_, [this, reason] { on_lost(reason); });
  };
  out.on_message = [this](std::string topic, std::string payload, bool retained) {
    if (inbound_waiting_.fetch_add(1) >=
        inbound_waiting_max) {  // a flooding station: the sender gets no answer
      inbound_waiting_.fetch_sub(1);
      inbound_dropped_.fetch_add(1);
      return;
    }
    boost::asio::post(loop_, [this, topic = std::move(topic), payload = std::move(payload), retained] {
      inbound_waiting_.fetch_sub(1);
      on_message(topic, payload, retained);
    });
  };
  out.on_delivered = [this](std::uint64_t token, bool delivered) {
    boost::asio::post(loop_, [this, token, delivered] { on_delivered(token, delivered); });
  };
  return out;
}

void App::publish(stations::Message message) {
  if (connection_ != 0) broker_->publish(std::move(message));  // else: all current state goes out on connect
}

void App::publish_status(std::string_view state, std::string_view reason, Stamp now) {
  publish(node_->status(state, reason, connection_, now));
}

void App::on_connected(std::uint64_t connection) {
  const Stamp now = service::now();
  connection_ = connection;
  const settings::Broker& from = settings_.broker;
  const std::size_t broker = broker_->health().broker;
  const settings::Broker::Address at =
      broker == 0 ? settings::Broker::Address{from.host, from.port} : from.alternates[broker - 1];
  spdlog::info("broker: connected to {} port {}, connection {}", at.host, at.port, connection);
  node_->alarms().receipts().start_over(now);
  for (auto& desk : desks_) desk->alarms().receipts().start_over(now);
  node_->repeat_alarms(now);
  std::vector<BedDesk*> worst_first;
  worst_first.reserve(desks_.size());
  for (auto& desk : desks_) worst_first.push_back(desk.get());
  const auto severity = [](const BedDesk* desk) {
    unsigned high = 0, medium = 0, low = 0;
    desk->count_active(high, medium, low);
    return std::tuple{high > 0, medium > 0, low > 0};
  };
  std::stable_sort(worst_first.begin(), worst_first.end(),
                   [&](const BedDesk* a, const BedDesk* b) { return severity(a) > severity(b); });
  for (BedDesk* desk : worst_first) desk->repeat_alarms(now);
  node_->alarms().repeat_ends();
  for (BedDesk* desk : worst_first) desk->alarms().repeat_ends();
  const std::string& node = node_->alarms().prefix();
  broker_->subscribe(node + "/cmd/+/+", 1);
  broker_->subscribe(node + "/status", 1);
  broker_->subscribe(identity_.root + "/1/station/+/status", 1);
  broker_->subscribe(node + "/alarm/+", 1);
  for (auto& desk : desks_) {
    broker_->subscribe(desk->alarms().prefix() + "/cmd/+/+", 1);
    broker_->subscribe(desk->alarms().prefix() + "/alarm/+", 1);
  }
  retained_.clear();
  reconcile_at_ = now.mono + collect_ms;
  settle(now);
}

void App::on_lost(const std::string& reason) {
  spdlog::warn("broker: connection lost: {}", reason);
  connection_ = 0;
  reconcile_at_.reset();
}

void App::on_message(const std::string& topic, const std::string& payload, bool retained) {
  const Stamp now = service::now();
  const std::string& node = node_->alarms().prefix();
  if (topic == node + "/status") {
    // The will of a connection of ours that is over came late: say again that we are here.
    if (connection_ != 0 && !reconcile_at_ && payload.find("\"offline\"") != std::string::npos)
      publish_status("online", "reconnect", now);
  } else if (contract::parse_alarm_topic(identity_.root, topic)) {
    if (retained && reconcile_at_) {
      note_retained(topic, payload);
      adopt(topic, payload, now);
    }
  } else if (contract::parse_station_topic(identity_.root, topic)) {
    commander_->station_status(payload);
  } else {
    commander_->handle(topic, payload, retained, clock_synced_, now);
  }
  settle(now);
}

void App::on_delivered(std::uint64_t token, bool delivered) {
  const Stamp now = service::now();
  const std::uint32_t index = app::desk_of(token);
  if (index == 0) {
    node_->alarms().delivered(token, delivered, now);
  } else if (index <= desks_.size()) {
    desks_[index - 1]->alarms().delivered(token, delivered, now);
  }
}

void App::note_retained(const std::string& topic, const std::string& payload) {
  if (!payload.empty() && retained_.size() < retained_max) retained_.emplace_back(topic, payload);
}

// Written by a run before this one, and later than all that its journal kept.
bool App::uncommitted(const contract::StoredAlarm& document, const std::string& scope) const {
  if (document.node != identity_.node || document.boot.empty() || document.boot == identity_.boot)
    return false;
  const auto& sequences = journal_->restored().sequences;
  const auto last =
      std::find_if(sequences.begin(), sequences.end(), [&](const auto& one) { return one.scope == scope; });
  return last == sequences.end() || document.seq > last->seq;  // without a number the journal is new
}

// An alarm that was raised right before a crash, or whose journal was lost, is known to the broker alone: it
// goes on as the same episode, before new data can begin another. Not its acknowledgement: none was answered
// that was not committed, and a needless sound costs less than a missed one.
void App::adopt(const std::string& topic, const std::string& payload, Stamp now) {
  const auto where = contract::parse_alarm_topic(identity_.root, topic);
  const auto document = contract::parse_alarm(payload);
  if (connection_ != 1 || !where || where->for_node || !document) return;
  BedDesk* desk = find_bed(where->unit, where->bed);
  if (desk == nullptr || desk->has_alarm(where->condition) || document->condition != where->condition) return;
  if (!uncommitted(*document, desk->alarms().scope())) return;
  alarms::Alarm alarm = document->alarm;
  alarm.condition = document->condition;
  alarm.src_code = document->src_code;
  alarm.acked = false;
  alarm.acked_by.clear();
  alarm.acked_at.reset();
  if (desk->bed().restore_alarm(alarm, now))
    spdlog::warn("{} was not in the journal: taken over from the broker", topic);
}

// What stands on the broker and is not true here is ended or emptied; only our own documents are touched.
void App::reconcile(Stamp now) {
  reconcile_at_.reset();
  broker_->unsubscribe(node_->alarms().prefix() + "/alarm/+");
  for (auto& desk : desks_) broker_->unsubscribe(desk->alarms().prefix() + "/alarm/+");
  bool conflict = false;
  for (const auto& [topic, payload] : retained_) {
    const auto where = contract::parse_alarm_topic(identity_.root, topic);
    const auto document = contract::parse_alarm(payload);
    if (!where) continue;
    if (document && document->node != identity_.node) {
      spdlog::error("{} was written by node {}: two nodes claim this bed", topic, document->node);
      conflict = true;
      continue;
    }
    if (where->for_node) {
      if (!node_->has_alarm(where->condition)) node_->alarms().ghost(where->condition);
      continue;
    }
    BedDesk* desk = find_bed(where->unit, where->bed);
    if (desk == nullptr || desk->has_alarm(where->condition)) continue;
    spdlog::info("{} is not present here: taken off the broker", topic);
    desk->alarms().ghost(where->condition);
  }
  retained_.clear();
  node_->bed_conflict(conflict, now);
  std::vector<std::string> beds;
  beds.reserve(settings_.beds.size());
  for (const settings::Bed& bed : settings_.beds) beds.push_back(bed.scope());
  node_->publish_info(beds, config_hash_, now);
  for (auto& desk : desks_) desk->repeat_states(now);
  publish_status("online", connection_ == 1 ? "start" : "reconnect", now);
}

}  // namespace app
