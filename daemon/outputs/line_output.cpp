#include "daemon/outputs/line_output.hpp"

#include <utility>

namespace outputs {
namespace {

GpioKernel& system_kernel() {
  static GpioKernel kernel;
  return kernel;
}

}  // namespace

LineOutput::LineOutput(GpioSettings settings, OnResult on_result, GpioKernel& kernel,
                       vitals::Milliseconds check)
    : on_result_(std::move(on_result)),
      check_ms_(check),
      line_(std::move(settings), kernel),
      worker_([this](const Call& call) { return act(call.on); }) {}

LineOutput::LineOutput(GpioSettings settings, OnResult on_result)
    : LineOutput(std::move(settings), std::move(on_result), system_kernel()) {}

vitals::Milliseconds LineOutput::act(bool on) {
  const std::string trouble = line_.set(on);
  {
    const std::lock_guard lock{mutex_};
    ++health_.runs;
    if (!trouble.empty()) ++health_.failures;
  }
  if (on_result_) on_result_(trouble);
  return check_ms_;
}

OutputHealth LineOutput::health() const {
  const std::lock_guard lock{mutex_};
  return health_;
}

}  // namespace outputs
