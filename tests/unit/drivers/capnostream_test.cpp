// Goal: a Capnostream frame gives values only when its envelope is sound and everything is in its place; the
// dialogue comes up and comes back. Method: frames computed by hand by the rule of one open reader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "drivers/capnostream20/capnostream20.hpp"
#include "tests/unit/drivers/bytes.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::capnostream {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view enable = "send 85 01 01 00";
constexpr std::string_view start = "send 85 01 04 05";
constexpr std::string_view active = "send 85 01 06 07";

// EtCO2 38, respiration 14, SpO2 97, pulse 72, a Masimo board (status 80, sent as 80 00), no alarms.
constexpr std::string_view good =
    "85 1C 01 69 9E 93 00 26 00 0E 61 48 80 00 00 00 00 00 00 00 3C 0F 1E 05 08 64 5A 8C 32 01 00 59";
// No value at all; no breath; pulse not found and sensor off.
constexpr std::string_view all_none =
    "85 1C 01 69 9E 93 01 FF FF FF FF FF 80 00 00 00 00 01 21 00 3C 0F 1E 05 08 64 5A 8C 32 01 00 86";
// SpO2 0, pulse 133, the clock and the status escaped, SpO2 low and pulse high.
constexpr std::string_view escapes =
    "85 1C 01 69 80 00 00 80 05 26 00 0E 00 80 05 00 00 00 00 00 0C 00 3C 0F 1E 05 08 64 5A 8C 32 01 00 71";

// Payload of `good`, to be changed.
ByteVector payload() {
  return hex("69 9E 93 00 26 00 0E 61 48 80 00 00 00 00 00 00 3C 0F 1E 05 08 64 5A 8C 32 01 00");
}

ByteVector frame(std::uint8_t code, const ByteVector& contents) {
  ByteVector plain{static_cast<std::uint8_t>(contents.size() + 1), code};
  plain.insert(plain.end(), contents.begin(), contents.end());
  std::uint8_t sum = 0;
  for (const auto byte : plain) sum ^= byte;
  plain.push_back(sum);
  ByteVector sent{0x85};
  for (const auto byte : plain) {
    const bool escaped = byte == 0x80 || byte == 0x85;
    sent.push_back(escaped ? std::uint8_t{0x80} : byte);
    if (escaped) sent.push_back(static_cast<std::uint8_t>(byte - 0x80));
  }
  return sent;
}

ByteVector numbers(std::size_t at, unsigned value) {
  ByteVector changed = payload();
  changed[at] = static_cast<std::uint8_t>(value);
  return frame(1, changed);
}

class CapnoPort {
 public:
  CapnoPort() { feed(good); }  // up

  Lines feed(const ByteVector& bytes) {
    sink_.clear();
    driver_->feed(bytes, stamp(now_ms_), sink_);
    return sink_.lines;
  }
  Lines feed(std::string_view text) { return feed(hex(text)); }
  Lines wait(std::int64_t ms) {
    sink_.clear();
    for (const std::int64_t end = now_ms_ + ms; now_ms_ < end;) driver_->tick(stamp(now_ms_ += 100), sink_);
    return sink_.lines;
  }

 private:
  std::unique_ptr<Driver> driver_ = capnostream20::make({}).driver;
  RecordingSink sink_;
  std::int64_t now_ms_ = 0;
};

Lines decoded(const ByteVector& bytes) { return CapnoPort().feed(bytes); }

TEST(Capnostream, VectorsByTheRule) {
  EXPECT_THAT(decoded(hex(good)),
              lines_are({"@0 obs pr 72 valid", "@0 obs spo2 97 valid", "@0 obs rr 14 valid",
                         "@0 fault unmapped parameter code=\"EtCO2\" unit=\"mmHg\" value=\"38\" offset=63",
                         "@0 fault unmapped parameter code=\"FiCO2\" unit=\"mmHg\" value=\"0\" offset=63",
                         "@0 frame-end"}));
  EXPECT_THAT(
      decoded(hex(all_none)),
      lines_are({"@0 alarm on high level-assumed text=\"No breath\" code=\"no-breath\" source=\"CO2\"",
                 "@0 obs pr - invalid sensor-off", "@0 obs spo2 - invalid sensor-off",
                 "@0 obs rr - unavailable missing", "@0 frame-end"}));
  const Lines third = decoded(hex(escapes));
  EXPECT_THAT(third, Contains("@0 obs pr 133 valid"));
  EXPECT_THAT(third, Contains("@0 obs spo2 - unavailable missing"));
  EXPECT_THAT(third, Contains(HasSubstr("alarm on medium level-assumed text=\"SpO2 low\"")));
  EXPECT_THAT(third, Contains(HasSubstr("alarm on medium level-assumed text=\"Pulse rate high\"")));
}

