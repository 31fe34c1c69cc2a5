#include "daemon/tools/access_rules.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <set>
#include <string_view>

#include "daemon/app/roles.hpp"
#include "daemon/contract/commands.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

// What hangs below a node or a bed and is for everybody; commands and answers are not.
constexpr std::array<std::string_view, 5> node_topics{"status", "info", "heartbeat", "alarm/+", "event/+"};
constexpr std::array<std::string_view, 10> bed_topics{"state", "infusion", "limits",  "news2",  "link/+",
                                                      "obs/+", "values",   "alarm/+", "alarms", "event/+"};

class Rules {
 public:
  explicit Rules(const settings::Settings& settings) : settings_(settings) {
    for (const settings::Bed& bed : settings.beds) units_.insert(bed.unit);
  }

  std::string all() {
    out_ +=
        "# Access rules for mosquitto: who may read and write what. Made by `vitalsd acl` from the settings "
        "of node " +
        settings_.node.name +
        ";\n# after a change there make it again. Mosquitto reads this file again on SIGHUP.\n"
        "# \"pattern\" rules hold for every login, so they cannot tell a viewer from a nurse: what a station "
        "may\n"
        "# command is written out per login and verb. The daemon checks roles once more.\n\n"
        "# Every login: presence only in the own name; answers only the own ones.\n";
    const std::string& root = settings_.node.root;
    line("pattern write", root + "/1/station/%u/status");
    line("pattern read", root + "/1/bed/+/+/rsp/%u");
    line("pattern read", root + "/1/node/+/rsp/%u");
    daemon();
    for (const auto& [login, role] : settings_.stations.roles) station(login, role);
    return std::move(out_);
  }

 private:
  void line(std::string_view what, const std::string& topic) { out_.append(what).append(" " + topic + "\n"); }
  std::string node() const { return contract::node_prefix(settings_.node.root, settings_.node.name); }

  void daemon() {
    const std::string& user = settings_.broker.user;
    const std::string& login = user.empty() ? settings_.node.name : user;
    out_ += "\n# The daemon and its beds.\nuser " + login + "\n";
    line("topic readwrite", node() + "/#");
    for (const settings::Bed& bed : settings_.beds)
      line("topic readwrite", contract::bed_prefix(settings_.node.root, bed.unit, bed.name) + "/#");
    line("topic read", settings_.node.root + "/1/station/+/status");
  }

  void station(const std::string& login, settings::Role role) {
    out_ += "\n# A station with the role " + std::string{settings::name(role)} + ".\nuser " + login + "\n";
    for (const std::string_view topic : node_topics)
      line("topic read", contract::node_prefix(settings_.node.root, "+") + "/" + std::string{topic});
    for (const std::string& unit : units_)
      for (const std::string_view topic : bed_topics) line("topic read", beds_of(unit) + std::string{topic});
    for (const std::string_view verb : contract::verb_names()) {
      if (role < app::least_role(verb)) continue;
      const std::string tail = "cmd/" + std::string{verb} + "/" + login;
      if (app::is_for_node(verb)) line("topic write", node() + "/" + tail);
      for (const std::string& unit : units_) line("topic write", beds_of(unit) + tail);
    }
  }
  std::string beds_of(const std::string& unit) const {
    return contract::bed_prefix(settings_.node.root, unit, "+") + "/";
  }

  const settings::Settings& settings_;
  std::set<std::string> units_;
  std::string out_;
};

// Owner and mode as the file before it has them, since its reader is somebody else.
bool keep_rights(int fd, const std::string& path) {
  struct stat before {};
  if (::stat(path.c_str(), &before) != 0) return ::fchmod(fd, 0644) == 0;
  return ::fchown(fd, before.st_uid, before.st_gid) == 0 && ::fchmod(fd, before.st_mode & 07777U) == 0;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0;
}

// Renamed into place: the broker reads the old rules or all of the new ones.
bool replace_file(const std::string& link, const std::string& text) {
  std::error_code failure;
  const std::string path = std::filesystem::weakly_canonical(link, failure).string();
  std::string fresh = (failure ? link : path) + ".XXXXXX";
  const int fd = ::mkostemp(fresh.data(), O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = keep_rights(fd, path) && write_all(fd, text);
  const bool done = ::close(fd) == 0 && written && ::rename(fresh.c_str(), path.c_str()) == 0;
  const int why = errno;
  if (!done) ::unlink(fresh.c_str());
  errno = why;
  return done;
}

}  // namespace

std::string access_rules(const settings::Settings& settings) { return Rules(settings).all(); }

int print_access_rules(const std::string& file, const std::string& out) {
  const settings::Loaded loaded = settings::load(file);
  if (!loaded.ok()) {
    std::cerr << settings::describe(loaded.problems);
    return 1;
  }
  const std::string rules = access_rules(loaded.settings);
  if (out.empty()) {
    std::cout << rules;
    return std::cout.flush() ? 0 : 1;
  }
  if (replace_file(out, rules)) return 0;
  std::cerr << "vitalsd acl: " << out << ": " << std::generic_category().message(errno)
            << "; it is as it was\n";
  return 1;
}

}  // namespace tools
