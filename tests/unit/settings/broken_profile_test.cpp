// Profiles that may not be, and those that had better not be.
#include <vector>

#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

struct ProfileTest : ::testing::Test {
  Folder folder;

  // Of the profile alone.
  std::string problems(const std::string& profile) {
    folder.write_profile("quiet", profile);
    Loaded loaded = folder.load(quiet_settings());
    const auto elsewhere = [this](const Problem& problem) { return problem.file == folder.file(); };
    loaded.problems.erase(std::remove_if(loaded.problems.begin(), loaded.problems.end(), elsewhere),
                          loaded.problems.end());
    return folder.described(loaded);
  }
  const alarms::Profile& profile(const std::string& text) {
    folder.write_profile("quiet", text);
    loaded_ = folder.load(quiet_settings());
    EXPECT_TRUE(loaded_.ok()) << describe(loaded_.problems);
    return loaded_.settings.profiles.at("quiet");
  }
  Loaded loaded_;
};

// 9 lines: limits on all that must be watched, observations, signed off.
const std::string whole =
    "signed_off_by = \"ward 3\"\n"
    "observation.interval_s = 1800\n"
    "[limits]\n"
    "sbp-low = { warn = 90, critical = 80 }\n"
    "spo2-deep = { critical = 80 }\n"
    "hr-low = { warn = 50, critical = 40 }\n"
    "spo2-low = { warn = 92, critical = 88 }\n"
    "sbp-high = { warn = 160, critical = 180 }\n"
    "hr-high = { warn = 120, critical = 140 }\n";

std::string with(const std::string& from, const std::string& to) {
  std::string out = whole;
  out.replace(out.find(from), from.size(), to);
  return out;
}

using BrokenProfile = ProfileTest;

TEST_F(BrokenProfile, whole_one_has_no_problem) { EXPECT_EQ(problems(whole), ""); }

