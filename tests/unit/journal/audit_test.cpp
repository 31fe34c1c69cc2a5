// The audit's chain: whole after whatever a disk does, and broken by whatever a person does to it.
#include "daemon/journal/audit.hpp"

#include <gmock/gmock.h>

#include "tests/unit/journal/faulty_disk.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using testing::HasSubstr;

void change(const std::string& file, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, &error), SQLITE_OK) << error;
  sqlite3_close(db);
}

// Ten commands in a file of their own.
struct Audit : testing::Test {
  Directory directory;
  const std::string file = directory.file();

  void SetUp() override { command_ten(); }
  void command_ten() const {
    Journal journal{file, now_ms};
    for (int i = 0; i < 10; ++i)
      EXPECT_TRUE(
          write(journal, list(command("c-" + std::to_string(i) + "-" + restored_from(journal), now_ms + i))));
  }
  static std::string restored_from(const Journal& journal) {
    return std::to_string(journal.restored().commands.size());
  }
  std::string problem_after(const char* sql) const {
    change(file, sql);
    const AuditReport report = verify_audit(file);
    EXPECT_TRUE(report.readable) << report.problem;
    return report.problem;
  }
};

TEST_F(Audit, is_whole_and_goes_on_over_restarts) {
  const AuditReport first = verify_audit(file);
  EXPECT_TRUE(first.readable);
  EXPECT_EQ(first.problem, "");
  EXPECT_EQ(first.rows, 10U);
  EXPECT_EQ(restore(file).audit_head, first.head);
  command_ten();
  const AuditReport second = verify_audit(file);
  EXPECT_EQ(second.problem, "");
  EXPECT_EQ(second.rows, 20U);
  EXPECT_EQ(second.last, 20U);
  EXPECT_NE(second.head, first.head);
}

TEST_F(Audit, each_field_counts) {
  for (const char* column : {"command_id", "scope", "client", "verb", "status", "text", "doc"}) {
    const std::string tamper =
        std::string{"UPDATE audit SET "} + column + " = " + column + " || 'x' WHERE id = 4";
    const std::string restore_it = std::string{"UPDATE audit SET "} + column + " = substr(" + column +
                                   ", 1, length(" + column + ") - 1) WHERE id = 4";
    EXPECT_EQ(problem_after(tamper.c_str()), "row 4 has been changed") << column;
    EXPECT_EQ(problem_after(restore_it.c_str()), "") << column;
  }
  EXPECT_EQ(problem_after("UPDATE audit SET ts_ms = ts_ms + 1 WHERE id = 10"), "row 10 has been changed");
}

TEST_F(Audit, a_text_cannot_move_from_one_field_to_the_next) {
  CommandEntry one = command("c-1", now_ms), other = one;
  one.status = "applied", one.text = "x";
  other.status = "appliedx", other.text = "";
  EXPECT_NE(audit_hash("", one), audit_hash("", other));
}

TEST_F(Audit, a_missing_row_is_seen) {
  EXPECT_EQ(problem_after("DELETE FROM audit WHERE id IN (3, 4)"), "rows 3 to 4 are missing");
}

TEST_F(Audit, rows_that_close_ranks_are_seen) {
  EXPECT_EQ(problem_after("DELETE FROM audit WHERE id = 3; UPDATE audit SET id = id - 1 WHERE id > 3"),
            "row 3 does not follow row 2");
}

TEST_F(Audit, a_row_that_was_written_anew_breaks_the_next) {
  const CommandEntry forged = command("c-forged", now_ms);
  std::string head;
  {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    sqlite3_exec(
        db, "SELECT hash FROM audit WHERE id = 4",
        [](void* out, int, char** values, char**) {
          *static_cast<std::string*>(out) = values[0];
          return 0;
        },
        &head, nullptr);
    sqlite3_close(db);
  }
  const std::string sql = "UPDATE audit SET command_id = 'c-forged', ts_ms = " + std::to_string(now_ms) +
                          ", hash = '" + audit_hash(head, forged) + "' WHERE id = 5";
  EXPECT_EQ(problem_after(sql.c_str()), "row 6 does not follow row 5");
}

TEST_F(Audit, the_oldest_may_be_gone) {
  EXPECT_EQ(problem_after("DELETE FROM audit WHERE id < 4"), "");
  EXPECT_EQ(verify_audit(file).first, 4U);
}

TEST_F(Audit, a_commit_that_failed_leaves_no_trace_in_the_chain) {
  const faulty_disk::Guard guard;
  {
    Limits limits;
    limits.retry_ms_min = limits.retry_ms_max = 1;
    Journal journal{file, now_ms, limits};
    faulty_disk::fail(faulty_disk::Failure::full);
    EXPECT_FALSE(write(journal, list(command("c-lost", now_ms))));
    faulty_disk::fail(faulty_disk::Failure::none);
    EXPECT_TRUE(write(journal, list(command("c-kept", now_ms))));
  }
  const AuditReport report = verify_audit(file);
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.rows, 12U)
      << "what was done and not kept is written when the disk is back, without its document";
}

TEST_F(Audit, a_file_that_is_none_or_in_use_is_told) {
  EXPECT_THAT(verify_audit((directory.path() / "nothing").string()).problem, HasSubstr("no such file"));
  EXPECT_FALSE(verify_audit(directory.path().string()).readable);
  const Journal journal{file, now_ms};
  const AuditReport report = verify_audit(file);
  EXPECT_FALSE(report.readable);
  EXPECT_THAT(report.problem, HasSubstr("stop the service"));
}

}  // namespace
}  // namespace journal
