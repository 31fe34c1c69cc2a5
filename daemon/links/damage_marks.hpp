// What the terminal writes into a serial stream with PARMRK (termios(3)): a byte with a parity or framing
// error, and a break, come as FF 00 and the byte; a sound FF comes as FF FF. Undoes it, in place, however the
// stream is cut.
#pragma once

#include <cstdint>
#include <span>

#include "daemon/links/link.hpp"

namespace links {

class DamageMarks {
 public:
  // Calls on_bytes(Bytes) for each run of sound bytes and on_damage() for each damaged one, in their order.
  // `bytes` is overwritten. Ends early when one of them returns false.
  template <class OnBytes, class OnDamage>
  void take(std::span<std::uint8_t> bytes, OnBytes&& on_bytes, OnDamage&& on_damage) {
    std::size_t begin = 0, end = 0;  // of the run under way
    const auto flush = [&] { return begin == end || on_bytes(Bytes{bytes.subspan(begin, end - begin)}); };
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      const Step step = step_of(bytes[at]);
      if (step == Step::sound) bytes[end++] = bytes[at];
      if (step != Step::damaged) continue;
      if (!flush() || !on_damage()) return;
      begin = end = at + 1;
    }
    flush();
  }

  void forget() { state_ = State::plain; }  // another stream

 private:
  static constexpr std::uint8_t mark = 0xFF;
  enum class State : std::uint8_t { plain, marked, damaged };
  enum class Step : std::uint8_t { none, sound, damaged };

  Step step_of(std::uint8_t byte) {
    switch (state_) {
      case State::plain:
        if (byte != mark) return Step::sound;
        state_ = State::marked;
        return Step::none;
      case State::marked:
        state_ = byte == 0 ? State::damaged : State::plain;
        if (byte == 0) return Step::none;
        return byte == mark ? Step::sound : Step::damaged;  // no terminal writes another one
      case State::damaged: break;
    }
    state_ = State::plain;
    return Step::damaged;
  }

  State state_ = State::plain;
};

}  // namespace links
