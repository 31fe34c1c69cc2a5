#include "drivers/philips_intellivue/numerics.hpp"

#include <algorithm>

namespace drivers::philips {
namespace {

using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

constexpr std::uint16_t attribute_numeric = 0x0950;
constexpr std::uint16_t attribute_compound = 0x094B;
constexpr std::uint16_t attribute_taken = 0x0990;
constexpr std::uint16_t attribute_metric_state = 0x0940;
constexpr std::uint16_t metric_off = 0x8000;

constexpr std::uint32_t mdc_partition = 2U << 16U;
constexpr std::uint16_t secondary_channel = 1;

// An answer of these groups shows every object that is in use; others only describe.
bool is_snapshot(const PollResult& poll) { return poll.group == group_observed || poll.group == group_all; }

template <class OnNumeric>
void each_numeric(const List& attributes, OnNumeric&& on_numeric) {
  each_attribute(attributes, [&](std::uint16_t id, Bytes value) {
    Reader reader(value);
    if (id == attribute_numeric) on_numeric(take_numeric(reader));
    if (id != attribute_compound) return;
    const List list = take_list(reader);
    Reader parts(list.bytes);
    for (std::size_t i = 0; i < list.count; ++i) on_numeric(take_numeric(parts));
  });
}

// The attributes we read have the length that they must have.
bool is_readable(const PollResult& poll) {
  bool readable = true;
  each_object(poll, [&](ObjectKey, const List& attributes) {
    each_attribute(attributes, [&](std::uint16_t id, Bytes value) {
      if (id == attribute_numeric) readable = readable && value.size() == numeric_bytes;
      if (id != attribute_compound) return;
      Reader reader(value);
      const List list = take_list(reader);
      readable = readable && reader.ok() && reader.empty() && list.bytes.size() == list.count * numeric_bytes;
    });
  });
  return readable;
}

struct Range {
  double low = 0;
  double high = 0;
};

// Wider than any patient, narrower than damage.
constexpr Range plausible(Metric metric) {
  switch (metric) {
    case Metric::hr:
    case Metric::pr: return {1, 350};
    case Metric::spo2: return {1, 100};
    case Metric::nibp_sys:
    case Metric::nibp_dia:
    case Metric::nibp_map: return {5, 350};
    case Metric::art_sys:
    case Metric::art_dia:
    case Metric::art_map: return {-50, 350};  // mmHg: an open line reads below zero
    case Metric::rr: return {0, 250};
    case Metric::temp: return {10, 50};
  }
  return {};
}

// What explains a rate of zero: nobody is connected.
bool is_disconnection(Reason reason) {
  return reason == Reason::leads_off || reason == Reason::sensor_off || reason == Reason::sensor_unplugged ||
         reason == Reason::sensor_fault;
}

bool fits_together(const Observation& sys, const Observation& dia) {
  if (!sys.has_value() || !dia.has_value()) return true;
  // A cuff cannot find two equal pressures. An arterial line can: without a pulse it is flat, and that must
  // reach the limits.
  return vitals::is_cuff(sys.metric) ? sys.value > dia.value : sys.value >= dia.value;
}

bool is_zeroed(const Numeric& numeric) {
  const NumericCode* known = find_numeric(numeric.code);
  return (numeric.state & state_calibration) != 0 && known != nullptr && vitals::is_arterial(known->metric);
}

void report(FaultKind kind, std::string_view reason, const Numeric& numeric, const Circumstances& now,
            Sink& out) {
  const HexText code(numeric.code);
  const HexText unit(numeric.unit);
  const NumberText value(numeric);
  DecodeFault fault;
  fault.kind = kind;
  fault.reason = reason;
  fault.code = code.view();
  fault.unit = unit.view();
  fault.value = value.view();
  fault.offset = now.offset;
  fault.rx = now.rx;
  out.on_fault(fault);
}

// "Not available" is how a time can be absent without being wrong.
bool is_unset(Bytes time) {
  return std::all_of(time.begin(), time.end(), [](std::uint8_t byte) { return byte == 0xFF; });
}

void report_time(const Circumstances& now, Sink& out) {
  DecodeFault fault;
  fault.kind = FaultKind::implausible;
  fault.reason = "time";
  fault.code = "0990";
  fault.offset = now.offset;
  fault.rx = now.rx;
  out.on_fault(fault);
}

void make_implausible(Observation& seen) {
  seen.quality = Quality::invalid;
  seen.reason = Reason::implausible;
}

}  // namespace

CuffNumbers Numerics::Object::cuff() const {
  const auto of = [this](Metric metric) { return numbers[vitals::index_of(metric)]; };
  return {of(Metric::nibp_sys), of(Metric::nibp_dia), of(Metric::nibp_map)};
}

bool Numerics::take(const PollResult& poll, const Circumstances& now, Sink& out) {
  if (!is_readable(poll)) return false;
  const Reading reading{poll, now, out};
  const PollCycle::Step step = cycle_.take(poll);
  if (step.begins)
    for (Slot& one : slots_) one.in_answer = false;
  bool any = false;
  each_object(poll, [&](ObjectKey key, const List& attributes) {
    any = true;
    take_object(key, attributes, reading);
  });
  // An answer without any object says nothing: it is what is left when the parts before it were lost.
  const bool said = any || !step.begins;
  if (step.whole && said && is_snapshot(poll)) tell_vanished(reading);
  return true;
}

void Numerics::begin_association(vitals::Stamp rx, Sink& out) {
  slots_ = {};
  arterial_site_.reset();
  cycle_ = {};
  for (Unmapped& one : unmapped_) one.used = false;
  cuff_.begin_association(rx, out);
}

void Numerics::set_mode_demo(bool is_demo, vitals::Stamp rx, Sink& out) {
  if (mode_demo_ == is_demo) return;
  mode_demo_ = is_demo;
  out.on_status({Signal::demo_mode, is_demo, rx});
}

void Numerics::note_alerts(const AlertList& alerts, vitals::Stamp rx, Sink& out) {
  cuff_.set_alarm(alerts.cuff_failed(), rx, out);
  alerts.each_zeroed([&](std::uint16_t site) { zeroing_.note(site, rx.mono); });
}

void Numerics::take_object(ObjectKey key, const List& attributes, const Reading& reading) {
  Object object;
  object.key = key;
  bool any = false;
  each_numeric(attributes, [&](const Numeric& numeric) {
    any = true;
    const NumericCode* known = find_numeric(numeric.code);
    if (known == nullptr) return note_unmapped(numeric, reading);
    auto& place = object.numbers[vitals::index_of(known->metric)];
    if (!place) place = numeric;
  });
  bool off = false;
  each_attribute(attributes, [&](std::uint16_t id, Bytes value) {
    if (id == attribute_taken) object.taken = value;
    if (id == attribute_metric_state) off = (Reader(value).u16() & metric_off) != 0;
  });
  if (any && !off) {
    tell_values(object, reading);
    tell_cuff(object, reading);
  } else if (is_snapshot(reading.poll)) {
    tell_empty(object, reading);
  }
}

void Numerics::tell_values(const Object& object, const Reading& reading) {
  for (const auto& numeric : object.numbers)
    if (numeric && is_zeroed(*numeric)) zeroing_.note(site_of(numeric->code), reading.now.rx.mono);
  std::array<std::optional<Observation>, vitals::metric_count> seen;
  for (const auto& fact : vitals::metrics) {
    const auto& numeric = object.numbers[vitals::index_of(fact.metric)];
    if (numeric && !vitals::is_cuff(fact.metric))
      seen[vitals::index_of(fact.metric)] = judge(*numeric, fact.metric, reading);
  }
  auto& sys = seen[vitals::index_of(Metric::art_sys)];
  auto& dia = seen[vitals::index_of(Metric::art_dia)];
  if (sys && dia && !fits_together(*sys, *dia)) {
    report(FaultKind::implausible, "sys-below-dia", *object.numbers[vitals::index_of(Metric::art_sys)],
           reading.now, reading.out);
    make_implausible(*sys);
    make_implausible(*dia);
  }
  for (const auto& one : seen)
    if (one) tell(*one, object.key, object.numbers[vitals::index_of(one->metric)]->code, reading);
}

void Numerics::tell_cuff(const Object& object, const Reading& reading) {
  const CuffNumbers numbers = object.cuff();
  if (std::none_of(numbers.begin(), numbers.end(), [](const auto& one) { return one.has_value(); })) return;
  Slot& owner = slot(Metric::nibp_sys);
  if (!owner.source) owner.source = object.key;
  if (*owner.source != object.key) return;
  owner.in_answer = true;
  const auto& now = reading.now;
  const CuffObject told{numbers, parse_monitor_time(object.taken), reading.poll.ticks};
  const auto time = cuff_.take(told, now.clock, now.rx, reading.out);
  if (!time) return;
  if (!told.taken && !is_unset(object.taken)) report_time(now, reading.out);
  std::array<std::optional<Observation>, 3> seen;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!numbers[i]) continue;
    seen[i] = judge(*numbers[i], find_numeric(numbers[i]->code)->metric, reading);
    seen[i]->t_src = time->t_src;
    seen[i]->time_source = time->t_src ? vitals::TimeSource::own : vitals::TimeSource::none;
    seen[i]->clock_trusted = time->trusted;
  }
  if (seen[0] && seen[1] && !fits_together(*seen[0], *seen[1])) {
    report(FaultKind::implausible, "sys-not-above-dia", *numbers[0], now, reading.out);
    make_implausible(*seen[0]);
    make_implausible(*seen[1]);
  }
  for (auto& one : seen) {
    if (!one) continue;
    if (time->stale && one->has_value()) one->quality = Quality::stale;
    reading.out.on_observation(*one);
  }
}

