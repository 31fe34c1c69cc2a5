// Oximeters that send 60 or 100 frames a second without a checksum, brought down to what a bed can use: one
// sample a second, and at once that the values are gone.
//
// Seconds are counted in frames, not by a clock, so that a recording gives the same samples at any speed; but
// on a line that loses most of them, what was heard two seconds ago is not what is told as now. As
// nothing guards a frame, a frame counts only with a neighbour that says the same: a damaged byte that still
// looks like a frame never becomes a value. Numbers change a few times a second at most, so this costs one
// frame of delay.
#pragma once

#include <cstdint>
#include <optional>

#include "drivers/oximetry/oximetry.hpp"

namespace drivers::oximetry {

// One frame as its device means it. With `invalid` the digits do not count.
struct Sample {
  Reading reading;
  vitals::Reason invalid = vitals::Reason::none;
  vitals::Reason doubt = vitals::Reason::none;
};

class OncePerSecond {
 public:
  explicit OncePerSecond(unsigned frames_per_s) : frames_per_s_(frames_per_s) {}

  // True: values were reported.
  bool take(const Sample& sample, const Origin& origin, Sink& out);

  // Says at once that there are no values.
  void withdraw(vitals::Reason reason, const Origin& origin, Sink& out);

  // Something was damaged or missing: the next frame needs a neighbour of its own.
  void interrupt() { previous_.reset(); }

  // A stream that stood still: nothing of before speaks for what comes now.
  void start_over() { *this = OncePerSecond(frames_per_s_); }

 private:
  enum class Told : std::uint8_t { nothing, values, absence };

  struct Seen {
    Sample sample;
    vitals::MonoTime at;
  };

  std::optional<Sample> sample_of_second(vitals::MonoTime now) const;
  bool end_second(const Origin& origin, Sink& out);
  void begin_second();

  unsigned frames_per_s_;
  std::optional<Sample> previous_;
  Told told_ = Told::nothing;
  // The second under way.
  unsigned frames_ = 0;
  unsigned invalid_frames_ = 0;
  std::optional<Seen> newest_valid_;
  std::optional<Seen> newest_invalid_;
};

}  // namespace drivers::oximetry
