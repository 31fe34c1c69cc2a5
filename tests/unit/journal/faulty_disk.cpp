#include "tests/unit/journal/faulty_disk.hpp"

#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace faulty_disk {
namespace {

std::atomic<Failure> failure_now{Failure::none};
std::atomic<bool> unsynced{false};
std::atomic<std::uint64_t> written{0};
std::mutex stuck_mutex;
std::condition_variable freed;

std::mutex refusal_mutex;
Refusal refusal_now;
std::uint64_t calls_seen = 0;
std::string first_refused;

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs vfs;
// Of the main file, which is opened first; those of its log differ in their locks alone, which a log does not
// use.
const sqlite3_io_methods* real_methods = nullptr;
sqlite3_io_methods main_methods, log_methods;  // copies with our calls in them
std::once_flag once, main_once, log_once;

enum class Call { write, other };

// `code`, if this call is one that is to fail; else SQLITE_OK.
int refused(const char* what, int code, Call call = Call::other) {
  const std::lock_guard lock{refusal_mutex};
  ++calls_seen;
  if (refusal_now.first == 0 || calls_seen < refusal_now.first ||
      calls_seen - refusal_now.first >= refusal_now.length)
    return SQLITE_OK;
  if (refusal_now.full && call != Call::write) return SQLITE_OK;
  if (first_refused.empty()) first_refused = what;
  return refusal_now.full ? SQLITE_FULL : code;
}

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  const int code = refused("read", SQLITE_IOERR_READ);
  return code != SQLITE_OK ? code : real_methods->xRead(file, bytes, size, offset);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (failure_now == Failure::full) return SQLITE_FULL;
  if (failure_now == Failure::write_error) return SQLITE_IOERR_WRITE;
  if (const int code = refused("write", SQLITE_IOERR_WRITE, Call::write); code != SQLITE_OK) return code;
  if (file->pMethods == &log_methods) unsynced = true;
  written += static_cast<std::uint64_t>(size);
  return real_methods->xWrite(file, bytes, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = refused("truncate", SQLITE_IOERR_TRUNCATE);
  return code != SQLITE_OK ? code : real_methods->xTruncate(file, size);
}

int sync(sqlite3_file* file, int flags) {
  if (failure_now == Failure::stuck) {
    std::unique_lock lock{stuck_mutex};
    freed.wait(lock, [] { return failure_now != Failure::stuck; });
  }
  if (failure_now == Failure::sync_error) return SQLITE_IOERR_FSYNC;
  if (failure_now == Failure::one_sync_error) {
    failure_now = Failure::none;
    return SQLITE_IOERR_FSYNC;
  }
  if (const int code = refused("sync", SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
  const int code = real_methods->xSync(file, flags);
  if (file->pMethods == &log_methods) unsynced = false;
  return code;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const int code = refused("size", SQLITE_IOERR_FSTAT);
  return code != SQLITE_OK ? code : real_methods->xFileSize(file, size);
}

int lock(sqlite3_file* file, int level) {
  const int code = refused("lock", SQLITE_IOERR_LOCK);
  return code != SQLITE_OK ? code : real_methods->xLock(file, level);
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  const int code = refused("delete", SQLITE_IOERR_DELETE);
  return code != SQLITE_OK ? code : real_vfs->xDelete(real_vfs, name, sync_folder);
}

int access(sqlite3_vfs*, const char* name, int flags, int* out) {
  const int code = refused("access", SQLITE_IOERR_ACCESS);
  return code != SQLITE_OK ? code : real_vfs->xAccess(real_vfs, name, flags, out);
}

void put_our_calls(sqlite3_io_methods& ours, const sqlite3_io_methods& real) {
  ours = real;
  ours.xRead = read;
  ours.xWrite = write;
  ours.xTruncate = truncate;
  ours.xSync = sync;
  ours.xFileSize = file_size;
  ours.xLock = lock;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  if (const int refusal = refused("open", SQLITE_CANTOPEN); refusal != SQLITE_OK) {
    file->pMethods = nullptr;  // as SQLite asks of one that does not open
    return refusal;
  }
  const int code = real_vfs->xOpen(real_vfs, name, file, flags, flags_out);
  if (code != SQLITE_OK || file->pMethods == nullptr) return code;
  const bool log = (flags & SQLITE_OPEN_WAL) != 0;
  if (!log && (flags & SQLITE_OPEN_MAIN_DB) == 0) return code;
  // Once: other journals of the process may be at work already.
  std::call_once(log ? log_once : main_once, [&] {
    if (!log) real_methods = file->pMethods;
    put_our_calls(log ? log_methods : main_methods, *file->pMethods);
  });
  file->pMethods = log ? &log_methods : &main_methods;
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
    vfs.xDelete = remove;
    vfs.xAccess = access;
    sqlite3_vfs_register(&vfs, 1);
  });
}

void fail(Failure failure) {
  {
    const std::lock_guard lock{stuck_mutex};
    failure_now = failure;
  }
  freed.notify_all();
}

void refuse(Refusal refusal) {
  const std::lock_guard lock{refusal_mutex};
  refusal_now = refusal;
  calls_seen = 0;
  first_refused.clear();
}

std::uint64_t calls() {
  const std::lock_guard lock{refusal_mutex};
  return calls_seen;
}

std::string refused_call() {
  const std::lock_guard lock{refusal_mutex};
  return first_refused;
}

std::uint64_t bytes_written() { return written; }
bool log_is_unsynced() { return unsynced; }

}  // namespace faulty_disk
