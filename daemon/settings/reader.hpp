// One TOML table, read key by key: types and ranges are checked, what nobody asked for is an unknown key.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings/problem.hpp"

namespace settings {

// A word and where it stands.
struct Text {
  std::string text;
  Place place;
};

class Reader {
 public:
  // `name` is how messages speak of the table: "[broker]", "[[bed]]".
  Reader(const toml::table& table, std::string file, std::string name, Report& report);

  const Place& place() const { return place_; }
  const std::string& name() const { return name_; }
  Place place(std::string_view key) const;  // of the key, else of the table
  bool has(std::string_view key) const { return table_.get(key) != nullptr; }

  // Absent, or wrong and reported: nullopt.
  std::optional<std::string> text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<double> number(std::string_view key, double least, double most);
  std::optional<Milliseconds> seconds(std::string_view key, double least, double most);
  std::optional<std::vector<Text>> texts(std::string_view key);
  std::optional<Reader> table(std::string_view key);
  std::vector<Reader> tables(std::string_view key);  // [[key]]

  // Every key of this table is a name of the writer's choice: a map.
  std::vector<Text> keys();
  // A value of such a map as text; numbers and flags are taken as they would be written in quotes.
  std::optional<std::string> loose_text(std::string_view key);

  std::string required_text(std::string_view key, std::string_view example);  // empty: reported
  // One of `words`; anything else is reported.
  std::optional<std::string> word(std::string_view key, const std::vector<std::string>& words);
  // Reports the key, if it is there, with a text that does not show its value.
  void forbid(std::string_view key, std::string_view why);

  // The key may be there, whatever is in it.
  void allow(std::string_view key) { find(key); }

  // What was not asked for is reported.
  void finish();

 private:
  const toml::node* find(std::string_view key);
  std::string in_table(std::string_view key) const;  // "ns-1 in [stations] roles"
  std::string home(std::string_view key) const;  // "; tone belongs under [fallback]", where that is another
  void wrong_type(std::string_view key, const toml::node& node, std::string_view wanted);
  void out_of_range(std::string_view key, double least, double most);

  const toml::table& table_;
  std::string file_;
  std::string name_;
  Report& report_;
  Place place_;
  std::vector<std::string> known_;   // asked for: what suggestions are made of
  std::vector<std::string> hidden_;  // forbidden: reported already, never suggested
};

Place place_of(const toml::node& node, const std::string& file);

// Reads and parses; nullopt: reported, with the place of a syntax error. What was read counts in `read`,
// right or wrong.
std::optional<toml::table> parse_file(const std::string& path, Fingerprint& read, Report& report);

}  // namespace settings
