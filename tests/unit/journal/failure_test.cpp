// Broken, full, locked and forbidden disks: alarming goes on, nothing is claimed, nothing is forgotten.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include "daemon/journal/journal.hpp"
#include "daemon/journal/set_aside.hpp"
#include "tests/unit/journal/faulty_disk.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using faulty_disk::Failure;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Limits quick() {
  Limits limits;
  limits.retry_ms_min = 1;
  limits.retry_ms_max = 5;
  return limits;
}

// The journal repairs itself without being written to; the test waits for its state, not for a time.
void wait_until_sound(const Journal& journal) {
  while (journal.health().failed) std::this_thread::yield();
}

void spoil(const std::string& file) { std::ofstream{file} << std::string(10'000, 'g'); }

TEST(JournalFailure, GarbageIsMovedAsideAndTold) {
  const Directory directory;
  spoil(directory.file());
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(journal.restored().fresh);
    EXPECT_THAT(journal.restored().trouble, HasSubstr("journal.db.broken-1"));
    EXPECT_FALSE(journal.health().failed);
    EXPECT_TRUE(write(journal, list(alarm("icu/1", "spo2-low", "A", 1))));
  }
  EXPECT_EQ(std::filesystem::file_size(directory.file() + ".broken-1"), 10'000U) << "kept as it was";
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(1));
}

TEST(JournalFailure, BrokenFilesAreNumberedAndBounded) {
  const Directory directory;
  for (int n = 1; n <= broken_files_max + 3; ++n) {
    spoil(directory.file());
    const Journal journal{directory.file(), now_ms};
    EXPECT_THAT(journal.restored().trouble,
                HasSubstr(".broken-" + std::to_string(std::min(n, broken_files_max))));
    EXPECT_FALSE(journal.health().failed);
  }
}

TEST(JournalFailure, ADamagedJournalIsMovedAsideWithItsLog) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(alarm("icu/1", "spo2-low", "A", 1), event("icu/1", 1)));
  }
  std::fstream damage{directory.file(), std::ios::in | std::ios::out | std::ios::binary};
  damage.seekp(100);
  damage << std::string(3'000, '\xff');  // the schema's page
  damage.close();
  const Restored found = restore(directory.file());
  EXPECT_TRUE(found.fresh);
  EXPECT_THAT(found.trouble, HasSubstr("broken-1"));
  EXPECT_FALSE(std::filesystem::exists(directory.file() + ".broken-1-shm"));
}

TEST(JournalFailure, AnotherProgramsDatabaseIsNotTouched) {
  const Directory directory;
  query(directory.file(), "");
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(directory.file().c_str(), &db), SQLITE_OK);
  sqlite3_exec(db, "CREATE TABLE theirs(x); INSERT INTO theirs VALUES(42)", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  EXPECT_THAT(restore(directory.file()).trouble, HasSubstr("not a journal of vitalsd"));
  EXPECT_EQ(query(directory.file() + ".broken-1", "SELECT x FROM theirs"), 42);
}

TEST(JournalFailure, AnotherSchemaIsKeptAndTold) {
  const Directory directory;
  { const Journal journal{directory.file(), now_ms}; }
  query(directory.file(), "PRAGMA user_version = 99");
  EXPECT_THAT(restore(directory.file()).trouble, HasSubstr("schema 99"));
}

TEST(JournalFailure, NoDirectoryMeansFailedButAlive) {
  const Directory directory;
  const std::string file = (directory.path() / "later" / "journal.db").string();
  {
    Journal journal{file, now_ms, quick()};
    EXPECT_TRUE(journal.health().failed);
    EXPECT_THAT(journal.health().reason, HasSubstr("No such file or directory"));
    EXPECT_TRUE(journal.restored().fresh);
    EXPECT_THAT(journal.restored().trouble, IsEmpty()) << "no file was moved";
    EXPECT_FALSE(write(journal, list(alarm("icu/1", "spo2-low", "A", 1), event("icu/1", 5))));
    std::filesystem::create_directory(directory.path() / "later");
    wait_until_sound(journal);
    EXPECT_EQ(journal.health().lost, 2U);
  }
  const Restored found = restore(file);
  EXPECT_THAT(found.episodes, SizeIs(1)) << "the open episode was written when the disk came back";
  EXPECT_EQ(found.last_seq("icu/1"), 5U);
}

TEST(JournalFailure, WithoutAFileAQuestionIsAnsweredToo) {
  const Directory directory;
  Journal journal{(directory.path() / "nowhere" / "journal.db").string(), now_ms};
  std::promise<Page> page;
  journal.read_events("icu/1", 0, [&](Page found) { page.set_value(std::move(found)); });
  EXPECT_FALSE(page.get_future().get().read);
}

