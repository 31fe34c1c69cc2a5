// How often which latency: fixed memory, 1.6 % resolution from a nanosecond to hours (the idea of
// HdrHistogram).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace bench {

class Histogram {
 public:
  void add(std::int64_t ns) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
    ++counts_[index_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }

  std::uint64_t count() const { return count_; }
  double max_us() const { return static_cast<double>(max_) / 1000; }

  // The value that this share of all does not exceed, in microseconds; 0 when there is none.
  double quantile_us(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_) + 0.5);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > 0 && seen >= wanted) return static_cast<double>(std::min(upper_end(i), max_)) / 1000;
    }
    return 0;
  }

 private:
  static constexpr unsigned fine_bits = 6;  // 64 steps for each doubling
  static constexpr std::uint64_t fine_steps = 1U << fine_bits;

  static std::size_t index_of(std::uint64_t value) {
    if (value < fine_steps) return value;
    const auto doublings = static_cast<unsigned>(std::bit_width(value)) - 1 - fine_bits;
    return (doublings + 1) * fine_steps + (value >> doublings) - fine_steps;
  }
  static std::uint64_t upper_end(std::size_t index) {
    if (index < fine_steps) return index;
    const std::uint64_t doublings = index / fine_steps - 1;
    return ((index % fine_steps + fine_steps + 1) << doublings) - 1;
  }

  std::array<std::uint64_t, fine_steps*(64 - fine_bits + 1)> counts_{};
  std::uint64_t count_ = 0, max_ = 0;
};

}  // namespace bench
