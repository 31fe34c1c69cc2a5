// Goal: the reading rules. A wrong value must not become a value, a right one must not be lost. Method:
// single rows through the whole driver.
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

using vitals::Metric;
using vitals::TimeSource;

// One row `OBX|1|type|code|sub|value|unit||flags|||status|||time`.
struct Obx {
  std::string type = "NM";
  std::string code = "147842^MDC_ECG_HEART_RATE^MDC";
  std::string sub_id = "";
  std::string value = "72";
  std::string unit = "";
  std::string flags = "";
  std::string status = "R";
  std::string time = "";

  std::string text() const {
    return "OBX|1|" + type + '|' + code + '|' + sub_id + '|' + value + '|' + unit + "||" + flags + "|||" +
           status + "|||" + time + '\r';
  }
};

const std::string hr_code = "147842^MDC_ECG_HEART_RATE^MDC";
const std::string pr_code = "149530^MDC_PULS_OXIM_PULS_RATE^MDC";
const std::string spo2_code = "150456^MDC_PULS_OXIM_SAT_O2^MDC";
const std::string sys_code = "150021^MDC_PRESS_BLD_NONINV_SYS^MDC";
const std::string dia_code = "150022^MDC_PRESS_BLD_NONINV_DIA^MDC";

std::string said(const Obx& row, Metric metric = Metric::hr) {
  Lab lab;
  lab.rows(row.text());
  return lab.said(metric);
}

TEST(Reading, Status) {
  for (const std::string status : {"F", "R", "C", "P", "A", ""})
    EXPECT_EQ(said({.status = status}), "72 valid") << status;
  EXPECT_EQ(said({.status = "X"}), "- unavailable status");
  for (const std::string status : {"D", "W"})
    EXPECT_EQ(said({.status = status}), "- invalid status") << status;
  for (const std::string status : {"S", "N", "O", "I", "U", "Q", "FF"})
    EXPECT_EQ(said({.status = status}), "nothing") << status;
}

TEST(Reading, AStatusOneFieldOffIsFoundAndItsTimeWithIt) {
  for (const std::string row : {"OBX|1|NM|8867-4^HR^LN||72|/min||||F|||20260308235900",
                                "OBX|1|NM|8867-4^HR^LN||72|/min||||||F|||20260308235900"}) {
    Lab lab;
    lab.rows(row + '\r');
    EXPECT_EQ(lab.said(Metric::hr), "72 valid") << row;
    ASSERT_NE(lab.find(Metric::hr), nullptr);
    EXPECT_EQ(lab.find(Metric::hr)->time_source, TimeSource::own) << row;
  }
  Lab off;
  off.rows("OBX|1|NM|8867-4^HR^LN||72|/min||||X\r");
  EXPECT_EQ(off.said(Metric::hr), "- unavailable status");
}

TEST(Reading, Flags) {
  EXPECT_EQ(said({.flags = "L~LL~ALACT"}), "72 valid");
  EXPECT_EQ(said({.flags = "QUES"}), "72 questionable status");
  EXPECT_EQ(said({.flags = "INV"}), "- invalid status");
  EXPECT_EQ(said({.flags = "NAV"}), "- unavailable missing");
  EXPECT_EQ(said({.flags = "OFF"}), "- unavailable missing");
  EXPECT_EQ(said({.flags = "H~EARLY"}), "- calibrating status");
  EXPECT_EQ(said({.flags = "BUSY"}), "- calibrating status");
  EXPECT_EQ(said({.flags = "N~~INV"}), "- invalid status");
  EXPECT_EQ(said({.flags = "~ques"}), "72 questionable status");
  for (const std::string flag : {"TEST", "DEMO", "CALIB"}) {
    Lab lab;
    lab.rows(Obx{.flags = flag}.text());
    ASSERT_NE(lab.find(Metric::hr), nullptr) << flag;
    EXPECT_TRUE(lab.find(Metric::hr)->test) << flag;
    EXPECT_FALSE(lab.find(Metric::hr)->has_value()) << flag;
  }
}

