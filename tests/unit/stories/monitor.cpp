#include "tests/unit/stories/monitor.hpp"

#include <algorithm>

namespace stories {

bool Monitor::carries(Metric metric) const {
  return std::find(facts_.sends.begin(), facts_.sends.end(), metric) != facts_.sends.end();
}

void Monitor::take(const Show& show) { feed(show.metric) = {show.values, 0, show.doubtful, {}}; }
void Monitor::take(const Withhold& withhold) { feed(withhold.metric) = {{}, 0, false, withhold.reason}; }
void Monitor::take(const Silence& silence) { feed(silence.metric) = {}; }

void Monitor::take(const Switch& turned) {
  switch (turned.part) {
    case Part::cable: cable_ = turned.on; break;
    case Part::monitor: talking_ = turned.on; break;
    case Part::probe: probe_ = turned.on; break;
    case Part::leads: leads_ = turned.on; break;
    case Part::signal: signal_ = turned.on; break;
    case Part::demo: demo_ = turned.on; break;
    case Part::device: right_device_ = turned.on; break;
  }
}

// Why a device has no value, as devices say it: a probe carries two, the electrodes one.
std::optional<Reason> Monitor::hindered(Metric metric) const {
  const bool by_probe = metric == Metric::spo2 || metric == Metric::pr;
  if (by_probe && !probe_) return Reason::sensor_off;
  if (by_probe && !signal_) return Reason::searching;
  if (metric == Metric::hr && !leads_) return Reason::leads_off;
  return std::nullopt;
}

std::vector<vitals::Observation> Monitor::message(vitals::Stamp now) {
  std::vector<vitals::Observation> out;
  for (const auto& facts : vitals::metrics) {
    Feed& said = feed(facts.metric);
    if (!carries(facts.metric) || (said.values.empty() && !said.withheld)) continue;
    const auto reason = hindered(facts.metric);
    if (reason || said.withheld) {
      out.push_back(
          vitals::absent(facts.metric, reason.value_or(said.withheld.value_or(Reason::missing)), now));
    } else {
      const double value = said.values[said.next++ % said.values.size()];
      out.push_back(
          vitals::measured(facts.metric, value, now, said.doubtful ? Reason::artifact : Reason::none));
    }
    out.back().test = demo_;
  }
  return out;
}

std::vector<vitals::Observation> Monitor::message(const Cuff& cuff, vitals::Stamp now) const {
  std::vector<vitals::Observation> out;
  const auto add = [&](Metric metric, const std::optional<double>& value) {
    if (!carries(metric)) return;
    const Reason doubt = cuff.doubtful ? Reason::artifact : Reason::none;
    if (value || !cuff.sys)
      out.push_back(value ? vitals::measured(metric, *value, now, doubt)
                          : vitals::absent(metric, Reason::missing, now));
    if (!out.empty()) out.back().test = demo_;
  };
  add(Metric::nibp_sys, cuff.sys);
  add(Metric::nibp_dia, cuff.dia);
  add(Metric::nibp_map, cuff.map);
  return out;
}

}  // namespace stories
