// The serial ports of this machine, for people who write settings. Not for the hot path.
#pragma once

#include <string>
#include <vector>

namespace links {

struct PortInfo {
  std::string device;  // "/dev/ttyUSB0": may be another adapter after a restart
  std::string stable;  // its name in /dev/serial/by-id, else by-path; empty: it has none
  std::string title;   // as the driver calls it
  bool usb = false;    // the rest is known of USB adapters only
  unsigned vendor_id = 0, product_id = 0;
  std::string vendor, product, serial;
  std::vector<std::string> holders;  // "name (pid)" of those that have it open, as far as we may see

  // What settings should say.
  const std::string& name() const { return stable.empty() ? device : stable; }
};

std::vector<PortInfo> list_ports();

// The first link in one of these folders, in their order, that leads to the device; empty: none.
std::string stable_name_of(const std::string& device, const std::vector<std::string>& folders);
// /dev/serial/by-id, then by-path: adapters without a serial number may share the former.
const std::vector<std::string>& stable_name_folders();

}  // namespace links
