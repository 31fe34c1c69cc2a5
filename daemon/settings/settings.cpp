#include "daemon/settings/settings.hpp"

#include <algorithm>
#include <tuple>

#include "daemon/settings/binding.hpp"
#include "daemon/settings/sections.hpp"
#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"

namespace settings {

std::string_view name(Role role) {
  switch (role) {
    case Role::viewer: return "viewer";
    case Role::nurse: return "nurse";
    case Role::charge: return "charge";
    case Role::admin: return "admin";
  }
  return "";
}

const Source* Settings::source(std::string_view wanted) const {
  for (const auto& entry : sources)
    if (entry.name == wanted) return &entry;
  return nullptr;
}

const alarms::Profile& Settings::profile(const Bed& bed) const {
  const auto at = profiles.find(bed.profile);
  CHECK(at != profiles.end());  // load() refuses a bed whose profile it did not find
  return at->second;
}

const Source* Settings::carrier(const Bed& bed, vitals::Metric metric) const {
  if (const auto named = bed.metric_source.find(metric); named != bed.metric_source.end())
    return source(named->second);
  for (const auto& candidate : bed.sources)
    if (const Source* found = source(candidate); found && found->metrics.contains(metric)) return found;
  return nullptr;
}

vitals::Metric watched_metric(alarms::LimitId limit, const Bed& bed) {
  using alarms::LimitId;
  using vitals::Metric;
  const bool arterial = bed.arterial_pressure;
  switch (limit) {
    case LimitId::hr_high:
    case LimitId::hr_low: return bed.rate;
    case LimitId::spo2_low:
    case LimitId::spo2_deep: return Metric::spo2;
    case LimitId::sbp_high:
    case LimitId::sbp_low: return arterial ? Metric::art_sys : Metric::nibp_sys;
    case LimitId::dbp_high:
    case LimitId::dbp_low: return arterial ? Metric::art_dia : Metric::nibp_dia;
    case LimitId::map_high:
    case LimitId::map_low: return arterial ? Metric::art_map : Metric::nibp_map;
    case LimitId::rr_high:
    case LimitId::rr_low: break;
  }
  return Metric::rr;
}

Milliseconds begin_delay(const alarms::LimitRule& rule, const alarms::Threshold& threshold,
                         const Source& source) {
  const drivers::Entry* entry = drivers::find(source.protocol);
  const bool streaming = entry != nullptr && entry->facts->streaming;  // about once a second
  const Milliseconds step = streaming ? Milliseconds{1000} : source.period;
  return std::max(threshold.on_delay, (rule.confirm.needed - 1) * step);
}

bool Loaded::ok() const {
  return std::all_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.warning; });
}

std::vector<Problem> Report::take() {
  const auto key = [](const Problem& p) { return std::tie(p.file, p.line, p.column, p.warning, p.text); };
  std::sort(problems_.begin(), problems_.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto same = [&](const Problem& a, const Problem& b) { return key(a) == key(b); };
  problems_.erase(std::unique(problems_.begin(), problems_.end(), same), problems_.end());
  return std::move(problems_);
}

Loaded load(const std::string& path) {
  Loaded out;
  Report report;
  Fingerprint read;
  if (const auto parsed = parse_file(path, read, report)) {
    Reader root(*parsed, path, "", report);
    read_service(root, out.settings);
    read_node(root, out.settings, report);
    read_journal(root, out.settings, report);
    read_broker(root, out.settings, report);
    read_stations(root, out.settings, report);
    read_metrics(root, out.settings, report);
    read_fallback(root, out.settings, report);
    auto sources = read_sources(root, report);
    auto beds = read_beds(root, report);
    root.finish();
    bind(std::move(sources), std::move(beds), path, out.settings, read, report);
  }
  out.settings.hash = read.text();
  out.problems = report.take();
  return out;
}

std::string describe(const std::vector<Problem>& problems) {
  std::string out;
  for (const auto& problem : problems) {
    out += problem.file + ":";
    if (problem.line > 0) out += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ":";
    out += problem.warning ? " warning: " : " error: ";
    out += problem.text + "\n";
  }
  return out;
}

}  // namespace settings
