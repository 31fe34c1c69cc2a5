// Goal: a line of ASCII 1 gives values only if every token has one of its exact forms, and EXC decides over
// the digits. Method: recorded and published lines, and each kind of damage to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "drivers/masimo/masimo.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::masimo {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Serial numbers replaced.
const std::string rad_8 =
    "02/22/16 22:47:45 SN=0000012345 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- "
    "ALARM=0000 EXC=000800";
const std::string rad_8_limit =
    "03/06/05 21:11:30 SN=0000012345 SPO2=098% BPM=057 PI=07.02% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- "
    "ALARM=0038 EXC=000800";
const std::string sensor_off_with_digits =
    "05/20/21 14:06:02 SN=0000012345 SPO2=098% BPM=101 PI=--.--% SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- "
    "ALARM=0010 EXC=000824";
const std::string radical_7 =
    "03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- "
    "RESVD=--- "
    "DESAT=-- PIDELTA=+-- PVI=--- ALARM=000000 EXC=0000C00 EXC1=00000000";
const std::string radical_5 = "09/15/10 15:10:29 SPO2=097% BPM=064 PI=11.82% ALARM=20 EXC=800";

class Port {
 public:
  // The first line after opening is forgiven if it is cut, so that tests start with the second.
  Port() { feed("cut\r\n"); }

  // Without what has no metric, which has a test of its own.
  Lines feed(std::string_view text) {
    Lines lines = feed_all(text);
    std::erase_if(lines,
                  [](const std::string& line) { return line.find(" no-metric ") != std::string::npos; });
    return lines;
  }
  Lines feed_all(std::string_view text) {
    sink_.clear();
    driver_->feed(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, stamp(0), sink_);
    return sink_.lines;
  }
  Lines line(const std::string& text) { return feed(text + "\r\n"); }

 private:
  std::unique_ptr<Driver> driver_ = drivers::masimo::make({}).driver;
  RecordingSink sink_;
};

Lines decoded(const std::string& line) { return Port().line(line); }

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

Lines values(const std::string& rate, const std::string& spo2) {
  return {"@0 obs pr " + rate, "@0 obs spo2 " + spo2, "@0 frame-end"};
}
Lines no_value(const std::string& why) { return values("- " + why, "- " + why); }
Lines with_alarm(Lines lines) {
  lines.insert(lines.begin(), "@0 status device-alarm on");
  return lines;
}

TEST(Masimo, RecordedLines) {
  EXPECT_EQ(decoded(rad_8), values("97 valid", "98 valid"));
  EXPECT_EQ(decoded(rad_8_limit), with_alarm(values("57 valid", "98 valid")));
  EXPECT_EQ(decoded(sensor_off_with_digits), with_alarm(no_value("invalid sensor-off")));
  EXPECT_EQ(decoded(radical_7), values("123 questionable weak-signal", "98 questionable weak-signal"));
  EXPECT_EQ(decoded(radical_5), values("64 valid", "97 valid")) << "silenced alone is not an alarm";
}

TEST(Masimo, PublishedLines) {
  EXPECT_EQ(
      decoded("03/09/26 14:25:36 SN=0000012345 SPO2=086% BPM=131 PI=00.31% SPCO=--.-% SPMET=--.-% DESAT=-- "
              "PIDELTA=+-- ALARM=0016 EXC=000C04"),
      with_alarm(values("131 questionable weak-signal", "86 questionable weak-signal")));
  EXPECT_EQ(
      decoded("03/09/26 14:25:37 SN=0000012345 SPO2=---% BPM=--- PI=--.--% SPCO=--.-% SPMET=--.-% DESAT=-- "
              "PIDELTA=+-- ALARM=001A EXC=000828"),
      with_alarm(no_value("invalid sensor-off")));
  EXPECT_EQ(
      decoded("03/09/26 14:25:38 SN=0000012345 SPO2=092% BPM=118 PI=02.40% SPCO=02.0% SPMET=00.8% DESAT=03 "
              "PIDELTA=-12 PVI=014 ALARM=1000 EXC=002800"),
      with_alarm(values("118 valid", "92 valid")));
  EXPECT_EQ(
      decoded(
          "03/19/16 13:37:12 SN=0000012345 SPO2=---% BPM=---% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000001"),
      no_value("invalid sensor-unplugged"));
}