TEST(Capnostream, SensorStatesWinOverDigits) {
  for (const auto& [alarms, reason] :
       std::initializer_list<std::pair<unsigned, std::string>>{{0x01, "searching"},
                                                               {0x20, "sensor-off"},
                                                               {0x40, "sensor-unplugged"},
                                                               {0x61, "sensor-unplugged"}}) {
    const Lines lines = decoded(numbers(14, alarms));
    EXPECT_THAT(lines, Contains("@0 obs pr - invalid " + reason));
    EXPECT_THAT(lines, Contains("@0 obs spo2 - invalid " + reason));
    EXPECT_THAT(lines, Contains("@0 obs rr 14 valid"));
  }
}

TEST(Capnostream, MissingValues) {
  for (const unsigned none : {0x00U, 0xFFU}) {
    EXPECT_THAT(decoded(numbers(6, none)), Contains("@0 obs rr - unavailable missing"));
    EXPECT_THAT(decoded(numbers(7, none)), Contains("@0 obs spo2 - unavailable missing"));
    EXPECT_THAT(decoded(numbers(8, none)), Contains("@0 obs pr - unavailable missing"));
  }
}

TEST(Capnostream, TheImpossibleIsAFault) {
  EXPECT_THAT(decoded(numbers(7, 101)),
              Contains(HasSubstr("fault implausible range code=\"spo2\" value=\"101\"")));
  EXPECT_THAT(decoded(numbers(8, 17)),
              Contains(HasSubstr("fault implausible range code=\"pr\" value=\"17\"")));
  EXPECT_THAT(decoded(numbers(6, 151)),
              Contains(HasSubstr("fault implausible range code=\"rr\" value=\"151\"")));
}

TEST(Capnostream, WithoutAUnitOfCarbonDioxideTheOximeterCountsAllTheSame) {
  EXPECT_THAT(decoded(numbers(25, 0)), Contains("@0 obs spo2 97 valid"));
}

TEST(Capnostream, CarbonDioxideIsListedInItsUnit) {
  EXPECT_THAT(decoded(numbers(25, 2)), Contains(HasSubstr("code=\"EtCO2\" unit=\"kPa\" value=\"3.8\"")));
  EXPECT_THAT(decoded(numbers(25, 3)), Contains(HasSubstr("code=\"EtCO2\" unit=\"vol%\" value=\"3.8\"")));
}

TEST(Capnostream, AlarmsAreToldOnChangeAndMayBeSilenced) {
  CapnoPort port;
  EXPECT_THAT(port.feed(numbers(13, 0x01)),
              Contains(HasSubstr("alarm on high level-assumed text=\"No breath\"")));
  EXPECT_THAT(port.feed(numbers(13, 0x01)), Each(Not(HasSubstr("alarm"))));
  ByteVector silenced = payload();
  silenced[9] |= 0x02;
  silenced[13] = 0x01;
  EXPECT_THAT(port.feed(frame(1, silenced)),
              Contains(HasSubstr("alarm on high level-assumed silenced text=\"No breath\"")));
  EXPECT_THAT(port.feed(good), Contains("@0 alarm off high level-assumed code=\"no-breath\" source=\"CO2\""));
  // A pulse that is not found is an alarm, unless the sensor is off.
  EXPECT_THAT(port.feed(numbers(14, 0x01)),
              Contains(HasSubstr("alarm on high level-assumed text=\"Pulse not found\"")));
  EXPECT_THAT(port.feed(numbers(14, 0x21)),
              Contains(HasSubstr("alarm off high level-assumed code=\"no-pulse\"")));
}

TEST(Capnostream, ASessionComesUpStaysUpAndComesBack) {
  const auto driver = capnostream20::make({}).driver;
  RecordingSink sink;
  std::int64_t now_ms = 0;
  const auto wait = [&](std::int64_t ms) {
    sink.clear();
    for (const std::int64_t end = now_ms + ms; now_ms < end;) driver->tick(stamp(now_ms += 100), sink);
    return sink.lines;
  };
  const auto feed = [&](const ByteVector& bytes) {
    sink.clear();
    driver->feed(bytes, stamp(now_ms), sink);
    return sink.lines;
  };
  EXPECT_THAT(wait(100), ElementsAre(enable));
  EXPECT_THAT(wait(1900), IsEmpty());
  EXPECT_THAT(wait(100), ElementsAre(enable));
  EXPECT_THAT(feed(frame(4, {'V', '4', '.', '5', ' ', 'B', '3'})), ElementsAre(start));
  for (int second = 0; second < 4; ++second) {
    EXPECT_THAT(wait(1000), IsEmpty());
    EXPECT_THAT(feed(hex(good)), Contains(HasSubstr("obs spo2 97 valid")));
  }
  EXPECT_THAT(wait(1000), ElementsAre(active));
  feed(frame(0, {1, 38, 0, 0}));  // the wave alone is a sign of life
  EXPECT_THAT(wait(3000), IsEmpty());
  EXPECT_THAT(wait(100), ElementsAre(enable));
  sink.clear();
  driver->close(stamp(now_ms), sink);
  EXPECT_THAT(sink.lines, ElementsAre("send 85 01 05 04", "send 85 01 02 03")) << "real time, then the link";
}

