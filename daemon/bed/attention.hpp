// What people have set at a bed for a time, beside its session and its alarms. The journal keeps it, so that
// a restart goes on from it; what of it cannot be read, or has no credible end, is not in force.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/alarms/condition.hpp"
#include "daemon/alarms/limit_change.hpp"

namespace bed {

// The sound of the whole bed rests.
struct AudioPause {
  vitals::WallTime until{};
  std::string by;  // "login/actor"
};

// A condition that a person has set aside, also while there is no alarm of it.
struct Shelved {
  std::string condition;
  alarms::Shelf shelf;
};

struct Attention {
  std::optional<AudioPause> pause;
  std::vector<Shelved> shelved;
  alarms::LimitChanges limits;  // of this session
};

}  // namespace bed
