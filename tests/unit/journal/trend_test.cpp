// The trend's blocks: what goes into the bytes comes out of them, and nothing else.
#include "daemon/journal/trend.hpp"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

namespace journal {
namespace {

using vitals::Metric;

const TrendColumn& column(const TrendBlock& block, Metric metric) {
  return block.columns[vitals::index_of(metric)];
}

TEST(Trend, ASecondWithoutAValueHoldsNone) {
  TrendBlock block;
  EXPECT_TRUE(block.empty());
  EXPECT_TRUE(block.put(Metric::hr, 7, 72, true));
  EXPECT_TRUE(block.put(Metric::temp, 59, 36.65, true));
  EXPECT_FALSE(block.empty());
  EXPECT_EQ(column(block, Metric::hr).present.count(), 1U);
  EXPECT_EQ(column(block, Metric::hr).tenths[7], 720);
  EXPECT_EQ(column(block, Metric::temp).tenths[59], 367);
  EXPECT_TRUE(column(block, Metric::spo2).present.none());
}

TEST(Trend, WhatIsNoNumberOrOutOfPlaceIsNotKept) {
  TrendBlock block;
  for (const double wrong : {std::nan(""), std::numeric_limits<double>::infinity(), 1e300, -4000.0})
    EXPECT_FALSE(block.put(Metric::hr, 0, wrong, true)) << wrong;
  EXPECT_FALSE(block.put(Metric::hr, trend_slots, 72, true));
  EXPECT_TRUE(block.empty());
}

TEST(Trend, TheLastValidValueOfASecondCounts) {
  TrendBlock block;
  block.put(Metric::spo2, 3, 97, true);
  block.put(Metric::spo2, 3, 96, true);
  block.put(Metric::spo2, 3, 60, false);
  EXPECT_EQ(column(block, Metric::spo2).tenths[3], 960) << "a doubtful one does not displace it";
  EXPECT_FALSE(column(block, Metric::spo2).questionable[3]);
  block.put(Metric::spo2, 4, 60, false);
  block.put(Metric::spo2, 4, 61, false);
  EXPECT_EQ(column(block, Metric::spo2).tenths[4], 610);
  EXPECT_TRUE(column(block, Metric::spo2).questionable[4]);
  block.put(Metric::spo2, 4, 95, true);
  EXPECT_EQ(column(block, Metric::spo2).tenths[4], 950);
  EXPECT_FALSE(column(block, Metric::spo2).questionable[4]);
}

TEST(Trend, TheNextMinuteKeepsWhatCameBeforeTheLastOneWasTaken) {
  TrendBlock block;
  block.put(Metric::pr, 59, 70, true);
  block.put(Metric::pr, 61, 71, false);
  block.next_minute();
  EXPECT_EQ(column(block, Metric::pr).present.count(), 1U);
  EXPECT_EQ(column(block, Metric::pr).tenths[1], 710);
  EXPECT_TRUE(column(block, Metric::pr).questionable[1]);
  block.next_minute();
  EXPECT_TRUE(block.empty());
}

TEST(Trend, AMinuteOfEverythingFitsAPage) {
  TrendBlock block;
  for (const auto& facts : vitals::metrics)
    for (std::size_t second = 0; second < seconds_per_minute; ++second)
      block.put(facts.metric, second, 80 + static_cast<double>(second % 4), true);
  EXPECT_LT(encode(block).size(), 900U);
  TrendBlock oximeter;
  for (std::size_t second = 0; second < seconds_per_minute; ++second) {
    oximeter.put(Metric::pr, second, 72, true);
    oximeter.put(Metric::spo2, second, 97, true);
  }
  EXPECT_LE(encode(oximeter).size(), 144U);
}

TrendBlock random_block() {
  TrendBlock out;
  out.sim = *rc::gen::arbitrary<bool>();
  const int count = *rc::gen::inRange(0, 400);
  for (int i = 0; i < count; ++i) {
    const auto metric = static_cast<Metric>(*rc::gen::inRange(0, static_cast<int>(vitals::metric_count)));
    const auto second = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(seconds_per_minute)));
    out.put(metric, second, *rc::gen::inRange(-32'000, 32'001) / 10.0, *rc::gen::arbitrary<bool>());
  }
  return out;
}

bool alike(const TrendBlock& a, const TrendBlock& b) {
  if (a.sim != b.sim) return false;
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    const TrendColumn &x = a.columns[i], &y = b.columns[i];
    if (x.present != y.present || x.questionable != y.questionable) return false;
    for (std::size_t second = 0; second < seconds_per_minute; ++second)
      if (x.present[second] && x.tenths[second] != y.tenths[second]) return false;
  }
  return true;
}