TEST(Masimo, EachExceptionBitHasItsEffect) {
  struct Effect {
    std::string_view exc;
    std::string_view word;  // behind the value; "-" in front: no value
  };
  for (const auto& [exc, word] : std::initializer_list<Effect>{{"000001", "- invalid sensor-unplugged"},
                                                               {"000002", "- invalid sensor-fault"},
                                                               {"000004", "questionable weak-signal"},
                                                               {"000008", "- invalid searching"},
                                                               {"000010", "questionable interference"},
                                                               {"000020", "- invalid sensor-off"},
                                                               {"000040", "questionable interference"},
                                                               {"000080", "- invalid sensor-fault"},
                                                               {"000100", "- invalid sensor-fault"},
                                                               {"000200", "valid"},
                                                               {"000400", "questionable weak-signal"},
                                                               {"000000", "valid"},
                                                               {"001000", "- invalid sensor-unplugged"},
                                                               {"002000", "valid"},
                                                               {"004000", "- invalid sensor-fault"},
                                                               {"008000", "- invalid sensor-fault"},
                                                               {"010000", "- invalid sensor-fault"},
                                                               {"020000", "- invalid searching"},
                                                               {"040000", "valid"},
                                                               {"080000", "questionable sensor-fault"},
                                                               {"100000", "questionable sensor-fault"},
                                                               {"200000", "valid"},
                                                               {"400000", "valid"},
                                                               {"800000", "valid"}}) {
    const std::string effect(word);
    EXPECT_EQ(decoded(replaced(rad_8, "EXC=000800", "EXC=" + std::string(exc))),
              effect[0] == '-' ? values(effect, effect) : values("97 " + effect, "98 " + effect))
        << exc;
  }
}

TEST(Masimo, DashesAreMissingAlsoWithoutAnException) {
  const auto no_spo2 = replaced(rad_8, "SPO2=098%", "SPO2=---%");
  EXPECT_EQ(decoded(no_spo2), values("97 valid", "- unavailable missing"));
  EXPECT_EQ(decoded(replaced(rad_8, "BPM=097", "BPM=---")), values("- unavailable missing", "98 valid"));
}

TEST(Masimo, ZeroIsMissingAndTheImpossibleIsAFault) {
  EXPECT_EQ(decoded(replaced(replaced(rad_8, "098", "000"), "097", "000")), no_value("unavailable missing"));
  EXPECT_THAT(decoded(replaced(replaced(rad_8, "098", "101"), "097", "322")),
              ElementsAre(HasSubstr("fault implausible range code=\"pr\" value=\"322\""),
                          "@0 obs pr - invalid implausible",
                          HasSubstr("fault implausible range code=\"spo2\" value=\"101\""),
                          "@0 obs spo2 - invalid implausible", "@0 frame-end"));
}

TEST(Masimo, DeviceAlarmAndBatteryAreReportedOnChange) {
  Port port;
  EXPECT_THAT(port.line(rad_8_limit), Contains("@0 status device-alarm on"));
  EXPECT_THAT(port.line(rad_8_limit), Each(Not(HasSubstr("status"))));
  EXPECT_THAT(port.line(rad_8), Contains("@0 status device-alarm off"));
  EXPECT_THAT(port.line(replaced(rad_8, "ALARM=0000", "ALARM=0040")), Contains("@0 status low-battery on"));
  EXPECT_THAT(port.line(rad_8), Contains("@0 status low-battery off"));
}

