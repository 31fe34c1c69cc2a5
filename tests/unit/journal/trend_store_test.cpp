// The trend in the file: minutes, put together again where they were cut, and what they cost a memory card.
#include <gmock/gmock.h>

#include "tests/unit/journal/faulty_disk.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using testing::IsEmpty;

std::string text_of(const std::string& file, const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::string out;
  if (sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    out.assign(static_cast<const char*>(sqlite3_column_blob(statement, 0)),
               static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return out;
}

TEST(TrendStore, AMinuteIsKeptAsItCame) {
  const Directory directory;
  const TrendEntry minute = trend("icu/1", this_minute);
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(write(journal, list(minute, trend("icu/2", this_minute), summary("icu/1", this_minute + 1))));
  }
  EXPECT_EQ(text_of(directory.file(), "SELECT doc FROM trend WHERE scope = 'icu/1' AND session = 's-1'"),
            minute.doc);
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM trend"), 2);
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM trend_summary WHERE session = ''"), 1);
}

TEST(TrendStore, AMinuteThatARestartCutIsPutTogether) {
  const Directory directory;
  TrendBlock first, second;
  first.put(vitals::Metric::hr, 10, 70, true);
  second.put(vitals::Metric::hr, 40, 80, true);
  const auto write_part = [&](const TrendBlock& block, const std::string& session, std::int64_t minute) {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(write(journal, list(TrendEntry{"icu/1", session, minute, true, encode(block)})));
  };
  write_part(first, "s-1", this_minute);
  write_part(second, "", this_minute);
  const auto kept = decode_block(text_of(directory.file(), "SELECT doc FROM trend WHERE session = 's-1'"));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->columns[0].tenths[10], 700);
  EXPECT_EQ(kept->columns[0].tenths[40], 800);
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM trend"), 1);
}

TEST(TrendStore, WhatCannotBeReadAnyMoreGivesWay) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(write(journal, list(TrendEntry{"icu/1", "s-1", this_minute, true, "garbage"})));
    EXPECT_TRUE(write(journal, list(trend("icu/1", this_minute))));
  }
  EXPECT_EQ(text_of(directory.file(), "SELECT doc FROM trend"), trend("icu/1", this_minute).doc);
}

TEST(TrendStore, ItIsNothingThatARestartNeeds) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(trend("icu/1", this_minute)));
  }
  const Restored found = restore(directory.file());
  EXPECT_THAT(found.trouble, IsEmpty());
  EXPECT_THAT(found.episodes, IsEmpty());
}

// Memory cards wear out: one bed without alarms writes at most 2 MB an hour, the log and what is moved from
// it into the file counted. Eight hours, so that the log is moved several times.
TEST(TrendStore, AnHourOfOneBedIsLessThanTwoMegabytes) {
  const faulty_disk::Guard disk;
  const Directory directory;
  std::uint64_t bytes = 0;
  constexpr int hours = 8;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(BedEntry{"icu/1"}));
    const std::uint64_t before = faulty_disk::bytes_written();
    for (std::int64_t minute = 0; minute < 60 * hours; ++minute)
      write(journal, list(trend("icu/1", this_minute + minute)));
    bytes = faulty_disk::bytes_written() - before;
  }
  RecordProperty("bytes_an_hour", std::to_string(bytes / hours));
  EXPECT_LT(bytes / hours, 2'000'000U);
  EXPECT_GT(bytes, 100'000U) << "something was counted";
}

// A minute of a thousand beds is one commit, and not a page for each of them.
TEST(TrendStore, AMinuteOfAThousandBedsIsOneStretch) {
  const faulty_disk::Guard disk;
  const Directory directory;
  std::uint64_t bytes = 0;
  constexpr std::int64_t minutes = 20;
  {
    Journal journal{directory.file(), now_ms};
    const auto minute_of_all = [](std::int64_t minute) {
      std::vector<Entry> out;
      for (int bed = 0; bed < 1'000; ++bed) out.emplace_back(trend("icu/" + std::to_string(bed), minute));
      return out;
    };
    write(journal, minute_of_all(this_minute));
    const std::uint64_t before = faulty_disk::bytes_written();
    for (std::int64_t minute = 1; minute <= minutes; ++minute)
      write(journal, minute_of_all(this_minute + minute));
    bytes = faulty_disk::bytes_written() - before;
    EXPECT_LE(journal.health().commits, 22U);
  }
  EXPECT_LT(bytes / minutes, 1'000U * 1'000U);
}

}  // namespace
}  // namespace journal
