// Reads JSON that came from outside: bounded in size and depth before it is parsed, one meaning per key, and
// typed access that answers nullopt instead of throwing.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "daemon/vitals/time.hpp"

namespace contract {

using Json = nlohmann::json;

// No document of the contract nests deeper than four levels.
inline constexpr unsigned nesting_max = 16;

// nullopt: longer than `bytes_max`, nested deeper than nesting_max, not JSON, not an object, or an object in
// it names a key twice (two readers could take two meanings from it).
std::optional<Json> parse_object(std::string_view text, std::size_t bytes_max);

// Members of a JSON object by type; nullopt when absent, null or of another type.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(&object) {}

  const Json* find(std::string_view key) const;  // nullptr: absent or null
  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::optional<std::string_view> text(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;  // always finite
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<std::uint64_t> count(std::string_view key) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<vitals::WallTime> time(std::string_view key) const;

 private:
  const Json* object_;
};

}  // namespace contract
