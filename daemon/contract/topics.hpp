// The topics of the MQTT contract (docs/mqtt-contract.md), version level 1. Views point into the topic given.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace contract {

inline constexpr std::size_t id_length_max = 32;
// Conditions are longer than ids: "device-clock-{source}", "mon-{source}-{code}".
inline constexpr std::size_t condition_length_max = 64;

// "{root}/1/node/{node}" and "{root}/1/bed/{unit}/{bed}": everything else hangs below one of these.
std::string node_prefix(std::string_view root, std::string_view node);
std::string bed_prefix(std::string_view root, std::string_view unit, std::string_view bed);

// Ids in topics: [a-z0-9-]{1,32}.
bool is_id(std::string_view text);
// Conditions in topics: [a-z0-9-]{1,64}.
bool is_condition(std::string_view text);

// A command topic taken apart: ".../cmd/{verb}/{client}". Views into `topic`.
struct CommandTopic {
  bool for_node = false;
  std::string_view node;  // when for_node
  std::string_view unit, bed;
  std::string_view verb, client;
};
std::optional<CommandTopic> parse_command_topic(std::string_view root, std::string_view topic);

// Whose command topic it is, whatever its last two levels are: what a station may get wrong. verb and client
// are empty.
std::optional<CommandTopic> parse_command_place(std::string_view root, std::string_view topic);

// ".../alarm/{condition}" of a bed or a node, as found retained after a connect.
struct AlarmTopic {
  bool for_node = false;
  std::string_view node;  // when for_node
  std::string_view unit, bed;
  std::string_view condition;
};
std::optional<AlarmTopic> parse_alarm_topic(std::string_view root, std::string_view topic);

// The bed of "{root}/1/bed/{unit}/{bed}/state".
struct BedTopic {
  std::string_view unit, bed;
};
std::optional<BedTopic> parse_state_topic(std::string_view root, std::string_view topic);

// ".../link/{source}" of a bed.
struct LinkTopic {
  std::string_view unit, bed;
  std::string_view source;
};
std::optional<LinkTopic> parse_link_topic(std::string_view root, std::string_view topic);

// The station of "{root}/1/station/{station}/status".
std::optional<std::string_view> parse_station_topic(std::string_view root, std::string_view topic);

}  // namespace contract
