// Which arterial lines are being zeroed, or were a moment ago: then the tap is turned back and the line
// flushed, and what it shows is none of the patient's.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "daemon/vitals/time.hpp"

namespace drivers::philips {

class Zeroing {
 public:
  void note(std::uint16_t site, vitals::MonoTime now) {
    auto place = std::find_if(sites_.begin(), sites_.end(),
                              [site](const Site& one) { return one.site == site || one.site == no_site; });
    if (place == sites_.end()) place = sites_.begin();
    *place = {site, now};
  }

  bool unsettled(std::uint16_t site, vitals::MonoTime now) const {
    return std::any_of(sites_.begin(), sites_.end(),
                       [&](const Site& one) { return one.site == site && now - one.seen < settling_ms; });
  }

 private:
  // How long it lasts is our choice.
  static constexpr vitals::Milliseconds settling_ms{10'000};

  static constexpr std::uint16_t no_site = 0;

  struct Site {
    std::uint16_t site = no_site;
    vitals::MonoTime seen{};  // when it was last seen being zeroed
  };
  std::array<Site, 6> sites_;  // as many as there are arterial ones
};

}  // namespace drivers::philips
