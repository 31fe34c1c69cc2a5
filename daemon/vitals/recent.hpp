// The newest values of a series, at most `limit` of them. Takes memory as it fills and none while it is
// empty: of a thousand beds few have a series of this kind at a time.
#pragma once

#include <cstddef>
#include <vector>

namespace vitals {

template <typename T, std::size_t limit>
class Recent {
 public:
  void add(const T& value) {
    if (kept_.size() < limit) {
      kept_.push_back(value);
    } else {
      kept_[oldest_] = value;
      oldest_ = (oldest_ + 1) % limit;
    }
  }
  std::size_t size() const { return kept_.size(); }
  bool empty() const { return kept_.empty(); }
  // From the oldest on; `place` is below size().
  T& operator[](std::size_t place) { return kept_[(oldest_ + place) % kept_.size()]; }
  const T& operator[](std::size_t place) const { return kept_[(oldest_ + place) % kept_.size()]; }
  T& back() { return (*this)[size() - 1]; }
  const std::vector<T>& in_no_order() const { return kept_; }
  void clear() { *this = {}; }

 private:
  std::vector<T> kept_;
  std::size_t oldest_ = 0;  // once full: the next to be overwritten
};

}  // namespace vitals
