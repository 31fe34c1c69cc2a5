// Goal: a site adds or overrides codes without a rebuild, and a code map never makes a value of what the
// sender counts in another quantity. Method: maps as the settings write them, rows through the whole driver.
#include "drivers/hl7/code_map.hpp"
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

using vitals::Metric;

std::string said(const std::string& codes, const std::string& row, Metric metric) {
  Lab lab(Options{{"codes", codes}});
  lab.rows(row);
  return lab.said(metric);
}

std::string row(std::string_view code, std::string_view value, std::string_view unit = "") {
  return "OBX|1|NM|" + std::string(code) + "||" + std::string(value) + '|' + std::string(unit) + "|||||F\r";
}

TEST(SiteCodes, AddACode) {
  const std::string map = written(std::vector<SiteCode>{{"4711", "99SITE", "spo2", "%"}});
  EXPECT_EQ(map, "4711|99SITE|spo2|%");
  EXPECT_EQ(said(map, row("4711^Satt^99SITE", "96"), Metric::spo2), "96 valid");
  EXPECT_EQ(said("none", row("4711^Satt^99SITE", "96"), Metric::spo2), "nothing");
  EXPECT_EQ(said(map, row("4711^Satt^99OTHER", "96"), Metric::spo2), "nothing") << "another system";
  EXPECT_EQ(said(map, row("X^Y^Z^4711^Satt^99SITE", "96"), Metric::spo2), "96 valid") << "second triplet";
}

TEST(SiteCodes, GoBeforeTheTables) {
  EXPECT_EQ(said("147842|MDC|pr", row("147842^MDC_ECG_HEART_RATE^MDC", "70", "/min"), Metric::hr), "nothing");
  EXPECT_EQ(said("147842|MDC|pr", row("147842^MDC_ECG_HEART_RATE^MDC", "70", "/min"), Metric::pr),
            "70 valid");
  EXPECT_EQ(said("150037|MDC|ignore", row("150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC", "70"), Metric::art_sys),
            "nothing");
  EXPECT_EQ(said("Frequenz||hr", row("^Frequenz", "70"), Metric::hr), "70 valid") << "the text alone";
  EXPECT_EQ(said("HFREQ||hr", row("HFREQ^Frequenz", "70"), Metric::hr), "70 valid");
}

TEST(SiteCodes, AnIgnoredCodeIsNotListedAsUnmapped) {
  Lab lab(Options{{"codes", "352|99VENDOR|ignore"}});
  lab.rows(row("352^PAUSE^99VENDOR", "3") + row("353^PAUSE^99VENDOR", "3"));
  EXPECT_EQ(lab.count("fault"), 1U);
  EXPECT_EQ(lab.count("353^PAUSE"), 1U);
}

TEST(SiteCodes, TheUnitServesWhereTheSenderSaysNothingKnown) {
  const std::string kpa = "1|99X|nibp-sys|kPa";
  EXPECT_EQ(said(kpa, row("1^S^99X", "16"), Metric::nibp_sys).substr(0, 7), "120.009");
  EXPECT_EQ(said(kpa, row("1^S^99X", "120", "mmHg"), Metric::nibp_sys), "120 valid") << "the sender knows";
  EXPECT_EQ(said(kpa, row("1^S^99X", "120", "%"), Metric::nibp_sys), "- invalid unit");
  EXPECT_EQ(said("8867-4|LN|hr|/min", row("8867-4^HR^LN", "70", "\xE6\xAC\xA1/\xE5\x88\x86"), Metric::hr),
            "70 valid")
      << "a unit in the local script";
  EXPECT_EQ(said("8867-4|LN|hr", row("8867-4^HR^LN", "70", "strokes"), Metric::hr), "- invalid unit");
}

TEST(SiteCodes, OnlyTheSiteMaySayThatABareNumberIsAFractionOrPerSecond) {
  const std::string code = "150456^MDC_PULS_OXIM_SAT_O2^MDC";
  const std::string map = "150456|MDC|spo2|fraction";
  for (const std::string unit : {"", "1", "262656^MDC_DIM_DIMLESS^MDC"})
    EXPECT_EQ(said(map, row(code, "0.97", unit), Metric::spo2), "97 valid") << unit;
  EXPECT_EQ(said(map, row(code, "97", "%"), Metric::spo2), "97 valid");
  EXPECT_EQ(said("none", row(code, "0.97", "1"), Metric::spo2), "- invalid unit");
  EXPECT_EQ(said("147842|MDC|hr|/s", row("147842^MDC_ECG_HEART_RATE^MDC", "1.2", "Hz"), Metric::hr),
            "72 valid");
}

TEST(SiteCodes, WhatIsWrongIsNamed) {
  struct Case {
    SiteCode code;
    std::string_view field;
  };
  const std::vector<Case> cases{
      {{"", "S", "hr", ""}, "code"},      {{"a|b", "S", "hr", ""}, "code"},
      {{" a", "S", "hr", ""}, "code"},    {{std::string(65, 'x'), "S", "hr", ""}, "code"},
      {{"a", "S;T", "hr", ""}, "system"}, {{"a", "S", "heart", ""}, "metric"},
      {{"a", "S", "", ""}, "metric"},     {{"a", "S", "hr", "%"}, "unit"},
      {{"a", "S", "spo2", "1"}, "unit"},  {{"a", "S", "ignore", "%"}, "unit"}};
  for (const Case& one : cases) {
    const auto trouble = trouble_with(one.code);
    EXPECT_EQ(trouble.field, one.field) << one.code.code << ' ' << one.code.metric;
    EXPECT_NE(trouble.text.find(one.field), std::string::npos) << trouble.text;
  }
  EXPECT_TRUE(trouble_with({"a b", "", "nibp-map", "cmH2O"}).text.empty());
}

TEST(SiteCodes, AWrongMapMakesNoDriver) {
  for (const std::string_view map :
       {"", "a", "a|S", "a|S|hr|/min|x", "a|S|hr;a|S|pr", "a|S|hr;;b|S|hr", "a|S|nothing"}) {
    const Made made = make({{"codes", std::string(map)}});
    EXPECT_EQ(made.driver, nullptr) << map;
    EXPECT_NE(made.error.find("codes"), std::string::npos) << made.error;
  }
  std::string many = "c0|S|hr";
  for (std::size_t i = 1; i <= site_codes_max; ++i) many += ";c" + std::to_string(i) + "|S|hr";
  EXPECT_EQ(make({{"codes", many}}).driver, nullptr);
}

}  // namespace
}  // namespace drivers::hl7::test
