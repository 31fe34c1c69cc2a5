// Goal: a number is passed on only when the monitor means one, under the right name, and what is not there is
// said to be missing. Method: the published answers, then each bit, float, unit and way to be absent by
// itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/philips_port.hpp"

namespace drivers::test::philips {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ByteVector one(const ByteVector& value, unsigned ticks = 8192) {
  return numerics(ticks, {object(1, {single(value)})});
}
Lines decoded(const ByteVector& value) { return said(Port().feed(one(value))); }

ByteVector hr(unsigned handle, unsigned state = 0, unsigned value = 72) {
  return object(handle, {single(number(0x4182, state, per_min, value))});
}
ByteVector spo2(unsigned handle, unsigned state = 0, unsigned value = 97) {
  return object(handle, {single(number(0x4BB8, state, percent, value))});
}
ByteVector pressure(unsigned handle, unsigned site, unsigned sys, unsigned dia, unsigned mean) {
  return object(handle, {compound({number(site + 1, 0, mmhg, sys), number(site + 2, 0, mmhg, dia),
                                   number(site + 3, 0, mmhg, mean)})});
}
constexpr unsigned abp = 0x4A14, art = 0x4A10;

TEST(PhilipsValues, ThePublishedResult) {
  EXPECT_THAT(Port().feed(joined({create_event, single_result})),
              lines_are({sent(create_answer), "@0 frame-end", "@0 obs hr 72 valid", "@0 obs spo2 97 valid",
                         "@0 obs pr 71 valid mdc=149538", "@0 obs art-sys 118 valid mdc=150037",
                         "@0 obs art-dia 67 valid mdc=150038", "@0 obs art-map 84 valid mdc=150039",
                         // 334.024 s before the result by the monitor's clocks
                         "@0 obs nibp-sys 121 valid clock-trusted own=1773014065976",
                         "@0 obs nibp-dia 78 valid clock-trusted own=1773014065976",
                         "@0 obs nibp-map 92 valid clock-trusted own=1773014065976", "@0 frame-end"}));
}

TEST(PhilipsValues, ThePublishedResultOverTheSerialPort) {
  Port port("serial");
  EXPECT_THAT(said(port.feed(framed(leads_off_result))),
              lines_are({"@0 obs hr - invalid missing", "@0 obs spo2 91 questionable"}));
}

TEST(PhilipsValues, ThePublishedAnswerInParts) {
  Port port;
  EXPECT_THAT(said(port.feed(linked_first)), lines_are({"@0 obs hr 72 valid"}));
  EXPECT_THAT(said(port.feed(linked_last)), lines_are({"@0 obs spo2 97 valid"}));
  EXPECT_THAT(said(port.feed(linked_end)), IsEmpty());
}

// All attributes instead of the observed ones: labels, units and the rest stand around the value.
TEST(PhilipsValues, AnAnswerWithAllAttributesIsReadAlike) {
  const ByteVector everything = object(
      1, {attribute(0x0921, hex("00 01")), attribute(0x0924, hex("00 02 41 82")),
          attribute(0x0927, hex("00 06 00 48 00 52 00 00")), attribute(0x092F, hex("00 01 00 06")),
          attribute(0x093F, hex("00 00 20 00 00 20 50 00 00 00 00 01")), attribute(0x0996, hex("0A A0")),
          single(number(0x4182, 0, per_min, 72)), attribute(0xF237, hex("00 00"))});
  const auto all = [](unsigned ticks, const std::vector<ByteVector>& objects) {
    return message(2, action_result(0xF13B, reply(0x0006, 0x0000, ticks, objects)));
  };
  Port port;
  EXPECT_THAT(said(port.feed(all(0, {everything, spo2(2)}))),
              lines_are({"@0 obs hr 72 valid", "@0 obs spo2 97 valid"}));
  EXPECT_THAT(said(port.feed(all(8192, {everything}))),
              lines_are({"@0 obs hr 72 valid", "@0 obs spo2 - unavailable missing"}))
      << "it shows every object, too";
}

TEST(PhilipsValues, EachStateBitHasItsEffect) {
  const std::pair<unsigned, std::string> effects[] = {
      {0x8000, "- invalid missing"},
      {0x4000, "72 questionable"},
      {0x2000, "- unavailable missing"},
      {0x1000, "- calibrating test-mode"},
      {0x0200, "72 questionable"},
      {0x0100, "72 questionable"},
      {0x0080, "72 valid"},
      {0x0040, "72 valid"},
      {0x0020, "72 valid"},
      {0x0010, "72 valid"},
      {0x0008, "72 valid"},
      {0x0004, "72 valid"},
      {0x0002, "72 valid"},
      {0x0001, "72 valid"},
      {0xC000, "- invalid missing"},
      {0x6000, "- unavailable missing"},
  };
  for (const auto& [state, effect] : effects)
    EXPECT_THAT(decoded(number(0x4182, state, per_min, 72)), lines_are({"@0 obs hr " + effect})) << state;
  EXPECT_THAT(decoded(number(0x4182, 0x0400, per_min, 72)), lines_are({"@0 obs hr 72 valid test"}));
  EXPECT_THAT(decoded(number(0x4182, 0x0800, per_min, 72)),
              lines_are({"@0 obs hr - invalid test-mode test"}));
}

TEST(PhilipsValues, Floats) {
  const std::pair<unsigned, std::string> floats[] = {
      {0x00000048, "72 valid"},
      {0xFF0003CA, "97 valid"},
      {0xFE000E42, "36.5 valid"},
      {0x01000007, "70 valid"},
      {0x007FFFFF, "- unavailable missing"},
      {0xFF7FFFFF, "- unavailable missing"},
      {0x00800000, "- unavailable missing"},
      {0x007FFFFE, "- over"},
      {0x00800002, "- under"},
  };
  for (const auto& [raw, effect] : floats)
    EXPECT_THAT(decoded(number(0x4182, 0, per_min, raw)), lines_are({"@0 obs hr " + effect})) << raw;
}

TEST(PhilipsValues, WhatCannotBeIsAFault) {
  const std::pair<unsigned, std::string> floats[] = {
      {0x00FFFFF6, "-10"}, {0x0000015F, "351"}, {0x7F000001, "1e+127"}, {0x80000001, "1e-128"}};
  for (const auto& [raw, text] : floats)
    EXPECT_THAT(
        decoded(number(0x4182, 0, per_min, raw)),
        lines_are({"@0 fault implausible range code=\"4182\" unit=\"0AA0\" value=\"" + text + "\" offset=75",
                   "@0 obs hr - invalid implausible"}));
  EXPECT_THAT(decoded(number(0x4BB8, 0, percent, 101)),
              ElementsAre(HasSubstr("fault implausible range"), "@0 obs spo2 - invalid implausible"));
  EXPECT_THAT(decoded(number(0x4BB8, 0, percent, 0)), lines_are({"@0 obs spo2 - unavailable missing"}));
}

// A rate of zero that nothing explains is a statement of its own: perhaps the heart stands still.
TEST(PhilipsValues, ARateOfZero) {
  EXPECT_THAT(decoded(number(0x4182, 0, per_min, 0)), lines_are({"@0 obs hr - invalid zero"}));
  EXPECT_THAT(decoded(number(0x4182, 0x4000, per_min, 0)), lines_are({"@0 obs hr - invalid zero"}));
  EXPECT_THAT(decoded(number(0x4182, 0x8000, per_min, 0)), lines_are({"@0 obs hr - invalid missing"}));
  Port port;
  port.feed(alerts({}, {alert(0x4182, 274, 0x0001, 0, "LEADS OFF")}));
  EXPECT_THAT(said(port.feed(one(number(0x4182, 0, per_min, 0)))),
              lines_are({"@0 obs hr - invalid leads-off"}));
}

TEST(PhilipsValues, Units) {
  EXPECT_THAT(
      said(Port().feed(numerics(0, {object(1, {compound({number(0x4A15, 0, kpa, 0xFF0000A0),
                                                         number(0x4A16, 0, kpa, 0xFF000050)})})}))),
      lines_are({"@0 obs art-sys 120.00992 valid mdc=150037", "@0 obs art-dia 60.00496 valid mdc=150038"}));
  EXPECT_THAT(decoded(number(0x4A15, 0, percent, 120)),
              lines_are({"@0 fault refused unit code=\"4A15\" unit=\"0220\" value=\"120\" offset=75",
                         "@0 obs art-sys - invalid unit mdc=150037"}));
  EXPECT_THAT(decoded(number(0x4182, 0, percent, 72)), Contains("@0 obs hr - invalid unit"));
  EXPECT_THAT(decoded(number(0x500A, 0, 0x0AE0, 14)), lines_are({"@0 obs rr 14 valid"}));
  EXPECT_THAT(decoded(number(0x500A, 0, per_min, 14)), Contains("@0 obs rr - invalid unit"));
  EXPECT_THAT(decoded(number(0x4B48, 0, 0x17A0, 0xFF000171)), lines_are({"@0 obs temp 36.9 valid"}));
}

TEST(PhilipsValues, EveryArterialSiteIsArterialAndNoOtherPressureIs) {
  for (const unsigned site : {0x4A0CU, 0x4A10U, 0x4A14U, 0x4A28U, 0xF0BCU, 0xF0C0U}) {
    Port port;
    port.feed(numerics(0, {pressure(1, site, 118, 67, 84)}));
    ASSERT_EQ(port.observations().size(), 3U) << site;
    EXPECT_EQ(port.observations()[0].metric, vitals::Metric::art_sys);
    EXPECT_EQ(port.observations()[0].value, 118);
    EXPECT_EQ(port.observations()[1].value, 67);
    EXPECT_EQ(port.observations()[2].value, 84);
    EXPECT_EQ(port.observations()[2].mdc, 0x20000U + site + 3);
  }
  for (const unsigned site : {0x4A00U, 0x4A1CU, 0x4A44U, 0xF0A4U, 0xF0A8U, 0xF0B8U}) {
    Port port;
    const Lines lines = said(port.feed(numerics(0, {pressure(1, site, 118, 67, 84)})));
    EXPECT_THAT(port.observations(), IsEmpty()) << site;
    EXPECT_EQ(lines.size(), 3U);
    EXPECT_THAT(lines, ::testing::Each(HasSubstr("fault unmapped code code="))) << site;
  }
}

TEST(PhilipsValues, EverySaturationIsOne) {
  for (const unsigned code : {0x4BB8U, 0x4BC8U, 0x4BCCU, 0xF1C0U, 0xF1D4U, 0xF09CU})
    EXPECT_THAT(decoded(number(code, 0, percent, 97)), ElementsAre(HasSubstr("obs spo2 97 valid"))) << code;
}

// A flat line has one pressure: it must reach the limits. Below the diastolic the systolic cannot be.
TEST(PhilipsValues, SystolicAndDiastolicHaveToFit) {
  EXPECT_THAT(said(Port().feed(numerics(0, {pressure(1, abp, 30, 30, 30)}))),
              Contains("@0 obs art-sys 30 valid mdc=150037"));
  EXPECT_THAT(
      said(Port().feed(numerics(0, {pressure(1, abp, 67, 118, 84)}))),
      ElementsAre(HasSubstr("fault implausible sys-below-dia code=\"4A15\""),
                  "@0 obs art-sys - invalid implausible mdc=150037",
                  "@0 obs art-dia - invalid implausible mdc=150038", "@0 obs art-map 84 valid mdc=150039"));
  EXPECT_THAT(decoded(number(0x4A17, 0, mmhg, 84)), lines_are({"@0 obs art-map 84 valid mdc=150039"}))
      << "a damped line shows its mean alone";
  EXPECT_THAT(decoded(number(0x4A17, 0, mmhg, 0x00FFFFFB)), lines_are({"@0 obs art-map -5 valid mdc=150039"}))
      << "an open line";
}

ByteVector zeroed(unsigned handle, unsigned site) {
  return object(handle, {compound({number(site + 1, 0x1000, mmhg, 0), number(site + 3, 0x1000, mmhg, 0)})});
}
const Lines art_settling{"@0 obs art-sys - calibrating test-mode mdc=150037",
                         "@0 obs art-dia - calibrating test-mode mdc=150038",
                         "@0 obs art-map - calibrating test-mode mdc=150039"};
Lines at(std::int64_t ms, Lines lines) {
  for (std::string& line : lines) line.replace(1, 1, std::to_string(ms));
  return lines;
}

// Then the tap is turned back and the line flushed.
TEST(PhilipsValues, AnArterialLineCountsTenSecondsAfterItsZeroing) {
  Port port;
  port.feed(numerics(0, {pressure(1, abp, 118, 67, 84)}));
  EXPECT_THAT(said(port.feed(numerics(8000, {zeroed(1, abp)}), 1000)),
              Contains("@1000 obs art-sys - calibrating test-mode mdc=150037"));
  const ByteVector flushed = numerics(16000, {pressure(1, abp, 30, 12, 20)});
  EXPECT_EQ(said(port.feed(flushed, 2000)), at(2000, art_settling));
  EXPECT_EQ(said(port.feed(flushed, 10'999)), at(10'999, art_settling));
  EXPECT_THAT(said(port.feed(numerics(88'000, {pressure(1, abp, 118, 67, 84)}), 11'000)),
              Contains("@11000 obs art-sys 118 valid mdc=150037"));
}

TEST(PhilipsValues, ZeroingOneSiteIsNothingToAnother) {
  Port port;
  port.feed(numerics(0, {pressure(1, abp, 118, 67, 84)}));
  const ByteVector other = numerics(8000, {pressure(1, abp, 118, 67, 84), zeroed(2, art)});
  EXPECT_THAT(said(port.feed(other)), Contains("@0 obs art-sys 118 valid mdc=150037"));
}

// The monitor's alarm tells of it too, also where the line shows nothing meanwhile.
TEST(PhilipsValues, AZeroThatOnlyTheMonitorsAlarmTells) {
  Port port;
  port.feed(alerts({}, {alert(abp, 6170, 0x0001, 0, "ABP ZEROING")}));
  EXPECT_EQ(said(port.feed(numerics(0, {pressure(1, abp, 30, 12, 20)}))), art_settling);
  port.feed(alerts({}, {}), 1000);
  EXPECT_EQ(said(port.feed(numerics(16000, {pressure(1, abp, 30, 12, 20)}), 9999)), at(9999, art_settling));
  EXPECT_THAT(said(port.feed(numerics(80'000, {pressure(1, abp, 118, 67, 84)}), 10'000)),
              Contains("@10000 obs art-sys 118 valid mdc=150037"));
  Port central_venous;
  central_venous.feed(alerts({}, {alert(0x4A44, 6170, 0x0001, 0, "CVP ZEROING")}));
  EXPECT_THAT(said(central_venous.feed(numerics(0, {pressure(1, abp, 118, 67, 84)}))),
              Contains("@0 obs art-sys 118 valid mdc=150037"));
}

TEST(PhilipsValues, UnmappedParametersAreToldWhenTheyChange) {
  Port port;
  EXPECT_THAT(said(port.feed(one(number(0x4BB0, 0, 0x0200, 0xFF00000C)))),
              lines_are({"@0 fault unmapped code code=\"4BB0\" unit=\"0200\" value=\"1.2\" offset=75"}));
  EXPECT_THAT(said(port.feed(one(number(0x4BB0, 0, 0x0200, 0xFF00000C)))), IsEmpty());
  EXPECT_THAT(said(port.feed(one(number(0x4BB0, 0, 0x0200, 0xFF00000D)))),
              Contains(HasSubstr("value=\"1.3\"")));
}

// --- absence ----------------------------------------------------------------------------------------------

TEST(PhilipsAbsence, AnEmptyObjectHasNoValueNow) {
  Port port;
  port.feed(numerics(0, {hr(1), spo2(2)}));
  EXPECT_THAT(said(port.feed(numerics(8192, {hr(1), object(2, {})}))),
              lines_are({"@0 obs hr 72 valid", "@0 obs spo2 - unavailable missing"}));
}

TEST(PhilipsAbsence, AMeasurementThatIsOffHasNoneWhateverItsDigits) {
  Port port;
  const ByteVector digits = single(number(0x4BB8, 0, percent, 97));
  port.feed(numerics(0, {object(2, {attribute(0x0940, hex("00 00")), digits})}));
  EXPECT_THAT(said(port.feed(numerics(8192, {object(2, {attribute(0x0940, hex("80 00")), digits})}))),
              lines_are({"@0 obs spo2 - unavailable missing"}));
}

TEST(PhilipsAbsence, AnObjectThatVanishedHasNoneUntilItIsBack) {
  Port port;
  port.feed(numerics(0, {hr(1), spo2(2)}));
  for (unsigned cycle = 1; cycle < 4; ++cycle)
    EXPECT_THAT(said(port.feed(numerics(8192 * cycle, {hr(1)}))),
                lines_are({"@0 obs hr 72 valid", "@0 obs spo2 - unavailable missing"}));
  EXPECT_THAT(said(port.feed(numerics(40000, {hr(1), spo2(7)}))),
              lines_are({"@0 obs hr 72 valid", "@0 obs spo2 97 valid"}));
}

TEST(PhilipsAbsence, InPartsItVanishesWhenAllPartsAreIn) {
  Port port;
  port.feed(numerics(0, {hr(1), spo2(2)}));
  EXPECT_THAT(said(port.feed(numerics_part(1, 1, 8192, {hr(1)}))), lines_are({"@0 obs hr 72 valid"}));
  EXPECT_THAT(said(port.feed(numerics_part(2, 2, 8192, {object(9, {})}))), IsEmpty());
  EXPECT_THAT(said(port.feed(numerics_part(3, 3, 8192, {object(10, {})}))), IsEmpty());
  EXPECT_THAT(said(port.feed(numerics(8192, {}))), lines_are({"@0 obs spo2 - unavailable missing"}));
}

TEST(PhilipsAbsence, ALostPartMakesNothingVanish) {
  const ByteVector first = numerics_part(1, 1, 8192, {hr(1)});
  const ByteVector middle = numerics_part(2, 2, 8192, {object(9, {})});
  const ByteVector last = numerics_part(3, 3, 8192, {object(10, {})});
  const ByteVector end = numerics(8192, {});
  for (const ByteVector& rest : {joined({middle, last, end}), joined({first, last, end}),
                                 joined({first, middle, end}), joined({last, end}), end}) {
    Port port;
    port.feed(joined({numerics_part(1, 1, 0, {hr(1)}), numerics_part(3, 2, 0, {spo2(2)}), numerics(0, {})}));
    const Lines lines = said(port.feed(rest));
    EXPECT_THAT(lines, ::testing::Not(Contains(HasSubstr("missing"))));
  }
}

// The parts are of one answer by its number, also where each was made at a time of its own.
TEST(PhilipsAbsence, PartsMadeAtDifferentTimesAreOneAnswer) {
  Port port;
  port.feed(numerics(0, {hr(1), spo2(2)}));
  port.feed(joined({numerics_part(1, 1, 8000, {hr(1)}), numerics_part(3, 2, 8040, {object(9, {})})}));
  EXPECT_THAT(said(port.feed(numerics(8080, {}))), lines_are({"@0 obs spo2 - unavailable missing"}));
}

TEST(PhilipsAbsence, ADescriptionWithoutValuesSaysNothing) {
  Port port;
  port.feed(numerics(0, {hr(1)}));
  const ByteVector labels =
      message(2, action_result(0x0C16, joined({hex("00 05 00 00 00 00"), hex("FF FF FF FF FF FF FF FF"),
                                               hex("00 01 00 06 08 11"),
                                               counted(1, joined({u16(0), list_of({object(1, {})})}))})));
  EXPECT_THAT(said(port.feed(labels)), IsEmpty());
}

TEST(PhilipsAbsence, TechnicalAlarmsSayWhy) {
  const struct {
    unsigned source, code;
    std::string reason;
  } cases[] = {{0x4BB8, 308, "sensor-unplugged"}, {0x4BB8, 310, "sensor-fault"}, {0x4BB8, 380, "weak-signal"},
               {0x4BB8, 436, "interference"},     {0x4BB8, 74, "artifact"},      {0x4BB8, 194, "missing"},
               {0x4A14, 336, "missing"}};
  for (const auto& [source, code, reason] : cases) {
    Port port;
    port.feed(alerts({}, {alert(source, code, 1, 0, "")}));
    EXPECT_THAT(said(port.feed(numerics(0, {spo2(2, 0x8000)}))),
                lines_are({"@0 obs spo2 - invalid " + reason}));
  }
  Port port;
  port.feed(alerts({}, {alert(0x4BB8, 128, 1, 0, "")}));
  EXPECT_THAT(said(port.feed(numerics(0, {spo2(2, 0x4000)}))),
              lines_are({"@0 obs spo2 97 questionable weak-signal"}));
}

// --- several sources of one metric ------------------------------------------------------------------------

TEST(PhilipsSources, TheFirstArterialLineStaysThePrimaryOne) {
  Port port;
  const Lines both =
      said(port.feed(numerics(0, {pressure(1, art, 120, 70, 90), pressure(2, abp, 118, 67, 84)})));
  EXPECT_THAT(both, Contains("@0 obs art-sys 120 valid"));
  EXPECT_THAT(both, Contains("@0 obs art-sys 118 valid channel=1 mdc=150037"));
  // Without numbers it is still the primary one.
  const ByteVector off = object(1, {compound({number(art + 1, 0x8000, mmhg, no_number)})});
  const Lines without = said(port.feed(numerics(8192, {pressure(2, abp, 118, 67, 84), off})));
  EXPECT_THAT(without, Contains("@0 obs art-sys 118 valid channel=1 mdc=150037"));
  EXPECT_THAT(without, Contains("@0 obs art-sys - invalid missing"));
}

TEST(PhilipsSources, AnArterialLineThatIsNoLongerListedMakesRoom) {
  Port port;
  port.feed(numerics(0, {pressure(1, art, 120, 70, 90), pressure(2, abp, 118, 67, 84)}));
  EXPECT_THAT(said(port.feed(numerics(8192, {pressure(2, abp, 118, 67, 84)}))),
              Contains("@0 obs art-sys - unavailable missing"));
  EXPECT_THAT(said(port.feed(numerics(16384, {pressure(2, abp, 118, 67, 84)}))),
              Contains("@0 obs art-sys 118 valid mdc=150037"));
}

TEST(PhilipsSources, APulseCountedOnAPressureIsNeverThePulseOfThePleth) {
  Port port;
  const ByteVector from_pressure = object(5, {single(number(0x480A, 0, per_min, 70))});
  const ByteVector from_pleth = object(6, {single(number(0x4822, 0, per_min, 71))});
  EXPECT_THAT(said(port.feed(numerics(0, {from_pressure, from_pleth}))),
              lines_are({"@0 obs pr 70 valid channel=1 mdc=149514", "@0 obs pr 71 valid mdc=149538"}));
}

TEST(PhilipsSources, ASecondSensorDoesNotMixWithTheFirst) {
  Port port;
  const ByteVector left = object(3, {single(number(0x4BC8, 0, percent, 92))});
  EXPECT_THAT(said(port.feed(numerics(0, {spo2(2), left}))),
              lines_are({"@0 obs spo2 97 valid", "@0 obs spo2 92 valid channel=1 mdc=150472"}));
}

// --- demo mode --------------------------------------------------------------------------------------------

TEST(PhilipsDemo, TheMonitorsModeMarksEveryValue) {
  Port port;
  EXPECT_THAT(said(port.feed(mds_result(0, {attribute(0x0946, hex("20 00"))}))),
              lines_are({"@0 status demo-mode on"}));
  EXPECT_THAT(said(port.feed(numerics(0, {hr(1), spo2(2, 0x8000)}))),
              lines_are({"@0 obs hr 72 valid test", "@0 obs spo2 - invalid missing test"}));
  EXPECT_THAT(said(port.feed(mds_result(0, {attribute(0x0946, hex("40 00"))}))),
              lines_are({"@0 status demo-mode off"}));
  EXPECT_THAT(said(port.feed(numerics(8192, {hr(1)}))), Contains("@0 obs hr 72 valid"));
}

TEST(PhilipsDemo, ServiceAndStandbyAreNoPatientEither) {
  for (const char* mode : {"10 00", "00 02"})
    EXPECT_THAT(said(Port().feed(mds_result(0, {attribute(0x0946, hex(mode))}))),
                lines_are({"@0 status demo-mode on"}));
}

// One value that is simulated, of a sensor that nobody uses or of a module in service, must not silence a
// patient's.
TEST(PhilipsDemo, AValuesOwnMarkIsItsOwnOnly) {
  Port port;
  EXPECT_THAT(said(port.feed(numerics(0, {hr(1, 0x0401), spo2(2)}))),
              lines_are({"@0 obs hr 72 valid test", "@0 obs spo2 97 valid"}));
  const ByteVector simulated_cvp = object(4, {single(number(0x4A47, 0x0400, mmhg, 8))});
  EXPECT_THAT(
      said(port.feed(numerics(8192, {hr(1, 0, 30), simulated_cvp}))),
      ElementsAre("@0 obs hr 30 valid", HasSubstr("fault unmapped"), "@0 obs spo2 - unavailable missing"));
}

}  // namespace
}  // namespace drivers::test::philips
