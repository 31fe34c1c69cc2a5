// How the application reaches its broker, and what comes from there in foreign threads.
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <cstdlib>
#include <fstream>

#include "daemon/app/app.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/service/clock.hpp"

namespace app {
namespace {

// Messages of stations that wait for the loop.
constexpr std::size_t inbound_waiting_max = 20'000;
// After a connect each bed says all it is: nothing of that may be dropped from the outbox for want of room.
constexpr std::size_t outbox_per_bed = 20;

// The first line of the file; with systemd credentials the name alone is enough.
std::string read_password(const std::string& file) {
  if (file.empty()) return {};
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  const bool bare = file.find('/') == std::string::npos;
  std::ifstream in(bare && credentials != nullptr ? std::string{credentials} + "/" + file : file);
  std::string line;
  std::getline(in, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
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
  out.outbox_max += outbox_per_bed * settings_.beds.size();
  out.tick_topic = contract::node_prefix(identity_.root, identity_.node) + "/tick";
  return out;
}

// Called in Paho's threads: each only hands over to the loop.
stations::BrokerHandlers App::broker_handlers() {
  stations::BrokerHandlers out;
  out.make_will = [this](std::uint64_t connection) {
    return node_->desk().status("offline", "will", connection, service::now());
  };
  out.make_farewell = [this](std::uint64_t connection) {
    return node_->desk().status("offline", "fail-back", connection, service::now());
  };
  out.on_connected = [this](std::uint64_t connection) {
    boost::asio::post(loop_, [this, connection] { node_->on_connected(connection, service::now()); });
  };
  out.on_lost = [this](const std::string& reason) {
    boost::asio::post(loop_, [this, reason] { node_->on_lost(reason, service::now()); });
  };
  out.on_connect_failed = [this](const std::string& reason) {
    boost::asio::post(loop_, [this, reason] { node_->on_connect_failed(reason, service::now()); });
  };
  out.on_message = [this](std::string topic, std::string payload, bool retained) {
    if (!retained && node_->is_own_state(topic, payload))
      return;  // thousands of beds: the loop need not wake for them
    if (inbound_waiting_.fetch_add(1) >=
        inbound_waiting_max) {  // a flooding station: the sender gets no answer
      inbound_waiting_.fetch_sub(1);
      inbound_dropped_.fetch_add(1);
      return;
    }
    boost::asio::post(loop_, [this, topic = std::move(topic), payload = std::move(payload), retained] {
      inbound_waiting_.fetch_sub(1);
      node_->on_message(topic, payload, retained, service::now());
    });
  };
  out.on_delivered = [this](std::uint64_t token, bool delivered) {
    boost::asio::post(loop_,
                      [this, token, delivered] { node_->on_delivered(token, delivered, service::now()); });
  };
  out.on_subscribed = [this](const std::string& filter, bool granted) {
    boost::asio::post(loop_,
                      [this, filter, granted] { node_->on_subscribed(filter, granted, service::now()); });
  };
  return out;
}

}  // namespace app
