// A disk that fails on command: SQLite's own file layer with the calls that matter intercepted.
#pragma once

namespace faulty_disk {

enum class Failure { none, full, write_error, sync_error, one_sync_error };

// From the first call on it is the default file layer of the process.
void install();
void fail(Failure failure);
// Whether bytes were written to a write-ahead log that no fsync has covered yet.
bool log_is_unsynced();

// Ends a failure with the test that asked for it.
struct Guard {
  Guard() { install(); }
  ~Guard() { fail(Failure::none); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

}  // namespace faulty_disk
