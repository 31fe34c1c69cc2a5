#include "drivers/ivy/ivy_report.hpp"

#include <algorithm>
#include <charconv>

#include "drivers/oximetry/oximetry.hpp"

namespace drivers::ivy {
namespace {

using vitals::Metric;
using vitals::Quality;
using vitals::Reason;

constexpr std::size_t index_of(Name name) { return static_cast<std::size_t>(name); }

struct Span {
  unsigned min = 0;
  unsigned max = 0;
};
constexpr Span heart_rate_per_min{oximetry::rate_per_min_min, oximetry::rate_per_min_max};
constexpr Span respiration_per_min{1, 150};
constexpr Span pressure_mmhg{1, 350};
constexpr vitals::Milliseconds cuff_silence_ms{3000};  // three records

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

// Of the texts of trouble only NO TRANSDUCER has been seen. No wording is required: a text that is not
// understood leaves the reason open, and stands beside the missing value as an alarm of the monitor.
bool is_trouble(std::string_view text) { return text.starts_with("NO ") || contains(text, "OFF"); }

bool is_ecg_label(std::string_view text) { return text.starts_with("ECG"); }
constexpr std::string_view pulse_rate_label = "PR=";

Reason sensor_trouble(std::string_view text) {
  if (contains(text, "SEARCH")) return Reason::searching;
  return is_trouble(text) ? Reason::sensor_off : Reason::missing;
}

Reason ecg_trouble(std::string_view text) {
  return contains(text, "LEAD") || is_trouble(text) ? Reason::leads_off : Reason::missing;
}

vitals::Observation absence(Metric metric, Reason reason, const Origin& origin) {
  return vitals::absent(metric, reason, origin.rx,
                        reason == Reason::missing ? Quality::unavailable : Quality::invalid);
}

void refuse(Metric metric, std::string_view value, const Origin& origin, Sink& out) {
  DecodeFault fault = fault_of(FaultKind::implausible, "range", origin);
  fault.code = vitals::name(metric);
  fault.value = value;
  out.on_fault(fault);
  out.on_observation(vitals::absent(metric, Reason::implausible, origin.rx));
}

bool in_span(unsigned value, Span span) { return value >= span.min && value <= span.max; }

void report_respiration(const Line& line, const Origin& origin, Sink& out) {
  const unsigned rate = line.values[0].value_or(0);
  // "APNEA: 20 SEC" is a setting and no alarm, "APNEA: OFF" says nothing of a lead.
  Reason trouble = line.text.starts_with("APNEA") ? Reason::missing : ecg_trouble(line.text);
  if (names_equipment(line.message)) trouble = Reason::leads_off;
  if (rate == 0) return out.on_observation(absence(Metric::rr, trouble, origin));
  if (!in_span(rate, respiration_per_min)) return refuse(Metric::rr, line.raw[0], origin, out);
  const Reason doubt = trouble == Reason::missing ? Reason::none : trouble;
  out.on_observation(vitals::measured(Metric::rr, rate, origin.rx, doubt));
}

// The pulse rate stands in the text: "PR=80". Dashes are no rate. Anything else there takes the rate, and
// lets the saturation beside it stand as a doubtful one: withheld, it would be a desaturation that nobody
// sees.
Reason read_pulse_rate(std::string_view text, const Origin& origin, oximetry::Reading& reading, Sink& out) {
  if (text.find_first_not_of('-') == std::string_view::npos) return Reason::none;
  unsigned rate = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (read.ec == std::errc{} && read.ptr == text.data() + text.size()) {
    reading.rate_per_min = rate;
    return Reason::none;
  }
  DecodeFault fault = fault_of(FaultKind::broken, "number", origin);
  fault.code = "PR";
  out.on_fault(fault);
  const Reason trouble = sensor_trouble(text);
  return trouble == Reason::missing ? Reason::status : trouble;
}

// Printed in the order systolic, diastolic, mean.
struct Pressures {
  std::optional<unsigned> sys, dia, map;

