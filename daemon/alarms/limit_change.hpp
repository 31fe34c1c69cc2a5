// Limits that a person has set for one session, and what may be set.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "daemon/alarms/profile.hpp"

namespace alarms {

// In the unit of the limit; what is absent stays as the profile says.
struct LimitChange {
  std::optional<double> warn, critical;
  std::string by;  // "login/actor"
};
using LimitChanges = std::array<std::optional<LimitChange>, limit_count>;

// The rule with its change: a threshold that the profile has moves, none is added, and relative rules stay,
// since they can only tighten.
LimitRule changed(const LimitRule& rule, const std::optional<LimitChange>& change);

// Why `changes` may not hold for `id`, in words that say what would be right; empty: they may. In every phase
// that watches it the limit stays within the profile's bounds, critical beyond warn, and far enough from its
// opposite that a value can be back inside of both.
std::string refusal(const Profile& profile, const LimitChanges& changes, LimitId id);

// The change says no more than the profile does itself.
bool is_usual(const Profile& profile, const LimitChange& change, LimitId id);

}  // namespace alarms
