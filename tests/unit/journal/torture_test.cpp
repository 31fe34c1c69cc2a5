// Torture: one scenario, and each call that the disk can refuse is refused in turn, in every way. Alarming
// goes on, whatever was confirmed is found again, and when the disk is back so is the journal.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <thread>

#include "daemon/journal/audit.hpp"
#include "daemon/journal/set_aside.hpp"
#include "tests/unit/journal/faulty_disk.hpp"
#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using faulty_disk::for_good;
using faulty_disk::Refusal;

constexpr std::uint64_t steps = 6, last_seq = 99;

// What was promised to somebody.
struct Promised {
  std::set<std::uint64_t> events;
  std::set<std::string> commands;
  std::set<std::int64_t> minutes;
};

// Some thousand journals are made here, and what a real disk does is told by other tests.
std::filesystem::path memory_folder() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

class Torture {
 public:
  // Before the disk fails: an alarm stands, a session runs.
  Torture() {
    Journal journal{directory_.file(), now_ms};
    EXPECT_TRUE(write(journal, list(alarm("icu/1", "hr-low", "Z", 1), event("icu/1", 1), BedEntry{"icu/1"},
                                    SessionEntry{"icu/1", "s-0"}, command("c-0", now_ms))));
    promised_ = {{1}, {"c-0"}, {}};
  }

  // The disk fails, and comes back while the journal is still there. Returns how many calls there were.
  std::uint64_t play(Refusal refusal) {
    faulty_disk::refuse(refusal);
    Journal journal{directory_.file(), now_ms, quick()};
    const bool kept = live(journal);
    EXPECT_TRUE(kept || refusal.length == 1 || journal.health().failed) << "and nobody is told";
    const std::uint64_t calls = faulty_disk::calls();
    refused_ = faulty_disk::refused_call();
    faulty_disk::refuse({});
    while (journal.health().failed) std::this_thread::yield();
    if (!write(journal, list(alarm("icu/1", "map-low", "last", 1), event("icu/1", last_seq)))) {
      // A step of tidying up may have met the refusal after all; the next one must be kept.
      while (journal.health().failed) std::this_thread::yield();
      EXPECT_TRUE(write(journal, list(alarm("icu/1", "map-low", "last", 1), event("icu/1", last_seq))));
    }
    promised_.events.insert(last_seq);
    return calls;
  }

  // The disk fails, also at the orderly end; another life finds what there is.
  std::uint64_t play_to_the_end(Refusal refusal) {
    faulty_disk::refuse(refusal);
    {
      Journal journal{directory_.file(), now_ms, quick()};
      live(journal);
    }
    const std::uint64_t calls = faulty_disk::calls();
    refused_ = faulty_disk::refused_call();
    faulty_disk::refuse({});
    Journal next{directory_.file(), now_ms, quick()};
    EXPECT_TRUE(write(next, list(event("icu/1", last_seq))));
    promised_.events.insert(last_seq);
    return calls;
  }

  void check() const {
    check_state();
    check_promises();
  }

  void check_state() const {
    const Restored found = restore(directory_.file());
    EXPECT_EQ(found.trouble, "");
    std::set<std::string> open;
    for (const auto& episode : found.episodes) open.insert(episode.id);
    std::set<std::string> wanted{"last", "A" + std::to_string(steps)};
    if (!fresh_) wanted.insert("Z");  // else it stands in the file that was set aside
    if (open.count("Z") > 0) wanted.insert("Z");
    EXPECT_EQ(open, wanted);
    EXPECT_EQ(found.last_seq("icu/1"), last_seq);
    ASSERT_EQ(found.sessions.size(), 1U);
    EXPECT_EQ(found.sessions[0].doc, "s-" + std::to_string(steps));
  }

  void check_promises() const {
    EXPECT_EQ(verify_audit(directory_.file()).problem, "");
    for (const std::uint64_t seq : promised_.events)
      EXPECT_GE(anywhere("event WHERE seq = " + std::to_string(seq)), 1) << "event " << seq;
    for (const std::string& id : promised_.commands)
      EXPECT_GE(anywhere("audit WHERE command_id = '" + id + "'"), 1) << id;
    for (const std::int64_t minute : promised_.minutes)
      EXPECT_GE(anywhere("trend WHERE minute = " + std::to_string(minute)), 1) << "minute " << minute;
    EXPECT_GE(anywhere("episode WHERE id = 'Z'"), 1);
  }

  const std::string& refused() const { return refused_; }

 private:
  static Limits quick() {
    Limits limits;
    limits.retry_ms_min = 1;
    limits.retry_ms_max = 2;
    return limits;
  }

  bool live(Journal& journal) {
    fresh_ = journal.restored().fresh;
    bool kept = true;
    for (std::uint64_t step = 1; step <= steps; ++step) kept = one_step(journal, step);
    journal.tend(now_ms);
    return kept;
  }

