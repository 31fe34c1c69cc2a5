// Goal: the driver asks one thing at a time, gives each cuff measurement once with its own time, and says
// when nobody answers. Method: replies worked out by hand from the published layout, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/drivers/dinamap_port.hpp"
#include "tests/unit/drivers/lines.hpp"

namespace drivers::test::dinamap_line {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// --- polling ----------------------------------------------------------------------------------------------

TEST(Dinamap, AsksOneThingAtATimeTheCuffFirstWithACrInFront) {
  Port port;
  EXPECT_THAT(port.silence(900), lines_are({"0 " + na_flushed}));
  port.feed(cuff_118 + '\r');
  EXPECT_THAT(port.silence(300), lines_are({"900 " + oa}));
}

TEST(Dinamap, EachAtItsPace) {
  Port port;
  Lines asked;
  for (int i = 0; i < 50; ++i) {
    for (const std::string& line : port.silence(100)) {
      asked.push_back(line.substr(0, line.find(' ')) + line.substr(line.size() - 15));
      if (line.find(na.substr(5)) != std::string::npos) port.feed(cuff_118 + '\r');
      if (line.find(oa.substr(5)) != std::string::npos) port.feed(spo2_97 + '\r');
      if (line.find(ra.substr(5)) != std::string::npos) port.feed(rate_71 + '\r');
    }
  }
  EXPECT_THAT(
      asked, lines_are({"0 4E 41 21 32 0D", "100 4F 41 21 33 0D", "200 52 41 21 36 0D", "1100 4F 41 21 33 0D",
                        "1200 52 41 21 36 0D", "2000 4E 41 21 32 0D", "2100 4F 41 21 33 0D",
                        "2200 52 41 21 36 0D", "3100 4F 41 21 33 0D", "3200 52 41 21 36 0D",
                        "4000 4E 41 21 32 0D", "4100 4F 41 21 33 0D", "4200 52 41 21 36 0D"}));
}

TEST(Dinamap, AfterASecondWithoutAReplyItListensAndFlushes) {
  Port port;
  port.ask('N');
  EXPECT_THAT(port.silence(1200), lines_are({"1100 send 0D 20 4F 41 21 33 0D"}));
}

TEST(Dinamap, AfterThreeRepliesInARowMissingItSaysSoAndAsksForTheCuffEveryTwoSeconds) {
  Port port;
  port.reply('N', cuff_118);
  port.reply('O', spo2_97);
  port.reply('R', rate_71);
  EXPECT_THAT(port.silence(9000),
              lines_are({"1100 " + oa, "2200 send 0D 20 52 41 21 36 0D", "3300 " + na_flushed,
                         "@4300 obs spo2 - unavailable missing", "@4300 obs pr - unavailable missing",
                         "5300 " + na_flushed, "@6300 obs spo2 - unavailable missing",
                         "@6300 obs pr - unavailable missing", "7300 " + na_flushed,
                         "@8300 obs spo2 - unavailable missing", "@8300 obs pr - unavailable missing"}));
  EXPECT_THAT(port.silence(100), lines_are({"9300 " + na_flushed}));
  port.feed(cuff(1, 54) + '\r');
  EXPECT_THAT(port.silence(100), lines_are({"9400 " + oa})) << "and everything goes on";
  port.feed(spo2_97 + '\r');
  EXPECT_THAT(port.silence(100), lines_are({"9500 " + ra}));
}

TEST(Dinamap, AMonitorWithoutOximeterIsAskedForItEveryTenSeconds) {
  Port port;
  int oximeter_questions = 0;
  bool told = false;
  for (int i = 0; i < 400; ++i) {
    for (const std::string& line : port.silence(100)) {
      oximeter_questions += line.find("4F 41") != std::string::npos ? 1 : 0;
      told = told || line.find("obs spo2 - unavailable missing") != std::string::npos;
      if (line.find("4E 41") != std::string::npos) port.feed(cuff_118 + '\r');
      if (line.find("52 41") != std::string::npos) port.feed(rate_cuff + '\r');
    }
  }
  EXPECT_TRUE(told);
  EXPECT_EQ(oximeter_questions, 3 + 3) << "three quick ones, then three in the rest of 40 s";
}

TEST(Dinamap, NothingButQuestionsIsEverSent) {
  Port port;
  for (const std::string& line : port.silence(60'000))
    EXPECT_TRUE(line.find("send") == std::string::npos || line.find(na.substr(5)) != std::string::npos ||
                line.find(oa.substr(5)) != std::string::npos || line.find(ra.substr(5)) != std::string::npos)
        << line;
}

// --- oximeter and rate ------------------------------------------------------------------------------------

TEST(Dinamap, OximeterReplies) {
  EXPECT_THAT(replied('O', spo2_97), ElementsAre(HasSubstr("obs spo2 97 valid"), HasSubstr("frame-end")));
  EXPECT_THAT(replied('O', spo2_standby),
              ElementsAre(HasSubstr("obs spo2 - unavailable missing"), HasSubstr("frame-end")));
  EXPECT_THAT(replied('O', spo2_no_data),
              ElementsAre(HasSubstr("obs spo2 - invalid sensor-off"), HasSubstr("frame-end")));
  EXPECT_THAT(replied('O', spo2_unplugged),
              ElementsAre(HasSubstr("obs spo2 - invalid sensor-unplugged"), HasSubstr("frame-end")));
}

TEST(Dinamap, RateReplies) {
  EXPECT_THAT(replied('R', rate_71), ElementsAre(HasSubstr("obs pr 71 valid"), HasSubstr("frame-end")));
  EXPECT_THAT(replied('R', rate_000),
              ElementsAre(HasSubstr("obs pr - unavailable missing"), HasSubstr("frame-end")));
  EXPECT_THAT(replied('R', rate_99),
              ElementsAre(HasSubstr("obs pr - unavailable missing"), HasSubstr("frame-end")));
}

TEST(Dinamap, ARateOfTheCuffIsNoPulse) {
  Port port;
  EXPECT_THAT(port.reply('R', rate_cuff),
              ElementsAre(HasSubstr("fault unmapped rate-source code=\"NIBP rate\" value=\"70\""),
                          HasSubstr("obs pr - unavailable missing"), HasSubstr("frame-end")));
  EXPECT_THAT(port.reply('R', rate_cuff), Each(Not(HasSubstr("fault")))) << "named when it changes";
  EXPECT_THAT(port.reply('R', checked(" RA7070")),
              AllOf(Contains(HasSubstr("fault unmapped rate-source code=\"RA\" value=\"7\"")),
                    Contains(HasSubstr("obs pr - unavailable"))));
}

TEST(Dinamap, TheSensorWinsOverDigits) {
  Port port;
  EXPECT_THAT(port.reply('O', oximeter(3, 98)), Contains(HasSubstr("obs spo2 - invalid sensor-off")));
  EXPECT_THAT(port.reply('R', rate_71), Contains(HasSubstr("obs pr - invalid sensor-off")));
  EXPECT_THAT(port.reply('O', spo2_97), Contains(HasSubstr("obs spo2 97 valid")));
  EXPECT_THAT(port.reply('R', rate_71), Contains(HasSubstr("obs pr 71 valid")));
}

// A minute in which the cuff and the rate answer as always, the oximeter with this, if anything.
Lines minute_of_rate_30(Port& port, const std::string& of_oximeter) {
  Lines all;
  const auto answer = [&](const std::string& reply) {
    for (const std::string& line : port.feed(reply + '\r')) all.push_back(line);
  };
  for (int i = 0; i < 600; ++i) {
    for (const std::string& line : port.silence(100)) {
      if (line.find(" 4E 41") != std::string::npos) answer(cuff_118);
      if (line.find(" 4F 41") != std::string::npos && !of_oximeter.empty()) answer(of_oximeter);
      if (line.find(" 52 41") != std::string::npos) answer(checked(" RA2030"));
      all.push_back(line);
    }
  }
  return all;
}

std::size_t count(const Lines& lines, std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const auto& line) { return line.find(text) != std::string::npos; }));
}

