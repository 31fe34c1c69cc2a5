// The early warning score of a bed: from the monitor what is current, from the nurse what is fresh.
#include <algorithm>

#include "daemon/bed/bed.hpp"

namespace bed {

using infusion::Item;
using vitals::Quality;

std::optional<Bed::EarlyWarning> Bed::early_warning(MonoTime now) const {
  if (!session_.in_progress()) return std::nullopt;
  EarlyWarning out;
  out.scale = session_.spo2_scale();
  const auto monitor = [&](Metric metric) -> std::optional<double> {
    const Entry& one = entry(metric);
    if (patient_.values_doubted() || !one.current(now) || one.observation.quality != Quality::valid)
      return std::nullopt;
    out.until = std::min(out.until, one.fresh_until);
    return one.observation.value;
  };
  const auto nurse = [&](Item item) -> std::optional<double> {
    const auto& noted = session_.chart()[item];
    if (!noted || now - noted->at.mono >= profile_.observation.fresh) return std::nullopt;
    out.until = std::min(out.until, noted->at.mono + profile_.observation.fresh);
    return noted->value;
  };
  const auto either = [&](Metric metric, Item item) {
    const auto told = monitor(metric);
    return told ? told : nurse(item);
  };
  infusion::News2Values values;
  values.rr = either(Metric::rr, Item::rr);
  values.spo2 = monitor(Metric::spo2);
  values.pulse = monitor(settings_.leads.rate);
  values.temp = either(Metric::temp, Item::temp);
  values.sbp = readings(now).sbp;
  if (values.sbp) out.until = std::min(out.until, pressure_fresh_until());
  if (const auto flow = nurse(Item::o2_l_min)) values.oxygen = *flow > 0;
  if (const auto acvpu = nurse(Item::acvpu)) values.alert = *acvpu == 0;
  out.score = infusion::news2(values, out.scale);
  return out;
}

MonoTime Bed::pressure_fresh_until() const {
  return settings_.leads.arterial ? entry(Metric::art_sys).fresh_until : cuff_fresh_until_;
}

}  // namespace bed
