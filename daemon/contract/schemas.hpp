// The names and versions of the contract's documents: the "schema" member of each. A breaking change raises
// the number here, the file in config/schemas/ and the version level of the topics together.
#pragma once

#include <array>
#include <string_view>

namespace contract::schema {

inline constexpr std::string_view node = "vitals.node/1";
inline constexpr std::string_view info = "vitals.info/1";
inline constexpr std::string_view heartbeat = "vitals.hb/1";
inline constexpr std::string_view bed = "vitals.bed/1";
inline constexpr std::string_view infusion = "vitals.infusion/1";
inline constexpr std::string_view link = "vitals.link/1";
inline constexpr std::string_view limits = "vitals.limits/1";
inline constexpr std::string_view news2 = "vitals.early-warning/1";
inline constexpr std::string_view observation = "vitals.obs/1";
inline constexpr std::string_view cuff = "vitals.nibp/1";
inline constexpr std::string_view values = "vitals.values/1";
inline constexpr std::string_view alarm = "vitals.alarm/1";
inline constexpr std::string_view summary = "vitals.alarms/1";
inline constexpr std::string_view command_event = "vitals.event-cmd/1";
inline constexpr std::string_view nurse_event = "vitals.event-nurse/1";
inline constexpr std::string_view config_event = "vitals.event-config/1";
inline constexpr std::string_view node_event = "vitals.event-node/1";
inline constexpr std::string_view response = "vitals.rsp/1";
inline constexpr std::string_view command = "vitals.cmd/1";
inline constexpr std::string_view station = "vitals.station/1";

inline constexpr std::array<std::string_view, 20> all{
    node,        info,         heartbeat,  bed,      infusion, link,    limits,
    news2,       observation,  cuff,       values,   alarm,    summary, command_event,
    nurse_event, config_event, node_event, response, command,  station};

}  // namespace contract::schema
