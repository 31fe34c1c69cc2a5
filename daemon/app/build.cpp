#include "daemon/app/build.hpp"

#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"

namespace app {
namespace {

// Exactly one source for each metric: the only one that carries it, or the one the settings name.
std::optional<std::size_t> source_for(const settings::Settings& all, const settings::Bed& bed,
                                      vitals::Metric metric) {
  std::optional<std::size_t> found;
  unsigned carriers = 0;
  for (std::size_t i = 0; i < bed.sources.size(); ++i) {
    const settings::Source* source = all.source(bed.sources[i]);
    if (source == nullptr || !source->metrics.contains(metric)) continue;
    const auto named = bed.metric_source.find(metric);
    if (named != bed.metric_source.end() && named->second != source->name) continue;
    found = i;
    ++carriers;
  }
  return carriers == 1 ? found : std::nullopt;
}

}  // namespace

bed::Settings make_bed_settings(const settings::Settings& all, const settings::Bed& from) {
  bed::Settings out;
  out.node = all.node.name;
  out.unit = from.unit;
  out.name = from.name;
  out.profile = &all.profile(from);
  for (const std::string& name : from.sources) {
    const settings::Source* source = all.source(name);
    CHECK(source != nullptr);  // the settings were checked
    const drivers::Entry* entry = drivers::find(source->protocol);
    CHECK(entry != nullptr);
    // A device on a line tells its whole list; HL7 brings each alarm by itself.
    const bool lists_alarms = entry->facts->line.baud != 0 || entry->facts->udp_port != 0;
    out.sources.push_back({name, entry->facts->streaming, source->period, source->sim, source->accept_demo,
                           lists_alarms, source->clock_tolerance});
  }
  for (const auto& facts : vitals::metrics)
    out.source_of[vitals::index_of(facts.metric)] = source_for(all, from, facts.metric);
  out.expected = from.expected;
  out.leads = {from.rate, from.arterial_pressure};
  out.pumps = from.pumps;
  out.values_together = all.broker.values_together;
  out.cuff_on_oximeter_arm = from.cuff_on_oximeter_arm;
  out.idle_off = from.idle == settings::Idle::off;
  return out;
}

outputs::FallbackSettings make_fallback_settings(const settings::Fallback& from) {
  outputs::FallbackSettings out;
  if (!from.program.empty()) out.program = outputs::ProgramSettings{from.program, from.limit, from.repeat};
  if (from.gpio) out.gpio = outputs::GpioSettings{from.gpio->chip, from.gpio->line, from.gpio->active_low};
  if (from.tone) out.tone = outputs::ToneSettings{from.tone->device, from.tone->volume_percent};
  return out;
}

journal::Limits journal_limits(const settings::Journal& from) {
  journal::Limits out;
  out.keep = {from.trend_seconds_days, from.trend_days, from.keep_days, from.size_mb_max};
  return out;
}

}  // namespace app
