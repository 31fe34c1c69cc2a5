// The code tables, as data. Sources: ISO/IEEE 11073-10101 (MDC numbers: partition * 65536 + term), LOINC, the
// makers' interface descriptions for private numbers, and labels as monitors print them.
//
// Neighbours with quantity `other` are listed on purpose: only a known name can contradict another one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/hl7/codes.hpp"

namespace drivers::hl7::tables {

struct MdcCode {
  std::uint32_t number;
  std::string_view reference;
  Meaning meaning;
};

struct NamedCode {
  std::string_view name;
  Meaning meaning;
};

struct NumberedCode {
  std::uint32_t number;
  Meaning meaning;
};

template <class Table>
constexpr bool sorted_by_name(const Table& table) {
  for (std::size_t i = 1; i < table.size(); ++i)
    if (table[i - 1].name >= table[i].name) return false;
  return true;
}

template <class Table>
constexpr bool sorted_by_number(const Table& table) {
  for (std::size_t i = 1; i < table.size(); ++i)
    if (table[i - 1].number > table[i].number) return false;
  return true;
}

// Sorted by number, the reference id empty where none is used; one number may have several reference ids
// (makers print their own).
inline constexpr auto mdc = std::to_array<MdcCode>({
    {68060, "MDC_ATTR_PT_HEIGHT", {}},
    {68063, "MDC_ATTR_PT_WEIGHT", {}},
    {131841, "MDC_ECG_AMPL_ST_I", {}},
    {131842, "MDC_ECG_AMPL_ST_II", {}},
    {131901, "MDC_ECG_AMPL_ST_III", {}},
    {131902, "MDC_ECG_AMPL_ST_AVR", {}},
    {147840, {}, {}},  // a group: carries no value of its own, as 150016, 150020, 150032, 150036
    {147842, "MDC_ECG_HEART_RATE", {Quantity::heart_rate, Site::unsaid}},
    {147842, "MDC_ECG_CARD_BEAT_RATE", {Quantity::heart_rate, Site::unsaid}},
    {147850, "MDC_ECG_CARD_BEAT_RATE_BTB", {}},  // beat to beat: too nervous for limits
    {148065, "MDC_ECG_V_P_C_CNT", {}},
    {148066, "MDC_ECG_V_P_C_RATE", {}},
    {148216, "MDC_ECG_SV_BEATS", {}},
    {149514, "MDC_PULS_RATE", {Quantity::pulse_rate, Site::unsaid}},
    {149522, "MDC_BLD_PULS_RATE_INV", {Quantity::pulse_rate, Site::arterial}},
    {149530, "MDC_PULS_OXIM_PULS_RATE", {Quantity::pulse_rate, Site::oximeter}},
    {149538, "MDC_PLETH_PULS_RATE", {Quantity::pulse_rate, Site::pleth}},
    {149546, "MDC_PULS_RATE_NON_INV", {Quantity::pulse_rate, Site::cuff}},
    {150016, "MDC_PRESS_BLD", {}},
    {150017, "MDC_PRESS_BLD_SYS", {Quantity::systolic, Site::unsaid}},
    {150018, "MDC_PRESS_BLD_DIA", {Quantity::diastolic, Site::unsaid}},
    {150019, "MDC_PRESS_BLD_MEAN", {Quantity::mean, Site::unsaid}},
    {150020, "MDC_PRESS_BLD_NONINV", {}},
    {150021, "MDC_PRESS_BLD_NONINV_SYS", {Quantity::systolic, Site::cuff}},
    {150022, "MDC_PRESS_BLD_NONINV_DIA", {Quantity::diastolic, Site::cuff}},
    {150023, "MDC_PRESS_BLD_NONINV_MEAN", {Quantity::mean, Site::cuff}},
    {150028, {}, {}},
    {150029, "MDC_PRESS_BLD_AORT_SYS", {Quantity::systolic, Site::aorta}},
    {150030, "MDC_PRESS_BLD_AORT_DIA", {Quantity::diastolic, Site::aorta}},
    {150031, "MDC_PRESS_BLD_AORT_MEAN", {Quantity::mean, Site::aorta}},
    {150032, "MDC_PRESS_BLD_ART", {}},
    {150033, "MDC_PRESS_BLD_ART_SYS", {Quantity::systolic, Site::arterial}},
    {150034, "MDC_PRESS_BLD_ART_DIA", {Quantity::diastolic, Site::arterial}},
    {150035, "MDC_PRESS_BLD_ART_MEAN", {Quantity::mean, Site::arterial}},
    {150036, "MDC_PRESS_BLD_ART_ABP", {}},
    {150037, "MDC_PRESS_BLD_ART_ABP_SYS", {Quantity::systolic, Site::abp}},
    {150038, "MDC_PRESS_BLD_ART_ABP_DIA", {Quantity::diastolic, Site::abp}},
    {150039, "MDC_PRESS_BLD_ART_ABP_MEAN", {Quantity::mean, Site::abp}},
    {150045, "MDC_PRESS_BLD_ART_PULM_SYS", {}},
    {150046, "MDC_PRESS_BLD_ART_PULM_DIA", {}},
    {150047, "MDC_PRESS_BLD_ART_PULM_MEAN", {}},
    {150057, "MDC_PRESS_BLD_ART_UMB_SYS", {Quantity::systolic, Site::umbilical}},
    {150058, "MDC_PRESS_BLD_ART_UMB_DIA", {Quantity::diastolic, Site::umbilical}},
    {150059, "MDC_PRESS_BLD_ART_UMB_MEAN", {Quantity::mean, Site::umbilical}},
    {150085, "MDC_PRESS_BLD_VEN_CENT_SYS", {}},
    {150086, "MDC_PRESS_BLD_VEN_CENT_DIA", {}},
    {150087, "MDC_PRESS_BLD_VEN_CENT_MEAN", {}},
    {150301, "MDC_PRESS_CUFF_SYS", {Quantity::systolic, Site::cuff_pressure}},
    {150302, "MDC_PRESS_CUFF_DIA", {Quantity::diastolic, Site::cuff_pressure}},
    {150303, "MDC_PRESS_CUFF_MEAN", {Quantity::mean, Site::cuff_pressure}},
    {150324, "MDC_SAT_O2_ART", {}},  // blood gas
    {150332, "MDC_SAT_O2_VEN", {}},
    {150344, "MDC_TEMP", {Quantity::temperature, Site::unsaid}},
    {150368, {}, {Quantity::temperature, Site::unsaid}},
    {150448, "MDC_PULS_OXIM_PERF_REL", {}},
    {150452, "MDC_PULS_OXIM_PLETH", {}},
    {150456, "MDC_PULS_OXIM_SAT_O2", {Quantity::saturation, Site::unsaid}},
    {150468, "MDC_PULS_OXIM_SAT_O2_DIFF", {}},
    {150472, {}, {Quantity::saturation, Site::extra_probe}},  // left, right, before and behind the duct
    {150476, {}, {Quantity::saturation, Site::extra_probe}},
    {150488, "MDC_BLD_PERF_INDEX", {}},
    {151552, {}, {Quantity::respiration, Site::unsaid}},
    {151562, "MDC_RESP_RATE", {Quantity::respiration, Site::unsaid}},
    {151570, "MDC_AWAY_RESP_RATE", {Quantity::respiration, Site::airway}},
    {151578, "MDC_TTHOR_RESP_RATE", {Quantity::respiration, Site::impedance}},
    {151594, "MDC_CO2_RESP_RATE", {Quantity::respiration, Site::co2}},
    {151658, "MDC_PULS_OXIM_PLETH_RESP_RATE", {Quantity::respiration, Site::pleth}},
    {151928, "MDC_AWAY_CO2_ET", {}},
    {151928, "MDC_CO2_ET", {}},
    {153608, "MDC_PRESS_INTRA_CRAN", {}},
    {160324, "MDC_SPO2_SIGNAL_QUALITY_INDEX", {}},
    {184327, "MDC_ECG_STAT_RHY", {}},
    {188440, "MDC_TEMP_DIFF", {}},
    {188736, "MDC_MASS_BODY_ACTUAL", {}},
    {188740, "MDC_LEN_BODY_ACTUAL", {}},
    {192960, {}, {Quantity::saturation, Site::extra_probe}},
    {192980, {}, {Quantity::saturation, Site::extra_probe}},
});
static_assert(sorted_by_number(mdc));

// Positions in `mdc`, sorted by reference id.
inline constexpr auto mdc_by_reference = [] {
  std::array<std::uint8_t, mdc.size()> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint8_t>(i);
  std::sort(order.begin(), order.end(),
            [](std::uint8_t a, std::uint8_t b) { return mdc[a].reference < mdc[b].reference; });
  return order;
}();

// Sorted as text. Generic pressures (8480-6 ...) do not say how they were measured.
inline constexpr auto loinc = std::to_array<NamedCode>({
    {"19889-5", {}},  // end-tidal CO2
    {"20564-1", {}},  // oxygen saturation of a blood sample
    {"20824-9", {}},
    {"2708-6", {Quantity::saturation, Site::unsaid}},  // "by any method", used for SpO2 nearly everywhere
    {"2710-2", {}},
    {"29463-7", {}},  // weight
    {"59408-5", {Quantity::saturation, Site::unsaid}},
    {"61006-3", {}},  // perfusion index
    {"76213-8", {Quantity::diastolic, Site::arterial}},
    {"76214-6", {Quantity::mean, Site::arterial}},
    {"76215-3", {Quantity::systolic, Site::arterial}},
    {"76282-3", {Quantity::heart_rate, Site::unsaid}},
    {"76534-7", {Quantity::systolic, Site::cuff}},
    {"76535-4", {Quantity::diastolic, Site::cuff}},
    {"76536-2", {Quantity::mean, Site::cuff}},
    {"8310-5", {Quantity::temperature, Site::unsaid}},
    {"8462-4", {Quantity::diastolic, Site::unsaid}},
    {"8478-0", {Quantity::mean, Site::unsaid}},
    {"8480-6", {Quantity::systolic, Site::unsaid}},
    {"8867-4", {Quantity::heart_rate, Site::unsaid}},
    {"8889-8", {Quantity::pulse_rate, Site::oximeter}},
    {"9279-1", {Quantity::respiration, Site::unsaid}},
});
static_assert(sorted_by_name(loinc));

// Lower case, without blanks, `_` and `-`. Sorted.
inline constexpr auto labels = std::to_array<NamedCode>({
    {"abpd", {Quantity::diastolic, Site::abp}},
    {"abpdia", {Quantity::diastolic, Site::abp}},
    {"abpm", {Quantity::mean, Site::abp}},
    {"abpmean", {Quantity::mean, Site::abp}},
    {"abps", {Quantity::systolic, Site::abp}},
    {"abpsys", {Quantity::systolic, Site::abp}},
    {"artd", {Quantity::diastolic, Site::arterial}},
    {"artdia", {Quantity::diastolic, Site::arterial}},
    {"artm", {Quantity::mean, Site::arterial}},
    {"artmap", {Quantity::mean, Site::arterial}},
    {"artmean", {Quantity::mean, Site::arterial}},
    {"arts", {Quantity::systolic, Site::arterial}},
    {"artsys", {Quantity::systolic, Site::arterial}},
    {"bodytemperature", {Quantity::temperature, Site::unsaid}},
    {"bpdia", {Quantity::diastolic, Site::unsaid}},
    {"bpmap", {Quantity::mean, Site::unsaid}},
    {"bpmean", {Quantity::mean, Site::unsaid}},
    {"bpsys", {Quantity::systolic, Site::unsaid}},
    {"btbhr", {}},
    {"co2et", {}},
    {"cvp", {}},
    {"dbp", {Quantity::diastolic, Site::unsaid}},
    {"dia", {Quantity::diastolic, Site::unsaid}},
    {"diastolic", {Quantity::diastolic, Site::unsaid}},
    {"diastolicbloodpressure", {Quantity::diastolic, Site::unsaid}},
    {"diastolicbp", {Quantity::diastolic, Site::unsaid}},
    {"etco2", {}},
    {"heartrate", {Quantity::heart_rate, Site::unsaid}},
    {"hr", {Quantity::heart_rate, Site::unsaid}},
    {"icp", {}},
    {"map", {Quantity::mean, Site::unsaid}},
    {"nbpd", {Quantity::diastolic, Site::cuff}},
    {"nbpm", {Quantity::mean, Site::cuff}},
    {"nbps", {Quantity::systolic, Site::cuff}},
    {"nibpd", {Quantity::diastolic, Site::cuff}},
    {"nibpdia", {Quantity::diastolic, Site::cuff}},
    {"nibpm", {Quantity::mean, Site::cuff}},
    {"nibpmap", {Quantity::mean, Site::cuff}},
    {"nibpmean", {Quantity::mean, Site::cuff}},
    {"nibps", {Quantity::systolic, Site::cuff}},
    {"nibpsys", {Quantity::systolic, Site::cuff}},
    {"perfusionindex", {}},
    {"pi", {}},
    {"pr", {Quantity::pulse_rate, Site::oximeter}},
    {"pr(art)", {Quantity::pulse_rate, Site::arterial}},
    {"pr(nibp)", {Quantity::pulse_rate, Site::cuff}},
    {"prart", {Quantity::pulse_rate, Site::arterial}},
    {"pulse", {Quantity::pulse_rate, Site::unsaid}},
    {"pulserate", {Quantity::pulse_rate, Site::unsaid}},
    {"pulsespo2", {Quantity::pulse_rate, Site::pleth}},
    {"pulsr", {Quantity::pulse_rate, Site::oximeter}},
    {"pvc", {}},
    {"pvcs", {}},
    {"resp", {Quantity::respiration, Site::unsaid}},
    {"respirationrate", {Quantity::respiration, Site::unsaid}},
    {"respiratoryrate", {Quantity::respiration, Site::unsaid}},
    {"rpr", {}},  // the second channel's copy of the pulse rate
    {"rr", {Quantity::respiration, Site::unsaid}},
    {"sbp", {Quantity::systolic, Site::unsaid}},
    {"spo2", {Quantity::saturation, Site::unsaid}},
    {"spo2l", {Quantity::saturation, Site::extra_probe}},
    {"spo2po", {Quantity::saturation, Site::extra_probe}},
    {"spo2pr", {Quantity::saturation, Site::extra_probe}},
    {"spo2r", {Quantity::saturation, Site::extra_probe}},
    {"spo\xE2\x82\x82", {Quantity::saturation, Site::unsaid}},  // subscript two
    {"sys", {Quantity::systolic, Site::unsaid}},
    {"systolic", {Quantity::systolic, Site::unsaid}},
    {"systolicbloodpressure", {Quantity::systolic, Site::unsaid}},
    {"systolicbp", {Quantity::systolic, Site::unsaid}},
    {"t1", {Quantity::temperature, Site::unsaid}},
    {"t2", {Quantity::temperature, Site::extra_probe}},
    {"temp", {Quantity::temperature, Site::unsaid}},
    {"temperature", {Quantity::temperature, Site::unsaid}},
});
static_assert(sorted_by_name(labels));

// Mindray "Patient Data Share" numbers, only in its classes 204 and 503. Mind 501 = mean, 502 = diastolic;
// and 110 is an ST lead here while another maker's 110 is a heart rate.
inline constexpr auto mindray_pds = std::to_array<NumberedCode>({
    {51, {}},
    {52, {}},  // weight, height
    {101, {Quantity::heart_rate, Site::unsaid}},
    {102, {}},  // PVCs
    {105, {}},
    {106, {}},
    {107, {}},
    {108, {}},
    {109, {}},
    {110, {}},
    {111, {}},
    {112, {}},
    {113, {}},
    {114, {}},
    {115, {}},
    {116, {}},
    {117, {}},  // ST
    {151, {Quantity::respiration, Site::unsaid}},
    {160, {Quantity::saturation, Site::unsaid}},
    {161, {Quantity::pulse_rate, Site::oximeter}},
    {170, {Quantity::systolic, Site::cuff}},
    {171, {Quantity::diastolic, Site::cuff}},
    {172, {Quantity::mean, Site::cuff}},
    {200, {Quantity::temperature, Site::unsaid}},
    {201, {Quantity::temperature, Site::extra_probe}},
    {202, {}},  // temperature difference
    {250, {}},  // end-tidal CO2
    {500, {Quantity::systolic, Site::arterial}},
    {501, {Quantity::mean, Site::arterial}},
    {502, {Quantity::diastolic, Site::arterial}},
    {605, {}},  // CVP
});
static_assert(sorted_by_number(mindray_pds));

// Nihon Kohden: six digits as text, with the group word in front of the label (`007000^VITAL SpO2`).
struct GroupedCode {
  std::string_view name;
  std::string_view group;
  Meaning meaning;
};
inline constexpr auto nihon_kohden = std::to_array<GroupedCode>({
    {"001000", "VITAL", {Quantity::heart_rate, Site::unsaid}},
    {"007000", "VITAL", {Quantity::saturation, Site::unsaid}},
    {"007001", "VITAL", {Quantity::pulse_rate, Site::oximeter}},
    {"009000", "NIBP", {Quantity::systolic, Site::cuff}},
    {"009001", "NIBP", {Quantity::diastolic, Site::cuff}},
    {"009002", "NIBP", {Quantity::mean, Site::cuff}},
    {"014000", "VITAL", {Quantity::temperature, Site::unsaid}},
    {"058000", "VITAL", {}},  // ICP
    {"072007", "VITAL", {}},  // rPR, a copy of the pulse rate
});
static_assert(sorted_by_name(nihon_kohden));

// Dräger Infinity gateway: its labels, each with the LOINC code that it sends beside it. From captures of two
// gateways (2017, 2019); its other labels are listed as unmapped.
struct LabelledCode {
  std::string_view name;
  std::string_view loinc;
  Meaning meaning;
};
inline constexpr auto draeger = std::to_array<LabelledCode>({
    {"ART D", "8462-4", {Quantity::diastolic, Site::arterial}},
    {"ART M", "8478-0", {Quantity::mean, Site::arterial}},
    {"ART S", "8480-6", {Quantity::systolic, Site::arterial}},
    {"CVP", "8591-0", {}},
    {"HR", "8867-4", {Quantity::heart_rate, Site::unsaid}},
    {"NBP D", "8496-2", {Quantity::diastolic, Site::cuff}},
    {"NBP M", "8502-7", {Quantity::mean, Site::cuff}},
    {"NBP S", "8508-4", {Quantity::systolic, Site::cuff}},
    {"PLS", "8889-8", {Quantity::pulse_rate, Site::oximeter}},
    {"SpO2", "2710-2", {Quantity::saturation, Site::unsaid}},  // "capillary blood" to LOINC, a probe here
    {"Ta", "8332-9", {Quantity::temperature, Site::unsaid}},
    {"Tb", "8310-5", {Quantity::temperature, Site::extra_probe}},
    {"etCO2", "60808-3", {}},
    {"iCO2", "60924-8", {}},
});
static_assert(sorted_by_name(draeger));

}  // namespace drivers::hl7::tables
