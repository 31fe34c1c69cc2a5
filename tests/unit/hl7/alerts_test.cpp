// Goal: alarms of other systems are told as levels - begun, changed, ended - whatever their senders leave
// out, and none is taken for ended by silence. Method: reports as senders write them through the whole
// driver.
#include "drivers/hl7/alarm_table.hpp"
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

// A report of an alarm; what is empty is left out.
struct Alert {
  std::string id = "E1";
  std::string parent = "";
  std::string phase = "start";
  std::string state = "active";
  std::string priority = "PM";
  std::string type = "SP";
  std::string inactivation = "enabled";
  std::string event = "OBX|2|ST|196648^MDC_EVT_HI^MDC|1.1.1.1.1|**ABPs 119>110||||||R|||20260308235959\r";
  std::string source =
      "OBX|3|NM|150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC|1.1.1.1.2|119|266016^MDC_DIM_MMHG^MDC|90-110||||R\r";
  std::string bed = "B1";
  std::string reporter = "GW";
  std::string processing = "P";
  std::string patient = "P1";

  std::string text(int number) const {
    const auto facet = [](int n, std::string_view code, const std::string& word) {
      return word.empty() ? std::string()
                          : "OBX|9|ST|" + std::string(code) + "|1.1.1.1." + std::to_string(n) + '|' + word +
                                "||||||R\r";
    };
    return "MSH|^~\\&|" + reporter + "|V|||20260309000000+0000||ORU^R40^ORU_R40|A" + std::to_string(number) +
           '|' + processing + "|2.6|||AL|NE\rPID|||" + patient + '\r' +
           (bed == "-" ? "" : "PV1||I|ICU^^" + bed + '\r') + "OBR|1||" + id +
           "^GW^0009^EUI-64|196616^MDC_EVT_ALARM^MDC" + std::string(25, '|') +
           (parent.empty() ? "" : '^' + parent) +
           "\rOBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||SN1^^0009^EUI-64\r" +
           event + source + facet(3, "68481^MDC_ATTR_EVENT_PHASE^MDC", phase) +
           facet(4, "68482^MDC_ATTR_ALARM_STATE^MDC", state) +
           facet(5, "68483^MDC_ATTR_ALARM_INACTIVATION_STATE^MDC", inactivation) +
           facet(6, "68484^MDC_ATTR_ALARM_PRIORITY^MDC", priority) +
           facet(7, "68485^MDC_ATTR_ALERT_TYPE^MDC", type);
  }
};

class Alerts : public testing::Test {
 protected:
  void report(const Alert& alert, std::int64_t ms = 0) { lab.message(alert.text(++number), ms); }
  // The newest thing said of an alarm.
  std::string last() const {
    const auto all = lab.lines(" alarm o");
    return all.empty() ? "nothing" : all.back().substr(all.back().find("alarm"));
  }
  std::size_t told() const { return lab.lines(" alarm o").size(); }

  Lab lab;
  int number = 0;
};

const std::string begun =
    "alarm on medium event_time=1773014399000 text=\"**ABPs 119>110\" code=\"MDC_EVT_HI\" "
    "source=\"MDC_PRESS_BLD_ART_ABP_SYS\"";

TEST_F(Alerts, BeginChangeAndEnd) {
  report({});
  EXPECT_EQ(last(), begun);
  EXPECT_EQ(lab.lines("subject").at(0),
            "subject patient_id=\"P1\" point_of_care=\"ICU\" bed=\"B1\" location=\"B1\" device=\"GW\"");
  EXPECT_EQ(lab.count("answer CA"), 1U);
  report({.id = "E2", .parent = "E1", .phase = "update", .inactivation = "audio-paused~alert-acknowledged"});
  EXPECT_NE(last().find("silenced"), std::string::npos);
  report({.id = "E3", .parent = "E1", .phase = "escalate", .priority = "PH"});
  EXPECT_NE(last().find("on high"), std::string::npos);
  report({.id = "E4", .parent = "E1", .phase = "end", .state = "inactive"});
  EXPECT_EQ(last().substr(0, 9), "alarm off");
  EXPECT_NE(last().find("code=\"MDC_EVT_HI\" source=\"MDC_PRESS_BLD_ART_ABP_SYS\""), std::string::npos);
}

