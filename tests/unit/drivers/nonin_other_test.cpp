// Goal: format 13 never passes on an old measurement, the text printout accepts whole lines only, and options
// are checked. Method: published packets and lines, and damage to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "drivers/nonin/nonin.hpp"
#include "tests/unit/drivers/finger_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/nonin_bytes.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::nonin_other {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Lines decoded(const std::string& format, const ByteVector& bytes) {
  RecordingSink sink;
  nonin::make({{"format", format}}).driver->feed(bytes, stamp(0), sink);
  return sink.lines;
}

const ByteVector spot = hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 02 00 00 48 00 62 6D 03");
const ByteVector from_memory = hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 02 11 01 2C 00 5B 5C 03");
const ByteVector no_measurement = hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 01 00 01 FF 00 7F 41 03");
const ByteVector with_serial_number =
    hex("00 02 00 0D 00 17 20 26 03 09 14 25 36 00 02 00 00 48 00 62 35 30 31 32 33 34 35 36 37 3E 03");

ByteVector with_sum(ByteVector packet) {
  unsigned sum = 0;
  for (std::size_t i = 6; i + 2 < packet.size(); ++i) sum += packet[i];
  packet[packet.size() - 2] = static_cast<std::uint8_t>(sum & 0xFFU);
  return packet;
}

TEST(NoninFormat13, PublishedPackets) {
  EXPECT_EQ(decoded("13", spot), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("13", with_serial_number), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("13", no_measurement), values("- unavailable missing", "- unavailable missing"));
}

TEST(NoninFormat13, AMeasurementFromMemoryIsRefusedAndSaysNothingAboutNow) {
  EXPECT_THAT(decoded("13", from_memory), lines_are({"@0 fault refused from-memory offset=0"}));
}

TEST(NoninFormat13, TheRateIsASixteenBitNumberHere) {
  ByteVector packet = spot;
  packet[16] = 0x01;
  packet[17] = 0x2C;
  EXPECT_EQ(decoded("13", with_sum(packet)), values("300 valid", "98 valid"));
}

TEST(NoninFormat13, TheReservedBitOfSpO2IsMasked) {
  ByteVector packet = spot;
  packet[19] |= 0x80;
  EXPECT_EQ(decoded("13", with_sum(packet)), values("72 valid", "98 valid"));
}

TEST(NoninFormat13, WithoutTheQualityBitAValueIsQuestionable) {
  ByteVector packet = spot;
  packet[14] = 0;
  EXPECT_EQ(decoded("13", with_sum(packet)), values("72 questionable artifact", "98 questionable artifact"));
}

TEST(NoninFormat13, ALongerDataPartOfLaterFirmwareIsAccepted) {
  ByteVector packet = slice(spot, 0, 20) + ByteVector(50, 0x11) + hex("00 03");
  packet[5] = 64;
  EXPECT_EQ(decoded("13", with_sum(packet)), values("72 valid", "98 valid"));
  packet[5] = 65;
  EXPECT_THAT(decoded("13", packet), lines_are({"@0 fault broken length offset=0"}));
}

TEST(NoninFormat13, DamageIsFoundAndTheNextPacketCounts) {
  ByteVector damaged = spot;
  damaged[19] ^= 0x04;
  EXPECT_THAT(decoded("13", damaged + spot),
              lines_are({"@0 fault broken checksum offset=0", "@0 obs pr 72 valid", "@0 obs spo2 98 valid",
                         "@0 frame-end"}));
  ByteVector without_end = spot;
  without_end.back() = 0x02;
  EXPECT_THAT(decoded("13", without_end), lines_are({"@0 fault broken fixed-bits offset=0"}));
  EXPECT_THAT(decoded("13", slice(spot, 0, 9) + spot), testing::Contains("@0 obs pr 72 valid"));
  EXPECT_EQ(decoded("13", slice(spot, 9, 22) + hex("06 15 00 02 00") + spot), values("72 valid", "98 valid"));
}

// A changed bit is found wherever it is: in the start, the type, the length, the data, the sum and the end.
// What comes behind it counts, also where the length had grown over it.
TEST(NoninFormat13, EverySingleDamagedBitIsFound) {
  for (const ByteVector& packet : {spot, with_serial_number, no_measurement}) {
    for (std::size_t at = 0; at < packet.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        ByteVector damaged = packet;
        damaged[at] ^= static_cast<std::uint8_t>(1U << bit);
        const Lines alone = decoded("13", damaged);
        EXPECT_THAT(alone, Each(Not(HasSubstr("obs")))) << at << ' ' << bit;
        const Lines followed = decoded("13", damaged + spot + spot + spot + spot);
        const auto counted = std::count(followed.begin(), followed.end(), "@0 obs spo2 98 valid");
        EXPECT_EQ(counted, 4) << at << ' ' << bit;
      }
    }
  }
}

