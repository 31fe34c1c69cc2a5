// A settings folder of a test's own: settings and profiles written to a temporary place, loaded, and
// described without that place's name.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "daemon/settings/settings.hpp"

namespace settings {

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
    path_ = name;
    std::filesystem::create_directory(path_ / "profiles");
    write_profile("quiet", quiet_profile());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write_profile(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / "profiles" / (name + ".toml"), std::ios::binary) << text;
  }
  Loaded load(const std::string& text) const {
    std::ofstream(file(), std::ios::binary) << text;
    return settings::load(file());
  }
  // Of the settings file alone, and of what hangs on no device: a machine of tests has none.
  std::string problems(const std::string& text) const {
    Loaded loaded = load(text);
    const auto elsewhere = [this](const Problem& problem) {
      return problem.file != file() || problem.text.find(" is not there now: ") != std::string::npos;
    };
    loaded.problems.erase(std::remove_if(loaded.problems.begin(), loaded.problems.end(), elsewhere),
                          loaded.problems.end());
    return described(loaded);
  }
  std::string described(const Loaded& loaded) const { return without_place(describe(loaded.problems)); }
  std::string without_place(std::string out) const {
    const std::string place = path_.string() + "/";
    for (auto at = out.find(place); at != std::string::npos; at = out.find(place))
      out.erase(at, place.size());
    return out;
  }
  const std::filesystem::path& path() const { return path_; }
  std::string file() const { return (path_ / "vitalsd.toml").string(); }

  // What an oximeter carries, signed off.
  static std::string quiet_profile() {
    return "signed_off_by = \"ward 3\"\n"
           "[limits.hr-high]\nwarn = 120\ncritical = 140\n"
           "[limits.spo2-low]\nwarn = 92\ncritical = 88\n";
  }

 private:
  std::filesystem::path path_;
};

// What every settings file needs around the part that a test is about; 5 lines.
inline std::string quiet_head() {
  return "[broker]\n"
         "host = \"127.0.0.1\"\n"
         "[stations]\n"
         "required = [\"ns-1\"]\n"
         "roles = { ns-1 = \"nurse\" }\n";
}

// A head, one oximeter from line 6 on and its bed from line 10 on.
inline std::string quiet_settings() {
  return quiet_head() +
         "[[source]]\n"
         "name = \"mon1\"\n"
         "protocol = \"nonin\"\n"
         "port = \"/dev/serial/by-id/one\"\n"
         "[[bed]]\n"
         "unit = \"pain\"\n"
         "name = \"b1\"\n"
         "profile = \"quiet\"\n"
         "sources = [\"mon1\"]\n";
}

// The same with one piece of it changed.
inline std::string changed(const std::string& from, const std::string& to) {
  std::string out = quiet_settings();
  const auto at = out.find(from);
  if (at == std::string::npos)
    ADD_FAILURE() << "no such piece: " << from;
  else
    out.replace(at, from.size(), to);
  return out;
}

struct Broken {
  std::string settings;
  std::string problems;  // exactly
};

inline void expect_problems(const std::vector<Broken>& cases) {
  const Folder folder;
  for (const Broken& broken : cases) {
    SCOPED_TRACE(broken.settings);
    EXPECT_EQ(folder.problems(broken.settings), broken.problems);
  }
}

}  // namespace settings
