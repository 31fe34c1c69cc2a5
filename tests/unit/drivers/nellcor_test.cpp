// Goal: a row of the Nellcor printout gives values only if every column holds what belongs there, and its
// codes decide over the digits. Method: published rows, rows built on the same columns, and each kind of
// damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "drivers/nellcor/nellcor.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::nellcor {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string good = "09-Mar-26 14:25:36    98      72      45";
const std::string low = "09-Mar-26 14:25:38    88*     72      40    SL";
const std::string dashes = "09-Mar-26 14:25:42   ---     ---     ---    ";

class NellcorPort {
 public:
  // The first line after opening is forgiven if it is cut, so that tests start with the second.
  NellcorPort() { feed("cut\r\n"); }

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
  std::unique_ptr<Driver> driver_ = drivers::nellcor::make({}).driver;
  RecordingSink sink_;
};

Lines decoded(const std::string& line) { return NellcorPort().line(line); }

Lines values(const std::string& pr, const std::string& spo2) {
  return {"@0 obs pr " + pr, "@0 obs spo2 " + spo2, "@0 frame-end"};
}

// Without what is said of alarms.
Lines values_of(const std::string& line) {
  Lines lines = decoded(line);
  std::erase_if(lines, [](const std::string& text) { return text.find(" alarm ") != std::string::npos; });
  return lines;
}

TEST(Nellcor, PublishedRowsOfTheN560) {
  EXPECT_EQ(decoded("07-Jan-04 11:24:50   100     105      88                   AO"),
            values("105 valid", "100 valid"));
  EXPECT_EQ(decoded("07-Jan-04 11:24:54   100     102      36    MO             AO"),
            values("102 questionable artifact", "100 questionable artifact"));
}

TEST(Nellcor, RowsOnTheSameColumns) {
  EXPECT_EQ(decoded(good), values("72 valid", "98 valid"));
  EXPECT_EQ(values_of(low), values("72 valid", "88 valid"));
  EXPECT_EQ(values_of("09-Mar-26 14:25:40    88*    151*     38    SL   PH"),
            values("151 valid", "88 valid"));
  EXPECT_EQ(decoded(dashes + "PS"), values("- invalid searching", "- invalid searching"));
  EXPECT_EQ(decoded(dashes + "SD"), values("- invalid sensor-unplugged", "- invalid sensor-unplugged"));
  EXPECT_EQ(decoded(dashes), values("- unavailable missing", "- unavailable missing"));
}

TEST(Nellcor, CodesDecideOverDigits) {
  struct Case {
    std::string_view code, pr, spo2;
  };
  for (const auto& [code, pr, spo2] : std::initializer_list<Case>{
           {"AO", "72 valid", "98 valid"},
           {"AS", "72 valid", "98 valid"},
           {"BU", "72 valid", "98 valid"},
           {"LM", "- invalid interference", "- invalid interference"},
           {"LP", "- invalid zero", "- invalid searching"},
           {"MO", "72 questionable artifact", "98 questionable artifact"},
           {"PH", "72 valid", "98 valid"},
           {"PL", "72 valid", "98 valid"},
           {"PS", "72 questionable searching", "98 questionable searching"},
           {"SH", "72 valid", "98 valid"},
           {"SL", "72 valid", "98 valid"},
           {"SD", "- invalid sensor-unplugged", "- invalid sensor-unplugged"},
           {"SO", "- invalid sensor-off", "- invalid sensor-off"},
       })
    EXPECT_EQ(values_of(good + "    " + std::string(code)), values(std::string(pr), std::string(spo2)))
        << code;
}

TEST(Nellcor, SensorCodesAreNotHiddenByOthers) {
  EXPECT_EQ(values_of(good + "    LP   SO   MO   AO"),
            values("- invalid sensor-off", "- invalid sensor-off"));
  EXPECT_EQ(values_of(good + "    PS   MO"),
            values("72 questionable searching", "98 questionable searching"));
}

TEST(Nellcor, AnUnknownCodeIsListedAndMakesTheRowDoubtful) {
  EXPECT_EQ(decoded(good + "    XY"),
            (Lines{"@0 fault unmapped status-code code=\"XY\" offset=51", "@0 obs pr 72 questionable status",
                   "@0 obs spo2 98 questionable status", "@0 frame-end"}));
}

