// The nomenclature as far as we use it. Physiological codes are those of ISO/IEEE 11073-10101, partition 2;
// F... are the maker's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/observation.hpp"

namespace drivers::philips {

struct NumericCode {
  std::uint16_t code = 0;
  vitals::Metric metric{};
  bool secondary = false;  // the metric measured another way: never the primary one
};

// Null: not a parameter that this project carries.
const NumericCode* find_numeric(std::uint16_t code);

// The sites of arterial pressure (ABP, ART, ...) differ in what is above the lowest two bits, which tell
// systolic, diastolic and mean.
constexpr std::uint16_t site_of(std::uint16_t pressure_code) {
  return static_cast<std::uint16_t>(pressure_code & 0xFFFCU);
}

// How much one of the monitor's units is in ours. Nothing: not a unit of this metric.
std::optional<double> unit_factor(std::uint16_t unit, vitals::Metric metric);

// What an alarm is about, as people call it; empty: not in the table.
std::string_view source_name(std::uint16_t code);
std::string_view source_part(std::uint16_t code);  // of a pressure: " sys", " dia", " mean"; else empty
bool concerns(std::uint16_t source, vitals::Metric metric);

struct EventCode {
  std::uint16_t code = 0;
  std::string_view words;      // for an alarm that brings no text
  vitals::Reason reason{};     // why a value of its source is missing, if it says so
  bool ends_cuff_run = false;  // about the cuff: the measurement gave nothing
};

// Looks the number up as received, then without its lowest bit, which tells the partition of the source.
const EventCode* find_event(std::uint16_t code);
// The source is an object (a module, a cable), not a measurement.
bool source_is_object(std::uint16_t event_code);

}  // namespace drivers::philips
