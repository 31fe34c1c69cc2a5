// What a driver says besides values, and what it could not map, as JSON lines of `vitalsd replay`.
#pragma once

#include <string>

#include "daemon/app/unmapped.hpp"
#include "drivers/driver.hpp"

namespace tools {

// Each replaces what is in `line`.
void write_line(std::string& line, const drivers::DeviceStatus& status);
void write_line(std::string& line, const drivers::DecodeFault& fault);
void write_line(std::string& line, const drivers::Answer& answer);
void write_line(std::string& line, const drivers::DeviceAlarm& alarm);
void write_line(std::string& line, const drivers::PumpReport& report);
void write_line(std::string& line, const drivers::PatientEvent& event);
void write_line(std::string& line, const app::Unmapped& parameter);

}  // namespace tools
