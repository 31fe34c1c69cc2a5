// Goal: packages of the newer Contec protocol are rebuilt before they are read, stored records never become
// values, and the session is asked for, kept alive and asked for again. Method: the paper's packages and
// bytes of real units as their owners published them; virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/contec/contec.hpp"
#include "tests/unit/drivers/finger_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"

namespace drivers::test::contec_packages {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ByteVector good = hex("01 E0 85 C0 97 C8 E2 FF FF");  // 72 per minute, 98 %

const std::string start_live = "send 7D 81 A1 80 80 80 80 80 80";
const std::string stop_live = "send 7D 81 A2 80 80 80 80 80 80";
const std::string stop_stored = "send 7D 81 A7 80 80 80 80 80 80";
const std::string keep_alive = "send 7D 81 AF 80 80 80 80 80 80";

Port port() { return Port(contec::make_9({})); }
Lines decoded(std::string_view package) { return port().feed(times(2, hex(package))); }

TEST(Contec9, PackagesOfThePaper) {
  EXPECT_EQ(decoded("01 E0 85 C0 97 C8 E2 FF FF"), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("01 E8 C5 DA 9B 82 E1 FF FF"), values("130 valid", "97 valid"));
  EXPECT_EQ(decoded("01 E9 80 C0 90 FF FF FF FF"), no_value("invalid sensor-off"));
  EXPECT_EQ(decoded("01 EA 80 C0 90 FF FF FF FF"), no_value("invalid searching"));
  EXPECT_EQ(decoded("01 EA 90 C0 90 FF FF FF FF"), no_value("invalid searching"));
}

TEST(Contec9, ALowSaturationIsAValueThatCanAlarm) {
  EXPECT_EQ(decoded("01 E0 A2 9E 92 EE D6 FF FF"),
            values("110 questionable weak-signal", "86 questionable weak-signal"));
}

TEST(Contec9, ThePerfusionIndexHasNoMetricAndIsSaid) {
  EXPECT_EQ(decoded("01 A0 86 B3 88 BC E3 9C 81"),
            values("60 valid", "99 valid") +
                Lines{"@0 fault unmapped no-metric code=\"PI\" unit=\"%\" value=\"4.12\" offset=17"});
}

TEST(Contec9, BytesOfRealUnits) {
  EXPECT_EQ(decoded("01 E0 84 93 92 BC E3 FF FF"), values("60 valid", "99 valid"));
  EXPECT_EQ(decoded("01 E0 C4 C4 98 BC E3 FF FF"), values("60 valid", "99 valid"));
  EXPECT_EQ(decoded("01 E0 85 D5 9A BD E3 FF FF"), values("61 valid", "99 valid"));
  EXPECT_EQ(decoded("01 E0 85 B3 96 C1 E1 FF FF"), values("65 valid", "97 valid"));
}

TEST(Contec9, MissingNumbers) {
  EXPECT_EQ(decoded("01 E8 85 C0 97 FF FF FF FF"), no_value("unavailable missing"));
  EXPECT_EQ(decoded("01 E0 85 C0 97 80 80 FF FF"), no_value("unavailable missing"));
  EXPECT_EQ(decoded("01 E0 85 C0 97 C8 FF FF FF"), values("72 valid", "- unavailable missing"));
}

TEST(Contec9, WhatCannotBeIsDropped) {
  EXPECT_THAT(decoded("01 E0 89 C0 97 C8 E2 FF FF"), Contains(HasSubstr("fault implausible strength")));
  EXPECT_THAT(decoded("01 E0 85 C0 B7 C8 E2 FF FF"), Contains(HasSubstr("fault implausible fixed-bits")));
  EXPECT_THAT(decoded("01 E4 85 C0 97 C8 E2 FF FF"), Contains(HasSubstr("fault implausible fixed-bits")));
  EXPECT_THAT(decoded("01 E0 85 C0 97 C8 E5 FF FF"), Contains(HasSubstr("fault implausible spo2")));
  EXPECT_THAT(decoded("01 F0 85 C0 97 C8 E2 FF FF"), Contains(HasSubstr("fault implausible spo2")));
  for (const auto* package : {"01 E0 89 C0 97 C8 E2 FF FF", "01 E0 85 C0 B7 C8 E2 FF FF",
                              "01 E0 85 C0 97 C8 E5 FF FF", "01 F0 85 C0 97 C8 E2 FF FF"})
    EXPECT_THAT(decoded(package), Not(Contains(HasSubstr("obs")))) << package;
}

TEST(Contec9, OtherPackagesBetweenTheLiveOnesDisturbNothing) {
  Port line = port();
  EXPECT_EQ(line.feed(good + hex("0C 80") + good + hex("0B 81 B2 80") + hex("0E 80 81")),
            values("72 valid", "98 valid"));
  for (const auto* package : {"02 80 80 80 80 80 80 80 80", "03 80 80 80 80 80 80 80 80", "06 80 80 80",
                              "13 80 80 80 80 80 80 80 80", "14 80 80 80 80 80 80 80 80"})
    EXPECT_THAT(line.feed(hex(package)), IsEmpty()) << package;
  EXPECT_THAT(line.feed(hex("55 80 80 80 80 80 80 80 80")),
              ElementsAre(HasSubstr("fault not-mine package-type")));
}

TEST(Contec9, PackagesOfUnknownMeaningBehindEachLiveOneCostNoValue) {
  Port line = port();
  const Lines lines = line.feed(times(121, good + hex("03 80 80 80 80 80 80 80 80")));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "@0 obs spo2 98 valid"), 2);
  EXPECT_THAT(lines, Not(Contains(HasSubstr("fault"))));
}

