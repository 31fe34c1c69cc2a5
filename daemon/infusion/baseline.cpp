// The baseline of a session: measured before the infusion, or set by a person.
#include <cmath>

#include "daemon/infusion/session.hpp"
#include "daemon/infusion/told.hpp"

namespace infusion {
namespace {

bool plausible(const Baseline& b) {
  // Bounds of what a monitor may report at all, as for any observation.
  return (!b.rate || within(*b.rate, 1, 350)) && (!b.spo2 || within(*b.spo2, 1, 100)) &&
         (!b.sbp || within(*b.sbp, 25, 290)) && (!b.dbp || within(*b.dbp, 10, 250)) &&
         (!b.map || within(*b.map, 15, 260)) && (!b.sbp || !b.dbp || *b.sbp > *b.dbp);
}

}  // namespace

void Session::clear_readings() {
  for (auto& window : readings_) window.clear();
  cuffs_.clear();
}

Outcome Session::set_baseline(const Baseline& request, Stamp now) {
  if (!in_progress()) return refused("baseline-set", phase_, "session-start comes first");
  if (!request.rate && !request.spo2 && !request.sbp && !request.dbp && !request.map)
    return invalid("at least one of hr, spo2, sbp, dbp, map is needed");
  if (!plausible(request))
    return invalid("hr must be 1-350, spo2 1-100, sbp 25-290, dbp 10-250, map 15-260, sbp above dbp");

  Baseline merged = baseline_.value_or(Baseline{});
  adopt(merged.rate, request.rate);
  adopt(merged.spo2, request.spo2);
  adopt(merged.sbp, request.sbp);
  adopt(merged.dbp, request.dbp);
  adopt(merged.map, request.map);
  if (!plausible(merged)) return invalid("sbp must be above dbp, also of the baseline that stands: set both");
  merged.t = now.wall;
  merged.overridden = true;
  baseline_ = merged;
  return {};
}

void Session::freeze_baseline(Stamp now) {
  const auto measured = [&](Quantity quantity) {
    return readings_[static_cast<std::size_t>(quantity)].median(now.mono);
  };
  // Only what leads at the bed is passed here: an arterial line or the cuff, never both.
  const auto pressure = [&](Quantity quantity, std::optional<double> BaselineCuff::*part) {
    const auto streamed = measured(quantity);
    return streamed ? streamed : cuffs_.median(part);
  };
  Baseline frozen = baseline_.value_or(Baseline{});  // what a person has set stays
  if (!frozen.rate) frozen.rate = measured(Quantity::rate);
  if (!frozen.spo2) frozen.spo2 = measured(Quantity::spo2);
  if (!frozen.sbp) frozen.sbp = pressure(Quantity::sbp, &BaselineCuff::sbp);
  if (!frozen.dbp) frozen.dbp = pressure(Quantity::dbp, &BaselineCuff::dbp);
  if (!frozen.map) frozen.map = pressure(Quantity::map, &BaselineCuff::map);
  if (const auto& oxygen = chart_[Item::o2_l_min]) frozen.o2_l_min = oxygen->value;
  clear_readings();
  if (!frozen.rate && !frozen.spo2 && !frozen.sbp && !frozen.dbp && !frozen.map) return;
  if (!frozen.overridden) frozen.t = now.wall;
  baseline_ = frozen;
}

void Session::observe(vitals::Metric metric, double value, Stamp now) {
  using vitals::Metric;
  if (phase_ != Phase::baseline || !std::isfinite(value)) return;
  const auto add = [&](Quantity quantity) {
    readings_[static_cast<std::size_t>(quantity)].add(value, now.mono);
  };
  switch (metric) {
    case Metric::hr:
    case Metric::pr: return add(Quantity::rate);
    case Metric::spo2: return add(Quantity::spo2);
    case Metric::art_sys: return add(Quantity::sbp);
    case Metric::art_dia: return add(Quantity::dbp);
    case Metric::art_map: return add(Quantity::map);
    case Metric::nibp_sys:
    case Metric::nibp_dia:
    case Metric::nibp_map:
    case Metric::rr:
    case Metric::temp: return;
  }
}

bool Session::observe_cuff(const BaselineCuff& reading) {
  return phase_ == Phase::baseline && cuffs_.add(reading);
}

}  // namespace infusion
