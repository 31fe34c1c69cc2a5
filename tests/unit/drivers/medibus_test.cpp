// Goal: the MEDIBUS dialogue comes up, stays up and comes back; a value passes only in a sound frame and only
// with its code in it; the device's alarms follow its list. Method: the bytes of a session, computed by hand
// by the protocol's rule (those of ICC, identification and requests equal the maker's printed ones).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "drivers/draeger_medibus/draeger_medibus.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::medibus {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view icc = "1B 51 36 43 0D";
constexpr std::string_view icc_answer = "01 51 35 32 0D";
constexpr std::string_view who = "1B 52 36 44 0D";
constexpr std::string_view identification =
    "01 52 38 38 38 38 27 44 72 61 65 67 65 72 20 44 65 76 69 63 65 27 30 33 2E 30 30 3A 30 33 2E 30 30 43 "
    "37 0D";
constexpr std::string_view configure = "1B 4A 24 45 31 45 42 44 46 31 30 0D";  // E1, EB, DF
constexpr std::string_view configure_answer = "01 4A 34 42 0D";
constexpr std::string_view ask_alarms = "1B 27 34 32 0D";
constexpr std::string_view ask_values = "1B 24 33 46 0D";
constexpr std::string_view no_alarms = "01 27 32 38 0D";
constexpr std::string_view two_alarms =
    "01 27 4C 33 35 53 50 4F 32 53 45 4E 20 44 49 53 43 4C 30 37 53 50 4F 32 20 4C 4F 57 20 20 20 20 39 32 "
    "0D";
constexpr std::string_view values_97_71 = "01 24 45 42 20 39 37 20 45 31 20 37 31 20 37 41 0D";
constexpr std::string_view values_71 = "01 24 45 31 20 37 31 20 34 33 0D";
constexpr std::string_view values_none = "01 24 32 35 0D";

std::string sent(std::string_view bytes) { return "send " + std::string(bytes); }

// A frame with its sum, for contents that no example has.
std::vector<std::uint8_t> response(std::string_view contents) {
  std::vector<std::uint8_t> bytes{0x01};
  bytes.insert(bytes.end(), contents.begin(), contents.end());
  unsigned sum = 0;
  for (const auto byte : bytes) sum += byte;
  constexpr std::string_view digits = "0123456789ABCDEF";
  bytes.push_back(static_cast<std::uint8_t>(digits[(sum / 16) % 16]));
  bytes.push_back(static_cast<std::uint8_t>(digits[sum % 16]));
  bytes.push_back(0x0D);
  return bytes;
}

class MedibusPort {
 public:
  Lines feed(const std::vector<std::uint8_t>& bytes) {
    sink_.clear();
    driver_->feed(bytes, stamp(now_ms_), sink_);
    return sink_.lines;
  }
  Lines feed(std::string_view text) { return feed(hex(text)); }

  // Ticks every 100 ms.
  Lines wait(std::int64_t ms) {
    sink_.clear();
    for (const std::int64_t end = now_ms_ + ms; now_ms_ < end;) driver_->tick(stamp(now_ms_ += 100), sink_);
    return sink_.lines;
  }

  std::int64_t now_ms() const { return now_ms_; }
  std::string at() const { return "@" + std::to_string(now_ms_) + " "; }

 private:
  std::unique_ptr<Driver> driver_ = draeger_medibus::make({}).driver;
  RecordingSink sink_;
  std::int64_t now_ms_ = 0;
};

// Up to the first request for alarms.
MedibusPort running() {
  MedibusPort port;
  EXPECT_THAT(port.wait(100), lines_are({sent(icc)}));
  EXPECT_THAT(port.feed(icc_answer), lines_are({sent(who)}));
  EXPECT_THAT(port.feed(identification), IsEmpty());
  EXPECT_THAT(port.wait(200), lines_are({sent(configure)}));
  EXPECT_THAT(port.feed(configure_answer), lines_are({sent(ask_alarms)}));
  return port;
}

TEST(Medibus, ASessionComesUpAndAsksOnceASecond) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed(no_alarms), lines_are({port.at() + "frame-end", sent(ask_values)}));
  EXPECT_THAT(port.feed(values_97_71), lines_are({port.at() + "obs pr 71 valid",
                                                  port.at() + "obs spo2 97 valid", port.at() + "frame-end"}));
  EXPECT_THAT(port.wait(900), IsEmpty());
  EXPECT_THAT(port.wait(100), lines_are({sent(ask_alarms)}));
}

