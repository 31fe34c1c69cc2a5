// The connection to the MQTT broker: one Paho client for the process's life, all its calls from one thread, a
// bounded outbox before it. Callbacks come in foreign threads and must only hand over to the caller's own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace stations {

// What overtakes what in the outbox, and what is dropped first when it is full: observations, then events,
// then state. Alarms and answers are never dropped.
enum class Lane : std::uint8_t { alarm, answer, state, event, observation };

struct Message {
  std::string topic;
  std::string payload;  // empty with retain: deletes the retained message
  std::uint8_t qos = 1;
  bool retain = false;
  Lane lane = Lane::state;
  std::uint64_t token = 0;  // not 0: on_delivered is called with it
};

struct BrokerSettings {
  std::string host;
  std::uint16_t port = 1883;
  std::string client_id;
  std::string user, password;
  bool tls = false;
  std::string ca_file, cert_file, key_file;
  vitals::Milliseconds keepalive{5000};
  std::size_t outbox_max = 20'000;
};

struct BrokerHandlers {
  // Called before every connect attempt: the will, made anew so that it carries the coming connection's number.
  std::function<Message(std::uint64_t connection)> make_will;
  std::function<void(std::uint64_t connection)> on_connected;
  std::function<void(const std::string& reason)> on_lost;
  std::function<void(std::string topic, std::string payload, bool retained)> on_message;
  std::function<void(std::uint64_t token, bool delivered)> on_delivered;  // false: unknown, send again
};

struct BrokerHealth {
  bool connected = false;
  std::size_t queued = 0;
  std::uint64_t published = 0, dropped = 0;
  std::int64_t ack_ms_last = 0;  // publish to PUBACK
};

class BrokerLink {
 public:
  BrokerLink(BrokerSettings settings, BrokerHandlers handlers);
  ~BrokerLink();
  BrokerLink(const BrokerLink&) = delete;
  BrokerLink& operator=(const BrokerLink&) = delete;

  void start();  // returns at once; connects and reconnects by itself
  // Only while connected; messages that are in the outbox when the link breaks are dropped with
  // on_delivered(token, false): the caller publishes its current state again on connect.
  void publish(Message message);
  void subscribe(std::string filter, int qos);
  void unsubscribe(std::string filter);
  // Publishes `last` (our own retained offline), waits for its PUBACK, disconnects; gives up after `limit`.
  void stop(Message last, vitals::Milliseconds limit);
  BrokerHealth health() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stations
