// Goal: what a pump says of itself arrives whole and in our units, a change of rate is no pause, and none of
// it is a vital sign. Method: snapshots and events as pumps write them through the whole driver.
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

// Rows of one source of a syringe pump, numbered in the device tree.
struct Pump {
  std::string event = "";  // PUMP_DELIV_START
  std::string infusing = "infusing";
  std::string rate_now = "18";
  std::string active = "primary";
  std::string delivery = "delivering";
  std::string reason = "";
  std::string more = "";  // rows of the primary source
  std::string type = "ORU^R01^ORU_R01";
  std::string processing = "P";

  std::string text(int number) const {
    const auto word = [](std::string_view code, std::string_view sub_id, std::string_view prefix,
                         const std::string& value) {
      return value.empty() ? std::string()
                           : "OBX|1|CWE|" + std::string(code) + "^MDC|" + std::string(sub_id) + "|^" +
                                 std::string(prefix) + value + "||||||R\r";
    };
    const std::string flow = rate_now.empty()
                                 ? ""
                                 : "OBX|1|NM|158014^MDC_FLOW_FLUID_PUMP_CURRENT^MDC|1.1.1.2|" + rate_now +
                                       "|265266^MDC_DIM_MILLI_L_PER_HR^MDC^mL/h^mL/h^UCUM|||||R\r";
    return "MSH|^~\\&|PUMPS^0012^EUI-64|BB|||20260309000029+0000||" + type + "|P" + std::to_string(number) +
           '|' + processing +
           "|2.6|||AL|NE\rPID|||Unknown "
           "Patient\rPV1||I|ICU^^B1\rOBR|1||x|Ketamin^Ketamin|||20260309000000+0000\r"
           "OBX|1||70053^MDC_DEV_PUMP_INFUS_SYRINGE_MDS^MDC|1.0.0.0|||||||X|||||||P2449^^0012^EUI-64\r"
           "OBX|2||70054^MDC_DEV_PUMP_INFUS_SYRINGE_VMD^MDC|1.1.0.0|||||||X\r" +
           (event.empty()
                ? ""
                : "OBX|3|CWE|68487^MDC_ATTR_EVT_COND^MDC|1.1.0.3|197288^MDC_EVT_" + event +
                      "^MDC||||||R\rOBX|4|ST|68488^MDC_ATTR_EVT_SOURCE^MDC|1.1.0.4|1.1.2.0||||||R\r") +
           "OBX|5||70067^MDC_DEV_PUMP_DELIVERY_INFO^MDC|1.1.1.0|||||||X\r" +
           word("184519^MDC_PUMP_INFUSING_STATUS", "1.1.1.1", "pump-status-", infusing) + flow +
           word("158016^MDC_DEV_PUMP_ACTIVE_SOURCES", "1.1.1.3", "pump-source-info-", active) +
           "OBX|6||70071^MDC_DEV_PUMP_INFUSATE_SOURCE_PRIMARY^MDC|1.1.2.0|||||||X\r" +
           word("158005^MDC_PUMP_CURRENT_DELIVERY_STATUS", "1.1.2.1", "pump-delivery-status-", delivery) +
           word("158006^MDC_DEV_PUMP_NOT_DELIVERING_REASON", "1.1.2.2", "pump-", reason) + more;
  }
};

std::string number(std::string_view code, std::string_view value, std::string_view unit,
                   std::string_view sub_id = "1.1.2.9") {
  return "OBX|1|NM|" + std::string(code) + '|' + std::string(sub_id) + '|' + std::string(value) + '|' +
         std::string(unit) + "|||||R\r";
}

std::string said_by(const Pump& pump) {
  Lab lab;
  lab.message(pump.text(1));
  EXPECT_TRUE(lab.sink.observations.empty());
  EXPECT_EQ(lab.count("answer CA"), 1U);
  const auto all = lab.lines("@0 pump");
  return all.size() == 1 ? all[0].substr(8) : std::to_string(all.size()) + " reports";
}

