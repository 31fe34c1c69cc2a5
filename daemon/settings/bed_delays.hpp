// What a delay of the profile becomes at a bed: the pace of its source and the monitor's own delay come on
// top.
#pragma once

#include <functional>

#include "daemon/settings/sections.hpp"
#include "daemon/settings/settings.hpp"

namespace settings {

// `source` of a metric at this bed; null: none. Errors and warnings are put at the bed's profile.
using SourceOf = std::function<const Source*(vitals::Metric)>;
void check_bed_delays(const BedDraft& draft, const alarms::Profile& profile, const SourceOf& source_of,
                      Report& report);

}  // namespace settings
