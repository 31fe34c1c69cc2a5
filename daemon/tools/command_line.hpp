// Adds the subcommands of this folder to the command line.
#pragma once

namespace CLI {
class App;
}

namespace tools {

// `exit_code` is what the process should end with; it is set when a subcommand has run.
void add_tools(CLI::App& app, int& exit_code);

}  // namespace tools
