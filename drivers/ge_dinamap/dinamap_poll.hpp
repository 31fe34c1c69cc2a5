// Which request goes out when: one at a time, each at its own pace. Time is told by the caller.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "drivers/driver.hpp"

namespace drivers::dinamap {

enum class Ask : std::uint8_t { cuff, oximeter, rate };
inline constexpr std::size_t ask_count = 3;

class Poll {
 public:
  // The request that waits for its reply.
  std::optional<Ask> waiting() const { return waiting_; }

  // Gives up waiting after a second. True: that has happened just now.
  bool timed_out(vitals::MonoTime now);
  // The request to send now, if one is due; it waits from here on.
  std::optional<Ask> next(vitals::MonoTime now);

  // A sound reply came that is believed, asked for or not.
  void heard(Ask ask);
  void spoilt() { fail(); }  // a reply came, damaged

  // Nobody has answered three requests in a row: only the cuff is asked for, until somebody does.
  bool offline() const { return failures_in_a_row_ >= tries; }
  // This one has not been answered three times in a row.
  bool unanswered(Ask ask) const { return of(ask).failures >= tries; }

 private:
  static constexpr unsigned tries = 3;

  struct Item {
    unsigned failures = 0;
    std::optional<vitals::MonoTime> sent;
  };

  Item& of(Ask ask) { return items_[static_cast<std::size_t>(ask)]; }
  const Item& of(Ask ask) const { return items_[static_cast<std::size_t>(ask)]; }
  vitals::MonoTime due(Ask ask) const;
  void answered();
  void fail();

  std::array<Item, ask_count> items_;
  std::optional<Ask> waiting_;
  unsigned failures_in_a_row_ = 0;
};

}  // namespace drivers::dinamap