TEST(Nellcor, TheAmplitudeHasNoMetricAndIsListed) {
  const auto all = [](const std::string& row) { return NellcorPort().feed_all(row + "\r\n"); };
  EXPECT_EQ(all("09-Mar-26 14:25:36    98      72       5"),
            (Lines{"@0 obs pr 72 valid", "@0 obs spo2 98 valid",
                   R"(@0 fault unmapped no-metric code="PA" value="5" offset=45)", "@0 frame-end"}));
  EXPECT_EQ(all(dashes), values("- unavailable missing", "- unavailable missing"));
  for (const std::string code : {"SO", "SD", "LM"})
    EXPECT_THAT(all(good + "    " + code), Each(Not(HasSubstr("no-metric")))) << code;
}

TEST(Nellcor, ZerosAreNeverNumbers) {
  // Both zero and no sensor explains it: someone has to look at the patient.
  EXPECT_EQ(decoded("09-Mar-26 14:25:36     0       0       0"),
            values("- invalid zero", "- invalid searching"));
  EXPECT_EQ(values_of("09-Mar-26 14:25:36   000     000       0    LP"),
            values("- invalid zero", "- invalid searching"));
  EXPECT_EQ(decoded("09-Mar-26 14:25:36     0       0       0    PS"),
            values("- invalid searching", "- invalid searching"));
  EXPECT_EQ(decoded("09-Mar-26 14:25:36     0       0       0    SO"),
            values("- invalid sensor-off", "- invalid sensor-off"));
  // Dashes would be "no value": a rate of 0 is said, and a saturation has no pulse to come from.
  EXPECT_EQ(decoded("09-Mar-26 14:25:36    98       0      45"),
            values("- invalid zero", "- invalid searching"));
  EXPECT_EQ(decoded("09-Mar-26 14:25:36   ---       0       0"),
            values("- invalid zero", "- invalid searching"));
  EXPECT_EQ(decoded("09-Mar-26 14:25:36    98     ---      45"), values("- unavailable missing", "98 valid"));
}

TEST(Nellcor, LossOfPulseIsUrgent) {
  NellcorPort port;
  EXPECT_THAT(port.line(dashes + "LP"),
              Contains("@0 alarm on high level-assumed text=\"Loss of pulse\" code=\"LP\""));
  EXPECT_THAT(port.line(dashes + "LP"), Each(Not(HasSubstr("alarm"))));
  EXPECT_THAT(port.line(good), Contains("@0 alarm off high level-assumed code=\"LP\""));
}

TEST(Nellcor, TheMonitorsLimitAlarmsAreToldOnChange) {
  NellcorPort port;
  EXPECT_THAT(port.line(low),
              Contains("@0 alarm on medium level-assumed text=\"%SpO2 below limit\" code=\"SL\""));
  EXPECT_THAT(port.line(low), Each(Not(HasSubstr("alarm"))));
  const Lines next = port.line("09-Mar-26 14:25:40    88     151*     38    PH");
  EXPECT_THAT(next, Contains("@0 alarm off medium level-assumed code=\"SL\""));
  EXPECT_THAT(next, Contains("@0 alarm on medium level-assumed text=\"Pulse rate above limit\" code=\"PH\""));
  // An asterisk without its code is an alarm too.
  EXPECT_THAT(
      port.line("09-Mar-26 14:25:40    88*     72      38"),
      Contains("@0 alarm on medium level-assumed text=\"%SpO2 outside limits\" code=\"*\" source=\"%SpO2\""));
  EXPECT_THAT(port.line(good), Contains("@0 alarm off medium level-assumed code=\"*\" source=\"%SpO2\""));
}

TEST(Nellcor, ASilencedAlarmIsStillOne) {
  NellcorPort port;
  port.line(low);
  EXPECT_THAT(port.line(low + "   AS"),
              Contains("@0 alarm on medium level-assumed silenced text=\"%SpO2 below limit\" code=\"SL\""));
  EXPECT_THAT(port.line(low + "   AS"), Each(Not(HasSubstr("alarm"))));
  EXPECT_THAT(port.line(low),
              Contains("@0 alarm on medium level-assumed text=\"%SpO2 below limit\" code=\"SL\""));
}

TEST(Nellcor, LowBattery) {
  NellcorPort port;
  EXPECT_THAT(port.line(good + "    LB"), Contains("@0 status low-battery on"));
  EXPECT_THAT(port.line(good), Contains("@0 status low-battery off"));
}

