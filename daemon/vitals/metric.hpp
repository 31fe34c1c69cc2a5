// What is measured: the metric, its unit and its code in ISO/IEEE 11073-10101 (MDC).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vitals {

// Heart rate (counted on the ECG) and pulse rate (counted at the finger) are two quantities and stay two.
enum class Metric : std::uint8_t {
  hr,
  pr,
  spo2,
  nibp_sys,
  nibp_dia,
  nibp_map,
  art_sys,
  art_dia,
  art_map,
  rr,
  temp,
};
inline constexpr std::size_t metric_count = 11;

enum class Unit : std::uint8_t { none, per_min, percent, mmhg, celsius };

struct MetricFacts {
  Metric metric;
  std::string_view name;   // as in topics, settings and documents
  std::string_view label;  // as a nurse reads it
  Unit unit;
  std::uint32_t mdc;  // partition * 65536 + term
};

inline constexpr std::array<MetricFacts, metric_count> metrics{{
    {Metric::hr, "hr", "HR", Unit::per_min, 147842},
    {Metric::pr, "pr", "PR", Unit::per_min, 149530},
    {Metric::spo2, "spo2", "SpO2", Unit::percent, 150456},
    {Metric::nibp_sys, "nibp-sys", "NIBP sys", Unit::mmhg, 150021},
    {Metric::nibp_dia, "nibp-dia", "NIBP dia", Unit::mmhg, 150022},
    {Metric::nibp_map, "nibp-map", "NIBP mean", Unit::mmhg, 150023},
    {Metric::art_sys, "art-sys", "ART sys", Unit::mmhg, 150033},
    {Metric::art_dia, "art-dia", "ART dia", Unit::mmhg, 150034},
    {Metric::art_map, "art-map", "ART mean", Unit::mmhg, 150035},
    {Metric::rr, "rr", "RR", Unit::per_min, 151562},
    {Metric::temp, "temp", "Temp", Unit::celsius, 150344},
}};

constexpr std::size_t index_of(Metric metric) { return static_cast<std::size_t>(metric); }
constexpr const MetricFacts& facts(Metric metric) { return metrics[index_of(metric)]; }
constexpr std::string_view name(Metric metric) { return facts(metric).name; }
constexpr Unit unit_of(Metric metric) { return facts(metric).unit; }

constexpr std::string_view name(Unit unit) {
  switch (unit) {
    case Unit::none: return "";
    case Unit::per_min: return "/min";
    case Unit::percent: return "%";
    case Unit::mmhg: return "mmHg";
    case Unit::celsius: return "Cel";
  }
  return "";
}

constexpr std::optional<Metric> metric_named(std::string_view text) {
  for (const auto& entry : metrics)
    if (entry.name == text) return entry.metric;
  return std::nullopt;
}

constexpr bool is_cuff(Metric metric) { return metric >= Metric::nibp_sys && metric <= Metric::nibp_map; }
constexpr bool is_arterial(Metric metric) { return metric >= Metric::art_sys && metric <= Metric::art_map; }
constexpr bool is_rate(Metric metric) { return metric == Metric::hr || metric == Metric::pr; }

// A set of metrics, one bit each.
class MetricSet {
 public:
  constexpr void insert(Metric metric) { bits_ |= bit(metric); }
  constexpr void erase(Metric metric) { bits_ &= static_cast<std::uint16_t>(~bit(metric)); }
  constexpr bool contains(Metric metric) const { return (bits_ & bit(metric)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(MetricSet, MetricSet) = default;

 private:
  static constexpr std::uint16_t bit(Metric metric) {
    return static_cast<std::uint16_t>(1U << index_of(metric));
  }
  std::uint16_t bits_ = 0;
};

}  // namespace vitals