TEST(Medibus, ACodeThatIsMissingIsNoValue) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed(values_71),
              ElementsAre(HasSubstr("obs pr 71 valid"), HasSubstr("obs spo2 - unavailable missing"),
                          HasSubstr("frame-end")));
  EXPECT_THAT(port.feed(values_none),
              ElementsAre(HasSubstr("obs pr - unavailable missing"),
                          HasSubstr("obs spo2 - unavailable missing"), HasSubstr("frame-end")));
  EXPECT_THAT(port.feed(response("$EB    E1 71 ")),
              ElementsAre(HasSubstr("obs pr 71 valid"), HasSubstr("obs spo2 - unavailable missing"),
                          HasSubstr("frame-end")));
}

TEST(Medibus, ThePulseOfTheOximeterComesFirst) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed(response("$DF 88 E1 71 EB100 ")), Contains(HasSubstr("obs pr 71 valid")));
  const Lines other = port.feed(response("$DF 88 EB100 "));
  EXPECT_THAT(other, Contains(HasSubstr("obs pr 88 valid")));
  EXPECT_THAT(other, Contains(HasSubstr("obs spo2 100 valid")));
}

TEST(Medibus, OtherParametersAreListedAndTheImpossibleIsAFault) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed(response("$7D22.5EB 97 ")),
              Contains(HasSubstr("fault unmapped parameter code=\"7D\" value=\"22.5\"")));
  EXPECT_THAT(port.feed(response("$EB 9x ")),
              Contains(HasSubstr("fault implausible number code=\"EB\" value=\"9x\"")));
  EXPECT_THAT(port.feed(response("$EB101 ")),
              Contains(HasSubstr("fault implausible range code=\"spo2\" value=\"101\"")));
  EXPECT_THAT(port.feed(response("$EB  0 ")), Contains(HasSubstr("obs spo2 - unavailable missing")));
  // A value fills its four places, or some of them.
  EXPECT_THAT(port.feed(response("$EB0097E1  71")),
              AllOf(Contains(HasSubstr("obs spo2 97 valid")), Contains(HasSubstr("obs pr 71 valid"))));
  EXPECT_THAT(port.feed(response("$E11071")),
              Contains(HasSubstr("fault implausible range code=\"pr\" value=\"1071\"")));
  EXPECT_THAT(port.feed(response("$EB 97 E")), ElementsAre(HasSubstr("fault broken item-length")));
  EXPECT_THAT(port.feed(response("$eb 97 ")), ElementsAre(HasSubstr("fault broken item-code")));
}

TEST(Medibus, TheDevicesAlarmsFollowItsList) {
  MedibusPort port = running();
  port.feed(values_97_71);
  EXPECT_THAT(port.feed(two_alarms),
              lines_are({port.at() + "alarm on high technical text=\"SPO2SEN DISC\" code=\"35\"",
                         port.at() + "alarm on high text=\"SPO2 LOW\" code=\"07\"", port.at() + "frame-end",
                         sent(ask_values)}));
  EXPECT_THAT(port.feed(two_alarms), lines_are({port.at() + "frame-end"}));
  EXPECT_THAT(port.feed(response("'607SPO2 LOW    ")),
              lines_are({port.at() + "alarm on medium text=\"SPO2 LOW\" code=\"07\"",
                         port.at() + "alarm off high technical code=\"35\"", port.at() + "frame-end"}));
  EXPECT_THAT(port.feed(no_alarms),
              lines_are({port.at() + "alarm off medium code=\"07\"", port.at() + "frame-end"}));
}

TEST(Medibus, OneCodeTwiceInAListIsOneAlarmOfTheHigherPriority) {
  MedibusPort port = running();
  port.feed(values_97_71);
  for (const std::string_view list : {"'607SPO2 LOW    L07SPO2 LOW    ", "'L07SPO2 LOW    607SPO2 LOW    "}) {
    const Lines first = port.feed(response(list));
    EXPECT_EQ(first.front(), port.at() + "alarm on high text=\"SPO2 LOW\" code=\"07\"");
    EXPECT_EQ(std::count_if(first.begin(), first.end(),
                            [](const auto& line) { return line.find("alarm") != std::string::npos; }),
              1);
    for (int second = 0; second < 3; ++second)
      EXPECT_THAT(port.feed(response(list)), Each(Not(HasSubstr("alarm on"))));
    port.feed(no_alarms);
  }
}

