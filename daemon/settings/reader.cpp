#include "daemon/settings/reader.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/settings/words.hpp"

namespace settings {
namespace {

constexpr std::streamoff file_bytes_max = 8 << 20;  // 10,000 beds take 1.4 MB

std::string_view type_word(toml::node_type type) {
  switch (type) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "a list";
    case toml::node_type::string: return "text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: return "a date or time";
    case toml::node_type::none: break;
  }
  return "nothing";
}

// The parser quotes what it stumbled over, line breaks included: a problem is one line.
std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  return out;
}

// The keys that one table of the settings has; a source's own `listen` is not in the way of [metrics].
std::string_view home_of(std::string_view key) {
  struct Home {
    std::string_view table;
    std::vector<std::string_view> keys;
  };
  static const std::vector<Home> homes{
      {"[service]", {"log_level"}},
      {"[node]", {"root", "clock_trusted"}},
      {"[journal]", {"trend_seconds_days", "trend_days", "keep_days", "size_mb_max"}},
      {"[broker]", {"host", "alternates", "subscribe_qos", "values", "user", "password_file"}},
      {"[stations]", {"required", "roles"}},
      {"[fallback]", {"program", "gpio", "tone", "limit_s", "repeat_s"}},
      {"[metrics]", {"listen", "network"}},
      {"[[source]]", {"protocol", "peers", "clock_tolerance_s", "accept_demo", "options"}},
      {"[[bed]]", {"profile", "sources", "pumps", "cuff_on_oximeter_arm", "idle", "pressure"}}};
  for (const Home& home : homes)
    if (std::find(home.keys.begin(), home.keys.end(), key) != home.keys.end()) return home.table;
  return {};
}

Place place_at(const toml::source_position& position, const std::string& file) {
  return {file, position.line, position.column};
}

}  // namespace

Place place_of(const toml::node& node, const std::string& file) {
  return place_at(node.source().begin, file);
}

Reader::Reader(const toml::table& table, std::string file, std::string name, Report& report)
    : table_(table),
      file_(std::move(file)),
      name_(std::move(name)),
      report_(report),
      place_(place_of(table, file_)) {}

Place Reader::place(std::string_view key) const {
  const auto at = table_.find(key);
  return at == table_.end() ? place_ : place_at(at->first.source().begin, file_);
}

const toml::node* Reader::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return table_.get(key);
}

// A line whose [table] was not taken along stands in the table above it.
std::string Reader::in_table(std::string_view key) const {
  return name_.empty() ? std::string(key) : std::string(key) + " in " + name_;
}

std::string Reader::home(std::string_view key) const {
  const std::string_view table = home_of(key);
  if (table.empty() || table == name_ || (key == "listen" && name_ == "[[source]]")) return "";
  return "; " + std::string(key) + " belongs under " + std::string(table);
}

void Reader::wrong_type(std::string_view key, const toml::node& node, std::string_view wanted) {
  report_.error(place(key), in_table(key) + " must be " + std::string(wanted) + ", not " +
                                std::string(type_word(node.type())) + home(key));
}

void Reader::out_of_range(std::string_view key, double least, double most) {
  report_.error(place(key), in_table(key) + " must be " + settings::number(least) + " to " +
                                settings::number(most) + home(key));
}

std::optional<std::string> Reader::text(std::string_view key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_string()) return value->get();
  wrong_type(key, *node, "text in quotes");
  return std::nullopt;
}

std::optional<bool> Reader::flag(std::string_view key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong_type(key, *node, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> Reader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const auto* value = node->as_integer();
  if (!value) {
    wrong_type(key, *node, "a whole number");
    return std::nullopt;
  }
  if (value->get() >= least && value->get() <= most) return value->get();
  out_of_range(key, static_cast<double>(least), static_cast<double>(most));
  return std::nullopt;
}

std::optional<double> Reader::number(std::string_view key, double least, double most) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (!node->is_number()) {
    wrong_type(key, *node, "a number");
    return std::nullopt;
  }
  const double value =
      node->is_integer() ? static_cast<double>(node->as_integer()->get()) : node->as_floating_point()->get();
  if (value >= least && value <= most) return value;
  out_of_range(key, least, most);
  return std::nullopt;
}

std::optional<Milliseconds> Reader::seconds(std::string_view key, double least, double most) {
  const auto value = number(key, least, most);
  if (!value) return std::nullopt;
  return Milliseconds{std::llround(*value * 1000)};
}

