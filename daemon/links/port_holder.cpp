#include "daemon/links/port_holder.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>
#include <cinttypes>
#include <cstdio>
#include <memory>

namespace links {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string name_of_process(long pid) {
  const File file{std::fopen(("/proc/" + std::to_string(pid) + "/comm").c_str(), "re")};
  std::array<char, 64> name{};
  if (!file || std::fgets(name.data(), static_cast<int>(name.size()), file.get()) == nullptr) return {};
  std::string text = name.data();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

std::string holder_of(const std::string& device) {
  struct stat info {};
  const File locks{std::fopen("/proc/locks", "re")};
  if (!locks || ::stat(device.c_str(), &info) != 0) return {};
  std::array<char, 256> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), locks.get()) != nullptr) {
    // "1: FLOCK  ADVISORY  WRITE 1234 00:05:678 0 EOF": pid, then major:minor (hexadecimal) and inode
    long pid = 0;
    unsigned major_of = 0, minor_of = 0;
    std::uintmax_t inode = 0;
    if (std::sscanf(line.data(), "%*d: FLOCK %*s %*s %ld %x:%x:%" SCNuMAX, &pid, &major_of, &minor_of,
                    &inode) != 4) {
      continue;
    }
    if (inode != info.st_ino || major_of != major(info.st_dev) || minor_of != minor(info.st_dev)) continue;
    const std::string name = name_of_process(pid);
    return (name.empty() ? "a process" : name) + " (" + std::to_string(pid) + ")";
  }
  return {};
}

}  // namespace links
