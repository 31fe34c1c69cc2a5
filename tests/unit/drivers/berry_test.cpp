// Goal: each bit of the Berry stream has the meaning it has on a Berry, and a Contec at the port is noticed
// before it hides a desaturation. Method: frames computed from the vendor's paper.
#include "drivers/berry/berry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/finger_bytes.hpp"

namespace drivers::test::berry {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const ByteVector good = hex("85 32 07 48 62");  // 72 per minute, 98 %

Port port() { return Port(drivers::berry::make({})); }
Lines decoded(std::string_view frame) { return port().feed(times(2, hex(frame))); }

TEST(Berry, FramesOfThePaper) {
  EXPECT_EQ(decoded("85 32 07 48 62"), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("C5 50 4C 11 5D"), values("145 valid", "93 valid"));
  EXPECT_EQ(decoded("90 00 50 7F 7F"), no_value("invalid sensor-off"));
  EXPECT_EQ(decoded("B0 00 40 7F 7F"), no_value("invalid sensor-unplugged"));
  EXPECT_EQ(decoded("83 14 62 7F 7F"), no_value("invalid searching"));
  EXPECT_EQ(decoded("90 00 40 7F 7F"), no_value("invalid weak-signal"));
}

TEST(Berry, UnpluggedThenNoFingerThenSearching) {
  EXPECT_EQ(decoded("B0 00 70 7F 7F"), no_value("invalid sensor-unplugged"));
  EXPECT_EQ(decoded("90 00 70 7F 7F"), no_value("invalid sensor-off"));
  EXPECT_EQ(decoded("90 00 60 7F 7F"), no_value("invalid searching"));
}

TEST(Berry, AFlagWinsOverDigits) {
  EXPECT_EQ(decoded("A5 32 07 48 62"), no_value("invalid sensor-unplugged"));
  EXPECT_EQ(decoded("95 32 07 48 62"), no_value("invalid weak-signal"));
  EXPECT_EQ(decoded("85 32 17 48 62"), no_value("invalid sensor-off"));
}

TEST(Berry, TheStrengthSaysNothingOfTheQuality) {
  EXPECT_EQ(decoded("80 32 07 48 62"), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("8F 32 07 48 62"), values("72 valid", "98 valid"));
}

TEST(Berry, OneSampleInAHundredFrames) {
  Port line = port();
  line.feed(times(2, good));
  EXPECT_THAT(line.feed(times(99, good)), IsEmpty());
  EXPECT_EQ(line.feed(good), values("72 valid", "98 valid"));
}

TEST(Berry, AWaveThatOnlyAContecSends) {
  Port line = port();
  line.feed(times(2, good));
  // A pulse wave of 0 to 127: about a fifth of it above 100.
  const ByteVector contec = times(8, good) + times(2, hex("85 78 07 48 62"));
  const Lines lines = line.feed(times(60, contec));
  EXPECT_THAT(lines, Contains(HasSubstr("fault not-mine look-alike")));
  EXPECT_THAT(lines, Contains("@0 status wrong-device on"));
  EXPECT_THAT(line.feed(times(200, good)), Not(Contains(HasSubstr(" valid"))));
  EXPECT_EQ(line.feed(times(2, good), 1000).at(0), "@1000 status wrong-device off");
}

TEST(Berry, AHeartThatBeatsAtAnUnpluggedProbe) {
  Port line = port();
  const ByteVector beat = times(5, hex("E5 32 07 6E 56")) + times(60, hex("A5 20 02 6E 56"));
  EXPECT_THAT(line.feed(times(4, beat)), Not(Contains(HasSubstr("wrong"))));
  EXPECT_THAT(line.feed(times(1, beat)), Contains("@0 status wrong-device on"));
}

TEST(Berry, NoiseIsNoOtherDevice) {
  for (const std::size_t halves : {1U, 2U, 4U, 10U})
    expect_noise_not_to_blind(drivers::berry::make, good, 5760 * halves);
}

TEST(Berry, FiveMinutesOfWhatABerrySendsAreABerry) {
  Port line = port();
  EXPECT_THAT(line.feed(times(60, hex("85 78 07 48 62"))), Contains("@0 status wrong-device on"));
  EXPECT_THAT(line.feed(times(29'999, good)), Not(Contains(HasSubstr("98 valid"))));
  EXPECT_THAT(line.feed(times(3, good)), Contains("@0 status wrong-device off"));
}

TEST(Berry, DigitsHeldAtAnUnpluggedProbeAreNoEvidence) {
  Port line = port();
  EXPECT_THAT(line.feed(times(2000, hex("A5 32 07 48 62"))), Not(Contains(HasSubstr("wrong"))));
}

TEST(Berry, NewerPacketsAreReportedOnce) {
  Port line = port();
  const ByteVector packet = hex("55 AA 12 07 49 62 48 30 10 00 00 7F 7F 00 00 00 00 11");
  const Lines lines = line.feed(times(300, packet));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "@0 status wrong-device on"), 1);
  EXPECT_THAT(lines, Contains(HasSubstr("fault not-mine unsupported-packet-format")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr(" valid"))));
}

TEST(Berry, BytesFiftyFiveAndAaBetweenGoodFramesAreNoEvidence) {
  Port line = port();
  // SpO2 85 and a start byte AA: unplugged, strength 10.
  const Lines lines = line.feed(times(500, hex("AA 32 07 48 55")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("wrong"))));
}

TEST(Berry, NoSingleFlippedBitIsBelieved) {
  expect_no_flipped_bit_to_be_believed(drivers::berry::make, good, "72", "98");
}

}  // namespace
}  // namespace drivers::test::berry
