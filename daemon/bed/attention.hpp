// What people have set at a bed for a time, beside its session and its alarms. The journal keeps it, so that
// a restart goes on from it; what of it cannot be read, or has no credible end, is not in force.
#pragma once

#include <optional>
#include <string>

#include "daemon/vitals/time.hpp"

namespace bed {

// The sound of the whole bed rests.
struct AudioPause {
  vitals::WallTime until{};
  std::string by;  // "login/actor"
};

struct Attention {
  std::optional<AudioPause> pause;
};

}  // namespace bed
