// A nursing station, built from docs/mqtt-contract.md alone: keeps the alarm documents by id and revision,
// confirms them, fills gaps with `replay` and `resync`, and has a nurse before it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/world/broker.hpp"
#include "tests/world/ground.hpp"

namespace world {

// What a station shows of one alarm. Comparable with the daemon's truth.
struct Held {
  std::string id, state, ack, prio;
  std::uint64_t rev = 0;

  friend bool operator==(const Held&, const Held&) = default;
};
using View = std::map<std::string, Held>;  // "pain/b1 spo2-low" or "node broker-lost"

struct Sent {  // a command, for whoever judges what it may do
  std::string id, client, verb, scope, condition, target;
  std::uint64_t rev = 0;
};

class Station {
 public:
  struct Watch {
    std::function<void(const Sent&)> sent;
    std::function<void(const std::string& offence)> offended;  // the daemon broke the contract
  };
  Station(Ground& ground, Broker& broker, std::string name, Watch watch);
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  void start();
  void stop();  // its process dies; what it knew is gone
  void hang(bool on);
  void second();  // every second

  // What its nurse does, by chance or for order.
  void touch(Dice& dice);
  void acknowledge_all();
  void order(const std::string& scope, const std::string& verb, const std::string& args);

  const std::string& name() const { return name_; }
  bool well() const { return running_ && connection_ != 0 && !hanging_; }
  const View& view() const { return view_; }
  const std::set<std::uint64_t>& heard(const std::string& scope) { return logs_[scope].heard; }
  std::optional<std::uint64_t> heard_from(const std::string& scope) const;  // later events it must hear of
  // The newest event that it knows to be there.
  std::uint64_t newest(const std::string& scope) { return logs_[scope].newest; }
  std::string node_state() const { return node_state_; }
  Milliseconds heartbeat_at() const { return heartbeat_at_; }
  std::uint64_t replays() const { return replays_; }

 private:
  struct Log {  // the event log of one place, as far as it is known
    bool begun = false;
    std::uint64_t from = 0;    // events up to here are of no interest
    std::uint64_t to = 0;      // all up to here are known
    std::uint64_t newest = 0;  // that there are
    std::set<std::uint64_t> heard;
    std::optional<Milliseconds> gap_since, asked_at;
    std::set<std::uint64_t> records;  // of the page that was asked for
    std::string asked;                // command id
  };
  struct Unanswered {
    std::string topic, payload;
    Milliseconds sent_at{};
    unsigned tries = 1;
  };

  void keep_alive();
  void attempt();
  void on_connected();
  void lose();
  void on_packet(const Packet& packet);
  void take(const Packet& packet);
  void take_alarm(const std::string& key, std::string_view scope, const Packet& packet);
  void take_event(std::string_view scope, const Packet& packet);
  void take_answer(std::string_view scope, const Packet& packet);
  void note_seq(std::string_view scope, std::string_view payload);
  void confirm();
  void fill_gaps();
  void compare_summaries();
  void repeat_unanswered();
  std::string send(std::string_view scope, std::string_view verb, std::string_view target,
                   std::string_view args, const Sent& judged);
  Packet presence(std::string_view state) const;
  WallTime daemon_time() const;

  Ground& ground_;
  Broker& broker_;
  const std::string name_;
  Watch watch_;
  std::uint64_t connection_ = 0;
  bool running_ = false, hanging_ = false;
  Milliseconds connected_at_{0};
  std::deque<Packet> unread_;                 // while it hangs
  std::optional<Milliseconds> silent_since_;  // its keep-alive finds nobody
  std::shared_ptr<bool> alive_;

  View view_;
  std::map<std::string, std::set<std::string>> summaries_;  // scope -> "cond id"
  std::map<std::string, Milliseconds> apart_since_;
  std::map<std::string, Log, std::less<>> logs_;
  std::map<std::string, std::map<std::string, std::uint64_t>> unconfirmed_;  // scope -> id -> rev
  std::map<std::string, Unanswered> unanswered_;
  std::string node_state_;
  Milliseconds heartbeat_at_{0}, received_at_{0};
  Milliseconds clock_offset_{0};
  std::uint64_t commands_ = 0, replays_ = 0;
};

}  // namespace world
