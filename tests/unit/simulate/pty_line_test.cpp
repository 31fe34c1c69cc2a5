// The pseudo terminal's name: it takes nothing away from anybody.
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "daemon/simulate/line.hpp"

namespace simulate {
namespace {

namespace fs = std::filesystem;

struct PtyName : ::testing::Test {
  PtyName() {
    std::string name = (fs::temp_directory_path() / "pty-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  ~PtyName() override { fs::remove_all(folder); }
  PtyName(const PtyName&) = delete;
  PtyName& operator=(const PtyName&) = delete;

  bool plugs(const fs::path& link) {
    const auto line = make_pty_line(loop, link.string(), [](Bytes) {});
    const bool plugged = line->plug();
    EXPECT_EQ(plugged, fs::read_symlink(link, unknown).parent_path() == "/dev/pts") << link;
    line->pull();
    return plugged;
  }

  boost::asio::io_context loop;
  fs::path folder;
  std::error_code unknown;
};

TEST_F(PtyName, is_taken_and_given_back) {
  EXPECT_TRUE(plugs(folder / "monitor"));
  EXPECT_EQ(fs::symlink_status(folder / "monitor").type(), fs::file_type::not_found);
}

TEST_F(PtyName, of_a_run_that_was_killed_is_taken_over) {
  fs::create_symlink("/dev/pts/987654", folder / "monitor");
  fs::create_symlink("/dev/pts/987654", folder / "monitor.new");
  EXPECT_TRUE(plugs(folder / "monitor"));
}

TEST_F(PtyName, that_is_a_file_a_folder_or_another_link_is_refused_and_left) {
  std::ofstream(folder / "file") << "of somebody";
  fs::create_directory(folder / "folder");
  fs::create_symlink("file", folder / "link");
  fs::create_symlink("/dev/ttyS0", folder / "port");
  for (const auto* name : {"file", "folder", "link", "port"}) {
    const auto before = fs::symlink_status(folder / name).type();
    EXPECT_FALSE(plugs(folder / name)) << name;
    EXPECT_EQ(fs::symlink_status(folder / name).type(), before) << name;
  }
  EXPECT_EQ(fs::file_size(folder / "file"), 11U);
}

TEST_F(PtyName, is_refused_where_its_own_helper_would_take_a_file_away) {
  std::ofstream(folder / "monitor.new") << "of somebody";
  EXPECT_FALSE(plugs(folder / "monitor"));
  EXPECT_EQ(fs::file_size(folder / "monitor.new"), 11U);
}

TEST_F(PtyName, below_dev_is_refused) {
  const std::string name = "/dev/vitalsd-test-" + std::to_string(::getpid());
  fs::create_directory_symlink("/dev", folder / "dev");
  EXPECT_FALSE(plugs(name));
  EXPECT_FALSE(plugs(folder / "dev" / fs::path(name).filename()));
  EXPECT_EQ(fs::symlink_status(name).type(), fs::file_type::not_found);
}

// Another simulator may have taken the name meanwhile.
TEST_F(PtyName, that_has_become_anothers_is_left_to_it) {
  const fs::path link = folder / "monitor";
  const auto first = make_pty_line(loop, link.string(), [](Bytes) {});
  const auto second = make_pty_line(loop, link.string(), [](Bytes) {});
  ASSERT_TRUE(first->plug());
  ASSERT_TRUE(second->plug());
  const auto target = fs::read_symlink(link);
  first->pull();
  EXPECT_EQ(fs::read_symlink(link), target);
  second->pull();
  EXPECT_FALSE(fs::is_symlink(link));
}

}  // namespace
}  // namespace simulate
