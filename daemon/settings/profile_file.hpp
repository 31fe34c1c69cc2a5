// One profile file: config/profiles/NAME.toml, whose comments explain the keys.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "daemon/alarms/profile.hpp"
#include "daemon/settings/problem.hpp"
#include "daemon/settings/profile_layers.hpp"

namespace settings {

// Where each limit of each phase is written, so that a check over several of them can point at one.
using LimitPlaces = std::array<std::array<Place, alarms::limit_count>, vitals::phase_count>;

// Where what a check complains of is written. `files` has what the profile rests on first, as it was read.
struct ProfilePlaces {
  std::vector<std::string> files;
  Place sign_off;
  LimitPlaces limits;
};

// Delays, deadband, off-delay, latching and advice of a limit when a profile does not say otherwise.
alarms::LimitRule standard_rule(alarms::LimitId id);

// Of its files, the one that it rests on first. Wrong values are reported and left at their standard. Title
// and sign-off are the last one's own: whoever has signed another file has not signed this one.
alarms::Profile make_profile(const std::vector<Layer>& layers, const std::string& name, Report& report);

// Delay caps, crossing limits, limits that are no use, a missing sign-off.
void check_profile(const alarms::Profile& profile, const ProfilePlaces& places, Report& report);

}  // namespace settings
