// Bytes of a device as tests put them together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace drivers::test {

using ByteVector = std::vector<std::uint8_t>;

inline ByteVector operator+(ByteVector left, const ByteVector& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline ByteVector times(std::size_t count, const ByteVector& bytes) {
  ByteVector out;
  for (std::size_t i = 0; i < count; ++i) out = std::move(out) + bytes;
  return out;
}

inline ByteVector slice(const ByteVector& bytes, std::size_t begin, std::size_t end) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin),
          bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace drivers::test