TEST(Reading, ARateOfZeroIsAStatementOfItsOwn) {
  EXPECT_EQ(said({.value = "0"}), "- invalid zero");
  EXPECT_EQ(said({.code = pr_code, .value = "0.0"}, Metric::pr), "- invalid zero");
  EXPECT_EQ(said({.value = "0", .flags = "OFF"}), "- unavailable missing");  // the device explains it
  EXPECT_EQ(said({.value = "0", .flags = "QUES"}), "- invalid zero");
  EXPECT_EQ(said({.code = spo2_code, .value = "0"}, Metric::spo2), "- invalid implausible");
}

TEST(Reading, WhatCannotBe) {
  EXPECT_EQ(said({.value = "350"}), "350 valid");
  EXPECT_EQ(said({.value = "351"}), "- invalid implausible");
  EXPECT_EQ(said({.code = spo2_code, .value = "101"}, Metric::spo2), "- invalid implausible");
  EXPECT_EQ(said({.code = sys_code, .value = "-1"}, Metric::nibp_sys), "- unavailable missing");
  EXPECT_EQ(said({.code = sys_code, .value = "400"}, Metric::nibp_sys), "- invalid implausible");
  EXPECT_EQ(said({.code = sys_code, .value = "0"}, Metric::nibp_sys), "- invalid implausible");
  EXPECT_EQ(said({.code = "150035^MDC_PRESS_BLD_ART_MEAN^MDC", .value = "0"}, Metric::art_map), "0 valid");
  EXPECT_EQ(said({.code = sys_code, .value = ">250"}, Metric::nibp_sys), "- over");
  EXPECT_EQ(said({.value = "<20"}), "- under");
}

// An arterial line without a pulse is flat: that must reach the limits. Upside down it cannot be.
TEST(Reading, AFlatArterialLineIsPassedOn) {
  const auto line = [](const std::string& sys, const std::string& dia) {
    return Obx{.code = "150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC", .value = sys}.text() +
           Obx{.code = "150038^MDC_PRESS_BLD_ART_ABP_DIA^MDC", .value = dia}.text();
  };
  Lab flat;
  flat.rows(line("30", "30"));
  EXPECT_EQ(flat.said(Metric::art_sys), "30 valid");
  EXPECT_EQ(flat.said(Metric::art_dia), "30 valid");
  Lab upside_down;
  upside_down.rows(line("29", "30"));
  EXPECT_EQ(upside_down.said(Metric::art_sys), "- invalid implausible");
  EXPECT_EQ(upside_down.said(Metric::art_dia), "- invalid implausible");
}

TEST(Reading, SystolicMustBeAboveDiastolic) {
  Lab lab;
  lab.rows(Obx{.code = sys_code, .value = "80"}.text() + Obx{.code = dia_code, .value = "80"}.text());
  EXPECT_EQ(lab.said(Metric::nibp_sys), "- invalid implausible");
  EXPECT_EQ(lab.said(Metric::nibp_dia), "- invalid implausible");
  Lab other_times;  // two measurements
  other_times.rows(Obx{.code = sys_code, .value = "80", .time = "20260308235900"}.text() +
                   Obx{.code = dia_code, .value = "90", .time = "20260308235500"}.text());
  EXPECT_EQ(other_times.said(Metric::nibp_sys), "80 valid");
}

TEST(Reading, Units) {
  EXPECT_EQ(said({.unit = "rpm"}), "- invalid unit");
  EXPECT_EQ(said({.code = spo2_code, .value = "0.97", .unit = "1"}, Metric::spo2), "- invalid unit");
  EXPECT_EQ(said({.code = spo2_code, .value = "97", .unit = "mmHg"}, Metric::spo2), "- invalid unit");
  EXPECT_EQ(said({.unit = "mmol/L"}), "- invalid unit");
  EXPECT_EQ(said({.value = "---", .unit = "mmol/L"}), "- unavailable missing");
  Lab kilopascal;
  kilopascal.rows(Obx{.code = sys_code, .value = "16.0", .unit = "kPa"}.text());
  EXPECT_NEAR(kilopascal.find(Metric::nibp_sys)->value, 120.0, 0.1);
  for (const std::string unit : {"\xB0"
                                 "C",
                                 "\u00B0C", "Cel", "268192^MDC_DIM_DEGC^MDC", "cel^^ISO+"})
    EXPECT_EQ(said({.code = "150344^MDC_TEMP^MDC", .value = "36.9", .unit = unit}, Metric::temp),
              "36.9 valid")
        << unit;
}

