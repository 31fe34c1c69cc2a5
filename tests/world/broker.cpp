#include "tests/world/broker.hpp"

namespace world {
namespace {

// One and a half times the keep-alive of 5 s: the broker gives up a client that it has not heard.
constexpr Milliseconds keepalive{7'500};

}  // namespace

bool matches(std::string_view filter, std::string_view topic) {
  while (true) {
    const std::size_t f = filter.find('/'), t = topic.find('/');
    const std::string_view level = filter.substr(0, f);
    if (level == "#") return true;
    if (level != "+" && level != topic.substr(0, t)) return false;
    if (f == std::string_view::npos || t == std::string_view::npos) return f == t;
    filter.remove_prefix(f + 1);
    topic.remove_prefix(t + 1);
  }
}

Broker::Connection* Broker::find(std::uint64_t number) {
  const auto found = connections_.find(number);
  return found == connections_.end() ? nullptr : &found->second;
}

Broker::Connection* Broker::find(const std::string& client) {
  for (auto& [number, connection] : connections_)
    if (connection.client.name == client) return &connection;
  return nullptr;
}

bool Broker::alive(std::uint64_t connection) const {
  const auto found = connections_.find(connection);
  return found != connections_.end() && !found->second.quiet;
}

std::uint64_t Broker::connect(Client client) {
  if (!up_ || away_[client.name]) return 0;
  if (Connection* old = find(client.name)) end(old->number, true, "taken over");
  Connection made;
  made.number = ++numbered_;
  made.client = std::move(client);
  connections_.emplace(made.number, std::move(made));
  return numbered_;
}

void Broker::subscribe(std::uint64_t number, const std::string& filter) {
  Connection* connection = find(number);
  if (connection == nullptr || connection->quiet) return;
  connection->in_until = std::max(connection->in_until, ground_.now() + pace());
  ground_.calendar.at(connection->in_until, [this, number, filter] {
    Connection* here = find(number);
    if (here == nullptr || here->quiet) return;
    here->filters.push_back(filter);
    for (const auto& [topic, payload] : kept_)
      if (matches(filter, topic)) send(*here, {topic, payload, 1, true});
  });
}

void Broker::unsubscribe(std::uint64_t number, const std::string& filter) {
  Connection* connection = find(number);
  if (connection == nullptr || connection->quiet) return;
  connection->in_until = std::max(connection->in_until, ground_.now() + pace());
  ground_.calendar.at(connection->in_until, [this, number, filter] {
    if (Connection* here = find(number)) std::erase(here->filters, filter);
  });
}

void Broker::publish(std::uint64_t number, Packet packet, std::function<void()> acknowledged) {
  Connection* connection = find(number);
  if (connection == nullptr || connection->quiet) return;
  connection->in_until = std::max(connection->in_until, ground_.now() + pace());
  ground_.calendar.at(connection->in_until,
                      [this, number, packet = std::move(packet), acknowledged = std::move(acknowledged)] {
                        Connection* here = find(number);
                        if (here == nullptr || here->quiet) return;
                        arrive(packet);
                        if (packet.qos == 0 || !acknowledged) return;
                        here->out_until = std::max(here->out_until, ground_.now() + pace());
                        ground_.calendar.at(here->out_until, [this, number, acknowledged] {
                          const Connection* still = find(number);
                          if (still != nullptr && !still->quiet) acknowledged();
                        });
                      });
}

void Broker::arrive(const Packet& packet) {
  if (packet.retain && packet.payload.empty()) kept_.erase(packet.topic);
  if (packet.retain && !packet.payload.empty()) kept_[packet.topic] = packet.payload;
  for (auto& [number, connection] : connections_) {
    const auto wants = [&](const std::string& filter) { return matches(filter, packet.topic); };
    if (std::none_of(connection.filters.begin(), connection.filters.end(), wants)) continue;
    send(connection, {packet.topic, packet.payload, packet.qos, false});
    if (doubling_ && packet.qos > 0 && ground_.dice.one_in(8))
      send(connection, {packet.topic, packet.payload, packet.qos, false});
  }
}

void Broker::send(Connection& connection, Packet packet) {
  Milliseconds& until = shuffling_ ? connection.topic_until[packet.topic] : connection.out_until;
  until = std::max(until, ground_.now() + pace());
  send_at(connection.number, until, std::move(packet));
}

void Broker::send_at(std::uint64_t number, Milliseconds when, Packet packet) {
  ground_.calendar.at(when, [this, number, packet = std::move(packet)] {
    const Connection* here = find(number);
    if (here != nullptr && !here->quiet) here->client.on_packet(packet);
  });
}

void Broker::say_will(const Connection& connection) {
  if (!connection.client.will) return;
  const Milliseconds late = will_late_ ? ground_.dice.between(0ms, 6s) : 0ms;
  ground_.calendar.in(late, [this, will = *connection.client.will] {
    if (up_) arrive(will);
  });
}

void Broker::end(std::uint64_t number, bool will, const std::string& reason) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  const Connection gone = std::move(found->second);
  connections_.erase(found);
  if (will) say_will(gone);
  if (!reason.empty() && gone.client.on_lost && !gone.quiet) {
    ground_.calendar.in(pace(), [on_lost = gone.client.on_lost, reason] { on_lost(reason); });
  }
}

void Broker::leave(std::uint64_t number) { end(number, false, {}); }

// The operating system closes the connection of a dead process; a half-open one the broker learns of later.
void Broker::abandon(std::uint64_t number) {
  const Connection* connection = find(number);
  if (connection == nullptr) return;
  const Milliseconds learnt = connection->quiet ? keepalive : pace();
  ground_.calendar.in(learnt, [this, number] { end(number, true, {}); });
  connections_.at(number).client.on_packet = [](const Packet&) {};
  connections_.at(number).client.on_lost = {};
}

void Broker::cut(const std::string& client) {
  if (const Connection* connection = find(client)) end(connection->number, true, "cut");
}

void Broker::go_quiet(const std::string& client) {
  Connection* connection = find(client);
  if (connection == nullptr) return;
  connection->quiet = true;
  ground_.calendar.in(keepalive, [this, number = connection->number] { end(number, true, {}); });
}

void Broker::set_away(const std::string& client, bool away) {
  away_[client] = away;
  if (away) cut(client);
}

void Broker::set_up(bool up) {
  up_ = up;
  if (up) return;
  while (!connections_.empty()) end(connections_.begin()->first, false, "the broker is down");
}

void Broker::forget(bool all) {
  if (all) saved_.clear();
  kept_ = saved_;
}

}  // namespace world
