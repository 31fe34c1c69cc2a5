// `vitalsd check FILE`: every mistake in the settings with its place, then the alarm table that would be in
// force.
#include <iostream>

#include "daemon/settings/settings.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {

int check(const std::string& file) {
  const settings::Loaded loaded = settings::load(file);
  std::cerr << settings::describe(loaded.problems);
  if (!loaded.ok()) {
    std::cerr << file << ": not usable; vitalsd would refuse to start\n";
    return 1;
  }
  std::cout << settings::alarm_table(loaded.settings);
  return 0;
}

}  // namespace tools
