// Goal: every packet of the PM6750 gives what the module means by it, a cuff reading is told once, and only
// enabling commands leave the driver. Method: packets computed from the published layout; every bit of them
// flipped; virtual time.
#include "drivers/pm6750/pm6750.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/finger_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"

namespace drivers::test::pm6750 {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ByteVector spo2_98 = hex("55 AA 06 04 00 62 48 4B");
const ByteVector heart_75 = hex("55 AA 08 02 18 4B 10 0A 01 77");
const ByteVector heart_82_short = hex("55 AA 06 02 18 52 0E 7F");
const ByteVector measuring = hex("55 AA 08 03 04 44 00 00 00 AC");
const ByteVector done_121_75 = hex("55 AA 08 03 00 00 79 5C 4B D4");
const ByteVector done_68_40_neonate = hex("55 AA 08 03 02 00 44 33 28 53");
const ByteVector cuff_loose = hex("55 AA 08 03 10 00 00 00 00 E4");

Port port() { return Port(drivers::pm6750::make({})); }
Lines decoded(const ByteVector& frame) { return port().feed(frame); }

// A frame around type and data.
ByteVector framed(const ByteVector& payload) {
  ByteVector out{0x55, 0xAA, static_cast<std::uint8_t>(payload.size() + 2)};
  unsigned sum = out[2];
  for (const std::uint8_t byte : payload) sum += byte;
  out = out + payload;
  out.push_back(static_cast<std::uint8_t>(~sum));
  return out;
}

Lines cuff(const std::string& sys, const std::string& dia, const std::string& map, std::int64_t at_ms = 0) {
  const std::string at = "@" + std::to_string(at_ms) + " ";
  return {at + "obs nibp-sys " + sys, at + "obs nibp-dia " + dia, at + "obs nibp-map " + map,
          at + "frame-end"};
}
// Of a measurement whose end was seen: with its time.
Lines timed(const std::string& sys, const std::string& dia, const std::string& map) {
  const std::string time = " clock-trusted own=" + std::to_string(vitals::unix_ms(stamp(0).wall));
  return cuff(sys + time, dia + time, map + time);
}
const Lines reading_121_75 = timed("121 valid", "75 valid", "92 valid");
const Lines only_end{"@0 frame-end"};

TEST(Pm6750, HeartRateAndRespiration) {
  EXPECT_EQ(decoded(heart_75),
            (Lines{"@0 obs hr 75 valid", "@0 obs rr 16 valid",
                   "@0 fault unmapped no-metric code=\"ST\" unit=\"mV\" value=\"+0.10\" offset=0",
                   "@0 frame-end"}));
  EXPECT_EQ(decoded(heart_82_short), (Lines{"@0 obs hr 82 valid", "@0 obs rr 14 valid", "@0 frame-end"}));
  EXPECT_EQ(decoded(hex("55 AA 08 02 1A 00 00 00 00 DB")),
            (Lines{"@0 obs hr - invalid leads-off", "@0 obs rr - invalid leads-off", "@0 frame-end"}));
}

TEST(Pm6750, ALeadThatIsOffWinsOverDigits) {
  EXPECT_EQ(decoded(framed(hex("02 1A 4B 10"))),
            (Lines{"@0 obs hr - invalid leads-off", "@0 obs rr - invalid leads-off", "@0 frame-end"}));
}

TEST(Pm6750, AWeakEcgIsDoubtful) {
  EXPECT_EQ(decoded(framed(hex("02 19 4B 10"))),
            (Lines{"@0 obs hr 75 questionable weak-signal", "@0 obs rr 16 questionable weak-signal",
                   "@0 frame-end"}));
}

TEST(Pm6750, NoBeatWithTheLeadsOnIsZeroAndNotMissing) {
  EXPECT_EQ(decoded(framed(hex("02 18 00 00"))),
            (Lines{"@0 obs hr - invalid zero", "@0 obs rr - unavailable missing", "@0 frame-end"}));
}

TEST(Pm6750, ImpossibleRatesAreFaults) {
  EXPECT_THAT(decoded(framed(hex("02 18 FB 97"))),
              ElementsAre(HasSubstr("fault implausible range code=\"hr\" value=\"251\""),
                          "@0 obs hr - invalid implausible",
                          HasSubstr("fault implausible range code=\"rr\" value=\"151\""),
                          "@0 obs rr - invalid implausible", "@0 frame-end"));
}

TEST(Pm6750, TheSegmentLevelIsSigned) {
  EXPECT_THAT(decoded(framed(hex("02 18 4B 10 F6 01"))), Contains(HasSubstr("value=\"-0.10\"")));
  EXPECT_THAT(decoded(framed(hex("02 18 4B 10 80 01"))), Contains(HasSubstr("value=\"-1.28\"")));
}

TEST(Pm6750, ARhythmIsAnAlarmOfTheModuleWhileItLasts) {
  Port line = port();
  const auto rhythm = [&](std::uint8_t code) {
    Lines alarms;
    for (const std::string& text : line.feed(framed({0x02, 0x18, 0x4B, 0x10, 0x00, code})))
      if (text.find(" alarm ") != std::string::npos || text.find("rhythm") != std::string::npos)
        alarms.push_back(text);
    return alarms;
  };
  EXPECT_THAT(rhythm(0x01), IsEmpty());
  EXPECT_THAT(
      rhythm(0x0A),
      lines_are({"@0 alarm on medium level-assumed text=\"tachycardia\" code=\"0A\" source=\"ECG\""}));
  EXPECT_THAT(rhythm(0x0A), IsEmpty());
  EXPECT_THAT(rhythm(0x03),
              lines_are({"@0 alarm off medium level-assumed code=\"0A\" source=\"ECG\"",
                         "@0 alarm on high level-assumed text=\"ventricular fibrillation\" code=\"03\" "
                         "source=\"ECG\""}));
  EXPECT_THAT(rhythm(0x00), lines_are({"@0 alarm off high level-assumed code=\"03\" source=\"ECG\""}));
  EXPECT_THAT(rhythm(0x0D), ElementsAre(HasSubstr("fault unmapped rhythm code=\"ECG\" value=\"0D\"")));
  EXPECT_THAT(rhythm(0x01), IsEmpty());
}

TEST(Pm6750, ArrestComesWithTheZero) {
  EXPECT_THAT(decoded(framed(hex("02 18 00 00 00 02"))),
              ElementsAre("@0 obs hr - invalid zero", "@0 obs rr - unavailable missing", HasSubstr("ST"),
                          HasSubstr("alarm on high level-assumed text=\"arrest\""), "@0 frame-end"));
}

TEST(Pm6750, Saturation) {
  EXPECT_EQ(decoded(spo2_98), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded(hex("55 AA 06 04 00 7F 48 2E")), values("72 valid", "- unavailable missing"));
  EXPECT_EQ(decoded(hex("55 AA 06 04 01 7F FF 76")), no_value("invalid sensor-unplugged"));
  EXPECT_EQ(decoded(hex("55 AA 06 04 02 7F FF 75")), no_value("invalid sensor-off"));
  EXPECT_EQ(decoded(hex("55 AA 06 04 03 7F FF 74")), no_value("invalid searching"));
  EXPECT_EQ(decoded(framed(hex("04 04 7F FF"))), no_value("invalid searching"));
  EXPECT_EQ(decoded(framed(hex("04 02 62 48"))), no_value("invalid sensor-off")) << "held digits";
  EXPECT_EQ(decoded(framed(hex("04 09 62 48"))), no_value("invalid sensor-fault")) << "an unknown status";
  EXPECT_EQ(decoded(framed(hex("04 00 00 00"))), no_value("unavailable missing"));
}

TEST(Pm6750, Temperature) {
  EXPECT_EQ(decoded(hex("55 AA 08 05 00 24 08 00 00 C6")),
            (Lines{"@0 obs temp 36.8 valid", "@0 obs temp - unavailable missing channel=1", "@0 frame-end"}));
  EXPECT_EQ(decoded(hex("55 AA 06 05 00 24 08 C8")), (Lines{"@0 obs temp 36.8 valid", "@0 frame-end"}));
  EXPECT_EQ(decoded(framed(hex("05 03 24 08 24 09"))),
            (Lines{"@0 obs temp - invalid sensor-off", "@0 obs temp - invalid sensor-off channel=1",
                   "@0 frame-end"}));
  EXPECT_THAT(decoded(framed(hex("05 00 24 0A"))), Contains("@0 obs temp - invalid implausible"));
  EXPECT_THAT(decoded(framed(hex("05 00 63 00"))), Contains("@0 obs temp - invalid implausible"));
}

TEST(Pm6750, ACuffReadingIsToldOnceWhenItEnds) {
  Port line = port();
  EXPECT_EQ(line.feed(measuring), (Lines{"@0 status nibp-measuring on", "@0 frame-end"}));
  EXPECT_EQ(line.feed(measuring), only_end);
  EXPECT_EQ(line.feed(done_121_75), Lines{"@0 status nibp-measuring off"} + reading_121_75);
  EXPECT_EQ(line.feed(times(3, done_121_75)), only_end + only_end + only_end);
  line.feed(measuring);
  EXPECT_EQ(line.feed(done_121_75), Lines{"@0 status nibp-measuring off"} + reading_121_75)
      << "equal numbers of another measurement";
}

TEST(Pm6750, AReadingFromBeforeTheStartIsStale) {
  Port line = port();
  EXPECT_EQ(line.feed(done_121_75), cuff("121 stale", "75 stale", "92 stale"));
  EXPECT_EQ(line.feed(done_121_75), only_end);
}

TEST(Pm6750, OtherNumbersAreANewReadingAlsoIfTheMeasurementWasNotSeen) {
  Port line = port();
  line.feed(done_121_75);
  EXPECT_EQ(line.feed(done_68_40_neonate), cuff("68 valid", "40 valid", "51 valid"));
  EXPECT_EQ(port().feed(framed(hex("03 00 00 00 00 00")) + done_121_75),
            only_end + cuff("121 valid", "75 valid", "92 valid"));
}

TEST(Pm6750, NumbersOfUnknownAgeBehindASilenceAreNoNewReading) {
  Port line = port();
  line.feed(done_121_75);
  EXPECT_EQ(line.feed(done_121_75, 1'800'000), Lines{"@1800000 frame-end"}) << "known, and no younger";
  EXPECT_EQ(line.feed(done_68_40_neonate, 3'600'000), cuff("68 stale", "40 stale", "51 stale", 3'600'000));
  EXPECT_EQ(line.feed(done_68_40_neonate, 3'600'500), Lines{"@3600500 frame-end"});
  EXPECT_EQ(line.feed(done_121_75, 3'603'500), cuff("121 valid", "75 valid", "92 valid", 3'603'500))
      << "six packets may be missing";
}

TEST(Pm6750, AMeasurementWhoseEndWasNotSeenGivesNoNewReading) {
  Port line = port();
  line.feed(measuring);
  EXPECT_EQ(line.feed(done_121_75, 1'800'000), Lines{"@1800000 status nibp-measuring off"} +
                                                   cuff("121 stale", "75 stale", "92 stale", 1'800'000));
}

const ByteVector done_without_numbers = framed(hex("03 00 00 00 00 00"));

TEST(Pm6750, ZerosAreNoReading) {
  Port line = port();
  line.feed(measuring);
  EXPECT_EQ(line.feed(done_without_numbers),
            (Lines{"@0 status nibp-measuring off", "@0 status nibp-failed on", "@0 frame-end"}));
  EXPECT_EQ(line.feed(done_without_numbers), only_end);
  EXPECT_EQ(line.feed(done_121_75),
            Lines{"@0 status nibp-failed off"} + cuff("121 valid", "75 valid", "92 valid"))
      << "the numbers came one packet later";
}

TEST(Pm6750, OldNumbersShownAgainAfterAMeasurementWithoutResultAreNotNew) {
  Port line = port();
  line.feed(done_121_75);
  line.feed(measuring + done_without_numbers);
  EXPECT_EQ(line.feed(done_121_75), only_end);
}

TEST(Pm6750, NumbersThatStoodBesideAnotherStateAtTheStartAreStale) {
  for (const unsigned state : {2U, 4U, 10U}) {
    Port line = port();
    line.feed(framed({0x03, static_cast<std::uint8_t>(state << 2U), 0x00, 0x79, 0x5C, 0x4B}));
    EXPECT_EQ(line.feed(done_121_75), cuff("121 stale", "75 stale", "92 stale")) << state;
    EXPECT_EQ(line.feed(done_121_75), only_end) << state;
    EXPECT_EQ(line.feed(done_68_40_neonate), cuff("68 valid", "40 valid", "51 valid")) << state;
  }
}

TEST(Pm6750, AFailedMeasurementIsToldAndEndsWithTheNextReading) {
  Port line = port();
  EXPECT_EQ(line.feed(cuff_loose), only_end) << "whatever happened before the start";
  line.feed(measuring);
  EXPECT_EQ(line.feed(cuff_loose),
            (Lines{"@0 status nibp-measuring off", "@0 status nibp-failed on", "@0 frame-end"}));
  EXPECT_EQ(line.feed(cuff_loose), only_end);
  line.feed(measuring);
  EXPECT_THAT(line.feed(cuff_loose), Contains("@0 status nibp-failed on")) << "the second in a row";
  line.feed(measuring);
  EXPECT_EQ(line.feed(done_121_75),
            (Lines{"@0 status nibp-measuring off", "@0 status nibp-failed off"} + reading_121_75));
}

TEST(Pm6750, TheStatesThreeToEightAreFailures) {
  for (unsigned state = 2; state <= 11; ++state) {
    Port line = port();
    line.feed(measuring);
    const Lines lines = line.feed(framed({0x03, static_cast<std::uint8_t>(state << 2U), 0, 0, 0, 0}));
    const bool failed = std::find(lines.begin(), lines.end(), "@0 status nibp-failed on") != lines.end();
    EXPECT_EQ(failed, state >= 3 && state <= 8) << state;
  }
  EXPECT_THAT(decoded(framed(hex("03 2C 00 00 00 00"))),
              Contains(HasSubstr("fault unmapped cuff-state code=\"NIBP\" value=\"11\"")));
}

TEST(Pm6750, PressuresOutOfOrderAreNoReading) {
  Port line = port();
  line.feed(measuring);
  EXPECT_THAT(line.feed(framed(hex("03 00 00 79 4B 5C"))),
              ElementsAre("@0 status nibp-measuring off", HasSubstr("fault implausible order code=\"NIBP\""),
                          HasSubstr("obs nibp-sys - invalid implausible"),
                          HasSubstr("obs nibp-dia - invalid implausible"),
                          HasSubstr("obs nibp-map - invalid implausible"), "@0 frame-end"));
}

TEST(Pm6750, WavesAndMarksAreSkippedAndUnknownPacketsNamed) {
  EXPECT_THAT(decoded(hex("55 AA 04 30 00 CB")), IsEmpty());
  EXPECT_THAT(decoded(hex("55 AA 0A 01 80 80 80 80 80 80 80 74")), IsEmpty());
  EXPECT_THAT(decoded(framed(hex("44 00"))), ElementsAre(HasSubstr("fault not-mine packet-type")));
  EXPECT_THAT(decoded(framed(hex("04 00 62"))), ElementsAre(HasSubstr("fault broken short-packet")));
}

TEST(Pm6750, NoFlippedBitGivesAnotherValue) {
  for (const ByteVector& frame :
       {heart_75, heart_82_short, spo2_98, done_121_75, hex("55 AA 06 05 00 24 08 C8")}) {
    const Lines sound = port().feed(frame);
    for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
      ByteVector damaged = frame;
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      for (const std::string& text : port().feed(damaged + times(10, spo2_98)))
        EXPECT_THAT(text,
                    AnyOf("@0 obs pr 72 valid", "@0 obs spo2 98 valid", "@0 frame-end", HasSubstr("fault")));
    }
  }
}

