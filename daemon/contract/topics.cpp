#include "daemon/contract/topics.hpp"

#include <algorithm>

namespace contract {

namespace {

constexpr std::string_view version_level = "/1/";

// The next level of `rest`, taken off its front.
std::string_view take_level(std::string_view& rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view level = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return level;
}

// What follows "{root}/1/"; empty when the topic is not below it.
std::string_view below_root(std::string_view root, std::string_view topic) {
  if (!topic.starts_with(root)) return {};
  topic.remove_prefix(root.size());
  return topic.starts_with(version_level) ? topic.substr(version_level.size()) : std::string_view{};
}

bool is_word(std::string_view text, std::size_t length_max) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= length_max && std::all_of(text.begin(), text.end(), allowed);
}

// Reads "node/{node}/" or "bed/{unit}/{bed}/" off the front of `rest`; false when it is neither.
template <typename Topic>
bool take_owner(std::string_view& rest, Topic& out) {
  const std::string_view kind = take_level(rest);
  out.for_node = kind == "node";
  if (out.for_node) {
    out.node = take_level(rest);
    return is_id(out.node);
  }
  out.unit = take_level(rest);
  out.bed = take_level(rest);
  return kind == "bed" && is_id(out.unit) && is_id(out.bed);
}

}  // namespace

std::string node_prefix(std::string_view root, std::string_view node) {
  std::string out{root};
  return out.append("/1/node/").append(node);
}

std::string bed_prefix(std::string_view root, std::string_view unit, std::string_view bed) {
  std::string out{root};
  return out.append("/1/bed/").append(unit).append("/").append(bed);
}

bool is_id(std::string_view text) { return is_word(text, id_length_max); }
bool is_condition(std::string_view text) { return is_word(text, condition_length_max); }

namespace {

std::optional<CommandTopic> take_command_place(std::string_view root, std::string_view topic,
                                               std::string_view& rest) {
  rest = below_root(root, topic);
  CommandTopic out;
  if (!take_owner(rest, out) || take_level(rest) != "cmd") return std::nullopt;
  return out;
}

}  // namespace

std::optional<CommandTopic> parse_command_place(std::string_view root, std::string_view topic) {
  std::string_view rest;
  return take_command_place(root, topic, rest);
}

std::optional<CommandTopic> parse_command_topic(std::string_view root, std::string_view topic) {
  std::string_view rest;
  auto place = take_command_place(root, topic, rest);
  if (!place) return std::nullopt;
  CommandTopic& out = *place;
  out.verb = take_level(rest);
  out.client = rest;  // a further level fails is_id
  if (!is_id(out.verb) || !is_id(out.client)) return std::nullopt;
  return out;
}

std::optional<AlarmTopic> parse_alarm_topic(std::string_view root, std::string_view topic) {
  std::string_view rest = below_root(root, topic);
  AlarmTopic out;
  if (!take_owner(rest, out) || take_level(rest) != "alarm") return std::nullopt;
  out.condition = rest;
  if (!is_condition(out.condition)) return std::nullopt;
  return out;
}

std::optional<BedTopic> parse_state_topic(std::string_view root, std::string_view topic) {
  std::string_view rest = below_root(root, topic);
  AlarmTopic owner;
  if (!take_owner(rest, owner) || owner.for_node || rest != "state") return std::nullopt;
  return BedTopic{owner.unit, owner.bed};
}

std::optional<LinkTopic> parse_link_topic(std::string_view root, std::string_view topic) {
  std::string_view rest = below_root(root, topic);
  AlarmTopic owner;
  if (!take_owner(rest, owner) || owner.for_node || take_level(rest) != "link" || rest.empty())
    return std::nullopt;
  return LinkTopic{owner.unit, owner.bed, rest};
}

std::optional<std::string_view> parse_station_topic(std::string_view root, std::string_view topic) {
  std::string_view rest = below_root(root, topic);
  if (take_level(rest) != "station") return std::nullopt;
  const std::string_view station = take_level(rest);
  if (!is_id(station) || rest != "status") return std::nullopt;
  return station;
}

}  // namespace contract
