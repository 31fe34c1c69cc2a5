// What a delay of the profile becomes at a bed with its source.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

struct BedDelays : ::testing::Test {
  Folder folder;

  static std::string profile(const std::string& spo2) {
    return "signed_off_by = \"ward 3\"\n[limits]\nhr-high = { warn = 120, critical = 140 }\nspo2-low = { " +
           spo2 + " }\nsbp-high = { warn = 160, critical = 180 }\n";
  }
  static std::string hl7(const std::string& period) {
    return quiet_head() +
           "[[source]]\nname = \"ward\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:2575\"\nperiod_s = " +
           period + "\n[[bed]]\nunit = \"pain\"\nname = \"b1\"\nprofile = \"quiet\"\nsources = [\"ward\"]\n";
  }
  std::string problems(const std::string& spo2, const std::string& settings) {
    folder.write_profile("quiet", profile(spo2));
    std::string out;
    const Loaded loaded = folder.load(settings);
    for (const Problem& one : loaded.problems)
      if (one.text.find("spo2-low") == 0) out += (one.warning ? "warning: " : "error: ") + one.text + "\n";
    return out;
  }
};

TEST_F(BedDelays, a_confirmation_that_a_stream_gives_in_time_is_right) {
  EXPECT_EQ(problems("critical = 88, confirm = \"3 of 5\"", quiet_settings()), "");
}

TEST_F(BedDelays, a_confirmation_that_a_slow_feed_cannot_give_in_time_is_an_error) {
  EXPECT_EQ(
      problems("critical = 88, confirm = \"3 of 3\"", hl7("10")),
      "error: spo2-low critical of bed pain/b1 begins after 20 s: 3 of 3 values of ward, at most 15 s\n");
  EXPECT_EQ(problems("critical = 88, confirm = \"2 of 3\"", hl7("10")), "");
  EXPECT_EQ(problems("warn = 92, confirm = \"3 of 3\"", hl7("20")),
            "error: spo2-low warn of bed pain/b1 begins after 40 s: 3 of 3 values of ward, at most 30 s\n");
}

TEST_F(BedDelays, our_delay_on_top_of_the_monitors_own_is_told_when_it_is_long) {
  EXPECT_EQ(problems("critical = 88", hl7("20")), "");
  EXPECT_EQ(
      problems("critical = 88", hl7("25")),
      "warning: spo2-low critical of bed pain/b1 begins up to 35 s after the patient: 10 s here, 25 s in "
      "ward (hl7)\n");
  EXPECT_EQ(problems("warn = 92, warn_delay_s = 15", hl7("25")), "");
  EXPECT_EQ(
      problems("warn = 92", hl7("26")),
      "warning: spo2-low warn of bed pain/b1 begins up to 41 s after the patient: 15 s here, 26 s in ward "
      "(hl7)\n");
}

TEST_F(BedDelays, the_confirmation_is_in_the_alarm_table) {
  folder.write_profile("quiet", profile("critical = 88, critical_delay_s = 0, confirm = \"3 of 4\""));
  const std::string table = alarm_table(folder.load(quiet_settings()).settings);
  EXPECT_NE(table.find("- / 2 s, 3 of 4  7.5 s"), std::string::npos) << table;
  EXPECT_NE(table.find("- / 9.5 s"), std::string::npos) << table;
}

TEST_F(BedDelays, words_of_confirm) {
  const auto error = [&](const std::string& word) {
    folder.write_profile("quiet", profile("critical = 88, confirm = " + word));
    const Loaded loaded = folder.load(quiet_settings());
    return !loaded.ok();
  };
  for (const auto* word : {"\"1 of 1\"", "\"2 of 3\"", "\"5 of 5\""}) EXPECT_FALSE(error(word)) << word;
  for (const auto* word : {"\"0 of 3\"", "\"3 of 2\"", "\"2 of 6\"", "\"2 of3\"", "\"2 of 33\"", "\"\"", "2",
                           "\"x of 3\"", "\"2 of :\""})
    EXPECT_TRUE(error(word)) << word;
}

}  // namespace
}  // namespace settings
