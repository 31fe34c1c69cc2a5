// What a driver says besides values, as JSON lines of `vitalsd replay`.
#pragma once

#include <string>

#include "drivers/driver.hpp"

namespace tools {

// Each replaces what is in `line`.
void write_line(std::string& line, const drivers::DeviceAlarm& alarm);
void write_line(std::string& line, const drivers::PumpReport& report);
void write_line(std::string& line, const drivers::PatientEvent& event);

}  // namespace tools
