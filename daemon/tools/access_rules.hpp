// The access rules of mosquitto, made from the settings: a command reaches the daemon only from the login
// that its topic names, and only where the role allows the verb (promise P11).
#pragma once

#include <string>

#include "daemon/settings/settings.hpp"

namespace tools {

// A whole acl_file. Several daemons at one broker: their files one after the other are one file.
std::string access_rules(const settings::Settings& settings);

}  // namespace tools