TEST_F(Alerts, ARepetitionSaysNothingNew) {
  report({});
  report({.id = "E2", .parent = "E1", .phase = "continue"});
  report({.id = "E3", .phase = "continue"});
  EXPECT_EQ(told(), 1U);
}

TEST_F(Alerts, TheirNumbersAreNoObservations) {
  report({});
  EXPECT_TRUE(lab.sink.observations.empty());
}

TEST_F(Alerts, WordsMayBeInCapitals) {
  report({.phase = "START", .state = "ACTIVE", .inactivation = "AUDIO-PAUSED"});
  EXPECT_EQ(last().substr(0, 24), "alarm on medium silenced");
  EXPECT_EQ(lab.count("alarm-state"), 0U);
  report({.id = "E2", .parent = "E1", .phase = "END", .state = "INACTIVE"});
  EXPECT_EQ(last().substr(0, 9), "alarm off");
  report({.phase = "Start"});
  report({.phase = "", .state = "Inactive"});
  EXPECT_EQ(last().substr(0, 9), "alarm off");
}

TEST_F(Alerts, AnEndWithAForeignIdEndsTheSameAlarm) {
  report({});
  report({.id = "X9", .parent = "some-other-id", .phase = "end", .state = "inactive"});
  EXPECT_EQ(last().substr(0, 9), "alarm off");
  EXPECT_EQ(lab.count("alarm-end-unknown"), 0U);
}

TEST_F(Alerts, AnEndIsToldWhereTheAlarmBegan) {
  for (const std::string bed : {"B2", "-"}) {
    lab.sink.clear();
    report({});
    lab.sink.clear();
    report({.id = "E2", .parent = "E1", .phase = "end", .state = "inactive", .bed = bed});
    const auto& said = lab.sink.lines;
    const auto off =
        std::find_if(said.begin(), said.end(), [](auto& line) { return line.find(" alarm off") < 9; });
    ASSERT_NE(off, said.end()) << bed;
    EXPECT_EQ(*std::prev(off), "subject location=\"B1\"") << bed;
    EXPECT_EQ(lab.lines("subject").back(), lab.lines("subject").front()) << "the frame ends at its own place";
    EXPECT_EQ(lab.count("fault broken alarm-end-elsewhere"), 1U);
    EXPECT_EQ(told(), 1U);
  }
}

TEST_F(Alerts, AnIdOfZeroIsNone) {
  report({.id = "0"});
  report(
      {.id = "0", .parent = "0", .source = "OBX|3|NM|147842^MDC_ECG_HEART_RATE^MDC|1.2.1.1.2|140||||||R\r"});
  EXPECT_EQ(lab.count("alarm on"), 2U);
  report({.id = "0", .phase = "end", .state = "inactive"});
  EXPECT_NE(last().find("off medium"), std::string::npos);
  EXPECT_NE(last().find("ABP_SYS"), std::string::npos);
}

TEST_F(Alerts, AnEndNobodyKnowsIsCountedAndHandedOn) {
  report({.phase = "end", .state = "inactive"});
  EXPECT_EQ(lab.count("alarm-end-unknown"), 1U);
  EXPECT_EQ(last().substr(0, 9), "alarm off");
}

TEST_F(Alerts, TheIdHoldsThemTogetherWhenTheEventChanges) {
  report({});
  report({.parent = "E1",
          .phase = "escalate",
          .event = "OBX|2|ST|196650^MDC_EVT_HI_GT_LIM^MDC|1.1.1.1.1|***ABPs 140>110||||||R\r"});
  EXPECT_NE(last().find("code=\"MDC_EVT_HI\""), std::string::npos);
  EXPECT_NE(last().find("***ABPs 140"), std::string::npos);
}

TEST_F(Alerts, WithoutPhaseTheStateDecides) {
  report({.phase = ""});
  EXPECT_EQ(last().substr(0, 8), "alarm on");
  report({.phase = "", .state = "latched", .priority = "PL"});
  EXPECT_EQ(last().substr(0, 12), "alarm on low");
  report({.phase = "", .state = "inactive"});
  EXPECT_EQ(last().substr(0, 9), "alarm off");
}

