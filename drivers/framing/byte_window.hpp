// The newest bytes of a stream in one piece, for protocols whose frame boundaries must be searched.
// Fixed memory. Whoever uses it decides by the bytes from the front only, so any split gives the same result.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "daemon/vitals/check.hpp"
#include "drivers/driver.hpp"

namespace drivers::framing {

template <std::size_t capacity>
class ByteWindow {
 public:
  // Takes as many bytes as fit behind those already held, and returns the rest.
  Bytes fill(Bytes bytes) {
    if (begin_ != 0) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, size());
      end_ -= begin_;
      begin_ = 0;
    }
    const std::size_t taken = std::min(bytes.size(), capacity - end_);
    std::copy_n(bytes.data(), taken, bytes_.data() + end_);
    end_ += taken;
    return bytes.subspan(taken);
  }

  const std::uint8_t* data() const { return bytes_.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  std::uint64_t offset() const { return offset_; }  // of data() in the stream

  // A byte that was lost stood behind those held: nothing can be made of them.
  void give_up() {
    drop(size());
    ++offset_;
  }

  void drop(std::size_t count) {
    CHECK(count <= size());
    begin_ += count;
    offset_ += count;
  }

 private:
  std::array<std::uint8_t, capacity> bytes_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace drivers::framing
