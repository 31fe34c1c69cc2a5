// The fixed-baud-rate frames of the serial port:
//
//   C0 | 11 01 length(2, big endian) user data FCS(2, low byte first) | C1
//
// Between C0 and C1 each byte C0, C1 or 7D is sent as 7D and the byte XOR 20; 7D C1 is a frame that its
// sender gave up. FCS: the 16-bit check of PPP (RFC 1662, reflected polynomial 8408) over header and data.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::philips {

inline constexpr std::uint8_t frame_begin = 0xC0;
inline constexpr std::uint8_t frame_end = 0xC1;
inline constexpr std::uint8_t frame_escape = 0x7D;
inline constexpr std::uint8_t frame_escape_flip = 0x20;

std::uint16_t frame_check(Bytes bytes, std::uint16_t check = 0xFFFF);

// What on_frame is called with: a good frame's user data, or why there is none.
struct SerialFrame {
  Bytes data;              // valid during the call only
  std::string_view wrong;  // "checksum", "length", ...; empty: good
  std::uint64_t offset = 0;
};

class SerialFrames {
 public:
  // Calls on_frame(SerialFrame) at the end of each frame and once where something else shows. What comes
  // before the first frame is the rest of one that was being sent: silence about it.
  template <class OnFrame>
  void feed(Bytes bytes, OnFrame&& on_frame) {
    for (const std::uint8_t byte : bytes) {
      const SerialFrame frame = take(byte);
      ++offset_;
      if (!frame.data.empty() || !frame.wrong.empty()) on_frame(frame);
    }
  }

  // A byte was lost: everything up to the next beginning of a frame is given up. Gives the offset.
  std::uint64_t lose_byte() {
    state_ = State::lost;
    size_ = 0;
    return offset_++;
  }

 private:
  // The protocol allows 1000 bytes here and 1364 on the LAN; noise must not make us wait for more.
  static constexpr std::size_t frame_bytes_max = 4096;
  enum class State : std::uint8_t { start, between, inside, escaped, lost };

  SerialFrame take(std::uint8_t byte);
  SerialFrame begin();
  SerialFrame keep(std::uint8_t byte);
  SerialFrame close();
  SerialFrame refuse(std::string_view wrong, State next);

  std::array<std::uint8_t, frame_bytes_max> bytes_{};
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;
  State state_ = State::start;
};

// Whether a frame begins somewhere in these bytes.
bool holds_frame_begin(Bytes bytes);

// Frames `data` into `frame`; it must have room for twice (data + 6) and 2 more. The part that was written.
Bytes write_frame(Bytes data, std::span<std::uint8_t> frame);

}  // namespace drivers::philips