TEST_F(Alerts, AStateThatCannotBeReadIsShownAndNotTakenForEnded) {
  report({.phase = "phase", .state = "state", .priority = "prio"});
  EXPECT_EQ(last().substr(0, 38), "alarm on medium level-assumed unsure e");
  EXPECT_EQ(lab.count("fault broken alarm-state"), 1U);
  report({.id = "T", .phase = "", .state = "", .priority = "", .type = "", .inactivation = "", .source = ""});
  EXPECT_NE(last().find("text=\"**ABPs 119>110\""), std::string::npos) << "text only";
}

TEST_F(Alerts, PriorityAndKindAreLookedForInTheFlagsToo) {
  const std::string flagged = "OBX|2|ST|196648^MDC_EVT_HI^MDC|1.1.1.1.1|**HR|||L~PH~SP|||R\r";
  report({.priority = "", .type = "", .event = flagged});
  EXPECT_EQ(last().substr(0, 14), "alarm on high ");
  EXPECT_EQ(last().find("technical"), std::string::npos);
}

TEST_F(Alerts, AMissingPriorityIsAssumedAndSaidSo) {
  report({.priority = ""});
  EXPECT_EQ(last().substr(0, 29), "alarm on medium level-assumed");
  report({.id = "2", .priority = "", .type = "ST", .source = ""});
  EXPECT_EQ(last().substr(0, 36), "alarm on low technical level-assumed");
}

TEST_F(Alerts, OfTheEquipmentTheEventStandsInTheValue) {
  report({.type = "ST",
          .event =
              "OBX|4|CWE|196616^MDC_EVT_ALARM^MDC|1.1.1.1.1|196882^MDC_EVT_LEADS_OFF^MDC^^^^^^!! ECG Leads "
              "Off||||||R\r",
          .source =
              "OBX|5|CWE|68480^MDC_ATTR_ALERT_SOURCE^MDC|1.1.1.1.2|131328^MDC_ECG_ELEC_POTL^MDC||||||R\r"});
  EXPECT_EQ(last(),
            "alarm on medium technical text=\"!! ECG Leads Off\" code=\"MDC_EVT_LEADS_OFF\" "
            "source=\"MDC_ECG_ELEC_POTL\"");
}

TEST_F(Alerts, OldNumbersAndPositionsAreRead) {
  lab.message(
      "MSH|^~\\&|M|V|||20260309000000||ORU^R40|1|P|2.6\rPV1||I|^^B1\rOBR|1||E1\r"
      "OBX|2|ST|0^MDCX_EVT_ALERT_ADVISORY^MDC|1.0.0.0.1|Recheck BP|||A~PM~SA|||R\r"
      "OBX|3|ST|68164^MDC_ATTR_ALERT_SOURCE^MDC|1.0.0.0.2|Mural|||||||R\r"
      "OBX|4|ST|684810|1.0.0.0.3|update||||||R\r"
      "OBX|5|ST|68166^MDC_ATTR_ALERT_STATE^MDC|1.3.1.150456.4|active||||||R\r"
      "OBX|6|ST|68483|1.3.1.150456.5|alarm-off||||||R\r");
  EXPECT_EQ(last(),
            "alarm on medium silenced text=\"Recheck BP\" code=\"MDCX_EVT_ALERT_ADVISORY\" source=\"Mural\"");
}

TEST_F(Alerts, WithoutATextTheCodesAreShown) {
  report({.event = "OBX|2|ST|196648^MDC_EVT_HI^MDC|1.1.1.1.1|||||||R\r"});
  EXPECT_NE(last().find("text=\"HI PRESS BLD ART ABP SYS 119\""), std::string::npos) << last();
  report({.id = "2", .event = "OBX|2|CWE|196616^MDC_EVT_ALARM^MDC|1.1.1.1.1|196940||||||R\r", .source = ""});
  EXPECT_NE(last().find("text=\"FLUID LINE OCCL\" code=\"MDC_EVT_FLUID_LINE_OCCL\" source=\"SN1\""),
            std::string::npos)
      << last();
}