TEST(Reading, OnlyNumbersInNumberFields) {
  EXPECT_EQ(said({.type = "ST"}), "72 valid");
  EXPECT_EQ(said({.type = ""}), "72 valid");
  EXPECT_EQ(said({.type = "SN", .value = "^72"}), "72 valid");
  EXPECT_EQ(said({.type = "ST", .value = "72 bpm"}), "- invalid missing");
  EXPECT_EQ(said({.value = "\\X37\\\\X32\\"}), "- invalid missing");
  for (const std::string type : {"NA", "CE", "CWE", "ED", "DT"})
    EXPECT_EQ(said({.type = type}), "nothing") << type;
  EXPECT_EQ(said({.sub_id = "1.5.1.1.3"}), "nothing");  // a facet
  EXPECT_EQ(said({.sub_id = "1.5.1.1.0"}), "72 valid");
}

TEST(Reading, ATextNeverGetsIntoAFault) {
  Lab lab;
  lab.rows(Obx{.type = "ST", .value = "Doe, Jane"}.text() +
           Obx{.type = "ST", .code = "N^Note^L", .value = "Doe, Jane"}.text() +
           Obx{.type = "ST", .value = "Doe, Jane"}.text() + Obx{}.text());
  EXPECT_GE(lab.count("fault"), 3U);
  EXPECT_EQ(lab.count("Doe"), 0U);
}

TEST(Reading, UnmappedCodesAreListed) {
  Lab lab;
  lab.rows(Obx{.code = "352^PAUSE_RATE^99MNDRY", .value = "3", .unit = "/min"}.text());
  ASSERT_EQ(lab.count("fault unmapped code"), 1U);
  EXPECT_NE(lab.lines("fault unmapped")[0].find("code=\"352^PAUSE_RATE^99MNDRY\" unit=\"/min\" value=\"3\""),
            std::string::npos);
}

TEST(Reading, TheBetterOfSeveralRowsCounts) {
  struct Case {
    Obx first, second;
    std::string_view expected;
  };
  const std::vector<Case> cases{
      {{.value = "70"}, {.value = "80"}, "80 valid"},    // the last
      {{.value = "70"}, {.value = "-100"}, "70 valid"},  // good before bad
      {{.value = "---"}, {.value = "80"}, "80 valid"},
      {{.value = "70"}, {.value = "80", .flags = "QUES"}, "70 valid"},
      {{.value = "70", .time = "20260308235900"}, {.value = "80", .time = "20260308235800"}, "70 valid"},
      {{.sub_id = "1.3.1.9", .value = "70"},
       {.sub_id = "1.3.10.9", .value = "80"},
       "70 valid"},  // first probe
      {{.sub_id = "1.3.10.9", .value = "80"}, {.sub_id = "1.3.2.9", .value = "70"}, "70 valid"},
      {{.sub_id = "2", .value = "70", .time = "20260308235900"},
       {.sub_id = "1", .value = "80", .time = "20260308235800"},
       "70 valid"},
      {{.value = "70", .time = "20260308235800"},
       {.value = "-100", .time = "20260308235900"},
       "- unavailable missing"},
      {{.value = "70", .time = "20260308235800"}, {.value = "-100", .time = "00000000000000"}, "70 valid"},
      {{.value = "70"}, {.value = "70", .status = "W"}, "- invalid status"},  // withdrawn
      {{.sub_id = "1.1", .value = "70"}, {.sub_id = "1.2", .value = "60", .status = "D"}, "70 valid"},
      {{.value = "0"}, {.value = "---"}, "- invalid zero"},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    Lab lab;
    lab.rows(cases[i].first.text() + cases[i].second.text());
    EXPECT_EQ(lab.said(Metric::hr), cases[i].expected) << "case " << i;
    EXPECT_EQ(lab.sink.observations.size(), 1U) << "case " << i;
  }
}

TEST(Reading, TheOximeterGoesBeforeTheArterialLineForPulse) {
  Lab lab;
  lab.rows(Obx{.code = pr_code, .value = "70"}.text() +
           Obx{.code = "149522^MDC_BLD_PULS_RATE_INV^MDC", .value = "80"}.text());
  EXPECT_EQ(lab.said(Metric::pr), "70 valid");
  EXPECT_EQ(lab.find(Metric::pr)->mdc, 149530U);
  EXPECT_EQ(lab.count("fault refused other-source"), 1U);
}