// A length that has grown by one bit asks for bytes that only the next spot checks bring.
TEST(NoninFormat13, APacketThatDoesNotEndCostsNoLaterMeasurement) {
  ByteVector longer = spot, low = spot;
  longer[5] = 0x2E;
  low[19] = 82;
  low = with_sum(low);
  Port port(nonin::make({{"format", "13"}}));
  EXPECT_THAT(port.feed(longer, 1000), IsEmpty());
  EXPECT_THAT(port.tick(2000), IsEmpty());
  EXPECT_THAT(port.tick(2100), lines_are({"@1000 fault broken gap offset=0"}));
  EXPECT_EQ(port.feed(low, 60'000), values("72 valid", "82 valid", 60'000));
  // Without a tick between them as well; and what waits behind the front is told with its own time.
  EXPECT_THAT(port.feed(longer + low, 100'000), IsEmpty());
  const Lines lines = port.feed(spot, 200'000);
  EXPECT_EQ(Lines(lines.begin() + 1, lines.end()),
            values("72 valid", "82 valid", 100'000) + values("72 valid", "98 valid", 200'000));
}

TEST(NoninFormat13, APacketMayComeInPieces) {
  Port port(nonin::make({{"format", "13"}}));
  port.feed(slice(spot, 0, 8), 1000);
  EXPECT_THAT(port.tick(2000), IsEmpty());
  EXPECT_EQ(port.feed(slice(spot, 8, 22), 2000), values("72 valid", "98 valid", 2000));
}

ByteVector lines(std::string_view text) {
  // The first line after opening may be cut and is not counted as a fault; here it is a header.
  const std::string all = "NONIN 2500\r\n" + std::string(text);
  return {all.begin(), all.end()};
}

TEST(NoninText, PublishedLines) {
  EXPECT_EQ(decoded("text", lines("SPO2=098 HR=072\r\n")), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("text", lines("SPO2= 97 HR= 64*\r\n")), values("64 valid", "97 valid"));
  EXPECT_EQ(decoded("text", lines("14:25:36 SPO2=--- HR=---\r\n")),
            values("- unavailable missing", "- unavailable missing"));
}

TEST(NoninText, SuffixesOfAllModels) {
  for (const std::string_view suffix : {"", " F", "*", " F*", "B", "*B", "B*"})
    EXPECT_EQ(decoded("text", lines("SPO2=098 HR=131" + std::string(suffix) + "\r\n")),
              values("131 valid", "98 valid"))
        << suffix;
}

TEST(NoninText, OneFieldMayBeMissing) {
  EXPECT_EQ(decoded("text", lines("SPO2=098 HR=---\r\n")), values("- unavailable missing", "98 valid"));
}

TEST(NoninText, NothingBeforeTheLineHasEnded) {
  EXPECT_THAT(decoded("text", lines("SPO2=098 HR=072")), IsEmpty());
}

TEST(NoninText, DamagedLinesAreDroppedAsAWhole) {
  for (const std::string_view line :
       {"SPO2=98 HR=072", "SPO2=098 HR=07", "SPO2=00 HR=072", "PO2=098 HR=072", "SPO2=098 HR=072x",
        "SPO2=098HR=072", "SPO2=098 HR=0 2", "SPO2=-98 HR=072", "SPO2=098 HR=072 ", "SPO2=    HR=072",
        "4:25:36 SPO2=098 HR=072", "34:25:36 SPO2=098 HR=072", "14:65:36 SPO2=098 HR=072",
        "SPO2=98 HR=07SPO2=098 HR=072", "spo2=098 hr=072", "SPO2=098"})
    EXPECT_THAT(decoded("text", lines(std::string(line) + "\r\n")), ElementsAre(HasSubstr("fault not-mine")))
        << line;
}

// A text port through several lines.
class TextPort {
 public:
  Lines feed(std::string_view line) {
    sink_.clear();
    const std::string text = std::string(line) + "\r\n";
    driver_->feed({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, stamp(0), sink_);
    return sink_.lines;
  }

 private:
  std::unique_ptr<Driver> driver_ = nonin::make({{"format", "text"}}).driver;
  RecordingSink sink_;
};

TEST(NoninText, ALineIsNotPutTogetherOverAPause) {
  const auto bytes = [](std::string_view text) { return ByteVector(text.begin(), text.end()); };
  Port port(nonin::make({{"format", "text"}}));
  port.feed(bytes("SPO2=098 HR=072\r\nSPO2=0"));
  EXPECT_THAT(port.feed(bytes("98 HR=072\r\n"), 1001),
              ElementsAre(HasSubstr("fault broken gap"), HasSubstr("fault not-mine unknown-line")));
  port.feed(bytes("SPO2=0"), 2000);
  EXPECT_EQ(port.feed(bytes("98 HR=072\r\n"), 3000), values("72 valid", "98 valid", 3000)) << "a slow line";
  port.feed(bytes("SPO2=0"), 4000);
  EXPECT_THAT(port.feed(bytes("SPO2=097 HR=072\r\n"), 9000), testing::Contains("@9000 obs spo2 97 valid"));
}

TEST(NoninText, ADeviceMayLeaveNumbersBelowHundredBare) {
  TextPort port;
  EXPECT_EQ(port.feed("SPO2=98 HR=64"), values("64 valid", "98 valid"));
  EXPECT_EQ(port.feed("SPO2=97 HR=130*"), values("130 valid", "97 valid"));
  EXPECT_EQ(port.feed("SPO2=100 HR=72 F"), values("72 valid", "100 valid"));
  EXPECT_EQ(port.feed("SPO2=--- HR=72"), values("72 valid", "- unavailable missing"));
}

TEST(NoninText, WhereNumbersAreFilledUpABareOneHasLostACharacter) {
  TextPort port;
  EXPECT_EQ(port.feed("SPO2=098 HR= 64"), values("64 valid", "98 valid"));
  for (const std::string_view line : {"SPO2=98 HR=64", "SPO2=98 HR=130", "SPO2=100 HR=72", "SPO2=10 HR=130"})
    EXPECT_THAT(port.feed(line), ElementsAre(HasSubstr("fault not-mine"))) << line;
}

TEST(NoninText, ADamagedNumberDoesNotShowHowADevicePrints) {
  TextPort port;
  EXPECT_EQ(port.feed("SPO2=98 HR=101"), values("101 valid", "98 valid"));
  // One bit of the first digit of 101 or 131.
  for (const std::string_view line : {"SPO2=98 HR=001", "SPO2=98 HR=031"})
    EXPECT_THAT(port.feed(line), ElementsAre(HasSubstr("fault not-mine"))) << line;
  EXPECT_EQ(port.feed("SPO2=86 HR=101"), values("101 valid", "86 valid"));
  EXPECT_THAT(port.feed("SPO2=100 HR=001"), testing::Contains("@0 obs pr - invalid implausible"));
  EXPECT_EQ(port.feed("SPO2=86 HR=101"), values("101 valid", "86 valid"));
  EXPECT_EQ(port.feed("SPO2=100 HR=000"), values("- unavailable missing", "100 valid"));
  EXPECT_EQ(port.feed("SPO2=86 HR=101"), values("101 valid", "86 valid"));
}

TEST(NoninText, FiveBareLinesInARowAreADeviceThatLeavesThemBare) {
  TextPort port;
  EXPECT_EQ(port.feed("SPO2=98 HR=131"), values("131 valid", "98 valid"));
  EXPECT_EQ(port.feed("SPO2=100 HR=031"), values("31 valid", "100 valid")) << "a digit that nobody can doubt";
  for (int line = 1; line < 5; ++line)
    EXPECT_THAT(port.feed("SPO2=86 HR=131"), ElementsAre(HasSubstr("fault not-mine"))) << line;
  EXPECT_EQ(port.feed("SPO2=86 HR=131"), values("131 valid", "86 valid"));
  EXPECT_EQ(port.feed("SPO2=85 HR=131"), values("131 valid", "85 valid"));
}

TEST(NoninText, WhatIsLeftOfAHundredIsNoValue) {
  TextPort port;
  EXPECT_EQ(port.feed("SPO2=98 HR=64"), values("64 valid", "98 valid"));
  EXPECT_THAT(port.feed("SPO2=10 HR=64"), ElementsAre(HasSubstr("fault not-mine")));
}

TEST(NoninText, ABareRateBesideAFullSaturationNeedsASecondLine) {
  TextPort port;
  EXPECT_EQ(port.feed("SPO2=100 HR=130"), values("130 valid", "100 valid"));
  EXPECT_THAT(port.feed("SPO2=100 HR=13"), ElementsAre(HasSubstr("fault not-mine")));
  EXPECT_EQ(port.feed("SPO2=100 HR=130"), values("130 valid", "100 valid"));
  EXPECT_THAT(port.feed("SPO2=100 HR=72"), ElementsAre(HasSubstr("fault not-mine")));
  EXPECT_EQ(port.feed("SPO2=100 HR=72"), values("72 valid", "100 valid"));
}

TEST(NoninOptions, EveryFormatCanBeMade) {
  for (const std::string format : {"1", "2", "7", "8", "13", "text"})
    EXPECT_TRUE(nonin::make({{"format", format}}).driver) << format;
  EXPECT_TRUE(nonin::make({}).driver) << "format 2 of a cable device is the standard";
  EXPECT_TRUE(nonin::make({{"model", "wireless"}, {"format", "7"}}).driver);
}

TEST(NoninOptions, WrongOnesAreRefusedWithWhatWouldBeAccepted) {
  EXPECT_EQ(nonin::make({{"format", "3"}}).error,
            "driver nonin: option 'format' cannot be '3'; it accepts 1, 2, 7, 8, 13 or text");
  EXPECT_EQ(nonin::make({{"model", "onyx"}}).error,
            "driver nonin: option 'model' cannot be 'onyx'; it accepts cable or wireless");
  EXPECT_EQ(nonin::make({{"baud", "9600"}}).error,
            "driver nonin has no option 'baud' (known: format, model)");
  EXPECT_FALSE(nonin::make({{"baud", "9600"}}).driver);
}

}  // namespace
}  // namespace drivers::test::nonin_other
