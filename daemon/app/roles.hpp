// Which role may send which command (contract 6.8). The daemon asks here, and so does whoever writes the
// broker's access rules.
#pragma once

#include <string_view>

#include "daemon/settings/settings.hpp"

namespace app {

settings::Role least_role(std::string_view verb);
// Verbs that a node takes as well as a bed.
bool is_for_node(std::string_view verb);

}  // namespace app
