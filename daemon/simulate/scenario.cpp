// Scenario files: keyframes and events in TOML, read with a limit on everything.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <sstream>

#include <toml++/toml.h>

#include "daemon/simulate/scenario.hpp"

namespace simulate {
namespace {

constexpr double t_s_max = 7 * 24 * 3600.0;

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
  return out;
}

struct Reader {
  std::string_view file;
  std::string error;  // the first one; the rest is not read

  void fail(const toml::node* where, const std::string& text) {
    if (!error.empty()) return;
    std::ostringstream out;
    out << file << ':' << (where != nullptr ? where->source().begin.line : 1U) << ": " << text;
    error = out.str();
  }

  double number(const toml::table& table, std::string_view key, double fallback, double max, double min = 0) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return fallback;
    const auto value = node->value<double>();
    if (!value || !std::isfinite(*value) || *value < min || *value > max) {
      fail(node, "'" + std::string(key) + "' must be a number from " +
                     std::to_string(static_cast<long>(min)) + " to " +
                     std::to_string(static_cast<long>(max)));
      return fallback;
    }
    return *value;
  }

  template <std::size_t n>
  void known_keys(const toml::table& table, const std::array<std::string_view, n>& keys) {
    for (const auto& [key, node] : table) {
      if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
        fail(&node, "unknown key '" + std::string(key.str()) + "'");
    }
  }

  Keyframe keyframe(const toml::table& table) {
    std::array<std::string_view, vital_count + 1> keys{"t"};
    std::copy(vital_names.begin(), vital_names.end(), keys.begin() + 1);
    known_keys(table, keys);
    Keyframe out;
    if (!table.contains("t")) fail(&table, "a keyframe needs 't', seconds from the start");
    out.t_s = number(table, "t", 0, t_s_max);
    for (std::size_t i = 0; i < vital_count; ++i) {
      if (table.contains(vital_names[i])) out.values[i] = number(table, vital_names[i], 0, 511);
    }
    return out;
  }

