// A zone file (RFC 8536) lists the changes of the past and ends with a line that holds the rule for those to
// come. Times of monitors are of today: the rule is all that is wanted.
#include "daemon/settings/zone_rule.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "drivers/hl7/zone.hpp"

namespace settings {
namespace {

constexpr std::string_view utc = "UTC0";
constexpr std::streamsize file_bytes_max = 65'536;  // of the database's files the longest has 4 KiB

bool is_rule(const std::string& text) { return drivers::hl7::Zone::parse(text).has_value(); }

// `Europe/Berlin`, `Etc/GMT+1`: nothing that leads out of the database.
bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !text.empty() && text.front() != '/' && std::all_of(text.begin(), text.end(), fits);
}

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content(static_cast<std::size_t>(file_bytes_max), '\0');
  if (!file.read(content.data(), file_bytes_max) && !file.eof()) return std::nullopt;
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

// The last line of a zone file; empty: the zone has no rule, or this is no such file.
std::string footer_of(const std::string& content) {
  constexpr std::string_view magic = "TZif";
  if (content.compare(0, magic.size(), magic) != 0 || content.back() != '\n') return {};
  const auto before = content.rfind('\n', content.size() - 2);
  if (before == std::string::npos) return {};
  return content.substr(before + 1, content.size() - before - 2);
}

ZoneRule rule_in(const std::string& path) {
  const auto content = content_of(path);
  if (!content) return {{}, path + " cannot be read (package tzdata)"};
  std::string rule = footer_of(*content);
  if (!is_rule(rule)) return {{}, path + " has no rule for the time to come: write the offset, as in +0100"};
  return {std::move(rule), {}};
}

// What TZ says: a name, a path, both also behind a colon, or a rule.
ZoneRule rule_of_environment(std::string text, const ZonePlaces& places) {
  if (text.front() == ':') text.erase(0, 1);
  if (is_rule(text)) return {text, {}};
  if (!text.empty() && text.front() == '/') return rule_in(text);
  if (is_name(text)) return rule_in(places.database + "/" + text);
  return {std::string(utc), {}};
}

ZoneRule rule_of_machine(const ZonePlaces& places) {
  if (!places.environment.empty()) return rule_of_environment(places.environment, places);
  if (!std::ifstream(places.machine)) return {std::string(utc), {}};
  return rule_in(places.machine);
}

}  // namespace

ZonePlaces machine_zone_places() {
  ZonePlaces out;
  if (const char* const said = std::getenv("TZ"); said != nullptr) out.environment = said;
  return out;
}

ZoneRule zone_rule(const std::string& name, const ZonePlaces& places) {
  if (name == "local") return rule_of_machine(places);
  if (is_rule(name)) return {name, {}};
  if (is_name(name)) return rule_in(places.database + "/" + name);
  return {{}, "zone \"" + name + "\" must be local, a name as Europe/Berlin, or an offset as +0100"};
}

}  // namespace settings
