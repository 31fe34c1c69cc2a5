// P2: a confirmed entry survives kill -9 at any instruction.
#include <sys/wait.h>

#include <csignal>
#include <random>

#include "daemon/journal/journal.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

constexpr int rounds = 30;

// Writes without end, and reports each number over the pipe once it is confirmed.
[[noreturn]] void write_for_ever(const std::string& file, std::uint64_t first, int report) {
  Journal journal{file, now_ms};
  for (std::uint64_t seq = first;; ++seq) {
    std::vector<Entry> entries = list(event("icu/1", seq), alarm("icu/1", "spo2-low", "A", seq));
    const Done done = [seq, report](bool kept) {
      if (kept && ::write(report, &seq, sizeof seq) != sizeof seq) ::_exit(1);
    };
    if (seq % 16 == 0) {
      write(journal, {});  // lets the queue drain, so that single commits are met as well as bursts
    }
    journal.write(std::move(entries), done);
  }
}

// Lets the writer confirm `wanted` entries, kills it, and returns the last number it had confirmed.
std::uint64_t run_and_kill(const std::string& file, std::uint64_t first, int wanted) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_for_ever(file, first, ends[1]);
  }
  ::close(ends[1]);
  std::uint64_t confirmed = 0;
  int count = 0;
  while (::read(ends[0], &confirmed, sizeof confirmed) == sizeof confirmed) {
    if (++count == wanted) ::kill(child, SIGKILL);  // what it still reports before it dies counts as well
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  return confirmed;
}

TEST(JournalKill, EveryConfirmedEntrySurvives) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  std::uniform_int_distribution<int> lifetime{1, 400};
  const Directory directory;
  std::uint64_t confirmed = 0, total = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t first = confirmed + 1'000'000;
    confirmed = run_and_kill(directory.file(), first, lifetime(random));
    ASSERT_GE(confirmed, first);

    const Restored found = restore(directory.file());
    ASSERT_EQ(found.trouble, "");
    ASSERT_FALSE(found.fresh);
    ASSERT_GE(found.last_seq("icu/1"), confirmed);
    ASSERT_EQ(found.episodes.size(), 1U);
    ASSERT_GE(found.episodes[0].rev, confirmed);
    const std::uint64_t confirmed_in_round = confirmed - first + 1;
    ASSERT_EQ(query(directory.file(), "SELECT count(*) FROM event WHERE seq BETWEEN " +
                                          std::to_string(first) + " AND " + std::to_string(confirmed)),
              static_cast<std::int64_t>(confirmed_in_round));
    total += confirmed_in_round;
  }
  EXPECT_GT(total, std::uint64_t{rounds});
}

}  // namespace
}  // namespace journal
