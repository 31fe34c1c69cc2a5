// A disk that fails on command: SQLite's own file layer with the calls that matter intercepted.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace faulty_disk {

// `stuck`: a sync does not come back before another failure, or none, is asked for.
enum class Failure { none, full, write_error, sync_error, one_sync_error, stuck };

// From the first call on it is the default file layer of the process.
void install();
void fail(Failure failure);
// Whether bytes were written to a write-ahead log that no fsync has covered yet.
bool log_is_unsynced();
std::uint64_t bytes_written();  // since the start of the process, to the log and the file

// Every call that a disk can refuse is counted from here on: opening, reading, writing, syncing, cutting,
// asking for a size, locking, deleting. `length` of them fail from number `first` on (the next one is 1);
// writes with "disk full" if that is wanted, and then only writes.
struct Refusal {
  std::uint64_t first = 0;  // 0: none
  std::uint64_t length = 1;
  bool full = false;
};
inline constexpr std::uint64_t for_good = std::numeric_limits<std::uint64_t>::max() / 2;
void refuse(Refusal refusal);
std::uint64_t calls();       // since then
std::string refused_call();  // the first of them that failed, or ""

// Ends a failure with the test that asked for it.
struct Guard {
  Guard() { install(); }
  ~Guard() {
    fail(Failure::none);
    refuse({});
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

}  // namespace faulty_disk
