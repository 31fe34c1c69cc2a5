// Capnostream 20 frames out of a byte stream, and the numbers in one.
//
//   85 length code payload checksum     length counts code and payload; checksum is the XOR of all from
//   length
//                                       to the end of the payload
//
// Behind the start an 80 is sent as 80 00 and an 85 as 80 05, so that a bare 85 always starts a frame. Length
// and checksum are taken before that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::capnostream20 {

struct Frame {
  std::uint8_t code = 0;
  Bytes payload;             // unescaped; valid until the next byte is taken
  std::uint64_t offset = 0;  // in the stream, of the byte that ended it
};

// What one byte did.
struct Step {
  bool ended = false;  // `frame` is complete and sound
  Frame frame;
  std::string_view wrong;  // a frame was dropped: a short stable word
};

class Framer {
 public:
  Step take(std::uint8_t byte);
  void lose_byte();                                 // the frame that it belonged to is given up
  std::uint64_t offset() const { return offset_; }  // of the next byte

 private:
  static constexpr std::size_t frame_bytes_max = 64;  // unescaped, with length and checksum

  Step start();
  Step add(std::uint8_t byte);
  Step drop(std::string_view wrong);
  Step stray();

  std::array<std::uint8_t, frame_bytes_max> bytes_{};  // from the length on
  std::size_t size_ = 0;
  bool open_ = false;
  bool escaped_ = false;
  bool stray_told_ = true;  // what comes before the first frame is the rest of a cut one: no fault
  std::uint64_t offset_ = 0;
};

struct Numbers {
  std::optional<unsigned> etco2, fico2;  // in `co2_unit`
  std::string_view co2_unit;
  bool co2_in_tenths = false;
  std::optional<unsigned> breaths_per_min;
  std::optional<unsigned> spo2_percent;
  std::optional<unsigned> rate_per_min;
  unsigned status = 0;
  unsigned co2_alarms = 0;
  unsigned spo2_alarms = 0;
};

// Of a payload of code 1. Nothing: too short, or not in its places (`wrong` says which).
std::optional<Numbers> read_numbers(Bytes payload, std::string_view& wrong);

}  // namespace drivers::capnostream20
