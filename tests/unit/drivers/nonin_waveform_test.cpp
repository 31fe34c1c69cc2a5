// Goal: formats 2 and 7 give every complete packet once, nothing out of damaged ones, and no held value after
// the sensor bits have spoken. Method: published packets, changed field by field, and every single bit error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "drivers/nonin/nonin.hpp"
#include "tests/unit/drivers/finger_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/nonin_bytes.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::nonin_waveform {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Port : test::Port {
  explicit Port(const Options& options = {}) : test::Port(nonin::make(options)) {}
};

const Options format_7_cable{{"format", "7"}};
const Options format_7_wireless{{"format", "7"}, {"model", "wireless"}};
const Options wireless{{"model", "wireless"}};

const Lines good_values = values("131 valid", "96 valid");

std::size_t count(const Lines& lines, std::string_view line) {
  return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), line));
}

std::size_t faults(const Lines& lines) {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [](const std::string& line) { return line.find(" fault ") != line.npos; }));
}

TEST(NoninWaveform, DisplayValuesOfThePublishedPacket) { EXPECT_EQ(Port().feed(packet_1), good_values); }

TEST(NoninWaveform, EveryCompletePacketIsReported) {
  const Lines lines = Port().feed(packet_1 + packet_1 + packet_1);
  EXPECT_EQ(count(lines, "@0 obs pr 131 valid"), 3U);
  EXPECT_EQ(count(lines, "@0 frame-end"), 3U);
}

TEST(NoninWaveform, AnUnfinishedPacketGivesNothing) {
  EXPECT_THAT(Port().feed(slice(packet_1, 0, packet_1.size() - 1)), IsEmpty());
}

TEST(NoninWaveform, Format7GivesTheSameValues) {
  EXPECT_EQ(Port(format_7_cable).feed(packet_7), good_values);
}

TEST(NoninWaveform, ReservedBitsAboveTheRateAreMasked) {
  const auto bytes = changed_packet([](std::size_t number, FrameFields fields) {
    if (number == 20) fields.float_byte |= 0xFC;
  });
  EXPECT_EQ(Port().feed(bytes), good_values);
}

TEST(NoninWaveform, SensorAlarmIsReportedAtItsFirstFrameAndHeldValuesAreNot) {
  Port port;
  port.feed(packet_1);
  EXPECT_THAT(port.feed(slice(packet_2, 0, 5), 1000),
              lines_are({"@1000 obs pr - invalid sensor-off", "@1000 obs spo2 - invalid sensor-off",
                         "@1000 frame-end"}));
  EXPECT_THAT(port.feed(slice(packet_2, 5, 125), 1320),
              lines_are({"@1320 obs pr - invalid sensor-off", "@1320 obs spo2 - invalid sensor-off",
                         "@1320 frame-end"}));
}

TEST(NoninWaveform, SensorAlarmInTheMiddleTakesTheWholePacket) {
  const auto bytes = changed_packet([](std::size_t number, FrameFields fields) {
    if (number == 13) fields.status |= 0x08;
  });
  const Lines lines = Port().feed(bytes);
  EXPECT_EQ(count(lines, "@0 obs pr - invalid sensor-off"), 2U);
  EXPECT_THAT(lines, Each(Not(HasSubstr("131"))));
}

TEST(NoninWaveform, ValuesComeBackWithTheFirstPacketWithoutSensorAlarm) {
  Port port;
  port.feed(packet_2);
  EXPECT_EQ(port.feed(packet_1), good_values);
}

TEST(NoninWaveform, UnpluggedSensorOfACableDevice) {
  const auto start = hex("01 C1 00 03 C5 01 C0 00 7F 40 01 C0 00 7F 40");
  EXPECT_EQ(Port().feed(start), values("- invalid sensor-unplugged", "- invalid sensor-unplugged"));
  EXPECT_THAT(Port(wireless).feed(start), IsEmpty()) << "bit 6 is undefined there";
}

