// `vitalsd check FILE`: every mistake in the settings with its place, then the alarm table that would be in
// force.
#include <CLI/CLI.hpp>
#include <iostream>

#include "daemon/settings/settings.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

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

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("check", "check a settings file and print the effective alarm table");
  auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "settings, as /etc/vitalsd/vitalsd.toml")->required();
  command->callback([file, &exit_code] { exit_code = check(*file); });
}

}  // namespace tools
