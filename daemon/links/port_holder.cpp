#include "daemon/links/port_holder.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

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

std::string named(long pid) {
  const std::string name = name_of_process(pid);
  return (name.empty() ? "a process" : name) + " (" + std::to_string(pid) + ")";
}

// The same device under whatever name: by number, or a FIFO by inode.
bool same_device(const struct stat& a, const struct stat& b) {
  if (S_ISCHR(a.st_mode)) return S_ISCHR(b.st_mode) && a.st_rdev == b.st_rdev;
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

bool has_open(const std::filesystem::path& process, const struct stat& device) {
  std::error_code failure;
  for (std::filesystem::directory_iterator at(process / "fd", failure), end; !failure && at != end;
       at.increment(failure)) {
    struct stat info {};
    if (::stat(at->path().c_str(), &info) == 0 && same_device(info, device)) return true;
  }
  return false;
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
    return named(pid);
  }
  return {};
}

std::vector<std::string> openers_of(const std::string& device) {
  struct stat info {};
  if (::stat(device.c_str(), &info) != 0) return {};
  std::vector<long> pids;
  std::error_code failure;
  for (std::filesystem::directory_iterator at("/proc", failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = at->path().filename().string();
    long pid = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc{} && stop == name.data() + name.size() && has_open(at->path(), info))
      pids.push_back(pid);
  }
  std::sort(pids.begin(), pids.end());
  std::vector<std::string> out;
  out.reserve(pids.size());
  for (const long pid : pids) out.push_back(named(pid));
  return out;
}

}  // namespace links
