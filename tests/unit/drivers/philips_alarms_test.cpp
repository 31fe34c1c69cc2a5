// Goal: the monitor's own alarms begin and end exactly when its list says so, and none stays for ever.
// Method: the published list, and lists that change.
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

const ByteVector spo2_low = alert(0x4BB8, 62, 0x0200, 0x0008, "** SpO2 LOW");
const ByteVector leads_off = alert(0x4182, 274, 0x0001, 0, "ECG LEADS OFF");
const std::string spo2_low_on = "alarm on medium text=\"** SpO2 LOW\" code=\"62\" source=\"SpO2\"";
const std::string leads_off_on = "alarm on low technical text=\"ECG LEADS OFF\" code=\"274\" source=\"HR\"";

TEST(PhilipsAlarms, ThePublishedList) {
  EXPECT_THAT(Port().feed(alerts_result),
              lines_are({"@0 " + spo2_low_on, "@0 " + leads_off_on, "@0 frame-end"}));
}

TEST(PhilipsAlarms, AreToldWhenTheyChange) {
  Port port;
  EXPECT_THAT(said(port.feed(alerts({spo2_low}, {}), 0)), lines_are({"@0 " + spo2_low_on}));
  EXPECT_THAT(said(port.feed(alerts({spo2_low}, {}), 1000)), IsEmpty());
  EXPECT_THAT(said(port.feed(alerts({spo2_low}, {leads_off}), 2000)), lines_are({"@2000 " + leads_off_on}));
  EXPECT_THAT(said(port.feed(alerts({alert(0x4BB8, 62, 0x0400, 0, "*** DESAT")}, {leads_off}), 3000)),
              lines_are({"@3000 alarm on high text=\"*** DESAT\" code=\"62\" source=\"SpO2\""}));
  EXPECT_THAT(said(port.feed(alerts({}, {}), 4000)),
              lines_are({"@4000 alarm off high code=\"62\" source=\"SpO2\"",
                         "@4000 alarm off low technical code=\"274\" source=\"HR\""}));
}

TEST(PhilipsAlarms, LevelsOfBothKinds) {
  const std::pair<unsigned, std::string> types[] = {{0x0100, "low"}, {0x0200, "medium"}, {0x0400, "high"},
                                                    {0x0001, "low"}, {0x0002, "medium"}, {0x0004, "high"}};
  for (const auto& [type, level] : types)
    EXPECT_THAT(said(Port().feed(alerts({alert(0x4182, 40, type, 0, "HR HIGH")}, {}))),
                ElementsAre(HasSubstr("alarm on " + level + " text=")));
  EXPECT_THAT(said(Port().feed(alerts({alert(0x4182, 40, 0, 0, "HR HIGH")}, {}))), IsEmpty())
      << "type 0 is no alarm";
}

TEST(PhilipsAlarms, WhatWasDoneAboutOneStandsInItsText) {
  const std::pair<unsigned, std::string> states[] = {
      {0x8000, " [inhibited]"}, {0x4000, " [suspended]"}, {0x2000, " [latched]"}, {0x1000, " [silenced]"},
      {0x0400, " [test]"},      {0x0200, " [standby]"},   {0x0108, " [demo]"},    {0x0008, ""}};
  for (const auto& [state, word] : states)
    EXPECT_THAT(said(Port().feed(alerts({alert(0x4182, 40, 0x0200, state, "HR HIGH")}, {}))),
                ElementsAre(HasSubstr("text=\"HR HIGH" + word + "\"")));
}

TEST(PhilipsAlarms, OneThatIsNoPatientsIsMarked) {
  const std::pair<unsigned, bool> states[] = {{0x0400, true},  {0x0200, true},  {0x0100, true},
                                              {0x0008, false}, {0x2000, false}, {0x8000, false}};
  for (const auto& [state, is_test] : states) {
    const Lines lines = said(Port().feed(alerts({alert(0x4182, 40, 0x0200, state, "HR HIGH")}, {})));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].find(" test text") != std::string::npos, is_test) << lines[0];
  }
}

TEST(PhilipsAlarms, OneWithoutASoundAtTheMonitorIsMarked) {
  const std::pair<unsigned, bool> states[] = {{0x8000, true},  {0x4000, true},  {0x1000, true},
                                              {0x2000, false}, {0x0008, false}, {0x0100, false}};
  for (const auto& [state, silent] : states) {
    const Lines lines = said(Port().feed(alerts({alert(0x4182, 40, 0x0200, state, "HR HIGH")}, {})));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].find(" silenced text") != std::string::npos, silent) << lines[0];
  }
}