TEST(Medibus, AnAlarmItemThatCannotBeReadCostsItselfAlone) {
  MedibusPort port = running();
  port.feed(values_97_71);
  port.feed(response("'L01NO PULSE    "));
  EXPECT_THAT(port.feed(response("$EB 80 E1 30 ")), Contains(HasSubstr("obs spo2 - invalid searching")));
  EXPECT_THAT(port.feed(response("' 7AOTHER       L07SPO2 LOW    ")),
              ElementsAre(HasSubstr("fault broken alarm-item code=\"7A\""),
                          HasSubstr("alarm on high text=\"SPO2 LOW\" code=\"07\""),
                          HasSubstr("alarm off high code=\"01\""), HasSubstr("frame-end")));
  EXPECT_THAT(port.feed(response("$EB 80 E1 30 ")), Contains(HasSubstr("obs spo2 80 valid")));
  EXPECT_THAT(port.feed(response("' 07SPO2 LOW    ")),
              ElementsAre(HasSubstr("fault broken alarm-item"), HasSubstr("frame-end")))
      << "it stands, at whatever priority";
  EXPECT_THAT(port.feed(no_alarms), Contains(HasSubstr("alarm off high code=\"07\"")));
}

TEST(Medibus, AnAlarmListThatCannotBeReadEndsNothingAndHidesValuesForFiveSeconds) {
  for (const std::string_view list : {"'L?1NO PULSE    ", "'L01NO PULSE"}) {
    MedibusPort port = running();
    port.feed(values_97_71);
    port.feed(response("'L01NO PULSE    "));
    for (int second = 0; second < 5; ++second) {
      EXPECT_THAT(port.feed(response(list)), Each(Not(HasSubstr("alarm on"))));
      EXPECT_THAT(port.feed(response("$EB 80 ")), Contains(HasSubstr("obs spo2 - invalid searching")));
      port.wait(1000);
    }
    EXPECT_THAT(port.feed(response("$EB 80 ")), Contains(HasSubstr("obs spo2 80 valid"))) << list;
    EXPECT_THAT(port.feed(response("'L01NO PULSE    ")), Each(Not(HasSubstr("alarm on"))));
    EXPECT_THAT(port.feed(response("$EB 80 ")), Contains(HasSubstr("obs spo2 - invalid searching")));
    EXPECT_THAT(port.feed(no_alarms), Contains(HasSubstr("alarm off high code=\"01\"")));
  }
}

TEST(Medibus, NoMoreAlarmsThanTheLimitAreKept) {
  MedibusPort port = running();
  std::string list = "'";
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (std::size_t i = 0; i < 200; ++i)
    list += "L" + std::string{digits[i / 16], digits[i % 16]} + "TEXT        ";
  const Lines lines = port.feed(response(list));
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const auto& line) { return line.find("alarm on") != std::string::npos; }),
            static_cast<std::ptrdiff_t>(device_alarms_max));
  const Lines off = port.feed(no_alarms);
  EXPECT_EQ(std::count_if(off.begin(), off.end(),
                          [](const auto& line) { return line.find("alarm off") != std::string::npos; }),
            static_cast<std::ptrdiff_t>(device_alarms_max));
}

TEST(Medibus, TheAlarmsSayWhyAValueIsMissing) {
  struct Case {
    std::string_view alarm, reason;
  };
  for (const auto& [alarm, reason] : std::initializer_list<Case>{{"'L35SPO2SEN DISC", "sensor-unplugged"},
                                                                 {"'L68SPO2 FAILURE", "sensor-fault"},
                                                                 {"'L01NO SPO2 PULS", "searching"}}) {
    MedibusPort port = running();
    port.feed(values_97_71);
    port.feed(response(alarm));
    EXPECT_THAT(port.feed(values_none), Contains(HasSubstr("obs spo2 - invalid " + std::string(reason))))
        << alarm;
    // A sensor alarm wins over digits.
    EXPECT_THAT(port.feed(values_97_71), Contains(HasSubstr("obs spo2 - invalid " + std::string(reason))))
        << alarm;
    port.feed(no_alarms);
    EXPECT_THAT(port.feed(values_97_71), Contains(HasSubstr("obs spo2 97 valid")));
  }
}

