// Each file tests/stories/*.story is a test of its own name:
//   test_stories --gtest_filter='*dip_of_12_s*'
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/stories/player.hpp"

namespace stories {
namespace {

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(VITALSD_STORIES_DIR))
    if (entry.path().extension() == ".story") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Story : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Story, goes_as_told) {
  spdlog::set_level(spdlog::level::critical);  // what is refused on purpose is no news here
  for (const std::string& complaint : play_text(text_of(GetParam())))
    ADD_FAILURE() << GetParam().filename().string() << ": " << complaint;
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& file) {
  std::string name = file.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(stories, Story, testing::ValuesIn(files()), name_of);

// The traces are worth something as long as they are complete.
TEST(Stories, each_file_is_traced_and_each_trace_is_a_file) {
  const std::string traced = text_of(std::filesystem::path{VITALSD_STORIES_DIR} / "README.md");
  std::size_t named = 0;
  for (std::size_t at = traced.find(".story`"); at != std::string::npos;
       at = traced.find(".story`", at + 1)) {
    const std::size_t start = traced.rfind('`', at) + 1;
    const std::string name = traced.substr(start, at + 6 - start);
    if (name.find('*') != std::string::npos || name.find(' ') != std::string::npos) continue;
    ++named;
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path{VITALSD_STORIES_DIR} / name)) << name;
  }
  EXPECT_GT(named, 0U);
  for (const auto& path : files())
    EXPECT_NE(traced.find("`" + path.filename().string() + "`"), std::string::npos)
        << path.filename() << " is not in README.md";
}

// `test_commands.py::test_x`, or `::test_y` for another of the same file.
TEST(Stories, each_integration_test_that_a_trace_names_is_there) {
  const std::filesystem::path folder{VITALSD_STORIES_DIR};
  const std::string traced = text_of(folder / "README.md");
  std::string file, tests;
  std::size_t named = 0;
  for (std::size_t at = traced.find("::test_"); at != std::string::npos;
       at = traced.find("::test_", at + 1)) {
    const std::size_t start = traced.rfind('`', at) + 1;
    if (start != at) {
      file = traced.substr(start, at - start);
      tests = text_of(folder.parent_path() / "integration" / file);
    }
    const std::string name = traced.substr(at + 2, traced.find('`', at) - at - 2);
    EXPECT_NE(tests.find("def " + name + "("), std::string::npos) << file << " has no " << name;
    ++named;
  }
  EXPECT_GT(named, 20U);
}

}  // namespace
}  // namespace stories
