// The example that is shipped: loads without an error, and says what its comments say.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

TEST(Example, has_no_error_and_only_the_warnings_it_is_meant_to_have) {
  const Loaded loaded = load(std::string(VITALSD_CONFIG_DIR) + "/vitalsd.toml");
  ASSERT_TRUE(loaded.ok()) << describe(loaded.problems);
  ASSERT_EQ(loaded.problems.size(), 3U) << describe(loaded.problems);
  EXPECT_EQ(loaded.problems[0].text.rfind("signed_off_by is empty", 0), 0U);
  EXPECT_NE(loaded.problems[1].text.find(" is not there now: "), std::string::npos);
  EXPECT_EQ(loaded.problems[2].text.rfind("not watched at bed pain/b3", 0), 0U);
}

TEST(Example, is_an_oximeter_at_one_bed_and_a_ward_of_two) {
  const Settings settings = load(std::string(VITALSD_CONFIG_DIR) + "/vitalsd.toml").settings;
  EXPECT_EQ(settings.node.name, "gw1");
  EXPECT_EQ(settings.stations.required, std::vector<std::string>{"ns-1"});
  EXPECT_EQ(settings.stations.roles.at("charge-1"), Role::charge);
  ASSERT_EQ(settings.sources.size(), 2U);
  EXPECT_EQ(std::get<SerialLink>(settings.sources[0].link).port.rfind("/dev/serial/by-id/", 0), 0U);
  const auto& listen = std::get<MllpListen>(settings.sources[1].link);
  EXPECT_EQ(listen.address, "127.0.0.1");
  EXPECT_EQ(listen.port, 2575);
  EXPECT_EQ(settings.sources[1].beds.at("bay 2"), "pain/b2");
  ASSERT_EQ(settings.beds.size(), 3U);
  EXPECT_EQ(settings.beds[0].scope(), "pain/b1");
  EXPECT_EQ(settings.profile(settings.beds[2]).name, "ketamine-adult");
}

TEST(Example, keeps_what_its_comments_say) {
  const Journal standard;
  EXPECT_EQ(standard.trend_seconds_days, 30);
  EXPECT_EQ(standard.trend_days, 730);
  EXPECT_EQ(standard.keep_days, 730);
  EXPECT_EQ(standard.size_mb_max, 1'024);
}

}  // namespace
}  // namespace settings
