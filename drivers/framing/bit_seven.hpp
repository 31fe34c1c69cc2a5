// Protocols that mark their frames by bit 7 alone: the five-byte frames of Contec and Berry, and the means to
// notice that a stream is framed in another way than the one that was configured.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace drivers::framing {

// How often in a row the stream has repeated a known pattern of bit 7. Chance does not repeat either of them:
// noise fits a frame of five once in 32 times.
class BitSevenPattern {
 public:
  void take(std::uint8_t byte) {
    const bool high = byte >= 0x80;
    if (high == high_) {
      ++run_;
      return;
    }
    (high_ ? highs_ : lows_) = run_;
    if (high) {
      fives_ = highs_ == 1 && lows_ == 4 ? fives_ + 1 : 0;
    } else {
      nines_ = lows_ == 1 && highs_ == 8 ? nines_ + 1 : 0;
    }
    high_ = high;
    run_ = 1;
  }

  unsigned fives() const { return fives_; }  // one byte with bit 7 set, four without
  unsigned nines() const { return nines_; }  // one byte without, eight with

 private:
  bool high_ = false;
  unsigned run_ = 0;    // of bytes whose bit 7 is like that of the last one
  unsigned highs_ = 0;  // length of the last whole run
  unsigned lows_ = 0;
  unsigned fives_ = 0;
  unsigned nines_ = 0;
};

// Frames of five bytes: bit 7 set in the first, clear in the others. There is no other check.
class FiveByteFrames {
 public:
  using Frame = std::array<std::uint8_t, 5>;

  // What a byte did to the stream.
  enum class Step : std::uint8_t { more, whole, restarted, stray };

  Step take(std::uint8_t byte) {
    if (byte >= 0x80) {
      const bool cut = size_ != 0;
      frame_[0] = byte;
      size_ = 1;
      stray_ = false;
      return cut && synchronised_ ? Step::restarted : Step::more;
    }
    if (size_ == 0) {  // one word for a run of them; what comes before the first frame is no damage
      const bool first = !stray_;
      stray_ = true;
      return first && synchronised_ ? Step::stray : Step::more;
    }
    frame_[size_++] = byte;
    if (size_ < frame_.size()) return Step::more;
    size_ = 0;
    synchronised_ = true;
    return Step::whole;
  }

  // A byte was lost: everything up to the next first byte belongs to its frame.
  void give_up() {
    size_ = 0;
    stray_ = true;
  }

  const Frame& frame() const { return frame_; }  // after Step::whole

 private:
  Frame frame_{};
  std::size_t size_ = 0;
  bool stray_ = false;
  bool synchronised_ = false;
};

}  // namespace drivers::framing
