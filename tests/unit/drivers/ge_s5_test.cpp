// Goal: what a monitor with the S/5 computer interface shows arrives as what it is: a heart rate only from
// the ECG, an arterial pressure only from a channel with an arterial label, one cuff reading per measurement,
// and no number where it has none. Method: the frames of ge_s5_bytes.hpp, changed field by field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/ge_s5_monitor.hpp"
#include "tests/unit/drivers/lines.hpp"

namespace drivers::test::ge_s5 {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// --- whole records ----------------------------------------------------------------------------------------

TEST(GeS5, DisplayedValues) {
  EXPECT_THAT(
      Monitor().feed(values),
      lines_are({"@0 obs hr 72 valid", "@0 obs rr 15 valid", "@0 obs pr 71 valid", "@0 obs spo2 97 valid",
                 "@0 obs temp - unavailable missing", "@0 obs art-sys 118 questionable sensor-fault",
                 "@0 obs art-dia 67 questionable sensor-fault", "@0 obs art-map 84 questionable sensor-fault",
                 "@0 obs nibp-sys 121 stale", "@0 obs nibp-dia 78 stale", "@0 obs nibp-map 92 stale",
                 "@0 frame-end"}));
}

TEST(GeS5, WhatHasNoPlaceIsNamedWithUnitAndValue) {
  Monitor monitor;
  monitor.feed(values);
  EXPECT_THAT(
      monitor.all_lines(),
      AllOf(Contains("@0 fault unmapped parameter code=\"NIBP rate\" unit=\"/min\" value=\"70\" offset=321"),
            Contains(HasSubstr("code=\"SpO2 modulation\" unit=\"<25>\"")).Times(0),
            Contains(HasSubstr("code=\"SpO2 modulation\" unit=\"%\" value=\"2.1\"")),
            Contains(HasSubstr("code=\"HR max\" unit=\"/min\" value=\"75\"")),
            Contains(HasSubstr("code=\"HR min\" unit=\"/min\" value=\"68\""))));
}

TEST(GeS5, LeadsOffAndNoPulse) {
  EXPECT_THAT(Monitor().feed(values_leads_off),
              lines_are({"@0 obs hr - invalid leads-off", "@0 obs rr 15 valid", "@0 obs pr - invalid missing",
                         "@0 obs spo2 - invalid missing", "@0 obs temp - unavailable missing",
                         "@0 obs art-sys 118 questionable sensor-fault",
                         "@0 obs art-dia 67 questionable sensor-fault",
                         "@0 obs art-map 84 questionable sensor-fault", "@0 obs nibp-sys 121 stale",
                         "@0 obs nibp-dia 78 stale", "@0 obs nibp-map 92 stale", "@0 frame-end"}));
}

TEST(GeS5, TheClassIsInTheSubrecordAndNotInItsType) {
  EXPECT_THAT(
      Monitor().feed(values_measuring),
      lines_are({"@0 obs hr 72 valid", "@0 obs rr 15 valid", "@0 obs pr 71 valid", "@0 obs spo2 97 valid",
                 "@0 obs temp - unavailable missing", "@0 obs pr 72 valid channel=1",
                 "@0 obs spo2 96 valid channel=1", "@0 obs art-sys 118 questionable sensor-fault",
                 "@0 obs art-dia 67 questionable sensor-fault", "@0 obs art-map 84 questionable sensor-fault",
                 "@0 obs art-sys 115 questionable sensor-fault channel=1",
                 "@0 obs art-dia 64 questionable sensor-fault channel=1",
                 "@0 obs art-map 81 questionable sensor-fault channel=1", "@0 status nibp-measuring on",
                 "@0 frame-end"}));
}

TEST(GeS5, TrendsAndOtherRecordsAreNeverCurrentValues) {
  EXPECT_THAT(Monitor().feed(Edit(values).header(18, 2, 1)),
              lines_are({"@0 fault not-mine subrecord code=\"10-s trend\" offset=321"}));
  EXPECT_THAT(Monitor().feed(Edit(values).header(18, 3, 1)),
              lines_are({"@0 fault not-mine subrecord code=\"60-s trend\" offset=321"}));
  EXPECT_THAT(Monitor().feed(Edit(values).header(14, 1)),
              lines_are({"@0 fault not-mine main-type code=\"waveform\" offset=321"}));
  EXPECT_THAT(Monitor().feed(Edit(values).header(14, 77)),
              lines_are({"@0 fault not-mine main-type code=\"unknown\" offset=321"}));
  EXPECT_THAT(Monitor().feed(Edit(values).word(276, 0x0200)),
              lines_are({"@0 fault not-mine class code=\"ext2\" offset=321"}));
  EXPECT_THAT(Monitor().feed(Edit(values).word(276, 0x0100)),
              lines_are({"@0 fault not-mine class code=\"ext1 without basic\" offset=321"}));
  EXPECT_THAT(Monitor().feed(Edit(values_measuring).ext1(276, 0)),
              Contains("@0 fault not-mine class code=\"repeated\" offset=598"));
}

TEST(GeS5, OurOwnRequestOnALineWithEchoIsNoFrame) {
  EXPECT_THAT(
      Monitor().feed(hex("7E 31 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 00 00 00 00 00"
                         "00 00 00 00 00 00 00 00 00 00 00 00 00 01 05 00 02 00 00 00 00 00 38 7E")),
      lines_are({"@0 fault not-mine subrecord code=\"unknown\" offset=51"}));
}

// --- heart rate -------------------------------------------------------------------------------------------

// ECG status with a source in bits 3-6, module there and measuring.
constexpr std::uint32_t source(unsigned number, std::uint32_t more = 0) { return 3U | (number << 3U) | more; }
constexpr std::uint32_t bit(unsigned number) { return 1U << number; }

TEST(GeS5, HeartRateIsOnlyWhatWasCountedOnTheEcg) {
  for (const unsigned ecg : {1U, 9U})
    EXPECT_THAT(Monitor().values(Edit(values).status(4, source(ecg)).word(230, 40), {"hr"}),
                lines_are({"hr 72 valid"}));
  for (const unsigned other : {0U, 2U, 5U, 6U, 7U, 8U, 10U, 11U, 12U, 13U, 15U})
    EXPECT_THAT(Monitor().values(Edit(values).status(4, source(other)).word(10, 99), {"hr"}),
                lines_are({"hr 72 valid"}))
        << other;
}

TEST(GeS5, ARateOfAnotherSourceIsNamed) {
  Monitor monitor;
  monitor.feed(Edit(values).status(4, source(6)).word(10, 99).word(230, -32767));
  EXPECT_THAT(
      monitor.all_lines(),
      AllOf(Contains("@0 obs hr - invalid missing"),
            Contains("@0 fault unmapped rate-source code=\"HR from pleth\" unit=\"/min\" value=\"99\" "
                     "offset=321")));
  monitor.feed(Edit(values).status(4, source(14)));
  EXPECT_THAT(monitor.all_lines(), Contains(HasSubstr("code=\"HR from unknown source\"")));
}

TEST(GeS5, DoubtsOfTheEcg) {
  EXPECT_THAT(Monitor().values(Edit(values).status(4, source(1, bit(7))), {"hr"}),
              lines_are({"hr 72 questionable interference"}));
  EXPECT_THAT(Monitor().values(Edit(values).status(4, source(1, bit(8))), {"hr"}),
              lines_are({"hr 72 questionable artifact"}));
  EXPECT_THAT(Monitor().values(Edit(values).status(4, source(1, bit(9))), {"hr"}),
              lines_are({"hr 72 questionable searching"}));
  EXPECT_THAT(Monitor().values(Edit(values).status(4, source(1, bit(10))), {"hr"}),
              lines_are({"hr 72 valid"}))
      << "a pacer is no doubt";
}

TEST(GeS5, OneLeadOffWithARateIsARate) {
  EXPECT_THAT(Monitor().values(Edit(values).status(4, source(1, bit(13))), {"hr"}),
              lines_are({"hr 72 valid"}));
}

TEST(GeS5, ZeroIsSaidAsZeroUnlessALeadIsOff) {
  EXPECT_THAT(Monitor().values(Edit(values).word(10, 0), {"hr"}), lines_are({"hr - invalid zero"}));
  for (const unsigned lead : {11U, 12U, 13U})
    EXPECT_THAT(Monitor().values(Edit(values).word(10, 0).status(4, source(1, bit(lead))), {"hr"}),
                lines_are({"hr - invalid leads-off"}));
  EXPECT_THAT(
      Monitor().values(Edit(values).header(3, 2, 1).word(10, 0).status(4, source(1, bit(11))), {"hr"}),
      lines_are({"hr - invalid zero"}))
      << "level 2 has no such bits";
}

TEST(GeS5, AsystoleIsNoBeatsWithOrWithoutANumberAndAnAlarmOfTheMonitor) {
  Monitor monitor;
  EXPECT_THAT(
      monitor.feed(Edit(values).status(4, source(1, bit(2))).word(10, -32767)),
      AllOf(Contains("@0 obs hr - invalid zero"),
            Contains("@0 alarm on high level-assumed text=\"asystole\" code=\"asystole\" source=\"ECG\"")));
  EXPECT_THAT(monitor.feed(Edit(values).status(4, source(1, bit(2)))), Each(Not(HasSubstr("alarm"))));
  EXPECT_THAT(monitor.feed(values),
              Contains("@10000 alarm off high level-assumed code=\"asystole\" source=\"ECG\""));
}

TEST(GeS5, EcgModuleMissingOrOff) {
  for (const std::uint32_t status : {0U, 1U, 2U, 8U})
    EXPECT_THAT(Monitor().values(Edit(values).status(4, status), {"hr", "rr"}),
                lines_are({"hr - unavailable missing", "rr - unavailable missing"}));
}

TEST(GeS5, RhythmsOfExt1AreAlarmsOfTheMonitor) {
  Monitor monitor;
  monitor.feed(values_measuring);
  EXPECT_THAT(
      monitor.feed(Edit(values_measuring).ext1(16, bit(1) | bit(28) | bit(10), 4)),
      AllOf(Contains("@5000 alarm on high level-assumed text=\"v-fib\" code=\"v-fib\" source=\"ECG\""),
            Contains("@5000 alarm on medium level-assumed text=\"tachy\" code=\"tachy\" source=\"ECG\""),
            Contains(HasSubstr("alarm")).Times(2)));
  EXPECT_THAT(monitor.feed(Edit(values_measuring).ext1(16, bit(1) | bit(28) | bit(30), 4)),
              AllOf(Contains("@10000 alarm off high level-assumed code=\"v-fib\" source=\"ECG\""),
                    Contains("@10000 alarm off medium level-assumed code=\"tachy\" source=\"ECG\"")))
      << "the analysis is off";
}

// --- numbers that are none --------------------------------------------------------------------------------

TEST(GeS5, SpecialValuesAreCheckedBeforeScaling) {
  struct Case {
    int raw;
    std::string word;
  };
  for (const auto& [raw, word] : std::initializer_list<Case>{{-32767, "- invalid missing"},
                                                             {-32766, "- stale missing"},
                                                             {-32765, "- invalid missing"},
                                                             {-32764, "- under"},
                                                             {-32763, "- over"},
                                                             {-32762, "- calibrating missing"},
                                                             {-32761, "- invalid missing"},
                                                             {-32001, "- invalid missing"},
                                                             {-32768, "- invalid missing"}}) {
    EXPECT_THAT(
        Monitor().values(Edit(values).word(10, raw).word(128, raw).word(130, raw).word(26, raw).word(18, raw),
                         {"hr", "rr", "pr", "spo2", "art-sys"}),
        lines_are({"hr " + word, "rr " + word, "pr " + word, "spo2 " + word, "art-sys " + word}))
        << raw;
  }
}

TEST(GeS5, TheLowestNumberIsANumberAndImplausible) {
  EXPECT_THAT(
      Monitor().feed(Edit(values).word(26, -32000)),
      AllOf(Contains("@0 fault implausible range code=\"art-sys\" unit=\"mmHg\" value=\"-320\" offset=321"),
            Contains("@0 obs art-sys - invalid implausible")));
}

TEST(GeS5, WhatCannotBeIsAFault) {
  struct Case {
    std::size_t at;
    int raw;
    std::string metric;
    std::string value;
  };
  for (const auto& [at, raw, metric, value] : std::initializer_list<Case>{{10, 351, "hr", "351"},
                                                                          {10, -5, "hr", "-5"},
                                                                          {130, 17, "pr", "17"},
                                                                          {130, 322, "pr", "322"},
                                                                          {128, 10001, "spo2", "100.01"},
                                                                          {128, 99, "spo2", "0.99"},
                                                                          {18, 251, "rr", "251"}}) {
    EXPECT_THAT(Monitor().feed(Edit(values).word(at, raw)),
                AllOf(Contains(HasSubstr("fault implausible range code=\"" + metric + "\"")),
                      Contains(HasSubstr("value=\"" + value + "\"")),
                      Contains("@0 obs " + metric + " - invalid implausible")));
  }
}

TEST(GeS5, ZeroOfTheOximeterIsNoMeasurement) {
  EXPECT_THAT(Monitor().values(Edit(values).word(128, 0).word(130, 0), {"pr", "spo2"}),
              lines_are({"pr - unavailable missing", "spo2 - unavailable missing"}));
}

TEST(GeS5, OximeterMissingOrOff) {
  for (const std::uint32_t status : {0U, 1U, 2U})
    EXPECT_THAT(Monitor().values(Edit(values).status(122, status), {"pr", "spo2"}),
                lines_are({"pr - unavailable missing", "spo2 - unavailable missing"}));
}

TEST(GeS5, TemperaturesKeepTheirChannel) {
  EXPECT_THAT(
      Monitor().values(Edit(values).status(90, 3).word(96, 3670).status(114, 3).word(120, 3120), {"temp"}),
      lines_are({"temp 36.7 valid", "temp 31.2 valid channel=3"}));
}

// --- invasive pressure ------------------------------------------------------------------------------------

Edit pressure_1(unsigned status, int label) {
  return std::move(Edit(values).status(20, status).word(24, label));
}
constexpr unsigned zeroed = 3U | bit(3);

TEST(GeS5, OnlyArterialLabelsAreArterial) {
  for (const int label : {1, 8, 16, 17})
    EXPECT_THAT(Monitor().values(pressure_1(zeroed, label), {"art-sys", "art-dia", "art-map"}),
                lines_are({"art-sys 118 valid", "art-dia 67 valid", "art-map 84 valid"}))
        << label;
  for (const int label : {0, 2, 3, 4, 5, 6, 7, 9, 10, 14, 15, 18, 19, 20, 21, 22, 23, 255, -1}) {
    EXPECT_THAT(Monitor().values(pressure_1(zeroed, label), {"art-sys", "art-dia", "art-map"}),
                lines_are({"art-sys - unavailable missing", "art-dia - unavailable missing",
                           "art-map - unavailable missing"}))
        << label;
  }
}

TEST(GeS5, OtherPressuresAreNamed) {
  const auto named = [](int label) {
    Monitor monitor;
    monitor.feed(pressure_1(zeroed, label));
    return monitor.all_lines();
  };
  EXPECT_THAT(named(2), Contains("@0 fault unmapped pressure-label code=\"P1 CVP\" unit=\"mmHg\" "
                                 "value=\"118/67/84\" offset=321"));
  EXPECT_THAT(named(9), Contains(HasSubstr("code=\"P1\" unit")));
  EXPECT_THAT(named(99), Contains(HasSubstr("code=\"P1 label 99\"")));
}

TEST(GeS5, LabelsFrom15OnNeedLevel10) {
  EXPECT_THAT(Monitor().values(std::move(pressure_1(zeroed, 16).header(3, 9, 1)), {"art-sys"}),
              lines_are({"art-sys - unavailable missing"}));
}

TEST(GeS5, APressureThatWasNeverZeroedIsDoubtfulWhereTheMonitorCanTell) {
  EXPECT_THAT(Monitor().values(pressure_1(3, 8), {"art-sys"}),
              lines_are({"art-sys 118 questionable sensor-fault"}));
  EXPECT_THAT(Monitor().values(std::move(pressure_1(3, 8).header(3, 7, 1)), {"art-sys"}),
              lines_are({"art-sys 118 valid"}));
}

TEST(GeS5, NoPressureWhileZeroingAndTenSecondsAfter) {
  Monitor monitor;
  EXPECT_THAT(monitor.values(pressure_1(zeroed | bit(2), 8), {"art-sys", "art-map"}),
              lines_are({"art-sys - calibrating missing", "art-map - calibrating missing"}));
  EXPECT_THAT(monitor.values(pressure_1(zeroed, 8), {"art-sys"}),
              lines_are({"art-sys - calibrating missing"}));
  EXPECT_THAT(monitor.values(pressure_1(zeroed, 8), {"art-sys"}), lines_are({"art-sys 118 valid"}))
      << "10 s on";
}

TEST(GeS5, TheMeanAloneIsPassedOn) {
  EXPECT_THAT(Monitor().values(std::move(pressure_1(zeroed, 8).word(26, -32767).word(28, -32767)),
                               {"art-sys", "art-dia", "art-map"}),
              lines_are({"art-sys - invalid missing", "art-dia - invalid missing", "art-map 84 valid"}));
}

// Without a pulse the line is flat: that is what a limit must see.
TEST(GeS5, AFlatArterialLineIsPassedOn) {
  EXPECT_THAT(Monitor().values(std::move(pressure_1(zeroed, 8).word(26, 3000).word(28, 3000).word(30, 3000)),
                               {"art-sys", "art-dia", "art-map"}),
              lines_are({"art-sys 30 valid", "art-dia 30 valid", "art-map 30 valid"}));
}

// P1 labelled ABP 118/67/84, P2 labelled ART 60/30/40.
Edit two_lines(unsigned status_1, int label_1 = 8) {
  return std::move(pressure_1(status_1, label_1)
                       .status(34, zeroed)
                       .word(38, 1)
                       .word(40, 6000)
                       .word(42, 3000)
                       .word(44, 4000));
}
const Lines second_beside_none{"art-sys 60 valid channel=1", "art-sys - unavailable missing"};

TEST(GeS5, AnotherArterialLineNeverReplacesTheFirstUnnoticed) {
  Monitor monitor;
  EXPECT_EQ(monitor.values(two_lines(zeroed), {"art-sys"}),
            (Lines{"art-sys 118 valid", "art-sys 60 valid channel=1"}));
  EXPECT_EQ(monitor.values(two_lines(1), {"art-sys"}), second_beside_none) << "module there, not measuring";
  EXPECT_EQ(monitor.values(two_lines(1), {"art-sys"}), Lines{"art-sys 60 valid"});
  EXPECT_EQ(monitor.values(two_lines(zeroed), {"art-sys"}),
            (Lines{"art-sys 118 valid channel=1", "art-sys 60 valid"}))
      << "now P2 is the first, whatever the order of the channels";
}

TEST(GeS5, AnArterialLineOfAnotherLabelIsAnotherLine) {
  Monitor monitor;
  monitor.feed(two_lines(zeroed));
  EXPECT_EQ(monitor.values(two_lines(zeroed, 2), {"art-sys"}), second_beside_none) << "a CVP now";
  Monitor renamed;
  renamed.feed(pressure_1(zeroed, 8));
  EXPECT_EQ(renamed.values(pressure_1(zeroed, 1), {"art-sys"}),
            (Lines{"art-sys 118 valid channel=1", "art-sys - unavailable missing"}));
  EXPECT_EQ(renamed.values(pressure_1(zeroed, 1), {"art-sys"}), Lines{"art-sys 118 valid"});
}

TEST(GeS5, TheFirstArterialLineStaysSoWhileItIsZeroed) {
  Monitor monitor;
  monitor.feed(two_lines(zeroed));
  EXPECT_EQ(monitor.values(two_lines(zeroed | bit(2)), {"art-sys"}),
            (Lines{"art-sys - calibrating missing", "art-sys 60 valid channel=1"}));
}

TEST(GeS5, ASystolicBelowTheDiastolicIsNotBelieved) {
  EXPECT_THAT(Monitor().feed(std::move(pressure_1(zeroed, 8).word(26, 6699))),
              AllOf(Contains(HasSubstr("fault implausible sys-below-dia code=\"art\" unit=\"mmHg\" "
                                       "value=\"66.99/67\"")),
                    Contains("@0 obs art-sys - invalid implausible"),
                    Contains("@0 obs art-map - invalid implausible")));
}

}  // namespace
}  // namespace drivers::test::ge_s5
