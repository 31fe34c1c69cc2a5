#include "daemon/links/port_list.hpp"

#include <libserialport.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "daemon/links/port_holder.hpp"

namespace links {
namespace {

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

PortInfo info_of(const sp_port* port) {
  PortInfo out;
  out.device = text_or_empty(sp_get_port_name(port));
  out.title = text_or_empty(sp_get_port_description(port));
  out.stable = stable_name_of(out.device, stable_name_folders());
  out.holders = openers_of(out.device);
  out.usb = sp_get_port_transport(port) == SP_TRANSPORT_USB;
  if (!out.usb) return out;
  int vendor = 0, product = 0;
  if (sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK) {
    out.vendor_id = static_cast<unsigned>(vendor);
    out.product_id = static_cast<unsigned>(product);
  }
  out.vendor = text_or_empty(sp_get_port_usb_manufacturer(port));
  out.product = text_or_empty(sp_get_port_usb_product(port));
  out.serial = text_or_empty(sp_get_port_usb_serial(port));
  return out;
}

}  // namespace

std::vector<PortInfo> list_ports() {
  std::vector<PortInfo> out;
  sp_port** ports = nullptr;
  if (sp_list_ports(&ports) != SP_OK) return out;
  for (sp_port** port = ports; *port != nullptr; ++port) out.push_back(info_of(*port));
  sp_free_port_list(ports);
  std::sort(out.begin(), out.end(), [](const PortInfo& a, const PortInfo& b) { return a.device < b.device; });
  return out;
}

std::string stable_name_of(const std::string& device, const std::vector<std::string>& folders) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::path wanted = fs::canonical(device, failure);
  if (failure) return {};
  for (const std::string& folder : folders) {
    std::string found;
    for (const auto& entry : fs::directory_iterator(folder, failure)) {
      std::error_code dangling;
      const bool leads = fs::canonical(entry.path(), dangling) == wanted && !dangling;
      // The order of a folder is by chance.
      if (leads && (found.empty() || entry.path().string() < found)) found = entry.path().string();
    }
    if (!found.empty()) return found;
  }
  return {};
}

const std::vector<std::string>& stable_name_folders() {
  static const std::vector<std::string> folders{"/dev/serial/by-id", "/dev/serial/by-path"};
  return folders;
}

}  // namespace links
