// A broker and the network to it, in virtual time: MQTT 3.1.1 with clean sessions, QoS 1, retained messages
// and wills, over connections that may be slow, cut, or dead without anybody knowing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/world/ground.hpp"

namespace world {

struct Packet {
  std::string topic, payload;
  std::uint8_t qos = 1;
  bool retain = false;  // published: keep it; delivered: it stood there when the client subscribed
};

bool matches(std::string_view filter, std::string_view topic);

class Broker {
 public:
  // What a client does when its connection brings something.
  struct Client {
    std::string name;
    std::function<void(const Packet&)> on_packet;
    std::function<void(const std::string& reason)> on_lost;
    std::optional<Packet> will;
  };
  explicit Broker(Ground& ground) : ground_(ground) {}

  // --- for clients. A connection is a number, 0: refused now (broker down, network away).
  std::uint64_t connect(Client client);
  void subscribe(std::uint64_t connection, const std::string& filter);
  void unsubscribe(std::uint64_t connection, const std::string& filter);
  // `acknowledged` is called when the PUBACK is here (QoS 1), or never.
  void publish(std::uint64_t connection, Packet packet, std::function<void()> acknowledged);
  void leave(std::uint64_t connection);    // DISCONNECT: no will
  void abandon(std::uint64_t connection);  // the client's process is gone, or has given the connection up

  // --- faults
  void cut(const std::string& client);                  // both ends learn of it
  void go_quiet(const std::string& client);             // half-open: neither end learns of it
  void set_away(const std::string& client, bool away);  // no connection can be made
  void set_up(bool up);                                 // down: every connection is lost, nothing is told
  void forget(bool all);  // what is kept becomes what was saved last, or nothing; only while it is down
  void save() { saved_ = kept_; }
  void set_pace(Milliseconds least, Milliseconds most) {
    least_ = least;
    most_ = most;
  }
  void set_doubling(bool on) { doubling_ = on; }    // QoS 1: some messages come twice
  void set_shuffling(bool on) { shuffling_ = on; }  // order is kept within a topic only
  void set_will_late(bool on) { will_late_ = on; }

  // --- to look at
  bool alive(std::uint64_t connection) const;  // something passes it
  const std::map<std::string, std::string>& kept() const { return kept_; }

 private:
  struct Connection {
    std::uint64_t number = 0;
    Client client;
    std::vector<std::string> filters;
    bool quiet = false;
    Milliseconds in_until{0}, out_until{0};           // the newest packet of each direction arrives then
    std::map<std::string, Milliseconds> topic_until;  // out, while shuffling
  };
  Connection* find(std::uint64_t number);
  Connection* find(const std::string& client);
  void end(std::uint64_t number, bool will, const std::string& reason);
  void say_will(const Connection& connection);
  void arrive(const Packet& packet);
  void send(Connection& connection, Packet packet);
  void send_at(std::uint64_t number, Milliseconds when, Packet packet);
  Milliseconds pace() { return ground_.dice.between(least_, most_); }

  Ground& ground_;
  std::map<std::uint64_t, Connection> connections_;
  std::map<std::string, bool> away_;
  std::map<std::string, std::string> kept_, saved_;
  std::uint64_t numbered_ = 0;
  Milliseconds least_{1}, most_{4};
  bool up_ = true, doubling_ = false, shuffling_ = false, will_late_ = false;
};

}  // namespace world
