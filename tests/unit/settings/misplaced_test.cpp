// What an editor does to a file: a key under the wrong table, letters in another encoding.
#include <gmock/gmock.h>

#include "daemon/settings/words.hpp"
#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

using testing::HasSubstr;

// The shipped settings have [stations.roles] before the tables that are to be uncommented.
std::string with_roles(const std::string& lines) {
  return changed("roles = { ns-1 = \"nurse\" }\n", "[stations.roles]\nns-1 = \"nurse\"\n" + lines);
}

TEST(Misplaced, a_key_without_its_table_is_told_where_it_belongs) {
  expect_problems({
      {with_roles("tone = { device = \"default\" }\n"),
       "vitalsd.toml:7:1: error: tone in [stations] roles must be text in quotes, not a table; tone belongs "
       "under [fallback]\n"},
      {with_roles("listen = \"127.0.0.1:9464\"\n"),
       "vitalsd.toml:7:1: error: listen in [stations] roles is one of viewer, nurse, charge, admin, not "
       "\"127.0.0.1:9464\"; listen belongs under [metrics]\n"},
      {changed("host = \"127.0.0.1\"", "host = \"127.0.0.1\"\nkeep_days = 500"),
       "vitalsd.toml:3:1: error: unknown key \"keep_days\" in [broker]; keep_days belongs under [journal]\n"},
      {with_roles("ns-2 = 5\n"),
       "vitalsd.toml:7:1: error: ns-2 in [stations] roles must be text in quotes, not a whole number\n"},
  });
}

TEST(Misplaced, a_key_in_its_own_table_is_not_sent_elsewhere) {
  expect_problems({
      {quiet_settings() + "[fallback]\nlimit_s = 500\n",
       "vitalsd.toml:15:1: error: [fallback] names nothing that calls: give program, gpio, tone, or several\n"
       "vitalsd.toml:16:1: error: limit_s in [fallback] must be 1 to 60\n"
       "vitalsd.toml:16:1: error: limit_s is of the program, and there is none\n"},
      {changed("protocol = \"nonin\"\nport = \"/dev/serial/by-id/one\"", "protocol = \"hl7\"\nlisten = 5"),
       "vitalsd.toml:9:1: error: listen in [[source]] must be text in quotes, not a whole number\n"},
  });
}

TEST(Misplaced, a_file_in_another_encoding_is_to_be_saved_as_utf_8) {
  const Folder folder;
  const std::string utf8 = "# Umläute\n" + quiet_settings();
  EXPECT_EQ(folder.problems(utf8), "");
  std::string latin1 = utf8;
  latin1.replace(latin1.find("\xc3\xa4"), 2, "\xe4");
  EXPECT_THAT(folder.problems(latin1), HasSubstr(": save the file as UTF-8\n"));
  std::string utf16 = "\xff\xfe";
  for (const char c : quiet_settings()) utf16 += std::string{c, '\0'};
  EXPECT_THAT(folder.problems(utf16), HasSubstr(": save the file as UTF-8\n"));
  EXPECT_THAT(folder.problems("[broker\n"), testing::Not(HasSubstr("UTF-8")));
}

TEST(Misplaced, utf_8_is_known_by_its_bytes) {
  for (const auto* good : {"", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"})
    EXPECT_TRUE(is_utf8(good));
  for (const auto* bad : {"\xe4", "\xe4 b", "\xc3", "\xf0\x9f\x98", "\xff\xfe", "\xc0\x80", "\x80"})
    EXPECT_FALSE(is_utf8(bad));
  EXPECT_FALSE(is_utf8(std::string_view{"a\0", 2}));
}

}  // namespace
}  // namespace settings
