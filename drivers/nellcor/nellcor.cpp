// Nellcor / Covidien N-560, N-595, N-600 and relatives, data port set to ASCII: a table meant for a printer,
// one row every 2 s, unasked, at 9600 8N1 without handshake. Nothing is ever sent: two Ctrl-C would open a
// menu and stop the rows.
//
//   N-560    VERSION 1.61.00    CRC:XXXX  SpO2 Limit: 95-100%    PR Limit: 59-148BPM
//                                ADULT           25SAT-S
//   TIME                 %SpO2   BPM     PA     Status
//   07-Jan-04 11:24:54   100     102      36    MO             AO
//
// SpO2 and pulse rate (BPM is counted on light) are passed on, the amplitude PA, a bar without unit, is
// listed as having no metric; dashes are no value. The heading comes again every 25 rows. One with TREND, or
// without the column Status and without CRC, stands before stored rows: those are refused. The codes decide
// over the numbers, see `take_values`. The screens of this family flash zeros when the pulse is lost; that,
// and the code LP, says "either the sensor or no pulse": the rate is then a zero that needs a look at the
// patient. Date and time are the device's own and not used.
//
// Columns: printed rows of the N-560 and a program for the N-600. Codes: one open driver, for the N-595.
#include "drivers/nellcor/nellcor.hpp"

#include <array>

#include "drivers/alarm_panel.hpp"
#include "drivers/framing/line_driver.hpp"
#include "drivers/nellcor/nellcor_row.hpp"
#include "drivers/oximetry/oximetry.hpp"

namespace drivers::nellcor {
namespace {

using vitals::Metric;
using vitals::Quality;
using vitals::Reason;

constexpr std::size_t line_bytes_max = 200;  // a heading has about 100

// The printout tells no priority. Ours: no pulse is high, a limit is medium (the least that ISO 80601-2-61
// allows for a low saturation).
constexpr std::array<AlarmFact, 7> alarm_facts{{
    {code::pulse_lost, "LP", "", "Loss of pulse", AlarmLevel::high},
    {code::spo2_high, "SH", "", "%SpO2 above limit", AlarmLevel::medium},
    {code::spo2_low, "SL", "", "%SpO2 below limit", AlarmLevel::medium},
    {code::rate_high, "PH", "", "Pulse rate above limit", AlarmLevel::medium},
    {code::rate_low, "PL", "", "Pulse rate below limit", AlarmLevel::medium},
    {code::spo2_flag, "*", "%SpO2", "%SpO2 outside limits", AlarmLevel::medium},
    {code::rate_flag, "*", "BPM", "Pulse rate outside limits", AlarmLevel::medium},
}};

// An asterisk that a code explains is not an alarm of its own.
std::uint32_t alarms_in(std::uint32_t codes) {
  if ((codes & (code::spo2_high | code::spo2_low)) != 0) codes &= ~code::spo2_flag;
  if ((codes & (code::rate_high | code::rate_low)) != 0) codes &= ~code::rate_flag;
  return codes;
}

// With one of these digits do not count.
Reason what_invalidates(const Row& row) {
  if ((row.codes & code::sensor_unplugged) != 0) return Reason::sensor_unplugged;
  if ((row.codes & code::sensor_off) != 0) return Reason::sensor_off;
  if ((row.codes & code::pulse_lost_motion) != 0) return Reason::interference;
  // Beside a number that has gone the other one is held.
  const bool both = row.rate_per_min.value_or(0) != 0 && row.spo2_percent.value_or(0) != 0;
  const bool searches = (row.codes & code::pulse_search) != 0 && (row.codes & code::pulse_lost) == 0;
  return searches && !both ? Reason::searching : Reason::none;
}

Reason what_is_doubtful(const Row& row) {
  if ((row.codes & code::pulse_search) != 0) return Reason::searching;
  if ((row.codes & code::motion) != 0) return Reason::artifact;
  return row.unknown_code.empty() ? Reason::none : Reason::status;
}

// A rate of 0 is not this printout's mark for "no value", which is dashes. Beside it a saturation, whatever
// its number, has no pulse that it could come from.
bool no_pulse(const Row& row) {
  if ((row.codes & code::pulse_lost) != 0) return true;
  return row.rate_per_min == 0U && (row.codes & code::pulse_search) == 0;
}

class Printout final : public framing::LineDriver<line_bytes_max> {
 private:
  void take_line(const framing::Line& line, vitals::Stamp rx, Sink& out) override {
    if (line.too_long) return report(FaultKind::broken, "line-too-long", {}, line, rx, out);
    for (const char c : line.text)
      if (c < ' ' || c > '~') return report(FaultKind::broken, "character", {}, line, rx, out);
    switch (kind_of(line.text)) {
      case LineKind::row: return take_row(line, rx, out);
      case LineKind::live_version: live_version_ = true; [[fallthrough]];
      case LineKind::live_heading:
        stored_ = false;
        return out.on_frame_end(rx);  // no values, but a sign of life
      case LineKind::trend_heading:
        stored_ = true;
        live_version_ = false;
        return;
      case LineKind::bare_title:
        if (live_version_) return report(FaultKind::broken, "line", {}, line, rx, out);  // cut
        stored_ = true;
        return;
      case LineKind::trend_end: stored_ = false; return;
      case LineKind::heading: return;
      case LineKind::unknown: return report(FaultKind::broken, "line", {}, line, rx, out);
    }
  }

