// Plays a device on a line: a pseudo terminal, a TCP or a UDP port.
#pragma once

#include <string>
#include <string_view>

#include "daemon/simulate/device.hpp"

namespace simulate {

struct RunOptions {
  std::string scenario;
  std::string pty;     // path of the link that will point to the pseudo terminal, or
  std::string listen;  // tcp://ADDRESS:PORT or udp://ADDRESS:PORT
  double speed = 1;    // plays faster by this factor
  Options device;
};

// Runs until the scenario ends or SIGINT/SIGTERM comes; the result is the exit code.
int run(const DeviceEntry& entry, const RunOptions& options);

// One line on stdout: time of the scenario, then the text.
void tell(double t_s, std::string_view text);

}  // namespace simulate
