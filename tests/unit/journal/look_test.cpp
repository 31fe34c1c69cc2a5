// Looking into a journal while the service writes it: what is found is true, and the service is not touched.
#include "daemon/journal/look.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <limits>
#include <thread>

#include "daemon/journal/trend_reader.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::vector<TrendPoint>& spo2_of(const Trend& trend) {
  return trend.points[vitals::index_of(vitals::Metric::spo2)];
}

TEST(TrendReader, ReadsWhatTheServiceHasConfirmedWhileItRuns) {
  const Directory directory;
  Journal journal{directory.file(), now_ms};
  ASSERT_TRUE(write(journal, list(BedEntry{"icu/1"}, BedEntry{"icu/2"}, trend("icu/1", this_minute),
                                  trend("icu/2", this_minute), summary("icu/1", this_minute + 1),
                                  trend("icu/1", this_minute + 2, "s-2", 30))));
  const Trend found = read_trend(directory.file(), "icu/1", {});
  EXPECT_EQ(found.problem, "");
  ASSERT_THAT(spo2_of(found), SizeIs(60 + 1 + 30));
  EXPECT_EQ(spo2_of(found)[0].second, now_ms / 1'000);
  EXPECT_EQ(spo2_of(found)[0].value, 97.0);
  EXPECT_EQ(found.sessions[spo2_of(found)[0].session], "s-1");
  EXPECT_FALSE(spo2_of(found)[0].least);
  EXPECT_EQ(spo2_of(found)[60].seconds, 60U);
  EXPECT_EQ(spo2_of(found)[60].least, 97.0);
  EXPECT_EQ(found.sessions[spo2_of(found)[60].session], "");
  EXPECT_EQ(found.to_ms, now_ms + 3 * 60'000);
  EXPECT_THAT(found.points[vitals::index_of(vitals::Metric::hr)], IsEmpty());
  EXPECT_TRUE(write(journal, list(event("icu/1", 1)))) << "the service goes on";
}

TEST(TrendReader, AWindowIsKeptTo) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    std::vector<Entry> minutes = list(BedEntry{"icu/1"});
    for (std::int64_t minute = 0; minute < 2'000; ++minute)
      minutes.emplace_back(trend("icu/1", this_minute + minute));
    write(journal, minutes);
  }
  const Trend day = read_trend(directory.file(), "icu/1", {});
  EXPECT_THAT(spo2_of(day), SizeIs(24 * 3'600)) << "the last 24 h";
  const Trend part = read_trend(directory.file(), "icu/1", {now_ms + 90'000, now_ms + 150'000});
  ASSERT_THAT(spo2_of(part), SizeIs(60));
  EXPECT_EQ(spo2_of(part).front().second, now_ms / 1'000 + 90);
  const Trend all = read_trend(directory.file(), "icu/1", {0, std::numeric_limits<std::int64_t>::max()});
  EXPECT_THAT(spo2_of(all), SizeIs(2'000 * 60));
  EXPECT_THAT(read_trend(directory.file(), "icu/1", {{}, 60'000}).problem,
              HasSubstr("no trend of icu/1 in that"));
}

TEST(TrendReader, AlarmsAndPhasesComeFromADayBefore) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    const auto told = [](std::uint64_t seq, std::string kind, std::int64_t ts_ms) {
      return EventEntry{"icu/1", std::move(kind), seq, ts_ms, "{}"};
    };
    write(journal, list(BedEntry{"icu/1"}, trend("icu/1", this_minute), told(1, "alarm", now_ms - 86'400'001),
                        told(2, "alarm", now_ms - 86'400'000), told(3, "link", now_ms),
                        told(4, "infusion", now_ms), told(5, "alarm", now_ms + 60'000)));
  }
  const Trend found = read_trend(directory.file(), "icu/1", {});
  ASSERT_THAT(found.events, SizeIs(2));
  EXPECT_EQ(found.events[0].kind, "alarm");
  EXPECT_EQ(found.events[1].kind, "infusion");
}

TEST(TrendReader, SaysWhatIsWrong) {
  const Directory directory;
  EXPECT_EQ(read_trend(directory.file(), "icu/1", {}).problem, "there is no such file");
  EXPECT_EQ(read_trend(directory.path().string(), "icu/1", {}).problem, "it is not a file");
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(BedEntry{"icu/1"}, BedEntry{"icu/2"}, trend("icu/1", this_minute),
                        TrendEntry{"icu/1", "", this_minute + 1, true, "garbage"}));
  }
  EXPECT_EQ(read_trend(directory.file(), "icu/9", {}).problem, "it has no bed icu/9; it has icu/1, icu/2");
  EXPECT_EQ(read_trend(directory.file(), "icu/2", {}).problem, "it has no trend of icu/2 yet");
  EXPECT_EQ(read_trend(directory.file(), "icu/1", {}).unreadable, 1U);
  query(directory.file(), "PRAGMA user_version = 4");
  EXPECT_THAT(read_trend(directory.file(), "icu/1", {}).problem, HasSubstr("schema 4"));
  const std::string garbage = (directory.path() / "garbage").string();
  std::ofstream{garbage} << std::string(10'000, 'g');
  EXPECT_THAT(read_trend(garbage, "icu/1", {}).problem, HasSubstr("not a database"));
}

TEST(TrendReader, ACopyWithoutItsLogIsRead) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(BedEntry{"icu/1"}, trend("icu/1", this_minute)));
  }
  std::filesystem::remove(directory.file() + "-wal");
  EXPECT_THAT(spo2_of(read_trend(directory.file(), "icu/1", {})), SizeIs(60));
  EXPECT_FALSE(std::filesystem::exists(directory.file() + "-wal")) << "nothing is created";
}

TEST(Look, CannotWrite) {
  const Directory directory;
  Journal journal{directory.file(), now_ms};
  write(journal, list(BedEntry{"icu/1"}));
  {
    Look look;
    ASSERT_EQ(look.open(directory.file()), "");
    EXPECT_NE(sqlite3_exec(look.db(), "DELETE FROM bed", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_NE(sqlite3_exec(look.db(), "PRAGMA query_only = OFF; DELETE FROM bed", nullptr, nullptr, nullptr),
              SQLITE_OK);
    EXPECT_NE(sqlite3_exec(look.db(), "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr),
              SQLITE_OK);
  }
  EXPECT_TRUE(std::filesystem::exists(directory.file() + "-wal")) << "the service's log stays";
  EXPECT_TRUE(write(journal, list(BedEntry{"icu/2"})));
}

TEST(Look, NoticesThatTheLogWasMoved) {
  const Directory directory;
  auto journal = std::make_unique<Journal>(directory.file(), now_ms);
  write(*journal, list(BedEntry{"icu/1"}));
  // As if the file had been left alone for an hour.
  std::filesystem::last_write_time(directory.file(),
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours{1});
  Look look;
  ASSERT_EQ(look.open(directory.file()), "");
  EXPECT_FALSE(look.disturbed());
  write(*journal, list(BedEntry{"icu/2"}));
  EXPECT_FALSE(look.disturbed()) << "a longer log disturbs nobody";
  journal.reset();
  EXPECT_TRUE(look.disturbed());
}

// Moving the log into the file changes the file first; the log begins anew only with a later commit.
TEST(Look, NoticesThatTheFileWasWritten) {
  const Directory directory;
  Journal journal{directory.file(), now_ms};
  write(journal, list(BedEntry{"icu/1"}));
  const auto hour_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours{1};
  std::filesystem::last_write_time(directory.file(), hour_ago);
  Look look;
  ASSERT_EQ(look.open(directory.file()), "");
  EXPECT_FALSE(look.disturbed());
  std::filesystem::last_write_time(directory.file(), hour_ago + std::chrono::minutes{1});
  EXPECT_TRUE(look.disturbed());
  std::filesystem::last_write_time(directory.file(), hour_ago + std::chrono::hours{2});
  ASSERT_EQ(look.open(directory.file()), "");
  EXPECT_FALSE(look.disturbed()) << "a clock that was set back meanwhile";
}

// A journal that is written and emptied all the time: each answer is whole, whatever happens meanwhile.
TEST(TrendReader, NeverTellsHalfOfACommit) {
  const Directory directory;
  Journal journal{directory.file(), now_ms};
  write(journal,
        list(BedEntry{"icu/1"}, BedEntry{"icu/2"}, trend("icu/1", this_minute), trend("icu/2", this_minute)));
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    for (std::int64_t minute = this_minute + 1; !enough && minute < this_minute + 3'000; ++minute)
      write(journal, list(trend("icu/1", minute), trend("icu/2", minute)));
  });
  unsigned read = 0;
  for (int i = 0; i < 20; ++i) {
    const Trend one = read_trend(directory.file(), "icu/1", {});
    if (!one.problem.empty()) {
      EXPECT_THAT(one.problem, HasSubstr("try again"));
      continue;
    }
    ++read;
    EXPECT_EQ(spo2_of(one).size() % 60, 0U);
    EXPECT_EQ(one.unreadable, 0U);
    const Trend other = read_trend(directory.file(), "icu/2", {});
    if (!other.problem.empty()) continue;
    EXPECT_GE(other.to_ms, one.to_ms) << "committed together, and read later";
  }
  enough = true;
  writer.join();
  EXPECT_GT(read, 0U);
}

}  // namespace
}  // namespace journal