  void take_row(const framing::Line& line, vitals::Stamp rx, Sink& out) {
    live_version_ = false;
    const ParsedRow parsed = parse_row(line.text);
    if (!parsed.wrong.empty()) return report(FaultKind::broken, parsed.wrong, parsed.field, line, rx, out);
    if (stored_) return report(FaultKind::refused, "trend", {}, line, rx, out);
    const Row& row = parsed.row;
    if (!row.unknown_code.empty())
      report(FaultKind::unmapped, "status-code", row.unknown_code, line, rx, out);
    const bool silenced = (row.codes & (code::audible_off | code::alarm_silenced)) != 0;
    alarms_.show(alarms_in(row.codes), silenced, rx, out);
    low_battery_.set((row.codes & code::low_battery) != 0, rx, out);
    take_values(row, line, rx, out);
    out.on_frame_end(rx);
  }

  static void take_values(const Row& row, const framing::Line& line, vitals::Stamp rx, Sink& out) {
    if (const Reason reason = what_invalidates(row); reason != Reason::none) {
      oximetry::report_absent(reason, Quality::invalid, rx, out);
    } else if (no_pulse(row)) {
      out.on_observation(vitals::absent(Metric::pr, Reason::zero, rx));
      out.on_observation(vitals::absent(Metric::spo2, Reason::searching, rx));
    } else {
      oximetry::report({row.rate_per_min, row.spo2_percent}, what_is_doubtful(row), {rx, line.offset}, out);
      if (!row.amplitude.empty()) list("PA", {}, row.amplitude, line, rx, out);
    }
  }

  AlarmPanel<alarm_facts.size()> alarms_{alarm_facts};
  oximetry::Level low_battery_{Signal::low_battery};
  bool stored_ = false;        // the rows come out of the device's memory
  bool live_version_ = false;  // the heading block under way has the model's line of live rows
};

constexpr std::array<std::string_view, 8> models{"N-560",   "N-595",   "N-600, N-600x", "N-395",
                                                 "NPB-190", "NPB-195", "NPB-290",       "NPB-295"};
constexpr std::array<vitals::Metric, 2> metrics{Metric::pr, Metric::spo2};

constexpr Facts nellcor_facts{
    .name = "nellcor",
    .title = "Nellcor / Covidien pulse oximeters, data port set to the ASCII printout",
    .models = models,
    .line = {.baud = 9600},
    .integrity = Integrity::none,
    .maturity = Maturity::usable,
    .streaming = true,
    // Three rows; one driver saw at most 2.2 s between two.
    .silence_ms_max = vitals::Milliseconds{6000},
    // The row's 2 s and the makers' 5-7 s of normal response; under interference it can be more.
    .own_delay_ms = vitals::Milliseconds{9000},
    .metrics = metrics,
    .options = {},
};

}  // namespace

const Facts& facts() { return nellcor_facts; }

Made make(const Options& options) {
  if (std::string unknown = unknown_options(nellcor_facts, options); !unknown.empty())
    return {nullptr, unknown};
  return {std::make_unique<Printout>(), {}};
}

}  // namespace drivers::nellcor
