// The connection to the MQTT broker: one Paho client for each broker, all calls from one thread, a
// bounded outbox before it. Callbacks come in foreign threads and must only hand over to the caller's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace stations {

// What overtakes what in the outbox, and what is dropped first when it is full: observations, then events,
// then state. Alarms and answers are never dropped: an outbox full of them means that the broker takes
// nothing, and the link is broken and built anew. The order within a topic is kept for messages of one lane
// and one QoS, so a topic always uses the same ones.
enum class Lane : std::uint8_t { alarm, answer, state, event, observation };
inline constexpr std::size_t lane_count = 5;
constexpr bool is_urgent(Lane lane) { return lane == Lane::alarm || lane == Lane::answer; }
using LaneSizes = std::array<std::size_t, lane_count>;  // by Lane

struct Message {
  std::string topic;
  std::string payload;  // empty with retain: deletes the retained message
  std::uint8_t qos = 1;
  bool retain = false;
  Lane lane = Lane::state;
  // A newer value: those of its topic that still wait as observations are out of date, and are dropped.
  bool replaces_waiting = false;
  std::uint64_t token = 0;  // not 0: on_delivered is called with it, exactly once
};

struct BrokerAddress {
  std::string host;  // an address: looking up a name can block the library for half a minute
  std::uint16_t port = 1883;
};

struct BrokerSettings {
  // In order: the next one is tried when one does not answer, and the first is gone back to when it answers
  // again. Login and certificates are the same for all. At least one.
  std::vector<BrokerAddress> brokers;
  vitals::Milliseconds return_try{30'000};  // how often the first is tried while another serves
  std::string client_id;                    // at the first; "-2" and so on behind it at the others
  std::string user, password;
  bool tls = false;
  std::string ca_file, cert_file, key_file;  // PEM; no ca_file: the system's authorities
  vitals::Milliseconds keepalive{5000};
  std::size_t outbox_max = 20'000;  // messages
  std::string tick_topic;           // a tiny message each second keeps the library awake; empty: none
};

// All are optional. They are called in the link's own or the library's threads, one at a time, never after
// stop() has returned, and must only hand over to the caller's own thread: no waiting, no stop(), no
// exception.
struct BrokerHandlers {
  // Called before every connect attempt: the will, made anew so that it carries the coming connection's
  // number. Each attempt has a number of its own, higher than all before: a broker may have taken an attempt
  // for a connection that we gave up, and its late will must not pass for that of the connection that stands.
  std::function<Message(std::uint64_t connection)> make_will;
  // Said at another broker before it is left for the first one: there is no will then. Empty topic: nothing.
  std::function<Message(std::uint64_t connection)> make_farewell;
  std::function<void(std::uint64_t connection)> on_connected;
  std::function<void(const std::string& reason)> on_lost;  // only after on_connected
  std::function<void(std::string topic, std::string payload, bool retained)> on_message;
  // true: the broker has it (QoS 0: it was written). false: unknown, send again. When a message is not taken
  // at all, or thrown out by another, this is called from within publish().
  std::function<void(std::uint64_t token, bool delivered)> on_delivered;
  std::function<void(const std::string& reason)> on_connect_failed;  // names the broker
  std::function<void(const std::string& filter, bool granted)> on_subscribed;
};

struct BrokerHealth {
  bool connected = false;
  std::size_t broker = 0;        // which of the settings is connected, or tried
  std::size_t queued = 0;        // in the outbox and on their way
  LaneSizes waiting{};           // of them, in the outbox
  std::size_t in_flight = 0;     // of them, given to the library and not confirmed
  std::uint64_t published = 0;   // taken by the broker
  std::uint64_t dropped = 0;     // thrown out of a full outbox
  std::int64_t ack_ms_last = 0;  // publish to PUBACK
  std::uint64_t nudges = 0;      // how often the library had to be woken for an alarm or answer
};

class BrokerLink {
 public:
  // Takes http_proxy and https_proxy out of the environment (the library would send plain MQTT there), so it
  // is made before other threads read the environment.
  BrokerLink(BrokerSettings settings, BrokerHandlers handlers);
  // Without stop() the connection is left to the end of the process, so that the broker publishes the will.
  ~BrokerLink();
  BrokerLink(const BrokerLink&) = delete;
  BrokerLink& operator=(const BrokerLink&) = delete;

  void start();  // returns at once; connects and reconnects by itself, after 0.5 s, then up to 8 s
  // Any thread; never waits for the network. Only while connected; messages that are in the outbox or on
  // their way when the link breaks are dropped with on_delivered(token, false): the caller publishes its
  // current state again on connect.
  // With Wake::later it may wait for wake() or the next message that does not: each change of threads costs
  // more than what is sent.
  enum class Wake : std::uint8_t { now, later };
  void publish(Message message, Wake when = Wake::now);
  void wake();  // any thread
  // For this connection: the caller subscribes again in on_connected.
  void subscribe(std::string filter, int qos);
  void unsubscribe(std::string filter);
  // Sends what waits (observations aside), then `last` (our own retained offline), waits for its PUBACK and
  // disconnects. Gives up after `limit`: the library's threads are then left behind, the process should end
  // with _exit, and the broker publishes the will. Not connected: returns without sending.
  void stop(Message last, vitals::Milliseconds limit);
  BrokerHealth health() const;

 private:
  class Publisher;
  std::shared_ptr<Publisher> publisher_;  // shared with its thread, which may outlive a stop() that gave up
};

}  // namespace stations
