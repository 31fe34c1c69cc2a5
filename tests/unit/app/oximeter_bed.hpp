// Settings of bed pain/b1 with an oximeter alone.
#pragma once

#include "daemon/bed/bed.hpp"

namespace app::test {

inline bed::Settings oximeter_bed(const alarms::Profile& profile) {
  bed::Settings out;
  out.node = "gw1";
  out.unit = "pain";
  out.name = "b1";
  out.profile = &profile;
  bed::Source source;
  source.name = "mon1";
  out.sources = {source};
  for (const vitals::Metric metric : {vitals::Metric::pr, vitals::Metric::spo2}) {
    out.source_of[vitals::index_of(metric)] = 0;
    out.expected.insert(metric);
  }
  out.leads.rate = vitals::Metric::pr;
  return out;
}

}  // namespace app::test
