// The journal on a sound disk.
#include "daemon/journal/journal.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <limits>

#include "daemon/journal/mirror.hpp"
#include "tests/unit/journal/faulty_disk.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Journal, BeginsFresh) {
  const Directory directory;
  const Journal journal{directory.file(), now_ms};
  EXPECT_TRUE(journal.restored().fresh);
  EXPECT_THAT(journal.restored().trouble, IsEmpty());
  EXPECT_THAT(journal.restored().episodes, IsEmpty());
  EXPECT_FALSE(journal.health().failed) << journal.health().reason;
}

TEST(Journal, GivesBackWhatWasKept) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(write(journal, list(alarm("icu/1", "spo2-low", "A", 3), event("icu/1", 8'121),
                                    event("node", 17), SessionEntry{"icu/1", R"({"phase":"load"})"},
                                    command("c-1", now_ms - 5), BedEntry{"icu/1"})));
    EXPECT_EQ(journal.health().rows, 2U);
  }
  const Restored found = restore(directory.file());
  EXPECT_FALSE(found.fresh);
  ASSERT_THAT(found.episodes, SizeIs(1));
  EXPECT_EQ(found.episodes[0].scope, "icu/1");
  EXPECT_EQ(found.episodes[0].condition, "spo2-low");
  EXPECT_EQ(found.episodes[0].id, "A");
  EXPECT_EQ(found.episodes[0].rev, 3U);
  EXPECT_EQ(found.episodes[0].doc, R"({"id":"A"})");
  ASSERT_THAT(found.sessions, SizeIs(1));
  EXPECT_EQ(found.sessions[0].doc, R"({"phase":"load"})");
  ASSERT_THAT(found.commands, SizeIs(1));
  EXPECT_EQ(found.commands[0].command_id, "c-1");
  EXPECT_EQ(found.commands[0].client, "station1");
  EXPECT_EQ(found.commands[0].status, "applied");
  EXPECT_EQ(found.commands[0].text, "done");
  EXPECT_EQ(found.commands[0].ts_ms, now_ms - 5);
  EXPECT_EQ(found.last_seq("icu/1"), 8'121U);
  EXPECT_EQ(found.last_seq("node"), 17U);
  EXPECT_THAT(found.beds, ElementsAre("icu/1"));
}

TEST(Journal, NotesAreKeptAndTheOldestGoWhenThereAreTooMany) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(
        write(journal, list(NoteEntry{"icu/1", "s-1", "station1", "rn-17", "note", "first", now_ms})));
  }
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM note WHERE text = 'first' AND session = 's-1'"), 1);
  query(directory.file(), "UPDATE note SET id = 1");
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(NoteEntry{"icu/1", "s-1", "station1", "rn-17", "note", "second", now_ms}));
  }
  query(directory.file(), "UPDATE note SET id = 100000 WHERE id = 2");
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(NoteEntry{"icu/1", "s-1", "station1", "rn-17", "note", "third", now_ms}));
  }
  EXPECT_EQ(query(directory.file(), "SELECT min(id) FROM note"), 100'000);
}

TEST(Journal, SessionsOfASeriesComeBackInTheOrderOfTheirEnd) {
  const Directory directory;
  const auto past = [](std::string session, std::string series, std::string doc) {
    return PastEntry{"icu/1", std::move(session), std::move(series), now_ms, std::move(doc)};
  };
  {
    Journal journal{directory.file(), now_ms};
    write(journal,
          list(past("s-1", "k-41", "first"), past("s-2", "", "of none"), past("s-3", "k-41", "third")));
    write(journal, list(past("s-3", "k-41", "told again")));
  }
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.past, SizeIs(2));
  EXPECT_EQ(found.past[0].doc, "first");
  EXPECT_EQ(found.past[1].doc, "told again");
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM past"), 3) << "kept for the report";
}

