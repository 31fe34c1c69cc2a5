// Goal: a code becomes a quantity only when everything the sender wrote about it agrees. Method: tables of
// OBX-3 and OBX-6 as senders write them.
#include "drivers/hl7/codes.hpp"

#include "drivers/hl7/units.hpp"
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

using vitals::Metric;

std::string resolve(std::string_view code, PrivateCodes codes = PrivateCodes::none) {
  const Resolution found = resolve_code(code, Separators{}, codes, CodeMap{});
  switch (found.verdict) {
    case Verdict::unmapped: return "unmapped";
    case Verdict::conflict: return "conflict";
    case Verdict::unknown_reference: return "unknown";
    case Verdict::ignored: return "ignored";
    case Verdict::resolved: break;
  }
  const auto ours = watched(found.meaning);
  return ours ? std::string(vitals::name(ours->metric)) : "not ours";
}

using Table = std::vector<std::pair<std::string_view, std::string_view>>;

void expect(const Table& table, PrivateCodes codes = PrivateCodes::none) {
  for (const auto& [code, result] : table) EXPECT_EQ(resolve(code, codes), result) << code;
}

TEST(Codes, Mdc) {
  expect({{"147842^MDC_ECG_HEART_RATE^MDC", "hr"},
          {"147842^MDC_ECG_CARD_BEAT_RATE^MDC", "hr"},
          {"147842^^MDC", "hr"},
          {"MDC_ECG_HEART_RATE^^MDC", "hr"},
          {"MDC_ECG_HEART_RATE", "hr"},
          {"147842^Puls sagt der Hersteller^MDC", "hr"},
          {"147850^MDC_ECG_CARD_BEAT_RATE_BTB^MDC", "not ours"},
          {"149522^MDC_BLD_PULS_RATE_INV^MDC", "pr"},
          {"149522^MDC_PULS_RATE^MDC", "pr"},
          {"150456^MDC_PULS_OXIM_SAT_O2^MDC", "spo2"},
          {"150472^^MDC", "not ours"},
          {"150017^MDC_PRESS_BLD_SYS^MDC", "nibp-sys"},
          {"150303^MDC_PRESS_CUFF_MEAN^MDC", "nibp-map"},
          {"150034^MDC_PRESS_BLD_ART_DIA^mdc", "art-dia"},
          {"150037^MDC_PRESS_BLD_ART_ABP_SYS^ISO+", "art-sys"},
          {"150047^MDC_PRESS_BLD_ART_PULM_MEAN^MDC", "not ours"},
          {"150020^MDC_PRESS_BLD_NONINV^MDC", "not ours"},
          {"151562^MDC_RESP_RATE^MDC", "rr"},
          {"150344^MDC_TEMP^MDC", "temp"},
          {"188440^MDC_TEMP_DIFF^MDC", "not ours"},
          {"999999^MDC_SOMETHING^MDC", "unmapped"}});
}

TEST(Codes, DraegerLabelsWithTheirLoinc) {
  expect({{"HR^^local^8867-4&1^^LOINC", "hr"},
          {"PLS^^local^8889-8&1^^LOINC", "pr"},
          {"SpO2^^local^2710-2&1^^LOINC", "spo2"},
          {"NBP S^^local^8508-4&1^^LOINC", "nibp-sys"},
          {"NBP D^^local^8496-2&1^^LOINC", "nibp-dia"},
          {"NBP M^^local^8502-7&1^^LOINC", "nibp-map"},
          {"ART S^^local^8480-6&1^^LOINC", "art-sys"},  // the code alone would be any pressure
          {"ART D^^local^8462-4&1^^LOINC", "art-dia"},
          {"ART M^^local^8478-0&1^^LOINC", "art-map"},
          {"Ta^^local^8332-9&4^^LOINC", "temp"},
          {"Tb^^local^8310-5&4^^LOINC", "not ours"},
          {"CVP^^local^8591-0&1^^LOINC", "not ours"},
          {"GP1 S^^local^8480-6&1^^LOINC", "unmapped"},
          {"HR^^local^8889-8&1^^LOINC", "conflict"},
          {"PVC/min^^local^&1^^MIB/CEN", "unmapped"},
          {"HR^^local", "unmapped"}});
}