TEST_F(Alerts, AWatchdogIsNoAlarm) {
  for (const std::string event : {"258047^MDC_EVT_WATCHDOG^MDC", "0^MDC_EVT_ACTIVE^MDC"})
    report({.phase = "start",
            .priority = "PN",
            .type = "SA",
            .event = "OBX|2|CWE|196616^MDC_EVT_ALARM^MDC|1.0.0.0.1|" + event + "||||||R\r",
            .source = ""});
  EXPECT_EQ(told(), 0U);
  EXPECT_EQ(lab.count("answer CA"), 2U);
  EXPECT_EQ(lab.count("frame-end"), 2U) << "the bed's link is heard";
  report({.event = "OBX|2|CWE|196616^MDC_EVT_ALARM^MDC|1.0.0.0.1|258047^MDC_EVT_WATCHDOG^MDC||||||R\r",
          .source = "",
          .bed = ""});
  EXPECT_EQ(lab.count("frame-end"), 2U) << "it names no bed: none hears of it";
}

TEST_F(Alerts, OfTrainingAreMarkedAndTheSameInEarnestIsNews) {
  report({.processing = "T"});
  ASSERT_EQ(told(), 1U);
  EXPECT_NE(lab.lines("alarm on").at(0).find(" test"), std::string::npos);
  EXPECT_EQ(lab.count("answer CA"), 1U);
  report({.phase = "continue"});
  ASSERT_EQ(told(), 2U);
  EXPECT_EQ(lab.lines("alarm on").at(1).find(" test"), std::string::npos);
}

TEST_F(Alerts, BedsAreKeptApart) {
  report({});
  report({.id = "F1", .bed = "B2"});
  report({.id = "F2", .parent = "F1", .phase = "end", .state = "inactive", .bed = "B2"});
  EXPECT_EQ(told(), 3U);
  report({.id = "E2", .parent = "E1", .phase = "continue"});
  EXPECT_EQ(told(), 3U) << "the one at the first bed is still on";
}

TEST_F(Alerts, APlaceInFrontOfThePatientIsTheirs) {
  const auto turned = [](std::string text) {
    const std::size_t pid = text.find("PID|||P1\r");
    text.erase(pid, 9);
    return text.insert(text.find("OBR|"), "PID|||P1\r");
  };
  const std::string first = turned(Alert{}.text(1));
  const std::string second = turned(Alert{.id = "F1", .bed = "B2"}.text(1));
  lab.message(first + second.substr(second.find("PV1|")));
  const auto subjects = lab.lines("subject");
  ASSERT_EQ(subjects.size(), 2U);
  EXPECT_NE(subjects[0].find("patient_id=\"P1\" point_of_care=\"ICU\" bed=\"B1\""), std::string::npos);
  EXPECT_NE(subjects[1].find("patient_id=\"P1\" point_of_care=\"ICU\" bed=\"B2\""), std::string::npos);
  EXPECT_EQ(told(), 2U);
}

TEST_F(Alerts, SeveralInOneMessage) {
  const std::string first = Alert{}.text(1);
  const std::string second =
      Alert{.id = "E2", .source = "OBX|3|NM|147842^MDC_ECG_HEART_RATE^MDC|1.2.1.1.2|140||||||R\r"}.text(1);
  lab.message(first + second.substr(second.find("OBR|")));
  EXPECT_EQ(told(), 2U);
  EXPECT_EQ(lab.count("frame-end"), 1U);
}

