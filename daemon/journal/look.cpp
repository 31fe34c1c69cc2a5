#include "daemon/journal/look.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <mutex>

#include "daemon/journal/schema.hpp"

namespace journal {
namespace {

constexpr const char* vfs_name = "vitalsd-look";
constexpr std::int64_t ns_per_s = 1'000'000'000;
// A file's time of change moves in steps of up to 10 ms: within that two changes look like one.
constexpr std::int64_t settled_ns_min = 100'000'000;

sqlite3_vfs* plain_vfs = nullptr;

// For reading, whatever SQLite asks for. A log that is not there is an empty one: SQLite would create it.
int open_for_reading(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  const int reading = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  const int code = plain_vfs->xOpen(plain_vfs, name, file, reading, flags_out);
  if (code == SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return code;
  return plain_vfs->xOpen(plain_vfs, "/dev/null", file, reading, flags_out);
}

int delete_nothing(sqlite3_vfs*, const char*, int) { return SQLITE_OK; }

// SQLite's file layer without locks, made unable to write.
void make_vfs() {
  static sqlite3_vfs vfs;
  static std::once_flag once;
  std::call_once(once, [] {
    plain_vfs = sqlite3_vfs_find("unix-none");
    vfs = *plain_vfs;
    vfs.zName = vfs_name;
    vfs.pNext = nullptr;
    vfs.xOpen = open_for_reading;
    vfs.xDelete = delete_nothing;
    sqlite3_vfs_register(&vfs, 0);
  });
}

std::int64_t ns_of(const timespec& time) { return std::int64_t{time.tv_sec} * ns_per_s + time.tv_nsec; }

std::int64_t number_of(sqlite3* db, const char* sql, int& code) {
  Statement statement;
  std::int64_t out = 0;
  if (code == SQLITE_OK) code = statement.prepare(db, sql);
  if (code == SQLITE_OK) code = statement.each([&](const Statement& row) { out = row.number(0); });
  return out;
}

}  // namespace

Look::Mark Look::mark(const std::string& path) {
  Mark out;
  struct stat info {};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (::stat(path.c_str(), &info) == 0) out.changed_ns = ns_of(info.st_mtim);
  // Also of a time to come: the clock was set back since.
  out.settled = std::abs(ns_of(now) - out.changed_ns) > settled_ns_min;
  if (::stat((path + "-wal").c_str(), &info) == 0) out.log_bytes = info.st_size;
  std::ifstream(path + "-wal", std::ios::binary).read(out.heading.data(), out.heading.size());
  return out;
}

bool Look::Mark::follows(const Mark& before) const {
  return before.settled && changed_ns == before.changed_ns && log_bytes >= before.log_bytes &&
         (heading == before.heading || before.log_bytes == 0);
}

std::string Look::open(const std::string& path) {
  make_vfs();
  db_.reset();
  path_ = path;
  before_ = mark(path);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "there is no such file";
  if (!S_ISREG(info.st_mode)) return "it is not a file";
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2(path.c_str(), &raw, flags, vfs_name);
  db_.reset(raw);
  if (code == SQLITE_OK) {
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // The index of the log is made anew in our own memory.
    code = sqlite3_exec(raw, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON; PRAGMA mmap_size = 0",
                        nullptr, nullptr, nullptr);
  }
  return code == SQLITE_OK ? check() : sqlite3_errmsg(raw);
}

std::string Look::check() const {
  int code = SQLITE_OK;
  const std::int64_t application = number_of(db_.get(), "PRAGMA application_id", code);
  const std::int64_t version = number_of(db_.get(), "PRAGMA user_version", code);
  if (code != SQLITE_OK) return sqlite3_errmsg(db_.get());
  if (application != application_id) return "it is not a journal of vitalsd";
  if (version != schema_version)
    return "it is a journal of another version (schema " + std::to_string(version) + ", known is " +
           std::to_string(schema_version) + ")";
  return {};
}

bool Look::disturbed() const { return !mark(path_).follows(before_); }

}  // namespace journal
