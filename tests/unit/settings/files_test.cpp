// The files that settings are made of, and those that they name.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/unit/settings/folder.hpp"

namespace settings {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// What cannot be looked at, even by root: a link that leads to itself.
void make_unreadable(const fs::path& path) {
  fs::remove_all(path);
  fs::create_symlink(path.filename(), path);
}

TEST(Files, a_profile_that_cannot_be_looked_at_is_never_taken_from_another_folder) {
  const Folder folder;
  make_unreadable(folder.path() / "profiles");
  const Loaded loaded = folder.load(quiet_settings());
  EXPECT_FALSE(loaded.ok());
  EXPECT_THAT(folder.described(loaded),
              HasSubstr("vitalsd.toml:13:1: error: whether there is a profiles/quiet.toml cannot be seen: "));
  EXPECT_THAT(folder.described(loaded), testing::Not(HasSubstr("/usr/share/")));
  EXPECT_TRUE(loaded.settings.profiles.empty());
}

TEST(Files, a_profile_that_is_a_link_to_nothing_is_an_error) {
  const Folder folder;
  fs::remove(folder.path() / "profiles/quiet.toml");
  fs::create_symlink("gone.toml", folder.path() / "profiles/quiet.toml");
  EXPECT_THAT(folder.described(folder.load(quiet_settings())),
              HasSubstr("profiles/quiet.toml: error: cannot be read"));
}

TEST(Files, what_a_profile_rests_on_must_be_seen_too) {
  const Folder folder;
  fs::create_directory(folder.path() / "house");
  make_unreadable(folder.path() / "house");
  folder.write_profile("quiet", "extends = \"../house/base.toml\"\n");
  EXPECT_THAT(
      folder.described(folder.load(quiet_settings())),
      HasSubstr("profiles/quiet.toml:1:1: error: whether there is a profiles/../house/base.toml cannot "
                "be seen: "));
}

TEST(Files, the_hash_is_of_the_settings_and_of_each_profile_that_was_read) {
  const Folder folder;
  folder.write_profile("base", Folder::quiet_profile());
  folder.write_profile("quiet", "extends = \"base\"\nsigned_off_by = \"ward 3\"\n");
  const auto hash = [&](const std::string& text) { return folder.load(text).settings.hash; };
  const std::string first = hash(quiet_settings());
  EXPECT_EQ(hash(quiet_settings()), first);
  EXPECT_NE(hash(quiet_settings() + "# a remark\n"), first);
  folder.write_profile("other", Folder::quiet_profile());
  EXPECT_EQ(hash(quiet_settings()), first) << "no bed has this profile";
  folder.write_profile("base", Folder::quiet_profile() + "[limits.hr-low]\nwarn = 50\n");
  const std::string second = hash(quiet_settings());
  EXPECT_NE(second, first);
  folder.write_profile("base", "no = = toml");
  EXPECT_NE(hash(quiet_settings()), second) << "what is not usable has changed as well";
}

// What the shipped placeholder is: to be changed, and no reason not to start.
TEST(Files, a_device_that_is_absent_is_a_warning) {
  const Folder folder;
  const Loaded loaded = folder.load(changed("/dev/serial/by-id/one", "/dev/serial/by-id/none-of-this-name"));
  EXPECT_TRUE(loaded.ok());
  EXPECT_THAT(
      folder.described(loaded),
      HasSubstr("vitalsd.toml:9:1: warning: port \"/dev/serial/by-id/none-of-this-name\" is not there "
                "now: `vitalsd ports` lists what is\n"));
  for (const auto* there : {"/dev/null", "pty:/tmp/none-of-this-name"})
    EXPECT_THAT(folder.described(folder.load(changed("/dev/serial/by-id/one", there))),
                testing::Not(HasSubstr("is not there now")));
}

TEST(Files, a_port_is_a_whole_path) {
  const std::string right =
      "\" must be the whole path of a device, as \"/dev/serial/by-id/...\" (`vitalsd ports` lists them), or "
      "pty:PATH for a simulator\n";
  for (const std::string wrong : {"COM3", "ttyUSB0", "by-id/one"})
    expect_problems(
        {{changed("/dev/serial/by-id/one", wrong), "vitalsd.toml:9:1: error: port \"" + wrong + right}});
}

TEST(Files, of_the_broker_are_looked_at_and_credentials_are_not) {
  const std::string host = "host = \"127.0.0.1\"";
  const std::string unread =
      " cannot be read by this user: it must be there and readable for vitalsd when it starts\n";
  expect_problems({
      {changed(host, host + "\nca_file = \"/none/ca.pem\"\ncert_file = \"/none/gw1.pem\"\n"
                            "key_file = \"/none/gw1.key\"\nuser = \"gw1\"\npassword_file = \"/none/pw\""),
       "vitalsd.toml:3:1: warning: ca_file \"/none/ca.pem\"" + unread +
           "vitalsd.toml:4:1: warning: cert_file \"/none/gw1.pem\"" + unread +
           "vitalsd.toml:5:1: warning: key_file \"/none/gw1.key\"" + unread +
           "vitalsd.toml:7:1: warning: password_file \"/none/pw\"" + unread},
      {changed(host, host + "\nuser = \"gw1\"\npassword_file = \"broker-password\""), ""},
      {changed(host, host + "\nca_file = \"/dev/null\""), ""},
      {changed(host, host + "\nca_file = \"/dev/null\"\nport = 1883"),
       "vitalsd.toml:4:1: warning: port 1883 is the one without TLS at most brokers, and TLS is wanted: 8883 "
       "is "
       "the usual one\n"},
      {changed(host, host + "\ntls = true\nport = 1883"),
       "vitalsd.toml:4:1: warning: port 1883 is the one without TLS at most brokers, and TLS is wanted: 8883 "
       "is "
       "the usual one\n"},
  });
}

TEST(Files, the_host_of_the_broker_is_an_address_alone) {
  const std::string right =
      "\" must be an address alone, as \"192.0.2.1\": no tcp:// or mqtt:// before it, and port is a key of "
      "its "
      "own\n";
  for (const std::string wrong : {"tcp://127.0.0.1", "127.0.0.1:1883", "ssl://[::1]:8883", "127.0.0.1 "})
    EXPECT_THAT(Folder().problems(changed("\"127.0.0.1\"", "\"" + wrong + "\"")),
                testing::StartsWith("vitalsd.toml:2:1: error: host \"" + wrong + right));
  for (const std::string wrong : {"127.0.0.1.1", "127.0.0.256", "1270001"})
    EXPECT_THAT(Folder().problems(changed("\"127.0.0.1\"", "\"" + wrong + "\"")),
                testing::StartsWith("vitalsd.toml:2:1: error: host \"" + wrong + "\" is no address: "));
}

}  // namespace
}  // namespace settings
