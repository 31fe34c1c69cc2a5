// Arguments to a subcommand, nothing more.
#include <CLI/CLI.hpp>
#include <csignal>

#include "daemon/app/app.hpp"
#include "daemon/service/log.hpp"
#include "daemon/service/version.hpp"
#include "daemon/settings/settings.hpp"
#include "daemon/simulate/command.hpp"
#include "daemon/tools/command_line.hpp"

namespace {

constexpr const char* standard_settings = "/etc/vitalsd/vitalsd.toml";

std::string banner() {
  return "vitalsd " + std::string{service::version} +
         "\nA secondary alarm: the bedside monitor stays the primary one. Limits in shipped profiles are "
         "proposals\n"
         "that a clinic signs off. No conformity with a standard is claimed.";
}

int run(const std::string& path) {
  const settings::Loaded loaded = settings::load(path);
  service::start_log(loaded.settings.log_level);
  for (const settings::Problem& problem : loaded.problems)
    service::log_lines(problem.warning, settings::describe({problem}));
  if (!loaded.ok()) {
    service::log_lines(false, path + " is not usable; not starting");
    return 1;
  }
  std::signal(SIGXFSZ, SIG_IGN);  // a full quota is a failed journal, an alarm, not the end of the daemon
  std::signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error of its connection
  app::App app(loaded.settings, path);
  return app.run();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App command_line{banner(), "vitalsd"};
  command_line.set_version_flag("--version", banner());
  command_line.require_subcommand(1);
  int exit_code = 0;
  std::string path = standard_settings;
  auto* run_command = command_line.add_subcommand("run", "watch the beds of the settings until stopped");
  run_command->add_option("--settings", path, "settings file")->capture_default_str();
  run_command->callback([&] { exit_code = run(path); });
  tools::add_tools(command_line, exit_code);
  simulate::add_simulate(command_line, exit_code);
  CLI11_PARSE(command_line, argc, argv);
  return exit_code;
}
