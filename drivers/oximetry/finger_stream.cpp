#include "drivers/oximetry/finger_stream.hpp"

namespace drivers::oximetry {
namespace {

using vitals::Reason;

bool say_the_same(const Sample& a, const Sample& b) {
  const bool a_invalid = a.invalid != Reason::none, b_invalid = b.invalid != Reason::none;
  if (a_invalid || b_invalid) return a_invalid && b_invalid;
  return a.reading.rate_per_min == b.reading.rate_per_min && a.reading.spo2_percent == b.reading.spo2_percent;
}

}  // namespace

bool OncePerSecond::take(const Sample& sample, const Origin& origin, Sink& out) {
  const bool invalid = sample.invalid != Reason::none;
  const bool believed = previous_ && say_the_same(*previous_, sample);
  previous_ = sample;
  ++frames_;
  invalid_frames_ += invalid ? 1 : 0;
  if (believed) {
    (invalid ? newest_invalid_ : newest_valid_) = sample;
    if (told_ == Told::nothing) return end_second(origin, out);
    // Back to values only after a whole second: a loose probe must not flicker.
    if (invalid && told_ == Told::values) {
      withdraw(sample.invalid, origin, out);
      return false;
    }
  }
  return frames_ >= frames_per_s_ && end_second(origin, out);
}

bool OncePerSecond::end_second(const Origin& origin, Sink& out) {
  const bool mostly_invalid = 2 * invalid_frames_ > frames_;
  const std::optional<Sample> sample =
      (mostly_invalid && newest_invalid_) || !newest_valid_ ? newest_invalid_ : newest_valid_;
  begin_second();
  if (!sample) {  // a line on which no two neighbours agree
    withdraw(Reason::interference, origin, out);
    return false;
  }
  if (sample->invalid != Reason::none) {
    withdraw(sample->invalid, origin, out);
    return false;
  }
  told_ = Told::values;
  report(sample->reading, sample->doubt, origin, out);
  out.on_frame_end(origin.rx);
  return true;
}

void OncePerSecond::withdraw(Reason reason, const Origin& origin, Sink& out) {
  begin_second();
  told_ = Told::absence;
  report_absent(reason, vitals::Quality::invalid, origin.rx, out);
  out.on_frame_end(origin.rx);
}

void OncePerSecond::begin_second() {
  frames_ = 0;
  invalid_frames_ = 0;
  newest_valid_.reset();
  newest_invalid_.reset();
}

}  // namespace drivers::oximetry