TEST(Medibus, AlarmCodesOfADeviceWithoutOximeterAreNotInterpreted) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed(response("'L35SOMETHING   ")),
              Contains(HasSubstr("alarm on high text=\"SOMETHING\" code=\"35\"")));
  EXPECT_THAT(port.feed(values_none), Contains(HasSubstr("obs spo2 - unavailable missing")));
}

TEST(Medibus, AnAlarmToldBeforeTheOximeterWasSeenIsToldAgainAsTechnical) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed(two_alarms), Contains(HasSubstr("alarm on high text=\"SPO2SEN DISC\" code=\"35\"")));
  port.feed(values_none);
  EXPECT_THAT(port.feed(two_alarms), Each(Not(HasSubstr("alarm"))));
  port.feed(values_97_71);
  EXPECT_THAT(port.feed(two_alarms),
              ElementsAre(HasSubstr("alarm on high technical text=\"SPO2SEN DISC\" code=\"35\""),
                          HasSubstr("frame-end")));
  EXPECT_THAT(port.feed(two_alarms), Each(Not(HasSubstr("alarm"))));
  EXPECT_THAT(port.feed(no_alarms), Contains(HasSubstr("alarm off high technical code=\"35\"")));
}

TEST(Medibus, EveryCommandOfTheDeviceIsAnswered) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed("1B 30 34 42 0D"), lines_are({sent("01 30 33 31 0D")}));  // nothing
  EXPECT_THAT(port.feed(who), lines_are({sent("01 52 35 33 0D")}));
  EXPECT_THAT(port.feed("1B 49 36 34 0D"), lines_are({sent("01 49 34 41 0D")}));  // the time was changed
  EXPECT_THAT(port.feed("1B 30 34 43 0D"),
              ElementsAre(HasSubstr("fault broken checksum"), sent("01 15 31 36 0D")));
  EXPECT_THAT(port.feed("1B 55 37 30 0D"), lines_are({sent("01 55 35 36 0D")}));  // stop
  EXPECT_THAT(port.wait(2900), IsEmpty());
  EXPECT_THAT(port.wait(100), lines_are({sent(icc)}));
}

TEST(Medibus, TheDeviceMayBeginAndBeginAgain) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed(icc), lines_are({sent(icc_answer), sent(who)}));
  EXPECT_THAT(port.feed(identification), IsEmpty());
  EXPECT_THAT(port.wait(200), lines_are({sent(configure)}));  // it has forgotten the configuration
}

TEST(Medibus, CommandsInsideAResponse) {
  MedibusPort port = running();
  // A NOP inside the values; after it the response goes on.
  EXPECT_THAT(port.feed("01 24 45 42 20 1B 30 34 42 0D 39 37 20 45 31 20 37 31 20 37 41 0D"),
              ElementsAre(sent("01 30 33 31 0D"), HasSubstr("obs pr 71 valid"),
                          HasSubstr("obs spo2 97 valid"), HasSubstr("frame-end")));
  // Inside the answer to ICC they are ignored.
  EXPECT_THAT(port.feed("01 51 1B 30 34 42 0D 35 32 0D"), IsEmpty());
}

TEST(Medibus, ABrokenStartAndRealTimeBytes) {
  MedibusPort port;
  const Lines lines =
      port.feed("31 32 0D 01 24 45 42 20 39 01 24 A5 45 42 20 39 37 20 C1 45 31 20 37 31 20 37 41 0D");
  EXPECT_THAT(lines, Contains(HasSubstr("obs pr 71 valid")));
  EXPECT_THAT(lines, Contains(HasSubstr("obs spo2 97 valid")));
  EXPECT_THAT(lines, Contains(HasSubstr("fault broken frame-restarted")));
  EXPECT_THAT(lines,
              Not(Contains(HasSubstr("unframed"))));  // the rest of a cut frame at the start is no fault
}