TEST(Codes, NumberAgainstReferenceId) {
  expect({{"0^MDC_ECG_HEART_RATE^MDC", "hr"},
          {"999999^MDC_ECG_HEART_RATE^MDC", "hr"},
          {"^MDC_ECG_HEART_RATE^MDC", "hr"},
          {"MDC_ECG_HEART_RATE^^MDC", "hr"},
          {"^MDC_ECG_HEART_RATE", "hr"},
          {"147842^MDC_SOMETHING_NEW^MDC", "unknown"},
          {"147842^Resp^MDC", "conflict"},
          {"150017^MDC_PRESS_BLD_NONINV_SYS^MDC", "nibp-sys"},
          {"150021^MDC_PRESS_BLD_ART_SYS^MDC", "art-sys"},
          {"150037^MDC_PRESS_BLD_VEN_CENT_MEAN^MDC", "conflict"},
          {"150456^MDC_AWAY_CO2_ET^MDC", "conflict"},
          {"149530^MDC_ECG_HEART_RATE^MDC", "conflict"},
          {"150021^MDC_PRESS_BLD_NONINV_DIA^MDC", "conflict"}});
}

TEST(Codes, BothTriplets) {
  expect({{"X1^Private^99X^147842^MDC_ECG_HEART_RATE^MDC", "hr"},
          {"8867-4^Heart rate^LN^147842^MDC_ECG_HEART_RATE^MDC", "hr"},
          {"8867-4^Heart rate^LN^150456^MDC_PULS_OXIM_SAT_O2^MDC", "conflict"},
          {"147842^MDC_ECG_HEART_RATE^MDC^352^VENDOR^99VENDOR", "hr"}});
}

// A generic code beside a precise one, whichever comes first: any pressure is not a cuff's.
TEST(Codes, TheTripletThatSaysTheSiteTellsIt) {
  expect({{"8480-6^Systolic BP^LN^150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC", "art-sys"},
          {"150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC^8480-6^Systolic BP^LN", "art-sys"},
          {"8462-4^Diastolic BP^LN^150034^MDC_PRESS_BLD_ART_DIA^MDC", "art-dia"},
          {"150019^MDC_PRESS_BLD_MEAN^MDC^76214-6^Mean^LN", "art-map"},
          {"8480-6^Systolic BP^LN^150021^MDC_PRESS_BLD_NONINV_SYS^MDC", "nibp-sys"},
          {"8480-6^Systolic BP^LN^150017^MDC_PRESS_BLD_SYS^MDC", "nibp-sys"},
          {"59408-5^SpO2^LN^150472^^MDC", "not ours"},
          {"8480-6^Systolic BP^LN^150038^MDC_PRESS_BLD_ART_ABP_DIA^MDC", "conflict"}});
  const auto mdc = [](std::string_view code) {
    return resolve_code(code, Separators{}, PrivateCodes::none, CodeMap{}).mdc;
  };
  EXPECT_EQ(mdc("8480-6^Systolic BP^LN^150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC"), 150037U);
}

TEST(Codes, MdilLoincAndWords) {
  expect({{"0002-4182^HR^MDIL", "hr"},
          {"0002-4bb8^SpO2^MDIL", "spo2"},
          {"0002-480a^Pulse^MDIL", "pr"},
          {"0002-4182^Resp^MDIL", "conflict"},
          {"0002^HR^MDIL", "hr"},
          {"0002-4a1d^PAPs^MDIL", "not ours"},
          {"8867-4^심박수^LN", "hr"},
          {"8480-6^Heart Rate^LN", "conflict"},
          {"8889-8^Pulse^LN", "pr"},
          {"20564-1^Oxygen saturation^LN", "not ours"},
          {"9999-9^Heart rate^LN", "unmapped"},
          {"HR^Heart Rate^LN", "hr"},
          {"NIBP_SYS^Systolic BP^LN", "nibp-sys"},
          {"NIBP-S^Systolic BP^MDC", "nibp-sys"},
          {"HR^Temperature^LN", "conflict"},
          {"8867-4", "hr"},
          {"40^HR", "hr"},
          {"SpO₂", "spo2"},
          {"Heart Rate^Heart Rate^WAP", "hr"},
          {"RATE^Some rate", "unmapped"},
          {"HRV^HRV", "unmapped"},
          {"147842", "unmapped"}});
}

TEST(Codes, PrivateNumbersMeanSomethingOnlyAtTheirMaker) {
  expect({{"101^HR^99MNDRY", "unmapped"}, {"HR^Heart Rate^L", "unmapped"}, {"101", "unmapped"}});
  expect({{"101^HR", "hr"},
          {"160^Sangue", "spo2"},
          {"161^PI", "conflict"},
          {"161^PR", "pr"},
          {"101^SpO2", "conflict"},
          {"110^aVF", "not ours"},
          {"500^Sys", "art-sys"},
          {"501^Mean", "art-map"},
          {"502^Dia", "art-dia"},
          {"605^CVP", "not ours"},
          {"777^HR", "unmapped"},
          {"352^VENDOR^99MNDRY", "unmapped"}},
         PrivateCodes::mindray_pds);
  expect({{"001000^VITAL HR", "hr"},
          {"007001^VITAL PR(spo2)", "pr"},
          {"072007^VITAL rPR(spo2)", "not ours"},
          {"009001^NIBP DIAS", "nibp-dia"},
          {"001000^NIBP HR", "unmapped"}});
}

