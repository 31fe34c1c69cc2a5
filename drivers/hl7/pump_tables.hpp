// What the rows of an infusion pump mean (IHE PCD-01 and PCD-10, ISO/IEEE 11073-10101), as data. Older
// firmware writes the reference ids without DEV_: they are listed without it and compared both ways.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace drivers::hl7::tables {

enum class PumpItem : std::uint8_t {
  none,
  infusing_status,   // pump-status-infusing, pump-status-not-infusing
  rate_now,          // all sources together, 0 when stopped
  active_source,     // pump-source-info-primary, ...
  delivery_status,   // pump-delivery-status-delivering, -not-delivering, -transitioning, -kvo
  reason,            // pump-stopped-by-clinician, ...
  rate_programmed,   // of this source; stays when stopped
  dose_rate,         // of this source; the unit says per kilogram and per time
  volume_to_infuse,  //
  volume_remaining,  //
  volume_delivered,  // all segments
  dose_delivered,    // all segments
  time_remaining,    // seconds or minutes, by its unit
  drug,              //
  concentration,     //
  weight,            // that the pump reckons with
  alarm_condition,   // inside a snapshot
  event,             // of PCD-10
  event_source,      // position of the source channel it happened to
  other,             // known, of no use here
};

struct PumpCode {
  std::uint32_t number;
  std::string_view reference;  // behind MDC_ and DEV_
  PumpItem item;
};

inline constexpr auto pump_items = std::to_array<PumpCode>({
    {67880, "ATTR_ID_MODEL", PumpItem::other},
    {67972, "ATTR_SYS_ID", PumpItem::other},
    {68012, "ATTR_AL_COND", PumpItem::alarm_condition},
    {68063, "ATTR_PT_WEIGHT", PumpItem::weight},
    {68480, "ATTR_ALERT_SOURCE", PumpItem::other},
    {68487, "ATTR_EVT_COND", PumpItem::event},
    {68488, "ATTR_EVT_SOURCE", PumpItem::event_source},
    {157760, "CONC_DRUG", PumpItem::concentration},
    {157784, "FLOW_FLUID_PUMP", PumpItem::rate_programmed},
    {157864, "VOL_FLUID_DELIV", PumpItem::volume_delivered},
    {157872, "VOL_FLUID_TBI_REMAIN", PumpItem::volume_remaining},
    {157880, "VOL_SYRINGE", PumpItem::other},
    {157884, "VOL_FLUID_TBI", PumpItem::volume_to_infuse},
    {157916, "TIME_PD_REMAIN", PumpItem::time_remaining},
    {157924, "RATE_DOSE", PumpItem::dose_rate},
    {157984, "VOL_SYRINGE_ACTUAL", PumpItem::other},  // what the barrel holds, not what was infused
    {157992, "VOL_FLUID_DELIV_SEGMENT", PumpItem::other},
    {157993, "VOL_FLUID_DELIV_TOTAL", PumpItem::volume_delivered},
    {157996, "TIME_PD_PROG", PumpItem::other},
    {157999, "DOSE_DRUG_TBI", PumpItem::other},
    {158000, "DOSE_DRUG_TBI_REMAIN", PumpItem::other},
    {158001, "DOSE_DRUG_DELIV_TOTAL", PumpItem::dose_delivered},
    {158003, "DOSE_DRUG_DELIV_SEGMENT", PumpItem::other},
    {158005, "PUMP_CURRENT_DELIVERY_STATUS", PumpItem::delivery_status},
    {158006, "PUMP_NOT_DELIVERING_REASON", PumpItem::reason},
    {158008, "PUMP_PROGRAM_DELIVERY_MODE", PumpItem::other},
    {158012, "PUMP_SOURCE_CHANNEL_LABEL", PumpItem::other},
    {158014, "FLOW_FLUID_PUMP_CURRENT", PumpItem::rate_now},
    {158016, "PUMP_ACTIVE_SOURCES", PumpItem::active_source},
    {184488, "SYRINGE_MANUFACTURER", PumpItem::other},
    {184508, "PUMP_STAT", PumpItem::infusing_status},  // of older firmware
    {184514, "DRUG_NAME_LABEL", PumpItem::drug},
    {184516, "PUMP_DRUG_LIBRARY_CARE_AREA", PumpItem::other},
    {184517, "PUMP_DRUG_LIBRARY_VERSION", PumpItem::other},
    {184519, "PUMP_INFUSING_STATUS", PumpItem::infusing_status},
    {184520, "PUMP_DRUG_LIBRARY_NAME", PumpItem::other},
});

