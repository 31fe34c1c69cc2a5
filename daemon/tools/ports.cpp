// `vitalsd ports`: the serial ports of this machine, under the names that settings should use.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/tools/ports.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

nlohmann::ordered_json as_json(const links::PortInfo& port) {
  nlohmann::ordered_json out{{"name", port.name()}, {"device", port.device}, {"title", port.title}};
  if (port.usb)
    out["usb"] = {{"id", fmt::format("{:04x}:{:04x}", port.vendor_id, port.product_id)},
                  {"vendor", port.vendor},
                  {"product", port.product},
                  {"serial", port.serial}};
  out["held_by"] = port.holders;
  return out;
}

void add_text(const links::PortInfo& port, std::string& out) {
  out += port.name() + '\n';
  if (!port.stable.empty()) out += "  is " + port.device + " now\n";
  if (port.usb) {
    out += fmt::format("  USB {:04x}:{:04x} {} {}, {}\n", port.vendor_id, port.product_id, port.vendor,
                       port.product,
                       port.serial.empty() ? "no serial number: two of these cannot be told apart by id"
                                           : "serial number " + port.serial);
  } else if (!port.title.empty()) {
    out += "  " + port.title + '\n';
  }
  for (const std::string& holder : port.holders) out += "  held by " + holder + '\n';
}

}  // namespace

std::string ports_text(const std::vector<links::PortInfo>& ports) {
  std::string out;
  for (const auto& port : ports) add_text(port, out);
  return out;
}

std::string ports_json(const std::vector<links::PortInfo>& ports) {
  auto out = nlohmann::ordered_json::array();
  for (const auto& port : ports) out.push_back(as_json(port));
  // USB strings come from the device and need not be UTF-8.
  return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

int list_ports(bool json) {
  const auto ports = links::list_ports();
  std::cout << (json ? ports_json(ports) : ports_text(ports));
  if (ports.empty() && !json)
    std::cerr << "no serial port; is the adapter plugged in, and its kernel module loaded?\n";
  return 0;
}

}  // namespace tools