TEST(JournalFailure, ADirectoryInItsPlaceIsNotMoved) {
  const Directory directory;
  std::filesystem::create_directory(directory.file());
  Journal journal{directory.file(), now_ms};
  EXPECT_TRUE(journal.health().failed);
  EXPECT_FALSE(write(journal, list(event("icu/1", 1))));
  EXPECT_TRUE(std::filesystem::is_directory(directory.file()));
}

TEST(JournalFailure, ALockedFileIsSound) {
  const Directory directory;
  auto first = std::make_unique<Journal>(directory.file(), now_ms);
  write(*first, list(alarm("icu/1", "spo2-low", "A", 1)));
  {
    Journal second{directory.file(), now_ms, quick()};
    EXPECT_TRUE(second.health().failed);
    EXPECT_THAT(second.health().reason, HasSubstr("locked"));
    first.reset();
    wait_until_sound(second);
    EXPECT_EQ(second.health().set_aside, 0U);
    EXPECT_TRUE(write(second, list(alarm("icu/1", "hr-high", "B", 1))));
  }
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(2))
      << "a journal that never read the file must not end its episodes";
}

TEST(JournalFailure, AFullDiskIsRetriedOnTheSameFile) {
  const faulty_disk::Guard disk;
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms, quick()};
    EXPECT_TRUE(write(journal, list(alarm("icu/1", "spo2-low", "A", 1), alarm("icu/1", "hr-high", "B", 1))));
    faulty_disk::fail(Failure::full);
    EXPECT_FALSE(write(journal, list(alarm("icu/1", "spo2-low", "A", 2, true), event("icu/1", 1),
                                     alarm("icu/1", "hr-high", "older than B", 9, true))));
    EXPECT_TRUE(journal.health().failed);
    EXPECT_THAT(journal.health().reason, HasSubstr("full"));
    EXPECT_FALSE(write(journal, list(SessionEntry{"icu/1", "changed"}, command("c-1", now_ms))));
    faulty_disk::fail(Failure::none);
    EXPECT_TRUE(write(journal, list(event("icu/1", 2))));
    EXPECT_FALSE(journal.health().failed);
    EXPECT_EQ(journal.health().set_aside, 0U);
  }
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.episodes, SizeIs(1)) << "the end that the full disk lost is made good";
  EXPECT_EQ(found.episodes[0].id, "B");
  ASSERT_THAT(found.sessions, SizeIs(1));
  EXPECT_EQ(found.sessions[0].doc, "changed");
  EXPECT_THAT(found.commands, SizeIs(1));
  EXPECT_EQ(query(directory.file(), "SELECT count(*) FROM event"), 1) << "nothing of a failed commit stays";
}

// A failed fsync must not be retried: the kernel may have dropped the pages and report success next time.
TEST(JournalFailure, AFailedSyncGivesTheFileUpAndGoesOnInANewOne) {
  const faulty_disk::Guard disk;
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms, quick()};
    EXPECT_TRUE(write(journal, list(alarm("icu/1", "spo2-low", "A", 1), event("icu/1", 1),
                                    command("c-1", now_ms), SessionEntry{"icu/1", "s"}, BedEntry{"icu/1"})));
    faulty_disk::fail(Failure::sync_error);
    EXPECT_FALSE(write(journal, list(alarm("icu/1", "hr-high", "B", 1), event("icu/1", 2))));
    faulty_disk::fail(Failure::none);
    wait_until_sound(journal);
    EXPECT_GE(journal.health().set_aside, 1U);
    EXPECT_THAT(journal.health().reason, HasSubstr("broken-"));
    EXPECT_TRUE(write(journal, list(event("icu/1", 3))));
  }
  EXPECT_EQ(query(directory.file() + ".broken-1", "SELECT count(*) FROM event WHERE seq = 1"), 1)
      << "what was confirmed before is in the file kept";
  const Restored found = restore(directory.file());
  EXPECT_FALSE(found.fresh);
  EXPECT_THAT(found.episodes, SizeIs(2)) << "both open episodes stand in the new file";
  EXPECT_THAT(found.sessions, SizeIs(1));
  EXPECT_THAT(found.commands, SizeIs(1));
  EXPECT_THAT(found.beds, SizeIs(1));
  EXPECT_EQ(found.last_seq("icu/1"), 3U);
}

