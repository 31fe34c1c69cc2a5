// The daemon's connection to the broker in virtual time: the outbox is the daemon's own, around it what
// stations::BrokerLink promises (attempts with numbers, a window of messages on their way, everything handed
// back when the link breaks).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/app/doors.hpp"
#include "daemon/stations/outbox.hpp"
#include "tests/world/broker.hpp"
#include "tests/world/ground.hpp"

namespace world {

class DaemonLink final : public app::BrokerDoor {
 public:
  // As stations::BrokerLink has them: messages on their way at most, and at most where alarms wait.
  static constexpr std::size_t window = 64, window_urgent = 96;

  struct Handlers {  // towards the daemon, each in an act of its own
    std::function<stations::Message(std::uint64_t connection)> make_will;
    std::function<void(std::uint64_t connection)> on_connected;
    std::function<void(const std::string& reason)> on_lost;
    std::function<void(const Packet&)> on_message;
    std::function<void(std::uint64_t token, bool delivered)> on_delivered;
    std::function<void(const std::string& filter, bool granted)> on_subscribed;
  };
  struct Watch {
    std::function<void(const stations::Message&)> published;  // handed over by the daemon while connected
    std::function<bool()> refuse;                             // this one is not taken: given back at once
    std::function<bool()> refuse_subscription;
  };
  DaemonLink(Ground& ground, Broker& broker, std::size_t outbox_max, Handlers handlers, Watch watch);
  ~DaemonLink() override = default;
  DaemonLink(const DaemonLink&) = delete;
  DaemonLink& operator=(const DaemonLink&) = delete;

  void start();
  void die();
  void finish(stations::Message last);  // sends what waits, then this, then leaves

  void publish(stations::Message message) override;
  void flush() override {}
  void subscribe(std::string filter, int qos) override;
  void unsubscribe(std::string filter) override;
  stations::BrokerHealth health() const override;

  bool connected() const { return connection_ != 0; }
  std::uint64_t alarms_dropped() const { return alarms_dropped_; }

 private:
  struct OnItsWay {
    std::uint64_t serial = 0, token = 0;
    Milliseconds sent_at{};
  };
  void post(std::function<void()> act);
  void attempt();
  void send_more();
  void send(stations::Message message);
  void acknowledged(std::uint64_t serial);
  void lose(const std::string& reason);
  void give_back(std::uint64_t token);
  void watch_age();

  Ground& ground_;
  Broker& broker_;
  Handlers handlers_;
  Watch watch_;
  stations::Outbox outbox_;
  std::deque<OnItsWay> on_their_way_;
  std::uint64_t attempts_ = 0;    // the daemon's number
  std::uint64_t connection_ = 0;  // the broker's
  std::uint64_t serial_ = 0, dropped_ = 0, alarms_dropped_ = 0;
  Milliseconds again_after_{500};
  bool sending_ = false;
  std::optional<Milliseconds> silent_since_;  // the keep-alive finds nobody
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace world
