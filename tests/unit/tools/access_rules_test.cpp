#include "daemon/tools/access_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

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

}  // namespace
}  // namespace tools
