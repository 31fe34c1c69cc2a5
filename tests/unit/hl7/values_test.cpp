// Goal: numbers and times are read as HL7 writes them and nothing else passes. Method: tables of texts.
#include "drivers/hl7/values.hpp"

#include "drivers/hl7/message.hpp"
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

TEST(Values, Numbers) {
  const std::vector<std::pair<std::string_view, double>> good{{"72", 72},
                                                              {" 072 ", 72},
                                                              {"+118", 118},
                                                              {"-5.5", -5.5},
                                                              {"92.", 92},
                                                              {".5", 0.5},
                                                              {"0", 0},
                                                              {"97.0", 97},
                                                              {"97.299999999999997", 97.3},
                                                              {"72.00000000000000000000", 72}};
  for (const auto& [text, number] : good) EXPECT_EQ(parse_number(text), number) << text;
  for (const std::string_view text :
       {"", " ", "7.2E1", "36,8", "0x48", "nan", "inf", "1 2", "85 mmHg", "--5", "1.2.3", ".", "+", "-",
        "72~73", "1234567890123456", "1.2345678901234567x", "\\X37\\"})
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
}

TEST(Values, WaysOfSayingNothing) {
  for (const std::string_view text :
       {"", "  ", "\"\"", "\"\" ", "\" \"", "---", "--", "***", "?", "NULL", "N/A"}) {
    EXPECT_TRUE(says_nothing(text)) << text;
    EXPECT_EQ(read_plain(text).kind, ReadingKind::nothing) << text;
  }
  for (const std::string_view text : {"-1", "-10", "-100", "-100.00", "-99.9", "-999", "-1000", "-10000",
                                      "-32768", "32767", "65535", "8388607", "8388608", "2147483647"})
    EXPECT_EQ(read_plain(text).kind, ReadingKind::nothing) << text;
  EXPECT_EQ(read_plain("-2").kind, ReadingKind::number);
}

TEST(Values, BeyondWhatCanBeMeasured) {
  EXPECT_EQ(read_plain(">250").kind, ReadingKind::over);
  EXPECT_EQ(read_plain("<= 40").kind, ReadingKind::under);
  EXPECT_EQ(read_plain(">high").kind, ReadingKind::unreadable);
}

TEST(Values, StructuredNumbers) {
  EXPECT_EQ(read_structured("^72", '^').number, 72);
  EXPECT_EQ(read_structured("=^72", '^').kind, ReadingKind::number);
  EXPECT_EQ(read_structured(">^250", '^').kind, ReadingKind::over);
  EXPECT_EQ(read_structured("<^40", '^').kind, ReadingKind::under);
  for (const std::string_view text : {"^70^-^75", "^1^:^128", "~^72", "72", "^"})
    EXPECT_EQ(read_structured(text, '^').kind, ReadingKind::unreadable) << text;
}

struct TimeCase {
  std::string_view text;
  TimeState state;
  std::int64_t unix_ms;
};

TEST(Values, Times) {
  const std::int64_t day = day_unix_ms;  // 2026-03-09
  const std::vector<TimeCase> cases{
      {"20260309000000", TimeState::usable, day},
      {"20260309000000+0530", TimeState::usable, day - (5 * 60 + 30) * 60'000},
      {"20260309000000-0330", TimeState::usable, day + (3 * 60 + 30) * 60'000},
      {"20260309000000- 0000", TimeState::usable, day},
      {"202603090001", TimeState::usable, day + 60'000},
      {"20260309000001.2345+0000", TimeState::usable, day + 1'234},
      {"20260309000001.999999", TimeState::usable, day + 1'999},
      {"2026-03-09T00:00:01", TimeState::usable, day + 1'000},
      {"2026-03-09T00:00Z", TimeState::usable, day},
      {"2026-03-09T01:00:00+01:00", TimeState::usable, day},
      {"20260309000060", TimeState::usable, day + 59'999},
      {"20260309", TimeState::coarse, day},
      {"2026030905", TimeState::coarse, day + 5 * 3'600'000},
      {"", TimeState::absent, 0},
      {"\"\"", TimeState::absent, 0},
  };
  for (const TimeCase& one : cases) {
    const DeviceTime time = parse_time(one.text, {}, {});
    EXPECT_EQ(time.state, one.state) << one.text;
    EXPECT_EQ(vitals::unix_ms(time.at), one.unix_ms) << one.text;
  }
}

TEST(Values, WhatIsNoTime) {
  for (const std::string_view text :
       {"00000000000000", "20260230101500", "20261301000000", "20260309240000", "20260309006000",
        "20260309000061", "2026030900000", "Aug 15, 1942", "202603090000AM", "20260309 000000",
        "20260309000000+9900", "20260309000000.", "2026-03-09Tnoon", "196203520", "20221231120516123"})
    EXPECT_EQ(parse_time(text, {}, {}).state, TimeState::invalid) << text;
}

TEST(Values, AZoneFromOutsideServesTimesWithoutOne) {
  EXPECT_EQ(vitals::unix_ms(parse_time("20260309000000", Zone::fixed(60), {}).at), day_unix_ms - 3'600'000);
  EXPECT_EQ(vitals::unix_ms(parse_time("20260309000000+0000", Zone::fixed(60), {}).at), day_unix_ms);
}

TEST(Values, TimesAreWrittenInUtc) {
  const auto text = format_time(vitals::wall_from_unix_ms(day_unix_ms + 3'723'004));
  EXPECT_EQ(std::string_view(text.data(), text.size()), "20260309010203+0000");
}

}  // namespace
}  // namespace drivers::hl7::test
