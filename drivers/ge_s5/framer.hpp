// Frames out of the byte stream, in fixed memory: flag 7E, record and checksum with 7E and 7D escaped, flag.
// Every flag ends what stands before it and may start what comes next, so that one lost flag costs at most
// two frames.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::ge_s5 {

inline constexpr std::size_t header_bytes = 40;
inline constexpr std::size_t record_bytes_max = header_bytes + 1450;

struct Frame {
  Bytes content;             // record and checksum, unescaped; valid during the call only
  std::uint64_t offset = 0;  // in the stream, of the byte that ended it
  std::string_view wrong;    // empty, or why there is no content
};

class Framer {
 public:
  // Calls on_frame(Frame) for each frame that ends in `bytes`, and once when one outgrows the limit. What
  // comes before the first flag is the rest of a frame whose beginning nobody saw: no fault.
  template <class OnFrame>
  void feed(Bytes bytes, OnFrame&& on_frame) {
    for (const std::uint8_t byte : bytes) {
      take(byte, on_frame);
      ++offset_;
    }
  }

  // A byte was lost, perhaps a flag: everything up to the next one is given up. Gives the offset.
  std::uint64_t lose_byte() {
    inside_ = false;
    return offset_++;
  }

 private:
  static constexpr std::uint8_t flag = 0x7E;
  static constexpr std::uint8_t escape = 0x7D;
  static constexpr std::uint8_t cleared_by_escape = 0x20;

  template <class OnFrame>
  void take(std::uint8_t byte, OnFrame& on_frame) {
    if (byte == flag) return end(on_frame);
    if (!inside_) return;
    if (!escaped_ && byte == escape) {
      escaped_ = true;
      return;
    }
    if (size_ == content_.size()) {
      on_frame(Frame{{}, offset_, "frame-too-long"});
      inside_ = false;
      return;
    }
    content_[size_++] = escaped_ ? static_cast<std::uint8_t>(byte | cleared_by_escape) : byte;
    escaped_ = false;
  }

  template <class OnFrame>
  void end(OnFrame& on_frame) {
    if (inside_ && escaped_) {
      on_frame(Frame{{}, offset_, "escape"});
    } else if (inside_ && size_ != 0) {
      on_frame(Frame{Bytes{content_}.first(size_), offset_, {}});
    }
    inside_ = true;
    escaped_ = false;
    size_ = 0;
  }

  std::array<std::uint8_t, record_bytes_max + 1> content_{};
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;
  bool inside_ = false;
  bool escaped_ = false;
};

}  // namespace drivers::ge_s5
