#include "daemon/tools/access_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/tools/tools.hpp"

namespace tools {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const std::string& file) {
  std::ifstream in(VITALSD_CONFIG_DIR "/" + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(AccessRules, TheShippedExampleIsThatOfTheShippedSettings) {
  const settings::Loaded loaded = settings::load(VITALSD_CONFIG_DIR "/vitalsd.toml");
  ASSERT_TRUE(loaded.ok()) << settings::describe(loaded.problems);
  EXPECT_EQ(access_rules(loaded.settings), text_of("mosquitto/acl.example"))
      << "make it again: vitalsd acl config/vitalsd.toml > config/mosquitto/acl.example";
}

TEST(AccessRules, NamesAreThoseOfTheSettings) {
  settings::Settings settings;
  settings.node.name = "gw7";
  settings.node.root = "hospital/vitals";
  settings.broker.user = "gateway";
  settings.stations.roles["desk"] = settings::Role::viewer;
  settings::Bed bed;
  bed.unit = "or";
  bed.name = "t1";
  settings.beds.push_back(bed);
  const std::string rules = access_rules(settings);
  EXPECT_THAT(rules, HasSubstr("user gateway\ntopic readwrite hospital/vitals/1/node/gw7/#\n"
                               "topic readwrite hospital/vitals/1/bed/or/t1/#\n"));
  EXPECT_THAT(rules, HasSubstr("topic write hospital/vitals/1/bed/or/+/cmd/received/desk\n"));
  EXPECT_THAT(rules, Not(HasSubstr("cmd/ack/desk")));
}

struct AclFile : ::testing::Test {
  AclFile() {
    std::string name = (std::filesystem::temp_directory_path() / "acl-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
    out = (folder / "vitalsd.acl").string();
  }
  ~AclFile() override { std::filesystem::remove_all(folder); }
  AclFile(const AclFile&) = delete;
  AclFile& operator=(const AclFile&) = delete;

  std::string content() const {
    std::ifstream in(out);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::filesystem::perms mode(const std::filesystem::path& path) {
    return std::filesystem::status(path).permissions();
  }
  std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  }

  std::filesystem::path folder;
  std::string out;
};

TEST_F(AclFile, IsReplacedAsAWholeWithItsMode) {
  EXPECT_EQ(print_access_rules(VITALSD_CONFIG_DIR "/vitalsd.toml", out), 0);
  EXPECT_EQ(content(), text_of("mosquitto/acl.example"));
  EXPECT_EQ(mode(out), std::filesystem::perms{0644});
  std::ofstream(out) << "old";
  std::filesystem::permissions(out, std::filesystem::perms{0600});
  std::filesystem::create_symlink("vitalsd.acl", folder / "link");
  EXPECT_EQ(print_access_rules(VITALSD_CONFIG_DIR "/vitalsd.toml", (folder / "link").string()), 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(content(), text_of("mosquitto/acl.example"));
  EXPECT_EQ(mode(out), std::filesystem::perms{0600});
  EXPECT_EQ(files(), 2);
}

TEST_F(AclFile, IsLeftAsItWasByAFailure) {
  std::ofstream(out) << "old";
  EXPECT_EQ(print_access_rules((folder / "none.toml").string(), out), 1);
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(print_access_rules(VITALSD_CONFIG_DIR "/vitalsd.toml", (folder / "none" / "acl").string()), 1);
  std::filesystem::create_directory(folder / "folder");
  EXPECT_EQ(print_access_rules(VITALSD_CONFIG_DIR "/vitalsd.toml", (folder / "folder").string()), 1);
  EXPECT_EQ(files(), 2) << "nothing half-made is left";
}

}  // namespace
}  // namespace tools
