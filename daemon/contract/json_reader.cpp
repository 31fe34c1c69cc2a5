#include "daemon/contract/json_reader.hpp"

#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace contract {

namespace {

// Counted before the parser sees the text: brackets inside strings do not count.
bool nesting_in_bounds(std::string_view text) {
  unsigned depth = 0;
  bool in_string = false, escaped = false;
  for (const char c : text) {
    if (in_string) {
      if (!escaped && c == '"') in_string = false;
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > nesting_max) return false;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return true;
}

// Told of each parse event; remembers the keys of the objects that are open.
class KeyWatch {
 public:
  bool operator()(Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key &&
        !open_.back().insert(parsed.get_ref<const std::string&>()).second)
      repeated_ = true;
    return true;
  }
  bool repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  bool repeated_ = false;
};

}  // namespace

std::optional<Json> parse_object(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max || !nesting_in_bounds(text)) return std::nullopt;
  KeyWatch keys;
  Json json = Json::parse(
      text, [&keys](int, Json::parse_event_t event, Json& parsed) { return keys(event, parsed); }, false);
  if (!json.is_object() || keys.repeated()) return std::nullopt;
  return json;
}

const Json* Fields::find(std::string_view key) const {
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string_view> Fields::text(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get_ref<const std::string&>();
}

std::optional<double> Fields::number(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto number = value->get<double>();
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> Fields::integer(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return value->get<std::int64_t>();
}

std::optional<std::uint64_t> Fields::count(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_number_unsigned()) return std::nullopt;
  return value->get<std::uint64_t>();
}

std::optional<bool> Fields::flag(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr || !value->is_boolean()) return std::nullopt;
  return value->get<bool>();
}

std::optional<vitals::WallTime> Fields::time(std::string_view key) const {
  const auto ms = integer(key);
  if (!ms) return std::nullopt;
  return vitals::wall_from_unix_ms(*ms);
}

}  // namespace contract