// As the first version wrote it.
constexpr const char* schema_1 = R"sql(
  PRAGMA journal_mode = WAL;
  CREATE TABLE event(scope TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, ts_ms INTEGER NOT NULL,
                     doc TEXT NOT NULL, PRIMARY KEY(scope, seq)) STRICT;
  CREATE TABLE sequence(scope TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE episode(scope TEXT NOT NULL, condition TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL,
                       doc TEXT NOT NULL, PRIMARY KEY(scope, condition)) STRICT, WITHOUT ROWID;
  CREATE TABLE session(scope TEXT NOT NULL PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE command(command_id TEXT NOT NULL PRIMARY KEY, scope TEXT NOT NULL, client TEXT NOT NULL,
                       verb TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL, ts_ms INTEGER NOT NULL,
                       doc TEXT NOT NULL) STRICT;
  CREATE TABLE bed(scope TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
  PRAGMA application_id = 0x76697461;
  PRAGMA user_version = 1;
  INSERT INTO episode VALUES('icu/1', 'spo2-low', 'A', 3, '{}');
  INSERT INTO sequence VALUES('icu/1', 8121);
)sql";

TEST(Journal, AnOlderFileGoesOnWithWhatItHolds) {
  const Directory directory;
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(directory.file().c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, schema_1, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_THAT(journal.restored().trouble, IsEmpty());
    EXPECT_FALSE(journal.restored().fresh);
    EXPECT_THAT(journal.restored().episodes, SizeIs(1));
    EXPECT_EQ(journal.restored().last_seq("icu/1", "whichever"), 8'121U);
    EXPECT_TRUE(write(journal, list(NoteEntry{"icu/1", "", "station1", "", "note", "text", now_ms})));
  }
  const Directory anew;
  { const Journal journal{anew.file(), now_ms}; }
  for (const char* what : {"SELECT count(*) FROM sqlite_schema", "PRAGMA user_version"})
    EXPECT_EQ(query(directory.file(), what), query(anew.file(), what)) << what;
}

// What a run kept is told from what it only said, also by the runs after the next one.
TEST(Journal, TheLastNumberIsKnownOfEachRun) {
  const Directory directory;
  for (const std::string boot : {"run-1", "run-2"}) {
    Journal journal{directory.file(), now_ms, {}, boot};
    const std::uint64_t seq = journal.restored().last_seq("icu/1") + 10;
    write(journal, list(event("icu/1", seq), event("icu/2", seq)));
  }
  const Restored found = restore(directory.file());
  EXPECT_EQ(found.last_seq("icu/1"), 20U);
  EXPECT_EQ(found.last_seq("icu/1", "run-1"), 10U);
  EXPECT_EQ(found.last_seq("icu/2", "run-2"), 20U);
  EXPECT_EQ(found.last_seq("icu/2", "another"), 0U);
  EXPECT_EQ(found.last_seq("icu/3"), 0U);
}

TEST(Journal, OfManyRunsTheOldestArePutTogether) {
  const Directory directory;
  constexpr std::uint64_t runs = 40, kept_apart = 16;
  for (std::uint64_t run = 1; run <= runs; ++run) {
    Journal journal{directory.file(), now_ms, {}, "run-" + std::to_string(run)};
    write(journal, list(event("icu/1", run), event(run == 1 ? "old/1" : "icu/2", run)));
  }
  const Restored found = restore(directory.file());
  EXPECT_LE(query(directory.file(), "SELECT count(*) FROM sequence WHERE scope = 'icu/1'"),
            static_cast<std::int64_t>(kept_apart) + 1);
  EXPECT_EQ(found.last_seq("icu/1"), runs);
  EXPECT_EQ(found.last_seq("icu/1", "run-40"), runs);
  EXPECT_EQ(found.last_seq("icu/1", "run-30"), 30U);
  EXPECT_EQ(found.last_seq("icu/1", "run-1"), runs - kept_apart) << "of any run: nothing is missing up to it";
  EXPECT_EQ(found.last_seq("old/1", "run-1"), 1U);
}

TEST(Journal, EndedEpisodesVanish) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(alarm("icu/1", "spo2-low", "A", 1), alarm("icu/1", "hr-high", "B", 1)));
    write(journal, list(alarm("icu/1", "spo2-low", "A", 2, true)));
  }
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.episodes, SizeIs(1));
  EXPECT_EQ(found.episodes[0].id, "B");
}

TEST(Journal, AnOldEndDoesNotEndTheNextEpisode) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(alarm("icu/1", "spo2-low", "A", 1)));
    write(journal, list(alarm("icu/1", "spo2-low", "B", 1), alarm("icu/1", "spo2-low", "A", 2, true)));
  }
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.episodes, SizeIs(1));
  EXPECT_EQ(found.episodes[0].id, "B");
}

