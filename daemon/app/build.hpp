// From the settings to the parts: what a bed is made of.
#pragma once

#include "daemon/bed/bed.hpp"
#include "daemon/settings/settings.hpp"

namespace app {

// `settings` must outlive the bed: it holds the profile.
bed::Settings make_bed_settings(const settings::Settings& settings, const settings::Bed& bed);

}  // namespace app
