#include "drivers/registry.hpp"

#include <array>

#include "drivers/berry/berry.hpp"
#include "drivers/capnostream20/capnostream20.hpp"
#include "drivers/contec/contec.hpp"
#include "drivers/draeger_medibus/draeger_medibus.hpp"
#include "drivers/ge_dinamap/dinamap.hpp"
#include "drivers/ge_s5/ge_s5.hpp"
#include "drivers/hl7/hl7_driver.hpp"
#include "drivers/ivy/ivy.hpp"
#include "drivers/masimo/masimo.hpp"
#include "drivers/nellcor/nellcor.hpp"
#include "drivers/nonin/nonin.hpp"
#include "drivers/philips_intellivue/philips_intellivue.hpp"
#include "drivers/pm6750/pm6750.hpp"
#include "drivers/suntech_nibp/suntech_nibp.hpp"

namespace drivers {

std::span<const Entry> registry() {
  static const auto entries = std::to_array<Entry>({
      {&berry::facts(), berry::make},
      {&capnostream20::facts(), capnostream20::make},
      {&contec::facts_5(), contec::make_5},
      {&contec::facts_9(), contec::make_9},
      {&draeger_medibus::facts(), draeger_medibus::make},
      {&dinamap::facts(), dinamap::make},
      {&ge_s5::facts(), ge_s5::make},
      {&hl7::facts(), hl7::make},
      {&ivy::facts(), ivy::make},
      {&masimo::facts(), masimo::make},
      {&nellcor::facts(), nellcor::make},
      {&nonin::facts(), nonin::make},
      {&philips::facts(), philips::make},
      {&pm6750::facts(), pm6750::make},
      {&suntech_nibp::facts(), suntech_nibp::make},
  });
  return entries;
}

const Entry* find(std::string_view name) {
  for (const Entry& entry : registry())
    if (entry.facts->name == name) return &entry;
  return nullptr;
}

}  // namespace drivers
