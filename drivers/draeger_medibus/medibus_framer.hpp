// MEDIBUS frames out of a byte stream, in fixed memory.
//
//   command   1B code [argument] c1 c2 0D        at most 256 bytes
//   response  01 echo [data]     c1 c2 0D        at most 3845 bytes
//   c1 c2     the sum of all bytes before them, modulo 256, as two hexadecimal digits with capitals
//
// Bytes from 80 on belong to a real-time stream that may appear anywhere: they are taken out first. A command
// may stand inside a response. Contents are printable, so that 01 and 1B always start something.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::draeger_medibus {

enum class FrameKind : std::uint8_t {
  command,
  response,
  damaged_command,  // it ended, but its sum is wrong
  damaged_response,
  lost,           // broken off; `wrong` says how
  stop_sending,   // DC1: the other side cannot take more
  go_on_sending,  // DC3
};

struct Frame {
  FrameKind kind{};
  std::uint8_t code = 0;           // of a sound command or response
  std::string_view data;           // likewise; valid during the call only
  bool inside_icc_answer = false;  // a command inside the answer to "initialise communication"
  std::string_view wrong;          // short stable word for what is not sound
  std::uint64_t offset = 0;        // in the stream, of the byte that decided
};

class Framer {
 public:
  static constexpr vitals::Milliseconds idle_max{3000};  // a frame that stands longer is given up

  template <class OnFrame>
  void feed(Bytes bytes, vitals::MonoTime rx, OnFrame&& on_frame) {
    for (const std::uint8_t byte : bytes) {
      expire(rx, on_frame);
      if (const Frame frame = take(byte); frame.kind != FrameKind::lost || !frame.wrong.empty())
        on_frame(frame);
      if (byte < real_time_min) heard_at_ = rx;
      ++offset_;
    }
  }

  // A byte was lost: what stands open is given up.
  Frame lose_byte(vitals::MonoTime rx) {
    heard_at_ = rx;
    const Frame out = lose_all("line-error");
    ++offset_;
    return out;
  }

  template <class OnFrame>
  void expire(vitals::MonoTime now, OnFrame&& on_frame) {
    if ((response_.open || command_.open) && now - heard_at_ >= idle_max) on_frame(lose_all("cut"));
  }

  vitals::MonoTime heard_at() const {
    return heard_at_;
  }  // the last byte that is not of the real-time stream

 private:
  static constexpr std::uint8_t real_time_min = 0x80;
  static constexpr std::size_t response_bytes_max = 3850;
  static constexpr std::size_t command_bytes_max = 256;

  template <std::size_t capacity>
  struct Collected {
    std::array<char, capacity> bytes{};
    std::size_t size = 0;
    bool open = false;

    void start(std::uint8_t byte) {
      open = true;
      size = 0;
      bytes[size++] = static_cast<char>(byte);
    }
    bool add(std::uint8_t byte) {  // false: it is full
      if (size == capacity) return false;
      bytes[size++] = static_cast<char>(byte);
      return true;
    }
    std::string_view text() const { return {bytes.data(), size}; }
  };

  Frame take(std::uint8_t byte);
  Frame start_response();
  Frame start_command();
  Frame end();
  Frame add(std::uint8_t byte);
  Frame lose_all(std::string_view wrong);
  Frame lost(std::string_view wrong) const { return {FrameKind::lost, 0, {}, false, wrong, offset_}; }
  Frame checked(std::string_view text, FrameKind sound, FrameKind damaged) const;
  bool in_icc_answer() const;

  Collected<response_bytes_max> response_;
  Collected<command_bytes_max> command_;
  vitals::MonoTime heard_at_{};
  std::uint64_t offset_ = 0;
  bool stray_told_ = true;  // what comes before the first frame is the rest of a cut one: no fault
};

}  // namespace drivers::draeger_medibus
