// What `vitalsd ports` says of serial ports.
#pragma once

#include <string>
#include <vector>

#include "daemon/links/port_list.hpp"

namespace tools {

std::string ports_text(const std::vector<links::PortInfo>& ports);
std::string ports_json(
    const std::vector<links::PortInfo>& ports);  // an array; bytes that are no UTF-8 are replaced

}  // namespace tools
