// A way to call at the bed when alarms reach no station. Each has a thread of its own: a disk, a bus or a
// sound card that hangs must not hold up an alarm.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace outputs {

struct Call {
  bool on = false;
  bool high = false;   // of high priority; else medium
  std::string reason;  // for people
};

struct OutputHealth {
  std::string_view name;
  std::uint64_t runs = 0;      // times that it was to do something
  std::uint64_t failures = 0;  // times that it could not
};

// Called in the output's thread with what went wrong; empty: it works.
using OnResult = std::function<void(const std::string& trouble)>;

class Output {
 public:
  Output() = default;
  virtual ~Output() = default;  // ends the call, if there is one
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  virtual void set(const Call& call) = 0;  // any thread; never waits
  virtual OutputHealth health() const = 0;
};

}  // namespace outputs
