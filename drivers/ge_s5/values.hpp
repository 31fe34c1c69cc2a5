// A physiological subrecord: groups of values with a status and a label, and the numbers that mean "no
// number".
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/ge_s5/record.hpp"
#include "drivers/oximetry/oximetry.hpp"

namespace drivers::ge_s5 {

using oximetry::Origin;

enum class Special : std::uint8_t { none, invalid, not_updated, under, over, not_calibrated };

// -32000 and above is a number. What has no meaning of its own below that is no number either.
constexpr Special special_of(int raw) {
  if (raw >= -32000) return Special::none;
  switch (raw) {
    case -32766: return Special::not_updated;
    case -32764: return Special::under;
    case -32763: return Special::over;
    case -32762: return Special::not_calibrated;
    default: return Special::invalid;
  }
}

constexpr bool is_number(int raw) { return special_of(raw) == Special::none; }

// `at` are offsets in the subrecord, of the group as well as of its values.
class Group {
 public:
  constexpr Group(Bytes subrecord, std::size_t at)
      : data_(subrecord), status_(u32_at(subrecord, at)), label_(u16_at(subrecord, at + 4)) {}

  // The module is there, and it measures.
  constexpr bool active() const { return (status_ & 3U) == 3U; }
  constexpr std::uint32_t status() const { return status_; }
  constexpr bool status_bit(unsigned bit) const { return ((status_ >> bit) & 1U) != 0; }
  constexpr unsigned label() const { return label_; }
  constexpr bool label_bit(unsigned bit) const { return ((label_ >> bit) & 1U) != 0; }
  constexpr int raw(std::size_t at) const { return i16_at(data_, at); }

 private:
  Bytes data_;
  std::uint32_t status_;
  unsigned label_;
};

// The group has no value because it is not there or switched off.
inline vitals::Observation not_measured(vitals::Metric metric, vitals::Stamp rx) {
  return vitals::absent(metric, vitals::Reason::missing, rx, vitals::Quality::unavailable);
}

vitals::Observation without_number(vitals::Metric metric, Special special, vitals::Stamp rx);

struct Scaled {
  vitals::Metric metric{};
  int divisor = 1;
  double min = 0;  // plausible, in the metric's unit
  double max = 0;
};

// A raw value as what it is: a number, the absence of one, or a fault and its absence.
vitals::Observation observed(const Scaled& kind, int raw, vitals::Reason doubt, const Origin& origin,
                             Sink& out);

// Short texts for faults, built without allocation; what does not fit is cut.
class FaultText {
 public:
  FaultText& operator<<(std::string_view text);
  FaultText& operator<<(double number);
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 64> bytes_{};
  std::size_t size_ = 0;
};

void report_fault(FaultKind kind, std::string_view reason, std::string_view code, std::string_view unit,
                  std::string_view value, const Origin& origin, Sink& out);

}  // namespace drivers::ge_s5
