// Profiles that rest on another one.
#include <gmock/gmock.h>

#include <filesystem>

#include "daemon/settings/builtin.hpp"
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

using alarms::LimitId;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using vitals::Phase;

const alarms::LimitRule& rule(const alarms::Profile& profile, LimitId id, Phase phase = Phase::infusing) {
  return profile.limits[vitals::index_of(phase)][alarms::index_of(id)];
}
const alarms::PhaseIntervals& intervals(const alarms::Profile& profile, Phase phase) {
  return profile.intervals[vitals::index_of(phase)];
}

struct ProfileLayers : ::testing::Test {
  Folder folder;
  Loaded loaded;

  ProfileLayers() { folder.write_profile("base", base); }

  const alarms::Profile& profile(const std::string& text) {
    folder.write_profile("quiet", text);
    loaded = folder.load(quiet_settings());
    EXPECT_TRUE(loaded.ok()) << describe(loaded.problems);
    return loaded.settings.profiles.at("quiet");
  }
  std::string problems(const std::string& text) {
    folder.write_profile("quiet", text);
    loaded = folder.load(quiet_settings());
    const auto elsewhere = [this](const Problem& one) { return one.file == folder.file(); };
    loaded.problems.erase(std::remove_if(loaded.problems.begin(), loaded.problems.end(), elsewhere),
                          loaded.problems.end());
    return folder.described(loaded);
  }

  static inline const std::string base =
      "title = \"the base\"\nsigned_off_by = \"ward 3\"\n"
      "[limits.hr-high]\nwarn = 120\ncritical = 140\nwarn_relative = { percent = 30, above = 110 }\n"
      "[limits.spo2-low]\nwarn = 92\nwarn_delay_s = 12\ncritical = 88\n"
      "[limits.sbp-high]\nwarn = 160\ncritical = 180\n"
      "[phase.infusing]\ncuff_interval_s = 600\ncuff_interval_titrating_s = 300\n"
      "[phase.recovery.limits.sbp-high]\nwarn = 150\n"
      "[technical]\nblind_delay_s = 20\n"
      "[observation]\ninterval_s = 1800\n"
      "[limits.hr-low]\nwarn = 50\n"
      "[limits.sbp-low]\nwarn = 90\n"
      "[limits.spo2-deep]\ncritical = 80\n";
};

TEST_F(ProfileLayers, what_is_said_goes_before_what_was_said_key_by_key) {
  const auto& one = profile(
      "extends = \"base\"\nsigned_off_by = \"me\"\n[limits.spo2-low]\nwarn = "
      "94\n[phase.infusing]\ncuff_interval_s "
      "= 480\n");
  EXPECT_EQ(rule(one, LimitId::spo2_low).warn.limit, 94);
  EXPECT_EQ(rule(one, LimitId::spo2_low).warn.on_delay, 12s);
  EXPECT_EQ(rule(one, LimitId::spo2_low).critical.limit, 88);
  EXPECT_EQ(rule(one, LimitId::hr_high).warn.relative->change, 30);
  EXPECT_EQ(one.technical.blind_on_delay, 20s);
  EXPECT_EQ(intervals(one, Phase::infusing).cuff, 8min);
  EXPECT_EQ(intervals(one, Phase::infusing).cuff_titrating, 5min);
}

TEST_F(ProfileLayers, gate_and_checklist_are_kept_and_changed_key_by_key) {
  folder.write_profile("base", base +
                                   "[gate]\nspo2_least = 95\nsbp_most = 180\n"
                                   "[checklist]\nliver = \"severe liver disease\"\nage = \"over 75\"\n");
  const auto kept = profile("extends = \"base\"\nsigned_off_by = \"me\"\n");
  EXPECT_EQ(kept.gate.spo2_least, 95);
  ASSERT_EQ(kept.checklist.size(), 2U);
  const auto changed = profile(
      "extends = \"base\"\nsigned_off_by = \"me\"\n[gate]\nsbp_most = 170\n"
      "[checklist]\nage = \"over 70\"\nlocal-1 = \"implants\"\n");
  EXPECT_EQ(changed.gate.spo2_least, 95);
  EXPECT_EQ(changed.gate.sbp_most, 170);
  ASSERT_EQ(changed.checklist.size(), 3U);
  const auto text_of = [&](std::string_view key) {
    const auto found = std::find_if(changed.checklist.begin(), changed.checklist.end(),
                                    [&](const alarms::ChecklistItem& one) { return one.key == key; });
    return found == changed.checklist.end() ? "" : found->text;
  };
  EXPECT_EQ(text_of("age"), "over 70");
  EXPECT_EQ(text_of("liver"), "severe liver disease");
  EXPECT_EQ(text_of("local-1"), "implants");
}

