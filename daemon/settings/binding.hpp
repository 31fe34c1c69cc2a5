// What holds between the sections: each source has its beds, each metric of a bed its one source.
#pragma once

#include <string>
#include <vector>

#include "daemon/settings/sections.hpp"

namespace settings {

// Checks across sources, beds and profiles, and moves them into `out`. `path` is the settings file: profiles
// are looked for beside it, and count in `read`.
void bind(std::vector<SourceDraft> sources, std::vector<BedDraft> beds, const std::string& path,
          Settings& out, Fingerprint& read, Report& report);

}  // namespace settings
