#include "daemon/infusion/baseline_window.hpp"

#include <algorithm>

namespace infusion {

using vitals::Milliseconds;
using vitals::MonoTime;

const BaselineWindow::Reading& BaselineWindow::nth(std::size_t age) const {
  return ring_[(next_ + capacity - count_ + age) % capacity];
}

void BaselineWindow::add(double value, MonoTime at) {
  if (count_ > 0) {
    Reading& newest = ring_[(next_ + capacity - 1) % capacity];
    if (at - newest.at < stream_spacing_ms) {
      newest.value = value;  // its time stays, so that a fast stream moves on
      return;
    }
  }
  ring_[next_] = {at, value};
  next_ = (next_ + 1) % capacity;
  count_ = std::min(count_ + 1, capacity);
}

bool BaselineWindow::enough(std::size_t first) const {
  Milliseconds data{0};
  for (std::size_t i = first + 1; i < count_; ++i)
    data += std::min(nth(i).at - nth(i - 1).at, reading_stands_ms_max);
  return data >= stream_data_ms_min;
}

std::optional<double> BaselineWindow::median(MonoTime now) const {
  std::size_t first = 0;
  while (first < count_ && now - nth(first).at > stream_window_ms) ++first;
  if (!enough(first)) return std::nullopt;

  std::array<double, capacity> values{};
  std::size_t size = 0;
  for (std::size_t i = first; i < count_; ++i) values[size++] = nth(i).value;
  std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
  const std::size_t middle = size / 2;
  return size % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace infusion
