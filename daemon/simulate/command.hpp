// `vitalsd simulate`: simulated monitors for demos, tests and installations without a patient.
#pragma once

namespace CLI {
class App;
}

namespace simulate {

// `exit_code` is what the process should end with; it is set when the subcommand has run.
void add_simulate(CLI::App& app, int& exit_code);

}  // namespace simulate
