// What the process under load costs: processor time, memory, wake-ups, bytes to the disk.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace bench {

std::int64_t now_ns();  // monotonic

class Process {
 public:
  explicit Process(pid_t pid) : pid_(pid) {}

  double cpu_s() const;  // of all its threads, since its start
  std::int64_t rss_kb() const { return status_kb("VmRSS:"); }
  std::int64_t rss_peak_kb() const { return status_kb("VmHWM:"); }
  std::uint64_t wake_ups() const;  // voluntary context switches of all its threads
  std::uint64_t written_bytes() const;

 private:
  std::int64_t status_kb(std::string_view key) const;

  pid_t pid_;
};

}  // namespace bench
