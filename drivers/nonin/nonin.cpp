// Nonin pulse oximeters: pulse rate and SpO2, both from the light signal. There is no ECG rate, whatever the
// device's own label says.
//
// The port speaks one configured format. The bytes cannot tell the formats apart safely, so nothing is
// guessed.
//
//   format  what it is                          integrity   cadence             decoder
//   1       3 bytes: status rate SpO2           bit 7 only  1 per second        nonin_slow.cpp
//   2       5-byte frames, 8-bit waveform       checksum    3 packets a second  nonin_waveform.cpp
//   7       5-byte frames, 16-bit waveform      checksum    3 packets a second  nonin_waveform.cpp
//   8       4 bytes: status rate SpO2 status2   bit 7 only  1 per second        nonin_slow.cpp
//   13      spot check                          checksum    per measurement     nonin_spot.cpp
//   text    printout of table-top models        none        1 per second        nonin_text.cpp
//
// Formats 2, 7, 8 and 13 follow the maker's paper on the Onyx II 9560 (6470-000-01, 2008 and rev E, 2012) and
// independent readers of it; format 1 and the padding of the text printout rest on secondary sources. The
// driver never sends: which format a device speaks is an operator's setting and survives power-off.
#include "drivers/nonin/nonin.hpp"

#include <array>

#include "drivers/nonin/nonin_formats.hpp"

namespace drivers::nonin {
namespace {

constexpr std::array<std::string_view, 9> models{"OEM III module",   "Xpod 3011/3012",   "iPod",
                                                 "Onyx II 9560",     "WristOx2 3150",    "PalmSAT 2500",
                                                 "8500, 8600, 9847", "Avant 9600, 4000", "7500"};

constexpr std::array<vitals::Metric, 2> metrics{vitals::Metric::pr, vitals::Metric::spo2};

constexpr std::array<OptionFacts, 2> option_facts{{
    {"format", "1, 2, 7, 8, 13 or text", "2",
     "the serial data format the device is set to; 1, 8 and text carry no checksum, 13 is for spot checks",
     "1, 8 or text", true},
    {"model",
     "cable or wireless",
     "cable",
     "for formats 2 and 7: cable (OEM III, Xpod, iPod) reports an unplugged sensor, wireless (9560, 3150) "
     "reports "
     "a low battery",
     {},
     true,
     "2 or 7"},
}};

constexpr Facts nonin_facts{
    .name = "nonin",
    .title = "Nonin pulse oximeters, serial formats 1, 2, 7, 8, 13 and text printout",
    .models = models,
    .line = {.baud = 9600},
    .integrity = Integrity::checksum,
    .maturity = Maturity::good,
    .streaming = true,
    .silence_ms_max = vitals::Milliseconds{3000},
    // The display values average 4 beats and are refreshed every 1.5 s: 6 s of beats at 40 per minute.
    .own_delay_ms = vitals::Milliseconds{7500},
    .metrics = metrics,
    .options = option_facts,
};

std::unique_ptr<Driver> make_decoder(std::string_view format, Model model) {
  if (format == "1") return make_format_1();
  if (format == "2") return make_format_2(model);
  if (format == "7") return make_format_7(model);
  if (format == "8") return make_format_8();
  if (format == "13") return make_format_13();
  if (format == "text") return make_text();
  return nullptr;
}

}  // namespace

const Facts& facts() { return nonin_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(nonin_facts, options); !unknown.empty())
    return {nullptr, unknown};
  const std::string_view model = option_value(nonin_facts, options, "model");
  if (model != "cable" && model != "wireless") return {nullptr, refused_option(nonin_facts, "model", model)};
  const std::string_view format = option_value(nonin_facts, options, "format");
  auto driver = make_decoder(format, model == "cable" ? Model::cable : Model::wireless);
  if (!driver) return {nullptr, refused_option(nonin_facts, "format", format)};
  return {std::move(driver), {}};
}

}  // namespace drivers::nonin
