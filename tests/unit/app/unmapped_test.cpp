// A parameter the code map does not know is counted and listed; what it carried is never somebody's name.
#include "daemon/app/unmapped.hpp"

#include <gtest/gtest.h>

#include "daemon/app/fault_book.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using drivers::DecodeFault;
using drivers::FaultKind;

DecodeFault unmapped(std::string_view code, std::string_view unit = {}, std::string_view value = {}) {
  return {FaultKind::unmapped, "code", code, unit, value, 7, at(0)};
}

TEST(UnmappedTable, CountsByCodeAndUnitAndKeepsTheLastValue) {
  UnmappedTable table;
  EXPECT_TRUE(table.note(unmapped("4711^PVC^99X", "/min", "3")));
  EXPECT_TRUE(table.note(unmapped("4711^PVC^99X", "/h", "200")));
  EXPECT_FALSE(table.note(unmapped("4711^PVC^99X", "/min", "5")));
  ASSERT_EQ(table.entries().size(), 2U);
  EXPECT_EQ(table.entries()[0].code, "4711^PVC^99X");
  EXPECT_EQ(table.entries()[0].value, "5");
  EXPECT_EQ(table.entries()[0].count, 2U);
  EXPECT_EQ(table.entries()[1].unit, "/h");
  EXPECT_EQ(table.entries()[1].count, 1U);
}

TEST(UnmappedTable, AParameterWithoutACodeIsListedByItsReason) {
  UnmappedTable table;
  table.note({FaultKind::unmapped, "status-code", {}, {}, "0x2f", 0, at(0)});
  ASSERT_EQ(table.entries().size(), 1U);
  EXPECT_EQ(table.entries()[0].code, "status-code");
  EXPECT_EQ(table.entries()[0].value, "0x2f");
}

TEST(UnmappedTable, IsBoundedAndWhatItHasGoesOnCounting) {
  UnmappedTable table;
  for (std::size_t i = 0; i < 10 * unmapped_max; ++i) table.note(unmapped("C" + std::to_string(i)));
  EXPECT_EQ(table.entries().size(), unmapped_max);
  EXPECT_EQ(table.overflow(), 9 * unmapped_max);
  for (std::size_t i = 0; i < unmapped_max; ++i) {
    EXPECT_FALSE(table.note(unmapped("C" + std::to_string(i))));
    EXPECT_EQ(table.entries()[i].code, "C" + std::to_string(i));
    EXPECT_EQ(table.entries()[i].count, 2U);
  }
  EXPECT_EQ(table.overflow(), 9 * unmapped_max);
}

TEST(UnmappedTable, LongAndUnprintableNamesAreOneEntry) {
  UnmappedTable table;
  const std::string code = "\xff\x01" + std::string(500, 'x');
  EXPECT_TRUE(table.note(unmapped(code)));
  EXPECT_FALSE(table.note(unmapped(code)));
  ASSERT_EQ(table.entries().size(), 1U);
  EXPECT_EQ(table.entries()[0].code, "??" + std::string(unmapped_code_bytes_max - 2, 'x'));
}

TEST(UnmappedTable, KeepsNumbersAndCodesAndNoText) {
  for (const std::string_view kept : {"12", "-0.5", "1e3", "<50", "0x1F", "3:15", "120/80", "1,5"})
    EXPECT_EQ(number_or_code(kept), kept);
  for (const std::string_view text :
       {"", "MEYER", "Bead", "MEYER^ANNA", "born 1960", "P 77 Q", "12345678901234567", "1\n2", "7\xc3\xa4"})
    EXPECT_EQ(number_or_code(text), "") << text;
  UnmappedTable table;
  table.note(unmapped("NAME", "", "5"));
  table.note(unmapped("NAME", "", "MEYER^ANNA"));
  EXPECT_EQ(table.entries()[0].value, "") << "the last value was no number";
}

class FaultBookTest : public testing::Test {
 protected:
  void fault(FaultKind kind, std::string_view reason, int at_ms, std::string_view code = {}) {
    book_.note({kind, reason, code, {}, "MEYER", 7, at(at_ms)});
  }
  void tick(std::int64_t at_ms) { book_.tick(at(at_ms).mono); }

  std::vector<std::string> lines_;
  FaultBook book_{"mon1", [this](bool warning, const std::string& line) {
                    lines_.push_back((warning ? "W " : "I ") + line);
                  }};
};

TEST_F(FaultBookTest, TheFirstOfEachReasonIsSaidAtOnceAndTheRestOnceAMinute) {
  for (int i = 0; i < 1000; ++i) fault(FaultKind::broken, "checksum", i);
  fault(FaultKind::broken, "length", 1000);
  tick(59'000);
  EXPECT_EQ(lines_, (std::vector<std::string>{"W mon1: broken (checksum), at byte 7; more of it is counted",
                                              "W mon1: broken (length), at byte 7; more of it is counted"}));
  tick(60'100);
  ASSERT_EQ(lines_.size(), 3U);
  EXPECT_EQ(lines_[2], "W mon1: 999 more broken (checksum)");
  ASSERT_EQ(book_.counts().size(), 2U);
  EXPECT_EQ(book_.counts()[0].count, 1000U);
}

TEST_F(FaultBookTest, WhatGoesOnIsSaidLessAndLessOftenAndAnewAfterItHasStopped) {
  std::vector<int> said_at_min;
  for (int second = 0; second < 4 * 3600; ++second) {
    const std::size_t before = lines_.size();
    fault(FaultKind::broken, "checksum", second * 1000);
    tick(second * 1000);
    if (lines_.size() != before) said_at_min.push_back(second / 60);
  }
  EXPECT_EQ(said_at_min, (std::vector<int>{0, 1, 3, 7, 15, 31, 63, 123, 183}));
  const std::size_t before = lines_.size();
  tick(5 * 3'600'000);  // the rest of the last hour
  tick(7 * 3'600'000);  // nothing: it is over
  EXPECT_EQ(lines_.size(), before + 1);
  fault(FaultKind::broken, "checksum", 8 * 3'600'000);
  tick(8 * 3'600'000 + 60'000);
  EXPECT_EQ(lines_.size(), before + 2);
}

TEST_F(FaultBookTest, AnUnmappedParameterIsSaidOnceWithWhatASiteNeeds) {
  for (int i = 0; i < 5; ++i) book_.note(unmapped("4711^PVC^99X", "/min", "3"));
  tick(600'000);
  EXPECT_EQ(lines_,
            (std::vector<std::string>{"I mon1: parameter \"4711^PVC^99X\", unit \"/min\", value \"3\": "
                                      "the code map does not know it; counted, not used"}));
  EXPECT_EQ(book_.unmapped().entries()[0].count, 5U);
}

TEST_F(FaultBookTest, NoTextThatADeviceSentIsInTheLog) {
  fault(FaultKind::refused, "not-a-number", 0, "WHO\nI fake line");
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(
      lines_[0],
      "W mon1: refused (not-a-number), parameter \"WHO?I fake line\", at byte 7; more of it is counted");
}

TEST_F(FaultBookTest, ReasonsWithoutEndAreCountedAndNothingGrows) {
  for (int i = 0; i < 1000; ++i) fault(FaultKind::broken, "reason-" + std::to_string(i), i);
  EXPECT_EQ(book_.counts().size(), fault_reasons_max);
  EXPECT_EQ(book_.overflow(), 1000 - fault_reasons_max);
  EXPECT_EQ(lines_.size(), fault_reasons_max);
}

}  // namespace
}  // namespace app::test
