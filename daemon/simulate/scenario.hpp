// What a simulated patient does, and when: a scenario file, read, and the walk through it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace simulate {

inline constexpr std::size_t scenario_entries_max = 10'000;

// Rates per minute, percent, mmHg, degrees Celsius. `sys` to `map` are what a cuff would read, `art_*` what
// an arterial line shows.
enum class Vital : std::uint8_t { hr, pr, spo2, sys, dia, map, art_sys, art_dia, art_map, rr, temp };
inline constexpr std::size_t vital_count = 11;
inline constexpr std::array<std::string_view, vital_count> vital_names{
    "hr", "pr", "spo2", "sys", "dia", "map", "art_sys", "art_dia", "art_map", "rr", "temp"};
constexpr std::size_t index_of(Vital vital) { return static_cast<std::size_t>(vital); }

enum class Happening : std::uint8_t {
  probe_off,  // the oximeter's sensor leaves the finger
  probe_on,
  leads_off,  // an ECG electrode
  leads_on,
  artifact,  // the patient moves: values come, marked as doubtful where the protocol can say so
  artifact_over,
  cuff,         // a blood pressure measurement ends with a reading
  cuff_failed,  // one ends without
  alarm,        // the monitor raises an alarm of its own, `say` is its text
  alarm_over,
  clock_jump,  // the monitor's own clock is set, by `seconds`
  silence,     // the monitor sends nothing, the line stays up
  resume,
  garbage,  // `bytes` of noise on the line
  unplug,   // the cable
  plug
};
inline constexpr std::array<std::string_view, 16> happening_names{
    "probe-off", "probe-on",   "leads-off",  "leads-on", "artifact", "artifact-over", "cuff",   "cuff-failed",
    "alarm",     "alarm-over", "clock-jump", "silence",  "resume",   "garbage",       "unplug", "plug"};

struct Keyframe {
  double t_s = 0;
  std::array<std::optional<double>, vital_count> values;
};

struct ScriptedEvent {
  double t_s = 0;
  Happening what{};
  std::string say;         // what the line printed for it says
  std::size_t bytes = 64;  // garbage: how many
  double seconds = 0;      // clock jump: forward, or back when negative
};

struct Scenario {
  std::string title;
  double duration_s = 0;       // 0: goes on for ever with the last values
  double cuff_interval_s = 0;  // 0: only scripted cuff readings
  double cuff_first_s = 0;
  double period_s = 10;               // HL7: a message this often
  std::uint64_t seed = 1;             // of the garbage
  std::vector<Keyframe> keyframes;    // in the order of time
  std::vector<ScriptedEvent> events;  // likewise; automatic cuff readings are not in it

  // The value at a time: linear between the keyframes that name it, held before the first and after the last.
  // Nothing when no keyframe names it. A mean that no keyframe names follows from its sys and dia.
  std::optional<double> at(Vital vital, double t_s) const;
};

struct ScenarioError {
  std::string text;  // "FILE:LINE: what is wrong"
};
std::variant<Scenario, ScenarioError> parse_scenario(std::string_view toml, std::string_view file);
std::variant<Scenario, ScenarioError> load_scenario(const std::string& path);

// Walks through a scenario: which events are due, and what the patient's state is.
class Script {
 public:
  explicit Script(const Scenario& scenario) : scenario_(scenario), random_(scenario.seed) {}

  // The scripted events up to `t_s` that were not handed out yet, automatic cuff readings among them.
  std::vector<ScriptedEvent> due(double t_s);
  std::optional<double> at(Vital vital, double t_s) const { return scenario_.at(vital, t_s); }
  bool over(double t_s) const { return scenario_.duration_s > 0 && t_s >= scenario_.duration_s; }
  bool probe_on() const { return probe_on_; }
  bool leads_on() const { return leads_on_; }
  bool artifact() const { return artifact_; }
  bool silent() const { return silent_; }
  bool plugged() const { return plugged_; }
  std::vector<std::uint8_t> garbage(std::size_t bytes);

 private:
  void apply(Happening what);

  const Scenario& scenario_;
  std::size_t next_event_ = 0;
  std::uint64_t cuffs_ = 0;
  bool probe_on_ = true, leads_on_ = true, artifact_ = false, silent_ = false, plugged_ = true;
  std::mt19937_64 random_;
};

}  // namespace simulate
