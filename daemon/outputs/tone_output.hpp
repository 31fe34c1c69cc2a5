// Calls by a tone from a loudspeaker (ALSA): a burst, a pause, a burst, as long as the call is on.
#pragma once

#include <chrono>
#include <mutex>
#include <span>
#include <vector>

#include "daemon/outputs/output.hpp"
#include "daemon/outputs/sound_card.hpp"
#include "daemon/outputs/worker.hpp"

namespace outputs {

struct ToneSettings {
  std::string device = "default";  // as `aplay -L` lists them
  unsigned volume_percent = 80;    // 1 to 100, of what the card can play
};

// How often a device that does not work is tried again, and one that is idle is looked at.
inline constexpr vitals::Milliseconds tone_retry_ms{5'000}, tone_check_ms{10'000};

class ToneOutput final : public Output {
 public:
  // The device is opened at once and kept, so that nobody else has it when it is needed. `retry` is for
  // tests.
  ToneOutput(const ToneSettings& settings, OnResult on_result, vitals::Milliseconds retry = tone_retry_ms);

  void set(const Call& call) override { worker_.set(call); }
  OutputHealth health() const override;

 private:
  using Clock = std::chrono::steady_clock;

  vitals::Milliseconds act(const Call& call);
  std::string play(bool high);  // goes on with the burst at hand, or begins one that is due
  std::string rest();           // silence
  void tell(const std::string& trouble);

  const std::vector<std::int16_t> medium_, high_;
  const OnResult on_result_;
  const vitals::Milliseconds retry_ms_;
  // Of the thread.
  SoundCard card_;
  std::span<const std::int16_t> left_;  // of the burst at hand, not yet in the card
  Clock::time_point next_{};            // burst
  bool playing_ = false, playing_high_ = false;

  mutable std::mutex mutex_;  // guards health_
  OutputHealth health_{"tone"};
  Worker worker_;  // last: its thread uses the others
};

}  // namespace outputs