RC_GTEST_PROP(TrendProperty, WhatGoesInComesOut, ()) {
  const TrendBlock block = random_block();
  const auto read = decode_block(encode(block));
  RC_ASSERT(read.has_value());
  RC_ASSERT(alike(*read, block));
}

RC_GTEST_PROP(TrendProperty, ASummaryLiesWithinItsMinute, ()) {
  const TrendBlock block = random_block();
  const auto read = decode_summary(encode(summarise(block)));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->sim == block.sim);
  for (std::size_t i = 0; i < block.columns.size(); ++i) {
    const TrendColumn& from = block.columns[i];
    const auto& part = read->parts[i];
    RC_ASSERT(part.has_value() == from.present.any());
    if (!part) continue;
    const bool any_valid = (from.present & ~from.questionable).any();
    RC_ASSERT(part->questionable == !any_valid);
    unsigned seconds = 0, below = 0, above = 0;
    for (std::size_t second = 0; second < seconds_per_minute; ++second) {
      if (!from.present[second] || (any_valid && from.questionable[second])) continue;
      ++seconds;
      below += from.tenths[second] < part->median ? 1U : 0U;
      above += from.tenths[second] > part->median ? 1U : 0U;
      RC_ASSERT(from.tenths[second] >= part->least && from.tenths[second] <= part->most);
    }
    RC_ASSERT(part->seconds == seconds);
    RC_ASSERT(2 * below <= seconds && 2 * above <= seconds);
  }
}

// The disk may return anything.
RC_GTEST_PROP(TrendProperty, DamagedBytesAreReadToTheirEndAtMost, (std::string noise)) {
  std::string bytes = encode(random_block());
  if (!bytes.empty())
    bytes[*rc::gen::inRange(std::size_t{0}, bytes.size())] = static_cast<char>(noise.size());
  (void)decode_block(bytes);
  (void)decode_summary(bytes);
  (void)decode_block(bytes.substr(0, *rc::gen::inRange(std::size_t{0}, bytes.size() + 1)));
  for (const char form : {'\x01', '\x02'}) {
    (void)decode_block(std::string(1, form) + noise);
    (void)decode_summary(std::string(1, form) + noise);
  }
}

TEST(Trend, CutBytesAreRefused) {
  TrendBlock block;
  for (std::size_t second = 0; second < 50; ++second) block.put(Metric::hr, second, 72, second % 2 == 0);
  const std::string whole = encode(block);
  for (std::size_t length = 3; length < whole.size(); ++length)
    EXPECT_FALSE(decode_block(whole.substr(0, length))) << length;
  EXPECT_FALSE(decode_block(""));
  EXPECT_FALSE(decode_block(encode(summarise(block)))) << "the other form";
}

TEST(Trend, MergedTheLaterSecondCounts) {
  TrendBlock first, later;
  first.put(Metric::hr, 1, 70, true);
  first.put(Metric::hr, 2, 71, false);
  later.put(Metric::hr, 2, 80, true);
  later.put(Metric::hr, 3, 81, false);
  later.sim = true;
  first.merge(later);
  const TrendColumn& hr = column(first, Metric::hr);
  EXPECT_EQ(hr.tenths[1], 700);
  EXPECT_EQ(hr.tenths[2], 800);
  EXPECT_FALSE(hr.questionable[2]);
  EXPECT_TRUE(hr.questionable[3]);
  EXPECT_TRUE(first.sim);
}

TEST(Trend, MergedSummariesPreferWhatIsValid) {
  TrendSummary doubted, valid;
  doubted.parts[0] = TrendSummary::Part{50, 600, 500, 700, true};
  valid.parts[0] = TrendSummary::Part{10, 720, 710, 730, false};
  TrendSummary one = doubted, other = valid;
  one.merge(valid);
  other.merge(doubted);
  EXPECT_EQ(one.parts[0]->median, 720);
  EXPECT_EQ(other.parts[0]->median, 720);
  TrendSummary more = valid;
  more.parts[0] = TrendSummary::Part{55, 740, 700, 790, false};
  one.merge(more);
  EXPECT_EQ(one.parts[0]->median, 740);
  EXPECT_EQ(one.parts[0]->least, 700);
  EXPECT_EQ(one.parts[0]->most, 790);
  EXPECT_EQ(one.parts[0]->seconds, 60U);
}

}  // namespace
}  // namespace journal