TEST(Pm6750, FindsItsFramesAgain) {
  EXPECT_EQ(port().feed(ByteVector{0x55} + spo2_98), values("72 valid", "98 valid"));
  EXPECT_EQ(port().feed(ByteVector(spo2_98.begin(), spo2_98.begin() + 5) + spo2_98),
            values("72 valid", "98 valid"))
      << "a cut frame eats into the next one, which is found all the same";
  Port line = port();
  line.feed(spo2_98);
  ByteVector damaged = spo2_98;
  damaged[5] ^= 0x04U;
  EXPECT_EQ(line.feed(damaged + spo2_98),
            Lines{"@0 fault broken checksum offset=8"} + values("72 valid", "98 valid"));
  EXPECT_EQ(line.feed(hex("00 01 02") + spo2_98),
            Lines{"@0 fault broken resync offset=24"} + values("72 valid", "98 valid"));
}

TEST(Pm6750, OnlyEnablingCommandsAreSentFiftyMillisecondsApart) {
  Port line = port();
  EXPECT_THAT(line.tick(0), lines_are({"send 55 AA 04 01 01 F9"}));
  EXPECT_THAT(line.tick(49), IsEmpty());
  EXPECT_THAT(line.tick(50), lines_are({"send 55 AA 04 03 01 F7"}));
  EXPECT_THAT(line.tick(150), lines_are({"send 55 AA 04 FE 00 FD"}));
  EXPECT_THAT(line.tick(250), lines_are({"send 55 AA 04 FF 00 FC"}));
  EXPECT_THAT(line.tick(350), IsEmpty());
  EXPECT_THAT(line.tick(2249), IsEmpty());
  EXPECT_THAT(line.tick(2250), lines_are({"send 55 AA 04 01 01 F9"})) << "nothing has come for 2 s";
}

