// One profile file: config/profiles/NAME.toml, whose comments explain the keys.
#pragma once

#include <toml++/toml.h>
#include <array>
#include <optional>
#include <string>

#include "daemon/alarms/profile.hpp"
#include "daemon/settings/problem.hpp"

namespace settings {

// Where each limit of each phase is written, so that a check over several of them can point at one.
using LimitPlaces = std::array<std::array<Place, alarms::limit_count>, vitals::phase_count>;

// Delays, deadband, off-delay, latching and advice of a limit when a profile does not say otherwise.
alarms::LimitRule standard_rule(alarms::LimitId id);

// nullopt: not readable as TOML. Wrong values are reported and left at their standard.
std::optional<alarms::Profile> read_profile(const std::string& path, const std::string& name, Report& report);

// The same of a text that was parsed already; `path` is what problems are reported under.
alarms::Profile make_profile(const toml::table& table, const std::string& path, const std::string& name,
                             Report& report);

// Delay caps, crossing limits, limits that are no use, a missing sign-off.
void check_profile(const alarms::Profile& profile, const LimitPlaces& places, const Place& file,
                   Report& report);

}  // namespace settings