// The object is there and shows nothing: what it carried has no value now.
void Numerics::tell_empty(const Object& object, const Reading& reading) {
  for (const auto& fact : vitals::metrics) {
    Slot& one = slot(fact.metric);
    if (one.source != object.key) continue;
    one.in_answer = true;
    if (one.told) reading.out.on_observation(no_value(fact.metric, Quality::unavailable, reading));
  }
  if (slot(Metric::nibp_sys).source != object.key) return;
  const auto& now = reading.now;
  const CuffObject told{{}, parse_monitor_time(object.taken), reading.poll.ticks};
  if (!cuff_.take(told, now.clock, now.rx, reading.out)) return;
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map})
    reading.out.on_observation(no_value(metric, Quality::unavailable, reading));
}

void Numerics::tell_vanished(const Reading& reading) {
  const Slot& cuff = slot(Metric::nibp_sys);
  if (cuff.source && !cuff.in_answer) cuff_.lose(reading.now.rx, reading.out);
  for (const auto& fact : vitals::metrics) {
    Slot& one = slot(fact.metric);
    if (one.in_answer) continue;
    one.source.reset();
    if (one.told) reading.out.on_observation(no_value(fact.metric, Quality::unavailable, reading));
  }
  const bool arterial =
      slot(Metric::art_sys).source || slot(Metric::art_dia).source || slot(Metric::art_map).source;
  if (!arterial) arterial_site_.reset();
}