const std::string tail = " event_time=1773014400000 device=\"P2449\"";

TEST(Pumps, ASnapshotWhole) {
  const std::string rows =
      number("157784^MDC_FLOW_FLUID_PUMP^MDC", "20", "mL/h") +
      number("157924^MDC_RATE_DOSE^MDC", "0.3", "^mg/kg/h") +
      number("157760^MDC_CONC_DRUG^MDC", "5", "264306^MDC_DIM_MILLI_G_PER_ML^MDC") +
      number("157884^MDC_VOL_FLUID_TBI^MDC", "50", "mL") +
      number("157872^MDC_VOL_FLUID_TBI_REMAIN^MDC", "48.9", "mL") +
      number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "1.1", "mL") +
      number("158001^MDC_DOSE_DRUG_DELIV_TOTAL^MDC", "5520", "263891^MDC_DIM_MICRO_G^MDC^ug^ug^UCUM") +
      number("157916^MDC_TIME_PD_REMAIN^MDC", "3", "264352^MDC_DIM_MIN^MDC") +
      number("68063^MDC_ATTR_PT_WEIGHT^MDC", "82.5", "kg") +
      "OBX|1|ST|184514^MDC_DRUG_NAME_LABEL^MDC|1.1.2.3|Esketamin||||||R\r"
      "OBX|1|CWE|68012^MDC_ATTR_AL_COND^MDC|1.1.0.5|197334^MDC_EVT_VOL_INFUS_NEAR_COMP^MDC||||||R\r";
  EXPECT_EQ(
      said_by({.more = rows}),
      "running rate_ml_h=18 rate_mg_kg_h=0.3 concentration_mg_ml=5 volume_ml=1.1 dose_mg=5.5200000000000005 "
      "volume_to_infuse_ml=50 volume_remaining_ml=48.9 time_remaining_s=180 weight_kg=82.5" +
          tail + " source=\"primary\" drug=\"Esketamin\" alarm=\"VOL_INFUS_NEAR_COMP\"");
}

TEST(Pumps, NeverAVitalSignNotEvenBesideOne) {
  Lab lab;
  lab.message(Pump{.more = hr("70") + number("150021^MDC_PRESS_BLD_NONINV_SYS^MDC", "120", "mmHg")}.text(1));
  EXPECT_TRUE(lab.sink.observations.empty());
  EXPECT_EQ(lab.lines("subject").at(0).find("device=\"P2449\"") != std::string::npos, true);
}

TEST(Pumps, StatesByWordsAndEvents) {
  struct Case {
    Pump pump;
    std::string_view state;
  };
  const std::vector<Case> cases{
      {{.event = "PUMP_DELIV_START"}, "running rate"},
      {{.event = "PUMP_DELIV_STOP", .rate_now = "0", .delivery = "transitioning"}, "running transitioning"},
      {{.event = "PUMP_DELIV_STOP",
        .infusing = "not-infusing",
        .rate_now = "0",
        .delivery = "not-delivering",
        .reason = "stopped-by-clinician"},
       "paused rate"},
      {{.event = "PUMP_DELIV_STOP",
        .infusing = "not-infusing",
        .rate_now = "0",
        .delivery = "not-delivering",
        .reason = "stopped-between-doses"},
       "paused transitioning"},
      {{.event = "PUMP_DELIV_COMP", .delivery = "transitioning"}, "complete transitioning"},
      {{.event = "PUMP_DELIV_START", .rate_now = "1", .delivery = "kvo"}, "kvo rate"},
      {{.event = "PUMP_DELIV_STOP",
        .infusing = "not-infusing",
        .rate_now = "0",
        .reason = "stopped-powered-off"},
       "off rate"},
      {{.infusing = "not-infusing",
        .rate_now = "0",
        .delivery = "not-delivering",
        .reason = "stopped-powered-off"},
       "off rate"},
      {{.infusing = "not-infusing", .rate_now = "0", .delivery = ""}, "paused rate"},
      {{.rate_now = "0"}, "running transitioning"},
      {{.infusing = "", .rate_now = "5", .delivery = ""}, "running rate"},
      {{.infusing = "", .rate_now = "0", .delivery = ""}, "paused rate"},
      {{.infusing = "", .rate_now = "", .delivery = ""}, "unknown event_time"},
  };
  for (const Case& one : cases) {
    Pump pump = one.pump;
    if (!pump.event.empty()) pump.type = "ORU^R42^ORU_R01";
    const std::string said = said_by(pump);
    EXPECT_EQ(said.substr(0, one.state.size()), one.state) << said;
    EXPECT_TRUE(pump.event.empty() || said.find("event=\"" + pump.event) != std::string::npos) << said;
    EXPECT_TRUE(pump.reason.empty() || said.find("reason=\"" + pump.reason) != std::string::npos) << said;
  }
}