TEST(Journal, KeepsTheLatestRevisionAndSession) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    for (std::uint64_t rev = 1; rev <= 50; ++rev) {
      journal.write(list(alarm("icu/1", "spo2-low", "A", rev), SessionEntry{"icu/1", std::to_string(rev)}),
                    {});
    }
  }  // the destructor commits what is queued
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.episodes, SizeIs(1));
  EXPECT_EQ(found.episodes[0].rev, 50U);
  EXPECT_EQ(found.sessions[0].doc, "50");
}

TEST(Journal, ANumberWrittenTwiceKeepsTheLaterDocument) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(write(journal, list(event("icu/1", 7, "first"))));
    EXPECT_TRUE(write(journal, list(event("icu/1", 7, "second"))));
    EXPECT_TRUE(write(journal, list(event("icu/1", 6, "late"))));
  }
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM event WHERE seq = 7 AND doc = 'second'"), 1);
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM event"), 2);
  EXPECT_EQ(restore(directory.file()).last_seq("icu/1"), 7U) << "the last number never goes back";
}

TEST(Journal, GivesBackCommandsOfOneDayOldestFirst) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(command("too-old", now_ms - commands_kept_ms - 1), command("b", now_ms - 2),
                        command("a", now_ms - 1, "accepted")));
    write(journal, list(command("a", now_ms, "applied")));
  }
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.commands, SizeIs(2));
  EXPECT_EQ(found.commands[0].command_id, "b");
  EXPECT_EQ(found.commands[1].command_id, "a");
  EXPECT_EQ(found.commands[1].status, "applied");
}

TEST(Journal, CommandsAreBounded) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    std::vector<Entry> many;
    for (std::size_t n = 0; n < commands_max + 50; ++n) many.emplace_back(command(std::to_string(n), now_ms));
    EXPECT_TRUE(write(journal, many));
  }
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM command"), std::int64_t{commands_max});
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.commands, SizeIs(commands_max));
  EXPECT_EQ(found.commands[0].command_id, "50") << "the oldest ones went";
}