// Rows of the device tree that matter: a pump (MDS), one of its channels (VMD), a source of fluid.
enum class PumpRow : std::uint8_t { none, pump, channel, source };

struct PumpRowCode {
  std::uint32_t number;
  std::string_view reference;  // behind MDC_ and DEV_; a source's continues with its name
  PumpRow row;
};

inline constexpr auto pump_rows = std::to_array<PumpRowCode>({
    {69985, "PUMP_INFUS_MDS", PumpRow::pump},
    {69986, "PUMP_INFUS_VMD", PumpRow::channel},
    {70049, "PUMP_INFUS_LVP_MDS", PumpRow::pump},
    {70050, "PUMP_INFUS_LVP_VMD", PumpRow::channel},
    {70053, "PUMP_INFUS_SYRINGE_MDS", PumpRow::pump},
    {70054, "PUMP_INFUS_SYRINGE_VMD", PumpRow::channel},
    {70071, "PUMP_INFUSATE_SOURCE_PRIMARY", PumpRow::source},
    {126977, "PUMP_INFUS_CHAN_SOURCE", PumpRow::source},
});

// What a pump's numbers are counted in; `factor` leads to our unit of that quantity.
enum class PumpQuantity : std::uint8_t {
  none,
  flow,           // mL/h
  mass_rate,      // mg/h
  mass_kg_rate,   // mg/kg/h
  volume,         // mL
  mass,           // mg
  concentration,  // mg/mL
  duration,       // s
};

struct PumpUnit {
  std::uint32_t number;        // MDC, 0 where we know none
  std::string_view reference;  // behind MDC_DIM_
  std::string_view ucum;       // lower case
  PumpQuantity quantity;
  double factor;
};

inline constexpr auto pump_units = std::to_array<PumpUnit>({
    {263762, "MILLI_L", "ml", PumpQuantity::volume, 1},
    {0, "X_L", "l", PumpQuantity::volume, 1000},
    {0, "X_G", "g", PumpQuantity::mass, 1000},
    {263875, "KILO_G", "kg", PumpQuantity::mass, 1e6},
    {263890, "MILLI_G", "mg", PumpQuantity::mass, 1},
    {263891, "MICRO_G", "ug", PumpQuantity::mass, 1e-3},
    {264306, "MILLI_G_PER_ML", "mg/ml", PumpQuantity::concentration, 1},
    {0, "MICRO_G_PER_ML", "ug/ml", PumpQuantity::concentration, 1e-3},
    {264320, "X_SEC", "s", PumpQuantity::duration, 1},
    {264320, "SEC", "s", PumpQuantity::duration, 1},
    {264352, "MIN", "min", PumpQuantity::duration, 60},
    {264384, "HR", "h", PumpQuantity::duration, 3600},
    {265266, "MILLI_L_PER_HR", "ml/h", PumpQuantity::flow, 1},
    {0, "MILLI_L_PER_MIN", "ml/min", PumpQuantity::flow, 60},
    {265522, "MILLI_G_PER_HR", "mg/h", PumpQuantity::mass_rate, 1},
    {0, "MILLI_G_PER_MIN", "mg/min", PumpQuantity::mass_rate, 60},
    {0, "MICRO_G_PER_HR", "ug/h", PumpQuantity::mass_rate, 1e-3},
    {0, "MICRO_G_PER_MIN", "ug/min", PumpQuantity::mass_rate, 0.06},
    {0, "MILLI_G_PER_KG_PER_HR", "mg/kg/h", PumpQuantity::mass_kg_rate, 1},
    {0, "MILLI_G_PER_KG_PER_MIN", "mg/kg/min", PumpQuantity::mass_kg_rate, 60},
    {0, "MICRO_G_PER_KG_PER_HR", "ug/kg/h", PumpQuantity::mass_kg_rate, 1e-3},
    {265619, "MICRO_G_PER_KG_PER_MIN", "ug/kg/min", PumpQuantity::mass_kg_rate, 0.06},
});

}  // namespace drivers::hl7::tables
