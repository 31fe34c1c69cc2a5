// The list of simulated devices. A new one is one .cpp file and one line here.
#include <array>

#include "daemon/simulate/capnostream20.hpp"
#include "daemon/simulate/device.hpp"
#include "daemon/simulate/dinamap.hpp"
#include "daemon/simulate/draeger_medibus.hpp"
#include "daemon/simulate/finger.hpp"
#include "daemon/simulate/ge_s5.hpp"
#include "daemon/simulate/ivy.hpp"
#include "daemon/simulate/masimo.hpp"
#include "daemon/simulate/nellcor.hpp"
#include "daemon/simulate/nonin.hpp"
#include "daemon/simulate/philips_intellivue.hpp"
#include "daemon/simulate/pm6750.hpp"
#include "daemon/simulate/suntech_nibp.hpp"

namespace simulate {

std::span<const DeviceEntry> devices() {
  static const std::array entries{
      berry_bci, capnostream20, contec_5, contec_9, draeger_medibus,    ge_dinamap, ge_s5_dri,
      ivy_450c,  masimo,        nellcor,  nonin,    philips_intellivue, pm6750,     suntech_nibp,
  };
  return entries;
}

std::string_view option(const Options& options, std::string_view name, std::string_view standard) {
  const auto found = options.find(name);
  return found == options.end() ? standard : std::string_view(found->second);
}

bool known_options(const DeviceEntry& entry, const Options& options, std::string& error) {
  for (const auto& [name, value] : options) {
    bool known = false;
    for (const OptionHelp& help : entry.options) known = known || help.name == name;
    if (known) continue;
    error = std::string(entry.name) + " has no option '" + name + "'";
    return false;
  }
  return true;
}

}  // namespace simulate