// A change of rate comes as a stop and a start, often in the same second.
TEST(Pumps, AChangeOfRateShowsNoPause) {
  Lab lab;
  const std::string type = "ORU^R42^ORU_R01";
  lab.message(Pump{.event = "PUMP_DELIV_START", .rate_now = "12", .type = type}.text(1));
  lab.message(
      Pump{.event = "PUMP_DELIV_STOP", .rate_now = "12", .delivery = "transitioning", .type = type}.text(2));
  lab.message(Pump{.event = "PUMP_DELIV_START", .rate_now = "18", .type = type}.text(3));
  EXPECT_EQ(lab.count("paused"), 0U);
  EXPECT_NE(lab.lines("@0 pump").at(2).find("running rate_ml_h=18"), std::string::npos);
}

TEST(Pumps, WhatIsProgrammedDoesNotRunWhenStopped) {
  const std::string rows = number("157784^MDC_FLOW_FLUID_PUMP^MDC", "20", "mL/h") +
                           number("157924^MDC_RATE_DOSE^MDC", "40", "265522^MDC_DIM_MILLI_G_PER_HR^MDC");
  EXPECT_EQ(said_by({.rate_now = "", .more = rows}).substr(0, 34), "running rate_ml_h=20 rate_mg_h=40 ");
  const std::string stopped =
      said_by({.infusing = "not-infusing", .rate_now = "", .delivery = "", .more = rows});
  EXPECT_EQ(stopped.substr(0, 17), "paused event_time") << stopped;
}

TEST(Pumps, TheActiveSourceSpeaksAndTheSameDrugIsAddedUp) {
  const std::string rows = "OBX|1|ST|184514^MDC_DRUG_NAME_LABEL^MDC|1.1.2.3|Ketamin||||||R\r" +
                           number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "10", "mL") +
                           "OBX|6||0^MDC_DEV_PUMP_INFUSATE_SOURCE_CLINICIAN_DOSE^MDC|1.1.3.0|||||||X\r"
                           "OBX|1|ST|184514^MDC_DRUG_NAME_LABEL^MDC|1.1.3.3|Ketamin||||||R\r" +
                           number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "2", "mL", "1.1.3.4") +
                           number("157884^MDC_VOL_FLUID_TBI^MDC", "3", "mL", "1.1.3.5") +
                           "OBX|6||0^MDC_DEV_PUMP_INFUSATE_SOURCE_SECONDARY^MDC|1.1.4.0|||||||X\r"
                           "OBX|1|ST|184514^MDC_DRUG_NAME_LABEL^MDC|1.1.4.3|NaCl||||||R\r" +
                           number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "100", "mL", "1.1.4.4");
  const std::string said = said_by({.active = "clinician", .more = rows});
  EXPECT_NE(said.find("volume_ml=12 volume_to_infuse_ml=3"), std::string::npos) << said;
  EXPECT_NE(said.find("source=\"clinician\""), std::string::npos) << said;
  EXPECT_NE(said_by({.more = rows}).find("volume_ml=12 event"), std::string::npos);
  EXPECT_NE(said_by({.active = "secondary", .more = rows}).find("volume_ml=100"), std::string::npos);
}