  // An alarm begins, the one before it ends, somebody acknowledges, the session moves on, a minute is over.
  bool one_step(Journal& journal, std::uint64_t step) {
    const std::string number = std::to_string(step), before = std::to_string(step - 1);
    const std::int64_t minute = this_minute + static_cast<std::int64_t>(step);
    const bool kept = write(journal, list(alarm("icu/1", "spo2-low", "A" + before, 2, true),
                                          alarm("icu/1", "spo2-low", "A" + number, 1),
                                          event("icu/1", 10 + step), SessionEntry{"icu/1", "s-" + number},
                                          command("c-" + number, now_ms), trend("icu/1", minute)));
    if (!kept) return false;
    promised_.events.insert(10 + step);
    promised_.commands.insert("c-" + number);
    promised_.minutes.insert(minute);
    return true;
  }

  // In the journal and in all files that were set aside.
  std::int64_t anywhere(const std::string& what) const {
    std::int64_t sum = 0;
    const std::string file = directory_.file();
    for (int n = 0; n <= broken_files_max; ++n) {
      const std::string name = n == 0 ? file : file + ".broken-" + std::to_string(n);
      if (std::filesystem::exists(name))
        sum += std::max(query(name, "SELECT count(*) FROM " + what), std::int64_t{0});
    }
    return sum;
  }

  Directory directory_{memory_folder()};
  Promised promised_;
  bool fresh_ = false;
  std::string refused_;
};

void each_call_in_turn(Refusal refusal) {
  const faulty_disk::Guard disk;
  const std::uint64_t calls = Torture{}.play({});
  ASSERT_GT(calls, 100U);
  std::map<std::string, unsigned> refused;
  for (refusal.first = 1; refusal.first <= calls; ++refusal.first) {
    SCOPED_TRACE("call " + std::to_string(refusal.first) + " of " + std::to_string(calls));
    Torture torture;
    torture.play(refusal);
    SCOPED_TRACE(torture.refused());
    torture.check();
    ++refused[torture.refused()];
    if (testing::Test::HasFailure()) return;  // one story is enough to read
  }
  std::string counts;
  for (const auto& [call, count] : refused) counts += call + " " + std::to_string(count) + ", ";
  testing::Test::RecordProperty("refused", counts);
  EXPECT_GE(refused.size(), refusal.full ? 1U : 6U) << counts;
}

void each_call_up_to_the_end(std::uint64_t length) {
  const faulty_disk::Guard disk;
  const std::uint64_t calls = Torture{}.play_to_the_end({});
  std::set<std::string> refused;
  for (std::uint64_t first = 1; first <= calls; ++first) {
    SCOPED_TRACE("call " + std::to_string(first) + " of " + std::to_string(calls));
    Torture torture;
    torture.play_to_the_end({first, length, false});
    SCOPED_TRACE(torture.refused());
    torture.check_promises();
    refused.insert(torture.refused());
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(refused.count("truncate"), 1U) << "the log is emptied at the end";
}

TEST(JournalTorture, OneCallFailsUpToTheEnd) { each_call_up_to_the_end(1); }
TEST(JournalTorture, AllFailFromOneCallToTheEnd) { each_call_up_to_the_end(for_good); }
TEST(JournalTorture, OneCallFails) { each_call_in_turn({0, 1, false}); }
TEST(JournalTorture, FromOneCallOnAllFail) { each_call_in_turn({0, for_good, false}); }
TEST(JournalTorture, FromOneWriteOnTheDiskIsFull) { each_call_in_turn({0, for_good, true}); }

// A card that takes seconds for a commit: whoever hands over goes on at once, and is answered when it is
// there.
TEST(JournalTorture, AStuckDiskHoldsNobodyUp) {
  const faulty_disk::Guard disk;
  const Directory directory;
  std::atomic<unsigned> answers{0}, kept_answers{0};
  {
    Journal journal{directory.file(), now_ms};
    EXPECT_TRUE(write(journal, list(BedEntry{"icu/1"})));
    faulty_disk::fail(faulty_disk::Failure::stuck);
    for (std::uint64_t seq = 1; seq <= 500; ++seq)
      journal.write(list(alarm("icu/1", "spo2-low", "A", seq), event("icu/1", seq)), [&](bool kept) {
        ++answers;
        kept_answers += kept ? 1U : 0U;
      });
    journal.tend(now_ms);
    EXPECT_EQ(answers, 0U) << "nothing is confirmed that the disk does not have";
    EXPECT_FALSE(journal.health().failed) << "slow is not broken";
    faulty_disk::fail(faulty_disk::Failure::none);
  }
  EXPECT_EQ(answers, 500U);
  EXPECT_EQ(kept_answers, 500U);
  EXPECT_EQ(restore(directory.file()).episodes.at(0).rev, 500U);
}

}  // namespace
}  // namespace journal
