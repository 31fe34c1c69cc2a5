#include "daemon/infusion/rate.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace infusion {
namespace {

constexpr std::array<std::string_view, 4> unit_names{"mg/h", "mg/kg/h", "mcg/kg/min", "mL/h"};
constexpr std::array<std::string_view, 5> band_names{"none", "minimal", "low", "high", "exceptional"};

constexpr double minutes_per_h = 60;
constexpr double mcg_per_mg = 1000;

// People type rounded conversions; a ten-thousandth is far below what any pump delivers exactly.
constexpr double bound_tolerance = 1e-4;

}  // namespace

std::string_view name(RateUnit unit) { return unit_names[static_cast<std::size_t>(unit)]; }

std::optional<RateUnit> rate_unit_named(std::string_view text) {
  for (std::size_t i = 0; i < unit_names.size(); ++i)
    if (unit_names[i] == text) return static_cast<RateUnit>(i);
  return std::nullopt;
}

std::string_view name(DoseBand band) { return band_names[static_cast<std::size_t>(band)]; }

bool above(double mg_per_kg_h, double bound) { return mg_per_kg_h > bound * (1 + bound_tolerance); }

DoseBand band_of(double mg_per_kg_h) {
  if (!(mg_per_kg_h > 0)) return DoseBand::none;
  if (above(mg_per_kg_h, band_high_mg_per_kg_h_max)) return DoseBand::exceptional;
  if (above(mg_per_kg_h, band_low_mg_per_kg_h_max)) return DoseBand::high;
  if (above(mg_per_kg_h, band_minimal_mg_per_kg_h_max)) return DoseBand::low;
  return DoseBand::minimal;
}

std::optional<double> mg_per_h(const Rate& rate, std::optional<double> kg, std::optional<double> conc_mg_ml) {
  switch (rate.unit) {
    case RateUnit::mg_per_h: return rate.value;
    case RateUnit::mg_per_kg_h:
      if (!kg) return std::nullopt;
      return rate.value * *kg;
    case RateUnit::mcg_per_kg_min:
      if (!kg) return std::nullopt;
      return rate.value * minutes_per_h / mcg_per_mg * *kg;
    case RateUnit::ml_per_h:
      if (!conc_mg_ml) return std::nullopt;
      return rate.value * *conc_mg_ml;
  }
  return std::nullopt;
}

std::string number(double value) {
  std::array<char, 400> buffer{};  // the longest double in fixed notation has 309 digits before the point
  const auto written =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, 3);
  std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  if (text.find('.') == std::string_view::npos) return std::string(text);
  while (text.back() == '0') text.remove_suffix(1);
  if (text.back() == '.') text.remove_suffix(1);
  return std::string(text);
}

}  // namespace infusion
