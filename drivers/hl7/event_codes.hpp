// Event codes of ISO/IEEE 11073-10101, partition 3 (number = 196608 + term), as IHE PCD-04, PCD-10 and PCD-01
// carry them. Needed where a sender gives the number without its reference id, and to tell trouble of the
// equipment from trouble of the patient where it does not say which it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace drivers::hl7::tables {

enum class EventKind : std::uint8_t { unknown, patient, equipment };

struct EventCode {
  std::uint32_t number;
  std::string_view reference;
  EventKind kind;
};

// Sorted by number.
inline constexpr auto events = std::to_array<EventCode>({
    {196616, "MDC_EVT_ALARM", EventKind::unknown},
    {196630, "MDC_EVT_DISCONN", EventKind::equipment},
    {196634, "MDC_EVT_EMPTY", EventKind::equipment},
    {196638, "MDC_EVT_ERR", EventKind::equipment},
    {196646, "MDC_EVT_FAIL", EventKind::equipment},
    {196648, "MDC_EVT_HI", EventKind::patient},
    {196650, "MDC_EVT_HI_GT_LIM", EventKind::patient},
    {196660, "MDC_EVT_INOP", EventKind::equipment},
    {196670, "MDC_EVT_LO", EventKind::patient},
    {196672, "MDC_EVT_LO_LT_LIM", EventKind::patient},
    {196688, "MDC_EVT_OCCL", EventKind::equipment},
    {196800, "MDC_EVT_BATT_FAIL", EventKind::equipment},
    {196802, "MDC_EVT_BATT_LO", EventKind::equipment},
    {196836, "MDC_EVT_CUFF_LEAK", EventKind::equipment},
    {196842, "MDC_EVT_DOOR", EventKind::equipment},
    {196860, "MDC_EVT_FLUID_LINE_PROB", EventKind::equipment},
    {196880, "MDC_EVT_LEAD_OFF", EventKind::equipment},
    {196882, "MDC_EVT_LEADS_OFF", EventKind::equipment},
    {196920, "MDC_EVT_SENSOR_PROB", EventKind::equipment},
    {196940, "MDC_EVT_FLUID_LINE_OCCL", EventKind::equipment},
    {196988, "MDC_EVT_SIG_LO", EventKind::equipment},
    {197192, "MDC_EVT_TIMEOUT", EventKind::equipment},
    {197206, "MDC_EVT_PUMP_FLOW_FREE", EventKind::equipment},
    {197218, "MDC_EVT_SYRINGE_BARREL_CAPTURE_FAULT", EventKind::equipment},
    {197288, "MDC_EVT_PUMP_DELIV_START", EventKind::equipment},
    {197290, "MDC_EVT_PUMP_DELIV_STOP", EventKind::equipment},
    {197292, "MDC_EVT_PUMP_DELIV_COMP", EventKind::equipment},
    {197334, "MDC_EVT_VOL_INFUS_NEAR_COMP", EventKind::equipment},
    {199680, "MDC_EVT_APNEA", EventKind::patient},
    {199684, "MDC_EVT_ECG_ASYSTOLE", EventKind::patient},
    {199696, "MDC_EVT_ECG_BRADY", EventKind::patient},
    {199728, "MDC_EVT_ECG_TACHY", EventKind::patient},
    {199874, "MDC_EVT_ARRHY", EventKind::patient},
    {202774, "MDC_EVT_STAT_STANDBY", EventKind::equipment},
    {202822, "MDC_EVT_STAT_AL_SILENCE", EventKind::equipment},
    {258047, "MDC_EVT_WATCHDOG", EventKind::equipment},
});

}  // namespace drivers::hl7::tables