TEST(Dinamap, APulseStandsWithoutTheOximetersStatus) {
  const std::string one_digit_more = checked(" OA10977080");
  for (const std::string& of_oximeter : {std::string{}, one_digit_more}) {
    Port port;
    const Lines lines = minute_of_rate_30(port, of_oximeter);
    EXPECT_EQ(count(lines, "obs pr -"), 0U) << of_oximeter;
    EXPECT_GT(count(lines, "obs pr 30 questionable status"), 40U) << "nobody says that the sensor is on";
    EXPECT_THAT(port.reply('O', spo2_97), Contains(HasSubstr("obs spo2 97 valid")));
    EXPECT_THAT(port.reply('R', checked(" RA2030")), Contains(HasSubstr("obs pr 30 valid")));
  }
}

TEST(Dinamap, AStatusThatWasReadWinsUntilTheOximeterIsSilent) {
  Port port;
  port.reply('O', spo2_unplugged);
  EXPECT_THAT(port.reply('R', rate_71), Contains(HasSubstr("obs pr - invalid sensor-unplugged")));
  const Lines lines = minute_of_rate_30(port, {});
  EXPECT_GT(count(lines, "obs pr 30 questionable status"), 40U);
}

TEST(Dinamap, AWeakSignalIsADoubt) {
  for (int signal = 0; signal <= 9; ++signal) {
    Port port;
    const std::string word = signal <= 2 ? " questionable weak-signal" : " valid";
    EXPECT_THAT(port.reply('O', oximeter(1, 91, signal)), Contains(HasSubstr("obs spo2 91" + word)))
        << signal;
    EXPECT_THAT(port.reply('R', rate_71), Contains(HasSubstr("obs pr 71" + word))) << signal;
  }
}