TEST_F(ProfileLayers, what_a_phase_says_below_goes_before_what_holds_for_all_above) {
  const auto& one = profile("extends = \"base\"\nsigned_off_by = \"me\"\n[limits.sbp-high]\nwarn = 165\n");
  EXPECT_EQ(rule(one, LimitId::sbp_high, Phase::infusing).warn.limit, 165);
  EXPECT_EQ(rule(one, LimitId::sbp_high, Phase::recovery).warn.limit, 150);
}

TEST_F(ProfileLayers, title_and_signature_are_not_inherited) {
  EXPECT_EQ(
      problems("extends = \"base\"\n"),
      "profiles/quiet.toml: warning: signed_off_by is empty: the limits are a proposal until the clinic has "
      "signed them off, and stations are told so\n");
  EXPECT_EQ(profile("extends = \"base\"\n").title, "");
}

TEST_F(ProfileLayers, three_of_them_and_one_by_its_file) {
  folder.write_profile("middle", "extends = \"base\"\n[limits.hr-high]\nwarn = 115\ncritical = 130\n");
  const auto& one = profile(
      "extends = \"../profiles/middle.toml\"\nsigned_off_by = \"me\"\n[limits.hr-high]\ncritical = 135\n");
  EXPECT_EQ(rule(one, LimitId::hr_high).warn.limit, 115);
  EXPECT_EQ(rule(one, LimitId::hr_high).critical.limit, 135);
  EXPECT_EQ(rule(one, LimitId::spo2_low).warn.limit, 92);
}

TEST_F(ProfileLayers, every_mistake_has_its_place) {
  EXPECT_EQ(problems("title = \"x\"\nextends = \"bse\"\n"),
            "profiles/quiet.toml:2:1: error: extends \"bse\": no such profile, did you mean \"base\"?\n");
  EXPECT_NE(problems("extends = \"gone.toml\"\n")
                .find("profiles/quiet.toml:1:1: error: extends \"gone.toml\": there "
                      "is no file "),
            std::string::npos);
  EXPECT_EQ(problems("extends = \"No Id\"\n"),
            "profiles/quiet.toml:1:1: error: extends \"No Id\" must be the name of a profile, as "
            "\"ketamine-adult\", or a file with .toml\n");
  EXPECT_EQ(problems("extends = 3\n"),
            "profiles/quiet.toml:1:1: error: extends must be text in quotes, not a whole number\n");
  EXPECT_EQ(problems("extends = \"quiet\"\n"),
            "profiles/quiet.toml:1:1: error: extends goes in a circle: quiet -> quiet\n");
  folder.write_profile("base", "\nextends = \"quiet\"\n");
  EXPECT_EQ(problems("extends = \"base\"\n"),
            "profiles/base.toml:2:1: error: extends goes in a circle: quiet -> base -> quiet\n");
}

TEST_F(ProfileLayers, a_mistake_in_the_base_is_told_at_its_place) {
  folder.write_profile("base", base + "wran = 1\n");
  EXPECT_NE(problems("extends = \"base\"\nsigned_off_by = \"me\"\n").find("profiles/base.toml:"),
            std::string::npos);
  folder.write_profile("base", "[limits\n");
  EXPECT_NE(problems("extends = \"base\"\n").find("profiles/base.toml:1:"), std::string::npos);
}

TEST_F(ProfileLayers, numbers_that_cross_between_files_are_found) {
  EXPECT_EQ(problems("extends = \"base\"\nsigned_off_by = \"me\"\n[limits.spo2-low]\nwarn = 85\n"),
            "profiles/quiet.toml:3:1: error: spo2-low critical 88 is above warn 85: it must lie beyond\n");
}

TEST_F(ProfileLayers, a_tower_without_end_is_refused) {
  for (int i = 0; i < 9; ++i)
    folder.write_profile("p" + std::to_string(i), "extends = \"p" + std::to_string(i + 1) + "\"\n");
  folder.write_profile("p9", base);
  EXPECT_EQ(problems("extends = \"p1\"\n"),
            "profiles/p7.toml:1:1: error: more than 8 profiles rest on each other\n");
  EXPECT_EQ(problems("extends = \"p3\"\nsigned_off_by = \"me\"\n"), "");
}

// The file that rests on the other is the one to change, however long the other is.
TEST_F(ProfileLayers, limits_of_two_files_that_cross_are_reported_in_the_newer_one) {
  EXPECT_EQ(
      problems("extends = \"base\"\nsigned_off_by = \"me\"\n[limits]\nsbp-high = { warn = 88 }\n"
               "[phase.recovery.limits]\nsbp-high = { warn = 150 }\n"),
      "profiles/quiet.toml:4:12: error: sbp-high 88 and sbp-low 90 cross: the low limit must be below the "
      "high one; sbp-low is written in profiles/base.toml:25\n"
      "profiles/quiet.toml:4:12: warning: sbp-high at 88 mmHg is outside 100 to 220, the usual range of this "
      "limit\n");
  EXPECT_EQ(
      problems("extends = \"base\"\nsigned_off_by = \"me\"\n[limits]\nspo2-low = { critical = 79 }\n"),
      "profiles/quiet.toml:4:12: error: spo2-deep 80 is above spo2-low critical 79: it must lie beyond; "
      "spo2-deep is written in profiles/base.toml:27\n");
}

