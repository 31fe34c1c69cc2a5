#include "tests/world/daemon_link.hpp"

#include <utility>

namespace world {
namespace {

// As stations::BrokerLink has them.
constexpr Milliseconds again_least{500}, again_most{8'000};
constexpr Milliseconds acknowledge_most{10'000};
constexpr Milliseconds age_every{1'000}, keepalive_patience{7'000};

Packet packet_of(stations::Message message) {
  return {std::move(message.topic), std::move(message.payload), message.qos, message.retain};
}

}  // namespace

DaemonLink::DaemonLink(Ground& ground, Broker& broker, std::size_t outbox_max, Handlers handlers, Watch watch)
    : ground_(ground),
      broker_(broker),
      handlers_(std::move(handlers)),
      watch_(std::move(watch)),
      outbox_(outbox_max) {}

// The link's thread hands over by posting: nothing reaches the daemon from within its own calls.
void DaemonLink::post(std::function<void()> act) {
  ground_.calendar.in(0ms, [alive = alive_, act = std::move(act)] {
    if (*alive) act();
  });
}

void DaemonLink::start() {
  post([this] { attempt(); });
  watch_age();
}

void DaemonLink::attempt() {
  const std::uint64_t number = ++attempts_;
  Broker::Client client;
  client.name = "gw1";
  client.will = packet_of(handlers_.make_will(number));
  client.on_packet = [this, alive = alive_](const Packet& packet) {
    if (*alive) handlers_.on_message(packet);
  };
  client.on_lost = [this, alive = alive_, number](const std::string& reason) {
    if (*alive && attempts_ == number) lose(reason);
  };
  connection_ = broker_.connect(std::move(client));
  if (connection_ != 0) {
    ground_.tell("daemon: connected, attempt " + std::to_string(number));
    post([this, number] { handlers_.on_connected(number); });
    return;
  }
  ground_.calendar.in(again_after_, [this, alive = alive_] {
    if (*alive) attempt();
  });
  again_after_ = std::min(again_after_ * 2, again_most);
}

void DaemonLink::publish(stations::Message message) {
  if (connection_ == 0) return give_back(message.token);
  watch_.published(message);
  if (watch_.refuse()) return give_back(message.token);
  stations::Outbox::Pushed pushed = outbox_.push(std::move(message));
  if (pushed.dropped) {
    ++dropped_;
    if (stations::is_urgent(pushed.dropped->lane) && !pushed.stuck) ++alarms_dropped_;
    give_back(pushed.dropped->token);
  }
  if (pushed.stuck) {
    post([this, connection = connection_] {
      if (connection_ == connection) lose("the outbox is full of alarms");
    });
  }
  if (std::exchange(sending_, true)) return;
  post([this] {
    sending_ = false;
    send_more();
  });
}

void DaemonLink::send_more() {
  while (connection_ != 0 && on_their_way_.size() < window_urgent) {
    auto message = outbox_.pop(on_their_way_.size() >= window);
    if (!message) return;
    send(*std::move(message));
  }
}

void DaemonLink::send(stations::Message message) {
  const std::uint64_t serial = ++serial_;
  if (message.qos > 0) on_their_way_.push_back({serial, message.token, ground_.now()});
  broker_.publish(connection_, packet_of(std::move(message)), [this, alive = alive_, serial] {
    if (*alive) acknowledged(serial);
  });
}

void DaemonLink::acknowledged(std::uint64_t serial) {
  const auto found = std::find_if(on_their_way_.begin(), on_their_way_.end(),
                                  [&](const OnItsWay& one) { return one.serial == serial; });
  if (found == on_their_way_.end()) return;
  const std::uint64_t token = found->token;
  on_their_way_.erase(found);
  if (token != 0) post([this, token] { handlers_.on_delivered(token, true); });
  send_more();
}

void DaemonLink::give_back(std::uint64_t token) {
  if (token != 0) post([this, token] { handlers_.on_delivered(token, false); });
}

void DaemonLink::lose(const std::string& reason) {
  if (connection_ == 0) return;
  broker_.abandon(connection_);
  connection_ = 0;
  ground_.tell("daemon: connection lost, " + reason);
  post([this, reason] { handlers_.on_lost(reason); });
  for (const OnItsWay& one : std::exchange(on_their_way_, {})) give_back(one.token);
  for (const stations::Message& waiting : outbox_.take_all()) give_back(waiting.token);
  again_after_ = again_least;
  ground_.calendar.in(again_after_, [this, alive = alive_] {
    if (*alive) attempt();
  });
}

void DaemonLink::watch_age() {
  if (connection_ != 0 && !on_their_way_.empty() &&
      ground_.now() - on_their_way_.front().sent_at >= acknowledge_most)
    lose("the broker acknowledges nothing");
  if (connection_ == 0 || broker_.alive(connection_)) {
    silent_since_.reset();
  } else if (!silent_since_) {
    silent_since_ = ground_.now();
  } else if (ground_.now() - *silent_since_ >= keepalive_patience) {
    lose("no answer");
  }
  ground_.calendar.in(age_every, [this, alive = alive_] {
    if (*alive) watch_age();
  });
}

void DaemonLink::subscribe(std::string filter, int /*qos*/) {
  if (connection_ == 0) return;
  const bool granted = !watch_.refuse_subscription();
  if (granted) broker_.subscribe(connection_, filter);
  post([this, filter = std::move(filter), granted] { handlers_.on_subscribed(filter, granted); });
}

void DaemonLink::unsubscribe(std::string filter) {
  if (connection_ != 0) broker_.unsubscribe(connection_, filter);
}

stations::BrokerHealth DaemonLink::health() const {
  stations::BrokerHealth out;
  out.connected = connection_ != 0;
  out.waiting = outbox_.sizes();
  out.in_flight = on_their_way_.size();
  out.queued = outbox_.size() + out.in_flight;
  out.dropped = dropped_;
  return out;
}

void DaemonLink::die() {
  *alive_ = false;
  if (connection_ != 0) broker_.abandon(connection_);
}

void DaemonLink::finish(stations::Message last) {
  *alive_ = false;
  if (connection_ == 0) return;
  while (auto message = outbox_.pop(false)) broker_.publish(connection_, packet_of(*std::move(message)), {});
  broker_.publish(connection_, packet_of(std::move(last)), {});
  ground_.calendar.in(1s, [broker = &broker_, connection = connection_] { broker->leave(connection); });
}

}  // namespace world