TEST(Pumps, UnitsAreReadAndStrangeOnesRefused) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {number("157924^MDC_RATE_DOSE^MDC", "5",
              "265619^MDC_DIM_MICRO_G_PER_KG_PER_MIN^MDC^ug/kg/min^ug/kg/min^UCUM"),
       "rate_mg_kg_h=0.3"},
      {number("157924^MDC_RATE_DOSE^MDC", "5", "ug/min"), "rate_mg_h=0.3"},
      {number("157916^MDC_TIME_PD_REMAIN^MDC", "179", "264320^MDC_DIM_X_SEC^MDC^s^s^UCUM"),
       "time_remaining_s=179"},
      {number("0^MDC_VOL_FLUID_DELIV^MDC", "1", "L"), "volume_ml=1000"}};
  for (const auto& [row, text] : cases)
    EXPECT_NE(said_by({.more = row}).find(text), std::string::npos) << row;
  for (const std::string& row :
       {number("157924^MDC_RATE_DOSE^MDC", "5", "IU/h"), number("157916^MDC_TIME_PD_REMAIN^MDC", "5", ""),
        number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "5", "mg"),
        number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "5", "263762^mg^MDC"),
        number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "-5", "mL"),
        number("157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC", "many", "mL")}) {
    Lab lab;
    lab.message(Pump{.more = row}.text(1));
    EXPECT_EQ(lab.count("fault refused"), 1U) << row;
    EXPECT_NE(lab.lines("@0 pump").at(0).find("rate_ml_h=18 event"), std::string::npos) << row;
  }
}

// A row of the volume given, with all that may stand behind its value.
std::string given(std::string_view value, std::string_view behind_unit, std::string_view type = "NM") {
  return "OBX|1|" + std::string(type) + "|157993^MDC_VOL_FLUID_DELIV_TOTAL^MDC|1.1.2.9|" +
         std::string(value) + "|mL|" + std::string(behind_unit) + '\r';
}

TEST(Pumps, NumbersThatMeanNoneAreNoNumbers) {
  for (const std::string value : {"8388607", "65535", "32767", "8388608", "-1", "2147483647", "-100.00"}) {
    Lab lab;
    lab.message(Pump{.more = given(value, "||||R")}.text(1));
    EXPECT_EQ(lab.count("volume_ml"), 0U) << value;
    EXPECT_EQ(lab.count("fault refused no-value"), 1U) << value;
  }
  Lab nothing;
  nothing.message(Pump{.more = given("---", "||||R") + given("", "||||R")}.text(1));
  EXPECT_EQ(nothing.count("fault"), 0U);
  EXPECT_EQ(nothing.count("volume_ml"), 0U);
  Lab rate;
  rate.message(Pump{.rate_now = "8388607"}.text(1));
  EXPECT_EQ(rate.count("rate_ml_h"), 0U);
  EXPECT_EQ(rate.count("running"), 1U) << "the word stands";
}

