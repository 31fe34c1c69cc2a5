// Invasive pressures. The label of a channel decides what it is, not its number: only arterial ones are
// passed on as arterial, everything else is named and left out. The first arterial line is the primary one
// until it is gone, which is told before another becomes it: of two lines one never replaces the other
// unnoticed.
#pragma once

#include <array>

#include "drivers/ge_s5/values.hpp"

namespace drivers::ge_s5 {

class Pressures {
 public:
  // `ext1` is empty when the record has none.
  void report(Bytes basic, Bytes ext1, unsigned level, const Origin& origin, Sink& out);

 private:
  static constexpr std::size_t channels = 8;

  struct Line {
    std::size_t channel = 0;
    unsigned label = 0;

    friend bool operator==(const Line&, const Line&) = default;
  };

  bool unsettled(std::size_t channel, const Group& group, vitals::MonoTime now);

  std::optional<Line> primary_;
  std::array<std::optional<vitals::MonoTime>, channels> zeroing_;  // when it was last seen
};

}  // namespace drivers::ge_s5
