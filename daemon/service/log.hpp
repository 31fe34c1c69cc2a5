// The diagnostic log: one line per event on stderr, with the priority prefix that journald understands.
#pragma once

#include <string>
#include <string_view>

namespace service {

// `level`: trace debug info warn error. Unknown words mean info; the settings were checked before.
void start_log(const std::string& level);

// Each line as one of its own: journald gives a priority to lines, and to those after the first none.
void log_lines(bool warning, std::string_view lines);

}  // namespace service
