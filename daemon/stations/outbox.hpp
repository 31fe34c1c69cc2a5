// What waits for the broker: bounded, by lanes, in order within a lane. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "daemon/stations/broker_link.hpp"

namespace stations {

class Outbox {
 public:
  explicit Outbox(std::size_t messages_max) : messages_max_(messages_max) {}

  struct Pushed {
    std::optional<Message> dropped;  // the oldest of the least lane there is, which may be the new one
    bool stuck = false;              // an alarm or answer, and nothing was there that could go for it
  };
  Pushed push(Message message);

  // The next message: lanes in order, oldest first. `urgent_only` leaves all but alarms and answers.
  std::optional<Message> pop(bool urgent_only);
  bool has(bool urgent_only) const;

  std::vector<Message> take(Lane lane);
  std::vector<Message> take_all();
  std::size_t size() const { return size_; }
  LaneSizes sizes() const;

 private:
  void drop_replaced(const std::string& topic);
  std::optional<Message> make_room(Lane newcomer);
  std::deque<Message>& lane(Lane which) { return lanes_[static_cast<std::size_t>(which)]; }

  std::size_t messages_max_;
  std::size_t size_ = 0;
  std::array<std::deque<Message>, lane_count> lanes_;
};

}  // namespace stations