TEST_F(ProfileLayers, check_prints_where_each_value_is_written) {
  profile("extends = \"base\"\nsigned_off_by = \"me\"\n[limits]\nspo2-low = { warn = 94 }\n");
  const std::string table = alarm_table(loaded.settings);
  const auto at = table.find("\nprofile quiet: where its values are written\n");
  ASSERT_NE(at, std::string::npos) << table;
  EXPECT_EQ(table.substr(at), R"(
profile quiet: where its values are written
  limits.hr-high: critical = 140 (base.toml:5), warn = 120 (base.toml:4), warn_relative = { above = 110, percent = 30 } (base.toml:6)
  limits.hr-low: warn = 50 (base.toml:24)
  limits.sbp-high: critical = 180 (base.toml:13), warn = 160 (base.toml:12)
  limits.sbp-low: warn = 90 (base.toml:26)
  limits.spo2-deep: critical = 80 (base.toml:28)
  limits.spo2-low: critical = 88 (base.toml:10), warn = 94 (quiet.toml:4), warn_delay_s = 12 (base.toml:9)
  observation: interval_s = 1800 (base.toml:22)
  phase.infusing: cuff_interval_s = 600 (base.toml:15), cuff_interval_titrating_s = 300 (base.toml:16)
  phase.recovery.limits.sbp-high: warn = 150 (base.toml:18)
  technical: blind_delay_s = 20 (base.toml:20)
)");
  profile(base);
  EXPECT_EQ(alarm_table(loaded.settings).find("where its values"), std::string::npos);
}

// --- the shipped ones

struct Shipped : ::testing::TestWithParam<std::string> {};

TEST_P(Shipped, profile_has_no_mistake_and_is_not_signed_off) {
  const Folder folder;
  for (const std::string name : {"ketamine-adult", "procedural-sedation", "postoperative-pca"})
    folder.write_profile(name, content_of(std::string(VITALSD_CONFIG_DIR) + "/profiles/" + name + ".toml"));
  std::string settings = quiet_settings();
  const std::string from = "\"quiet\"";
  settings.replace(settings.find(from), from.size(), "\"" + GetParam() + "\"");
  const Loaded loaded = folder.load(settings);
  EXPECT_TRUE(loaded.ok()) << describe(loaded.problems);
  const auto in_profile = std::count_if(loaded.problems.begin(), loaded.problems.end(),
                                        [&](const Problem& one) { return one.file != folder.file(); });
  EXPECT_EQ(in_profile, 1) << describe(loaded.problems);  // the missing signature
  const auto& profile = loaded.settings.profiles.at(GetParam());
  EXPECT_TRUE(profile.signed_off_by.empty());
  EXPECT_FALSE(profile.title.empty());
  for (const Phase phase : {Phase::infusing, Phase::held, Phase::recovery}) {
    for (const auto& one : profile.limits[vitals::index_of(phase)]) EXPECT_TRUE(one.watched);
    EXPECT_GT(intervals(profile, phase).cuff, 0s);
  }
}

TEST_P(Shipped, profile_is_built_in) {
  const auto built_in = builtin_profile(GetParam());
  ASSERT_TRUE(built_in);
  EXPECT_EQ(built_in->name, GetParam());
  EXPECT_EQ(rule(*built_in, LimitId::hr_high).warn.limit, 120);
  EXPECT_EQ(rule(*built_in, LimitId::spo2_low).warn.limit, GetParam() == "ketamine-adult"      ? 92
                                                           : GetParam() == "postoperative-pca" ? 90
                                                                                               : 94);
}
TEST(ShippedProfiles, are_all_built_in_and_no_others) {
  std::vector<std::string> files;
  for (const auto& one : std::filesystem::directory_iterator(std::string(VITALSD_CONFIG_DIR) + "/profiles"))
    files.push_back(one.path().stem().string());
  EXPECT_THAT(builtin_profile_names(), testing::UnorderedElementsAreArray(files));
  EXPECT_FALSE(builtin_profile("ketamine"));
}
INSTANTIATE_TEST_SUITE_P(Profiles, Shipped,
                         testing::Values("ketamine-adult", "procedural-sedation", "postoperative-pca"),
                         [](const auto& shipped) {
                           std::string name = shipped.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace settings
