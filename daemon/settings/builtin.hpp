// The shipped presets inside the binary, for tools that run without an installation.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "daemon/alarms/profile.hpp"

namespace settings {

std::vector<std::string_view> builtin_profile_names();
// nullopt: no preset of that name is built in.
std::optional<alarms::Profile> builtin_profile(std::string_view name);

}  // namespace settings
