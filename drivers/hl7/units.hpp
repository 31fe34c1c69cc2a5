// OBX-6: what a number is counted in. An unknown unit, a unit of another quantity and two units that
// contradict each other are all a reason not to use the number.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/vitals/metric.hpp"
#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

// `bare`: dimensionless, or per second without saying of what; only a site may say what it stands for.
enum class Dimension : std::uint8_t { other, bare, rate, breath_rate, percent, pressure, temperature };

// In our unit of that dimension: number * factor + offset. 1 kPa = 7.50062 mmHg, 1 cmH2O = 0.735559 mmHg.
struct UnitFacts {
  Dimension dimension = Dimension::other;
  double factor = 1;
  double offset = 0;

  friend constexpr bool operator==(const UnitFacts&, const UnitFacts&) = default;
};

enum class UnitVerdict : std::uint8_t { none, known, unknown, contradictory };

struct UnitFound {
  UnitVerdict verdict = UnitVerdict::none;
  UnitFacts unit;
};

UnitFound find_unit(std::string_view field, const Separators& by);

// A unit as a site's code map names it: one of those above by name, `fraction` (of one, read as percent) or
// `/s` (read as per minute).
std::optional<UnitFacts> site_unit(std::string_view word);

// The words that a code map may use for this metric, for people.
std::string_view site_units_of(vitals::Metric metric);

// May a value of this metric be counted in it? `rpm` on a heart rate may not; a plain `/min` on respiration
// may.
bool fits(vitals::Metric metric, Dimension dimension);

}  // namespace drivers::hl7
