// Calls by a program: it is run with one more argument, "on" and then the reason, or "off", and again every
// so often while the call is on, so that a program which plays a tone once goes on calling. At the start it
// is told "off": a relay may still be on from before a crash.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/outputs/output.hpp"
#include "daemon/vitals/time.hpp"

namespace outputs {

struct ProgramSettings {
  std::vector<std::string> program;        // absolute path and arguments; no shell reads them
  vitals::Milliseconds limit{10'000};      // one run; then it and all it started is killed
  vitals::Milliseconds repeat_ms{30'000};  // while it is on
};

class ProgramOutput final : public Output {
 public:
  // `on_result` after each run. Starting a program reads the disk, hence the thread.
  explicit ProgramOutput(ProgramSettings settings, OnResult on_result = {});
  ~ProgramOutput() override;  // says "off" if it was on, and waits for that at most 2 s

  // A change of `on` ends the run at hand; of the rest, the next run hears.
  void set(const Call& call) override;
  OutputHealth health() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outputs