TEST(NoninWaveform, SensorOffTurningIntoUnpluggedIsReported) {
  Port port;
  port.feed(packet_1 + packet_2);
  EXPECT_EQ(port.feed(hex("01 C9 00 03 CD")),
            values("- invalid sensor-unplugged", "- invalid sensor-unplugged"));
}

TEST(NoninWaveform, LowBatteryOfAWirelessDeviceOnChangeOnly) {
  Port port(format_7_wireless);
  EXPECT_THAT(port.feed(packet_7), Contains("@0 status low-battery on"));
  EXPECT_EQ(port.feed(packet_7), good_values);
  ByteVector recovered = packet_7;
  recovered[7 * 5 + 3] -= 1;
  recovered[7 * 5 + 4] -= 1;
  EXPECT_THAT(port.feed(recovered), Contains("@0 status low-battery off"));
}

TEST(NoninWaveform, OutOfTrackMakesValuesQuestionable) {
  const auto bytes = changed_packet([](std::size_t number, FrameFields fields) {
    if (number == 4) fields.status |= 0x10;
  });
  EXPECT_EQ(Port().feed(bytes), values("131 questionable artifact", "96 questionable artifact"));
}

ByteVector packet_with_pulse(std::uint8_t pulse_bits) {
  return changed_packet([=](std::size_t number, FrameFields fields) {
    if (number >= 6 && number <= 17) fields.status = static_cast<std::uint8_t>(0x80 | pulse_bits);
  });
}

TEST(NoninWaveform, MoreThanHalfBadPulsesMakeValuesQuestionable) {
  for (const auto& [bits, reason] : {std::pair{0x22, "artifact"}, std::pair{0x04, "weak-signal"}}) {
    const auto bad = packet_with_pulse(static_cast<std::uint8_t>(bits));
    Port port;
    EXPECT_EQ(port.feed(packet_1), good_values);
    EXPECT_EQ(port.feed(bad), good_values) << "one of two is not more than half";
    const std::string word = std::string(" questionable ") + reason;
    EXPECT_EQ(port.feed(bad), values("131" + word, "96" + word));
  }
}

TEST(NoninWaveform, YellowPulsesAreGood) {
  Port port;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(port.feed(packet_with_pulse(0x06)), good_values);
}

TEST(NoninWaveform, BadPulsesAreForgottenAfterTenSeconds) {
  const auto bad = packet_with_pulse(0x20);
  const auto quiet = packet_with_pulse(0);
  Port port;
  port.feed(bad);
  for (int packet = 1; packet < 29; ++packet)
    ASSERT_THAT(port.feed(quiet), Contains(HasSubstr("questionable"))) << packet;
  port.feed(quiet);
  EXPECT_EQ(port.feed(quiet), good_values);
}

TEST(NoninWaveform, ABitThatNeverClearsIsNotOneLongPulse) {
  const auto stuck = changed_packet([](std::size_t, FrameFields fields) { fields.status |= 0x20; });
  Port port;
  for (int packet = 0; packet < 3; ++packet) port.feed(stuck);
  EXPECT_THAT(port.feed(stuck), Contains("@0 obs pr 131 questionable artifact"));
}

TEST(NoninWaveform, MissingMarkersAreCheckedApart) {
  EXPECT_EQ(Port().feed(packet_with_display(511, 96)), values("- unavailable missing", "96 valid"));
  EXPECT_EQ(Port().feed(packet_with_display(131, 127)), values("131 valid", "- unavailable missing"));
}

TEST(NoninWaveform, ZeroIsMissing) {
  EXPECT_EQ(Port().feed(packet_with_display(0, 0)), values("- unavailable missing", "- unavailable missing"));
}

