#include "tests/bench/ward.hpp"

#include "daemon/settings/builtin.hpp"
#include "tests/bench/pcd01.hpp"

namespace bench {

const alarms::Profile& shipped_profile() {
  static const alarms::Profile profile = settings::builtin_profile("ketamine-adult").value();
  return profile;
}

bed::Settings bed_settings(unsigned number) {
  using vitals::Metric;
  static const auto changes = std::make_shared<bed::PatientChanges>();
  static const auto specs = std::make_shared<alarms::SpecPool>();
  bed::Settings out;
  out.patient_changes = changes;
  out.specs = specs;
  out.node = "bench";
  out.unit = "pain";
  out.name = bed_name(number);
  out.profile = &shipped_profile();
  bed::Source monitor;
  monitor.name = "monitors";
  monitor.streaming = false;
  monitor.period = vitals::Milliseconds{1'000};
  monitor.lists_alarms = false;
  out.sources.push_back(monitor);
  for (const Metric metric :
       {Metric::hr, Metric::pr, Metric::spo2, Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) {
    out.source_of[vitals::index_of(metric)] = 0;
    out.expected.insert(metric);
  }
  out.leads.rate = Metric::hr;
  return out;
}

}  // namespace bench
