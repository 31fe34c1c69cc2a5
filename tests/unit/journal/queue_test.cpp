// What is given up when the disk cannot keep up: history before state, never in silence.
#include "daemon/journal/queue.hpp"

#include <gmock/gmock.h>

#include "tests/unit/journal/journal_harness.hpp"

namespace journal {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Job job(std::vector<Entry> entries) {
  return {std::move(entries), [](bool) {}};
}

std::size_t count_alarms(const std::vector<Job>& jobs) {
  std::size_t count = 0;
  for (const Job& one : jobs) {
    for (const Entry& entry : one.entries) count += std::holds_alternative<AlarmEntry>(entry) ? 1U : 0U;
  }
  return count;
}

TEST(Queue, KeepsTheOrder) {
  Queue queue{100};
  for (std::uint64_t seq = 1; seq <= 5; ++seq) EXPECT_THAT(queue.push(job(list(event("b", seq)))), IsEmpty());
  const std::vector<Job> taken = queue.take(100);
  ASSERT_THAT(taken, SizeIs(5));
  for (std::size_t n = 0; n < 5; ++n) EXPECT_EQ(std::get<EventEntry>(taken[n].entries[0]).seq, n + 1);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0U);
}

TEST(Queue, TakesBoundedSlicesOfWholeJobs) {
  Queue queue{100};
  queue.push(job(list(event("b", 1), event("b", 2), event("b", 3))));
  queue.push(job(list(event("b", 4), event("b", 5))));
  EXPECT_THAT(queue.take(4), SizeIs(1)) << "the second job would make five entries";
  EXPECT_THAT(queue.take(1), SizeIs(1)) << "a job larger than the slice goes alone";
}

TEST(Queue, EventsGoBeforeAlarms) {
  Queue queue{16};
  std::size_t answered = 0;
  for (std::uint64_t n = 1; n <= 8; ++n) {
    answered += queue.push(job(list(event("b", n)))).size();
    answered += queue.push(job(list(alarm("b", "c" + std::to_string(n), "A", 1)))).size();
  }
  EXPECT_EQ(answered, 0U);
  for (int n = 1; n <= 8; ++n)
    answered += queue.push(job(list(alarm("b", "d" + std::to_string(n), "A", 1)))).size();
  EXPECT_EQ(answered, 8U) << "each event-only job is answered when it is given up";
  EXPECT_EQ(queue.dropped(), 8U);
  EXPECT_EQ(queue.size(), 16U);
  EXPECT_EQ(count_alarms(queue.take(100)), 16U);
}

TEST(Queue, AJobThatLostItsEventsSaysSo) {
  Queue queue{8};
  queue.push(job(list(alarm("b", "c", "A", 1), event("b", 1), event("b", 2), event("b", 3))));
  queue.push(job(list(alarm("b", "c", "A", 2), alarm("b", "d", "A", 2), alarm("b", "e", "A", 2),
                      alarm("b", "f", "A", 2), alarm("b", "g", "A", 2))));
  const std::vector<Job> taken = queue.take(100);
  ASSERT_THAT(taken, SizeIs(2));
  EXPECT_FALSE(taken[0].whole);
  EXPECT_THAT(taken[0].entries, SizeIs(1));
  EXPECT_TRUE(taken[1].whole);
}

TEST(Queue, ANewEventGivesWayToWaitingAlarms) {
  Queue queue{4};
  for (int n = 1; n <= 3; ++n) queue.push(job(list(alarm("b", "c", "A", 1))));
  EXPECT_THAT(queue.push(job(list(alarm("b", "d", "A", 1), event("b", 1)))), IsEmpty());
  EXPECT_THAT(queue.push(job(list(event("b", 2)))), SizeIs(1));
  EXPECT_THAT(queue.push(job(list(alarm("b", "e", "A", 1)))), SizeIs(1)) << "full of state: refused";
  EXPECT_EQ(queue.dropped(), 3U);
  EXPECT_EQ(count_alarms(queue.take(100)), 4U);
}

std::size_t count_trend(const std::vector<Job>& jobs) {
  std::size_t count = 0;
  for (const Job& one : jobs)
    for (const Entry& entry : one.entries) count += std::holds_alternative<TrendEntry>(entry) ? 1U : 0U;
  return count;
}

TEST(Queue, TrendGoesBeforeEvents) {
  Queue queue{64};
  for (std::uint64_t n = 1; n <= 60; ++n) queue.push(job(list(event("b", n))));
  queue.push(job(list(trend("b", 1), trend("c", 1), alarm("b", "c", "A", 1))));
  queue.push(job(list(event("b", 61))));
  queue.push(job(list(event("b", 62))));
  EXPECT_EQ(queue.dropped(), 2U);
  const std::vector<Job> taken = queue.take(100);
  ASSERT_THAT(taken, SizeIs(63));
  EXPECT_EQ(count_trend(taken), 0U);
  EXPECT_EQ(count_alarms(taken), 1U);
  EXPECT_TRUE(taken[60].whole) << "the answer is about the alarm, which is kept";
}

TEST(Queue, ANewMinuteOfTrendGivesWayToWaitingEvents) {
  Queue queue{8};
  for (std::uint64_t n = 1; n <= 8; ++n) queue.push(job(list(event("b", n))));
  EXPECT_THAT(queue.push(job(list(trend("b", 1)))), SizeIs(1)) << "answered: not kept";
  EXPECT_EQ(queue.dropped(), 1U);
  EXPECT_THAT(queue.take(100), SizeIs(8));
}

TEST(Queue, OfTrendOnlyASixteenthWaitsBesideTheNewest) {
  Queue queue{64};
  for (std::int64_t minute = 1; minute <= 20; ++minute) queue.push(job(list(trend("b", minute))));
  EXPECT_LE(queue.size(), 5U);
  queue.push(job(list(trend("b", 21), trend("c", 21), trend("d", 21), trend("e", 21), trend("f", 21))));
  EXPECT_EQ(count_trend(queue.take(100)), 5U) << "a minute of many beds is one job";
}

TEST(Queue, EmptyJobsAreBoundedToo) {
  Queue queue{4};
  std::size_t answered = 0;
  for (int n = 0; n < 10; ++n) answered += queue.push(job({})).size();
  EXPECT_EQ(answered, 6U);
  EXPECT_THAT(queue.take(100), SizeIs(4));
}

}  // namespace
}  // namespace journal
