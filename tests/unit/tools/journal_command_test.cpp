// `vitalsd journal verify` of files that are not what they look like.
#include <gmock/gmock.h>

#include "daemon/tools/tools.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace tools {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Verify : testing::Test {
  journal::Directory directory;
  const std::string file = directory.file();
  const std::string copy = (directory.path() / "copy.db").string();

  struct Said {
    int code;
    std::string out, error;
  };
  static Said verify(const std::string& path) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = verify_journal(path);
    return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
  }
  void command(journal::Journal& journal) const {
    EXPECT_TRUE(journal::write(journal, journal::list(journal::command("c-1", journal::now_ms))));
  }
};

TEST_F(Verify, a_stopped_journal_is_whole_without_a_word_more) {
  {
    journal::Journal journal{file, journal::now_ms};
    command(journal);
  }
  const Said said = verify(file);
  EXPECT_EQ(said.code, 0);
  EXPECT_THAT(said.out, HasSubstr("1 commands (1 to 1), none changed, none missing"));
  EXPECT_EQ(said.error, "");
}

// The command stands in the log alone, and what is left looks like a journal without any.
TEST_F(Verify, a_copy_without_its_log_is_warned_of) {
  { const journal::Journal journal{file, journal::now_ms}; }
  {
    journal::Journal journal{file, journal::now_ms};
    command(journal);
    std::filesystem::copy_file(file, copy);
  }
  const Said said = verify(copy);
  EXPECT_THAT(said.out, HasSubstr("no commands yet"));
  EXPECT_THAT(said.error,
              HasSubstr("warning: there is no " + copy + "-wal: a copy of this file alone lacks"));
}

TEST_F(Verify, a_copy_of_a_journal_that_has_just_been_made_is_told_in_plain_words) {
  {
    const journal::Journal journal{file, journal::now_ms};
    std::filesystem::copy_file(file, copy);
  }
  const Said said = verify(copy);
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.error, HasSubstr("no journal, or a copy that was made without its -wal"));
  EXPECT_THAT(said.error, Not(HasSubstr("table")));
}

}  // namespace
}  // namespace tools
