// What a sender's own codes mean: read into the driver's option, mistakes named where they stand.
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

// An HL7 source of the one bed, whose lines from 10 on are these.
std::string hl7(const std::string& lines) {
  return changed("protocol = \"nonin\"\nport = \"/dev/serial/by-id/one\"",
                 "protocol = \"hl7\"\nlisten = \"127.0.0.1:2575\"\n" + lines);
}

std::string option_of(const std::string& lines) {
  const Folder folder;
  const Loaded loaded = folder.load(hl7(lines));
  EXPECT_TRUE(loaded.ok()) << folder.described(loaded);
  const auto& options = loaded.settings.source("mon1")->options;
  const auto found = options.find("codes");
  return found == options.end() ? "not set" : found->second;
}

TEST(Codes, become_the_drivers_option) {
  EXPECT_EQ(option_of(""), "not set");
  EXPECT_EQ(option_of("codes = []"), "none");
  EXPECT_EQ(option_of(R"(codes = [
  { code = "4711", system = "99SITE", metric = "spo2", unit = "%" },
  { code = "NIBP-M", metric = "nibp-map" },
  { code = "4711", system = "99OTHER", metric = "ignore" },
])"),
            "4711|99SITE|spo2|%;NIBP-M||nibp-map;4711|99OTHER|ignore");
  EXPECT_EQ(option_of("[[source.codes]]\ncode = \"1\"\nmetric = \"hr\""), "1||hr");
}

TEST(Codes, mistakes_are_named_where_they_stand) {
  expect_problems({
      {hl7(R"(codes = [
  { code = "1", system = "S", metric = "spo" },
  { code = "2", metric = "hr", unit = "%" },
  { code = "a|b", metric = "hr" },
  { code = "3", metric = "hr", units = "/min" },
  { metric = "hr" },
  { code = "4", metric = "ignore", unit = "%" },
  { code = "5", system = "S", metric = "hr" },
  { code = "5", system = "S", metric = "pr" },
])"),
       R"(vitalsd.toml:11:31: error: unknown metric "spo", did you mean "spo2"?
vitalsd.toml:12:32: error: unit "%" must be /min or /s
vitalsd.toml:13:5: error: code "a|b" must be up to 64 characters without | ; ^, quotes and blanks around
vitalsd.toml:14:32: error: unknown key "units" in [[codes]], did you mean "unit"?
vitalsd.toml:15:3: error: [[codes]] without code: add code = "4711"
vitalsd.toml:16:36: error: unit has no meaning for a code that is ignored
vitalsd.toml:18:5: error: code "5" is there twice, first in line 17
)"},
      {hl7("codes = \"4711\""),
       "vitalsd.toml:10:1: error: codes in [[source]] must be written as [[codes]], not text\n"},
      {hl7("codes = [1]"), "vitalsd.toml:10:10: error: codes must be written as [[codes]]\n"},
      {hl7("options = { codes = \"1|S|hr\" }\ncodes = [ { code = \"2\", metric = \"hr\" } ]"),
       "vitalsd.toml:11:1: error: codes and options.codes: write them in one place\n"},
      {hl7("options = { codes = \"1|S|heart\" }"),
       "vitalsd.toml:10:1: error: option codes: code 1: metric \"heart\" must be hr, pr, spo2, nibp-sys, "
       "nibp-dia, "
       "nibp-map, art-sys, art-dia, art-map, rr, temp, or ignore\n"},
      {changed("protocol = \"nonin\"", "protocol = \"nonin\"\ncodes = []"),
       "vitalsd.toml:9:1: error: codes is for HL7, nonin has its own\n"},
  });
}

}  // namespace
}  // namespace settings
