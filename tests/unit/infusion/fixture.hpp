// A session with a clock of its own, and short ways through its phases.
#pragma once

#include <gtest/gtest.h>

#include "daemon/infusion/session.hpp"

namespace infusion {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;

inline constexpr vitals::Stamp test_start{vitals::MonoTime{Milliseconds{5'000'000}},
                                          vitals::wall_from_unix_ms(1'764'000'000'000)};

// 70 kg at 0.5 mg/kg/h: 35 mg/h.
inline InfusionStart usual_infusion() {
  InfusionStart out;
  out.kg = 70;
  out.rate = Rate{0.5, RateUnit::mg_per_kg_h};
  return out;
}

struct SessionTest : ::testing::Test {
  Session session{"pain/b3", 15min};
  vitals::Stamp now = test_start;

  void pass(Milliseconds time) {
    now.mono += time;
    now.wall += time;
  }

  void go_to(Phase phase) {
    SessionStart later;
    later.at = now.wall + 1h;
    switch (phase) {
      case Phase::none: break;
      case Phase::scheduled: session.start(later, now); break;
      case Phase::baseline: session.start({}, now); break;
      case Phase::infusing: session.infusion_start(usual_infusion(), now); break;
      case Phase::held:
        go_to(Phase::infusing);
        session.hold(now);
        break;
      case Phase::recovery:
        go_to(Phase::infusing);
        session.stop(now);
        break;
      case Phase::ended:
        go_to(Phase::recovery);
        session.end(now);
        break;
    }
    ASSERT_EQ(session.phase(), phase);
  }
};

}  // namespace infusion
