// Which beds have learned, or forgotten, who their patient is, the newest last. Whoever compares patients
// between beds asks all of them once, and from then on only those that have changed since: with a thousand
// beds on one source each message would otherwise ask a thousand beds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bed {

class Bed;

class PatientChanges {
 public:
  static constexpr std::size_t kept_max = 1024;

  void note(const Bed& bed) { newest_[count_++ % kept_max] = &bed; }
  std::uint64_t count() const { return count_; }

  // Those noted since there were `seen`. False: that is too long ago, any bed may have changed.
  template <typename Tell>
  bool since(std::uint64_t seen, Tell tell) const {
    if (count_ - seen > kept_max) return false;
    for (; seen < count_; ++seen) tell(*newest_[seen % kept_max]);
    return true;
  }

 private:
  std::array<const Bed*, kept_max> newest_{};
  std::uint64_t count_ = 0;
};

}  // namespace bed
