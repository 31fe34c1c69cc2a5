// The one line a nurse reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/alarms/alarm.hpp"
#include "daemon/vitals/observation.hpp"

namespace alarms {

struct ValueText {
  std::string_view label;
  vitals::Metric metric{};
  double value = 0;
  std::optional<double> passed;  // the limit that was passed; absent: none is
  Side side = Side::none;
  vitals::Reason doubt = vitals::Reason::none;
};

// "SpO2 86 < 88 %", "SpO2 95 %", "SpO2 86 < 88 % (artifact)".
std::string value_text(const ValueText& parts);

// Whole numbers without a point, others to one decimal.
std::string number_text(double value);

}  // namespace alarms
