#include "daemon/stations/outbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stations {

namespace {

constexpr std::size_t urgent_lanes = 2;  // alarm and answer come first in the enumeration
constexpr std::array<Lane, 3> dropped_first{Lane::observation, Lane::event, Lane::state};

}  // namespace

Outbox::Pushed Outbox::push(Message message) {
  Pushed out;
  if (message.replaces_waiting) drop_replaced(message.topic);
  if (size_ >= messages_max_) {
    const bool urgent = is_urgent(message.lane);
    out.dropped = make_room(message.lane);
    if (!out.dropped) return {std::move(message), urgent};
  }
  ++size_;
  lane(message.lane).push_back(std::move(message));
  return out;
}

// Observations carry no token: nobody waits to hear of them.
void Outbox::drop_replaced(const std::string& topic) {
  std::deque<Message>& waiting = lane(Lane::observation);
  const auto gone = std::remove_if(waiting.begin(), waiting.end(),
                                   [&](const Message& one) { return one.topic == topic && one.token == 0; });
  size_ -= static_cast<std::size_t>(waiting.end() - gone);
  waiting.erase(gone, waiting.end());
}

// The oldest message of the least lane, as far up as the newcomer's own. None: the newcomer is the least.
std::optional<Message> Outbox::make_room(Lane newcomer) {
  for (const Lane victim : dropped_first) {
    if (!lane(victim).empty()) {
      Message oldest = std::move(lane(victim).front());
      lane(victim).pop_front();
      --size_;
      return oldest;
    }
    if (victim == newcomer) break;
  }
  return std::nullopt;
}

LaneSizes Outbox::sizes() const {
  LaneSizes out{};
  for (std::size_t i = 0; i < lane_count; ++i) out[i] = lanes_[i].size();
  return out;
}

std::optional<Message> Outbox::pop(bool urgent_only) {
  const std::size_t lanes_open = urgent_only ? urgent_lanes : lane_count;
  for (std::size_t i = 0; i < lanes_open; ++i) {
    if (lanes_[i].empty()) continue;
    Message out = std::move(lanes_[i].front());
    lanes_[i].pop_front();
    --size_;
    return out;
  }
  return std::nullopt;
}

bool Outbox::has(bool urgent_only) const {
  const std::size_t lanes_open = urgent_only ? urgent_lanes : lane_count;
  for (std::size_t i = 0; i < lanes_open; ++i)
    if (!lanes_[i].empty()) return true;
  return false;
}

std::vector<Message> Outbox::take(Lane which) {
  std::deque<Message>& waiting = lane(which);
  std::vector<Message> out(std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.end()));
  waiting.clear();
  size_ -= out.size();
  return out;
}

std::vector<Message> Outbox::take_all() {
  std::vector<Message> out;
  out.reserve(size_);
  while (auto message = pop(false)) out.push_back(*std::move(message));
  return out;
}

}  // namespace stations