TEST(Journal, TheEventLogIsBoundedAndNumbersGoOn) {
  const Directory directory;
  Limits limits;
  limits.events_max = 1'000;
  {
    Journal journal{directory.file(), now_ms, limits};
    for (std::uint64_t seq = 1; seq <= 5'000; ++seq) journal.write(list(event("icu/1", seq)), {});
    EXPECT_TRUE(write(journal, {}));
    EXPECT_LE(journal.health().rows, 1'500U);
    EXPECT_EQ(journal.health().gone, 5'000 - journal.health().rows)
        << "what is not there any more is counted";
  }
  const std::int64_t rows = query(directory.file(), "SELECT count(*) FROM event");
  EXPECT_GE(rows, 1'000);
  EXPECT_LE(rows, 1'500);
  EXPECT_EQ(query(directory.file(), "SELECT max(seq) FROM event"), 5'000);
  EXPECT_EQ(query(directory.file(), "SELECT min(seq) FROM event"), 5'000 - rows + 1)
      << "the oldest ones went";
  EXPECT_EQ(restore(directory.file()).last_seq("icu/1"), 5'000U);
}

Page read(Journal& journal, const std::string& scope, std::uint64_t from_seq) {
  std::promise<Page> page;
  journal.read_events(scope, from_seq, [&](Page found) { page.set_value(std::move(found)); });
  return page.get_future().get();
}

TEST(Journal, EventsAreReadInPagesWithoutAGap) {
  const Directory directory;
  Journal journal{directory.file(), now_ms};
  for (std::uint64_t seq = 1; seq <= 1'500; ++seq)  // none of it committed for sure when it is asked for
    journal.write(list(event("icu/1", seq, std::to_string(seq)), event("icu/2", seq)), {});
  const Page first = read(journal, "icu/1", 3);
  EXPECT_TRUE(first.read && first.more);
  EXPECT_EQ(first.first_kept, 1U);
  ASSERT_THAT(first.docs, SizeIs(page_events_max));
  EXPECT_EQ(first.docs.front(), "3");
  EXPECT_EQ(first.docs.back(), "1002");
  EXPECT_EQ(first.last, 1'002U);
  const Page second = read(journal, "icu/1", first.last + 1);
  EXPECT_TRUE(second.read);
  EXPECT_FALSE(second.more);
  ASSERT_THAT(second.docs, SizeIs(498));
  EXPECT_EQ(second.docs.front(), "1003");
  EXPECT_EQ(second.last, 1'500U);
  const Page none = read(journal, "icu/1", std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(none.read);
  EXPECT_THAT(none.docs, IsEmpty());
  EXPECT_EQ(read(journal, "icu/9", 0).first_kept, 0U);
}

TEST(Journal, APageOfLargeEventsIsShort) {
  const Directory directory;
  Journal journal{directory.file(), now_ms};
  for (std::uint64_t seq = 1; seq <= 100; ++seq)
    journal.write(list(event("icu/1", seq, std::string(60'000, 'x'))), {});
  const Page page = read(journal, "icu/1", 0);
  EXPECT_TRUE(page.more);
  EXPECT_THAT(page.docs, SizeIs(18)) << "the one that fills a megabyte is the last";
  EXPECT_EQ(page.last, 18U);
}

TEST(Journal, APageTellsWhatIsNotKeptAnyMore) {
  const Directory directory;
  Limits limits;
  limits.events_max = 1'000;
  Journal journal{directory.file(), now_ms, limits};
  for (std::uint64_t seq = 1; seq <= 5'000; ++seq) journal.write(list(event("icu/1", seq)), {});
  EXPECT_TRUE(write(journal, {}));
  const Page page = read(journal, "icu/1", 1);
  EXPECT_EQ(page.first_kept, 5'000 - journal.health().rows + 1);
  EXPECT_THAT(page.docs, SizeIs(page_events_max));
}

TEST(Journal, TextIsKeptByteForByte) {
  const Directory directory;
  const std::string odd{"quote ' \" nul \0 high \xc3\xa9 end", 26};
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(write(journal, list(SessionEntry{"icu/1", odd}, SessionEntry{"icu/2", ""})));
  }
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.sessions, SizeIs(2));
  EXPECT_EQ(found.sessions[0].doc, odd);
  EXPECT_EQ(found.sessions[1].doc, "");
}

TEST(Journal, OnlyTheOwnerCanReadIt) {
  const Directory directory;
  const std::ofstream wide{directory.file()};  // as a careless operator might have made it
  Journal journal{directory.file(), now_ms};
  EXPECT_TRUE(write(journal, list(BedEntry{"icu/1"})));
  for (const char* suffix : {"", "-wal"}) {
    struct stat info {};
    ASSERT_EQ(::stat((directory.file() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST(Journal, RunsWriteAheadAndLeavesOneFileToCopy) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(event("icu/1", 1)));
  }
  EXPECT_EQ(query(directory.file(), "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
  std::filesystem::remove(directory.file() + "-wal");
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM event"), 1) << "an orderly stop empties the log";
}

// P2: what was confirmed survives a power cut, not only the death of the process.
TEST(Journal, NothingIsConfirmedBeforeTheDiskHasIt) {
  const faulty_disk::Guard disk;
  const Directory directory;
  std::atomic<int> confirmed{0}, too_early{0};
  {
    Journal journal{directory.file(), now_ms};
    for (std::uint64_t seq = 1; seq <= 300; ++seq) {
      journal.write(list(event("icu/1", seq, std::string(3'000, 'x'))), [&](bool kept) {
        confirmed += kept ? 1 : 0;
        too_early += faulty_disk::log_is_unsynced() ? 1 : 0;
      });
      if (seq % 50 == 0) write(journal, {});
    }
  }
  EXPECT_EQ(confirmed, 300);
  EXPECT_EQ(too_early, 0);
}

TEST(Journal, ABurstBecomesFewCommits) {
  const Directory directory;
  Journal journal{directory.file(), now_ms};
  for (std::uint64_t seq = 1; seq <= 20'000; ++seq) journal.write(list(event("icu/1", seq)), {});
  EXPECT_TRUE(write(journal, {}));
  EXPECT_LT(journal.health().commits, 5'000U);
  EXPECT_EQ(journal.health().rows, 20'000U);
  EXPECT_EQ(journal.health().queued, 0U);
}

TEST(Journal, EveryWriteIsAnsweredOnceEvenAtDestruction) {
  const Directory directory;
  std::atomic<int> answers{0}, kept_answers{0};
  {
    Journal journal{directory.file(), now_ms};
    for (std::uint64_t seq = 1; seq <= 1'000; ++seq) {
      journal.write(list(event("icu/1", seq)), [&](bool kept) {
        ++answers;
        kept_answers += kept ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(answers, 1'000);
  EXPECT_EQ(kept_answers, 1'000);
}

}  // namespace
}  // namespace journal
