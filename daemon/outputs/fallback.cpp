#include "daemon/outputs/fallback.hpp"

#include <algorithm>
#include <utility>

#include "daemon/outputs/line_output.hpp"

namespace outputs {

Fallback::Fallback(const FallbackSettings& settings, OnChange on_change)
    : on_change_(std::move(on_change)), troubles_(3) {
  const auto next = [this] {
    return [this, output = outputs_.size()](const std::string& trouble) { result(output, trouble); };
  };
  if (settings.program) outputs_.push_back(std::make_unique<ProgramOutput>(*settings.program, next()));
  if (settings.gpio) outputs_.push_back(std::make_unique<LineOutput>(*settings.gpio, next()));
  if (settings.tone) outputs_.push_back(std::make_unique<ToneOutput>(*settings.tone, next()));
}

void Fallback::result(std::size_t output, const std::string& trouble) {
  const std::lock_guard lock{mutex_};
  if (std::exchange(troubles_[output], trouble) == trouble) return;
  const bool any_fails =
      std::any_of(troubles_.begin(), troubles_.end(), [](const auto& one) { return one && !one->empty(); });
  if (on_change_) on_change_(trouble, any_fails);
}

void Fallback::set(const Call& call) {
  if (call.on == said_.on && call.high == said_.high) return;
  said_ = call;
  for (const auto& output : outputs_) output->set(call);
}

FallbackHealth Fallback::health() const {
  FallbackHealth out{said_.on, {}};
  for (const auto& output : outputs_) out.outputs.push_back(output->health());
  return out;
}

}  // namespace outputs
