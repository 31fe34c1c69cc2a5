// One measured value, or the statement that there is none, on its way from a driver to a bed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/time.hpp"

namespace vitals {

// The words of the wire (ISO/IEEE 11073-10207 measurement validity, plus stale).
enum class Quality : std::uint8_t {
  valid,
  questionable,
  invalid,
  unavailable,
  calibrating,
  over,
  under,
  stale
};

constexpr std::string_view name(Quality quality) {
  switch (quality) {
    case Quality::valid: return "valid";
    case Quality::questionable: return "questionable";
    case Quality::invalid: return "invalid";
    case Quality::unavailable: return "unavailable";
    case Quality::calibrating: return "calibrating";
    case Quality::over: return "over";
    case Quality::under: return "under";
    case Quality::stale: return "stale";
  }
  return "";
}

// Why a value is absent or doubtful. `sensor_*` and `leads_off` are what a nurse can mend at the bed.
enum class Reason : std::uint8_t {
  none,
  sensor_off,        // probe not on the patient
  sensor_unplugged,  // no probe, no cable
  sensor_fault,      // defective, unknown or incompatible probe
  leads_off,         // ECG electrodes
  searching,         // pulse search, start-up
  weak_signal,       // low perfusion
  artifact,          // motion, out of track
  interference,      // ambient light, electrical
  missing,           // the device says "no value" and not why
  zero,              // a rate of 0 without a sensor or lead flag: condition hr-zero
  implausible,       // outside what the parameter can be, or beside the other numbers of one measurement
  sudden,            // a change faster than a patient makes, not yet confirmed by the next values
  unit,              // unknown unit, or one of another quantity
  status,            // the sender's result status forbids use
  test_mode,         // demo, test, training, calibration
  code_conflict,     // two codes that name different quantities
};

constexpr std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::none: return "";
    case Reason::sensor_off: return "sensor-off";
    case Reason::sensor_unplugged: return "sensor-unplugged";
    case Reason::sensor_fault: return "sensor-fault";
    case Reason::leads_off: return "leads-off";
    case Reason::searching: return "searching";
    case Reason::weak_signal: return "weak-signal";
    case Reason::artifact: return "artifact";
    case Reason::interference: return "interference";
    case Reason::missing: return "missing";
    case Reason::zero: return "zero";
    case Reason::implausible: return "implausible";
    case Reason::sudden: return "sudden";
    case Reason::unit: return "unit";
    case Reason::status: return "status";
    case Reason::test_mode: return "test-mode";
    case Reason::code_conflict: return "code-conflict";
  }
  return "";
}

// What a device time stands for. Only `own` tells when a cuff measured; it is what makes a reading new.
enum class TimeSource : std::uint8_t { none, message, own };

struct Observation {
  Metric metric{};
  Quality quality = Quality::unavailable;
  Reason reason = Reason::none;
  TimeSource time_source = TimeSource::none;
  bool test = false;              // the device says demo, test or training
  bool clock_trusted = false;     // the sender's clock agreed with ours when this came: t_src may tell an age
  bool derived = false;           // computed, not measured (a mean from systolic and diastolic): display only
  std::uint16_t channel = 0;      // which of several probes of one source; 0 is the primary one
  std::uint32_t mdc = 0;          // the code as sent, 0 when the protocol has none
  double value = 0;               // in unit_of(metric); meaningless unless has_number()
  Stamp rx;                       // when the last byte of its frame came
  std::optional<WallTime> t_src;  // the device's time, by time_source
  std::optional<WallTime> t_sent;  // when the sender says it sent this, where it says so

  constexpr bool has_value() const { return quality == Quality::valid || quality == Quality::questionable; }
  // A stale pressure is what the device still shows of an unknown time: to be listed, never judged or told as
  // current. Zero is no pressure.
  constexpr bool has_number() const { return has_value() || (quality == Quality::stale && value > 0); }
};

// A value that was read.
constexpr Observation measured(Metric metric, double value, Stamp rx, Reason doubt = Reason::none) {
  Observation out;
  out.metric = metric;
  out.quality = doubt == Reason::none ? Quality::valid : Quality::questionable;
  out.reason = doubt;
  out.mdc = facts(metric).mdc;
  out.value = value;
  out.rx = rx;
  return out;
}

// The statement that there is no value now, and why.
constexpr Observation absent(Metric metric, Reason reason, Stamp rx, Quality quality = Quality::invalid) {
  Observation out;
  out.metric = metric;
  out.quality = quality;
  out.reason = reason;
  out.mdc = facts(metric).mdc;
  out.rx = rx;
  return out;
}

}  // namespace vitals
