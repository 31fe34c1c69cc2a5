#include "daemon/simulate/command.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <vector>

#include "daemon/simulate/hl7.hpp"
#include "daemon/simulate/run.hpp"

namespace simulate {
namespace {

std::string option_lines(const DeviceEntry& entry) {
  std::string out;
  for (const OptionHelp& help : entry.options)
    out += "\n  " + std::string(help.name) + ": " + std::string(help.meaning);
  return out;
}

void add_device(CLI::App& parent, const DeviceEntry& entry, int& exit_code) {
  auto options = std::make_shared<RunOptions>();
  auto pairs = std::make_shared<std::vector<std::string>>();
  auto* command = parent.add_subcommand(std::string(entry.name), std::string(entry.title));
  command->add_option("--scenario", options->scenario, "scenario file (TOML)")->required();
  command->add_option("--pty", options->pty, "path of the link that will point to a pseudo terminal");
  command->add_option("--listen", options->listen, "tcp://ADDRESS:PORT or udp://ADDRESS:PORT");
  command->add_option("--option", *pairs, "KEY=VALUE; may be repeated" + option_lines(entry))
      ->allow_extra_args(false);
  command->add_option("--speed", options->speed, "plays faster by this factor")
      ->check(CLI::Range(0.1, 1000.0));
  command->callback([&entry, options, pairs, &exit_code] {
    for (const std::string& pair : *pairs) {
      const auto equals = pair.find('=');
      if (equals == std::string::npos)
        throw CLI::ValidationError("--option", "KEY=VALUE is wanted, not " + pair);
      options->device[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    exit_code = run(entry, *options);
  });
}

void add_hl7(CLI::App& parent, int& exit_code) {
  static const std::map<std::string, Dialect> dialects{
      {"pcd01", Dialect::pcd01},     {"loinc", Dialect::loinc},
      {"philips", Dialect::philips}, {"mindray-pds", Dialect::mindray_pds},
      {"comen", Dialect::comen},     {"nihon-kohden", Dialect::nihon_kohden},
      {"draeger", Dialect::draeger}, {"welch-allyn", Dialect::welch_allyn}};
  auto options = std::make_shared<Hl7Options>();
  auto* command = parent.add_subcommand("hl7", "an HL7 monitor over MLLP");
  command->add_option("--scenario", options->scenario, "scenario file (TOML)")->required();
  auto* where = command->add_option_group("where", "one of these");
  where->add_option("--connect", options->connect, "ADDRESS:PORT of the listener");
  where->add_option("--listen", options->listen, "ADDRESS:PORT of its own: it is connected to");
  where->require_option(1);
  command->add_option("--bed", options->bed, "location sent in PV1-3: unit/bed")->required();
  auto dialect = std::make_shared<std::string>("pcd01");
  command->add_option("--dialect", *dialect, "whose messages: IHE PCD-01, LOINC, or those of a maker")
      ->check(CLI::IsMember(&dialects))
      ->capture_default_str();
  command->add_option("--speed", options->speed, "plays faster by this factor")
      ->check(CLI::Range(0.1, 1000.0));
  command->callback([options, dialect, &exit_code] {
    options->dialect = dialects.at(*dialect);
    exit_code = run_hl7(*options);
  });
}

}  // namespace

void add_simulate(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("simulate", "plays a simulated monitor; never for a patient");
  command->require_subcommand(1);
  for (const DeviceEntry& entry : devices()) add_device(*command, entry, exit_code);
  add_hl7(*command, exit_code);
}

}  // namespace simulate