std::optional<std::vector<Text>> Reader::texts(std::string_view key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const auto* list = node->as_array();
  if (!list) {
    wrong_type(key, *node, "a list of texts in quotes");
    return std::nullopt;
  }
  std::vector<Text> out;
  for (const toml::node& element : *list) {
    if (const auto* value = element.as_string())
      out.push_back({value->get(), place_of(element, file_)});
    else
      report_.error(place_of(element, file_), std::string(key) +
                                                  " must be a list of texts in quotes, this is " +
                                                  std::string(type_word(element.type())));
  }
  return out;
}

std::optional<Reader> Reader::table(std::string_view key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  const std::string name = name_.empty() ? "[" + std::string(key) + "]" : name_ + " " + std::string(key);
  if (const auto* value = node->as_table()) return Reader(*value, file_, name, report_);
  wrong_type(key, *node, "a table");
  return std::nullopt;
}

std::vector<Reader> Reader::tables(std::string_view key) {
  std::vector<Reader> out;
  const toml::node* node = find(key);
  if (!node) return out;
  const std::string name = "[[" + std::string(key) + "]]";
  const auto* list = node->as_array();
  if (!list) {
    wrong_type(key, *node, "written as " + name);
    return out;
  }
  for (const toml::node& element : *list) {
    if (const auto* value = element.as_table())
      out.emplace_back(*value, file_, name, report_);
    else
      report_.error(place_of(element, file_), std::string(key) + " must be written as " + name);
  }
  return out;
}

std::vector<Text> Reader::keys() {
  std::vector<Text> out;
  for (const auto& [key, node] : table_) {
    find(key.str());
    out.push_back({std::string(key.str()), place_at(key.source().begin, file_)});
  }
  return out;
}

std::optional<std::string> Reader::loose_text(std::string_view key) {
  const toml::node* node = find(key);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_integer()) return std::to_string(value->get());
  if (const auto* value = node->as_boolean()) return value->get() ? "true" : "false";
  if (const auto* value = node->as_floating_point()) return settings::number(value->get());
  return text(key);
}

std::string Reader::required_text(std::string_view key, std::string_view example) {
  if (has(key)) {
    const auto value = text(key);
    if (value && value->empty()) report_.error(place(key), std::string(key) + " must not be empty");
    return value.value_or("");
  }
  find(key);
  report_.error(place_, name_ + " without " + std::string(key) + ": add " + std::string(key) + " = " +
                            in_quotes(example));
  return "";
}

std::optional<std::string> Reader::word(std::string_view key, const std::vector<std::string>& words) {
  auto value = text(key);
  if (!value || std::find(words.begin(), words.end(), *value) != words.end()) return value;
  report_.error(place(key),
                in_table(key) + " is one of " + joined(words) + ", not " + in_quotes(*value) + home(key));
  return std::nullopt;
}

void Reader::forbid(std::string_view key, std::string_view why) {
  if (has(key)) report_.error(place(key), std::string(why));
  hidden_.emplace_back(key);
}

void Reader::finish() {
  for (const auto& [key, node] : table_) {
    const std::string_view word = key.str();
    if (std::find(known_.begin(), known_.end(), word) != known_.end()) continue;
    if (std::find(hidden_.begin(), hidden_.end(), word) != hidden_.end()) continue;
    const std::string in = name_.empty() ? "" : " in " + name_;
    const std::string right = home(word);
    report_.error(place_at(key.source().begin, file_),
                  "unknown key " + in_quotes(word) + in + (right.empty() ? suggestion(word, known_) : right));
  }
}

void Fingerprint::add(std::string_view file) {
  for (const char c : file) add_byte(static_cast<unsigned char>(c));
  // Where a file ends is part of it: a line moved from one to the next is a change.
  for (std::uint64_t size = file.size(); size > 0; size >>= 8U) add_byte(static_cast<unsigned char>(size));
}

std::string Fingerprint::text() const {
  std::ostringstream out;
  out << std::hex << hash_;
  return out.str();
}

std::optional<toml::table> parse_file(const std::string& path, Fingerprint& read, Report& report) {
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown) && !std::filesystem::is_regular_file(path, unknown)) {
    report.error({path}, "is not a file: a folder, a pipe or a device");
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (file) {
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    if (size > file_bytes_max) {
      report.error({path}, "is larger than 8 MiB: this is not a settings file");
      return std::nullopt;
    }
    file.seekg(0);
    if (size > 0) content << file.rdbuf();
  }
  if (!file || !content) {
    report.error({path}, "cannot be read: check the name and that it is readable for this user");
    return std::nullopt;
  }
  const std::string text = content.str();
  read.add(text);
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& failure) {
    report.error(place_at(failure.source().begin, path),
                 one_line(failure.description()) + (is_utf8(text) ? "" : ": save the file as UTF-8"));
    return std::nullopt;
  }
}

}  // namespace settings