TEST(Masimo, DamagedLinesAreDroppedAsAWhole) {
  struct Damage {
    std::string line;
    std::string fault;
  };
  for (const auto& [line, fault] : std::initializer_list<Damage>{
           {"0 22:47:45 SN=0000012345 SPO2=098% BPM=097 ALARM=0000 EXC=000800", "date"},
           {replaced(rad_8, "22:47:45", "22:4745"), "time"},
           {replaced(rad_8, "SPO2=098%", "SPO2=08%"), "form code=\"SPO2\""},
           {replaced(rad_8, "SPO2=098%", "SPO2=098"), "form code=\"SPO2\""},
           {replaced(rad_8, "SPO2=098%", "SPO2=-98%"), "form code=\"SPO2\""},
           {replaced(rad_8, "BPM=097", "BPM=97"), "form code=\"BPM\""},
           {replaced(rad_8, "BPM=097", "BPM=097%"), "form code=\"BPM\""},
           {replaced(rad_8, "BPM=097", "BPM=0970"), "form code=\"BPM\""},
           {replaced(rad_8, "BPM=097", "BPN=097"), "absent code=\"BPM\""},
           {replaced(rad_8, " BPM=097", ""), "absent code=\"BPM\""},
           {replaced(rad_8, "SPO2=098% BPM=097", "SPO2=098%BPM=097"), "form code=\"SPO2\""},
           {replaced(rad_8, " ALARM=0000", ""), "absent code=\"ALARM\""},
           {replaced(rad_8, " EXC=000800", ""), "absent code=\"EXC\""},
           {replaced(rad_8, "PI=", "I="), "token"},
           {replaced(rad_8, "PI=", "P="), "token"},
           {replaced(rad_8, "PI=", "PI"), "token"},
           {replaced(rad_8, "PI=03.60%", "PI=3.60%"), "form code=\"PI\""},
           {replaced(rad_8, "SN=0000012345", "SN=000012345"), "form code=\"SN\""},
           {replaced(rad_8, "DESAT=--", "DESAT=-"), "form code=\"DESAT\""},
           {replaced(rad_8, "EXC=000800", "EXC=00080g"), "form code=\"EXC\""},
           {replaced(rad_8, "EXC=000800", "EXC=000c00"), "form code=\"EXC\""},
           {replaced(rad_8, "EXC=000800", "EXC=0008"), "form code=\"EXC\""},
           {replaced(rad_8, "EXC=000800", "EXC=800"), "width code=\"EXC\""},
           {replaced(rad_8, "EXC=000800", "EXC=0000800"), "width code=\"EXC\""},
           {replaced(radical_7, "EXC=0000C00", "EXC=000C00"), "width code=\"EXC\""},
           {replaced(radical_7, "ALARM=000000", "ALARM=00000"), "form code=\"ALARM\""},
           {rad_8 + " SPO2=098%", "repeated code=\"SPO2\""},
           {rad_8 + rad_8, "form code=\"EXC\""},
           {"SpO2=000 PR=000 PI=00.00 EXC=820:OffPat,SET", "date"},
       })
    EXPECT_THAT(decoded(line), ElementsAre(HasSubstr("fault broken " + fault))) << line;
}

TEST(Masimo, UnknownNamesOfLaterFirmwareAreAllowed) {
  EXPECT_EQ(decoded(rad_8 + " ORI=0.42 RRA=012"), values("97 valid", "98 valid"));
}

// What the driver lists of a line, without offsets.
Lines listed(const std::string& line) {
  Lines out;
  for (const std::string& one : Port().feed_all(line + "\r\n"))
    if (one.find("unmapped") != std::string::npos) out.push_back(one.substr(0, one.find(" offset=")));
  return out;
}