// Every number and label in the tables must be found again: a table out of order would hide some.
TEST(Codes, TablesAreSearchable) {
  EXPECT_EQ(by_number(147842)->quantity, Quantity::heart_rate);
  EXPECT_EQ(by_number(150303)->site, Site::cuff_pressure);
  EXPECT_EQ(by_reference("MDC_PRESS_BLD_ART_UMB_MEAN")->site, Site::umbilical);
  EXPECT_EQ(by_reference(""), std::nullopt);
  EXPECT_EQ(by_loinc("9279-1")->quantity, Quantity::respiration);
  EXPECT_EQ(by_label("NBP_S")->quantity, Quantity::systolic);
  EXPECT_EQ(by_label(std::string(200, 'h')), std::nullopt);
}

std::string unit(std::string_view field) {
  const UnitFound found = find_unit(field, Separators{});
  switch (found.verdict) {
    case UnitVerdict::none: return "none";
    case UnitVerdict::unknown: return "unknown";
    case UnitVerdict::contradictory: return "contradictory";
    case UnitVerdict::known: break;
  }
  switch (found.unit.dimension) {
    case Dimension::rate: return "rate";
    case Dimension::breath_rate: return "breaths";
    case Dimension::percent: return "percent";
    case Dimension::pressure: return "pressure";
    case Dimension::temperature: return "temperature";
    case Dimension::other: return "other";
    case Dimension::bare: return "bare";
  }
  return "";
}

TEST(Units, AsSendersWriteThem) {
  const Table table{{"", "none"},
                    {"\"\"", "none"},
                    {"264864^MDC_DIM_BEAT_PER_MIN^MDC", "rate"},
                    {"{beat}/min^{beat}/min^UCUM", "rate"},
                    {"{beats}/min", "rate"},
                    {"0004-0aa0^bpm^MDIL", "rate"},
                    {"^BPM", "rate"},
                    {"264928^MDC_DIM_RESP_PER_MIN^MDC", "breaths"},
                    {"rpm", "breaths"},
                    {"%^percent^UCUM", "percent"},
                    {"262656^MDC_DIM_DIMLESS^MDC", "bare"},
                    {"mm[Hg]^mm[Hg]^UCUM", "pressure"},
                    {"MMHG", "pressure"},
                    {"x^y^z^266016^MDC_DIM_MMHG^MDC", "pressure"},
                    {"kPa", "pressure"},
                    {"\xC2\xB0"
                     "C",
                     "temperature"},
                    {"266016^MDC_DIM_PERCENT^MDC", "contradictory"},
                    {"266016^MDC_DIM_KILO_PASCAL^MDC", "contradictory"},  // seven times as much
                    {"mmHg^kPa", "contradictory"},
                    {"kPa^kPa^UCUM^266016^MDC_DIM_MMHG^MDC", "contradictory"},
                    {"268192^MDC_DIM_FAHR^MDC", "contradictory"},
                    {"265987^MDC_DIM_KILO_PASCAL^MDC^kPa^kPa^UCUM", "pressure"},
                    {"264864^MDC_DIM_PER_MIN^MDC", "rate"},
                    {"0002-4182^bpm^MDIL", "contradictory"},  // a parameter where the unit should be
                    {"mmol/L", "unknown"},
                    {"Hz", "bare"}};
  for (const auto& [field, result] : table) EXPECT_EQ(unit(field), result) << field;
}

TEST(Units, OfPressureBecomeMillimetresOfMercury) {
  const auto factor = [](std::string_view field) { return find_unit(field, Separators{}).unit.factor; };
  EXPECT_DOUBLE_EQ(factor("mm[Hg]"), 1);
  EXPECT_NEAR(16 * factor("kPa"), 120.0099, 0.0001);
  for (const std::string_view field : {"cm[H2O]", "cmH2O", "266048^MDC_DIM_CM_H2O^MDC"})
    EXPECT_NEAR(160 * factor(field), 117.689, 0.001) << field;
}

TEST(Units, FitTheirMetricOnly) {
  EXPECT_TRUE(fits(Metric::hr, Dimension::rate));
  EXPECT_FALSE(fits(Metric::hr, Dimension::breath_rate));
  EXPECT_TRUE(fits(Metric::rr, Dimension::rate));
  EXPECT_TRUE(fits(Metric::rr, Dimension::breath_rate));
  EXPECT_FALSE(fits(Metric::spo2, Dimension::pressure));
  EXPECT_FALSE(fits(Metric::art_sys, Dimension::percent));
}

}  // namespace
}  // namespace drivers::hl7::test
