#include "drivers/oximetry/finger_stream.hpp"

namespace drivers::oximetry {
namespace {

using vitals::Reason;

constexpr vitals::Milliseconds age_ms_max{2000};

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
    (invalid ? newest_invalid_ : newest_valid_) = Seen{sample, origin.rx.mono};
    if (told_ == Told::nothing) return end_second(origin, out);
    // Back to values only after a whole second: a loose probe must not flicker.
    if (invalid && told_ == Told::values) {
      withdraw(sample.invalid, origin, out);
      return false;
    }
  }
  return frames_ >= frames_per_s_ && end_second(origin, out);
}

// None: no two neighbours have agreed, or not lately, or not on what most frames said.
std::optional<Sample> OncePerSecond::sample_of_second(vitals::MonoTime now) const {
  const auto recent = [now](const std::optional<Seen>& seen) { return seen && now - seen->at <= age_ms_max; };
  const bool mostly_invalid = 2 * invalid_frames_ > frames_;
  if (!mostly_invalid && recent(newest_valid_)) return newest_valid_->sample;
  return recent(newest_invalid_) ? std::optional{newest_invalid_->sample} : std::nullopt;
}

bool OncePerSecond::end_second(const Origin& origin, Sink& out) {
  const std::optional<Sample> sample = sample_of_second(origin.rx.mono);
  begin_second();
  if (!sample) {
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