  ScriptedEvent event(const toml::table& table) {
    known_keys(table, std::array<std::string_view, 5>{"t", "kind", "say", "bytes", "seconds"});
    ScriptedEvent out;
    if (!table.contains("t")) fail(&table, "an event needs 't', seconds from the start");
    out.t_s = number(table, "t", 0, t_s_max);
    const auto kind = table["kind"].value_or(std::string_view{});
    const auto found = std::find(happening_names.begin(), happening_names.end(), kind);
    if (found == happening_names.end())
      fail(&table, "'kind' must be one of " + joined(happening_names));
    else
      out.what = static_cast<Happening>(found - happening_names.begin());
    out.say = table["say"].value_or(std::string(kind));
    out.bytes = static_cast<std::size_t>(number(table, "bytes", 64, 65'536));
    out.seconds = number(table, "seconds", 0, t_s_max, -t_s_max);
    return out;
  }

  template <typename Item, typename Read>
  void list(const toml::table& root, std::string_view key, std::vector<Item>& out, Read read) {
    const toml::node* node = root.get(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr || array->size() > scenario_entries_max) {
      fail(node, "'" + std::string(key) + "' must be a list of at most 10000 tables");
      return;
    }
    for (const toml::node& entry : *array) {
      if (const toml::table* table = entry.as_table())
        out.push_back(read(*table));
      else
        fail(&entry, "each " + std::string(key) + " must be a table");
    }
    const auto earlier = [](const Item& a, const Item& b) { return a.t_s < b.t_s; };
    if (!std::is_sorted(out.begin(), out.end(), earlier))
      fail(node, "'" + std::string(key) + "' must be in the order of 't'");
  }
};

Scenario read(const toml::table& root, Reader& reader) {
  reader.known_keys(root,
                    std::array<std::string_view, 8>{"title", "duration_s", "cuff_interval_s", "cuff_first_s",
                                                    "period_s", "seed", "keyframe", "event"});
  Scenario out;
  out.title = root["title"].value_or(std::string{});
  out.duration_s = reader.number(root, "duration_s", 0, t_s_max);
  out.cuff_interval_s = reader.number(root, "cuff_interval_s", 0, t_s_max);
  out.cuff_first_s = reader.number(root, "cuff_first_s", 0, t_s_max);
  out.period_s = reader.number(root, "period_s", out.period_s, 3600);
  if (out.period_s < 0.1) reader.fail(root.get("period_s"), "'period_s' must be at least 0.1");
  if (out.cuff_interval_s > 0 && out.cuff_interval_s < 1)
    reader.fail(root.get("cuff_interval_s"), "'cuff_interval_s' must be 0 or at least 1");
  out.seed = static_cast<std::uint64_t>(reader.number(root, "seed", 1, 4'294'967'295.0));
  reader.list(root, "keyframe", out.keyframes, [&](const toml::table& t) { return reader.keyframe(t); });
  reader.list(root, "event", out.events, [&](const toml::table& t) { return reader.event(t); });
  if (out.keyframes.empty()) reader.fail(nullptr, "a scenario needs at least one [[keyframe]]");
  return out;
}

}  // namespace

std::variant<Scenario, ScenarioError> parse_scenario(std::string_view text, std::string_view file) {
  Reader reader{file, {}};
  try {
    Scenario scenario = read(toml::parse(text, file), reader);
    if (reader.error.empty()) return scenario;
  } catch (const toml::parse_error& error) {
    std::ostringstream out;
    out << file << ':' << error.source().begin.line << ": " << error.description();
    reader.error = out.str();
  }
  return ScenarioError{reader.error};
}

std::variant<Scenario, ScenarioError> load_scenario(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return ScenarioError{path + ": cannot be read"};
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse_scenario(text, path);
}

std::optional<double> Scenario::at(Vital vital, double t_s) const {
  const Keyframe* before = nullptr;
  const Keyframe* after = nullptr;
  for (const Keyframe& frame : keyframes) {
    if (!frame.values[index_of(vital)]) continue;
    if (frame.t_s <= t_s) before = &frame;
    if (frame.t_s > t_s && after == nullptr) after = &frame;
  }
  if (before == nullptr && after == nullptr) {
    const bool arterial = vital == Vital::art_map;
    if (vital != Vital::map && !arterial) return std::nullopt;
    const auto sys = at(arterial ? Vital::art_sys : Vital::sys, t_s),
               dia = at(arterial ? Vital::art_dia : Vital::dia, t_s);
    if (!sys || !dia) return std::nullopt;
    return (*sys + 2 * *dia) / 3;
  }
  if (before == nullptr) return after->values[index_of(vital)];
  if (after == nullptr) return before->values[index_of(vital)];
  const double from = *before->values[index_of(vital)], to = *after->values[index_of(vital)];
  return from + (to - from) * (t_s - before->t_s) / (after->t_s - before->t_s);
}

void Script::apply(Happening what) {
  switch (what) {
    case Happening::probe_off: probe_on_ = false; break;
    case Happening::probe_on: probe_on_ = true; break;
    case Happening::leads_off: leads_on_ = false; break;
    case Happening::leads_on: leads_on_ = true; break;
    case Happening::artifact: artifact_ = true; break;
    case Happening::artifact_over: artifact_ = false; break;
    case Happening::silence: silent_ = true; break;
    case Happening::resume: silent_ = false; break;
    case Happening::unplug: plugged_ = false; break;
    case Happening::plug: plugged_ = true; break;
    case Happening::cuff:
    case Happening::cuff_failed:
    case Happening::alarm:
    case Happening::alarm_over:
    case Happening::clock_jump:
    case Happening::garbage: break;
  }
}

std::vector<ScriptedEvent> Script::due(double t_s) {
  constexpr double never = std::numeric_limits<double>::infinity();
  std::vector<ScriptedEvent> out;
  for (;;) {
    const double scripted = next_event_ < scenario_.events.size() ? scenario_.events[next_event_].t_s : never;
    const double cuff = scenario_.cuff_interval_s > 0
                            ? scenario_.cuff_first_s + static_cast<double>(cuffs_) * scenario_.cuff_interval_s
                            : never;
    if (std::min(scripted, cuff) > t_s) return out;
    if (cuff < scripted) {
      ++cuffs_;
      out.push_back({cuff, Happening::cuff, {}, 0, 0});
    } else {
      out.push_back(scenario_.events[next_event_++]);
      apply(out.back().what);
    }
  }
}

std::vector<std::uint8_t> Script::garbage(std::size_t bytes) {
  std::vector<std::uint8_t> out(bytes);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random_() & 0xFF);
  return out;
}

}  // namespace simulate
