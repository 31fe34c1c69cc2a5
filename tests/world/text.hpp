// Members of the contract's documents, read without taking a document apart: there are very many.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace world {

// What stands behind "key": up to the next comma or brace; quotes taken off. Empty: no such member.
inline std::string_view member(std::string_view json, std::string_view key) {
  std::size_t at = 0;
  while ((at = json.find(key, at)) != std::string_view::npos) {
    const bool quoted = at > 0 && json[at - 1] == '"' && json.substr(at + key.size(), 2) == "\":";
    at += key.size();
    if (!quoted) continue;
    std::string_view rest = json.substr(at + 2);
    if (rest.starts_with('"')) return rest.substr(1, rest.find('"', 1) - 1);
    return rest.substr(0, rest.find_first_of(",}"));
  }
  return {};
}

inline std::uint64_t number(std::string_view json, std::string_view key) {
  const std::string_view text = member(json, key);
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

inline bool starts_with(std::string_view text, std::string_view head) {
  return text.substr(0, head.size()) == head;
}

// A topic taken apart: "vitals/1/bed/pain/b1/alarm/spo2-low" is {"pain/b1", "alarm", "spo2-low"}, that of a
// node {"node", ...}. Empty scope: neither.
struct Topic {
  std::string_view scope, kind, tail;
};
inline Topic apart(std::string_view topic) {
  constexpr std::string_view bed = "vitals/1/bed/", node = "vitals/1/node/gw1/";
  Topic out;
  std::string_view rest;
  if (starts_with(topic, node)) {
    out.scope = "node";
    rest = topic.substr(node.size());
  } else if (starts_with(topic, bed)) {
    const std::size_t slash = topic.find('/', topic.find('/', bed.size()) + 1);
    if (slash == std::string_view::npos) return {};
    out.scope = topic.substr(bed.size(), slash - bed.size());
    rest = topic.substr(slash + 1);
  } else {
    return {};
  }
  const std::size_t slash = rest.find('/');
  out.kind = rest.substr(0, slash);
  if (slash != std::string_view::npos) out.tail = rest.substr(slash + 1);
  return out;
}

inline std::string prefix_of(std::string_view scope) {
  return scope == "node" ? "vitals/1/node/gw1" : "vitals/1/bed/" + std::string{scope};
}

}  // namespace world
