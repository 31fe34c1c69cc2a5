// Goal: a cuff reading is told once, with the time it was taken, whatever the monitor repeats and however its
// clocks run. Method: answers as the monitor gives them between, during and after measurements.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/philips_port.hpp"

namespace drivers::test::philips {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Of 2026-03-09, the day of the tests, by the monitor's clock: `clock` is "HHMMSS".
ByteVector time_of_day(const std::string& clock) { return hex("20 26 03 09 " + clock + " 00"); }

struct Cuff {
  unsigned sys = 121, dia = 78, mean = 92;
  std::string taken = "000000";  // empty: the object has no time
  unsigned state = 0;
};

ByteVector cuff(const Cuff& reading, unsigned ticks) {
  std::vector<ByteVector> attributes;
  if (!reading.taken.empty()) attributes.push_back(attribute(0x0990, time_of_day(reading.taken)));
  attributes.push_back(compound({number(0x4A05, reading.state, mmhg, reading.sys),
                                 number(0x4A06, reading.state, mmhg, reading.dia),
                                 number(0x4A07, reading.state, mmhg, reading.mean)}));
  return numerics(ticks, {object(0x0201, attributes)});
}

// What the keep-alive is answered with: both clocks at one instant.
ByteVector clocks(const std::string& clock, unsigned ticks) {
  return mds_result(ticks, {attribute(0x0987, time_of_day(clock)), attribute(0x098F, u32(ticks))});
}

constexpr unsigned second = 8000;  // in ticks
constexpr std::int64_t midnight = 1'773'014'400'000;

Lines reading_lines(std::int64_t ms, const std::string& numbers_and_time) {
  Lines lines;
  const std::string at = "@" + std::to_string(ms) + " obs nibp-";
  for (const char* part : {"sys 121", "dia 78", "map 92"}) lines.push_back(at + part + numbers_and_time);
  return lines;
}
std::string trusted(std::int64_t taken_ms) {
  return " valid clock-trusted own=" + std::to_string(midnight + taken_ms);
}

TEST(PhilipsCuff, IsToldOnceAndAgainWithANewTimeOnly) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  // Our clock says 00:00:10; the monitor, far from it, 12:00:10: the reading is 5 s old.
  EXPECT_EQ(said(port.feed(cuff({.taken = "120005"}, 110 * second), 10'000)),
            reading_lines(10'000, trusted(5000)));
  for (unsigned cycle = 1; cycle < 5; ++cycle)
    EXPECT_THAT(said(port.feed(cuff({.taken = "120005"}, (110 + cycle) * second), 10'000 + 1000 * cycle)),
                IsEmpty());
  EXPECT_EQ(said(port.feed(cuff({.taken = "120019"}, 120 * second), 20'000)),
            reading_lines(20'000, trusted(19'000)))
      << "equal numbers, a new measurement";
}

TEST(PhilipsCuff, AnOldReadingAtTheStartHasItsAge) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  EXPECT_EQ(said(port.feed(cuff({.taken = "110000"}, 100 * second), 0)),
            reading_lines(0, trusted(-3'600'000)));
}

TEST(PhilipsCuff, TheTickCounterWraps) {
  Port port;
  port.feed(clocks("120000", 0xFFFFFFFFU - 4 * second + 1));
  EXPECT_EQ(said(port.feed(cuff({.taken = "120006"}, 4 * second), 8000)), reading_lines(8000, trusted(6000)));
}

// What stands there when we begin to listen may be hours old: it waits until its age can be told.
TEST(PhilipsCuff, AtTheStartAReadingWaitsForTheMonitorsClock) {
  Port port;
  EXPECT_THAT(said(port.feed(cuff({.taken = "110000"}, 100 * second), 0)), IsEmpty());
  EXPECT_THAT(said(port.feed(cuff({.taken = "110000"}, 101 * second), 1000)), IsEmpty());
  port.feed(clocks("120002", 102 * second), 2000);
  EXPECT_EQ(said(port.feed(cuff({.taken = "110000"}, 103 * second), 3000)),
            reading_lines(3000, trusted(-3'600'000)));
}

TEST(PhilipsCuff, WithoutTheMonitorsClockTheFirstIsShownAndNotJudged) {
  Port port;
  const std::string as_shown = " own=" + std::to_string(midnight + 43'206'000);
  EXPECT_THAT(said(port.feed(cuff({.taken = "120006"}, 4 * second), 8000)), IsEmpty());
  EXPECT_THAT(said(port.feed(cuff({.taken = "120006"}, 13 * second), 17'900)), IsEmpty());
  EXPECT_EQ(said(port.feed(cuff({.taken = "120006"}, 14 * second), 18'000)),
            reading_lines(18'000, " stale" + as_shown));
  EXPECT_THAT(said(port.feed(cuff({.taken = "120006"}, 25 * second), 29'000)), IsEmpty());
  // The next one came while we listened.
  EXPECT_EQ(said(port.feed(cuff({.taken = "120030"}, 26 * second), 30'000)),
            reading_lines(30'000, " valid own=" + std::to_string(midnight + 43'230'000)));
}

TEST(PhilipsCuff, OneThatWasShownWithoutItsAgeIsToldWithIt) {
  Port port;
  port.feed(cuff({.taken = "110000"}, 100 * second), 0);
  EXPECT_EQ(said(port.feed(cuff({.taken = "110000"}, 111 * second), 11'000)).size(), 3U);
  port.feed(clocks("120012", 112 * second), 12'000);
  EXPECT_EQ(said(port.feed(cuff({.taken = "110000"}, 113 * second), 13'000)),
            reading_lines(13'000, trusted(-3'600'000)));
  EXPECT_THAT(said(port.feed(cuff({.taken = "110000"}, 114 * second), 14'000)), IsEmpty());
}

TEST(PhilipsCuff, AReadingThatFollowsOneThatWaitsIsToldAtOnce) {
  Port port;
  port.feed(cuff({.taken = "110000"}, 100 * second), 0);
  EXPECT_EQ(said(port.feed(cuff({.taken = "120001"}, 102 * second), 2000)).size(), 3U);
  EXPECT_EQ(port.observations().front().quality, vitals::Quality::valid);
}

TEST(PhilipsCuff, AtTheStartATimeInTheFutureIsOfUnknownAge) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "130000"}, 101 * second), 1000);
  EXPECT_EQ(said(port.feed(cuff({.taken = "130000"}, 111 * second), 11'000)).size(), 3U);
  EXPECT_EQ(port.observations().front().quality, vitals::Quality::stale);
}

TEST(PhilipsCuff, WhileItMeasuresTheOldNumbersAreNotTold) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  EXPECT_THAT(said(port.feed(cuff({.taken = "115500", .state = 0x0020}, 101 * second), 1000)),
              lines_are({"@1000 status nibp-measuring on"}));
  EXPECT_THAT(said(port.feed(cuff({.taken = "120002", .state = 0x0040}, 102 * second), 2000)),
              lines_are({"@2000 status nibp-measuring off"}))
      << "only the systolic is known: not a reading yet";
  EXPECT_EQ(said(port.feed(cuff({.taken = "120002"}, 103 * second), 3000)),
            reading_lines(3000, trusted(2000)));
}

TEST(PhilipsCuff, WithoutATimeTheEndOfARunOrOtherNumbersMakeItNew) {
  Port port;
  const Cuff timeless{.taken = ""};
  EXPECT_EQ(said(port.feed(cuff(timeless, 0))), reading_lines(0, " stale")) << "from whenever";
  EXPECT_THAT(said(port.feed(cuff(timeless, second))), IsEmpty());
  port.feed(cuff({.taken = "", .state = 0x0020}, 2 * second));
  EXPECT_EQ(said(port.feed(cuff(timeless, 3 * second))).size(), 4U) << "status and reading";
  EXPECT_EQ(port.observations().front().quality, vitals::Quality::valid);
  EXPECT_THAT(said(port.feed(cuff(timeless, 4 * second))), IsEmpty());
  EXPECT_EQ(said(port.feed(cuff({.sys = 122, .taken = ""}, 5 * second))).size(), 3U);
}

TEST(PhilipsCuff, AFailedRunIsAStatusAndNoValue) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "115500"}, 100 * second));
  const Lines failed =
      said(port.feed(cuff({no_number, no_number, no_number, "120001", 0x8000}, 102 * second), 2000));
  EXPECT_THAT(failed, ElementsAre("@2000 status nibp-failed on",
                                  HasSubstr("@2000 obs nibp-sys - invalid missing clock-trusted own="),
                                  HasSubstr("@2000 obs nibp-dia - "), HasSubstr("@2000 obs nibp-map - ")));
  EXPECT_THAT(said(port.feed(cuff({.taken = "120030"}, 131 * second), 31'000)),
              Contains("@31000 status nibp-failed off"));
}

TEST(PhilipsCuff, AReadingThatTheMonitorNoLongerShowsIsNoFailure) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "110100"}, 100 * second));
  EXPECT_THAT(said(port.feed(cuff({no_number, no_number, no_number, "110100", 0x8000}, 101 * second))),
              IsEmpty());
  Port fresh;
  EXPECT_THAT(said(fresh.feed(cuff({no_number, no_number, no_number, "110100", 0x8000}, 101 * second))),
              IsEmpty())
      << "nothing is known of before the start";
}

const Lines measuring_off_and_failed{"@3000 status nibp-measuring off", "@3000 status nibp-failed on"};

Lines with_numbers(Lines lines, const std::string& word) {
  for (const char* part : {"sys", "dia", "map"})
    lines.push_back("@3000 obs nibp-" + std::string(part) + " - " + word + " missing");
  return lines;
}

// Three ways to show nothing after a run, each with the time of the reading before.
TEST(PhilipsCuff, ARunThatGaveNothingFailedAlsoUnderTheTimeOfTheReadingBefore) {
  const Cuff without_numbers{no_number, no_number, no_number, "115900", 0};
  const struct {
    ByteVector answer;
    std::string word;
  } cases[] = {
      {cuff({.taken = "115900", .state = 0x8000}, 103 * second), "invalid"},
      {cuff(without_numbers, 103 * second), "unavailable"},
      {numerics(103 * second, {object(0x0201, {attribute(0x0990, time_of_day("115900"))})}), "unavailable"},
      {numerics(103 * second, {object(0x0201, {})}), "unavailable"},
  };
  for (const auto& [answer, word] : cases) {
    Port port;
    port.feed(clocks("120000", 100 * second));
    port.feed(cuff({.taken = "115900"}, 100 * second));
    port.feed(cuff({.taken = "115900", .state = 0x0020}, 101 * second), 1000);
    EXPECT_EQ(said(port.feed(answer, 3000)), with_numbers(measuring_off_and_failed, word));
    EXPECT_THAT(said(port.feed(answer, 4000)), IsEmpty()) << "told once";
    EXPECT_THAT(said(port.feed(cuff({.taken = "115900"}, 105 * second), 5000)), IsEmpty())
        << "the reading before is no new one";
  }
}

TEST(PhilipsCuff, ARunThatWasBrokenOffUnderTheOldNumbersIsNoFailureLater) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "115900"}, 100 * second));
  port.feed(cuff({.taken = "115900", .state = 0x0020}, 101 * second), 1000);
  EXPECT_THAT(said(port.feed(cuff({.taken = "115900"}, 102 * second), 2000)),
              lines_are({"@2000 status nibp-measuring off"}));
  EXPECT_THAT(said(port.feed(cuff({.taken = "115900", .state = 0x8000}, 900 * second), 800'000)), IsEmpty());
}

TEST(PhilipsCuff, WhatIsNoLongerListedDoesNotMeasure) {
  Port port;
  const ByteVector rate = object(1, {single(number(0x4182, 0, per_min, 72))});
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "115900"}, 100 * second));
  port.feed(cuff({.taken = "115900", .state = 0x0020}, 101 * second), 1000);
  EXPECT_THAT(said(port.feed(numerics(102 * second, {rate}), 2000)),
              lines_are({"@2000 obs hr 72 valid", "@2000 status nibp-measuring off"}));
  EXPECT_THAT(said(port.feed(cuff({.taken = "115900", .state = 0x8000}, 103 * second), 3000)),
              lines_are({"@3000 obs hr - unavailable missing"}))
      << "nobody saw how the run ended";
}

TEST(PhilipsCuff, ANewAssociationKnowsOfNoRun) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "115900", .state = 0x0020}, 101 * second), 1000);
  EXPECT_THAT(said(port.feed(create_event, 2000)), Contains("@2000 status nibp-measuring off"));
}

TEST(PhilipsCuff, TheMonitorsAlarmTellsOfAFailureToo) {
  Port port;
  EXPECT_THAT(said(port.feed(alerts({}, {alert(0x4A04, 356, 0x0002, 8, "NBP MEASURE FAILED")}))),
              Contains("@0 status nibp-failed on"));
  EXPECT_THAT(said(port.feed(alerts({}, {}))), Contains("@0 status nibp-failed off"));
}

TEST(PhilipsCuff, ImpossibleNumbersAreFaults) {
  Port port;
  port.feed(clocks("000000", 0));
  EXPECT_THAT(said(port.feed(cuff({.sys = 70, .dia = 70}, 0))),
              ElementsAre(HasSubstr("fault implausible sys-not-above-dia"),
                          HasSubstr("nibp-sys - invalid implausible"),
                          HasSubstr("nibp-dia - invalid implausible"), HasSubstr("nibp-map 92 valid")));
  EXPECT_THAT(said(port.feed(cuff({.sys = 0, .taken = "000001"}, 0))),
              Contains(HasSubstr("nibp-sys - invalid implausible")));
}

TEST(PhilipsCuff, ATimeThatIsNoneIsAFault) {
  Port port;
  EXPECT_THAT(said(port.feed(cuff({.taken = "256000"}, 0))),
              lines_are({"@0 fault implausible time code=\"0990\" offset=111", "@0 obs nibp-sys 121 stale",
                         "@0 obs nibp-dia 78 stale", "@0 obs nibp-map 92 stale"}));
  EXPECT_THAT(said(port.feed(cuff({.taken = "256000"}, second))), IsEmpty());
}

// The monitor's wall clock is set while a measurement runs: the reading waits for the clock to be told again.
TEST(PhilipsCuff, AClockThatWasSetDoesNotMakeAReadingOldOrFuture) {
  for (const std::string hour : {"11", "13"}) {
    Port port;
    port.feed(clocks("120000", 100 * second));
    port.feed(cuff({.taken = "115900"}, 100 * second));
    const ByteVector fresh = cuff({.taken = hour + "0001"}, 102 * second);
    EXPECT_THAT(said(port.feed(fresh, 2000)), IsEmpty()) << hour;
    port.feed(clocks(hour + "0003", 103 * second), 3000);
    EXPECT_EQ(said(port.feed(fresh, 3100)), reading_lines(3100, trusted(2100))) << hour;
  }
}

TEST(PhilipsCuff, AClockThatIsNeverToldAgainDelaysAReadingTenSeconds) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "115900"}, 100 * second));
  const ByteVector future = cuff({.taken = "130001"}, 102 * second);
  EXPECT_THAT(said(port.feed(future, 2000)), IsEmpty());
  EXPECT_THAT(said(port.feed(future, 11'900)), IsEmpty());
  EXPECT_EQ(said(port.feed(future, 12'000)).size(), 3U);
  EXPECT_FALSE(port.observations().front().clock_trusted);
}

TEST(PhilipsCuff, AfterANewAssociationTheOldReadingIsNotToldAgain) {
  Port port;
  port.feed(clocks("120000", 100 * second));
  port.feed(cuff({.taken = "115500"}, 100 * second));
  port.feed(create_event, 60'000);
  port.feed(clocks("120100", 5 * second), 60'000);
  EXPECT_THAT(said(port.feed(cuff({.taken = "115500"}, 6 * second), 61'000)), IsEmpty());
  EXPECT_EQ(said(port.feed(cuff({.taken = "120101"}, 7 * second), 62'000)).size(), 3U);
}

}  // namespace
}  // namespace drivers::test::philips
