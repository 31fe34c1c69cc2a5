#include "daemon/journal/set_aside.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace journal {
namespace {

bool move_file(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT;
}

bool taken(const std::string& name) { return ::access(name.c_str(), F_OK) == 0; }

std::string free_name(const std::string& path) {
  std::string name;
  for (int n = 1; n <= broken_files_max; ++n) {
    name = path + ".broken-" + std::to_string(n);
    if (!taken(name) && !taken(name + "-wal")) break;
  }
  return name;
}

}  // namespace

SetAside set_aside(const std::string& path) {
  const std::string name = free_name(path);
  // The log goes first: a crash in between must not leave it beside a new file, which would swallow its
  // pages.
  if (!move_file(path + "-wal", name + "-wal") || !move_file(path, name)) {
    return {false, std::generic_category().message(errno)};
  }
  ::unlink((path + "-shm").c_str());  // an index of the log, made anew by whoever opens the copy
  return {true, name};
}

}  // namespace journal