  bool none() const { return sys.value_or(0) == 0 && dia.value_or(0) == 0 && map.value_or(0) == 0; }
  bool possible() const {
    for (const auto& value : {sys, dia, map})
      if (value && !in_span(*value, pressure_mmhg)) return false;
    const unsigned low = dia.value_or(pressure_mmhg.min);
    const unsigned high = sys.value_or(pressure_mmhg.max);
    return low <= high && low <= map.value_or(low) && map.value_or(high) <= high;
  }
};

Pressures pressures(const Line& line) { return {line.values[0], line.values[1], line.values[2]}; }

// As printed, in that order: "111/73/88". At most three digits each.
class PressureText {
 public:
  explicit PressureText(const Line& line) {
    for (std::size_t i = 0; i < 3; ++i) {
      if (i > 0) text_[size_++] = '/';
      for (const char c : line.raw[i]) text_[size_++] = c;
    }
  }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 11> text_{};
  std::size_t size_ = 0;
};

void fault_pressures(FaultKind kind, std::string_view reason, Name name, const Line& line,
                     const Origin& origin, Sink& out) {
  const PressureText text(line);
  DecodeFault fault = fault_of(kind, reason, origin);
  fault.code = names[index_of(name)];
  fault.unit = "mmHg";
  fault.value = text.view();
  out.on_fault(fault);
}

struct PressureMetrics {
  Metric sys, dia, map;
};
constexpr PressureMetrics by_cuff{Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map};
constexpr PressureMetrics by_line{Metric::art_sys, Metric::art_dia, Metric::art_map};

void report_absent(const PressureMetrics& metrics, Reason reason, const Origin& origin, Sink& out) {
  for (const Metric metric : {metrics.sys, metrics.dia, metrics.map})
    out.on_observation(absence(metric, reason, origin));
}

void report_arterial(Name name, const Line& line, const Origin& origin, Sink& out) {
  const Pressures read = pressures(line);
  const bool trouble = is_trouble(line.text) || names_equipment(line.message);
  if (read.none()) return report_absent(by_line, trouble ? Reason::sensor_off : Reason::missing, origin, out);
  if (!read.possible()) {
    fault_pressures(FaultKind::implausible, "order", name, line, origin, out);
    return report_absent(by_line, Reason::implausible, origin, out);
  }
  const auto report = [&](Metric metric, std::optional<unsigned> value) {
    out.on_observation(
        value ? vitals::measured(metric, *value, origin.rx, trouble ? Reason::sensor_off : Reason::none)
              : absence(metric, Reason::missing, origin));
  };
  report(by_line.sys, read.sys);
  report(by_line.dia, read.dia);
  report(by_line.map, read.map);
}

// A quantity that no metric stands for, or whose unit the monitor does not say.
void list(FaultKind kind, std::string_view reason, Name name, const Line& line, const Origin& origin,
          Sink& out) {
  if (!line.usable() || line.raw[0].empty()) return;
  DecodeFault fault = fault_of(kind, reason, origin);
  fault.code = names[index_of(name)];
  fault.value = line.raw[0];
  out.on_fault(fault);
}

}  // namespace

DecodeFault fault_of(FaultKind kind, std::string_view reason, const Origin& origin) {
  DecodeFault fault;
  fault.kind = kind;
  fault.reason = reason;
  fault.offset = origin.offset;
  fault.rx = origin.rx;
  return fault;
}

void Reporter::report(const Record& record, const Origin& origin, Sink& out) {
  for (std::size_t i = 0; i < name_count; ++i) {  // a damaged line is dropped alone
    const Line& line = record.lines[i];
    if (!line.present || line.usable()) continue;
    DecodeFault fault = fault_of(FaultKind::broken, line.wrong, origin);
    fault.code = names[i];
    out.on_fault(fault);
  }
  if (record[Name::hr].usable()) report_heart_rate(record[Name::hr], origin, out);
  if (record[Name::spo2].usable()) report_saturation(record[Name::spo2], origin, out);
  if (record[Name::rr].usable()) report_respiration(record[Name::rr], origin, out);
  if (record[Name::nibp].usable()) take_cuff(record[Name::nibp], origin, out);
  for (const Name name : {Name::p1, Name::p2}) {
    const Line& line = record[name];
    if (!line.usable()) continue;
    if (name == arterial_) {
      report_arterial(name, line, origin, out);
    } else if (!pressures(line).none()) {
      fault_pressures(FaultKind::unmapped, "no-metric", name, line, origin, out);
    }
  }
  list(FaultKind::unmapped, "no-metric", Name::etco2, record[Name::etco2], origin, out);
  for (const Name name : {Name::t1, Name::t2})
    list(FaultKind::refused, "unit", name, record[name], origin, out);
  tell_messages(record, origin, out);
  out.on_frame_end(origin.rx);
}

void Reporter::report_heart_rate(const Line& line, const Origin& origin, Sink& out) {
  const bool ecg = is_ecg_label(line.text);
  Reason trouble = ecg || line.text.empty() ? Reason::missing : ecg_trouble(line.text);
  if (names_equipment(line.message)) trouble = Reason::leads_off;
  if (!line.values[0]) return out.on_observation(absence(Metric::hr, trouble, origin));
  const unsigned rate = *line.values[0];
  if (rate == 0)  // no lead is off and no beat is counted: somebody has to look
    return out.on_observation(
        absence(Metric::hr, trouble == Reason::leads_off ? trouble : Reason::zero, origin));
  if (!in_span(rate, heart_rate_per_min)) return refuse(Metric::hr, line.raw[0], origin, out);
  // The monitor's rate source is a setting, and only an ECG label proves that this is not a pulse rate.
  const Reason unproved = ecg ? Reason::none : Reason::code_conflict;
  out.on_observation(
      vitals::measured(Metric::hr, rate, origin.rx, trouble == Reason::leads_off ? trouble : unproved));
}

void Reporter::report_saturation(const Line& line, const Origin& origin, Sink& out) {
  oximetry::Reading reading;
  reading.spo2_percent = line.values[0];
  Reason trouble = Reason::none;
  if (line.text.starts_with(pulse_rate_label)) {
    trouble = read_pulse_rate(trim(line.text.substr(pulse_rate_label.size())), origin, reading, out);
  } else if (!line.text.empty()) {
    trouble = sensor_trouble(line.text);
    if (trouble == Reason::missing) trouble = Reason::none;
  }
  if (names_equipment(line.message)) trouble = Reason::sensor_off;
  oximetry::report(reading, trouble, {origin.rx, origin.offset}, out);
}

// Without a checksum a line that has lost a digit looks like another reading: a cuff line counts when the
// next one repeats it, all four numbers, a second later.
void Reporter::take_cuff(const Line& line, const Origin& origin, Sink& out) {
  if (cuff_heard_at_ && origin.rx.mono - *cuff_heard_at_ > cuff_silence_ms) {
    cuff_.reset();
    cuff_known_ = false;
  }
  cuff_heard_at_ = origin.rx.mono;
  if (cuff_ && cuff_->numbers == line.values) return report_cuff(line, origin, out);
  cuff_ = CuffLine{line.values, origin.rx};
}

// The last reading is repeated every second without a time: new is only what differs. What stands there when
// we start, or behind a silence, may be hours old.
void Reporter::report_cuff(const Line& line, const Origin& origin, Sink& out) {
  const bool first = !cuff_known_;
  cuff_known_ = true;
  const Pressures read = pressures(line);
  if (read.none() || reading_ == line.values) return;
  reading_ = line.values;
  if (!read.possible()) {
    fault_pressures(FaultKind::implausible, "order", Name::nibp, line, origin, out);
    return report_absent(by_cuff, Reason::implausible, origin, out);
  }
  const auto report = [&](Metric metric, std::optional<unsigned> value) {
    if (!value) return;
    vitals::Observation seen = vitals::measured(metric, *value, origin.rx);
    if (first) {
      seen.quality = Quality::stale;
    } else {  // measured within the second before it was first shown, by our own clock
      seen.t_src = cuff_->since.wall;
      seen.time_source = vitals::TimeSource::own;
      seen.clock_trusted = true;
    }
    out.on_observation(seen);
  };
  report(by_cuff.sys, read.sys);
  report(by_cuff.dia, read.dia);
  report(by_cuff.map, read.map);
}

// A line that is damaged says nothing new; one that has gone has nothing to say any more.
void Reporter::tell_messages(const Record& record, const Origin& origin, Sink& out) {
  for (std::size_t i = 0; i < name_count; ++i) {
    const Line& line = record.lines[i];
    if (line.present && !line.usable()) continue;
    const auto name = static_cast<Name>(i);
    const bool watched = name == Name::hr || name == Name::spo2 || name == arterial_;
    const bool label = is_ecg_label(line.text) || line.text.starts_with(pulse_rate_label);
    const bool instead = watched && !label && (!line.values[0] || is_trouble(line.text));
    messages_.tell(name, Messages::Place::label, instead ? line.text : std::string_view{}, origin.rx, out);
    messages_.tell(name, Messages::Place::message, line.message, origin.rx, out);
  }
}

}  // namespace drivers::ivy
