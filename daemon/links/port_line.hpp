// The line of a serial port in libserialport's words. Apart from the port itself, because no pseudo terminal
// has parity: this is what can be looked at without hardware. Without the handshake: 0.1.1 writes CRTSCTS
// into c_iflag and reads it in c_cflag, so that it is neither set nor cleared (port.cpp does it).
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