TEST(Medibus, ADamagedAnswerIsAskedForAgain) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed("01 27 32 39 0D"), ElementsAre(HasSubstr("fault broken checksum")));
  EXPECT_THAT(port.wait(100), lines_are({sent(ask_alarms)}));
  EXPECT_THAT(port.feed("01 15 31 36 0D"), IsEmpty());  // the device has not understood us
  EXPECT_THAT(port.wait(100), lines_are({sent(ask_alarms)}));
  EXPECT_THAT(port.feed(no_alarms), Contains(sent(ask_values)));
}

TEST(Medibus, ThreeSecondsOfSilenceStartItAnew) {
  MedibusPort port = running();
  port.feed(no_alarms);
  EXPECT_THAT(port.wait(2900), IsEmpty());
  // Bytes of the real-time stream are no sign of life.
  EXPECT_THAT(port.feed("D0 A1 A2"), IsEmpty());
  EXPECT_THAT(port.wait(100), lines_are({sent(icc)}));
  EXPECT_THAT(port.wait(3000), lines_are({sent(icc)}));
  EXPECT_THAT(port.feed(icc_answer), lines_are({sent(who)}));
}

TEST(Medibus, ARequestThatIsNotAnsweredIsGivenUp) {
  MedibusPort port = running();
  std::size_t asked = 0, called = 0;
  for (int second = 0; second < 10; ++second) {  // the device lives, but does not answer
    port.feed("1B 30 34 42 0D");
    for (const std::string& line : port.wait(1000)) {
      asked += line == sent(ask_alarms) ? 1U : 0U;
      called += line == sent(icc) ? 1U : 0U;
    }
  }
  EXPECT_EQ(asked, 2U);  // after the first one
  EXPECT_EQ(called, 1U);
}

TEST(Medibus, AnOldDeviceIsNotSentArguments) {
  MedibusPort port;
  port.wait(100);
  port.feed(icc_answer);
  EXPECT_THAT(port.feed(response("R0161'Old'01.00:02.10")), lines_are({sent(ask_alarms)}));
}

TEST(Medibus, AStepThatIsNotAnsweredDoesNotKeepUsFromTheValues) {
  MedibusPort port;
  port.wait(100);
  EXPECT_THAT(port.feed(icc_answer), lines_are({sent(who)}));
  EXPECT_THAT(port.wait(3000), Contains(sent(icc)));
  EXPECT_THAT(port.feed(icc_answer), lines_are({sent(ask_alarms)}));
}

TEST(Medibus, TheDeviceMayStopUsForAWhile) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed("11"), IsEmpty());
  EXPECT_THAT(port.feed("1B 30 34 42 0D"), IsEmpty());
  EXPECT_THAT(port.feed("13"), lines_are({sent("01 30 33 31 0D")}));
  port.feed("11");
  port.feed("1B 30 34 42 0D");
  EXPECT_THAT(port.wait(2900), IsEmpty());
  EXPECT_THAT(port.wait(100), Contains(sent("01 30 33 31 0D")));  // not for longer than 3 s
}

TEST(Medibus, AbortedAndEndlessFrames) {
  MedibusPort port = running();
  EXPECT_THAT(port.feed("01 24 45 42 18"), ElementsAre(HasSubstr("fault broken aborted")));
  std::vector<std::uint8_t> endless(5000, 0x20);
  endless.front() = 0x01;
  EXPECT_THAT(port.feed(endless), ElementsAre(HasSubstr("fault broken frame-too-long")));
  EXPECT_THAT(port.feed(values_97_71), Contains(HasSubstr("obs spo2 97 valid")));
}

TEST(Medibus, NoFlippedBitChangesAValueOrAnAlarm) {
  for (const std::string_view frame : {values_97_71, values_71, two_alarms, no_alarms}) {
    const auto bytes = hex(frame);
    MedibusPort whole = running();
    const Lines sound = whole.feed(bytes);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      MedibusPort port = running();
      auto flipped = bytes;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      for (const std::string& line : port.feed(flipped)) {
        const bool says =
            line.find(" obs ") != std::string::npos || line.find(" alarm ") != std::string::npos;
        EXPECT_TRUE(!says || std::find(sound.begin(), sound.end(), line) != sound.end())
            << bit << ": " << line;
      }
      port.wait(3000);  // a frame whose end was hit, a DC1 out of its start
      EXPECT_THAT(port.feed(values_97_71), Contains(HasSubstr("obs spo2 97 valid"))) << "bit " << bit;
    }
  }
}

}  // namespace
}  // namespace drivers::test::medibus
