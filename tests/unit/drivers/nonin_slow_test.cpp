// Goal: formats 1 and 8, which have no checksum, give a value only from frames of exactly the right shape
// that came in one go. Method: published frames, then the same frames late, cut, and in the wrong format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "drivers/nonin/nonin.hpp"
#include "tests/unit/drivers/finger_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/nonin_bytes.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::nonin_slow {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Port : test::Port {
  explicit Port(const std::string& format) : test::Port(nonin::make({{"format", format}})) {}
};

const ByteVector good_1 = hex("80 48 62");
const ByteVector good_8 = hex("80 48 62 20");

// One frame behind a good one, which brings the driver into step.
Lines decoded(const std::string& format, std::string_view frame) {
  Port port(format);
  EXPECT_THAT(port.feed(format == "1" ? good_1 : good_8), IsEmpty()) << "the first frame waits for the next";
  Lines lines = port.feed(hex(frame));
  EXPECT_THAT(lines, Contains("@0 obs pr 72 valid")) << "it is not lost";
  lines.erase(lines.begin(), lines.begin() + 3);
  return lines;
}

TEST(NoninFormat1, PublishedFrames) {
  EXPECT_EQ(decoded("1", "80 48 62"), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("1", "81 02 5F"), values("130 valid", "95 valid"));
  EXPECT_EQ(decoded("1", "82 2C 64"), values("300 valid", "100 valid"));
  EXPECT_EQ(decoded("1", "90 2D 58"), values("45 questionable weak-signal", "88 questionable weak-signal"));
  EXPECT_EQ(decoded("1", "A3 7F 7F"), values("- invalid artifact", "- invalid artifact"));
  EXPECT_EQ(decoded("1", "C3 7F 7F"), values("- invalid sensor-unplugged", "- invalid sensor-unplugged"));
}

TEST(NoninFormat1, MarginalPerfusionAloneIsGoodAndBadPulseIsNot) {
  EXPECT_EQ(decoded("1", "88 48 62"), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("1", "84 48 62"), values("72 questionable artifact", "98 questionable artifact"));
}

TEST(NoninFormat8, PublishedFrames) {
  EXPECT_EQ(decoded("8", "80 48 62 20"), values("72 valid", "98 valid"));
  EXPECT_EQ(decoded("8", "91 02 5B 00"),
            values("130 questionable weak-signal", "91 questionable weak-signal"));
  EXPECT_THAT(decoded("8", "81 6B 62 01"), lines_are({"@0 status low-battery on", "@0 obs pr 235 valid",
                                                      "@0 obs spo2 98 valid", "@0 frame-end"}));
  EXPECT_THAT(decoded("8", "82 62 62 00"),
              lines_are({"@0 fault implausible range code=\"pr\" value=\"354\" offset=7",
                         "@0 obs pr - invalid implausible", "@0 obs spo2 98 valid", "@0 frame-end"}));
  EXPECT_EQ(decoded("8", "80 39 62 08"), values("- invalid sensor-off", "- invalid sensor-off"));
  EXPECT_EQ(decoded("8", "83 7F 7F 08"), values("- invalid sensor-off", "- invalid sensor-off"));
}

TEST(NoninFormat8, BitsThatDifferBetweenModelsAreIgnored) {
  EXPECT_EQ(decoded("8", "C0 48 62 06"), values("72 valid", "98 valid"));
}

TEST(NoninFormat8, LowBatteryGoesOffAgain) {
  Port port("8");
  port.feed(good_8 + hex("81 6B 62 01"));
  EXPECT_THAT(port.feed(good_8), Contains("@0 status low-battery off"));
}

TEST(NoninSlow, TheFirstFrameIsBelievedWhenTheLineIsSilentBehindIt) {
  Port port("8");
  port.feed(good_8);
  EXPECT_THAT(port.tick(200), IsEmpty());
  EXPECT_THAT(port.tick(201), Contains("@0 obs pr 72 valid")) << "with the time its last byte came";
  EXPECT_THAT(port.tick(300), IsEmpty());
}

TEST(NoninSlow, AGapInsideAFrameDropsIt) {
  Port port("8");
  port.feed(good_8);
  port.tick(500);
  EXPECT_THAT(port.feed(hex("80 48"), 1000), IsEmpty());
  EXPECT_THAT(port.feed(hex("62 20"), 1201), lines_are({"@1201 fault broken gap offset=6"}));
  EXPECT_THAT(port.feed(good_8, 2000), IsEmpty());
  EXPECT_THAT(port.feed(good_8, 3000), Contains("@3000 obs pr 72 valid"));
}

TEST(NoninSlow, AGapUpToTheLimitIsOneFrame) {
  Port port("8");
  port.feed(good_8);
  port.feed(hex("80 48"), 1000);
  EXPECT_THAT(port.feed(hex("62 20"), 1200), Contains("@1200 obs pr 72 valid"));
}

TEST(NoninSlow, TheBeginningOfTheStreamMayBeCut) {
  for (std::size_t begin = 1; begin < 4; ++begin) {
    Port port("8");
    EXPECT_THAT(port.feed(slice(good_8, begin, 4)), IsEmpty());
    EXPECT_THAT(port.feed(good_8 + good_8), Contains("@0 obs pr 72 valid"));
  }
}

TEST(NoninSlow, ALostByteCostsItsFrame) {
  Port port("8");
  port.feed(good_8);
  port.tick(500);
  EXPECT_THAT(port.feed(hex("80 48 62") + good_8, 1000),
              lines_are({"@1000 fault broken frame-restarted offset=7"}));
  EXPECT_THAT(port.feed(good_8, 2000), Contains("@1000 obs pr 72 valid"));
}

TEST(NoninSlow, ADeviceSetToAnotherFormatGivesFaultsAndNoValues) {
  for (const auto& [format, sent] :
       {std::pair{std::string("1"), good_8}, std::pair{std::string("8"), good_1},
        std::pair{std::string("8"), packet_1}, std::pair{std::string("1"), packet_1}}) {
    Port port(format);
    Lines all;
    for (int second = 0; second < 20; ++second)
      for (auto& line : port.feed(sent, second * 1000)) all.push_back(line);
    EXPECT_THAT(all, Contains(HasSubstr("fault broken"))) << format;
    EXPECT_THAT(all, Each(Not(HasSubstr(" obs ")))) << format;
  }
}

}  // namespace
}  // namespace drivers::test::nonin_slow
