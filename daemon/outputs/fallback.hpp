// The local fallback: what calls at the bed when alarms reach no station (contract 6.9). One output or
// several, all told the same.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/outputs/gpio.hpp"
#include "daemon/outputs/output.hpp"
#include "daemon/outputs/program_output.hpp"
#include "daemon/outputs/tone_output.hpp"

namespace outputs {

// At least one of them.
struct FallbackSettings {
  std::optional<ProgramSettings> program;
  std::optional<GpioSettings> gpio;
  std::optional<ToneSettings> tone;
};

struct FallbackHealth {
  bool on = false;  // as last set
  std::vector<OutputHealth> outputs;
};

class Fallback {
 public:
  // Called in the threads of the outputs, one at a time, with the first result of each and with every change
  // of it: what is wrong, empty if nothing is, and whether any of them fails now. It only hands over.
  using OnChange = std::function<void(const std::string& trouble, bool any_fails)>;
  Fallback(const FallbackSettings& settings, OnChange on_change);
  Fallback(const Fallback&) = delete;
  Fallback& operator=(const Fallback&) = delete;

  void set(const Call& call);  // never waits
  bool on() const { return said_.on; }
  FallbackHealth health() const;

 private:
  void result(std::size_t output, const std::string& trouble);

  const OnChange on_change_;
  std::mutex mutex_;                                  // guards troubles_
  std::vector<std::optional<std::string>> troubles_;  // by output: of its last attempt
  Call said_;
  std::vector<std::unique_ptr<Output>> outputs_;  // last: their threads use the others
};

}  // namespace outputs