TEST(Masimo, WhatHasNoMetricIsListed) {
  const std::string no_metric = "@0 fault unmapped no-metric ";
  EXPECT_EQ(
      listed("03/09/26 14:25:38 SN=0000012345 SPO2=092% BPM=118 PI=02.40% SPCO=02.0% SPMET=00% SPHB=13.2 "
             "SPOC=17 "
             "RESVD=123 DESAT=03 PIDELTA=-12 PVI=014 ORI=0.42 ALARM=001000 EXC=0002800 EXC1=00000001"),
      (Lines{no_metric + R"(code="PI" unit="%" value="02.40")",
             no_metric + R"(code="SPCO" unit="%" value="02.0")",
             no_metric + R"(code="SPMET" unit="%" value="00")",
             no_metric + R"(code="SPHB" unit="g/dL" value="13.2")",
             no_metric + R"(code="SPOC" unit="mL/dL" value="17")", no_metric + R"(code="DESAT" value="03")",
             no_metric + R"(code="PIDELTA" unit="%" value="-12")",
             no_metric + R"(code="PVI" unit="%" value="014")", no_metric + R"(code="ORI" value="0.42")"}))
      << "neither a serial number nor reserved flags";
  EXPECT_THAT(listed(radical_7), ElementsAre(no_metric + R"(code="PI" unit="%" value="00.55")"))
      << "no dashes";
  EXPECT_THAT(listed(sensor_off_with_digits), IsEmpty());
  EXPECT_THAT(listed(replaced(rad_8, "EXC=000800", "EXC=000820")), IsEmpty())
      << "with the sensor off no number of the line counts";
  EXPECT_THAT(listed(replaced(rad_8, "BPM=097", "BPM=97")), IsEmpty());
  const std::string long_name = "LATER=" + std::string(100, '7');
  EXPECT_THAT(listed(rad_8 + ' ' + long_name), Contains(HasSubstr("value=\"" + std::string(64, '7') + '"')));
}

TEST(Masimo, EveryLostCharacterOfTheNumbersIsFound) {
  for (const std::string& line : {rad_8, radical_7, radical_5}) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      std::string cut = line;
      cut.erase(at, 1);
      const Lines lines = decoded(cut);
      const bool dropped = lines.size() == 1 && lines[0].find("fault broken") != std::string::npos;
      EXPECT_TRUE(dropped || lines == decoded(line))
          << cut;  // a shorter optional value changes nothing we use
    }
  }
}

TEST(Masimo, LineEndsSeenInTheWild) {
  Port port;
  for (const std::string_view end : {"\r\n", "\n\r", "\r", "\n", "\r\n\r\n", "\n\r\n\r"})
    EXPECT_EQ(port.feed(rad_8 + std::string(end)), values("97 valid", "98 valid"));
  EXPECT_EQ(port.feed(std::string(2, '\0') + rad_8 + "\r\n"), values("97 valid", "98 valid"));
}

TEST(Masimo, ACutFirstLineIsNoFault) {
  RecordingSink sink;
  const auto driver = drivers::masimo::make({}).driver;
  const std::string text = rad_8.substr(20) + "\r\n" + rad_8 + "\r\n";
  driver->feed(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, stamp(0), sink);
  EXPECT_THAT(sink.lines, Contains("@0 obs spo2 98 valid"));
  EXPECT_THAT(sink.lines, Each(Not(HasSubstr("fault broken"))));
}

TEST(Masimo, ALineOfThreeHundredCharactersIsTheLongest) {
  const std::string longest = rad_8 + std::string(300 - rad_8.size(), ' ');
  EXPECT_EQ(decoded(longest), values("97 valid", "98 valid"));
  Port port;
  EXPECT_THAT(port.line(longest + ' '), lines_are({"@0 fault broken line-too-long offset=305"}));
  EXPECT_EQ(port.line(rad_8), values("97 valid", "98 valid"));
}

TEST(Masimo, NothingBeforeTheLineHasEnded) { EXPECT_THAT(Port().feed(rad_8), IsEmpty()); }

TEST(Masimo, HasNoOptions) {
  const auto made = drivers::masimo::make({{"format", "2"}});
  EXPECT_FALSE(made.driver);
  EXPECT_EQ(made.error, "driver masimo has no option 'format' (it has none)");
}

}  // namespace
}  // namespace drivers::test::masimo