TEST(NoninWaveform, RatesAtTheEdgesOfTheSpan) {
  EXPECT_EQ(Port().feed(packet_with_display(18, 100)), values("18 valid", "100 valid"));
  EXPECT_EQ(Port().feed(packet_with_display(321, 1)), values("321 valid", "1 valid"));
  for (const unsigned rate : {17U, 322U, 510U})
    EXPECT_THAT(
        Port().feed(packet_with_display(rate, 101)),
        lines_are({"@0 fault implausible range code=\"pr\" value=\"" + std::to_string(rate) + "\" offset=120",
                   "@0 obs pr - invalid implausible",
                   "@0 fault implausible range code=\"spo2\" value=\"101\" offset=120",
                   "@0 obs spo2 - invalid implausible", "@0 frame-end"}));
}

TEST(NoninWaveform, OpeningAnywhereInAPacketIsSilentAndLosesOnlyThatPacket) {
  for (std::size_t begin = 1; begin < packet_1.size(); ++begin) {
    const Lines lines = Port().feed(slice(packet_1, begin, packet_1.size()) + packet_1 + packet_1);
    EXPECT_EQ(faults(lines), 0U) << begin;
    EXPECT_EQ(count(lines, "@0 frame-end"), 2U) << begin;
  }
}

TEST(NoninWaveform, Format7OpenedAnywhereFindsTheNextPackets) {
  for (std::size_t begin = 1; begin < packet_7.size(); ++begin) {
    const Lines lines =
        Port(format_7_cable).feed(slice(packet_7, begin, packet_7.size()) + packet_7 + packet_7);
    EXPECT_EQ(faults(lines), 0U) << begin;
    EXPECT_EQ(count(lines, "@0 frame-end"), 2U) << begin;
  }
}

TEST(NoninWaveform, AStartByteAloneIsNoFrame) {
  EXPECT_THAT(Port().feed(slice(packet_1, 0, 10) + ByteVector(200, 0x01) + slice(packet_1, 10, 125)),
              IsEmpty());
}

TEST(NoninWaveform, FewerFramesInARowThanTheRuleAreNoAlignment) {
  const ByteVector stray{0x00};
  EXPECT_EQ(Port().feed(slice(packet_1, 0, 2 * 5) + stray + packet_1), good_values);
  EXPECT_EQ(Port(format_7_cable).feed(slice(packet_7, 0, 3 * 5) + stray + packet_7), good_values);
}

TEST(NoninWaveform, OneBadFrameCostsItsPacketOnly) {
  ByteVector damaged = packet_1;
  damaged[12 * 5 + 2] ^= 0x10;
  Port port;
  port.feed(packet_1);
  EXPECT_THAT(port.feed(damaged), lines_are({"@0 fault broken checksum offset=185"}));
  EXPECT_EQ(port.feed(packet_1), good_values);
}

TEST(NoninWaveform, TwoBadFramesInARowLoseTheAlignment) {
  ByteVector damaged = packet_1;
  damaged[12 * 5] = 0x02;
  damaged[13 * 5 + 1] &= 0x7F;
  Port port;
  port.feed(packet_1);
  EXPECT_THAT(port.feed(damaged),
              lines_are({"@0 fault broken start offset=185", "@0 fault broken resync offset=190"}));
  EXPECT_EQ(port.feed(packet_1), good_values);
}

// What another program's command is answered with: accepted, refused, revisions, date and time, serial
// number.
TEST(NoninWaveform, AnswersToCommandsBetweenFramesAreSkipped) {
  const std::vector<ByteVector> answers{hex("06"), hex("15"), hex("02 F3 02 06 01 03"),
                                        hex("02 F2 06 1A 03 09 0E 19 24 03"),
                                        hex("02 F4 0B 02 35 30 31 32 33 34 35 36 37 D3 03")};
  for (const ByteVector& answer : answers) {
    for (std::size_t at = 0; at < packet_1.size(); at += bytes_in_frame) {
      Port port;
      port.feed(packet_1);
      EXPECT_EQ(port.feed(slice(packet_1, 0, at) + answer + slice(packet_1, at, packet_1.size())),
                good_values);
    }
    Port port(format_7_cable);
    port.feed(packet_7);
    EXPECT_EQ(port.feed(answer + packet_7), good_values);
  }
}

