// The topics of the MQTT contract (docs/mqtt-contract.md), version level 1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace contract {

// "{root}/1/node/{node}" and "{root}/1/bed/{unit}/{bed}": everything else hangs below one of these.
std::string node_prefix(std::string_view root, std::string_view node);
std::string bed_prefix(std::string_view root, std::string_view unit, std::string_view bed);

// Ids in topics: [a-z0-9-]{1,32}.
bool is_id(std::string_view text);

// A command topic taken apart: ".../cmd/{verb}/{client}". Views into `topic`.
struct CommandTopic {
  bool for_node = false;
  std::string_view node;  // when for_node
  std::string_view unit, bed;
  std::string_view verb, client;
};
std::optional<CommandTopic> parse_command_topic(std::string_view root, std::string_view topic);

}  // namespace contract
