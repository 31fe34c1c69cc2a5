// Episode ids: ULIDs made from what happened, so that the same input gives the same id (promise P8).
#pragma once

#include <string_view>

#include "daemon/alarms/alarm.hpp"

namespace alarms {

// Time part: `t_on`. The other 80 bits: a hash of node, bed scope, condition and t_on.
EpisodeId make_episode_id(std::string_view node, std::string_view scope, std::string_view condition,
                          vitals::WallTime t_on);

// nullopt unless 26 characters of Crockford's base 32.
std::optional<EpisodeId> parse_episode_id(std::string_view text);

}  // namespace alarms
