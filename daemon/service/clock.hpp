// The one place where the clocks are read.
#pragma once

#include <chrono>

#include "daemon/vitals/time.hpp"

namespace service {

inline vitals::Stamp now() {
  using std::chrono::duration_cast;
  return {vitals::MonoTime{
              duration_cast<vitals::Milliseconds>(std::chrono::steady_clock::now().time_since_epoch())},
          vitals::WallTime{
              duration_cast<vitals::Milliseconds>(std::chrono::system_clock::now().time_since_epoch())}};
}

}  // namespace service
