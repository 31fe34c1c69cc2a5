// ECG, pulse oximetry, respiration and temperature of the displayed values, and what else a monitor shows
// that we have no use for.
#pragma once

#include "drivers/ge_s5/values.hpp"

namespace drivers::ge_s5 {

// `basic` and `ext1` are displayed subrecords of that class, `level` is the monitor's interface level.
void report_basic(Bytes basic, unsigned level, const Origin& origin, Sink& out);
void report_ext1(Bytes ext1, const Origin& origin, Sink& out);

}  // namespace drivers::ge_s5