TEST(Nellcor, DamagedRowsAreDroppedAsAWhole) {
  struct Damage {
    std::string line, fault;
  };
  for (const auto& [line, fault] : std::initializer_list<Damage>{
           {"09-Mar-26 14:25:46    00      79       3", "zero-saturation code=\"%SpO2\""},
           {"09-Mar-26 14:25:48   10      79       3", "row-too-short"},
           {"09-Mar-26 14:25:48   10      79       3 ", "field code=\"%SpO2\""},
           {"22-NOV-97 14:00:05 100 120 150", "row-too-short"},
           {"22-NOV-97 14:00:05 100 120 150                            ", "columns"},
           {"09-Mar-26 14:25:36    05      72      45", "field code=\"%SpO2\""},
           {"09-Mar-26 14:25:36    98      05      45", "field code=\"BPM\""},
           {"09-Mar-26 14:25:36    98              45", "field code=\"BPM\""},
           {"09-Mar-26 14:25:36    98     7 2      45", "field code=\"BPM\""},
           {"09-Mar-26 14:25:36    98      72     255", "field code=\"PA\""},
           {"09-Mar-26 14:25:36    98      72      --", "field code=\"PA\""},
           {"09-Mar-26 14:25:36    98      72      4", "row-too-short"},
           {"09-Mar-26 14:25:36    98!     72      45", "field code=\"%SpO2\""},
           {"09-Mar-26 14:25:36    98  1   72      45", "columns"},
           {"09-Mar-26 14:25:36 1  98      72      45", "columns"},
           {"09-Mar-26 14:25:36    98      72  1   45", "columns"},
           {"09-Mär-26 14:25:36    98      72      45", "character"},
           {"09-Mai-26 14:25:36    98      72      45", "date"},
           {"32-Mar-26 14:25:36    98      72      45", "date"},
           {"09-Mar-26 24:25:36    98      72      45", "date"},
           {"09-Mar-2614:25:36     98      72      45", "date"},
           {good + "    mo", "status"},
           {good + "    M", "status"},
           {good + "    MOPS", "status"},
           {good + "    MO   PS   AO   LB   BU", "status"},
           {good + std::string(41, ' '), "row-too-long"},
           {"SpO2 98", "line"},
           {"N-560 VERSIO 1.61.00 CRC:XXXX SpO2 Limit: 95-100% PR Limit: 59-148BPM", "line"},
       })
    EXPECT_THAT(decoded(line), ElementsAre(HasSubstr("fault broken " + fault))) << line;
}

TEST(Nellcor, EveryLostCharacterOfARowIsFoundOrHarmless) {
  for (const std::string& line : {good, low, good + "    MO             AO", dashes + "SO"}) {
    const Lines whole = decoded(line);
    for (std::size_t at = 0; at < line.size(); ++at) {
      std::string cut = line;
      cut.erase(at, 1);
      const Lines lines = decoded(cut);
      const bool dropped = lines.size() == 1 && lines[0].find("fault broken") != std::string::npos;
      EXPECT_TRUE(dropped || lines == whole) << cut;  // one blank less between the codes changes nothing
    }
  }
}

TEST(Nellcor, EveryCharacterThatBecomesABlankIsFoundOrMissed) {
  // The number 100 that turns into 00 or 0 is the case that was seen.
  const std::string row = "07-Jan-04 11:24:50   100     105      88";
  for (std::size_t at = 0; at < row.size(); ++at) {
    std::string blanked = row;
    blanked[at] = ' ';
    const Lines lines = decoded(blanked);
    const bool amplitude_only = at == 38;  // PA 88 becomes 8, nobody uses it
    const bool dropped = lines.size() == 1 && lines[0].find("fault broken") != std::string::npos;
    EXPECT_TRUE(dropped || amplitude_only || lines == decoded(row)) << blanked;
  }
}

