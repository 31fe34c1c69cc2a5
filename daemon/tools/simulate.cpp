// The command line of the simulated monitors, and what they print.
#include "daemon/tools/simulate.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>

namespace tools {

void tell(double t_s, std::string_view text) {
  std::printf("%7.1f s  %.*s\n", t_s, static_cast<int>(text.size()), text.data());
  std::fflush(stdout);
}

namespace {

void add_nonin(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<NoninOptions>();
  auto* command = parent.add_subcommand("nonin", "a Nonin oximeter on a pseudo terminal");
  command->add_option("--scenario", options->scenario, "scenario file (TOML)")->required();
  command->add_option("--pty", options->link, "path of the link that will point to the pseudo terminal")
      ->required();
  command->add_option("--format", options->format, "2, 7 (waveform) or 8 (once a second)")
      ->check(CLI::IsMember({2, 7, 8}));
  command->add_option("--speed", options->speed, "plays faster by this factor")
      ->check(CLI::Range(0.1, 1000.0));
  command->callback([options, &exit_code] { exit_code = simulate_nonin(*options); });
}

void add_hl7(CLI::App& parent, int& exit_code) {
  static const std::map<std::string, Dialect> dialects{{"pcd01", Dialect::pcd01}, {"loinc", Dialect::loinc}};
  auto options = std::make_shared<Hl7Options>();
  auto* command = parent.add_subcommand("hl7", "an HL7 monitor that connects over MLLP");
  command->add_option("--scenario", options->scenario, "scenario file (TOML)")->required();
  command->add_option("--connect", options->connect, "HOST:PORT of the listener, HOST an address")
      ->required();
  command->add_option("--bed", options->bed, "location sent in PV1-3: unit/bed")->required();
  command->add_option("--dialect", options->dialect, "pcd01 (IHE) or loinc")
      ->transform(CLI::CheckedTransformer(dialects));
  command->add_option("--speed", options->speed, "plays faster by this factor")
      ->check(CLI::Range(0.1, 1000.0));
  command->callback([options, &exit_code] { exit_code = simulate_hl7(*options); });
}

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("simulate", "plays a simulated monitor; never for a patient");
  command->require_subcommand(1);
  add_nonin(*command, exit_code);
  add_hl7(*command, exit_code);
}

}  // namespace tools
