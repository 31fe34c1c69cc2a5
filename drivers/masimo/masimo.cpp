// Masimo Rad-8, Rad-87, Radical and Radical-7 in output mode ASCII 1: one text line a second, unasked.
//
//   03/09/26 14:25:36 SN=0000012345 SPO2=086% BPM=131 PI=00.31% ... ALARM=0016 EXC=000C04
//
// SpO2 and pulse rate (the label BPM is a rate counted on light) are passed on. EXC decides over the numbers:
// with a bit of the first table below they are not used even if digits are printed, which happens with the
// sensor off. ALARM is what the monitor itself alarms about, passed on as one level; no patient state is
// derived from it, as one user saw "sensor off" show as limit bits. Perfusion, haemoglobins and names of
// later firmware have no metric and are listed as such. Date and time are the device's own, local and often
// unset: not used.
//
// Line shape: recorded lines of three models. EXC bits 0-11: Rad-8 operator's manual; above: an open driver's
// list for the Radical-7. ALARM bits 0-5: two sources that agree; above: one. Mode ASCII 2 is not documented
// as a live stream; the operator has to choose ASCII 1.
#include "drivers/masimo/masimo.hpp"

#include <array>

#include "drivers/framing/line_driver.hpp"
#include "drivers/masimo/masimo_line.hpp"
#include "drivers/oximetry/oximetry.hpp"

namespace drivers::masimo {
namespace {

using vitals::Reason;

constexpr std::size_t line_bytes_max = 300;

struct ExceptionFact {
  std::uint32_t bits;
  Reason reason;
};

// No value. The first that fits is the reason given: what a nurse can mend comes first.
constexpr std::array<ExceptionFact, 4> invalidating{{
    {0x001001, Reason::sensor_unplugged},  // no sensor, no cable
    // Defective, unrecognised or incompatible sensor or cable.
    {0x01C182, Reason::sensor_fault},
    {0x000020, Reason::sensor_off},
    {0x020008, Reason::searching},  // pulse search, sensor calibrating
}};

// A doubtful value. Not "cable life expired" (0x002000) and "sensor life expired" (0x040000): the maker's
// counters ask for a new part, say nothing about the measurement, and stand on the monitor's own display.
constexpr std::array<ExceptionFact, 3> degrading{{
    {0x000404, Reason::weak_signal},   // low perfusion, low signal IQ
    {0x000050, Reason::interference},  // interference, ambient light
    {0x180000, Reason::sensor_fault},  // emitter temperature, sensor current limit
}};

template <std::size_t size>
const ExceptionFact* first_of(const std::array<ExceptionFact, size>& facts, std::uint32_t exceptions) {
  for (const ExceptionFact& fact : facts)
    if ((fact.bits & exceptions) != 0) return &fact;
  return nullptr;
}

// Any limit, the sounding alarm, rainbow limits, desaturation index, perfusion change. Not "silenced" (0x20):
// that is what somebody did about an alarm.
constexpr std::uint32_t alarm_any = 0x003F1F;
constexpr std::uint32_t alarm_low_battery = 0x000040;

class Ascii1 final : public framing::LineDriver<line_bytes_max> {
 private:
  void take_line(const framing::Line& line, vitals::Stamp rx, Sink& out) override {
    if (line.too_long) return report(FaultKind::broken, "line-too-long", {}, line, rx, out);
    const Parsed parsed = parse_line(line.text);
    if (!parsed.wrong.empty()) return report(FaultKind::broken, parsed.wrong, parsed.field, line, rx, out);
    take_flags(parsed.record, rx, out);
    take_values(parsed.record, line, rx, out);
    out.on_frame_end(rx);
  }

  void take_flags(const Record& record, vitals::Stamp rx, Sink& out) {
    device_alarm_.set((record.alarm & alarm_any) != 0, rx, out);
    low_battery_.set((record.alarm & alarm_low_battery) != 0, rx, out);
  }

  // What invalidates the two numbers invalidates all that the line carries.
  static void take_values(const Record& record, const framing::Line& line, vitals::Stamp rx, Sink& out) {
    if (const ExceptionFact* invalid = first_of(invalidating, record.exceptions))
      return oximetry::report_absent(invalid->reason, vitals::Quality::invalid, rx, out);
    const ExceptionFact* doubt = first_of(degrading, record.exceptions);
    oximetry::report({record.rate_per_min, record.spo2_percent},
                     doubt == nullptr ? Reason::none : doubt->reason, {rx, line.offset}, out);
    Others others(line.text);
    while (const auto other = others.next()) list(other->name, other->unit, other->value, line, rx, out);
  }

  oximetry::Level device_alarm_{Signal::device_alarm};
  oximetry::Level low_battery_{Signal::low_battery};
};

constexpr std::array<std::string_view, 4> models{"Rad-8", "Rad-87", "Radical-7", "Radical (5 class)"};
constexpr std::array<vitals::Metric, 2> metrics{vitals::Metric::pr, vitals::Metric::spo2};

constexpr Facts masimo_facts{
    .name = "masimo",
    .title = "Masimo pulse oximeters, output mode ASCII 1",
    .models = models,
    .line = {.baud = 9600},
    .integrity = Integrity::none,
    .maturity = Maturity::good,
    .streaming = true,
    .silence_ms_max = vitals::Milliseconds{3000},
    // Averaging is a device setting of 2-16 s that the line does not show: the longest.
    .own_delay_ms = vitals::Milliseconds{16000},
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts() { return masimo_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(masimo_facts, options); !unknown.empty())
    return {nullptr, unknown};
  return {std::make_unique<Ascii1>(), {}};
}

}  // namespace drivers::masimo
