// Shanghai Berry finger-clip and USB oximeters and bare boards (BM1000 type), protocol version 1.2, which the
// vendor calls "BCI protocol"; it has nothing to do with the monitors of BCI / Smiths. 100 frames of five
// bytes a second, unasked; nothing is sent to the device.
//
//   byte 1  bit 6 beep, bit 5 probe unplugged, bit 4 no signal, bits 3-0 strength 0-15
//   byte 2  wave 1-100, 0 invalid
//   byte 3  bit 6 is bit 7 of the rate, bit 5 searching, bit 4 no finger, bits 3-0 bar graph
//   byte 4  rate, bits 6-0, 255 missing          byte 5  SpO2, 127 missing
//
// On a Contec, which sends the same form, bit 5 of byte 1 means that the saturation is dropping: taken for a
// Berry it would hide a desaturation behind "unplugged". Hence the two contradictions that are watched for: a
// wave above 100, and a heart that goes on beating at a probe that is unplugged.
//
// The strength has no published scale and says nothing of the quality. Newer firmware may send packets that
// start 55 AA, whose layout is not public: they are reported and not read. Sources: vendor paper v1.2 and
// three public readers; the baud rate is from the vendor's USB demo alone.
#include "drivers/berry/berry.hpp"

#include <array>

#include "drivers/oximetry/five_byte.hpp"

namespace drivers::berry {
namespace {

using vitals::Reason;

constexpr unsigned frames_per_s = 100;
constexpr unsigned wave_max = 100;
constexpr unsigned beats_without_probe = 5;

class Stream final : public FiveByteDriver {
 public:
  Stream() : FiveByteDriver(frames_per_s) {}

 private:
  Judged judge(const Frame& frame) override {
    Judged out;
    out.sample.reading = reading(frame);
    out.sample.invalid = sensor_state(frame);
    if (frame[1] > wave_max) out.foreign = foreign_weight;
    if (beats_without_a_probe(frame, out.sample)) out.foreign = foreign_certain;
    return out;
  }

  static Reason sensor_state(const Frame& frame) {
    if ((frame[0] & 0x20U) != 0) return Reason::sensor_unplugged;
    if ((frame[2] & 0x10U) != 0) return Reason::sensor_off;
    if ((frame[2] & 0x20U) != 0) return Reason::searching;
    return (frame[0] & 0x10U) != 0 ? Reason::weak_signal : Reason::none;
  }

  // Digits alone prove nothing, they may be held for a moment.
  bool beats_without_a_probe(const Frame& frame, const oximetry::Sample& sample) {
    const bool beep = (frame[0] & 0x40U) != 0;
    const bool starts = beep && !beep_;
    beep_ = beep;
    if (sample.invalid != Reason::sensor_unplugged) {
      beats_ = 0;
    } else if (starts && sample.reading.rate_per_min.value_or(0) > 0 &&
               sample.reading.spo2_percent.value_or(0) > 0) {
      ++beats_;
    }
    return beats_ >= beats_without_probe;
  }

  void forget() override {
    beep_ = false;
    beats_ = 0;
  }

  bool beep_ = false;
  unsigned beats_ = 0;  // in a row
};

constexpr std::array<std::string_view, 2> models{"Berry finger-clip and USB oximeters", "BM1000-type boards"};
constexpr std::array<vitals::Metric, 2> metrics{vitals::Metric::pr, vitals::Metric::spo2};

constexpr Facts berry_facts{
    .name = "berry-bci",
    .title = "Berry pulse oximeters, \"BCI protocol\" 1.2",
    .models = models,
    .line = {.baud = 115200},
    .integrity = Integrity::none,
    .maturity = Maturity::usable,
    .streaming = true,
    .silence_ms_max = vitals::Milliseconds{3000},
    // The averaging is not stated. Assumed: 8 beats at 60 per minute, and the second of frames.
    .own_delay_ms = vitals::Milliseconds{9000},
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts() { return berry_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(berry_facts, options); !unknown.empty())
    return {nullptr, unknown};
  return {std::make_unique<Stream>(), {}};
}

}  // namespace drivers::berry