void Numerics::tell(Observation seen, ObjectKey key, std::uint16_t code, const Reading& reading) {
  Slot& one = slot(seen.metric);
  const bool arterial = vitals::is_arterial(seen.metric);
  bool primary = !find_numeric(code)->secondary && (!one.source || *one.source == key);
  if (arterial && arterial_site_ && *arterial_site_ != site_of(code)) primary = false;
  if (primary) {
    one.told = one.in_answer = true;
    if (seen.has_value()) {
      one.source = key;
      if (arterial) arterial_site_ = site_of(code);
    }
  }
  seen.channel = primary ? 0 : secondary_channel;
  reading.out.on_observation(seen);
}

// A value that is marked as demo or test data is none of the patient; it says nothing of the others.
Observation Numerics::judge(const Numeric& numeric, Metric metric, const Reading& reading) const {
  Observation seen = judge_number(numeric, metric, reading);
  seen.mdc = mdc_partition | numeric.code;
  seen.test = mode_demo_ || (numeric.state & (state_demo_data | state_test_data)) != 0;
  return seen;
}

Observation Numerics::judge_number(const Numeric& numeric, Metric metric, const Reading& reading) const {
  const vitals::Stamp rx = reading.now.rx;
  if ((numeric.state & state_invalid) != 0) return no_value(metric, Quality::invalid, reading);
  if ((numeric.state & state_unavailable) != 0) return no_value(metric, Quality::unavailable, reading);
  const bool unsettled = vitals::is_arterial(metric) && zeroing_.unsettled(site_of(numeric.code), rx.mono);
  if (unsettled || (numeric.state & state_calibration) != 0)
    return vitals::absent(metric, Reason::test_mode, rx, Quality::calibrating);
  if ((numeric.state & state_test_data) != 0) return vitals::absent(metric, Reason::test_mode, rx);
  switch (kind_of(numeric)) {
    case FloatKind::none: return no_value(metric, Quality::unavailable, reading);
    case FloatKind::over: return vitals::absent(metric, Reason::none, rx, Quality::over);
    case FloatKind::under: return vitals::absent(metric, Reason::none, rx, Quality::under);
    case FloatKind::number: break;
  }
  const auto factor = unit_factor(numeric.unit, metric);
  if (!factor) {
    report(FaultKind::refused, "unit", numeric, reading.now, reading.out);
    return vitals::absent(metric, Reason::unit, rx);
  }
  const Reason why = reading.now.alerts.reason_for(metric);
  const double value = number_of(numeric) * *factor;
  if (value == 0 && vitals::is_rate(metric))
    return vitals::absent(metric, is_disconnection(why) ? why : Reason::zero, rx);
  if (value == 0 && metric == Metric::spo2) return no_value(metric, Quality::unavailable, reading);
  const Range range = plausible(metric);
  if (!(value >= range.low && value <= range.high)) {
    report(FaultKind::implausible, "range", numeric, reading.now, reading.out);
    return vitals::absent(metric, Reason::implausible, rx);
  }
  Observation seen = vitals::measured(metric, value, rx);
  // Fully valid is only what has nothing in the upper byte.
  if ((numeric.state & (state_questionable | state_unknown)) != 0) {
    seen.quality = Quality::questionable;
    seen.reason = why;
  }
  return seen;
}

// The state says that there is no value; why, the monitor's technical alarms may know.
Observation Numerics::no_value(Metric metric, Quality quality, const Reading& reading) const {
  const Reason why = reading.now.alerts.reason_for(metric);
  Observation seen =
      vitals::absent(metric, why == Reason::none ? Reason::missing : why, reading.now.rx, quality);
  seen.test = mode_demo_;
  return seen;
}

// Told when it is new or has changed: some parameters nobody here uses come every second for days.
void Numerics::note_unmapped(const Numeric& numeric, const Reading& reading) {
  const auto found = std::find_if(unmapped_.begin(), unmapped_.end(), [&](const Unmapped& one) {
    return one.used && one.last.code == numeric.code;
  });
  const bool known = found != unmapped_.end();
  if (known && found->last == numeric) return;
  Unmapped& place = known ? *found : unmapped_[next_unmapped_];
  if (!known) next_unmapped_ = (next_unmapped_ + 1) % unmapped_.size();
  place = {numeric, true};
  report(FaultKind::unmapped, "code", numeric, reading.now, reading.out);
}

}  // namespace drivers::philips