TEST(Dinamap, WhatCannotBe) {
  EXPECT_THAT(replied('O', oximeter(1, 101)),
              ElementsAre(HasSubstr("fault implausible range code=\"spo2\" value=\"101\""),
                          HasSubstr("obs spo2 - invalid implausible"), HasSubstr("frame-end")));
  EXPECT_THAT(replied('O', oximeter(1, 0)), Contains(HasSubstr("obs spo2 - unavailable missing")));
  EXPECT_THAT(replied('R', checked(" RA2351")), Contains(HasSubstr("obs pr - invalid implausible")));
  EXPECT_THAT(replied('R', checked(" RA2350")), Contains(HasSubstr("obs pr 350 valid")));
  EXPECT_THAT(replied('O', oximeter(5, 97)), AllOf(Contains(HasSubstr("fault unmapped oximeter-status")),
                                                   Contains(HasSubstr("obs spo2 - invalid status"))));
}

// --- cuff -------------------------------------------------------------------------------------------------

TEST(DinamapCuff, AResultHasTheTimeOfItsMeasurement) {
  Port port;
  port.ask('N');
  EXPECT_THAT(
      port.feed(cuff_118 + '\r'),
      lines_are({"@0 obs nibp-sys 118 valid" + port.own(45), "@0 obs nibp-dia 72 valid" + port.own(45),
                 "@0 obs nibp-map 88 valid" + port.own(45), "@0 frame-end"}));
}

TEST(DinamapCuff, ARepeatedResultIsToldOnce) {
  Port port;
  port.reply('N', cuff(1, 45));
  for (int age_s = 47; age_s < 5400; age_s += 2) {
    EXPECT_THAT(port.reply('N', cuff(1, age_s)), Each(Not(HasSubstr("obs")))) << age_s;
  }
}

TEST(DinamapCuff, ACounterThatGoesBackIsANewReadingAlsoWithEqualNumbers) {
  Port port;
  port.reply('N', cuff(1, 300));
  port.later(3000);
  port.ask('N');
  EXPECT_THAT(port.feed(cuff(1, 1) + '\r'), Contains(port.at() + "obs nibp-sys 118 valid" + port.own(1)));
}

