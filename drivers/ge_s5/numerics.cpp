#include "drivers/ge_s5/numerics.hpp"

#include <span>

namespace drivers::ge_s5 {
namespace {

using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

// The span of an ECG rate; the oximeter's is narrower (oximetry.hpp).
constexpr Scaled heart_rate{Metric::hr, 1, 1, 350};
constexpr Scaled pulse_rate{Metric::pr, 1, oximetry::rate_per_min_min, oximetry::rate_per_min_max};
constexpr Scaled saturation{Metric::spo2, 100, 1, oximetry::spo2_percent_max};
constexpr Scaled respiration{Metric::rr, 1, 1, 250};
constexpr Scaled temperature{Metric::temp, 100, 10, 50};

namespace ecg {
constexpr std::size_t at = 4;
constexpr std::size_t rate_at = 10;          // of the source that the monitor has selected
constexpr std::size_t respiration_at = 18;   // by impedance, through the ECG electrodes
constexpr std::size_t rate_by_ecg_at = 230;  // whatever is selected
constexpr unsigned asystole = 2;
constexpr unsigned noise = 7;
constexpr unsigned artifact = 8;
constexpr unsigned learning = 9;
constexpr unsigned first_lead_off = 11;  // channels 1 to 3, since level 3
constexpr unsigned lead_off_level_min = 3;
}  // namespace ecg

// Bits 3-6 of the ECG status: what the rate at offset 10 is counted on.
constexpr unsigned source_ecg = 1;
constexpr std::array<std::string_view, 13> rate_sources{
    "none", "ECG", "P1", "P2", "P3", "P4", "pleth", "P5", "P6", "ECG (Mortara)", "P7", "P8", "second pleth"};
constexpr unsigned source_ecg_mortara = 9;

constexpr unsigned rate_source(const Group& group) { return (group.status() >> 3U) & 15U; }
constexpr bool counted_on_ecg(unsigned source) {
  return source == source_ecg || source == source_ecg_mortara;
}

bool leads_off(const Group& group, unsigned level) {
  return level >= ecg::lead_off_level_min && ((group.status() >> ecg::first_lead_off) & 7U) != 0;
}

Reason ecg_doubt(const Group& group) {
  if (group.status_bit(ecg::artifact)) return Reason::artifact;
  if (group.status_bit(ecg::noise)) return Reason::interference;
  return group.status_bit(ecg::learning) ? Reason::searching : Reason::none;
}

// The rate of the selected source may be a pulse rate under the name HR: it is named, and not passed on as
// either.
void name_other_source(int raw, unsigned source, const Origin& origin, Sink& out) {
  if (!is_number(raw)) return;
  FaultText code;
  code << "HR from " << (source < rate_sources.size() ? rate_sources[source] : "unknown source");
  FaultText value;
  value << raw;
  report_fault(FaultKind::unmapped, "rate-source", code.view(), "/min", value.view(), origin, out);
}

Observation heart_rate_of(const Group& group, int raw, unsigned level, const Origin& origin, Sink& out) {
  if (!group.active()) return not_measured(Metric::hr, origin.rx);
  const bool number = is_number(raw);
  if (number && raw != 0) return observed(heart_rate, raw, ecg_doubt(group), origin, out);
  if (leads_off(group, level)) return vitals::absent(Metric::hr, Reason::leads_off, origin.rx);
  // With asystole the papers leave open whether the rate is 0 or no number: both say "no beats".
  if (number || group.status_bit(ecg::asystole)) return vitals::absent(Metric::hr, Reason::zero, origin.rx);
  return without_number(Metric::hr, special_of(raw), origin.rx);
}

void report_heart_rate(const Group& group, unsigned level, const Origin& origin, Sink& out) {
  const int selected = group.raw(ecg::rate_at);
  const unsigned source = rate_source(group);
  const bool on_ecg = counted_on_ecg(source);
  if (!on_ecg) name_other_source(selected, source, origin, out);
  const int raw = on_ecg ? selected : group.raw(ecg::rate_by_ecg_at);
  out.on_observation(heart_rate_of(group, raw, level, origin, out));
}

void report_respiration(const Group& group, unsigned level, const Origin& origin, Sink& out) {
  const int raw = group.raw(ecg::respiration_at);
  if (!group.active()) {
    out.on_observation(not_measured(Metric::rr, origin.rx));
  } else if (raw == 0) {  // apnoea, or nothing to count: no rate
    out.on_observation(vitals::absent(Metric::rr, Reason::zero, origin.rx));
  } else if (!is_number(raw) && leads_off(group, level)) {
    out.on_observation(vitals::absent(Metric::rr, Reason::leads_off, origin.rx));
  } else {
    out.on_observation(observed(respiration, raw, Reason::none, origin, out));
  }
}

// There is no probe-off bit: off the finger the values just have no number. Zero is none of an oximeter's.
Observation oximeter_value(const Scaled& kind, const Group& group, int raw, const Origin& origin, Sink& out) {
  if (!group.active() || raw == 0) return not_measured(kind.metric, origin.rx);
  return observed(kind, raw, Reason::none, origin, out);
}

void report_oximeter(const Group& group, std::size_t saturation_at, std::uint16_t channel,
                     const Origin& origin, Sink& out) {
  if (!group.active() && channel != 0) return;
  Observation rate = oximeter_value(pulse_rate, group, group.raw(saturation_at + 2), origin, out);
  Observation spo2 = oximeter_value(saturation, group, group.raw(saturation_at), origin, out);
  rate.channel = spo2.channel = channel;
  out.on_observation(rate);
  out.on_observation(spo2);
}

void report_temperature(Bytes data, std::size_t group_at, std::uint16_t channel, const Origin& origin,
                        Sink& out) {
  const Group group(data, group_at);
  if (!group.active() && channel != 0) return;
  Observation seen = group.active()
                         ? observed(temperature, group.raw(group_at + 6), Reason::none, origin, out)
                         : not_measured(Metric::temp, origin.rx);
  seen.channel = channel;
  out.on_observation(seen);
}

// What has no place among our metrics. `value_at` 0: values whose layout we do not read.
struct Unmapped {
  std::string_view code;
  std::size_t group_at = 0;
  std::size_t value_at = 0;
  std::string_view unit;
  int divisor = 1;
};
constexpr std::array<Unmapped, 16> unmapped_basic{{
    {"ST1", ecg::at, 12, "mm", 100},
    {"ST2", ecg::at, 14, "mm", 100},
    {"ST3", ecg::at, 16, "mm", 100},
    {"NIBP rate", 76, 88, "/min", 1},
    {"SpO2 modulation", 122, 132, "%", 100},
    {"SpO2 SvO2", 122, 134, "%", 100},
    {"CO2", 136, 0, {}, 1},
    {"O2", 150, 0, {}, 1},
    {"N2O", 160, 0, {}, 1},
    {"AA", 170, 0, {}, 1},
    {"flow and volume", 182, 0, {}, 1},
    {"CO", 204, 0, {}, 1},
    {"NMT", 218, 0, {}, 1},
    {"SvO2", 236, 242, "%", 100},
    {"HR max", ecg::at, 232, "/min", 1},
    {"HR min", ecg::at, 234, "/min", 1},
}};
constexpr std::array<Unmapped, 3> unmapped_ext1{{
    {"R-R interval", ecg::at, 12, "ms", 1},
    {"PVC", ecg::at, 14, "/min", 1},
    {"12-lead ST", 52, 0, {}, 1},
}};

void report_unmapped(std::span<const Unmapped> table, Bytes data, const Origin& origin, Sink& out) {
  for (const Unmapped& entry : table) {
    const Group group(data, entry.group_at);
    if (!group.active()) continue;
    FaultText value;
    if (entry.value_at != 0) {
      const int raw = group.raw(entry.value_at);
      if (!is_number(raw)) continue;
      value << static_cast<double>(raw) / entry.divisor;
    }
    report_fault(FaultKind::unmapped, "parameter", entry.code, entry.unit, value.view(), origin, out);
  }
}

}  // namespace

void report_basic(Bytes basic, unsigned level, const Origin& origin, Sink& out) {
  const Group ecg_group(basic, ecg::at);
  report_heart_rate(ecg_group, level, origin, out);
  report_respiration(ecg_group, level, origin, out);
  report_oximeter(Group(basic, 122), 128, 0, origin, out);
  constexpr std::array<std::size_t, 4> temperatures{90, 98, 106, 114};
  std::uint16_t channel = 0;
  for (const std::size_t at : temperatures) report_temperature(basic, at, channel++, origin, out);
  report_unmapped(unmapped_basic, basic, origin, out);
}

void report_ext1(Bytes ext1, const Origin& origin, Sink& out) {
  report_oximeter(Group(ext1, 110), 116, 1, origin, out);
  report_temperature(ext1, 124, 4, origin, out);
  report_temperature(ext1, 132, 5, origin, out);
  report_unmapped(unmapped_ext1, ext1, origin, out);
}

}  // namespace drivers::ge_s5
