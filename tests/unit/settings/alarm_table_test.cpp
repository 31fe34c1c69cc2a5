// What `vitalsd check` prints for signing.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

TEST(AlarmTable, is_readable_and_adds_the_monitors_delay_to_ours) {
  const Folder folder;
  folder.write_profile(
      "quiet",
      "title = \"A ward's own\"\nsigned_off_by = \"Dr. Example, 2026\"\n"
      "[limits.hr-high]\nwarn = 120\ncritical = 140\nwarn_relative = { percent = 30, above = 110 }\n"
      "[limits.spo2-deep]\ncritical = 80\ncritical_included = true\n"
      "[limits.sbp-low]\nwarn = 90\n"
      "[phase.infusing]\ncuff_interval_s = 600\ncuff_interval_titrating_s = 300\n");
  const Loaded loaded = folder.load(quiet_settings());
  ASSERT_TRUE(loaded.ok()) << describe(loaded.problems);
  EXPECT_EQ(folder.without_place(alarm_table(loaded.settings)), R"(bed pain/b1
  profile quiet (A ward's own), signed off by Dr. Example, 2026
  read from profiles/quiet.toml
  rate: pr from mon1; pressure: not watched
  values are stale after 15 s (mon1)

  phase none, scheduled, baseline, ended:
  no cuff reading due
    condition  metric  source  warn   critical  warn relative  critical relative  our delay   monitor  total            deadband  off-delay  latches
    hr-high    pr      mon1    > 120  > 140     -              -                  10 s / 5 s  7.5 s    17.5 s / 12.5 s  3         5 s        critical
    spo2-deep  spo2    mon1    -      <= 80     -              -                  - / 0 s     7.5 s    - / 7.5 s        2         5 s        critical
    sbp-low    nibp-sys  not watched: no source carries it

  phase infusing:
  no cuff reminder: no source of this bed carries NIBP
    condition  metric  source  warn   critical  warn relative    critical relative  our delay   monitor  total            deadband  off-delay  latches
    hr-high    pr      mon1    > 120  > 140     +30 % and > 110  -                  10 s / 5 s  7.5 s    17.5 s / 12.5 s  3         5 s        critical
    spo2-deep  spo2    mon1    -      <= 80     -                -                  - / 0 s     7.5 s    - / 7.5 s        2         5 s        critical
    sbp-low    nibp-sys  not watched: no source carries it

  phase held, recovery:
  no cuff reading due
    condition  metric  source  warn   critical  warn relative    critical relative  our delay   monitor  total            deadband  off-delay  latches
    hr-high    pr      mon1    > 120  > 140     +30 % and > 110  -                  10 s / 5 s  7.5 s    17.5 s / 12.5 s  3         5 s        critical
    spo2-deep  spo2    mon1    -      <= 80     -                -                  - / 0 s     7.5 s    - / 7.5 s        2         5 s        critical
    sbp-low    nibp-sys  not watched: no source carries it

  limits-set may move, for one session: hr-high 1 to 350, spo2-deep 1 to 100

  titrating: 15 min after the start and each rate increase; relative limits count from the patient's baseline
  no nurse observation due; sedation by rass
  shown before the end of a session: 60 min since the stop, pressure and rate within 20 % of the baseline, SpO2 > 92 %, score >= 9, stable over 15 min
  above 1 mg/kg/h: every alarm calls the unit
)");
}

TEST(AlarmTable, promises_no_cuff_reminder_beside_an_arterial_line_that_leads) {
  const Folder folder;
  folder.write_profile("quiet", Folder::quiet_profile() +
                                    "[limits.sbp-low]\nwarn = 90\n[phase.infusing]\ncuff_interval_s = 600\n");
  const auto table_of = [&](const std::string& pressure) {
    std::string text = changed("protocol = \"nonin\"\nport = \"/dev/serial/by-id/one\"",
                               "protocol = \"hl7\"\nlisten = \"127.0.0.1:2575\"\n"
                               "metrics = [\"hr\", \"spo2\", \"nibp\", \"art\"]");
    const Loaded loaded = folder.load(text + "pressure = \"" + pressure + "\"\n");
    EXPECT_TRUE(loaded.ok()) << describe(loaded.problems);
    return alarm_table(loaded.settings);
  };
  const std::string none = "no cuff reminder: no limit of this bed watches NIBP\n";
  EXPECT_NE(table_of("art").find(none), std::string::npos);
  EXPECT_EQ(table_of("nibp").find(none), std::string::npos);
  EXPECT_NE(table_of("nibp").find("cuff reading due every 10 min\n"), std::string::npos);
}

TEST(AlarmTable, of_the_example_says_that_it_is_not_signed_off) {
  const Loaded loaded = load(std::string(VITALSD_CONFIG_DIR) + "/vitalsd.toml");
  const std::string table = alarm_table(loaded.settings);
  EXPECT_NE(table.find("ketamine-adult (Ketamine infusion for pain, adults), NOT SIGNED OFF"),
            std::string::npos);
  for (const auto* scope : {"bed pain/b1\n", "bed pain/b2\n", "bed pain/b3\n"})
    EXPECT_NE(table.find(scope), std::string::npos);
  // A cuff has no delay of ours: what a nurse must know is the interval.
  EXPECT_NE(table.find("cuff reading due every 10 min, every 5 min while titrating"), std::string::npos);
  EXPECT_NE(
      table.find("  above 1 mg/kg/h: a cuff reading at least every 5 min, and every alarm calls the unit\n"),
      std::string::npos);
  EXPECT_NE(table.find("nurse observation: every 15 min in the first hour of the infusion and while "
                       "titrating, every 30 min otherwise, "
                       "every 30 min in recovery; sedation by rass"),
            std::string::npos);
  EXPECT_NE(
      table.find(
          "shown before an infusion: SpO2 >= 95 %, SBP 90 to 180 mmHg, rate 50 to 120 /min, RR 10 to 30 "
          "/min, a checklist of 13\n"),
      std::string::npos);
  // A feed of one value in 10 s adds those to 15 s of ours.
  EXPECT_NE(table.find("25 s / 20 s"), std::string::npos);
}

TEST(AlarmTable, names_each_file_that_a_profile_was_read_from) {
  const Folder folder;
  folder.write_profile("house", Folder::quiet_profile());
  folder.write_profile("quiet", "extends = \"house\"\nsigned_off_by = \"ward 3\"\n");
  const std::string table = folder.without_place(alarm_table(folder.load(quiet_settings()).settings));
  EXPECT_NE(table.find("\n  read from profiles/quiet.toml, profiles/house.toml\n"), std::string::npos)
      << table;
}

TEST(AlarmTable, of_broken_settings_does_not_crash) { EXPECT_EQ(alarm_table(Settings{}), ""); }

}  // namespace
}  // namespace settings
