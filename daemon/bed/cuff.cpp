#include "daemon/bed/cuff.hpp"

#include <algorithm>
#include <utility>

#include "daemon/bed/clock_offset.hpp"
#include "daemon/vitals/check.hpp"

namespace bed {
namespace {

using vitals::Metric;
using vitals::Observation;
using vitals::Quality;

// No monitor shows a reading for a month: its clock was never set.
constexpr std::chrono::days age_believed_max{30};

std::size_t slot(Metric metric) { return vitals::index_of(metric) - vitals::index_of(Metric::nibp_sys); }

std::optional<vitals::WallTime> own_time(const Observation& part) {
  return part.time_source == vitals::TimeSource::own ? part.t_src : std::nullopt;
}

bool time_trusted(const Observation& part) { return part.clock_trusted && own_time(part); }

// The instant of measurement: the device's own time if it lies in the past by a clock that can be trusted,
// else by the clock of the message.
vitals::Stamp measured_at(const Observation& part, vitals::Stamp rx) {
  const auto own = own_time(part);
  const auto sent = part.clock_trusted ? std::optional{rx.wall} : part.t_sent;
  if (!own || !sent) return rx;
  const vitals::Milliseconds age = std::max(vitals::Milliseconds{0}, *sent - *own);
  if (age > age_believed_max) return rx;
  return {rx.mono - age, rx.wall - age};
}

// A monitor whose times are whole seconds tells one measurement up to a second apart after it was connected
// anew. No cuff measures twice within two seconds.
bool same_instant(std::optional<vitals::WallTime> a, std::optional<vitals::WallTime> b) {
  if (!a || !b) return a == b;
  return std::chrono::abs(*a - *b) <= vitals::Milliseconds{2000};
}

// The reading that came without a time has one now.
bool dated_later(std::optional<vitals::WallTime> before, vitals::Stamp came,
                 std::optional<vitals::WallTime> now) {
  constexpr vitals::Milliseconds underway_ms_max{60'000};
  return !before && now && *now <= came.wall && came.wall - *now <= underway_ms_max;
}

bool other_numbers(const CuffValues& a, const CuffValues& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] && b[i] && *a[i] != *b[i]) return true;
  return false;
}

}  // namespace

std::optional<double> CuffReading::part(Metric metric) const {
  switch (metric) {
    case Metric::nibp_sys: return sys;
    case Metric::nibp_dia: return dia;
    case Metric::nibp_map: return map_derived ? std::nullopt : map;
    default: return std::nullopt;
  }
}

void CuffAssembler::add(const Observation& observation) {
  parts_[slot(observation.metric)] = observation;
  any_ = true;
}

// The part that speaks for the measurement: the first with a number, else the first.
const Observation& CuffAssembler::leading() const {
  const std::optional<Observation>* first = nullptr;
  for (const auto& part : parts_) {
    if (!part) continue;
    if (part->has_value()) return *part;
    if (first == nullptr) first = &part;
  }
  CHECK(first != nullptr);  // called only for a frame that brought a part
  return **first;
}

CuffReading CuffAssembler::assemble(const CuffJudgement& judged, vitals::Stamp rx) const {
  const CuffValues& values = judged.values;
  const Observation& lead = leading();
  CuffReading out;
  out.sys = values[0];
  out.dia = values[1];
  out.map = values[2];
  out.map_derived = values[2] && parts_[2]->derived;
  out.quality = lead.quality;
  out.reason = lead.reason;
  for (const auto& part : parts_) {
    if (!part) continue;
    out.test = out.test || part->test;
    if (lead.has_value() &&
        part->quality == Quality::questionable) {  // one doubtful part is a doubtful reading
      out.quality = part->quality;
      out.reason = part->reason;
    }
  }
  if (judged.doubtful && out.quality == Quality::valid) {
    out.quality = Quality::questionable;
    out.reason = vitals::Reason::implausible;
  }
  if (lead.has_value() && !out.measured_any()) {  // nothing of it can be
    out.quality = Quality::invalid;
    out.reason = vitals::Reason::implausible;
  }
  out.rx = rx;
  out.measured = measured_at(lead, rx);
  if (!out.map && out.sys && out.dia) {
    out.map = (*out.sys + 2 * *out.dia) / 3;
    out.map_derived = true;
  }
  return out;
}

std::optional<CuffReading> CuffAssembler::take(vitals::Stamp rx) {
  if (!any_) return std::nullopt;
  Told told;
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (parts_[i] && parts_[i]->has_value()) told.values[i] = parts_[i]->value;
  told.t_src = own_time(leading());
  const bool trusted = time_trusted(leading());
  const CuffJudgement judged = judge_cuff(told.values, rx);
  CuffReading reading = assemble(judged, rx);
  told.rx = rx;
  told.standing = reading.quality == Quality::stale;
  for (auto& part : parts_) part.reset();
  any_ = false;

  const auto same = [&](const std::optional<Told>& before) {
    if (!before || before->values != told.values || before->standing != told.standing) return false;
    return same_instant(before->t_src, told.t_src) || dated_later(before->t_src, before->rx, told.t_src);
  };
  // Told again; or by its own time older than what is known: either way no news of the patient.
  // Device times are compared with each other: through our clocks an equal one can look a millisecond older.
  const bool older = trusted && measured_ && *told.t_src < *measured_;
  // What a monitor shows from before we listened says less than the reading that we saw come.
  const bool remembered = reading.quality == Quality::stale && reading_;
  if (older || remembered || same(reading.measured_any() ? reading_ : failure_)) return std::nullopt;
  // A time that stays while the numbers change is not that of the measurement.
  if (reading_ && told.t_src && reading_->t_src == told.t_src && other_numbers(reading_->values, told.values))
    told.came = told.rx.mono - reading_->rx.mono >= time_stays_ms_min ? rx : reading_->came;
  reading.measured = told.came.value_or(reading.measured);
  rejected_ = judged.rejected;
  measured_ = trusted ? told.t_src : std::nullopt;
  if (reading.measured_any()) {
    reading_ = told;
    failure_.reset();
  } else {
    failure_ = told;
  }
  return reading;
}

std::optional<Implausible> CuffAssembler::take_rejected() { return std::exchange(rejected_, std::nullopt); }

}  // namespace bed
