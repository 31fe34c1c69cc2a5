// What is wrong between sources and beds, though each is right by itself.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

TEST(BrokenBinding, two_of_what_may_be_there_once) {
  expect_problems({
      {quiet_settings() + R"([[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["mon1"]
)",
       R"(vitalsd.toml:17:1: error: bed pain/b1 is there twice, first in line 12
)"},
      {quiet_settings() + R"([[bed]]
unit = "pain"
name = "b2"
profile = "quiet"
sources = ["mon1"]
)",
       R"(vitalsd.toml:7:1: error: source "mon1" is named by pain/b1, pain/b2: a serial source has exactly one bed
)"},
      {quiet_settings() + R"([[source]]
name = "mon1"
protocol = "nonin"
port = "/dev/serial/by-id/one"
)",
       R"(vitalsd.toml:16:1: error: source "mon1" is there twice, first in line 7
vitalsd.toml:18:1: error: port is the one of source "mon1" in line 9: a port has one source
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
peers = ["192.0.2.9"]
listen = "0.0.0.0:2575"
[[source]]
name = "gw"
protocol = "hl7"
listen = "127.0.0.1:2575"
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
[[bed]]
unit = "pain"
name = "b2"
profile = "quiet"
sources = ["gw"]
)",
       R"(vitalsd.toml:14:1: error: listen address is the one of source "ward" in line 10: give another port
)"},
  });
}

TEST(BrokenBinding, a_pump_has_one_bed_and_a_name) {
  expect_problems({
      {quiet_settings() + R"(pumps = ["P1", "p1", ""]
)",
       R"(vitalsd.toml:15:16: error: pump "p1" is tied to a bed already, in line 15: a pump has one bed
vitalsd.toml:15:22: error: a pump without a name: give the device id that it sends, such as "P2449"
)"},
  });
}

TEST(BrokenBinding, source_without_a_bed) {
  expect_problems({
      {quiet_settings() + R"([[source]]
name = "mon2"
protocol = "nonin"
port = "/dev/serial/by-id/two"
)",
       R"(vitalsd.toml:16:1: error: source "mon2" belongs to no bed: name it in sources of a [[bed]]
)"},
  });
}

TEST(BrokenBinding, locations_and_beds_that_tell_two_stories) {
  expect_problems({
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "127.0.0.1:2575"
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
[[bed]]
unit = "pain"
name = "b2"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:7:1: error: source "ward" is named by pain/b1, pain/b2: a `beds` table must say whose values are whose
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "127.0.0.1:2575"
beds = { "Bay 1" = "pain/b1", "bay 1 " = "pain/b2", "bay 3" = "pain/b3", "" = "pain/b1" }
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
[[bed]]
unit = "pain"
name = "b2"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:10:1: error: bed pain/b2 names source "ward", but no location leads to it
vitalsd.toml:10:31: error: location "bay 1" is there twice: case and blanks around do not count
vitalsd.toml:10:53: error: no [[bed]] is "pain/b3" (UNIT/NAME), did you mean "pain/b1"?
vitalsd.toml:10:74: error: a location must not be empty
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "127.0.0.1:2575"
beds = { "bay 1" = "pain/b1", "bay 2" = "pain/b2" }
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
[[source]]
name = "oxi"
protocol = "nonin"
port = "/dev/serial/by-id/one"
[[bed]]
unit = "pain"
name = "b2"
profile = "quiet"
sources = ["oxi"]
)",
       R"(vitalsd.toml:10:31: error: bed pain/b2 does not name source "ward" in its sources
)"},
  });
}

TEST(BrokenBinding, what_leads_at_a_bed) {
  expect_problems({
      {quiet_settings() + R"(rate = "hr"
)",
       R"(vitalsd.toml:10:1: warning: not watched at bed pain/b1, since no source of it carries them: hr-high
vitalsd.toml:15:1: error: rate is "hr", but no source of bed pain/b1 carries it
)"},
      {quiet_settings() + R"(pressure = "nibp"
)",
       R"(vitalsd.toml:15:1: error: pressure is "nibp", but no source of bed pain/b1 carries it
)"},
      {quiet_settings() + R"(from = { pr = "mon9" }
)",
       R"(vitalsd.toml:15:10: error: from names "mon9", which is not in sources of pain/b1, did you mean "mon1"?
)"},
      {quiet_settings() + R"(from = { art = "mon1" }
)",
       R"(vitalsd.toml:15:10: error: source "mon1" does not carry art
)"},
      {quiet_settings() + R"(from = { puls = "mon1" }
)",
       R"(vitalsd.toml:15:10: error: unknown metric "puls", known are: nibp, art, hr, pr, spo2, nibp-sys, nibp-dia, nibp-map, art-sys, art-dia, art-map, rr, temp
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "127.0.0.1:2575"
metrics = ["hr", "pr", "spo2", "nibp", "art"]
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:11:1: error: bed pain/b1 has hr and pr: say which the limits watch, rate = "hr" or "pr"
vitalsd.toml:11:1: error: bed pain/b1 has nibp and art: say which the limits watch, pressure = "nibp" or "art"
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "127.0.0.1:2575"
[[source]]
name = "oxi"
protocol = "nonin"
port = "/dev/serial/by-id/one"
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward", "oxi"]
)",
       R"(vitalsd.toml:14:1: error: bed pain/b1 has hr and pr: say which the limits watch, rate = "hr" or "pr"
vitalsd.toml:14:1: error: spo2 of bed pain/b1 comes from ward, oxi: name the one to use, from = { spo2 = "ward" }
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "127.0.0.1:2575"
metrics = ["temp"]
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:11:1: error: bed pain/b1 would not be watched: its sources carry nothing that profile quiet has limits for
)"},
      {quiet_head() + R"([[source]]
name = "ward"
protocol = "hl7"
listen = "127.0.0.1:2575"
metrics = ["hr"]
[[bed]]
unit = "pain"
name = "b1"
profile = "quiet"
sources = ["ward"]
)",
       R"(vitalsd.toml:11:1: warning: not watched at bed pain/b1, since no source of it carries them: spo2-low
)"},
  });
}

}  // namespace
}  // namespace settings
