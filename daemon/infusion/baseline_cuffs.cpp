#include "daemon/infusion/baseline_cuffs.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace infusion {
namespace {

// True: it was not known, or was another number.
bool join(std::optional<double>& part, const std::optional<double>& told) {
  if (!told || part == told) return false;
  part = told;
  return true;
}

}  // namespace

bool BaselineCuffs::add(const BaselineCuff& reading) {
  const bool first_since_restart = std::exchange(restored_, false);
  if (!readings_.empty()) {
    BaselineCuff& newest = readings_.back();
    if (reading.at.mono < newest.at.mono) return false;
    if (first_since_restart && reading.same_numbers(newest)) return false;
    if (reading.at.mono - newest.at.mono < cuff_spacing_ms) {
      const bool sbp = join(newest.sbp, reading.sbp), dbp = join(newest.dbp, reading.dbp),
                 map = join(newest.map, reading.map);
      return sbp || dbp || map;
    }
  }
  if (readings_.size() == cuff_readings_max) readings_.erase(readings_.begin());
  readings_.push_back(reading);
  return true;
}

void BaselineCuffs::restore(std::vector<BaselineCuff> readings) {
  if (readings.size() > cuff_readings_max)
    readings.erase(readings.begin(), readings.end() - static_cast<std::ptrdiff_t>(cuff_readings_max));
  readings_ = std::move(readings);
  restored_ = !readings_.empty();
}

std::optional<double> BaselineCuffs::median(std::optional<double> BaselineCuff::*part) const {
  std::array<double, cuff_readings_max> values{};
  std::size_t size = 0;
  for (const BaselineCuff& reading : readings_)
    if (reading.*part) values[size++] = *(reading.*part);
  if (size < cuff_readings_min) return std::nullopt;
  std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(size));
  const std::size_t middle = size / 2;
  return size % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void BaselineCuffs::clear() {
  readings_.clear();
  restored_ = false;
}

}  // namespace infusion
