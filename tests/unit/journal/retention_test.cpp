// What goes from the file, by virtual dates and by its size; and what never goes.
#include <gmock/gmock.h>

#include "daemon/journal/audit.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t day_ms = 24 * 60 * 60'000;

struct Retained : testing::Test {
  Directory directory;
  Limits limits;

  Retained() {
    limits.keep.trend_seconds_days = 30;
    limits.keep.trend_days = 100;
    limits.keep.days = 200;
  }
  // Tends a closed file as it would be done on that day, and waits until nothing more is to go.
  void tend(std::optional<std::int64_t> on_ms) const {
    Journal journal{directory.file(), now_ms, limits};
    tend(journal, on_ms);
  }
  static void tend(Journal& journal, std::optional<std::int64_t> on_ms) {
    journal.tend(on_ms);
    while (journal.health().tending) write(journal, {});
    EXPECT_FALSE(journal.health().failed) << journal.health().reason;
  }
  std::int64_t count(const std::string& what) const {
    return query(directory.file(), "SELECT count(*) FROM " + what);
  }
};

TEST_F(Retained, seconds_become_summaries_and_summaries_go) {
  {
    Journal journal{directory.file(), now_ms, limits};
    for (std::int64_t minute = 0; minute < 1'000; ++minute)
      write(journal, list(trend("icu/1", this_minute + minute), summary("icu/2", this_minute + minute)));
  }
  tend(now_ms + 29 * day_ms);
  EXPECT_EQ(count("trend"), 1'000);
  tend(now_ms + 30 * day_ms + 400 * 60'000);
  EXPECT_EQ(count("trend"), 600);
  EXPECT_EQ(count("trend_summary"), 1'400);
  EXPECT_EQ(count("trend_summary WHERE scope = 'icu/1' AND session = 's-1'"), 400);
  EXPECT_EQ(count("trend WHERE minute < " + std::to_string(this_minute + 400)), 0);
  tend(now_ms + 101 * day_ms);
  EXPECT_EQ(count("trend"), 0);
  EXPECT_EQ(count("trend_summary"), 0);
}

TEST_F(Retained, old_history_goes_and_state_stays) {
  const auto past = [](std::string session, std::int64_t ended_ms) {
    return PastEntry{"icu/1", std::move(session), "k-1", ended_ms, "{}"};
  };
  const auto aged = [](std::uint64_t seq, std::int64_t ts_ms) {
    EventEntry out = event("icu/1", seq);
    out.ts_ms = ts_ms;
    return out;
  };
  {
    Journal journal{directory.file(), now_ms, limits};
    write(journal, list(alarm("icu/1", "spo2-low", "A", 3), SessionEntry{"icu/1", "running"},
                        BedEntry{"icu/1"}, past("old", now_ms), past("new", now_ms + 150 * day_ms)));
    for (std::uint64_t seq = 1; seq <= 2'000; ++seq)
      journal.write(list(aged(seq, now_ms + static_cast<std::int64_t>(seq) * day_ms / 10)), {});
    write(journal, list(NoteEntry{"icu/1", "s", "c", "a", "note", "old", now_ms},
                        NoteEntry{"icu/1", "s", "c", "a", "note", "new", now_ms + 150 * day_ms}));
  }
  tend(now_ms + 300 * day_ms);
  EXPECT_EQ(query(directory.file(), "SELECT min(seq) FROM event"), 1'000) << "those of the last 200 days";
  EXPECT_EQ(count("event"), 1'001);
  EXPECT_EQ(count("note"), 1);
  EXPECT_EQ(count("past"), 1);
  const Restored found = restore(directory.file());
  EXPECT_THAT(found.episodes, SizeIs(1)) << "an alarm that stands is no history, however old it is";
  EXPECT_THAT(found.sessions, SizeIs(1));
  EXPECT_THAT(found.beds, SizeIs(1));
  EXPECT_EQ(found.last_seq("icu/1"), 2'000U);
  tend(now_ms + 3'000 * day_ms);
  EXPECT_EQ(count("event"), 0);
  EXPECT_EQ(restore(directory.file()).last_seq("icu/1"), 2'000U) << "numbers go on";
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(1));
}

TEST_F(Retained, events_that_have_gone_are_counted_and_nothing_else_is) {
  limits.keep.days = 100;
  limits.keep.size_mb_max = 1;
  std::uint64_t gone = 0;
  {
    Journal journal{directory.file(), now_ms, limits};
    write(journal,
          list(NoteEntry{"icu/1", "s", "c", "a", "note", "old", now_ms}, trend("icu/1", this_minute)));
    for (std::uint64_t seq = 1; seq <= 700; ++seq) journal.write(list(event("icu/1", seq)), {});
    EXPECT_TRUE(write(journal, {}));
    tend(journal, now_ms + 99 * day_ms);
    EXPECT_EQ(journal.health().gone, 0U);
    tend(journal, now_ms + 101 * day_ms);
    EXPECT_EQ(journal.health().gone, 700U) << "by their age";
    for (std::uint64_t seq = 1'001; seq <= 13'000; ++seq)
      journal.write(list(event("icu/1", seq, std::string(200, 'x'))), {});
    EXPECT_TRUE(write(journal, {}));
    tend(journal, std::nullopt);
    gone = journal.health().gone;
  }
  EXPECT_EQ(gone, 700 + 12'000 - static_cast<std::uint64_t>(count("event"))) << "by the size";
  EXPECT_GT(gone, 700U);
}

TEST_F(Retained, by_a_clock_that_cannot_be_trusted_nothing_goes) {
  {
    Journal journal{directory.file(), now_ms, limits};
    write(journal, list(trend("icu/1", 5), summary("icu/1", 6), event("icu/1", 1)));
  }
  tend(std::nullopt);
  EXPECT_EQ(count("trend") + count("trend_summary") + count("event"), 3);
}

TEST_F(Retained, the_audit_stays_whole_and_keeps_its_end) {
  {
    Journal journal{directory.file(), now_ms, limits};
    for (int i = 0; i < 1'200; ++i)
      journal.write(list(command("c-" + std::to_string(i), now_ms + i * day_ms / 10)), {});
    EXPECT_TRUE(write(journal, {}));
  }
  tend(now_ms + 280 * day_ms);
  AuditReport report = verify_audit(directory.file());
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.first, 801U);
  EXPECT_EQ(report.rows, 400U);
  const std::string head = report.head;
  tend(now_ms + 5'000 * day_ms);
  report = verify_audit(directory.file());
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.rows, 1U);
  EXPECT_EQ(report.head, head) << "the hash that somebody noted can still be found";
  {
    Journal journal{directory.file(), now_ms, limits};
    write(journal, list(command("c-next", now_ms + 5'000 * day_ms)));
  }
  report = verify_audit(directory.file());
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.rows, 2U);
}

TEST_F(Retained, a_row_of_the_future_hides_no_old_audit_behind_it) {
  {
    Journal journal{directory.file(), now_ms, limits};
    write(journal, list(command("c-1", now_ms), command("c-2", now_ms + 900 * day_ms), command("c-3", now_ms),
                        command("c-4", now_ms)));
  }
  tend(now_ms + 300 * day_ms);
  const AuditReport report = verify_audit(directory.file());
  EXPECT_EQ(report.problem, "") << "no hole: what follows it waits for it";
  EXPECT_EQ(report.first, 2U);
}

std::int64_t used_bytes(const std::string& file) {
  return (query(file, "PRAGMA page_count") - query(file, "PRAGMA freelist_count")) *
         query(file, "PRAGMA page_size");
}

TEST_F(Retained, beyond_its_size_trend_goes_before_events) {
  limits.keep.size_mb_max = 2;
  {
    Journal journal{directory.file(), now_ms, limits};
    write(journal, list(alarm("icu/1", "spo2-low", "A", 3)));
    for (std::uint64_t seq = 1; seq <= 5'000; ++seq)
      journal.write(list(event("icu/1", seq, std::string(200, 'x'))), {});
    for (std::int64_t minute = 0; minute < 20'000; ++minute)
      journal.write(list(trend("icu/1", this_minute + minute)), {});
    EXPECT_TRUE(write(journal, {}));
    tend(journal, std::nullopt);
  }
  EXPECT_LE(used_bytes(directory.file()), 2'000'000);
  EXPECT_EQ(count("event"), 5'000);
  EXPECT_GT(count("trend"), 0);
  EXPECT_EQ(query(directory.file(), "SELECT max(minute) FROM trend"), this_minute + 19'999)
      << "the oldest go";
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(1));
}

TEST_F(Retained, then_the_oldest_events_but_not_the_newest_ten_thousand) {
  limits.keep.size_mb_max = 1;
  {
    Journal journal{directory.file(), now_ms, limits};
    for (std::uint64_t seq = 1; seq <= 12'000; ++seq)
      journal.write(list(event("icu/1", seq, std::string(200, 'x'))), {});
    journal.write(list(trend("icu/1", this_minute), summary("icu/1", this_minute + 1)), {});
    EXPECT_TRUE(write(journal, {}));
    tend(journal, std::nullopt);
  }
  EXPECT_EQ(count("trend") + count("trend_summary"), 0);
  EXPECT_EQ(query(directory.file(), "SELECT min(seq) FROM event"), 2'000);
  EXPECT_EQ(query(directory.file(), "SELECT max(seq) FROM event"), 12'000);
}

// Freed pages are used again: a file that is tended does not grow for ever.
TEST_F(Retained, the_file_stops_growing) {
  limits.keep.size_mb_max = 1;
  Journal journal{directory.file(), now_ms, limits};
  std::uintmax_t size_half_way = 0;
  for (std::int64_t minute = 0; minute < 40'000; ++minute) {
    journal.write(list(trend("icu/1", this_minute + minute)), {});
    if (minute % 1'000 == 999) tend(journal, std::nullopt);
    if (minute == 20'000) {
      EXPECT_TRUE(write(journal, {}));
      size_half_way = std::filesystem::file_size(directory.file());
    }
  }
  EXPECT_TRUE(write(journal, {}));
  EXPECT_LE(std::filesystem::file_size(directory.file()), size_half_way + 500'000);
}

// An alarm does not wait for the tidying up: between two steps the queue comes first.
TEST_F(Retained, commits_go_on_between_the_steps) {
  limits.keep.days = 1;
  Journal journal{directory.file(), now_ms, limits};
  for (std::uint64_t seq = 1; seq <= 20'000; ++seq) journal.write(list(event("icu/1", seq)), {});
  EXPECT_TRUE(write(journal, {}));
  journal.tend(now_ms + 100 * day_ms);
  unsigned alarms_while_tending = 0;
  while (journal.health().tending) {
    EXPECT_TRUE(write(journal, list(alarm("icu/1", "spo2-low", "A", ++alarms_while_tending))));
  }
  EXPECT_GE(alarms_while_tending, 2U);
  const std::uint64_t rows = journal.health().rows;
  EXPECT_TRUE(write(journal, list(event("icu/1", 20'001))));
  EXPECT_LE(journal.health().rows, rows + 1);
}

}  // namespace
}  // namespace journal