TEST(PhilipsAlarms, WithoutATextOfTheMonitorsTheTableHasWords) {
  const struct {
    unsigned source, code;
    std::string told;
  } cases[] = {
      {0x4BB8, 3246, "text=\"SpO2 desaturation\" code=\"3246\" source=\"SpO2\""},
      {0x4A16, 40, "text=\"ABP dia above limit\" code=\"40\" source=\"ABP dia\""},
      {0x4A44, 62, "text=\"CVP below limit\" code=\"62\" source=\"CVP\""},
      {0x5555, 60000, "text=\"5555 event 60000\" code=\"60000\" source=\"5555\""},
      // Odd and not in the table: the source is an object, and the event the even one.
      {0x4BB8, 309, "text=\"object 4BB8 sensor disconnected\" code=\"309\" source=\"object 4BB8\""},
      // Odd and in the table: itself.
      {0x4A04, 61837, "text=\"NBP cuff not deflated\" code=\"61837\" source=\"NBP\""},
  };
  for (const auto& [source, code, told] : cases)
    EXPECT_THAT(said(Port().feed(alerts({}, {alert(source, code, 1, 0, "")}))), Contains(HasSubstr(told)));
}

TEST(PhilipsAlarms, TextsAreMadePrintable) {
  const auto with = [](const ByteVector& wide) {
    const ByteVector block =
        joined({hex("00 00 00 02 4B B8 00 00 60 00"), u16(static_cast<unsigned>(wide.size())), wide});
    const ByteVector entry = joined({hex("4B B8 00 3E 02 00 00 08 00 06 00 00 01 02 02 04"),
                                     u16(static_cast<unsigned>(block.size())), block});
    return said(Port().feed(alerts({entry}, {})));
  };
  EXPECT_THAT(with(hex("00 53 00 E4 20 AC 00 07 D8 3D DE 00 00 20 00 20 00 00 00 41")),
              ElementsAre(HasSubstr("text=\"S<C3><A4><E2><82><AC>\"")));
  EXPECT_THAT(with(ByteVector(400, 0x20)), ElementsAre(HasSubstr("text=\"")))
      << "a text is cut where our room ends";
}

TEST(PhilipsAlarms, OneNameIsOneAlarmAtItsHighestLevel) {
  Port port;
  const ByteVector both = alerts({alert(0x4182, 40, 0x0100, 0, "A"), alert(0x4182, 40, 0x0400, 0, "B")}, {});
  EXPECT_THAT(said(port.feed(both)), ElementsAre(HasSubstr("alarm on high text=\"B\"")));
  EXPECT_THAT(said(port.feed(both)), IsEmpty());
}

TEST(PhilipsAlarms, NoMoreThanTheLimitAndAFaultSaysSo) {
  Port port;
  std::vector<ByteVector> many;
  for (unsigned i = 0; i < 40; ++i) many.push_back(alert(0x4182, 1000 + 2 * i, 0x0100, 0, ""));
  const Lines lines = said(port.feed(alerts(many, {leads_off})));
  EXPECT_EQ(lines.size(), device_alarms_max + 1);
  EXPECT_THAT(lines, Contains(HasSubstr("fault refused too-many-alarms")));
  EXPECT_THAT(said(port.feed(alerts(many, {leads_off}))), IsEmpty());
}

TEST(PhilipsAlarms, ABrokenListChangesNothing) {
  Port port;
  port.feed(alerts({spo2_low}, {}));
  ByteVector cut = spo2_low;
  cut.pop_back();
  EXPECT_THAT(port.feed(alerts({cut}, {})), ElementsAre(HasSubstr("fault broken attribute")));
  EXPECT_THAT(said(port.feed(alerts({spo2_low}, {}))), IsEmpty());
}

