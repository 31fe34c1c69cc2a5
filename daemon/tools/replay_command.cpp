// `vitalsd replay`: its arguments, and lines on the standard output.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "daemon/tools/replay.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

// A key of a source in the settings, not of its driver.
void take_accept_demo(ReplayOptions& options) {
  const auto demo = options.options.extract("accept_demo");
  if (demo.empty()) return;
  if (demo.mapped() != "true" && demo.mapped() != "false")
    throw CLI::ValidationError("--option", "accept_demo is true or false, not " + demo.mapped());
  options.accept_demo = demo.mapped() == "true";
}

int run_command(const ReplayOptions& options) {
  std::string error, out;
  const auto print = [&out](std::string_view line) {
    out += line;
    out += '\n';
    if (out.size() < std::size_t{1} << 16U) return;
    std::cout << out;
    out.clear();
  };
  const bool ok = replay(options, print, error);
  std::cout << out << std::flush;
  if (!error.empty()) std::cerr << "vitalsd replay: " << error << '\n';
  return ok ? 0 : 1;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("replay", "run a file through driver, bed and alarm engine in virtual time");
  auto options = std::make_shared<ReplayOptions>();
  auto pairs = std::make_shared<std::vector<std::string>>();
  auto* protocol =
      command->add_option("--protocol", options->protocol, "raw bytes: a name that `vitalsd drivers` lists");
  command
      ->add_option("--settings", options->settings, "a file of `vitalsd capture`: its beds, profiles, source")
      ->excludes(protocol);
  command->add_option("--source", options->source, "of the settings, if not the one that the capture names");
  command->add_flag("--bytewise", options->bytewise, "feed byte by byte");
  command->add_option("--option", *pairs, "KEY=VALUE of that protocol; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--profile", options->profile, "limits to judge by")->capture_default_str();
  command->add_option("--tail", options->tail_s, "seconds to go on after the last byte")
      ->check(CLI::Range(0.0, 86400.0));
  command->add_option("--split", options->split, "feed in random pieces made from this seed");
  command->add_option("FILE", options->file, "a capture, or bytes as they came over the wire")->required();
  command->callback([options, pairs, &exit_code] {
    if (options->settings.empty() && options->protocol.empty())
      throw CLI::RequiredError("--settings FILE for a capture, or --protocol NAME for raw bytes,");
    for (const std::string& pair : *pairs) {
      const auto equals = pair.find('=');
      if (equals == std::string::npos)
        throw CLI::ValidationError("--option", "KEY=VALUE is wanted, not " + pair);
      options->options[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    take_accept_demo(*options);
    exit_code = run_command(*options);
  });
}

}  // namespace tools