TEST(Reading, OfSeveralGroupsTheNewestCountsWhateverTheOrder) {
  const std::string newer = "OBR|1||||||20260308235900\r" + Obx{.value = "80"}.text();
  const std::string older = "OBR|2||||||20260308235800\r" + Obx{.value = "70"}.text();
  for (const std::string& rows : {newer + older, older + newer}) {
    Lab lab;
    lab.rows(rows);
    EXPECT_EQ(lab.said(Metric::hr), "80 valid");
  }
}

// What one message's codes meant must not be remembered for another that separates or numbers them otherwise.
TEST(Reading, ACodeIsReadAnewUnderOtherSeparators) {
  Lab lab;
  lab.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\rPID|||T1\rOBX|1|NM|101$HR||70|/min|||||F\r");
  EXPECT_EQ(lab.said(Metric::hr), "nothing");
  lab.message("MSH|$~\\&|M|B|||20260309000001||ORU$R01|2|P|2.6\rPID|||T1\rOBX|1|NM|101$HR||71|/min|||||F\r");
  EXPECT_EQ(lab.said(Metric::hr), "71 valid");
  Lab pds;
  pds.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\rPID|||T1\rOBX|1|NM|160^Sat||97|%|||||F\r");
  EXPECT_EQ(pds.said(Metric::spo2), "nothing");
  pds.message("MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX||NM|160^Sat|2101|98||||||F\r");
  EXPECT_EQ(pds.said(Metric::spo2), "98 valid");
}

TEST(Reading, HeartRateAndPulseRateStayTwo) {
  Lab lab;
  lab.rows(Obx{.code = pr_code, .value = "70"}.text());
  EXPECT_EQ(lab.said(Metric::hr), "nothing");
  EXPECT_EQ(lab.said(Metric::pr), "70 valid");
}

TEST(Reading, TimeIsTheRowsOwnElseTheGroupsElseTheMessages) {
  Lab lab;
  lab.message("MSH|^~\\&|M|B|||20260309000000+0100||ORU^R01|T1|P|2.6\rPID|||P1\r" + Obx{}.text() +
              "OBR|1||||||20260308230000.500\r" + Obx{.code = pr_code}.text() +
              Obx{.code = spo2_code, .time = "20260308225959"}.text());
  const auto check = [&](Metric metric, TimeSource source, std::int64_t from_day_ms) {
    const auto* const seen = lab.find(metric);
    ASSERT_NE(seen, nullptr);
    EXPECT_EQ(seen->time_source, source);
    ASSERT_TRUE(seen->t_src);
    EXPECT_EQ(vitals::unix_ms(*seen->t_src) - day_unix_ms, from_day_ms);
  };
  check(Metric::hr, TimeSource::message, -3'600'000);  // the zone of MSH-7 holds for all times without one
  check(Metric::pr, TimeSource::message, -7'200'000 + 500);
  check(Metric::spo2, TimeSource::own, -7'201'000);
}