TEST_F(BrokenProfile, every_problem_with_its_place) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {with(R"(signed_off_by = "ward 3"
)",
            ""),
       R"(profiles/quiet.toml: warning: signed_off_by is empty: the limits are a proposal until the clinic has signed them off, and stations are told so
)"},
      {with(R"("ward 3")", R"("")"),
       R"(profiles/quiet.toml:1:1: warning: signed_off_by is empty: the limits are a proposal until the clinic has signed them off, and stations are told so
)"},
      {with("hr-low", "hr-lo"),
       R"(profiles/quiet.toml: warning: hr-low is not watched in any phase
profiles/quiet.toml:6:1: error: unknown key "hr-lo" in [limits], did you mean "hr-low"?
)"},
      {with("warn = 120", "wran = 120"),
       R"(profiles/quiet.toml:9:13: error: unknown key "wran" in [limits] hr-high, did you mean "warn"?
)"},
      {with("warn = 120", R"(warn = "120")"),
       R"(profiles/quiet.toml:9:13: error: warn in [limits] hr-high must be a number, not text
)"},
      {with("warn = 120", "warn = 700"),
       R"(profiles/quiet.toml:9:13: error: warn in [limits] hr-high must be 1 to 350
)"},
      {with("warn = 120", "warn = nan"),
       R"(profiles/quiet.toml:9:13: error: warn in [limits] hr-high must be 1 to 350
)"},
      {with("critical = 140", "critical = 110"),
       R"(profiles/quiet.toml:9:11: error: hr-high critical 110 is below warn 120: it must lie beyond
)"},
      {with("critical = 88", "critical = 94"),
       R"(profiles/quiet.toml:7:12: error: spo2-low critical 94 is above warn 92: it must lie beyond
)"},
      {with("warn = 50, critical = 40", "watched = true"),
       R"(profiles/quiet.toml:6:10: error: hr-low has neither warn nor critical: give a limit or leave it out
)"},
      {with("warn = 120", "warn_delay_s = 31, warn = 120"),
       R"(profiles/quiet.toml:9:11: error: hr-high warn_delay_s is 31 s: at most 30 s
)"},
      {with("warn = 120", "warn_delay_s = 20, warn = 120"),
       R"(profiles/quiet.toml:9:11: warning: hr-high warn_delay_s is 20 s: monitors allow 15 to 30 s, and the monitor's own delay comes on top
)"},
      {with("warn = 120", "critical_delay_s = 16, warn = 120"),
       R"(profiles/quiet.toml:9:11: error: hr-high critical_delay_s is 16 s: at most 15 s for a high alarm
)"},
      {with("warn = 50", "warn = 125"),
       R"(profiles/quiet.toml:6:10: warning: hr-low at 125 /min is outside 30 to 100, the usual range of this limit
profiles/quiet.toml:9:11: error: hr-high 120 and hr-low 125 cross: the low limit must be below the high one
)"},
      {with("warn = 92, critical = 88", "warn = 84, critical = 80"),
       R"(profiles/quiet.toml:7:12: warning: spo2-low first warns below 84 %: ISO 80601-2-61 allows no preset below 85 %
)"},
      {with("warn = 50, critical = 40", "warn = 29"),
       R"(profiles/quiet.toml:6:10: warning: hr-low at 29 /min is outside 30 to 100, the usual range of this limit
)"},
      {with("warn = 120, critical = 140", "warn = 210"),
       R"(profiles/quiet.toml:9:11: warning: hr-high at 210 /min is outside 100 to 200, the usual range of this limit
)"},
      {with("critical = 80 }\nhr", "critical = 89 }\nhr"),
       R"(profiles/quiet.toml:5:13: error: spo2-deep 89 is above spo2-low critical 88: it must lie beyond
)"},
      {with("warn = 120", "warn = 120, warn_relative = { percent = 30 }"),
       R"(profiles/quiet.toml:9:41: error: [limits] hr-high warn_relative needs above or at_least, one of them
)"},
      {with("warn = 120", "warn = 120, warn_relative = { above = 110 }"),
       R"(profiles/quiet.toml:9:41: error: [limits] hr-high warn_relative needs percent or units, one of them
)"},
      {with("warn = 120", "warn = 120, warn_relative = { percent = 30, units = 5, above = 110 }"),
       R"(profiles/quiet.toml:9:41: error: [limits] hr-high warn_relative needs percent or units, one of them
)"},
      {with("warn = 120", "warn = 120, warn_relative = { percent = 30, below = 110 }"),
       R"(profiles/quiet.toml:9:41: error: [limits] hr-high warn_relative needs above or at_least, one of them
profiles/quiet.toml:9:57: error: unknown key "below" in [limits] hr-high warn_relative, known are: percent, units, above, at_least
)"},
      {with("warn = 92", "warn = 92, warn_relative = { units = 5, below = 94, at_most = 93 }"),
       R"(profiles/quiet.toml:7:41: error: [limits] spo2-low warn_relative needs below or at_most, one of them
)"},
      {with("warn = 120", "warn = 120, warn_relative = { percent = -30, above = 110 }"),
       R"(profiles/quiet.toml:9:43: error: percent in [limits] hr-high warn_relative must be 1 to 100
)"},
      {whole + R"([phase.sleeping]
)",
       R"(profiles/quiet.toml:10:8: error: unknown key "sleeping" in [phase], known are: none, scheduled, baseline, infusing, held, recovery, ended
)"},
      {whole + R"([phase.infusing]
cuff_interval_s = 5
)",
       R"(profiles/quiet.toml:11:1: error: cuff_interval_s in [phase] infusing must be 60 to 14400
)"},
      {whole + R"([phase.recovery.limits.hr-low]
warn = 130
)",
       R"(profiles/quiet.toml:10:1: error: hr-high 120 and hr-low 130 cross: the low limit must be below the high one
profiles/quiet.toml:10:1: warning: hr-low at 130 /min is outside 30 to 100, the usual range of this limit
)"},
      {whole + R"([technical]
hr_zero_delay_s = 16
blind_delay = 5
)",
       R"(profiles/quiet.toml:11:1: error: hr_zero_delay_s in [technical] must be 0 to 15
profiles/quiet.toml:12:1: error: unknown key "blind_delay" in [technical], did you mean "blind_delay_s"?
)"},
      {whole + R"([freshness]
streaming_s = 31
)",
       R"(profiles/quiet.toml:11:1: error: streaming_s in [freshness] must be 2 to 30
)"},
      {whole + R"([realarm]
high_s = 30
)",
       R"(profiles/quiet.toml:11:1: error: high_s in [realarm] must be 60 to 600
)"},
      {whole + R"([callout]
high_unit_s = 300
)",
       R"(profiles/quiet.toml: error: [callout] high_second_s is before high_unit_s: the unit is called first
)"},
      {whole + R"([recovery]
min_s = 60
)",
       R"(profiles/quiet.toml:11:1: error: min_s in [recovery] must be 1800 to 14400
)"},
      {whole + R"([bounds.sbp-high]
least = 120
most = 170
)",
       R"(profiles/quiet.toml:8:12: warning: sbp-high 180 lies outside its [bounds] 120 to 170: once changed it cannot be set back
)"},
      {whole + R"([bounds.sbp-high]
least = 200
most = 170
)",
       R"(profiles/quiet.toml:10:1: error: [bounds] sbp-high: least 200 is above most 170
)"},
      {whole + R"([bounds.sbp-hi]
least = 20
)",
       R"(profiles/quiet.toml:10:9: error: unknown key "sbp-hi" in [bounds], did you mean "sbp-high"?
)"},
      {whole + R"([bounds.sbp-high]
least = 20
)",
       R"(profiles/quiet.toml:11:1: error: least in [bounds] sbp-high must be 25 to 290
)"},
      {whole + R"([checklist]
Psychosis = "active psychosis"
liver = 3
)",
       R"(profiles/quiet.toml:11:1: error: "Psychosis" is no key of a checklist: at most 32 of a-z, 0-9 and -
