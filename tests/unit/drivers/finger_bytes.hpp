// Frames of finger oximeters for tests, and a driver with its sink at the end of a line.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tests/unit/drivers/bytes.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test {

class Port {
 public:
  explicit Port(Made made) : driver_(std::move(made.driver)) {}

  // What the driver says to these bytes alone.
  Lines feed(const ByteVector& bytes, std::int64_t at_ms = 0) {
    sink_.clear();
    driver_->feed(bytes, stamp(at_ms), sink_);
    return sink_.lines;
  }
  Lines tick(std::int64_t at_ms) {
    sink_.clear();
    driver_->tick(stamp(at_ms), sink_);
    return sink_.lines;
  }

 private:
  std::unique_ptr<Driver> driver_;
  RecordingSink sink_;
};

// Of both.
inline Lines operator+(Lines left, const Lines& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Lines values(const std::string& rate, const std::string& spo2, std::int64_t at_ms = 0) {
  const std::string at = "@" + std::to_string(at_ms) + " ";
  return {at + "obs pr " + rate, at + "obs spo2 " + spo2, at + "frame-end"};
}
inline Lines no_value(const std::string& why, std::int64_t at_ms = 0) {
  return values("- " + why, "- " + why, at_ms);
}

// Bytes that nobody sent, the same for the same seed.
inline ByteVector noise(std::size_t count, std::uint32_t seed) {
  ByteVector out(count);
  for (std::uint8_t& byte : out) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    byte = static_cast<std::uint8_t>(seed >> 24U);
  }
  return out;
}

// Seconds of noise on the line of a device without a checksum: it is read again when they are over.
inline void expect_noise_not_to_blind(Made (*make)(const Options&), const ByteVector& good,
                                      std::size_t noise_bytes) {
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    Port line{make({})};
    line.feed(times(300, good));
    for (const std::string& text : line.feed(noise(noise_bytes, seed)))
      EXPECT_EQ(text.find("wrong-device"), std::string::npos) << "seed " << seed;
    const Lines after = line.feed(times(400, good));
    EXPECT_NE(std::find(after.begin(), after.end(), "@0 obs spo2 98 valid"), after.end()) << "seed " << seed;
  }
}

// Without a checksum a damaged frame may look sound; standing alone it must not become a value or a state.
inline void expect_no_flipped_bit_to_be_believed(Made (*make)(const Options&), const ByteVector& good,
                                                 const std::string& rate, const std::string& spo2) {
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    ByteVector damaged = good;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    Port line{make({})};
    const Lines lines = line.feed(times(5, good) + damaged + times(300, good));
    std::size_t samples = 0;
    for (const std::string& text : lines) {
      if (text.find(" obs ") == std::string::npos) continue;
      EXPECT_TRUE(text == "@0 obs pr " + rate + " valid" || text == "@0 obs spo2 " + spo2 + " valid")
          << "bit " << bit << ": " << text;
      ++samples;
    }
    EXPECT_GE(samples, 6U) << "bit " << bit;
  }
}

}  // namespace drivers::test
