// The line of a serial port in libserialport's words. Apart from the port itself, because no pseudo terminal
// has parity or a handshake: this is what can be looked at without hardware.
#pragma once

#include <libserialport.h>

#include <memory>

#include "daemon/links/serial_link.hpp"

namespace links {

struct FreeLineConfig {
  void operator()(sp_port_config* config) const { sp_free_config(config); }
};
using LineConfig = std::unique_ptr<sp_port_config, FreeLineConfig>;

LineConfig new_line_config();                            // null: no memory
LineConfig line_config(const SerialSettings& settings);  // likewise
bool is_line(const sp_port_config* found, const SerialSettings& settings);

}  // namespace links
