// The diagnostic log: one line per event on stderr, with the priority prefix that journald understands.
#pragma once

#include <string>

namespace service {

// `level`: trace debug info warn error. Unknown words mean info; the settings were checked before.
void start_log(const std::string& level);

}  // namespace service
