// What an observation's code means. Senders name the same quantity by an MDC number and its reference id, by
// the same number in hexadecimal halves (MDIL), by LOINC, by private numbers, or by a word. The tables are in
// codes.cpp.
//
// The rule behind all of it: two names that contradict each other are no value. Never by unit, by position,
// by value range or by part of a word.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/vitals/metric.hpp"
#include "drivers/hl7/code_map.hpp"
#include "drivers/hl7/message.hpp"

namespace drivers::hl7 {

// `other` is a code we know and do not watch: a neighbour that must not be mistaken for one of ours.
enum class Quantity : std::uint8_t {
  other,
  heart_rate,
  pulse_rate,
  saturation,
  systolic,
  diastolic,
  mean,
  respiration,
  temperature,
};

// Where or how it was measured, as far as that makes it another source.
enum class Site : std::uint8_t {
  unsaid,
  oximeter,
  pleth,
  arterial,
  abp,
  aorta,
  umbilical,
  cuff,
  cuff_pressure,
  impedance,
  co2,
  airway,
  extra_probe,
};

struct Meaning {
  Quantity quantity = Quantity::other;
  Site site = Site::unsaid;

  friend constexpr bool operator==(Meaning, Meaning) = default;
};

// Our metric and, where several sources of one message carry it, who goes first (0 before 1).
struct Watched {
  vitals::Metric metric{};
  std::uint8_t rank = 0;
};

// None: a quantity we do not watch, or an extra probe that is a source of its own.
std::optional<Watched> watched(Meaning meaning);

// Whose private numbers may stand in OBX-3 without a coding system.
enum class PrivateCodes : std::uint8_t { none, mindray_pds };

enum class Verdict : std::uint8_t {
  unmapped,  // no table knows it
  resolved,
  conflict,           // two names of different quantities
  ignored,            // the site's own map says so
  unknown_reference,  // a number we know beside an MDC reference id we do not: it may be anything
};

struct Resolution {
  Verdict verdict = Verdict::unmapped;
  Meaning meaning;
  std::uint32_t mdc = 0;                      // the MDC number as sent, 0 for none
  const CodeMap::Entry* site_code = nullptr;  // the site's own word on it, if it has one
};

// OBX-3 with both of its triplets. What the site's map says goes before the tables.
Resolution resolve_code(std::string_view field, const Separators& by, PrivateCodes private_codes,
                        const CodeMap& site_codes);

// The device rows of a pump: what follows in that message is never a vital sign.
bool is_pump_device(std::string_view obx3, const Separators& by);

// An alarm that Philips writes between the values.
bool is_inline_alert(std::string_view obx3, const Separators& by);

// The rows that describe devices and attributes (MDC partition 1), no values.
bool is_device_or_attribute(std::uint32_t mdc);

// Single tables, for tests and for the resolver.
std::optional<Meaning> by_number(std::uint32_t mdc);
std::optional<Meaning> by_reference(std::string_view reference);
std::optional<Meaning> by_loinc(std::string_view code);
std::optional<Meaning> by_label(std::string_view label);  // whole words, without case, blanks, `_` and `-`

}  // namespace drivers::hl7