// The latest that it can be: a value of now must not look a minute old. A cuff reading is known by what is
// written.
TEST(Reading, ATimeToTheMinuteIsTakenForTheMessagesWhereThatFits) {
  const auto time = [](Metric metric, std::string_view sent, std::string_view measured, std::int64_t ms) {
    Lab lab;
    lab.message("MSH|^~\\&|M|B|||" + std::string(sent) + "||ORU^R01|T1|P|2.6\rPID|||P1\rOBR|1||||||" +
                    std::string(measured) + "\r" + Obx{.code = spo2_code}.text() +
                    Obx{.code = sys_code, .unit = "mm[Hg]", .time = std::string(measured)}.text(),
                ms);
    const auto* const seen = lab.find(metric);
    return seen != nullptr && seen->t_src ? vitals::unix_ms(*seen->t_src) - day_unix_ms : -1;
  };
  EXPECT_EQ(time(Metric::spo2, "20260309000045", "202603090000", 45'000), 45'000);
  EXPECT_EQ(time(Metric::spo2, "20260309000645", "202603090000", 405'000), 59'999) << "minutes old is old";
  EXPECT_EQ(time(Metric::spo2, "20260309000045", "202603090002", 45'000), 120'000) << "ahead is ahead";
  EXPECT_EQ(time(Metric::spo2, "202603090000", "202603090000", 45'000), 45'000) << "as it came";
  EXPECT_EQ(time(Metric::spo2, "", "202603090000", 45'000), 45'000);
  EXPECT_EQ(time(Metric::nibp_sys, "20260309000045", "202603090000", 45'000), 0);
  EXPECT_EQ(time(Metric::nibp_sys, "202603090000", "202603090000", 45'000), 0);
}

TEST(Reading, TheTimeOfAGroupOfTheCuffAloneIsItsMeasurements) {
  const auto source = [](std::string_view measured, std::string_view other_rows) {
    Lab lab;
    lab.message("MSH|^~\\&|M|B|||20260309030000||ORU^R01|T1|P|2.6\rPID|||P1\rOBR|1||||||20260309030000\r" +
                    hr("70") + "OBR|2||||||" + std::string(measured) + "\r" +
                    Obx{.code = sys_code, .unit = "mm[Hg]"}.text() + std::string(other_rows) +
                    "OBR|3||||||20260309030000\r" + Obx{.code = spo2_code}.text(),
                3 * 3'600'000);
    return lab.find(Metric::nibp_sys)->time_source;
  };
  EXPECT_EQ(source("20260309000000", ""), TimeSource::own);
  EXPECT_EQ(source("20260309025901", ""), TimeSource::message) << "as new as the message";
  EXPECT_EQ(source("20260309000000", Obx{.code = pr_code}.text()), TimeSource::message)
      << "perhaps an order's";
}

TEST(Reading, AWrongClockIsToldOnceAndNotTrusted) {
  Lab lab;
  const std::string old = "MSH|^~\\&|M|B|||20130103021726||ORU^R01|";
  lab.message(old + "1|P|2.4\r" + hr("60"));
  lab.message(old + "2|P|2.4\r" + hr("61"));
  EXPECT_EQ(lab.count("device-clock"), 1U);
  EXPECT_FALSE(lab.sink.observations.at(0).clock_trusted);
  EXPECT_EQ(lab.said(Metric::hr), "60 valid");
  lab.message(oru(hr("62"), "3"));
  EXPECT_TRUE(lab.sink.observations.at(2).clock_trusted);
  lab.message(old + "4|P|2.4\r" + hr("63"));
  EXPECT_EQ(lab.count("device-clock"), 2U);
}

TEST(Reading, TheClockToleranceIsFiveMinutesEitherWay) {
  for (const auto& [time, trusted] : std::vector<std::pair<std::string, bool>>{{"20260309000500", true},
                                                                               {"20260309000501", false},
                                                                               {"20260308235500", true},
                                                                               {"20260308235459", false}}) {
    Lab lab;
    lab.message("MSH|^~\\&|M|B|||" + time + "||ORU^R01|1|P|2.4\r" + hr("60"));
    EXPECT_EQ(lab.sink.observations.at(0).clock_trusted, trusted) << time;
  }
}

TEST(Patients, EachGetsTheirOwnValues) {
  Lab lab;
  lab.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\rPID|||T1\rPV1||I|ICU^^B1\r" + hr("70") +
              "PID|||T2\rPV1||I|ICU^^B2\r" + hr("140"));
  EXPECT_EQ(lab.sink.lines.at(0),
            "subject patient_id=\"T1\" point_of_care=\"ICU\" bed=\"B1\" location=\"B1\" device=\"M\"");
  EXPECT_NE(lab.sink.lines.at(1).find("hr 70"), std::string::npos);
  EXPECT_EQ(lab.sink.lines.at(2), "@0 frame-end");
  EXPECT_EQ(lab.sink.lines.at(3),
            "subject patient_id=\"T2\" point_of_care=\"ICU\" bed=\"B2\" location=\"B2\" device=\"M\"");
  EXPECT_NE(lab.sink.lines.at(4).find("hr 140"), std::string::npos);
}

TEST(Patients, APatientWithoutPlaceDoesNotInheritOne) {
  Lab lab;
  lab.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\rPID|||T1\rPV1||I|ICU^^B1\r" + hr("70") +
              "PID|||T2\r" + hr("140"));
  EXPECT_EQ(lab.lines("subject").at(1), "subject patient_id=\"T2\" device=\"M\"");
}

TEST(Patients, APlaceBeforeTheFirstPatientIsTheirs) {
  Lab lab;
  lab.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\rPV1||I|ICU^^B1\rPID|||T1\r" + hr("70"));
  ASSERT_EQ(lab.count("subject"), 1U);
  EXPECT_NE(lab.lines("subject").at(0).find("patient_id=\"T1\" point_of_care=\"ICU\" bed=\"B1\""),
            std::string::npos);
}

std::vector<std::string> said_of(const std::string& segments) {
  Lab lab;
  lab.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\r" + segments);
  return lab.sink.lines;
}

TEST(Patients, APlaceBehindValuesIsTheNextPatients) {
  const auto told =
      said_of("PV1||I|ICU^^B1\rPID|||T1\r" + hr("70") + "PV1||I|ICU^^B2\rPID|||T2\r" + hr("140"));
  ASSERT_EQ(told.size(), 7U);
  EXPECT_EQ(told[0],
            "subject patient_id=\"T1\" point_of_care=\"ICU\" bed=\"B1\" location=\"B1\" device=\"M\"");
  EXPECT_NE(told[1].find("hr 70"), std::string::npos);
  EXPECT_EQ(told[3],
            "subject patient_id=\"T2\" point_of_care=\"ICU\" bed=\"B2\" location=\"B2\" device=\"M\"");
  EXPECT_NE(told[4].find("hr 140"), std::string::npos);
}

TEST(Patients, APlaceIsOneOwners) {
  const auto subjects = [](const std::string& segments) {
    std::string all;
    for (const std::string& line : said_of(segments))
      if (line.substr(0, 7) == "subject") all += line.substr(8, line.rfind(" device") - 8) + '\n';
    return all;
  };
  const std::string b1 = "PV1||I|^^B1\r";
  const std::string b2 = "PV1||I|^^B2\r";
  EXPECT_EQ(subjects(b1 + hr("70") + "PID|||T2\r" + hr("80")),
            "bed=\"B1\" location=\"B1\"\npatient_id=\"T2\"\n")
      << "values had it";
  EXPECT_EQ(subjects("PID|||T1\r" + b1 + "PID|||T2\r" + hr("80")),
            "patient_id=\"T1\" bed=\"B1\" location=\"B1\"\npatient_id=\"T2\"\n")
      << "a patient had it";
  EXPECT_EQ(subjects("PID|||T1\r" + hr("70") + b1 + "PID|||T2\r" + b2 + hr("80")),
            "patient_id=\"T1\"\npatient_id=\"T2\" bed=\"B2\" location=\"B2\"\n")
      << "one behind the PID goes first";
  EXPECT_EQ(subjects("PID|||T1\r" + b1 + hr("70") + b2 + hr("80")),
            "patient_id=\"T1\" bed=\"B1\" location=\"B1\"\npatient_id=\"T1\" bed=\"B2\" location=\"B2\"\n");
}

TEST(Patients, MindrayTellsThemOnceForAllThatFollow) {
  Lab lab;
  lab.message(
      "MSH|^~\\&|||||||ORU^R01|103|P|2.3.1|\rPID|||guid\rPV1||I|^^ICU&1&2&3&&1\rOBX||ST|2301^||77||||||"
      "F\rOBX||ST|2308^BedNoStr||BED-9||||||F\r");
  const std::string values = "MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX||NM|101^HR|2101|60||||||F\r";
  lab.message(values);
  lab.message(values);  // steady values, no time, the same bytes: new data, not a duplicate
  ASSERT_EQ(lab.count("subject"), 3U);
  for (const auto& line : lab.lines("subject"))
    EXPECT_EQ(line, "subject patient_id=\"77\" point_of_care=\"ICU\" bed=\"BED-9\" location=\"BED-9\"");
  EXPECT_EQ(lab.count("obs hr 60"), 2U);
  EXPECT_EQ(lab.count("answer"), 0U);
}

TEST(Patients, MindrayAlarmLimitsAreNoValues) {
  for (const std::string id : {"51", "53", "54", "56", "57", "58"}) {
    Lab lab;
    lab.message("MSH|^~\\&|||||||ORU^R01|" + id + "|P|2.3.1|\rOBX||NM|101^HR|170|120||||||F\r");
    EXPECT_TRUE(lab.sink.observations.empty()) << id;
  }
}

TEST(Patients, TheLocationTextComesFromWhereTheSourceSays) {
  const std::vector<std::pair<std::string, std::string>> cases{{"bed", ""},           {"room", "R1"},
                                                               {"bed-or-room", "R1"}, {"full", "ICU^R1"},
                                                               {"msh-4", "BAY"},      {"fixed", ""}};
  for (const auto& [rule, location] : cases) {
    Lab lab(Options{{"location", rule}});
    lab.message("MSH|^~\\&|M|BAY|||20260309000000||ORU^R01|1|P|2.6\rPID|||T1\rPV1||I|ICU^R1\r" + hr("70"));
    const std::string line = lab.lines("subject").at(0);
    if (location.empty()) {
      EXPECT_EQ(line.find("location"), std::string::npos) << rule;
    } else {
      EXPECT_NE(line.find("location=\"" + location + '"'), std::string::npos) << rule;
    }
  }
}

TEST(Patients, RoomsWithTheSameBedNamesAreToldApartByTheFullLocation) {
  const std::vector<std::pair<std::string, std::string>> cases{{"ICU^101^A", "ICU^101^A"},
                                                               {"ICU^102^A^H&1", "ICU^102^A"},
                                                               {"ICU^^A", "ICU^^A"},
                                                               {" ICU ^101&x^&A", "ICU^101^A"},
                                                               {"^^A", "^^A"},
                                                               {"ICU", "ICU"},
                                                               {"^^ICU&7&&&", "ICU^^7"}};
  for (const auto& [written, location] : cases) {
    Lab lab(Options{{"location", "full"}});
    lab.message("MSH|^~\\&|M|BAY|||20260309000000||ORU^R01|1|P|2.6\rPID|||T1\rPV1||I|" + written + "\r" +
                hr("70"));
    EXPECT_NE(lab.lines("subject").at(0).find("location=\"" + location + '"'), std::string::npos)
        << lab.lines("subject").at(0);
  }
}

TEST(Foreign, PumpsAndDeviceManagementGiveNoVitals) {
  Lab pump;
  pump.rows("OBX|1||70049^MDC_DEV_PUMP_INFUS_LVP_MDS^MDC|1.0.0.0|||||||X\r" + Obx{}.text());
  EXPECT_TRUE(pump.sink.observations.empty());
  EXPECT_EQ(pump.count("answer AA"), 1U);
  Lab management;
  management.message(
      "MSH|^~\\&|M|B|||20260309000000||ORU^R01^ORU_R01|1|P|2.6|||||||||IHE_PCD_015^^1.3.6.1.4.1.19376.1.6.4."
      "15^ISO\r" +
      Obx{.code = spo2_code, .value = "96"}.text());
  EXPECT_TRUE(management.sink.observations.empty());
}

TEST(Foreign, AlarmsWavesAndAdmissionsGiveNoVitals) {
  for (const std::string type : {"ORU^R40^ORU_R40", "ORU^R42", "ORU^W01", "ADT^A01", "RGV^O15", "QRY^R02"}) {
    Lab lab;
    lab.message("MSH|^~\\&|M|B|||20260309000000||" + type + "|1|P|2.6\rPID|||T1\r" + hr("70"));
    EXPECT_TRUE(lab.sink.observations.empty()) << type;
    EXPECT_EQ(lab.count("answer"), 1U) << type;
  }
}

TEST(Foreign, WavesInsideAResultMessageAreSkipped) {
  Lab lab;
  lab.rows("OBR|1|||69121^MDC_OBS_WAVE_CTS^MDC\r" + hr("70") + "OBR|2|||182777000^monitoring^SCT\r" +
           Obx{.code = pr_code, .value = "71"}.text());
  EXPECT_EQ(lab.said(Metric::hr), "nothing");
  EXPECT_EQ(lab.said(Metric::pr), "71 valid");
}

}  // namespace
}  // namespace drivers::hl7::test