TEST(JournalFailure, ADyingDiskLeavesABoundedNumberOfFiles) {
  const faulty_disk::Guard disk;
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms, quick()};
    write(journal, list(alarm("icu/1", "spo2-low", "A", 1)));
    faulty_disk::fail(Failure::write_error);
    while (journal.health().set_aside < broken_files_max + 10U) {
      EXPECT_FALSE(write(journal, list(event("icu/1", 1))));
    }
    faulty_disk::fail(Failure::none);
    wait_until_sound(journal);
  }
  EXPECT_EQ(query(directory.file() + ".broken-1", "SELECT count(*) FROM episode"), 1) << "the first is kept";
  EXPECT_FALSE(std::filesystem::exists(directory.file() + ".broken-" + std::to_string(broken_files_max + 1)));
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(1));
}

TEST(JournalFailure, AnOverflowAnswersAndTheStateIsStillKept) {
  const faulty_disk::Guard disk;
  const Directory directory;
  Limits limits = quick();
  limits.entries_max = 8;
  std::atomic<int> answers{0}, refused{0};
  {
    Journal journal{directory.file(), now_ms, limits};
    for (std::uint64_t n = 1; n <= 2'000; ++n) {
      journal.write(list(event("icu/1", n), alarm("icu/1", "spo2-low", "A", n)), [&](bool kept) {
        ++answers;
        refused += kept ? 0 : 1;
      });
    }
    EXPECT_GT(journal.health().dropped, 0U);
  }
  EXPECT_EQ(answers, 2'000);
  EXPECT_GT(refused, 0);
  const Restored found = restore(directory.file());
  ASSERT_THAT(found.episodes, SizeIs(1));
  EXPECT_EQ(found.episodes[0].rev, 2'000U) << "the newest state is written in spite of the overflow";
  EXPECT_EQ(found.last_seq("icu/1"), 2'000U);
}

// Runs in a child, since limits and user cannot be taken back. 0 is success.
template <typename Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

TEST(JournalFailure, ANewFileHoldsTheStateFromItsFirstMoment) {
  const Directory directory;
  EXPECT_EQ(in_child([&] {
              const faulty_disk::Guard disk;
              Journal journal{directory.file(), now_ms};
              if (!write(journal, list(alarm("icu/1", "spo2-low", "A", 1)))) return 1;
              faulty_disk::fail(Failure::one_sync_error);
              if (write(journal, list(alarm("icu/1", "hr-high", "B", 1)))) return 2;
              ::_exit(0);  // as kill -9 would, right after the answer
              return 3;
            }),
            0);
  EXPECT_TRUE(std::filesystem::exists(directory.file() + ".broken-1"));
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(2));
}

TEST(JournalFailure, AReadOnlyFileIsSoundAndStays) {
  const Directory directory;
  {
    Journal journal{directory.file(), now_ms};
    write(journal, list(alarm("icu/1", "spo2-low", "A", 1)));
  }
  std::filesystem::permissions(directory.file(), std::filesystem::perms::owner_read);
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  EXPECT_EQ(in_child([&] {
              if (::geteuid() == 0 && ::setuid(65'534) != 0) return 1;  // root may write anything
              Journal journal{directory.file(), now_ms};
              if (!journal.health().failed || journal.health().reason.empty()) return 2;
              if (write(journal, list(event("icu/1", 1)))) return 3;
              return journal.health().set_aside == 0 ? 0 : 4;
            }),
            0);
  std::filesystem::permissions(directory.file(), std::filesystem::perms::owner_all);
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(1));
}

TEST(JournalFailure, ADirectoryThatForbidsWritingMeansFailedButAlive) {
  const Directory directory;
  std::filesystem::permissions(directory.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(in_child([&] {
              if (::geteuid() == 0 && ::setuid(65'534) != 0) return 1;
              Journal journal{directory.file(), now_ms};
              if (!journal.health().failed) return 2;
              return write(journal, list(event("icu/1", 1))) ? 3 : 0;
            }),
            0);
}

// The operating system's own refusal, not ours: the file may not grow beyond 200 kB.
TEST(JournalFailure, AFileSizeLimitActsLikeAFullDisk) {
  const Directory directory;
  EXPECT_EQ(in_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              const rlimit limit{200'000, 200'000};
              if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
              Journal journal{directory.file(), now_ms};
              if (!write(journal, list(alarm("icu/1", "spo2-low", "A", 1)))) return 2;
              std::uint64_t seq = 0;
              while (write(journal, list(event("icu/1", ++seq, std::string(10'000, 'x'))))) {
                if (seq > 1'000) return 3;
              }
              return journal.health().failed && journal.health().set_aside == 0 ? 0 : 4;
            }),
            0);
  EXPECT_THAT(restore(directory.file()).episodes, SizeIs(1));
}

}  // namespace
}  // namespace journal
