// From the settings to the parts: what a bed, and what calls at it, is made of.
#pragma once

#include "daemon/bed/bed.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/outputs/fallback.hpp"
#include "daemon/settings/settings.hpp"

namespace app {

// `settings` must outlive the bed: it holds the profile.
bed::Settings make_bed_settings(const settings::Settings& settings, const settings::Bed& bed);
journal::Limits journal_limits(const settings::Journal& from);

outputs::FallbackSettings make_fallback_settings(const settings::Fallback& from);

}  // namespace app