TEST(Capnostream, ADeviceThatIsAlreadyEnabledIsJoined) {
  const auto driver = capnostream20::make({}).driver;
  RecordingSink sink;
  driver->feed(hex(good), stamp(0), sink);
  EXPECT_EQ(sink.lines.front(), start);
  EXPECT_THAT(sink.lines, Contains("@0 obs spo2 97 valid"));
}

TEST(Capnostream, DamagedFrames) {
  ByteVector wrong_sum = hex(good);
  wrong_sum.back() ^= 1;
  EXPECT_THAT(decoded(wrong_sum), ElementsAre(HasSubstr("fault broken checksum")));
  ByteVector wrong_escape = hex(good);
  wrong_escape[13] = 0x01;
  EXPECT_THAT(decoded(wrong_escape), ElementsAre(HasSubstr("fault broken escape")));
  ByteVector cut = hex(good);
  cut.resize(12);
  const ByteVector whole = hex(good);
  cut.insert(cut.end(), whole.begin(), whole.end());
  const Lines lines = decoded(cut);
  EXPECT_THAT(lines.front(), HasSubstr("fault broken frame-restarted"));
  EXPECT_THAT(lines, Contains("@0 obs spo2 97 valid"));
  EXPECT_THAT(decoded({0x85, 63, 1, 2}), ElementsAre(HasSubstr("fault broken length")));
  EXPECT_THAT(decoded({0x85, 0}), ElementsAre(HasSubstr("fault broken length")));
  ByteVector brief = payload();
  brief.resize(26);
  EXPECT_THAT(decoded(frame(1, brief)), ElementsAre(HasSubstr("fault broken payload-too-short")));
  EXPECT_THAT(decoded(frame(9, {1})), ElementsAre(HasSubstr("fault not-mine message")));
  EXPECT_THAT(decoded({0x01, 0x02, 0x03}), ElementsAre(HasSubstr("fault broken unframed")));
}

TEST(Capnostream, TheRestOfACutFrameAtTheStartIsNoFault) {
  const auto driver = capnostream20::make({}).driver;
  RecordingSink sink;
  const ByteVector whole = hex(good);
  driver->feed(Bytes{whole}.subspan(7), stamp(0), sink);
  EXPECT_THAT(sink.lines, IsEmpty());
}

TEST(Capnostream, AShiftedPayloadIsDropped) {
  ByteVector shifted = payload();
  shifted.insert(shifted.begin() + 3, 0x00);
  shifted.pop_back();
  EXPECT_THAT(decoded(frame(1, shifted)), ElementsAre(HasSubstr("fault broken payload-shifted")));
}

TEST(Capnostream, ASaturationLikeTheLastRespirationMustPersist) {
  CapnoPort port;
  EXPECT_THAT(port.feed(numbers(7, 14)), ElementsAre(HasSubstr("fault implausible spo2-jump")));
  EXPECT_THAT(port.feed(good), Contains("@0 obs spo2 97 valid"));
  EXPECT_THAT(port.feed(numbers(7, 14)), ElementsAre(HasSubstr("fault implausible spo2-jump")));
  EXPECT_THAT(port.feed(numbers(7, 14)), ElementsAre(HasSubstr("fault implausible spo2-jump")));
  EXPECT_THAT(port.feed(numbers(7, 14)), Contains("@0 obs spo2 14 valid"));
  EXPECT_THAT(port.feed(numbers(7, 14)), Contains("@0 obs spo2 14 valid"));
}

TEST(Capnostream, ALowSaturationIsNotHeldBack) {
  CapnoPort port;
  EXPECT_THAT(port.feed(numbers(7, 60)), Contains("@0 obs spo2 60 valid"));
}

// Frames with each checksum that one bit can make, so that a damaged escape could look like a sound frame.
std::vector<ByteVector> frames_to_damage() {
  std::vector<ByteVector> all{hex(good), hex(all_none), hex(escapes)};
  for (unsigned sum = 1; sum < 256; sum *= 2) {
    ByteVector contents =
        hex("69 80 93 00 26 00 0E 61 85 80 00 00 00 00 00 00 3C 0F 1E 05 08 64 5A 8C 32 01 00");
    std::uint8_t present = 0x1C ^ 0x01;
    for (const auto byte : contents) present ^= byte;
    contents[2] = static_cast<std::uint8_t>(contents[2] ^ present ^ sum);  // the device's clock
    all.push_back(frame(1, contents));
  }
  return all;
}

TEST(Capnostream, NoFlippedBitChangesAValueOrAnAlarm) {
  for (const ByteVector& bytes : frames_to_damage()) {
    const Lines sound = decoded(bytes);
    ASSERT_THAT(sound, Contains(HasSubstr("frame-end")));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      CapnoPort port;
      auto flipped = bytes;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      for (const std::string& line : port.feed(flipped)) {
        const bool says =
            line.find(" obs ") != std::string::npos || line.find(" alarm ") != std::string::npos;
        EXPECT_TRUE(!says || std::find(sound.begin(), sound.end(), line) != sound.end())
            << bit << ": " << line;
      }
      EXPECT_THAT(port.feed(good), Contains("@0 obs spo2 97 valid")) << bit;
    }
  }
}

}  // namespace
}  // namespace drivers::test::capnostream