profiles/quiet.toml:12:1: error: liver in [checklist] must be text in quotes, not a whole number
)"},
      {whole + R"([gate]
sbp_most = 1800
)",
       R"(profiles/quiet.toml:11:1: error: sbp_most in [gate] must be 100 to 250
)"},
      {with("interval_s = 1800", R"(scale = "ramsay"
observation.interval_s = 99999)"),
       R"(profiles/quiet.toml: warning: no observation by a nurse is due while infusing: [observation] names no interval for it
profiles/quiet.toml:2:13: error: scale in [observation] is one of rass, poss, not "ramsay"
profiles/quiet.toml:3:13: error: interval_s in [observation] must be 0 to 14400
)"},
      {with("interval_s = 1800", "interval_recovery_s = 1800"),
       R"(profiles/quiet.toml: warning: no observation by a nurse is due while infusing: [observation] names no interval for it
)"},
      {with("interval_s = 1800", "interval_first_hour_s = 900"), ""},
      {"signed_off_by = \"ward 3\"\n",
       R"(profiles/quiet.toml: warning: hr-high is not watched in any phase
profiles/quiet.toml: warning: hr-low is not watched in any phase
profiles/quiet.toml: warning: no observation by a nurse is due while infusing: [observation] names no interval for it
profiles/quiet.toml: warning: sbp-high is not watched in any phase
profiles/quiet.toml: warning: sbp-low is not watched in any phase
profiles/quiet.toml: warning: spo2-deep is not watched in any phase
profiles/quiet.toml: warning: spo2-low is not watched in any phase
)"},
      {whole + R"([phase.held.limits.sbp-low]
watched = false
[phase.recovery.limits.sbp-low]
watched = false
[phase.baseline.limits.hr-low]
watched = false
)",
       R"(profiles/quiet.toml: warning: sbp-low is not watched in the phases held, recovery
)"},
      {whole + R"([phase.infusing.limits.spo2-deep]
watched = false
)",
       R"(profiles/quiet.toml: warning: spo2-deep is not watched in the phases infusing
)"},
      {whole + R"(dbp-high = { warn = 240 }
dbp-low = { warn = 12 }
map-high = { warn = 250 }
map-low = { warn = 16 }
rr-high = { warn = 110 }
rr-low = { warn = 2 }
)",
       R"(profiles/quiet.toml:10:12: warning: dbp-high at 240 mmHg is outside 60 to 150, the usual range of this limit
profiles/quiet.toml:11:11: warning: dbp-low at 12 mmHg is outside 20 to 80, the usual range of this limit
profiles/quiet.toml:12:12: warning: map-high at 250 mmHg is outside 75 to 165, the usual range of this limit
profiles/quiet.toml:13:11: warning: map-low at 16 mmHg is outside 30 to 90, the usual range of this limit
profiles/quiet.toml:14:11: warning: rr-high at 110 /min is outside 15 to 60, the usual range of this limit
profiles/quiet.toml:15:10: warning: rr-low at 2 /min is outside 4 to 20, the usual range of this limit
)"},
      {with("warn = 160, critical = 180", "warn = 280"),
       R"(profiles/quiet.toml:8:12: warning: sbp-high at 280 mmHg is outside 100 to 220, the usual range of this limit
)"},
      {with("warn = 90, critical = 80", "warn = 30"),
       R"(profiles/quiet.toml:4:11: warning: sbp-low at 30 mmHg is outside 50 to 120, the usual range of this limit
)"},
      {with("critical = 180", "critical = 290"),
       R"(profiles/quiet.toml:8:12: warning: sbp-high critical at 290 mmHg is outside 100 to 220, the usual range of this limit
)"},
      {with("critical = 40", "critical = 1"),
       R"(profiles/quiet.toml:6:10: warning: hr-low critical at 1 /min is outside 30 to 100, the usual range of this limit
)"},
      {with("critical = 80 }\nhr", "critical = 60 }\nhr"),
       R"(profiles/quiet.toml:5:13: warning: spo2-deep at 60 % is outside 70 to 90, the usual range of this limit
)"},
      {with("warn = 160, critical = 180",
            "warn = 160, critical = 180,"
            " warn_relative = { percent = 20, at_least = 140 }, critical_relative = { percent = 15, at_least "
            "= 160 }"),
       R"(profiles/quiet.toml:8:12: warning: sbp-high critical_relative is nearer than warn_relative: there the high alarm comes without the medium one
)"},
      {with("warn = 90, critical = 80",
            "warn = 90, critical = 80,"
            " warn_relative = { percent = 20, below = 100 }, critical_relative = { percent = 40, below = 110 "
            "}"),
       R"(profiles/quiet.toml:4:11: warning: sbp-low critical_relative is nearer than warn_relative: there the high alarm comes without the medium one
)"},
      {with("warn = 160, critical = 180",
            "warn = 160, critical = 180,"
            " warn_relative = { percent = 20, at_least = 140 }, critical_relative = { units = 15, at_least = "
            "160 }"),
       ""},
  };
  for (const auto& [text, expected] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(problems(text), expected);
  }
}

