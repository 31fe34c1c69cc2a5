// Contec CMS50 oximeters, older protocol: CMS50D+ with firmware below about 4.6, older CMS50E. They stream 60
// frames of five bytes a second as soon as they are switched on; nothing is sent to them.
//
//   byte 1  bit 6 beep, bit 5 saturation is dropping, bit 4 searching too long, bits 3-0 strength 0-8
//   byte 2  wave 0-127
//   byte 3  bit 6 is bit 7 of the rate, bit 5 searching, bit 4 probe error, bits 3-0 bar graph
//   byte 4  rate, bits 6-0          byte 5  SpO2
//
// "Saturation is dropping" is what the patient does: it touches no value. Searching and probe error win over
// digits; the device does not tell a finger that is out from a broken probe. There is no checksum; the line
// has odd parity. A rate above 127 needs bit 6 of byte 3: some public readers lose it, and 130 becomes 2.
//
// Frame: the vendor's paper V5.0A and three public readers. The paper prints 4800 baud, all working readers
// use 19200: the standard here, `baud` in the settings changes it. The paper names no missing marker; 255 and
// 127 are those of the newer protocol, 0 and all above 100 % are taken for missing too. That a strength of
// 0-2 makes a value doubtful is this project's choice.
#include <array>

#include "drivers/contec/contec.hpp"
#include "drivers/contec/contec_common.hpp"
#include "drivers/oximetry/five_byte.hpp"

namespace drivers::contec {
namespace {

using vitals::Reason;

class Stream final : public FiveByteDriver {
 public:
  Stream() : FiveByteDriver(frames_per_s) {}

 private:
  Judged judge(const Frame& frame) override {
    Judged out;
    const unsigned strength = frame[0] & 0x0FU;
    if (strength > strength_max) {  // a Berry oximeter counts to 15
      out.impossible = "strength";
      out.foreign = foreign_weight;
      return out;
    }
    out.sample.reading = reading(frame);
    out.sample.doubt = strength <= strength_weak_max ? Reason::weak_signal : Reason::none;
    if ((frame[2] & 0x10U) != 0) {
      out.sample.invalid = Reason::sensor_off;
    } else if ((frame[2] & 0x20U) != 0 || (frame[0] & 0x10U) != 0) {
      out.sample.invalid = Reason::searching;
    }
    return out;
  }

  void forget() override {}
};

constexpr std::array<std::string_view, 2> older_models{"CMS50D+ (firmware below 4.6)", "CMS50E (older)"};

constexpr Facts stream_facts{
    .name = "contec-5",
    .title = "Contec CMS50 oximeters, older five-byte stream",
    .models = older_models,
    .line = {.baud = 19200, .parity = Parity::odd},
    .integrity = Integrity::parity,
    .maturity = Maturity::usable,
    .streaming = true,
    .silence_ms_max = vitals::Milliseconds{3000},
    .own_delay_ms = own_delay_ms,
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts_5() { return stream_facts; }

Made make_5(const Options& options) {
  if (std::string unknown = unknown_options(stream_facts, options); !unknown.empty())
    return {nullptr, unknown};
  return {std::make_unique<Stream>(), {}};
}

}  // namespace drivers::contec
