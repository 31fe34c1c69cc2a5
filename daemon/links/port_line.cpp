#include "daemon/links/port_line.hpp"

namespace links {
namespace {

sp_parity parity_of(char letter) {
  switch (letter) {
    case 'E': return SP_PARITY_EVEN;
    case 'O': return SP_PARITY_ODD;
    case 'M': return SP_PARITY_MARK;
    case 'S': return SP_PARITY_SPACE;
    default: return SP_PARITY_NONE;
  }
}

}  // namespace

LineConfig new_line_config() {
  sp_port_config* config = nullptr;
  sp_new_config(&config);
  return LineConfig{config};
}

LineConfig line_config(const SerialSettings& settings) {
  LineConfig out = new_line_config();
  if (!out) return out;
  sp_set_config_baudrate(out.get(), static_cast<int>(settings.baud));
  sp_set_config_bits(out.get(), static_cast<int>(settings.data_bits));
  sp_set_config_parity(out.get(), parity_of(settings.parity));
  sp_set_config_stopbits(out.get(), static_cast<int>(settings.stop_bits));
  sp_set_config_flowcontrol(out.get(), SP_FLOWCONTROL_NONE);  // the handshake: port.cpp
  return out;
}

bool is_line(const sp_port_config* found, const SerialSettings& settings) {
  int baud = 0, bits = 0, stop = 0;
  sp_parity parity = SP_PARITY_INVALID;
  sp_get_config_baudrate(found, &baud);
  sp_get_config_bits(found, &bits);
  sp_get_config_parity(found, &parity);
  sp_get_config_stopbits(found, &stop);
  return baud == static_cast<int>(settings.baud) && bits == static_cast<int>(settings.data_bits) &&
         parity == parity_of(settings.parity) && stop == static_cast<int>(settings.stop_bits);
}

}  // namespace links