TEST(Contec9, DamageIsDroppedAndNamedOnce) {
  Port line = port();
  EXPECT_EQ(line.feed(hex("C8 E2 FF FF") + times(2, good)), values("72 valid", "98 valid")) << "a cut start";
  EXPECT_THAT(line.feed(hex("80 80 80")), ElementsAre(HasSubstr("fault broken stray-bytes")));
  EXPECT_THAT(line.feed(hex("01 E0 85 C0") + good), ElementsAre(HasSubstr("fault broken short-package")));
}

TEST(Contec9, AStoredRecordIsNoValueAndIsStopped) {
  Port line = port();
  const ByteVector record = hex("0F 80 E2 C8 E2 C8 E2 C8");
  EXPECT_THAT(line.feed(record), ElementsAre(HasSubstr("fault refused stored-record"), stop_stored));
  EXPECT_THAT(line.feed(record, 1999), ElementsAre(HasSubstr("fault refused stored-record")));
  EXPECT_THAT(line.feed(record, 2000), Contains(stop_stored));
}

TEST(Contec9, TheSessionIsAskedForUntilItComes) {
  Port line = port();
  EXPECT_THAT(line.tick(0), ElementsAre(stop_live, stop_stored));
  EXPECT_THAT(line.tick(100), IsEmpty());
  EXPECT_THAT(line.tick(200), ElementsAre(start_live));
  EXPECT_THAT(line.tick(2100), IsEmpty());
  EXPECT_THAT(line.tick(2200), ElementsAre(start_live));
  EXPECT_EQ(line.feed(times(2, good), 2300), values("72 valid", "98 valid", 2300));
  EXPECT_THAT(line.tick(3200), IsEmpty());
}

TEST(Contec9, KeepsTheSessionAlive) {
  Port line = port();
  line.tick(0);
  line.tick(200);
  std::vector<std::int64_t> sent;
  for (std::int64_t at = 300; at <= 11'000; at += 100) {
    line.feed(times(6, good), at);
    const Lines lines = line.tick(at);
    for (const auto& text : lines) {
      EXPECT_EQ(text, keep_alive);
      sent.push_back(at);
    }
  }
  EXPECT_THAT(sent, ElementsAre(2700, 5200, 7700, 10'200));
}

TEST(Contec9, ASecondOfSilenceStartsItAgain) {
  Port line = port();
  line.tick(0);
  line.tick(200);
  line.feed(times(2, good), 300);
  EXPECT_THAT(line.tick(1200), IsEmpty());
  EXPECT_THAT(line.tick(1300), ElementsAre(start_live));
  EXPECT_THAT(line.tick(3300), ElementsAre(start_live));
  EXPECT_EQ(line.feed(times(2, good), 3400), values("72 valid", "98 valid", 3400));
}

TEST(Contec9, ADeviceThatLeavesLiveModeIsLeftInPeaceForFiveSeconds) {
  Port line = port();
  line.tick(0);
  line.tick(200);
  line.feed(times(2, good), 300);
  EXPECT_EQ(line.feed(hex("0D 80 81"), 400),
            Lines{"@400 fault refused left-live-mode value=\"switched off\" offset=20"} +
                no_value("unavailable missing", 400));
  EXPECT_THAT(line.tick(5300), IsEmpty());
  EXPECT_THAT(line.tick(5400), ElementsAre(start_live));
}

TEST(Contec9, TheAnswerToTheFirstStopDoesNotDelayTheStart) {
  Port line = port();
  line.tick(0);
  line.feed(hex("0D 80 80"), 100);
  EXPECT_THAT(line.tick(200), ElementsAre(start_live));
}

TEST(Contec9, ARefusedStartIsSaid) {
  Port line = port();
  line.tick(0);
  line.tick(200);
  EXPECT_THAT(line.feed(hex("0B 81 A1 83"), 300),
              lines_are({"@300 fault refused command-refused value=\"recording\" offset=3"}));
  EXPECT_THAT(line.tick(5200), IsEmpty());
  EXPECT_THAT(line.tick(5300), ElementsAre(start_live));
}

TEST(Contec9, FiveByteFramesAreAnotherDevice) {
  Port line = port();
  const Lines lines = line.feed(times(120, hex("85 40 07 48 62")));
  EXPECT_THAT(lines, Contains(HasSubstr("fault not-mine five-byte-frames")));
  EXPECT_THAT(lines, Contains("@0 status wrong-device on"));
  EXPECT_THAT(line.feed(times(2, good)), Contains("@0 status wrong-device off"));
}

TEST(Contec9, NoSingleFlippedBitIsBelieved) {
  expect_no_flipped_bit_to_be_believed(contec::make_9, good, "72", "98");
}

}  // namespace
}  // namespace drivers::test::contec_packages
