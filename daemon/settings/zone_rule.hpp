// The name of a time zone as the rule that drivers can compute with: offset, and when summer time begins and
// ends. Read once, when the settings are read: a journey to another zone, or a new law, wants a reload.
#pragma once

#include <string>

namespace settings {

// Where the machine keeps its zone and those of the world.
struct ZonePlaces {
  std::string environment;                       // the variable TZ, goes before the file
  std::string machine = "/etc/localtime";        // absent: UTC, as for every program
  std::string database = "/usr/share/zoneinfo";  // package tzdata
};
ZonePlaces machine_zone_places();

struct ZoneRule {
  std::string rule;     // `CET-1CEST,M3.5.0,M10.5.0/3`, or an offset as it was given
  std::string trouble;  // not empty: there is no rule
};

// `name`: local, Europe/Berlin, or what is a rule already.
ZoneRule zone_rule(const std::string& name, const ZonePlaces& places);

}  // namespace settings
