// Goal: each bit of the older Contec stream has the meaning it has on a Contec, nothing becomes a value that
// only one frame says, and a Berry at the port is noticed. Method: frames computed from the vendor's paper.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "drivers/contec/contec.hpp"
#include "tests/unit/drivers/finger_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"

namespace drivers::test::contec_stream {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ByteVector good = hex("85 40 07 48 62");  // 72 per minute, 98 %
const ByteVector probe_error = hex("80 40 50 7F 7F");

Port port() { return Port(contec::make_5({})); }
Lines decoded(std::string_view frame) { return port().feed(times(2, hex(frame))); }

TEST(Contec5, FramesOfThePaper) {
  EXPECT_EQ(decoded("85 40 07 48 62"), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("C5 5A 4B 02 61"), values("130 valid", "97 valid")) << "the rate's eighth bit";
  EXPECT_EQ(decoded("88 64 4F 48 64"), values("200 valid", "100 valid"));
  EXPECT_EQ(decoded("80 40 50 7F 7F"), no_value("invalid sensor-off"));
  EXPECT_EQ(decoded("90 40 60 7F 7F"), no_value("invalid searching"));
}

TEST(Contec5, ADroppingSaturationIsAValueThatCanAlarm) {
  EXPECT_EQ(decoded("A2 1E 02 6E 56"), values("110 questionable weak-signal", "86 questionable weak-signal"));
  EXPECT_EQ(decoded("A5 1E 02 6E 56"), values("110 valid", "86 valid"));
}

TEST(Contec5, AFlagWinsOverDigits) {
  EXPECT_EQ(decoded("85 40 17 48 62"), no_value("invalid sensor-off"));
  EXPECT_EQ(decoded("85 40 27 48 62"), no_value("invalid searching"));
  EXPECT_EQ(decoded("95 40 07 48 62"), no_value("invalid searching"));
}

TEST(Contec5, MissingAndImpossibleNumbersAreNoNumbers) {
  EXPECT_EQ(decoded("85 40 47 7F 7F"), no_value("unavailable missing"));
  EXPECT_EQ(decoded("85 40 07 00 00"), no_value("unavailable missing"));
  EXPECT_EQ(decoded("85 40 47 7F 62"), values("- unavailable missing", "98 valid"));
  EXPECT_EQ(decoded("85 40 07 48 7F"), values("72 valid", "- unavailable missing"));
  EXPECT_EQ(decoded("81 40 47 7F 7F"), no_value("invalid weak-signal"));
  EXPECT_THAT(
      decoded("85 40 07 48 65"),
      ElementsAre("@0 obs pr 72 valid", HasSubstr("fault implausible range code=\"spo2\" value=\"101\""),
                  "@0 obs spo2 - invalid implausible", "@0 frame-end"));
  EXPECT_THAT(decoded("85 40 07 11 62"),
              ElementsAre(HasSubstr("fault implausible range code=\"pr\" value=\"17\""),
                          "@0 obs pr - invalid implausible", "@0 obs spo2 98 valid", "@0 frame-end"));
}

TEST(Contec5, AStrengthOfTwoIsDoubtfulAndOfThreeIsNot) {
  EXPECT_EQ(decoded("82 40 07 48 62"), values("72 questionable weak-signal", "98 questionable weak-signal"));
  EXPECT_EQ(decoded("83 40 07 48 62"), values("72 valid", "98 valid"));
}

TEST(Contec5, AFrameCountsOnlyWithANeighbourThatSaysTheSame) {
  Port line = port();
  EXPECT_THAT(line.feed(good), IsEmpty());
  EXPECT_EQ(line.feed(good), values("72 valid", "98 valid"));
  // One damaged byte in what looks like a frame, many times over: never a value.
  const Lines lines = line.feed(times(40, good + hex("85 40 07 48 22") + good));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("spo2 34"))));
  EXPECT_EQ(lines, values("72 valid", "98 valid") + values("72 valid", "98 valid"));
}

TEST(Contec5, OneSampleASecondTheNewest) {
  Port line = port();
  line.feed(times(2, good));
  EXPECT_THAT(line.feed(times(59, good)), IsEmpty());
  EXPECT_EQ(line.feed(good), values("72 valid", "98 valid"));
  EXPECT_EQ(line.feed(times(58, good) + times(2, hex("85 40 07 49 61"))), values("73 valid", "97 valid"));
}

TEST(Contec5, AProbeThatLeavesIsToldAtOnceAndComesBackWithinASecond) {
  Port line = port();
  line.feed(times(12, good));
  EXPECT_EQ(line.feed(times(2, probe_error)), no_value("invalid sensor-off"));
  EXPECT_THAT(line.feed(times(10, probe_error)), IsEmpty());
  EXPECT_THAT(line.feed(times(49, good)), IsEmpty());
  EXPECT_EQ(line.feed(good), values("72 valid", "98 valid"));
}

TEST(Contec5, ASecondThatIsMostlyInvalidHasNoValue) {
  Port line = port();
  line.feed(times(2, good));
  EXPECT_EQ(line.feed(times(2, probe_error)), no_value("invalid sensor-off"));
  EXPECT_EQ(line.feed(times(31, probe_error) + times(29, good)), no_value("invalid sensor-off"));
  EXPECT_EQ(line.feed(times(30, probe_error) + times(30, good)), values("72 valid", "98 valid"));
}

