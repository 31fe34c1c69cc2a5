#include "daemon/bed/cuff.hpp"

#include <algorithm>

namespace bed {
namespace {

using vitals::Metric;
using vitals::Observation;

std::size_t slot(Metric metric) { return vitals::index_of(metric) - vitals::index_of(Metric::nibp_sys); }

// The instant of measurement: the device's own time if it can be trusted and lies in the past.
vitals::Stamp measured_at(const Observation& part, vitals::Stamp rx) {
  if (part.time_source != vitals::TimeSource::own || !part.t_src || !part.clock_trusted) return rx;
  const vitals::Milliseconds age = std::max(vitals::Milliseconds{0}, rx.wall - *part.t_src);
  return {rx.mono - age, rx.wall - age};
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

std::optional<CuffReading> CuffAssembler::take(vitals::Stamp rx) {
  if (!any_) return std::nullopt;
  any_ = false;
  CuffReading reading;
  std::optional<double> values[3];
  const Observation* first = nullptr;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!parts_[i]) continue;
    const Observation& part = *parts_[i];
    if (part.has_value()) values[i] = part.value;
    if (first == nullptr || (part.has_value() && !first->has_value())) first = &part;
    reading.test = reading.test || part.test;
  }
  reading.quality = first->quality;
  for (const auto& part : parts_)  // one doubtful part makes the reading doubtful
    if (part && first->has_value() && part->quality == vitals::Quality::questionable)
      reading.quality = part->quality;
  reading.reason = first->reason;
  const std::optional<vitals::WallTime> own =
      first->time_source == vitals::TimeSource::own ? first->t_src : std::nullopt;
  const bool same_numbers = std::equal(std::begin(values), std::end(values), std::begin(last_));
  const bool repeat = had_one_ && same_numbers && first->has_value() == last_had_value_ && own == last_t_src_;
  reading.rx = rx;
  reading.measured = measured_at(*first, rx);
  reading.sys = values[0];
  reading.dia = values[1];
  reading.map = values[2];
  for (auto& part : parts_) part.reset();
  if (repeat) return std::nullopt;
  std::copy(std::begin(values), std::end(values), std::begin(last_));
  last_t_src_ = own;
  last_had_value_ = reading.sys || reading.dia || reading.map;
  had_one_ = true;
  if (!reading.map && reading.sys && reading.dia) {
    reading.map = (*reading.sys + 2 * *reading.dia) / 3;
    reading.map_derived = true;
  }
  return reading;
}

}  // namespace bed
