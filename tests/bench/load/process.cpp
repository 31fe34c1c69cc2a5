#include "tests/bench/load/process.hpp"

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

namespace bench {
namespace {

// The number behind `key` at the start of a line of a file in /proc; 0 when there is none.
std::int64_t number_of(const std::filesystem::path& file, std::string_view key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t at = line.find_first_of("0123456789");
    std::int64_t number = 0;
    if (at != std::string::npos) std::from_chars(line.data() + at, line.data() + line.size(), number);
    return number;
  }
  return 0;
}

std::filesystem::path folder_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

double Process::cpu_s() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return seconds(used);
}

std::uint64_t Process::wake_ups() const {
  std::uint64_t out = 0;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(folder_of(pid_) / "task", gone))
    out += static_cast<std::uint64_t>(number_of(task.path() / "status", "voluntary_ctxt_switches:"));
  return out;
}

std::uint64_t Process::written_bytes() const {
  return static_cast<std::uint64_t>(number_of(folder_of(pid_) / "io", "write_bytes:"));
}

std::int64_t Process::status_kb(std::string_view key) const {
  return number_of(folder_of(pid_) / "status", key);
}

}  // namespace bench
