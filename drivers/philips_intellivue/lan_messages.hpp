// Messages on the LAN: a datagram each, without a frame. Here they are cut out of the row of bytes by the
// length that each states of itself, so that it does not matter how the bytes are handed over. A datagram
// that ends short is dropped at its end, if the link tells that. A recording without marks does not: there it
// is dropped when nothing follows it, when the head of another stands inside the length that it states, or
// when what was taken for its rest makes no sense.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "daemon/vitals/time.hpp"
#include "drivers/framing/byte_window.hpp"

namespace drivers::philips {

class LanMessages {
 public:
  // Whether a message, of either side, begins here that chance does not make.
  static bool is_sure_begin(Bytes bytes);
  // Where, behind its own beginning, a message holds the head of another: it was cut there. 0: nowhere.
  static std::size_t find_begin_inside(Bytes message);

  // Calls on_message(bytes, offset) for each; it returns false for one that makes no sense inside, and the
  // search for the next then starts within it. on_wrong(reason, offset) where there is no message.
  template <class OnMessage, class OnWrong>
  void feed(Bytes bytes, vitals::MonoTime now, OnMessage&& on_message, OnWrong&& on_wrong) {
    tick(now, on_message, on_wrong);
    if (bytes.empty()) return;
    heard_ = now;
    while (!bytes.empty()) {
      bytes = window_.fill(bytes);
      while (take_one(on_message, on_wrong)) {
      }
    }
  }

  // A pause ends a datagram, whatever its length field says.
  template <class OnMessage, class OnWrong>
  void tick(vitals::MonoTime now, OnMessage&& on_message, OnWrong&& on_wrong) {
    if (now - heard_ >= pause_ms_min) end(on_message, on_wrong);
  }

  // What comes next begins anew.
  template <class OnMessage, class OnWrong>
  void end(OnMessage&& on_message, OnWrong&& on_wrong) {
    if (window_.size() > 0) {
      const Bytes rest = held();
      if (searching_ || !is_bare_control(rest) || !on_message(rest, window_.offset()))
        on_wrong(std::string_view{"cut"}, window_.offset());
      window_.drop(window_.size());
    }
    searching_ = false;
  }

 private:
  // Parts of one answer come within milliseconds, answers about a second apart.
  static constexpr vitals::Milliseconds pause_ms_min{400};
  static constexpr std::size_t message_bytes_max = 4096;
  static constexpr std::size_t head_bytes = 8;

  struct Length {
    enum class Verdict : std::uint8_t { known, more_needed, not_a_message } verdict;
    std::size_t bytes = 0;
  };

  static Length length_of(Bytes bytes);       // where a message is due
  static Length length_of_sure(Bytes bytes);  // anywhere: only heads that chance does not make
  static bool is_bare_control(Bytes bytes);   // refuse, abort, release: the first byte says it all
  Bytes held() const { return {window_.data(), window_.size()}; }

  // False: more bytes are needed.
  template <class OnMessage, class OnWrong>
  bool take_one(OnMessage& on_message, OnWrong& on_wrong) {
    if (window_.size() == 0) return false;
    const Length length = searching_ ? length_of_sure(held()) : length_of(held());
    if (length.verdict == Length::Verdict::more_needed) return false;
    if (length.verdict == Length::Verdict::known) {
      const Bytes inside = held().first(std::min(length.bytes, window_.size()));
      if (const std::size_t next = find_begin_inside(inside); next != 0) {
        on_wrong(std::string_view{"cut"}, window_.offset() + next);
        window_.drop(next);
        searching_ = false;
        return true;
      }
    }
    if (length.verdict == Length::Verdict::not_a_message) {
      if (!searching_) on_wrong(std::string_view{"no-message"}, window_.offset());
      searching_ = true;
      window_.drop(1);
      return true;
    }
    if (window_.size() < length.bytes) return false;
    searching_ = !on_message(held().first(length.bytes), window_.offset() + length.bytes - 1);
    window_.drop(searching_ ? 1 : length.bytes);
    return true;
  }

  framing::ByteWindow<message_bytes_max> window_;
  vitals::MonoTime heard_{};
  bool searching_ = false;  // for the next message, after bytes that are none
};

}  // namespace drivers::philips