TEST_F(BrokenProfile, that_is_no_toml_is_reported_once_for_all_its_beds) {
  folder.write_profile("quiet", "title = \n");
  const Loaded loaded =
      folder.load(changed("/dev/serial/by-id/one", "pty:/tmp/one") +
                  "[[source]]\nname = \"mon2\"\nprotocol = \"nonin\"\nport = \"pty:/tmp/two\"\n" +
                  "[[bed]]\nunit = \"pain\"\nname = \"b2\"\nprofile = \"quiet\"\nsources = [\"mon2\"]\n");
  ASSERT_EQ(loaded.problems.size(), 1U) << describe(loaded.problems);
  EXPECT_EQ(loaded.problems[0].line, 1U);
  EXPECT_FALSE(loaded.ok());
}

using ProfilePhases = ProfileTest;
using std::chrono_literals::operator""s;

const alarms::LimitRule& rule(const alarms::Profile& profile, vitals::Phase phase, alarms::LimitId id) {
  return profile.limits[vitals::index_of(phase)][index_of(id)];
}

TEST_F(ProfilePhases, change_single_keys_of_a_limit) {
  const auto& changed = profile(whole + "[phase.recovery.limits.hr-high]\nwarn = 110\n");
  EXPECT_EQ(rule(changed, vitals::Phase::recovery, alarms::LimitId::hr_high).warn.limit, 110);
  EXPECT_EQ(rule(changed, vitals::Phase::recovery, alarms::LimitId::hr_high).critical.limit, 140);
  EXPECT_EQ(rule(changed, vitals::Phase::infusing, alarms::LimitId::hr_high).warn.limit, 120);
}

TEST_F(ProfilePhases, can_add_or_leave_out_a_limit) {
  const auto& changed = profile(whole +
                                "[phase.none.limits.hr-low]\nwatched = false\n"
                                "[phase.infusing.limits.rr-low]\nwarn = 10\n");
  EXPECT_FALSE(rule(changed, vitals::Phase::none, alarms::LimitId::hr_low).watched);
  EXPECT_TRUE(rule(changed, vitals::Phase::ended, alarms::LimitId::hr_low).watched);
  EXPECT_TRUE(rule(changed, vitals::Phase::infusing, alarms::LimitId::rr_low).watched);
  EXPECT_EQ(rule(changed, vitals::Phase::infusing, alarms::LimitId::rr_low).warn.on_delay, 15s);
  EXPECT_FALSE(rule(changed, vitals::Phase::held, alarms::LimitId::rr_low).watched);
}

TEST_F(ProfileTest, bounds_are_what_a_value_can_be_unless_told) {
  const auto& told = profile(whole + "[bounds.sbp-high]\nleast = 120\nmost = 200\n").bounds;
  EXPECT_EQ(told[index_of(alarms::LimitId::sbp_high)].least, 120);
  EXPECT_EQ(told[index_of(alarms::LimitId::sbp_high)].most, 200);
  EXPECT_EQ(told[index_of(alarms::LimitId::hr_high)].least, 1);
  EXPECT_EQ(told[index_of(alarms::LimitId::hr_high)].most, 350);
}

TEST_F(ProfilePhases, titrating_interval_is_the_plain_one_unless_told) {
  const auto& changed = profile(whole + "[phase.infusing]\ncuff_interval_s = 600\n");
  const auto& intervals = changed.intervals[vitals::index_of(vitals::Phase::infusing)];
  EXPECT_EQ(intervals.cuff, 600s);
  EXPECT_EQ(intervals.cuff_titrating, 600s);
}

}  // namespace
}  // namespace settings