TEST(Pumps, WhatTheFlagsAndTheStatusTakeBackIsNotUsed) {
  for (const std::string behind : {"|INV|||R", "|TEST|||R", "|L~DEMO|||R", "|CALIB|||R", "|NAV|||R",
                                   "|OFF|||R", "|BUSY|||R", "||||X", "||||D", "||||Z", "|||X", "|||||X"}) {
    Lab lab;
    lab.message(Pump{.more = given("99", behind)}.text(1));
    EXPECT_EQ(lab.count("volume_ml"), 0U) << behind;
    EXPECT_EQ(lab.count("fault refused flags") + lab.count("fault refused status"), 1U) << behind;
    EXPECT_EQ(lab.count("rate_ml_h=18"), 1U) << behind;
  }
  for (const std::string behind : {"|H|||R", "|QUES|||R", "|N|||", "||||F", "||||P", "|||R", "|||||R"}) {
    Lab lab;
    lab.message(Pump{.more = given("99", behind)}.text(1));
    EXPECT_EQ(lab.count("volume_ml=99"), 1U) << behind;
    EXPECT_EQ(lab.count("fault"), 0U) << behind;
  }
  Lab word;
  word.message(Pump{.infusing = "not-infusing|||INV", .rate_now = "5", .delivery = ""}.text(1));
  EXPECT_EQ(word.count("running"), 1U) << "a status word with a flag is none";
}

TEST(Pumps, StructuredNumbersAreRead) {
  EXPECT_NE(said_by({.more = given("^99", "||||R", "SN")}).find("volume_ml=99"), std::string::npos);
  EXPECT_EQ(said_by({.more = given(">^99", "||||R", "SN")}).find("volume_ml"), std::string::npos);
}

TEST(Pumps, ChannelsHaveAnInfusionEach) {
  const std::string second =
      "OBX|2||70050^MDC_DEV_PUMP_INFUS_LVP_VMD^MDC|1.2.0.0|||||||X|||||||CH2^^0012^EUI-64\r"
      "OBX|1|CWE|184519^MDC_PUMP_INFUSING_STATUS^MDC|1.2.1.1|^pump-status-not-infusing||||||R\r";
  Lab lab;
  lab.message(Pump{.event = "PUMP_DELIV_START", .more = second, .type = "ORU^R42^ORU_R01"}.text(1));
  const auto all = lab.lines("@0 pump");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NE(all[0].find("event=\"PUMP_DELIV_START\""), std::string::npos);
  EXPECT_NE(all[0].find("device=\"P2449\""), std::string::npos);
  EXPECT_NE(all[1].find("paused"), std::string::npos);
  EXPECT_NE(all[1].find("device=\"CH2\""), std::string::npos);
  EXPECT_EQ(all[1].find("event=\""), std::string::npos) << "it happened to the other channel";
}

TEST(Pumps, BedByThePumpItself) {
  Lab lab(Options{{"location", "device"}});
  lab.message(Pump{}.text(1));
  EXPECT_NE(lab.lines("subject").at(0).find("location=\"P2449\" device=\"P2449\""), std::string::npos);
}

TEST(Pumps, APlaceInFrontOfThePatientIsTheirs) {
  std::string text = Pump{}.text(1);
  const std::string patient = "PID|||Unknown Patient\r";
  text.erase(text.find(patient), patient.size());
  text.insert(text.find("OBR|"), patient);
  Lab lab;
  lab.message(text);
  EXPECT_NE(lab.lines("subject").at(0).find("bed=\"B1\" location=\"B1\""), std::string::npos);
}

TEST(Pumps, OfTrainingAreNotReported) {
  Lab lab;
  lab.message(Pump{.processing = "D"}.text(1));
  EXPECT_EQ(lab.count("@0 pump"), 0U);
  EXPECT_EQ(lab.count("fault refused test-mode"), 1U);
}

TEST(Pumps, OrdersAreNoInfusionAndAreRefused) {
  for (const std::string type : {"RGV^O15^RGV_O15", "RDE^O11^RDE_O11"}) {
    Lab lab;
    lab.message("MSH|^~\\&|A|B|||20260309000000||" + type +
                "|1|P|2.6\rPID|||P1\rRXG|1|||2^Ketamine|150||mL\rOBX|1||69986^MDC_DEV_PUMP_INFUS_VMD^MDC\r");
    EXPECT_EQ(lab.count("@0 pump"), 0U);
    EXPECT_NE(lab.lines("answer AR").at(0).find("200^"), std::string::npos);
  }
}

}  // namespace
}  // namespace drivers::hl7::test
