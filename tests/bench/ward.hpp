// Beds as the daemon makes them: each with a monitor over HL7 that carries HR, PR, SpO2 and a cuff, and the
// shipped profile.
#pragma once

#include "daemon/alarms/profile.hpp"
#include "daemon/bed/bed.hpp"

namespace bench {

const alarms::Profile& shipped_profile();

bed::Settings bed_settings(unsigned number);  // named as Pcd01 names it

}  // namespace bench
