#include "daemon/outputs/tone_output.hpp"

#include <algorithm>
#include <utility>

#include "daemon/outputs/tone_burst.hpp"

namespace outputs {
namespace {

constexpr vitals::Milliseconds refill_ms{50};  // a sixth of what the card holds

}  // namespace

ToneOutput::ToneOutput(const ToneSettings& settings, OnResult on_result, vitals::Milliseconds retry)
    : medium_(tone_burst(false, settings.volume_percent)),
      high_(tone_burst(true, settings.volume_percent)),
      on_result_(std::move(on_result)),
      retry_ms_(retry),
      card_(settings.device),
      worker_([this](const Call& call) { return act(call); }) {}

vitals::Milliseconds ToneOutput::act(const Call& call) {
  std::string trouble = card_.open();
  if (trouble.empty()) trouble = call.on ? play(call.high) : rest();
  if (!trouble.empty()) {
    card_.close();
    playing_ = false;
    tell(trouble);
    return retry_ms_;
  }
  if (!call.on) {
    tell({});
    return tone_check_ms;
  }
  if (!left_.empty()) return refill_ms;
  const auto wait = std::chrono::ceil<vitals::Milliseconds>(next_ - Clock::now());
  return std::max(wait, vitals::Milliseconds{0});
}

std::string ToneOutput::play(bool high) {
  const auto now = Clock::now();
  const bool due = !playing_ || playing_high_ != high || now >= next_;
  if (due && playing_ && playing_high_ == high && !left_.empty())
    return "the sound device takes no more: a burst was not played to its end";
  if (due) {
    if (std::string trouble = card_.begin(); !trouble.empty()) return trouble;
    left_ = high ? high_ : medium_;
    next_ = now + tone_period_ms(high);
    playing_ = true;
    playing_high_ = high;
  }
  const bool ends = !left_.empty();
  if (std::string trouble = card_.write(left_); !trouble.empty()) return trouble;
  if (!ends || !left_.empty()) return {};
  if (std::string trouble = card_.finish(); !trouble.empty()) return trouble;
  tell({});
  return {};
}

std::string ToneOutput::rest() {
  if (!playing_) return card_.look();
  playing_ = false;
  left_ = {};
  return card_.begin();
}

void ToneOutput::tell(const std::string& trouble) {
  {
    const std::lock_guard lock{mutex_};
    ++health_.runs;
    if (!trouble.empty()) ++health_.failures;
  }
  if (on_result_) on_result_(trouble);
}

OutputHealth ToneOutput::health() const {
  const std::lock_guard lock{mutex_};
  return health_;
}

}  // namespace outputs