// Behind what it should be: the reply was long on its way, or it is of another measurement.
TEST(DinamapCuff, ACounterThatIsOnlyBehindIsANewReadingWithOtherNumbersOrAfterTheCuffWorked) {
  const auto after_a_minute = [](Port& port, const std::string& reply) {
    port.later(60'000);
    return port.reply('N', reply);
  };
  Port late, other, worked;
  late.reply('N', cuff(1, 45));
  EXPECT_THAT(after_a_minute(late, cuff(1, 47)), ElementsAre(HasSubstr("frame-end")));
  other.reply('N', cuff(1, 5));
  EXPECT_THAT(after_a_minute(other, cuff(1, 20, 88, 50, 62)), Contains(HasSubstr("obs nibp-sys 88 valid")));
  worked.reply('N', cuff(1, 1));
  worked.reply('N', cuff_busy);
  EXPECT_THAT(after_a_minute(worked, cuff(1, 2)), Contains(HasSubstr("obs nibp-sys 118 valid")));
}

TEST(DinamapCuff, MeasuringIsAStateAndItsNumbersAreNotUsed) {
  Port port;
  port.reply('N', cuff(1, 300));
  EXPECT_THAT(port.reply('N', cuff(0, 9999, 170, 20, 90)),
              ElementsAre(HasSubstr("status nibp-measuring on"), HasSubstr("frame-end")));
  EXPECT_THAT(port.reply('N', cuff_busy), ElementsAre(HasSubstr("frame-end")));
  port.later(20'000);
  EXPECT_THAT(
      port.reply('N', cuff(1, 2, 125, 80, 95)),
      AllOf(Contains(HasSubstr("status nibp-measuring off")), Contains(HasSubstr("obs nibp-sys 125 valid"))));
}

TEST(DinamapCuff, ABrokenOffMeasurementTellsTheOldResultOnlyAsOld) {
  Port port;
  port.reply('N', cuff(1, 300));
  port.reply('N', cuff_busy);
  port.later(10'000);
  port.ask('N');
  const auto age_s = 300 + port.now_ms() / 1000;
  EXPECT_THAT(port.feed(cuff(1, static_cast<int>(age_s)) + '\r'),
              ElementsAre(HasSubstr("status nibp-measuring off"), HasSubstr("frame-end")));
}

TEST(DinamapCuff, FailuresAreSaidOnceWithTheirCode) {
  Port port;
  port.ask('N');
  EXPECT_THAT(port.feed(cuff_failed + '\r'),
              ElementsAre("@0 status nibp-failed on", HasSubstr("fault refused nibp-failed code=\"failed\""),
                          "@0 obs nibp-sys - invalid missing" + port.own(12),
                          "@0 obs nibp-dia - invalid missing" + port.own(12),
                          "@0 obs nibp-map - invalid missing" + port.own(12), "@0 frame-end"));
  EXPECT_THAT(port.reply('N', cuff(3, 14, 0, 0, 0)), ElementsAre(HasSubstr("frame-end")));
  port.later(60'000);
  EXPECT_THAT(port.reply('N', cuff_air), AllOf(Contains(HasSubstr("code=\"overpressure\"")),
                                               Contains(HasSubstr("status nibp-failed off")),
                                               Contains(HasSubstr("status nibp-failed on"))))
      << "another one";
  EXPECT_THAT(port.reply('N', cuff_busy), Contains(HasSubstr("status nibp-failed off")));
  for (const auto& [status, name] :
       std::initializer_list<std::pair<int, std::string>>{{4, "pump-up-timeout"},
                                                          {5, "5"},
                                                          {6, "total-timeout"},
                                                          {7, "one-pressure-timeout"},
                                                          {9, "unknown"}})
    EXPECT_THAT(replied('N', cuff(status, 5, 0, 0, 0)), Contains(HasSubstr("code=\"" + name + "\"")));
}

TEST(DinamapCuff, AGoodReadingEndsTheFailure) {
  Port port;
  port.reply('N', cuff_failed);
  port.later(60'000);
  EXPECT_THAT(port.reply('N', cuff(1, 3)), AllOf(Contains(HasSubstr("status nibp-failed off")),
                                                 Contains(HasSubstr("obs nibp-sys 118 valid"))));
}

TEST(DinamapCuff, AStatusThatIsInNoPaperTellsNothing) {
  Port port;
  EXPECT_THAT(
      port.reply('N', cuff(2, 5)),
      ElementsAre(HasSubstr("fault unmapped nibp-status code=\"NA\" value=\"2\""), HasSubstr("frame-end")));
  EXPECT_THAT(port.reply('N', cuff(2, 7)), ElementsAre(HasSubstr("frame-end")));
}

TEST(DinamapCuff, AResultWithoutAnAgeIsNotUsed) {
  for (const int age_s : {9999, 5400, 5401})
    EXPECT_THAT(replied('N', cuff(1, age_s)), ElementsAre(HasSubstr("frame-end"))) << age_s;
  EXPECT_THAT(replied('N', cuff(1, 5399)), Contains(HasSubstr("obs nibp-sys 118")));
}

TEST(DinamapCuff, TheMeanAloneIsPassedOn) {
  EXPECT_THAT(replied('N', cuff(1, 5, 0, 0, 88)), AllOf(Contains(HasSubstr("obs nibp-sys - invalid missing")),
                                                        Contains(HasSubstr("obs nibp-map 88 valid"))));
}

TEST(DinamapCuff, PressuresOutOfOrderOrRangeAreNotBelieved) {
  struct Case {
    int sys, dia, mean;
  };
  for (const auto& [sys, dia, mean] : std::initializer_list<Case>{
           {88, 72, 118}, {118, 88, 72}, {72, 118, 88}, {118, 118, 118}, {351, 72, 88}}) {
    EXPECT_THAT(replied('N', cuff(1, 5, sys, dia, mean)),
                AllOf(Contains(HasSubstr("fault implausible pressures code=\"nibp\" unit=\"mmHg\"")),
                      Contains(HasSubstr("obs nibp-sys - invalid implausible")),
                      Contains(HasSubstr("obs nibp-map - invalid implausible"))))
        << sys;
  }
}

TEST(DinamapCuff, SilenceEndsTheStateMeasuring) {
  Port port;
  port.reply('N', cuff_busy);
  EXPECT_THAT(port.silence(10'000), Contains(HasSubstr("status nibp-measuring off")));
}

}  // namespace
}  // namespace drivers::test::dinamap_line