TEST_F(Alerts, TooManyAtOneBedAreHandedOnAllTheSame) {
  for (int i = 0; i < 40; ++i)
    report({.id = "E" + std::to_string(i),
            .event = "OBX|2|ST|" + std::to_string(300'000 + i) + "^^MDC|1.1.1.1.1|x||||||R\r"});
  EXPECT_EQ(told(), 40U);
  EXPECT_EQ(lab.count("fault refused alarm-table-full"), 40U - device_alarms_max);
}

// Whoever keeps an alarm wants to know which connection it still holds by.
TEST(AlarmsAfterALostLink, ARepetitionOnAnotherConnectionIsToldOnceMore) {
  const auto memory = make_memory();
  drivers::test::RecordingSink sink;
  int number = 0;
  const auto feed = [&](const Made& made, const Alert& alert) {
    ++number;
    made.driver->feed(bytes_of(framed(alert.text(number))), at(number), sink);
  };
  const auto told = [&] {
    const auto text = sink.text();
    sink.clear();
    return text.find(" alarm on") != std::string::npos    ? "on"
           : text.find(" alarm off") != std::string::npos ? "off"
                                                          : "nothing";
  };
  const Made before = make({}, memory);
  feed(before, {});
  EXPECT_STREQ(told(), "on");
  feed(before, {.id = "E2", .parent = "E1", .phase = "continue"});
  EXPECT_STREQ(told(), "nothing");
  const Made after = make({}, memory);
  feed(after, {.id = "E3", .parent = "E1", .phase = "continue"});
  EXPECT_STREQ(told(), "on");
  feed(after, {.id = "E4", .parent = "E1", .phase = "continue"});
  EXPECT_STREQ(told(), "nothing");
  feed(after, {.id = "E5", .parent = "E1", .phase = "end", .state = "inactive"});
  EXPECT_STREQ(told(), "off");
  EXPECT_EQ(sink.text().find("alarm-end-unknown"), std::string::npos);
}

class MindrayAlarms : public testing::Test {
 protected:
  MindrayAlarms() {
    lab.message(
        "MSH|^~\\&|||||||ORU^R01|103|P|2.3.1|\rPID|||g\rPV1||I|^^ICU&1&2&3&&1\rOBX||ST|2308^No||BED-9||||||"
        "F\r");
  }
  void list(std::string_view id, const std::string& rows) {
    lab.message("MSH|^~\\&|||||||ORU^R01|" + std::string(id) + "|P|2.3.1|\r" + rows);
  }
  static std::string physiological(const std::string& alarm) {
    return "OBX||CE|2|1|" + alarm + "||||||F|||20260308235959|\r";
  }
  static std::string technical(const std::string& alarm) { return "OBX||CE|4||" + alarm + "||||||F|\r"; }
  std::vector<std::string> said() {
    std::vector<std::string> found;
    for (const auto& line : lab.lines("@0 alarm")) found.push_back(line.substr(9));
    lab.sink.clear();
    return found;
  }
  Lab lab;
};

using List = std::vector<std::string>;

TEST_F(MindrayAlarms, EveryMessageIsTheWholeList) {
  list("54", physiological("10033^**SpO2 TOO HIGH") + physiological("10002^***HR TOO LOW"));
  EXPECT_EQ(lab.lines("subject").back(), "subject point_of_care=\"ICU\" bed=\"BED-9\" location=\"BED-9\"");
  EXPECT_EQ(said(), (List{"on medium event_time=1773014399000 text=\"SpO2 TOO HIGH\" code=\"10033\"",
                          "on high event_time=1773014399000 text=\"HR TOO LOW\" code=\"10002\""}));
  list("54", physiological("10002^***HR TOO LOW") + "OBX||CE|2040^||0^||||||F\r");
  EXPECT_EQ(said(), (List{"off medium event_time=1773014399000 code=\"10033\""}));
  list("54", "");
  EXPECT_EQ(said(), (List{"off high event_time=1773014399000 code=\"10002\""}));
  list("54", "");
  EXPECT_EQ(said(), List{});
  EXPECT_EQ(lab.count("answer"), 0U) << "it streams";
}

TEST_F(MindrayAlarms, TheListOfTheEquipmentIsAnotherOne) {
  list("56", technical("205^SpO2 Sensor Off") + "OBX||CE|2041^||0^||||||F\r");
  EXPECT_EQ(said(), (List{"on low technical level-assumed text=\"SpO2 Sensor Off\" code=\"205\""}));
  list("54", physiological("10076^**T1 Too Low"));
  EXPECT_EQ(said().size(), 1U);
  list("56", "");
  EXPECT_EQ(said(), (List{"off low technical level-assumed code=\"205\""}));
  EXPECT_TRUE(lab.sink.observations.empty());
}

}  // namespace
}  // namespace drivers::hl7::test
