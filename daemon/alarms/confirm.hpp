// "2 of 3": a violation begins an alarm only when so many of the newest samples are beyond the limit. It
// comes on top of the on-delay, which stays a timer: both must be fulfilled, whichever is later.
#pragma once

#include <bit>
#include <cstdint>

namespace alarms {

struct ConfirmRule {
  std::uint8_t needed = 1, of = 1;  // 1 <= needed <= of <= confirm_of_max; "1 of 1": each sample by itself

  bool rests() const { return needed <= 1; }
  friend bool operator==(const ConfirmRule&, const ConfirmRule&) = default;
};
inline constexpr std::uint8_t confirm_of_max = 5;

// The newest samples of one limit: which of them were beyond it.
class Confirmation {
 public:
  // Takes the newest sample in. True: so many of the newest are beyond, this one included.
  bool add(bool beyond, ConfirmRule rule) {
    seen_ = (seen_ << 1U) | (beyond ? 1U : 0U);
    return std::popcount(seen_ & ((1U << rule.of) - 1U)) >= rule.needed;
  }
  void forget() { seen_ = 0; }  // after a silence what came before it confirms nothing

 private:
  std::uint32_t seen_ = 0;  // one bit a sample, the newest lowest
};

}  // namespace alarms