TEST(Contec5, InvalidFramesAgreeWhateverTheirReason) {
  Port line = port();
  line.feed(times(2, good));
  EXPECT_EQ(line.feed(probe_error + hex("90 40 60 7F 7F")), no_value("invalid searching"));
}

TEST(Contec5, ALineOnWhichNoTwoNeighboursAgreeHasNoValue) {
  Port line = port();
  line.feed(times(2, good));
  EXPECT_EQ(line.feed(times(30, hex("85 40 07 49 62") + good)), no_value("invalid interference"));
  Port damaged = port();
  damaged.feed(times(2, good));
  const Lines lines = damaged.feed(times(120, good + hex("85")));
  EXPECT_THAT(lines, Contains("@0 obs spo2 - invalid interference"));
}

TEST(Contec5, AFingerThatIsOutOnADamagedLineLeavesNoValue) {
  Port line = port();
  line.feed(times(2, good));
  // Two sound frames, then a second of "finger out" of which no two stand side by side.
  const Lines lines = line.feed(times(2, good) + times(58, hex("85 40 17 48 62 00")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("98 valid"))));
  EXPECT_THAT(lines, Contains("@0 obs spo2 - invalid interference"));
}

TEST(Contec5, WhatWasHeardLongAgoIsNotToldAsNow) {
  Port line = port();
  line.feed(times(2, good));
  line.feed(times(2, good), 50);
  Lines lines;
  std::int64_t at = 50;
  for (int frame = 0; frame < 58; ++frame) lines = lines + line.feed(hex("85 40 07 48 50 00"), at += 900);
  EXPECT_THAT(lines, Not(Contains(HasSubstr("98 valid"))));
  EXPECT_THAT(lines, Contains(HasSubstr("obs spo2 - invalid interference")));
}

TEST(Contec5, DamageIsDroppedAndNamedOnce) {
  Port line = port();
  EXPECT_EQ(line.feed(hex("48 62") + times(2, good)), values("72 valid", "98 valid")) << "a cut start";
  EXPECT_THAT(line.feed(hex("48 62 11 13")), lines_are({"@0 fault broken stray-bytes offset=12"}));
  EXPECT_THAT(line.feed(hex("85 40 07") + good), lines_are({"@0 fault broken frame-restarted offset=19"}));
  EXPECT_THAT(line.feed(good), IsEmpty()) << "believed again, and told when its second is over";
}

TEST(Contec5, ABerryAtThePortIsNoticedAndNotRead) {
  Port line = port();
  const ByteVector berry = hex("8C 32 07 48 62");  // strength 12: a Contec counts to 8
  EXPECT_THAT(line.feed(times(2, good)), Contains("@0 obs spo2 98 valid"));
  EXPECT_THAT(line.feed(berry), ElementsAre(HasSubstr("fault implausible strength")));
  const Lines lines = line.feed(times(40, berry));
  EXPECT_THAT(lines, Contains("@0 status wrong-device on"));
  EXPECT_THAT(lines, Contains("@0 obs spo2 - invalid sensor-fault"));
  EXPECT_THAT(line.feed(times(120, good)), Not(Contains(HasSubstr("98 valid")))) << "withheld";
  EXPECT_EQ(line.feed(times(2, good), 1000).at(0), "@1000 status wrong-device off") << "after a pause";
}

TEST(Contec5, NoiseIsNoOtherDevice) {
  for (const std::size_t seconds : {1U, 2U, 5U})
    expect_noise_not_to_blind(contec::make_5, good, 1745 * seconds);
}

TEST(Contec5, FiveMinutesOfWhatAContecSendsAreAContec) {
  Port line = port();
  const ByteVector berry = hex("8C 32 07 48 62");
  EXPECT_THAT(line.feed(times(60, berry)), Contains("@0 status wrong-device on"));
  EXPECT_THAT(line.feed(times(17'999, good)), Not(Contains(HasSubstr("98 valid"))));
  line.feed(berry);
  line.feed(times(1000, probe_error));
  EXPECT_THAT(line.feed(times(17'999, good)), Not(Contains(HasSubstr("98 valid")))) << "one frame of a Berry";
  const Lines lines = line.feed(times(3, good));
  EXPECT_THAT(lines, Contains("@0 status wrong-device off"));
  EXPECT_THAT(lines, Contains("@0 obs spo2 98 valid"));
}

TEST(Contec5, RareDamageOfTheStrengthIsNoEvidence) {
  Port line = port();
  for (int minute = 0; minute < 20; ++minute)
    EXPECT_THAT(line.feed(times(2, hex("8F 40 07 48 62")) + times(60, good)),
                Not(Contains(HasSubstr("wrong"))));
}

TEST(Contec5, TheNewerPackagesAreNoticed) {
  Port line = port();
  const Lines lines = line.feed(times(120, hex("01 E0 85 C0 97 C8 E2 FF FF")));
  EXPECT_THAT(lines, Contains(HasSubstr("fault not-mine packages")));
  EXPECT_THAT(lines, Contains("@0 status wrong-device on"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr(" valid"))));
}

TEST(Contec5, AfterAPauseTheFirstTwoFramesAreToldAtOnce) {
  Port line = port();
  line.feed(times(30, good));
  EXPECT_EQ(line.feed(times(2, good), 1000), values("72 valid", "98 valid", 1000));
}

TEST(Contec5, NoSingleFlippedBitIsBelieved) {
  expect_no_flipped_bit_to_be_believed(contec::make_5, good, "72", "98");
}

}  // namespace
}  // namespace drivers::test::contec_stream