TEST(PhilipsAlarms, AListThatIsMissingIsAsBeforeUnlessTheStateSaysNone) {
  Port port;
  port.feed(alerts({spo2_low}, {leads_off}));
  const auto only_state = [](const std::string& levels) {
    const ByteVector state = hex("00 00 00 06 " + levels + " 00 00");
    return message(
        2, action_result(0xF13B, reply(0x0036, 0x0801, 0, {object(0x0301, {attribute(0x0916, state)})})));
  };
  EXPECT_THAT(said(port.feed(only_state("02 00 00 01"))), IsEmpty());
  EXPECT_THAT(said(port.feed(only_state("02 00 00 00"))),
              lines_are({"@0 alarm off low technical code=\"274\" source=\"HR\""}));
  EXPECT_THAT(said(port.feed(only_state("00 00 00 00"))),
              ElementsAre(HasSubstr("alarm off medium code=\"62\"")));
}

ByteVector numbers(std::int64_t at_s) {
  return numerics(static_cast<unsigned>(8192 * at_s), {object(1, {single(number(0x4182, 0, per_min, 72))})});
}

// A poll that the monitor dropped, or does not grant any more, says nothing of the patient.
TEST(PhilipsAlarms, AreInDoubtWhenTheMonitorAnswersOnWithoutListingThem) {
  Port port;
  port.feed(alerts({spo2_low}, {leads_off}), 1000);
  for (std::int64_t at_s = 2; at_s < 21; ++at_s)
    EXPECT_THAT(said(port.feed(numbers(at_s), at_s * 1000)), ::testing::Not(Contains(HasSubstr("alarm"))));
  const Lines lines = port.feed(numbers(21), 21'000);
  EXPECT_THAT(lines,
              Contains("@21000 alarm on medium unsure text=\"** SpO2 LOW\" code=\"62\" source=\"SpO2\""));
  EXPECT_THAT(said(port.feed(numbers(22), 22'000)), ElementsAre("@22000 obs hr 72 valid")) << "told once";
  EXPECT_THAT(
      said(port.feed(alerts({spo2_low}, {}), 23'000)),
      lines_are({"@23000 alarm off low technical code=\"274\" source=\"HR\"", "@23000 " + spo2_low_on}));
}

TEST(PhilipsAlarms, InDoubtTheyExplainNoValue) {
  Port port;
  port.feed(alerts({}, {leads_off}), 1000);
  for (std::int64_t at_s = 2; at_s <= 21; ++at_s) port.feed(numbers(at_s), at_s * 1000);
  EXPECT_THAT(
      said(port.feed(numerics(200'000, {object(1, {single(number(0x4182, 0, per_min, 0))})}), 22'000)),
      lines_are({"@22000 obs hr - invalid zero"}));
}

TEST(PhilipsAlarms, ANewAssociationEndsThoseInDoubt) {
  Port port;
  port.feed(alerts({spo2_low}, {}), 1000);
  EXPECT_THAT(port.feed(create_event, 2000), ::testing::Not(Contains(HasSubstr("alarm"))))
      << "its first list decides";
  for (std::int64_t at_s = 3; at_s <= 22; ++at_s) port.feed(numbers(at_s), at_s * 1000);
  EXPECT_THAT(port.feed(create_event, 23'000),
              Contains("@23000 alarm off medium code=\"62\" source=\"SpO2\""));
}

TEST(PhilipsAlarms, ALongTextLeavesRoomForWhatWasDone) {
  const std::string text(120, 'A');
  Port port;
  EXPECT_THAT(said(port.feed(alerts({alert(0x4182, 40, 0x0200, 0, text)}, {}))),
              ElementsAre(HasSubstr("text=\"" + std::string(96, 'A') + "\"")));
  EXPECT_THAT(said(port.feed(alerts({alert(0x4182, 40, 0x0200, 0x3000, text)}, {}))),
              ElementsAre(HasSubstr("silenced text=\"" + std::string(75, 'A') + " [latched] [silenced]\"")));
}

TEST(PhilipsAlarms, StayWhileTheMonitorIsSilent) {
  Port port;
  port.feed(alerts({spo2_low}, {}), 1000);
  EXPECT_THAT(port.wait_until(60'000), ::testing::Not(Contains(HasSubstr("alarm"))));
  EXPECT_THAT(said(port.feed(numbers(60), 60'000)), lines_are({"@60000 obs hr 72 valid"}))
      << "it may list them in a moment";
  EXPECT_THAT(said(port.feed(alerts({}, {}), 61'000)),
              ElementsAre(HasSubstr("alarm off medium code=\"62\"")));
}

}  // namespace
}  // namespace drivers::test::philips