TEST(Pm6750, TemperatureIsAskedForOnRequest) {
  Port line(drivers::pm6750::make({{"temperature", "on"}}));
  Lines sent;
  for (std::int64_t at = 0; at < 1000; at += 100) sent = sent + line.tick(at);
  EXPECT_THAT(sent, Contains("send 55 AA 04 04 01 F6"));
  EXPECT_EQ(drivers::pm6750::make({{"temperature", "yes"}}).driver, nullptr);
}

TEST(Pm6750, WhatIsMissingAloneIsAskedForAgain) {
  Port line = port();
  Lines sent;
  for (std::int64_t at = 0; at < 8000; at += 100) {
    const Lines now = line.tick(at);
    if (at > 500) sent = sent + now;
    line.feed(spo2_98, at);
  }
  EXPECT_EQ(sent.size(), 4U) << "no ECG for 5 s";
}

TEST(Pm6750, NothingElseIsSentInAnHour) {
  Port line = port();
  Lines sent;
  for (std::int64_t at = 0; at < 3'600'000; at += 100) {
    line.feed(at % 1000 == 0 ? spo2_98 + heart_75 + done_121_75 : measuring, at);
    sent = sent + line.tick(at);
  }
  EXPECT_EQ(sent.size(), 4U);
  EXPECT_THAT(sent, Each(Not(HasSubstr("55 AA 04 02"))));
}

TEST(Pm6750, AFingerOximeterAtThePortIsNoticed) {
  Port line = port();
  const Lines lines = line.feed(times(120, hex("85 32 07 48 62")));
  EXPECT_THAT(lines, ElementsAre(HasSubstr("fault not-mine oximeter-frames"), "@0 status wrong-device on"));
  EXPECT_THAT(line.feed(spo2_98), Contains("@0 status wrong-device off"));
}

}  // namespace
}  // namespace drivers::test::pm6750