TEST(Nellcor, HeadingsAreNoDataAndNoFault) {
  NellcorPort port;
  EXPECT_THAT(port.line("N-560    VERSION 1.61.00    CRC:XXXX  SpO2 Limit: 95-100%    PR Limit: 59-148BPM"),
              lines_are({"@0 frame-end"}));
  EXPECT_THAT(port.line("                             ADULT           25SAT-S "), IsEmpty());
  EXPECT_THAT(port.line("TIME                 %SpO2   BPM     PA     Status"), lines_are({"@0 frame-end"}));
  EXPECT_THAT(port.line("NPB-295 VERSION 2.0.0.0 CRC: XXXX SpO2 Limit: 70-100% PR Limit: 60-160BPM"),
              lines_are({"@0 frame-end"}));
  EXPECT_EQ(port.line(good), values("72 valid", "98 valid"));
}

TEST(Nellcor, StoredRowsAreNeverTakenAsLive) {
  const std::string trend = "NPB-295 VERSION 2.0.0.0 TREND SpO2 Limit: 70-100% PR Limit: 60-160BPM";
  NellcorPort port;
  EXPECT_THAT(port.line(trend), IsEmpty());
  EXPECT_THAT(port.line(good), ElementsAre(HasSubstr("fault refused trend")));
  EXPECT_THAT(port.line("Output Complete"), IsEmpty());
  EXPECT_EQ(port.line(good), values("72 valid", "98 valid"));
  // A heading without the column Status says the same.
  EXPECT_THAT(port.line("TIME  %SPO2  BPM  PA"), IsEmpty());
  EXPECT_THAT(port.line(good), ElementsAre(HasSubstr("fault refused trend")));
  port.line("TIME  %SPO2  BPM  PA  Status");
  EXPECT_EQ(port.line(good), values("72 valid", "98 valid"));
}

TEST(Nellcor, ATitleThatHasLostItsLastWordDoesNotStopLiveRows) {
  const std::string version =
      "N-560    VERSION 1.61.00    CRC:XXXX  SpO2 Limit: 95-100%    PR Limit: 59-148BPM";
  const std::string cut_title = "TIME                 %SpO2   BPM     PA     ";
  NellcorPort port;
  port.line(version);
  port.line("                             ADULT           25SAT-S ");
  EXPECT_THAT(port.line(cut_title), ElementsAre(HasSubstr("fault broken line")));
  EXPECT_EQ(port.line(good), values("72 valid", "98 valid"));
  // It speaks for its own heading block alone.
  EXPECT_THAT(port.line(cut_title), IsEmpty());
  EXPECT_THAT(port.line(good), ElementsAre(HasSubstr("fault refused trend")));
}

TEST(Nellcor, AHeadingThatHasLostItsTrendDoesNotMakeStoredRowsLive) {
  NellcorPort port;
  port.line("NPB-295 VERSION 2.0.0.0 TREN SpO2 Limit: 70-100% PR Limit: 60-160BPM");
  EXPECT_THAT(port.line("TIME  %SPO2  BPM  PA"), IsEmpty());
  EXPECT_THAT(port.line(good), ElementsAre(HasSubstr("fault refused trend")));
}

TEST(Nellcor, WhileSearchingANumberBesideNoneIsHeld) {
  for (const std::string row :
       {"09-Mar-26 14:25:36    98       0       0    PS", "09-Mar-26 14:25:36    98     ---     ---    PS",
        "09-Mar-26 14:25:36   ---      72       5    PS"})
    EXPECT_EQ(decoded(row), values("- invalid searching", "- invalid searching")) << row;
}

TEST(Nellcor, TheImpossibleIsAFault) {
  EXPECT_THAT(decoded("09-Mar-26 14:25:36   101     322      45"),
              ElementsAre(HasSubstr("fault implausible range code=\"pr\" value=\"322\""),
                          "@0 obs pr - invalid implausible",
                          HasSubstr("fault implausible range code=\"spo2\" value=\"101\""),
                          "@0 obs spo2 - invalid implausible", "@0 frame-end"));
}

TEST(Nellcor, ACutFirstLineIsNoFault) {
  RecordingSink sink;
  const auto driver = drivers::nellcor::make({}).driver;
  const std::string text = good.substr(20) + "\r\n" + good + "\r\n";
  driver->feed(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, stamp(0), sink);
  EXPECT_THAT(sink.lines, Contains("@0 obs spo2 98 valid"));
  EXPECT_THAT(sink.lines, Each(Not(HasSubstr("fault broken"))));
}

TEST(Nellcor, NothingBeforeTheLineHasEnded) { EXPECT_THAT(NellcorPort().feed(good), IsEmpty()); }

}  // namespace
}  // namespace drivers::test::nellcor
