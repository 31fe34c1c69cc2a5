#include "daemon/infusion/baseline_window.hpp"

#include <algorithm>
#include <array>

namespace infusion {

using vitals::Milliseconds;
using vitals::MonoTime;

void BaselineWindow::add(double value, MonoTime at) {
  if (!readings_.empty() && at - readings_.back().at < stream_spacing_ms) {
    readings_.back().value = value;  // its time stays, so that a fast stream moves on
    return;
  }
  readings_.add({at, value});
}

bool BaselineWindow::enough(std::size_t first) const {
  Milliseconds data{0};
  for (std::size_t i = first + 1; i < readings_.size(); ++i)
    data += std::min(readings_[i].at - readings_[i - 1].at, reading_stands_ms_max);
  return data >= stream_data_ms_min;
}

std::optional<double> BaselineWindow::median(MonoTime now) const {
  std::size_t first = 0;
  while (first < readings_.size() && now - readings_[first].at > stream_window_ms) ++first;
  if (!enough(first)) return std::nullopt;

  std::array<double, capacity> values{};
  std::size_t size = 0;
  for (std::size_t i = first; i < readings_.size(); ++i) values[size++] = readings_[i].value;
  std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
  const std::size_t middle = size / 2;
  return size % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace infusion
