// Replies of a SunTech blood pressure module: framing and contents.
//
//   3E length payload check    length counts all bytes; all bytes together sum to 0 modulo 256
//
// 3E is also data, so that only a sum proves a frame: after a wrong one the search goes on one byte further.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "drivers/driver.hpp"

namespace drivers::suntech_nibp {

inline constexpr std::size_t letter_bytes = 4;    // acknowledgement: one letter
inline constexpr std::size_t pressure_bytes = 5;  // of the cuff, now
inline constexpr std::size_t result_bytes = 24;   // the last measurement
using ResultBytes = std::array<std::uint8_t, result_bytes>;

struct Found {
  Bytes frame;  // sound; empty when `wrong` says what is not. Valid during the call only.
  std::string_view wrong;
  std::uint64_t offset = 0;  // of its first byte in the stream
};

class Framer {
 public:
  static constexpr vitals::Milliseconds frame_within{100};

  template <class OnFound>
  void feed(Bytes bytes, vitals::MonoTime rx, OnFound&& on_found) {
    for (const std::uint8_t byte : bytes) {
      expire(rx, on_found);
      bytes_[size_] = byte;
      came_[size_++] = rx;
      search(on_found);
    }
  }

  // A byte was lost: what has begun to look like a frame is none. Gives the offset.
  std::uint64_t lose_byte() {
    offset_ += size_;
    size_ = 0;
    stray_told_ = true;  // what follows belongs to it
    return offset_++;
  }

  // Gives up what has begun to look like a frame and did not end in time.
  template <class OnFound>
  void expire(vitals::MonoTime now, OnFound&& on_found) {
    while (size_ > 0 && now - came_[0] > frame_within) {
      reject("cut", on_found);
      search(on_found);
    }
  }

 private:
  static constexpr std::uint8_t start = 0x3E;
  static constexpr std::size_t frame_bytes_min = 4;
  static constexpr std::size_t frame_bytes_max = 40;

  // Leaves nothing in the buffer, or a beginning that may become a frame.
  template <class OnFound>
  void search(OnFound& on_found) {
    while (size_ > 0) {
      if (bytes_[0] != start) {
        if (!std::exchange(stray_told_, true)) on_found(Found{{}, "unframed", offset_});
        drop(1);
        continue;
      }
      if (size_ < 2) return;
      const std::size_t length = bytes_[1];
      if (length < frame_bytes_min || length > frame_bytes_max) {
        reject("length", on_found);
        continue;
      }
      if (size_ < length) return;
      if (!sums_to_zero(length)) {
        reject("checksum", on_found);
        continue;
      }
      stray_told_ = false;
      any_frame_ = true;
      on_found(Found{Bytes{bytes_.data(), length}, {}, offset_});
      drop(length);
    }
  }

  bool sums_to_zero(std::size_t length) const {
    unsigned sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += bytes_[i];
    return sum % 256 == 0;
  }

  // The stream usually begins in the middle of something: no fault before the first frame.
  template <class OnFound>
  void reject(std::string_view wrong, OnFound& on_found) {
    if (any_frame_) on_found(Found{{}, wrong, offset_});
    stray_told_ = true;  // what follows belongs to it
    drop(1);
  }

  void drop(std::size_t count) {
    std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(count),
              bytes_.begin() + static_cast<std::ptrdiff_t>(size_), bytes_.begin());
    std::copy(came_.begin() + static_cast<std::ptrdiff_t>(count),
              came_.begin() + static_cast<std::ptrdiff_t>(size_), came_.begin());
    size_ -= count;
    offset_ += count;
  }

  std::array<std::uint8_t, frame_bytes_max> bytes_{};
  std::array<vitals::MonoTime, frame_bytes_max> came_{};  // when each of them came
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;  // of bytes_[0] in the stream
  bool stray_told_ = true;
  bool any_frame_ = false;
};

struct Result {
  unsigned sys_mmhg = 0;
  unsigned dia_mmhg = 0;
  unsigned map_mmhg = 0;  // 0: not told
  unsigned rate_per_min = 0;
  unsigned status = 0;  // 1: valid
  unsigned error = 0;   // 0: none

  bool valid() const { return status == 1 && error == 0; }
  bool plausible() const;
};

// `frame` is a sound one of result_bytes.
Result read_result(const ResultBytes& frame);

// mmHg; an empty cuff may read a little below zero. Nothing: outside of what a cuff can have.
std::optional<int> read_pressure(Bytes frame);

}  // namespace drivers::suntech_nibp
