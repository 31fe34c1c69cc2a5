#include "drivers/pm6750/pm6750_packets.hpp"

#include <array>
#include <charconv>
#include <cstdlib>

#include "drivers/oximetry/oximetry.hpp"

namespace drivers::pm6750 {
namespace {

using vitals::Metric;
using vitals::Quality;
using vitals::Reason;

// A short printable text in fixed memory.
class Text {
 public:
  Text& add(char c) {
    if (size_ < text_.size()) text_[size_++] = c;
    return *this;
  }
  Text& add(unsigned number) {
    const auto end = std::to_chars(text_.data() + size_, text_.data() + text_.size(), number);
    if (end.ec == std::errc{}) size_ = static_cast<std::size_t>(end.ptr - text_.data());
    return *this;
  }
  Text& add_hex(std::uint8_t byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return add(digits[byte >> 4U]).add(digits[byte & 15U]);
  }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 24> text_{};
  std::size_t size_ = 0;
};

struct Span {
  unsigned min = 0;
  unsigned max = 0;
};
constexpr Span heart_rate_per_min{1, 250};  // the manual's
constexpr Span respiration_per_min{1, 150};
constexpr Span temperature_tenths{100, 500};  // 10 to 50 degrees: what a probe on a patient can show

void report_number(Metric metric, unsigned value, Span span, Reason doubt, const Packet& packet, Sink& out) {
  if (value >= span.min && value <= span.max)
    return out.on_observation(vitals::measured(metric, value, packet.rx, doubt));
  Text text;
  DecodeFault fault = fault_of(FaultKind::implausible, "range", packet);
  fault.code = vitals::name(metric);
  fault.value = text.add(value).view();
  out.on_fault(fault);
  out.on_observation(vitals::absent(metric, Reason::implausible, packet.rx));
}

// Status of type 02.
constexpr unsigned ecg_weak = 0x01;
constexpr unsigned ecg_lead_off = 0x02;

void report_heart_rate(unsigned rate, Reason doubt, const Packet& packet, Sink& out) {
  // No lead is off and no heart beat is counted: that is not "no value", somebody has to look.
  if (rate == 0) return out.on_observation(vitals::absent(Metric::hr, Reason::zero, packet.rx));
  report_number(Metric::hr, rate, heart_rate_per_min, doubt, packet, out);
}

void report_respiration(unsigned rate, Reason doubt, const Packet& packet, Sink& out) {
  if (rate != 0) return report_number(Metric::rr, rate, respiration_per_min, doubt, packet, out);
  out.on_observation(vitals::absent(Metric::rr, Reason::missing, packet.rx, Quality::unavailable));
}

// Signed, 1/100 mV. There is no metric for it.
void report_st(std::uint8_t raw, const Packet& packet, Sink& out) {
  const int level = raw < 0x80 ? raw : raw - 0x100;
  const auto size = static_cast<unsigned>(std::abs(level));
  Text text;
  text.add(level < 0 ? '-' : '+').add(size / 100).add('.').add(size / 10 % 10).add(size % 10);
  DecodeFault fault = fault_of(FaultKind::unmapped, "no-metric", packet);
  fault.code = "ST";
  fault.unit = "mV";
  fault.value = text.view();
  out.on_fault(fault);
}

struct RhythmFact {
  std::string_view text;  // empty: nothing to alarm about
  AlarmLevel level{};     // our assumption, the module names none
};
constexpr std::array<RhythmFact, 13> rhythms{{
    {{}, AlarmLevel::low},  // analysing
    {{}, AlarmLevel::low},  // normal
    {"arrest", AlarmLevel::high},
    {"ventricular fibrillation", AlarmLevel::high},
    {"R on T", AlarmLevel::medium},
    {"premature ventricular beats (05)", AlarmLevel::low},
    {"premature ventricular beats (06)", AlarmLevel::low},
    {"premature ventricular beats (07)", AlarmLevel::low},
    {"bigeminy", AlarmLevel::low},
    {"trigeminy", AlarmLevel::low},
    {"tachycardia", AlarmLevel::medium},
    {"bradycardia", AlarmLevel::medium},
    {"missed beats", AlarmLevel::low},
}};

void tell_rhythm(std::uint8_t code, bool on, const Packet& packet, Sink& out) {
  if (code >= rhythms.size() || rhythms[code].text.empty()) return;
  Text number;
  DeviceAlarm alarm;
  alarm.code = number.add_hex(code).view();
  alarm.source = "ECG";
  alarm.text = on ? rhythms[code].text : std::string_view{};
  alarm.level = rhythms[code].level;
  alarm.level_told = false;
  alarm.on = on;
  alarm.rx = packet.rx;
  out.on_device_alarm(alarm);
}

// Status of type 04. What is not in the table is no value either.
Reason spo2_trouble(unsigned status) {
  switch (status) {
    case 0: return Reason::none;
    case 1: return Reason::sensor_unplugged;
    case 2: return Reason::sensor_off;
    case 3:
    case 4: return Reason::searching;
    default: return Reason::sensor_fault;
  }
}

// Of one of two probes, as whole degrees and tenths.
void report_probe(std::uint16_t channel, bool off, Bytes value, const Packet& packet, Sink& out) {
  const unsigned tenths = 10U * value[0] + value[1];
  vitals::Observation seen;
  if (off) {
    seen = vitals::absent(Metric::temp, Reason::sensor_off, packet.rx);
  } else if (tenths == 0) {  // a probe that was never there
    seen = vitals::absent(Metric::temp, Reason::missing, packet.rx, Quality::unavailable);
  } else if (value[1] > 9 || tenths < temperature_tenths.min || tenths > temperature_tenths.max) {
    Text text;
    DecodeFault fault = fault_of(FaultKind::implausible, "range", packet);
    fault.code = vitals::name(Metric::temp);
    fault.value = text.add(unsigned{value[0]}).add('.').add(unsigned{value[1]}).view();
    out.on_fault(fault);
    seen = vitals::absent(Metric::temp, Reason::implausible, packet.rx);
  } else {
    seen = vitals::measured(Metric::temp, tenths / 10.0, packet.rx);
  }
  seen.channel = channel;
  out.on_observation(seen);
}

// Of the four status bits of type 03.
namespace cuff {
constexpr vitals::Milliseconds silence_ms{3000};  // six packets
constexpr unsigned done = 0;
constexpr unsigned measuring = 1;
constexpr unsigned first_failure = 3;  // 3-8: above 300 mmHg, cuff loose, took too long, error,
constexpr unsigned last_failure = 8;   // interference, no usable result
constexpr unsigned last_known = 10;    // 2: stopped by somebody, 9 and 10: initialising, done with it
}  // namespace cuff

}  // namespace

DecodeFault fault_of(FaultKind kind, std::string_view reason, const Packet& packet) {
  DecodeFault fault;
  fault.kind = kind;
  fault.reason = reason;
  fault.offset = packet.offset;
  fault.rx = packet.rx;
  return fault;
}

void Rhythm::take(std::uint8_t code, const Packet& packet, Sink& out) {
  if (code >= rhythms.size()) {
    Text text;
    DecodeFault fault = fault_of(FaultKind::unmapped, "rhythm", packet);
    fault.code = "ECG";
    fault.value = text.add_hex(code).view();
    out.on_fault(fault);
  }
  if (code == code_) return;
  tell_rhythm(code_, false, packet, out);
  tell_rhythm(code, true, packet, out);
  code_ = code;
}

bool report_ecg(const Packet& packet, Rhythm& rhythm, Sink& out) {
  const Bytes data = packet.data();
  if (data.size() < 3) return false;
  const unsigned status = data[0];
  if ((status & ecg_lead_off) != 0) {  // respiration uses the same electrodes
    out.on_observation(vitals::absent(Metric::hr, Reason::leads_off, packet.rx));
    out.on_observation(vitals::absent(Metric::rr, Reason::leads_off, packet.rx));
  } else {
    const Reason doubt = (status & ecg_weak) != 0 ? Reason::weak_signal : Reason::none;
    report_heart_rate(data[1], doubt, packet, out);
    report_respiration(data[2], doubt, packet, out);
    if (data.size() > 3) report_st(data[3], packet, out);
  }
  if (data.size() > 4) rhythm.take(data[4], packet, out);
  return true;
}

bool report_spo2(const Packet& packet, Sink& out) {
  constexpr unsigned spo2_missing = 127;
  constexpr unsigned rate_missing = 255;
  const Bytes data = packet.data();
  if (data.size() < 3) return false;
  if (const Reason trouble = spo2_trouble(data[0]); trouble != Reason::none) {
    oximetry::report_absent(trouble, Quality::invalid, packet.rx, out);
    return true;
  }
  oximetry::Reading reading;
  if (data[1] != spo2_missing) reading.spo2_percent = data[1];
  if (data[2] != rate_missing) reading.rate_per_min = data[2];
  oximetry::report(reading, Reason::none, {packet.rx, packet.offset}, out);
  return true;
}

bool report_temperature(const Packet& packet, Sink& out) {
  const Bytes data = packet.data();
  if (data.size() < 3) return false;
  const unsigned status = data[0];  // bit 0: probe 1 off, bit 1: probe 2 off
  report_probe(0, (status & 1U) != 0, data.subspan(1, 2), packet, out);
  if (data.size() >= 5) report_probe(1, (status & 2U) != 0, data.subspan(3, 2), packet, out);
  return true;
}

void Cuff::take(const Packet& packet, Sink& out) {
  watch_silence(packet.rx.mono);
  const Bytes data = packet.data();
  const unsigned state = data[0] >> 2U & 15U;
  const Reading reading{data[2], data[3], data[4]};
  if (state == cuff::measuring) {
    pending_ = true;
    set_measuring(true, packet, out);
  } else if (state == cuff::done) {
    set_measuring(false, packet, out);
    if (reading.sys > 0) {
      finish(reading, packet, out);
    } else {  // zeros are no result, and what is shown later is not of this measurement
      stop(pending_, packet, out);
    }
    seen_ = true;
  } else if (state >= cuff::first_failure && state <= cuff::last_failure) {
    stop(pending_, packet, out);
  } else if (state <= cuff::last_known) {
    stop(false, packet, out);
  } else {
    Text text;
    DecodeFault fault = fault_of(FaultKind::unmapped, "cuff-state", packet);
    fault.code = "NIBP";
    fault.value = text.add(state).view();
    out.on_fault(fault);
  }
  if (reading.sys > 0) reading_ = reading;  // old ones too: they are shown again
}

// What was measured meanwhile, and when, was not seen.
void Cuff::watch_silence(vitals::MonoTime at) {
  if (heard_at_ && at - *heard_at_ > cuff::silence_ms) {
    pending_ = false;
    seen_ = false;
  }
  heard_at_ = at;
}

void Cuff::set_measuring(bool measuring, const Packet& packet, Sink& out) {
  if (measuring == measuring_) return;
  measuring_ = measuring;
  out.on_status({Signal::nibp_measuring, measuring, packet.rx});
}

// Told at every failure, so that a second one in a row is seen; off with the next reading.
void Cuff::stop(bool failed, const Packet& packet, Sink& out) {
  set_measuring(false, packet, out);
  pending_ = false;
  if (!failed) return;
  failed_ = true;
  out.on_status({Signal::nibp_failed, true, packet.rx});
}

// New is what follows a measurement, or other numbers than the last ones: then its frames were lost. What
// stands there when we start, or behind a silence, may be hours old.
void Cuff::finish(const Reading& reading, const Packet& packet, Sink& out) {
  const bool ended_now = pending_;
  const bool fresh = ended_now || (seen_ && reading != reading_);
  if (!fresh && reading == told_) return;
  told_ = reading;
  pending_ = false;
  if (fresh && failed_) {
    failed_ = false;
    out.on_status({Signal::nibp_failed, false, packet.rx});
  }
  const bool in_order = reading.dia > 0 && reading.dia <= reading.sys &&
                        (reading.map == 0 || (reading.dia <= reading.map && reading.map <= reading.sys));
  if (!in_order) {
    Text text;
    DecodeFault fault = fault_of(FaultKind::implausible, "order", packet);
    fault.code = "NIBP";
    fault.unit = "mmHg";
    fault.value = text.add(reading.sys).add('/').add(reading.dia).add('/').add(reading.map).view();
    out.on_fault(fault);
  }
  const auto report = [&](Metric metric, unsigned value) {
    vitals::Observation seen = in_order ? vitals::measured(metric, value, packet.rx)
                                        : vitals::absent(metric, Reason::implausible, packet.rx);
    if (!fresh) seen.quality = Quality::stale;
    if (ended_now) {  // by our own clock; it tells two equal readings apart
      seen.t_src = packet.rx.wall;
      seen.time_source = vitals::TimeSource::own;
      seen.clock_trusted = true;
    }
    out.on_observation(seen);
  };
  report(Metric::nibp_sys, reading.sys);
  report(Metric::nibp_dia, reading.dia);
  if (reading.map > 0) report(Metric::nibp_map, reading.map);
}

}  // namespace drivers::pm6750
