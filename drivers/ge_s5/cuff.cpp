// When a result is a new reading
//
//   label bit 5   the cuff runs: what is shown is the reading before, or something in between
//   label bit 6   venous stasis, bit 7 calibration: the cuff is used, but not for a reading
//   label bit 8   the result is older than 60 s (one module of one software counts from the begin of the
//                 measurement)
//
// A reading is new when a measurement was seen to end and the result is younger than 60 s or has changed; or,
// the end unseen, when a result younger than 60 s is the first, differs, or follows an older one. Its time is
// that of the record, which comes every 5 s. The first result after the start or after a gap has no time, as
// it may be up to 60 s old; how a measurement ended that ran before the gap, nobody has seen. A result older
// than that without a measurement before it is of unknown age: it waits until the monitor tells the time of
// its last measurement, for ever if it does not.
#include "drivers/ge_s5/cuff.hpp"

#include <algorithm>

namespace drivers::ge_s5 {
namespace {

using vitals::Metric;
using vitals::Observation;
using vitals::Quality;
using vitals::Reason;

constexpr std::size_t group_at = 76;
constexpr std::size_t values_at = 82;
constexpr unsigned measuring_bit = 5;
constexpr unsigned stasis_bit = 6;
constexpr unsigned calibrating_bit = 7;
constexpr unsigned old_bit = 8;

// For so long after a measurement the same three numbers are its reading: a second sign of it, or one more
// measurement that was broken off. Bit 8 cannot tell it from a new one.
constexpr vitals::Milliseconds repeated_ms_max{60'000};

// A clock set between the measurement and the record gives any difference; no reading is of use that long.
constexpr std::uint32_t age_s_max = 24 * 3600;

// Records come every 5 s; one may be damaged.
constexpr vitals::Milliseconds record_gap_ms_max{12'000};

constexpr std::array<Scaled, 3> kinds{
    {{Metric::nibp_sys, 100, 1, 350}, {Metric::nibp_dia, 100, 1, 350}, {Metric::nibp_map, 100, 1, 350}}};

// Zero is never a pressure.
constexpr bool has_number(int raw) { return is_number(raw) && raw != 0; }

// All three are of one measurement: out of order, none can be believed.
bool out_of_order(const std::array<Observation, 3>& seen) {
  const auto above = [&](std::size_t high, std::size_t low, bool equal) {
    if (!seen[high].has_value() || !seen[low].has_value()) return true;
    return equal ? seen[high].value >= seen[low].value : seen[high].value > seen[low].value;
  };
  return !(above(0, 1, false) && above(0, 2, true) && above(2, 1, true));
}

void report_order(const std::array<Observation, 3>& seen, const Origin& origin, Sink& out) {
  FaultText value;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (i != 0) value << "/";
    if (seen[i].has_value()) value << seen[i].value;
  }
  report_fault(FaultKind::implausible, "pressure-order", "nibp", "mmHg", value.view(), origin, out);
}

}  // namespace

void Cuff::note_record(vitals::MonoTime now) {
  unheard_ = !record_at_ || now - *record_at_ > record_gap_ms_max;
  record_at_ = now;
  if (!unheard_) return;
  running_ = false;
  old_ = true;
}

void Cuff::take(Bytes basic, const Origin& origin, Sink& out) {
  note_record(origin.rx.mono);
  const Group group(basic, group_at);
  if (!group.active()) {
    running_ = false;
    measuring_.set(false, origin.rx, out);
    return;
  }
  const bool measures = group.label_bit(measuring_bit);
  measuring_.set(measures || group.label_bit(stasis_bit), origin.rx, out);
  const Raw raw{group.raw(values_at), group.raw(values_at + 2), group.raw(values_at + 4)};
  if (measures) {
    failed_.set(false, origin.rx, out);
    waiting_.reset();
    if (!shown_) shown_ = raw;
    running_ = true;
  } else if (!group.label_bit(stasis_bit) && !group.label_bit(calibrating_bit)) {
    take_result(raw, running_, group.label_bit(old_bit), origin, out);
    running_ = false;
    old_ = group.label_bit(old_bit);
  }
}

void Cuff::take_result(const Raw& raw, bool ended, bool old, const Origin& origin, Sink& out) {
  if (std::none_of(raw.begin(), raw.end(), has_number)) {
    if (ended) fail(origin, out);
    shown_.reset();
    waiting_.reset();
    return;
  }
  const bool found = !shown_ || unheard_;  // it may have come before this record
  const bool news = !shown_ || raw != *shown_;
  shown_ = raw;
  if (ended ? (news || !old) : (!old && (news || old_))) {
    if (repeated(raw, origin.rx.mono)) return;
    publish(raw, found && !ended ? std::nullopt : std::optional(origin.rx.wall), origin, out);
  } else if (news) {
    waiting_ = raw;
    tell(raw, std::nullopt, Age::unknown, origin, out);
  }
}

bool Cuff::repeated(const Raw& raw, vitals::MonoTime now) const {
  return told_ == raw && now - told_measured_at_ < repeated_ms_max;
}

void Cuff::fail(const Origin& origin, Sink& out) {
  failed_.set(true, origin.rx, out);
  told_.reset();
  for (const Scaled& kind : kinds)
    out.on_observation(vitals::absent(kind.metric, Reason::missing, origin.rx));
}

void Cuff::publish(const Raw& raw, std::optional<vitals::WallTime> measured, const Origin& origin,
                   Sink& out) {
  failed_.set(false, origin.rx, out);
  waiting_.reset();
  told_ = raw;
  told_measured_at_ = origin.rx.mono - (measured ? origin.rx.wall - *measured : vitals::Milliseconds{0});
  tell(raw, measured, Age::known, origin, out);
}

void Cuff::tell(const Raw& raw, std::optional<vitals::WallTime> measured, Age age, const Origin& origin,
                Sink& out) {
  std::array<Observation, 3> seen;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    seen[i] = raw[i] == 0 ? vitals::absent(kinds[i].metric, Reason::missing, origin.rx)
                          : observed(kinds[i], raw[i], Reason::none, origin, out);
  const bool disordered = out_of_order(seen);
  if (disordered) report_order(seen, origin, out);
  for (Observation& one : seen) {
    if (disordered && one.has_value()) {
      one.quality = Quality::invalid;
      one.reason = Reason::implausible;
    }
    if (age == Age::unknown && one.has_value()) one.quality = Quality::stale;
    one.t_src = measured;
    one.time_source = measured ? vitals::TimeSource::own : vitals::TimeSource::none;
    one.clock_trusted = measured.has_value();  // an age, so that no clock of the monitor matters
    out.on_observation(one);
  }
}

void Cuff::take_time(std::uint32_t measured_s, std::uint32_t sent_s, const Origin& origin, Sink& out) {
  if (!waiting_ || measured_s == 0) return;
  if (measured_s > sent_s || sent_s - measured_s > age_s_max) {
    report_fault(FaultKind::implausible, "nibp-time", "nibp", {}, {}, origin, out);
    return;
  }
  const auto age = vitals::Milliseconds{std::int64_t{sent_s - measured_s} * 1000};
  const Raw raw = *waiting_;
  publish(raw, origin.rx.wall - age, origin, out);
}

}  // namespace drivers::ge_s5
