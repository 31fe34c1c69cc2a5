// A monitor's clock, by the times that it puts on what it sends. How far it is from ours is for people and
// for one low alarm; how late a value is decides whether it is history. No timer and no limit ever runs on a
// monitor's clock.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "daemon/vitals/time.hpp"

namespace bed {

// Other numbers under the same device time so much later: it is not the time of their measurement. Those of a
// backlog, parts of one measurement and what corrects it come within moments.
inline constexpr vitals::Milliseconds time_stays_ms_min{5'000};

class ClockOffset {
 public:
  // A time that the monitor put on a value that it had just measured, and when the value came.
  void told(vitals::WallTime device, vitals::WallTime received) {
    samples_[count_++ % samples_.size()] = device - received;
  }

  // Positive: the monitor is ahead. What is on its way looks older, never younger: of the newest samples the
  // most advanced one has waited least.
  std::optional<vitals::Milliseconds> offset() const {
    if (count_ < samples_.size()) return std::nullopt;
    vitals::Milliseconds most = samples_.front();
    for (const auto sample : samples_) most = std::max(most, sample);
    return most;
  }

 private:
  std::array<vitals::Milliseconds, 8> samples_{};
  std::size_t count_ = 0;
};

// How much later a value came than the soonest ones do. Both clocks may show what they want, and ours may be
// set: the monitor's is compared with our steady one. What is behind as a backlog is would pass for a slow
// clock: another difference is believed only when it has stayed the same for a while, which a backlog, coming
// faster than it was measured, does not. A clock that is set forward is believed at once: nothing comes
// before it was measured.
class Lateness {
 public:
  void told(vitals::WallTime device, vitals::MonoTime received) {
    const vitals::Milliseconds ahead = ahead_of(device, received);
    if (soonest_) soonest_ = std::max(*soonest_, ahead);
    if (count_ == 0 || received - begun_ >= slot_ms) return open(ahead, received);
    newest() = std::max(newest(), ahead);
  }

  // nullopt: too little has come to tell.
  std::optional<vitals::Milliseconds> of(vitals::WallTime device, vitals::MonoTime received) const {
    if (!soonest_) return std::nullopt;
    return *soonest_ - ahead_of(device, received);
  }

 private:
  // Times are told in whole seconds, and the network takes its own.
  static constexpr vitals::Milliseconds slot_ms{5'000}, same_within_ms{3'000};
  static constexpr std::size_t slots_first = 2, slots_later = 4;

  static vitals::Milliseconds ahead_of(vitals::WallTime device, vitals::MonoTime received) {
    return device.time_since_epoch() - received.time_since_epoch();
  }
  vitals::Milliseconds& newest() { return slots_[(count_ - 1) % slots_.size()]; }

  void open(vitals::Milliseconds ahead, vitals::MonoTime now) {
    settle();
    begun_ = now;
    ++count_;
    newest() = ahead;
  }

  // By the slots that are complete.
  void settle() {
    const std::size_t wanted = soonest_ ? slots_later : slots_first;
    if (count_ < wanted) return;
    auto least = newest(), most = newest();
    for (std::size_t i = 1; i <= wanted; ++i) {
      const auto one = slots_[(count_ - i) % slots_.size()];
      least = std::min(least, one);
      most = std::max(most, one);
    }
    if (most - least <= same_within_ms) soonest_ = most;
  }

  std::array<vitals::Milliseconds, slots_later> slots_{};  // the most advanced time of each
  std::size_t count_ = 0;
  vitals::MonoTime begun_{};
  std::optional<vitals::Milliseconds> soonest_;
};

// Whether a sender's clock tells ages. One that stands still does not, nor one that is minutes from ours; but
// where it was right until lately it is the message that is late: what a queue has kept is history, however
// long. Another clock is believed in when the same difference has stayed for a while, one ahead of ours at
// once.
class SenderClock {
 public:
  // `right`: taken to be right until it is seen to be another.
  explicit SenderClock(bool right = false) : was_right_(right) {}

  // `agrees`: `sent` is within the tolerance of our clock.
  bool tells_ages(vitals::WallTime sent, bool agrees, vitals::Stamp rx) {
    if (sent != sent_) told_since_ = rx.mono;
    sent_ = sent;
    if (agrees || sent > rx.wall) {
      was_right_ = agrees;
      other_.reset();
    } else if (was_right_) {
      was_right_ = !stayed(sent.time_since_epoch() - rx.mono.time_since_epoch(), rx.mono);
    }
    return was_right_ && rx.mono - told_since_ < stays_ms;
  }

 private:
  static constexpr vitals::Milliseconds stays_ms{20'000}, same_within_ms{3'000};
  struct Other {  // what its clock shows, over our steady one
    vitals::Milliseconds ahead{0};
    vitals::MonoTime since;
  };

  bool stayed(vitals::Milliseconds ahead, vitals::MonoTime now) {
    if (!other_ || std::chrono::abs(ahead - other_->ahead) > same_within_ms) other_ = Other{ahead, now};
    return now - other_->since >= stays_ms;
  }

  bool was_right_;
  std::optional<vitals::WallTime> sent_;
  vitals::MonoTime told_since_{};
  std::optional<Other> other_;
};

}  // namespace bed
