// One simulated monitor, as a device and not as a driver seen from behind: it speaks the monitor's side of
// its protocol from the protocol's own papers and shares no code with the driver, so that an error there
// cannot hide behind the same error here. It owns no line and no clock; simulate/run.cpp plays it on a pseudo
// terminal, a TCP or a UDP port.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/simulate/scenario.hpp"

namespace simulate {

using Bytes = std::span<const std::uint8_t>;
using Options = std::map<std::string, std::string, std::less<>>;

// Where a device's bytes go. On UDP each call is one datagram.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual void send(Bytes bytes) = 0;
};

struct Now {
  double t_s = 0;            // of the scenario
  std::int64_t unix_ms = 0;  // the monitor's own clock: right at the start, moved by clock-jump
};

class Device {
 public:
  virtual ~Device() = default;
  // How often step() is called.
  virtual double period_s() const = 0;
  // The device sends what is due now. Not called while it is silent or unplugged.
  virtual void step(Now now, const Script& patient, Wire& wire) = 0;
  // What the host wrote: a poll, an association request. Pieces are as the line cut them.
  virtual void receive(Bytes /*bytes*/, Now /*now*/, const Script& /*patient*/, Wire& /*wire*/) {}
  // After the script's state changed by it; garbage, unplug and plug are the runner's own work.
  virtual void happen(const ScriptedEvent& /*event*/, Now /*now*/, const Script& /*patient*/) {}
};

struct OptionHelp {
  std::string_view name, meaning;
};

struct DeviceEntry {
  std::string_view name;   // as the driver's: `vitalsd simulate NAME`
  std::string_view title;  // of --help
  std::span<const OptionHelp> options;
  // Null when the value of an option is not accepted; then `error` says which and what is.
  std::unique_ptr<Device> (*make)(const Options& options, std::string& error);
};

std::span<const DeviceEntry> devices();

// False when an option is not of this device; then `error` says which. run() asks before make().
bool known_options(const DeviceEntry& entry, const Options& options, std::string& error);

// For make functions: the value given, or the standard one.
std::string_view option(const Options& options, std::string_view name, std::string_view standard);

}  // namespace simulate
