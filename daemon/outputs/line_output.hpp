// Calls by a GPIO line: a lamp, a relay, the contact of the house's nurse call. Active as long as the call
// is.
#pragma once

#include <mutex>

#include "daemon/outputs/gpio.hpp"
#include "daemon/outputs/output.hpp"
#include "daemon/outputs/worker.hpp"

namespace outputs {

// How often a line is written again, so that a chip that has gone is noticed before it is needed.
inline constexpr vitals::Milliseconds line_check_ms{10'000};

class LineOutput final : public Output {
 public:
  // The line is taken at once and kept. `kernel` and `check` are for tests.
  LineOutput(GpioSettings settings, OnResult on_result, GpioKernel& kernel,
             vitals::Milliseconds check = line_check_ms);
  LineOutput(GpioSettings settings, OnResult on_result);

  void set(const Call& call) override { worker_.set(call); }
  OutputHealth health() const override;

 private:
  vitals::Milliseconds act(bool on);

  const OnResult on_result_;
  const vitals::Milliseconds check_ms_;
  GpioLine line_;
  mutable std::mutex mutex_;  // guards health_
  OutputHealth health_{"gpio"};
  Worker worker_;  // last: its thread uses the others
};

}  // namespace outputs
