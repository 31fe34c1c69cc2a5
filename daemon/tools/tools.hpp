// The subcommands besides `run`. Each adds itself to the command line; `exit_code` is set when it has run.
#pragma once

namespace CLI {
class App;
}

namespace tools {

void add_capture(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_drivers(CLI::App& app, int& exit_code);
void add_ports(CLI::App& app, int& exit_code);
void add_probe(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);

}  // namespace tools
