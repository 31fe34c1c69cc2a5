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

}  // namespace
}  // namespace settings