TEST(NoninWaveform, WhatOnlyBeginsLikeAnAnswerIsDamage) {
  ByteVector damaged = packet_1;
  damaged[0] = 0x06;
  Port port;
  port.feed(packet_1);
  EXPECT_THAT(port.feed(damaged), ElementsAre(HasSubstr("fault broken start")));
  EXPECT_EQ(port.feed(packet_1), good_values);
}

// The device was out of reach in between: its first half may be minutes old.
TEST(NoninWaveform, APacketWithAPauseInItIsDropped) {
  Port port;
  EXPECT_THAT(port.feed(slice(packet_1, 0, 60), 0), IsEmpty());
  EXPECT_THAT(port.feed(slice(packet_1, 60, 125), 1001), ElementsAre(HasSubstr("fault broken gap")));
  EXPECT_THAT(port.feed(packet_1, 1400), Contains(HasSubstr("obs pr 131 valid")));
}

TEST(NoninWaveform, ALostByteCostsOnePacket) {
  for (std::size_t lost = 0; lost < packet_1.size(); ++lost) {
    ByteVector cut = packet_1;
    cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(lost));
    Port port;
    port.feed(packet_1);
    const Lines lines = port.feed(cut + packet_1 + packet_1);
    // The alignment is found three frames later; near the end of the packet that reaches into the next one.
    EXPECT_GE(count(lines, "@0 obs pr 131 valid"), lost < 110 ? 2U : 1U) << lost;
    EXPECT_GE(faults(lines), 1U) << lost;
    EXPECT_THAT(lines, Each(AllOf(Not(HasSubstr("questionable")), Not(HasSubstr("obs pr -"))))) << lost;
  }
}

TEST(NoninWaveform, AnEarlyStartOfAPacketDropsTheUnfinishedOne) {
  Port port;
  EXPECT_THAT(port.feed(slice(packet_1, 0, 50) + packet_1),
              ElementsAre("@0 fault broken frame-restarted offset=50", good_values[0], good_values[1],
                          good_values[2]));
}

TEST(NoninWaveform, ATwentySixthFrameIsAFaultOnceAndTheNextPacketCounts) {
  Port port;
  port.feed(packet_1);
  EXPECT_THAT(
      port.feed(slice(packet_1, 115, 125) + packet_1),
      ElementsAre("@0 fault broken sync-missing offset=125", good_values[0], good_values[1], good_values[2]));
}

TEST(NoninWaveform, EverySingleBitErrorIsFoundAndCostsExactlyItsPacket) {
  for (const auto& [packet, options] :
       {std::pair{packet_1, Options{}}, std::pair{packet_7, format_7_cable}}) {
    for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
      ByteVector damaged = packet;
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      Port port(options);
      const Lines lines = port.feed(packet + damaged + packet);
      ASSERT_EQ(count(lines, "@0 obs pr 131 valid"), 2U) << bit;
      ASSERT_EQ(count(lines, "@0 obs spo2 96 valid"), 2U) << bit;
      ASSERT_EQ(faults(lines), 1U) << bit;
      ASSERT_EQ(lines.size(), 7U) << bit;
    }
  }
}

// What a sum cannot see, written down so that nobody trusts it further: errors that cancel each other.
TEST(NoninWaveform, KnownLimitErrorsThatCancelInTheSumPass) {
  ByteVector damaged = packet_1;
  damaged[8 * 5 + 2] += 4;
  damaged[8 * 5 + 3] -= 4;
  EXPECT_EQ(Port().feed(damaged), values("131 valid", "92 valid"));
}

TEST(NoninWaveform, TimePassingSaysNothing) {
  const auto made = nonin::make({});
  RecordingSink sink;
  made.driver->feed(slice(packet_1, 0, 60), stamp(0), sink);
  made.driver->tick(stamp(60'000), sink);
  EXPECT_THAT(sink.lines, IsEmpty());
}

}  // namespace
}  // namespace drivers::test::nonin_waveform
