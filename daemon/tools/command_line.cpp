// In one file, since reading the library's headers costs more than all that is written here.
#include "daemon/tools/command_line.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "daemon/tools/replay.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

void add_capture(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("capture", "write what comes over a link into a file for `vitalsd replay`");
  auto options = std::make_shared<CaptureOptions>();
  auto* file = command->add_option("--settings", options->settings, "settings file that has the source");
  command->add_option("--source", options->source, "its name there")->needs(file);
  auto* protocol =
      command->add_option("--protocol", options->protocol, "instead: a name that `vitalsd drivers` lists");
  protocol->excludes(file);
  command->add_option("--port", options->port, "serial port, pty:PATH for a simulator")->needs(protocol);
  command->add_option("--baud", options->baud, "if not the protocol's own")->needs(protocol);
  command->add_option("--connect", options->connect, "tcp://ADDRESS:PORT or udp://ADDRESS:PORT")
      ->needs(protocol);
  command->add_option("--listen", options->listen, "ADDRESS:PORT for HL7")->needs(protocol);
  command->add_option("--option", options->options, "KEY=VALUE of that protocol; may be repeated")
      ->allow_extra_args(false)
      ->needs(protocol);
  command->add_option("--out", options->out, "file to write; it must not be there yet")->required();
  command->add_option("--seconds", options->seconds, "end by itself after this")->check(CLI::Range(0.0, 1e7));
  command->add_flag("--with-identity", options->with_identity, "HL7: keep names and patient ids");
  command->add_option("--model", options->header.model, "what device it was");
  command->add_option("--firmware", options->header.firmware, "and its version");
  command->add_option("--note", options->header.note, "what was done; no names");
  command->callback([options, &exit_code] {
    if (options->settings.empty() == options->protocol.empty())
      throw CLI::RequiredError("--settings FILE --source NAME, or --protocol NAME with its link,");
    exit_code = capture(*options);
  });
}

void add_check(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("check", "check a settings file and print the effective alarm table");
  auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "settings, as /etc/vitalsd/vitalsd.toml")->required();
  command->callback([file, &exit_code] { exit_code = check(*file); });
}

void add_acl(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("acl", "print mosquitto's access rules for the logins and roles of a settings file");
  auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "settings, as /etc/vitalsd/vitalsd.toml")->required();
  auto out = std::make_shared<std::string>();
  command->add_option("--out", *out,
                      "replace this file by them, keeping its owner and mode; untouched on failure");
  command->callback([file, out, &exit_code] { exit_code = print_access_rules(*file, *out); });
}

void add_drivers(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("drivers", "list the protocols that can be read");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "as JSON");
  command->callback([json, &exit_code] { exit_code = list_drivers(*json); });
}

void add_journal(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("journal", "examine the durable record");
  command->require_subcommand(1);
  auto* verify =
      command->add_subcommand("verify", "say whether the audit of commands is whole and unchanged");
  auto file = std::make_shared<std::string>();
  verify->add_option("FILE", *file, "a journal that no service has open, or a copy")->required();
  verify->callback([file, &exit_code] { exit_code = verify_journal(*file); });
  auto* trend =
      command->add_subcommand("trend", "print what was measured at a bed, also while the service runs");
  auto options = std::make_shared<TrendOptions>();
  trend->add_option("FILE", options->file, "a journal")->required();
  trend->add_option("BED", options->bed, "UNIT/BED, as pain/b1")->required();
  trend->add_option("--from", options->from, "UTC, as 2026-11-22T10:15; without it the last 24 h");
  trend->add_option("--to", options->to, "likewise; without it up to the newest value");
  auto* csv = trend->add_flag("--csv", options->csv, "lines of comma-separated values, as without it");
  trend->add_flag("--svg", options->svg, "a picture, with phases and alarms")->excludes(csv);
  trend->callback([options, &exit_code] { exit_code = print_trend(*options); });
}

void add_ports(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("ports", "list the serial ports, their stable names and who holds them");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "as JSON");
  command->callback([json, &exit_code] { exit_code = list_ports(*json); });
}

void add_probe(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("probe", "say which protocol a port or address speaks; listens only");
  auto options = std::make_shared<ProbeOptions>();
  command->add_option("TARGET", options->target, "serial port, ADDRESS:PORT, udp://ADDRESS:PORT, pty:PATH")
      ->required();
  command->add_option("--seconds", options->seconds, "on each line setting")
      ->check(CLI::Range(1.0, 600.0))
      ->capture_default_str();
  command->add_option("--baud", options->bauds, "only these speeds");
  command->add_flag("--poll", options->poll, "then also ask, as each polled protocol does");
  command->callback([options, &exit_code] { exit_code = probe(*options); });
}

// A key of a source in the settings, not of its driver.
void take_accept_demo(ReplayOptions& options) {
  const auto demo = options.options.extract("accept_demo");
  if (demo.empty()) return;
  if (demo.mapped() != "true" && demo.mapped() != "false")
    throw CLI::ValidationError("--option", "accept_demo is true or false, not " + demo.mapped());
  options.accept_demo = demo.mapped() == "true";
}

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
    exit_code = print_replay(*options);
  });
}

}  // namespace

void add_tools(CLI::App& app, int& exit_code) {
  add_acl(app, exit_code);
  add_capture(app, exit_code);
  add_check(app, exit_code);
  add_drivers(app, exit_code);
  add_journal(app, exit_code);
  add_ports(app, exit_code);
  add_probe(app, exit_code);
  add_replay(app, exit_code);
}

}  // namespace tools
