#include "tests/unit/journal/faulty_disk.hpp"

#include <sqlite3.h>

#include <atomic>
#include <mutex>

namespace faulty_disk {
namespace {

std::atomic<Failure> failure_now{Failure::none};
std::atomic<bool> unsynced{false};

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs vfs;
// The real methods of the main file and of its log are the same table on Linux; copies with our calls in it.
const sqlite3_io_methods* real_methods = nullptr;
sqlite3_io_methods main_methods, log_methods;
std::once_flag once;

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (failure_now == Failure::full) return SQLITE_FULL;
  if (failure_now == Failure::write_error) return SQLITE_IOERR_WRITE;
  if (file->pMethods == &log_methods) unsynced = true;
  return real_methods->xWrite(file, bytes, size, offset);
}

int sync(sqlite3_file* file, int flags) {
  if (failure_now == Failure::sync_error) return SQLITE_IOERR_FSYNC;
  if (failure_now == Failure::one_sync_error) {
    failure_now = Failure::none;
    return SQLITE_IOERR_FSYNC;
  }
  const int code = real_methods->xSync(file, flags);
  if (file->pMethods == &log_methods) unsynced = false;
  return code;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  const int code = real_vfs->xOpen(real_vfs, name, file, flags, flags_out);
  if (code != SQLITE_OK || file->pMethods == nullptr) return code;
  const bool log = (flags & SQLITE_OPEN_WAL) != 0;
  if (!log && (flags & SQLITE_OPEN_MAIN_DB) == 0) return code;
  real_methods = file->pMethods;
  sqlite3_io_methods& ours = log ? log_methods : main_methods;
  ours = *real_methods;
  ours.xWrite = write;
  ours.xSync = sync;
  file->pMethods = &ours;
  return code;
}

}  // namespace

void install() {
  std::call_once(once, [] {
    real_vfs = sqlite3_vfs_find(nullptr);
    vfs = *real_vfs;
    vfs.zName = "faulty";
    vfs.pNext = nullptr;
    vfs.xOpen = open;
    sqlite3_vfs_register(&vfs, 1);
  });
}

void fail(Failure failure) { failure_now = failure; }
bool log_is_unsynced() { return unsynced; }

}  // namespace faulty_disk
