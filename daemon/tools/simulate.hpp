// Simulated monitors for demos, tests and installations without a patient: a scenario file says what the
// patient does, `vitalsd simulate nonin` plays it on a pseudo terminal, `vitalsd simulate hl7` over MLLP.
// They speak the monitors' side of the protocols only; nothing of the daemon is shared with them, so an error
// in a driver cannot hide behind the same error here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace tools {

// Adds `simulate nonin` and `simulate hl7`. `exit_code` is what the process should end with; it is set when
// the subcommand has run.
void add_simulate(CLI::App& app, int& exit_code);

// --- the scenario -----------------------------------------------------------------------------------------

inline constexpr std::size_t scenario_entries_max = 10'000;

enum class Vital : std::uint8_t { hr, pr, spo2, sys, dia, map };
inline constexpr std::size_t vital_count = 6;
inline constexpr std::array<std::string_view, vital_count> vital_names{"hr",  "pr",  "spo2",
                                                                       "sys", "dia", "map"};
constexpr std::size_t index_of(Vital vital) { return static_cast<std::size_t>(vital); }

enum class Happening : std::uint8_t { probe_off, probe_on, cuff, silence, resume, garbage, unplug, plug };
inline constexpr std::array<std::string_view, 8> happening_names{"probe-off", "probe-on", "cuff",   "silence",
                                                                 "resume",    "garbage",  "unplug", "plug"};

struct Keyframe {
  double t_s = 0;
  std::array<std::optional<double>, vital_count> values;  // rates per minute, percent, mmHg
};

struct ScriptedEvent {
  double t_s = 0;
  Happening what{};
  std::string say;         // what the line printed for it says
  std::size_t bytes = 64;  // garbage: how many
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
  // Nothing when no keyframe names it. A mean that no keyframe names follows from sys and dia.
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
  bool over(double t_s) const { return scenario_.duration_s > 0 && t_s >= scenario_.duration_s; }
  bool probe_on() const { return probe_on_; }
  bool silent() const { return silent_; }
  bool plugged() const { return plugged_; }
  std::vector<std::uint8_t> garbage(std::size_t bytes);

 private:
  void apply(Happening what);

  const Scenario& scenario_;
  std::size_t next_event_ = 0;
  std::uint64_t cuffs_ = 0;
  bool probe_on_ = true, silent_ = false, plugged_ = true;
  std::mt19937_64 random_;
};

// --- Nonin frames -----------------------------------------------------------------------------------------

// One packet of format 2 or 7: 25 frames in a third of a second.
struct NoninPacket {
  static constexpr std::size_t frames = 25;
  // STATUS bits (formats 2 and 7); bit 7 is always set, bit 0 marks frame 1: both are the encoder's work.
  static constexpr std::uint8_t sensor_disconnected = 0x40, artifact = 0x20, out_of_track = 0x10,
                                sensor_alarm = 0x08, red = 0x04, green = 0x02;
  static constexpr unsigned no_rate = 511, no_spo2 = 127;

  unsigned rate = no_rate, rate_long = no_rate;                  // 4 and 8 beats
  unsigned rate_display = no_rate, rate_long_display = no_rate;  // steadier, held up to 10 s
  unsigned spo2 = no_spo2, spo2_fast = no_spo2, spo2_beat = no_spo2, spo2_long = no_spo2;
  unsigned spo2_display = no_spo2, spo2_long_display = no_spo2;
  std::uint8_t revision = 0x30, stat2 = 0;
  unsigned thirds = 0;  // timer, 14 bits
  std::array<std::uint8_t, frames> status{};
  std::array<std::uint16_t, frames> pleth{};
};

using NoninBytes = std::array<std::uint8_t, 5 * NoninPacket::frames>;
NoninBytes encode_format2(const NoninPacket& packet);
NoninBytes encode_format7(const NoninPacket& packet);

struct NoninSlow {  // format 8, once a second
  unsigned rate = NoninPacket::no_rate, spo2 = NoninPacket::no_spo2;
  bool sensor_alarm = false, low_perfusion = false, low_battery = false, spot_quality = false;
};
std::array<std::uint8_t, 4> encode_format8(const NoninSlow& sample);

// --- HL7 messages -----------------------------------------------------------------------------------------

enum class Dialect : std::uint8_t { pcd01, loinc };

struct CuffReading {
  int sys = 0, dia = 0, map = 0;
  std::int64_t taken_unix_s = 0;
};
struct Hl7Sample {
  std::string bed;  // "unit/bed" or a bed name alone, for PV1-3
  std::string control_id;
  std::int64_t unix_s = 0;
  std::optional<int> hr, pr, spo2;
  bool probe_on = true;             // off: pulse rate and SpO2 stand in the message without a number
  std::optional<CuffReading> cuff;  // monitors repeat the last one with its own time
};
std::string encode_hl7(Dialect dialect, const Hl7Sample& sample);
std::string frame_mllp(std::string_view message);

struct Hl7Answer {
  std::string code;        // MSA-1
  std::string control_id;  // MSA-2
};
std::optional<Hl7Answer> parse_answer(std::string_view message);

// --- running ----------------------------------------------------------------------------------------------

struct NoninOptions {
  std::string scenario, link;
  int format = 2;
  double speed = 1;
};
struct Hl7Options {
  std::string scenario, connect, bed;
  Dialect dialect = Dialect::pcd01;
  double speed = 1;
};
// Both run until the scenario ends or SIGINT/SIGTERM comes; the result is the exit code.
int simulate_nonin(const NoninOptions& options);
int simulate_hl7(const Hl7Options& options);

// One line on stdout: time of the scenario, then the text.
void tell(double t_s, std::string_view text);

}  // namespace tools
