// The local fallback: a program at the bed that calls when alarms reach no station (contract 6.9). It is run
// with one more argument, "on" and then the reason, or "off", and again every so often while it is on, so
// that a program which plays a tone once goes on calling. At the start it is told "off": a relay may still be
// on from before a crash.
//
// It has a thread of its own: starting a program reads the disk, and nothing here may hold up an alarm.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/vitals/time.hpp"

namespace outputs {

struct FallbackSettings {
  std::vector<std::string> program;        // absolute path and arguments; no shell reads them
  vitals::Milliseconds limit{10'000};      // one run; then it and all it started is killed
  vitals::Milliseconds repeat_ms{30'000};  // while it is on
};

struct FallbackHealth {
  bool on = false;  // as last set
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;  // not started, ended with another status than 0, or killed at the limit
};

class Fallback {
 public:
  // `on_run` is called in its thread after each run with what went wrong, empty if nothing did.
  explicit Fallback(FallbackSettings settings, std::function<void(const std::string& trouble)> on_run = {});
  ~Fallback();  // says "off" if it was on, and waits for that at most 2 s
  Fallback(const Fallback&) = delete;
  Fallback& operator=(const Fallback&) = delete;

  // Any thread; never waits. A change ends the run at hand.
  void set(bool on, std::string reason);
  FallbackHealth health() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outputs
