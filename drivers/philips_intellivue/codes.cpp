#include "drivers/philips_intellivue/codes.hpp"

#include <algorithm>
#include <array>

namespace drivers::philips {
namespace {

using vitals::Metric;
using vitals::Reason;

constexpr auto numeric_codes = std::to_array<NumericCode>({
    {0x4182, Metric::hr},       {0x480A, Metric::pr, true},  // pulse counted on an arterial pressure
    {0x4822, Metric::pr},                                    // pulse counted on the pleth
    {0x4A05, Metric::nibp_sys}, {0x4A06, Metric::nibp_dia}, {0x4A07, Metric::nibp_map},
    {0x4A0D, Metric::art_sys},                                                          // Ao
    {0x4A0E, Metric::art_dia},  {0x4A0F, Metric::art_map},  {0x4A11, Metric::art_sys},  // ART
    {0x4A12, Metric::art_dia},  {0x4A13, Metric::art_map},  {0x4A15, Metric::art_sys},  // ABP
    {0x4A16, Metric::art_dia},  {0x4A17, Metric::art_map},  {0x4A29, Metric::art_sys},  // UAP, umbilical
    {0x4A2A, Metric::art_dia},  {0x4A2B, Metric::art_map},  {0x4B48, Metric::temp},
    {0x4BB8, Metric::spo2},     {0x4BC8, Metric::spo2},                                 // left
    {0x4BCC, Metric::spo2},                                                             // right
    {0x500A, Metric::rr},       {0xF09C, Metric::spo2},                                 // telemetry
    {0xF0BD, Metric::art_sys},                                                          // FAP, femoral
    {0xF0BE, Metric::art_dia},  {0xF0BF, Metric::art_map},  {0xF0C1, Metric::art_sys},  // BAP, brachial
    {0xF0C2, Metric::art_dia},  {0xF0C3, Metric::art_map},  {0xF1C0, Metric::spo2},     // pre-ductal
    {0xF1D4, Metric::spo2},                                                             // post-ductal
});

struct Source {
  std::uint16_t code;
  std::string_view name;
};

// Pressures stand here by their site; each of its four codes has its name.
constexpr auto sources = std::to_array<Source>({
    {0x4182, "HR"},         {0x418A, "btbHR"}, {0x480A, "Pulse"},    {0x4822, "Pulse SpO2"},
    {0x4A00, "P"},          {0x4A04, "NBP"},   {0x4A0C, "Ao"},       {0x4A10, "ART"},
    {0x4A14, "ABP"},        {0x4A1C, "PAP"},   {0x4A28, "UAP"},      {0x4A44, "CVP"},
    {0x4B48, "Temp"},       {0x4BB0, "Perf"},  {0x4BB8, "SpO2"},     {0x4BC8, "SpO2 left"},
    {0x4BCC, "SpO2 right"}, {0x500A, "RR"},    {0xF09C, "SpO2T"},    {0xF0A4, "P1"},
    {0xF0BC, "FAP"},        {0xF0C0, "BAP"},   {0xF1C0, "SpO2 pre"}, {0xF1D4, "SpO2 post"},
});

constexpr bool is_pressure(std::uint16_t code) {
  return (code >= 0x4A00 && code <= 0x4A4F) || (code >= 0xF0A4 && code <= 0xF0C3);
}

constexpr auto events = std::to_array<EventCode>({
    {4, "absent", Reason::sensor_unplugged},
    {22, "disconnected", Reason::sensor_unplugged},
    {32, "erratic", Reason::artifact},
    {40, "above limit"},
    {62, "below limit"},
    {74, "noisy", Reason::artifact},
    {110, "unavailable"},
    {128, "weak", Reason::weak_signal},
    {194, "battery low"},
    {230, "cuff not deflated", Reason::none, true},
    {232, "cuff over-inflated", Reason::none, true},
    {268, "lead disconnected", Reason::leads_off},
    {274, "leads off", Reason::leads_off},
    {308, "sensor disconnected", Reason::sensor_unplugged},
    {310, "sensor malfunction", Reason::sensor_fault},
    {312, "sensor problem", Reason::sensor_fault},
    {336, "transducer disconnected", Reason::sensor_unplugged},
    {338, "transducer malfunction", Reason::sensor_fault},
    {354, "measurement error", Reason::none, true},
    {356, "measurement failed", Reason::none, true},
    {362, "measurement interrupted", Reason::none, true},
    {364, "out of range, over", Reason::none, true},
    {366, "out of range, under", Reason::none, true},
    {380, "low signal", Reason::weak_signal},
    {384, "cannot analyse", Reason::artifact},
    {436, "interference", Reason::interference},
    {3072, "apnoea"},
    {3076, "asystole"},
    {3086, "extreme bradycardia"},
    {3122, "extreme tachycardia"},
    {3224, "ventricular tachycardia"},
    {3246, "desaturation"},
    {6144, "all alarms off"},
    {6170, "zero running"},
    {6226, "measurement off"},
    {6228, "standby"},
    {6256, "disconnected", Reason::sensor_unplugged},
    {6680, "check cable", Reason::sensor_fault},
    {6690, "check lead", Reason::leads_off},
    {6696, "check sensor", Reason::sensor_fault},
    {61444, "ventricular fibrillation or tachycardia"},
    {61766, "extreme bradycardia limit"},
    {61768, "extreme tachycardia limit"},
    {61818, "zero failed"},
    {61820, "zero required"},
    {61830, "extreme high"},
    {61832, "extreme low"},
    {61833, "leads off", Reason::leads_off},
    {61834, "leads off", Reason::leads_off},
    {61835, "cuff over-inflated", Reason::none, true},
    {61836, "cuff over-inflated", Reason::none, true},
    {61837, "cuff not deflated", Reason::none, true},
    {61838, "cuff not deflated", Reason::none, true},
    {61844, "lead disconnected", Reason::leads_off},
    {61882, "sequence completed"},
});

// They are searched by halves.
template <class Table>
constexpr bool in_order(const Table& table) {
  return std::is_sorted(table.begin(), table.end(),
                        [](const auto& one, const auto& next) { return one.code < next.code; });
}
static_assert(in_order(numeric_codes) && in_order(sources) && in_order(events));

template <class Table>
const typename Table::value_type* find_in(const Table& table, std::uint16_t code) {
  const auto found =
      std::lower_bound(table.begin(), table.end(), code,
                       [](const auto& entry, std::uint16_t wanted) { return entry.code < wanted; });
  return found != table.end() && found->code == code ? &*found : nullptr;
}

constexpr std::uint16_t without_lowest_bit(std::uint16_t code) {
  return static_cast<std::uint16_t>(code & 0xFFFEU);
}

constexpr std::uint16_t unit_beats_per_min = 0x0AA0;
constexpr std::uint16_t unit_breaths_per_min = 0x0AE0;
constexpr std::uint16_t unit_percent = 0x0220;
constexpr std::uint16_t unit_mmhg = 0x0F20;
constexpr std::uint16_t unit_kpa = 0x0F03;
constexpr std::uint16_t unit_celsius = 0x17A0;
constexpr double mmhg_per_kpa = 7.50062;

}  // namespace

const NumericCode* find_numeric(std::uint16_t code) { return find_in(numeric_codes, code); }

std::optional<double> unit_factor(std::uint16_t unit, Metric metric) {
  switch (vitals::unit_of(metric)) {
    case vitals::Unit::per_min: {
      const std::uint16_t wanted = metric == Metric::rr ? unit_breaths_per_min : unit_beats_per_min;
      return unit == wanted ? std::optional(1.0) : std::nullopt;
    }
    case vitals::Unit::percent: return unit == unit_percent ? std::optional(1.0) : std::nullopt;
    case vitals::Unit::celsius: return unit == unit_celsius ? std::optional(1.0) : std::nullopt;
    case vitals::Unit::mmhg:
      if (unit == unit_mmhg) return 1.0;
      return unit == unit_kpa ? std::optional(mmhg_per_kpa) : std::nullopt;
    case vitals::Unit::none: return std::nullopt;
  }
  return std::nullopt;
}

std::string_view source_name(std::uint16_t code) {
  const Source* found = find_in(sources, is_pressure(code) ? site_of(code) : code);
  return found == nullptr ? std::string_view{} : found->name;
}

std::string_view source_part(std::uint16_t code) {
  static constexpr std::array<std::string_view, 4> parts{"", " sys", " dia", " mean"};
  return is_pressure(code) ? parts[code & 3U] : std::string_view{};
}

bool concerns(std::uint16_t source, Metric metric) {
  // A site's own code names it as a whole: that of its systolic pressure is the next one.
  const bool site = is_pressure(source) && site_of(source) == source;
  const NumericCode* found = find_numeric(site ? static_cast<std::uint16_t>(source + 1) : source);
  if (found == nullptr) return false;
  if (vitals::is_cuff(found->metric)) return vitals::is_cuff(metric);
  if (vitals::is_arterial(found->metric)) return vitals::is_arterial(metric);
  if (found->metric == Metric::spo2) return metric == Metric::spo2 || metric == Metric::pr;  // one probe
  return found->metric == metric;
}

const EventCode* find_event(std::uint16_t code) {
  const EventCode* exact = find_in(events, code);
  return exact != nullptr ? exact : find_in(events, without_lowest_bit(code));
}

bool source_is_object(std::uint16_t event_code) {
  return (event_code & 1U) != 0 && find_in(events, event_code) == nullptr;
}

}  // namespace drivers::philips
