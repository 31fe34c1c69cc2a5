// From values to minutes: what a bed hands to the journal, and when.
#include "daemon/app/trend_desk.hpp"

#include <gmock/gmock.h>

#include "tests/unit/drivers/counted_new.hpp"

namespace app::test {
namespace {

using journal::TrendEntry;
using vitals::Metric;

// 2026-11-22T10:00:00Z is a whole minute.
constexpr std::int64_t trend_start_ms = 1'795'341'600'000;

vitals::Stamp moment(std::int64_t ms) {
  return {vitals::MonoTime{vitals::Milliseconds{ms}}, vitals::wall_from_unix_ms(trend_start_ms + ms)};
}

struct Trended : testing::Test {
  TrendDesk desk{moment(0).wall};
  void measure(std::int64_t ms, Metric metric, double value, vitals::Reason doubt = vitals::Reason::none) {
    desk.take(vitals::measured(metric, value, moment(ms), doubt));
  }
  std::optional<TrendEntry> cut(std::int64_t ms) { return desk.cut("pain/b1", false, moment(ms).wall); }
};

TEST_F(Trended, a_session_is_kept_second_by_second) {
  desk.belongs_to("s-7");
  measure(0, Metric::spo2, 97);
  measure(59'999, Metric::spo2, 96, vitals::Reason::weak_signal);
  EXPECT_FALSE(desk.due(moment(59'999).wall));
  EXPECT_TRUE(desk.due(moment(60'000).wall));
  const auto entry = cut(60'000);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->scope, "pain/b1");
  EXPECT_EQ(entry->session, "s-7");
  EXPECT_EQ(entry->minute, trend_start_ms / 60'000);
  EXPECT_TRUE(entry->seconds);
  const auto block = journal::decode_block(entry->doc);
  ASSERT_TRUE(block);
  const auto& spo2 = block->columns[vitals::index_of(Metric::spo2)];
  EXPECT_EQ(spo2.tenths[0], 970);
  EXPECT_EQ(spo2.tenths[59], 960);
  EXPECT_TRUE(spo2.questionable[59]);
  EXPECT_EQ(spo2.present.count(), 2U);
}

TEST_F(Trended, without_a_session_a_minute_is_its_summary) {
  for (int second = 0; second < 60; ++second) measure(second * 1'000, Metric::pr, 60 + second);
  const auto entry = cut(60'000);
  ASSERT_TRUE(entry);
  EXPECT_FALSE(entry->seconds);
  EXPECT_EQ(entry->session, "");
  const auto summary = journal::decode_summary(entry->doc);
  ASSERT_TRUE(summary);
  const auto& pr = summary->parts[vitals::index_of(Metric::pr)];
  ASSERT_TRUE(pr);
  EXPECT_EQ(pr->least, 600);
  EXPECT_EQ(pr->most, 1190);
  EXPECT_EQ(pr->median, 900);
  EXPECT_EQ(pr->seconds, 60U);
}

TEST_F(Trended, the_session_of_the_next_minute_is_its_own) {
  desk.belongs_to("s-7");
  measure(1'000, Metric::pr, 70);
  cut(60'000);
  measure(61'000, Metric::pr, 70);
  EXPECT_EQ(cut(120'000)->session, "");
}

TEST_F(Trended, silence_leaves_nothing) {
  EXPECT_FALSE(cut(60'000));
  desk.take(vitals::absent(Metric::hr, vitals::Reason::leads_off, moment(61'000)));
  desk.take(vitals::absent(Metric::hr, vitals::Reason::zero, moment(62'000)));
  EXPECT_FALSE(cut(120'000)) << "what is absent or zero is no value";
}

TEST_F(Trended, values_that_come_before_the_tick_are_of_their_own_minute) {
  measure(30'000, Metric::pr, 70);
  measure(60'300, Metric::pr, 71);
  EXPECT_EQ(cut(60'500)->minute, trend_start_ms / 60'000);
  const auto next = cut(120'000);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->minute, trend_start_ms / 60'000 + 1);
}

TEST_F(Trended, a_clock_that_is_set_ends_the_minute) {
  measure(10'000, Metric::pr, 70);
  measure(-5'000, Metric::pr, 50);
  measure(3'600'000, Metric::pr, 50);
  EXPECT_TRUE(desk.due(moment(-5'000).wall));
  const auto before = cut(-5'000);
  ASSERT_TRUE(before);
  EXPECT_EQ(journal::decode_summary(before->doc)->parts[vitals::index_of(Metric::pr)]->seconds, 1U);
  measure(-4'000, Metric::pr, 60);
  const auto after = cut(3'600'000);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->minute, trend_start_ms / 60'000 - 1);
}

TEST_F(Trended, taking_a_value_allocates_nothing) {
  const std::size_t before = drivers::test::allocations();
  for (int i = 0; i < 100'000; ++i) measure(i, Metric::spo2, 90 + i % 10);
  EXPECT_EQ(drivers::test::allocations(), before);
}

}  // namespace
}  // namespace app::test
