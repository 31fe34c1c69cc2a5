// The alarm: one condition's current episode, complete, as stations get it (contract document
// vitals.alarm/1).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/vitals/metric.hpp"
#include "daemon/vitals/phase.hpp"
#include "daemon/vitals/time.hpp"

namespace alarms {

enum class Kind : std::uint8_t { physiological, technical };
enum class Priority : std::uint8_t { info, low, medium, high };
enum class State : std::uint8_t { inactive, active, latched };
enum class Data : std::uint8_t { fresh, stale, lost };
enum class Side : std::uint8_t { none, low, high };
enum class Audience : std::uint8_t { bed, unit, second };
enum class Origin : std::uint8_t { daemon, monitor, nurse };
enum class EndReason : std::uint8_t { none, recovered, reset, session_end, phase, config };
enum class Audio : std::uint8_t { on, paused };                        // of this episode, at every station
enum class Response : std::uint8_t { undefined, accepted, rejected };  // who is on the way; never silence
enum class Inhibit : std::uint8_t { none, shelved };                   // nobody is called, and it is shown
// The words of IHE ACM.
enum class Change : std::uint8_t { start, proceed, update, escalate, deescalate, end, reset };

constexpr std::string_view name(Kind v) { return v == Kind::physiological ? "phys" : "tech"; }
constexpr std::string_view name(Priority v) {
  constexpr std::array<std::string_view, 4> words{"info", "low", "medium", "high"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(State v) {
  constexpr std::array<std::string_view, 3> words{"inactive", "active", "latched"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(Data v) {
  constexpr std::array<std::string_view, 3> words{"fresh", "stale", "lost"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(Side v) {
  constexpr std::array<std::string_view, 3> words{"", "low", "high"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(Audience v) {
  constexpr std::array<std::string_view, 3> words{"bed", "unit", "second"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(Origin v) {
  constexpr std::array<std::string_view, 3> words{"daemon", "monitor", "nurse"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(EndReason v) {
  constexpr std::array<std::string_view, 6> words{"", "recovered", "reset", "session-end", "phase", "config"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(Audio v) { return v == Audio::on ? "on" : "paused"; }
constexpr std::string_view name(Response v) {
  constexpr std::array<std::string_view, 3> words{"undefined", "accepted", "rejected"};
  return words[static_cast<std::size_t>(v)];
}
constexpr std::string_view name(Inhibit v) { return v == Inhibit::none ? "" : "shelved"; }
constexpr std::string_view name(Change v) {
  constexpr std::array<std::string_view, 7> words{"start",      "continue", "update", "escalate",
                                                  "deescalate", "end",      "reset"};
  return words[static_cast<std::size_t>(v)];
}

// ULID: 48 bits of t_on, then 80 bits hashed from node, bed, condition and t_on, so that the same input gives
// the same id. 26 characters of Crockford's base 32.
using EpisodeId = std::array<char, 26>;
inline std::string_view view(const EpisodeId& id) { return {id.data(), id.size()}; }

// Of an alarm that is not ours: what its device says beside text and priority. It says nothing of our signal.
struct DeviceWord {
  bool silenced = false;                    // sound off or acknowledged at the device
  bool unsure = false;                      // what the device says of the alarm's state cannot be read
  bool priority_assumed = false;            // the device named no priority
  std::optional<vitals::WallTime> t_event;  // by the device's clock, perhaps hours ago

  friend bool operator==(const DeviceWord&, const DeviceWord&) = default;
};

struct Alarm {
  EpisodeId id{};
  std::string_view condition;  // "spo2-low"; owned by the condition's specification
  std::uint64_t rev = 0;
  // The rev at which the priority last rose, or at which it called after a silence (latched, shelved): an
  // older acknowledgement conflicts.
  std::uint64_t rev_priority = 0;
  Change change = Change::start;  // what this document reports
  State state = State::inactive;
  Kind kind = Kind::physiological;
  Priority priority = Priority::info;  // of the condition itself, also below a shelf
  Priority priority_initial = Priority::info;
  Origin origin = Origin::daemon;
  Audience audience = Audience::bed;
  Data data = Data::fresh;
  Side side = Side::none;
  EndReason end_reason = EndReason::none;
  Audio audio = Audio::on;
  Response response = Response::undefined;
  Inhibit inhibit = Inhibit::none;
  bool acked = false;
  bool latches = false;  // the episode was at a latching priority: it will stay until someone has seen it
  bool questionable = false;  // the newest value that moved it carried a doubt
  bool sim = false;           // made from a simulated source
  std::string acked_by;       // "login/actor"
  std::optional<vitals::WallTime> acked_at;
  std::optional<vitals::WallTime> audio_until;  // paused: when it sounds again
  std::string audio_by;                         // paused: "login/actor"
  std::string response_by;                      // "login/actor"

  std::optional<vitals::Metric> metric;
  std::optional<double> value;  // at t_change
  std::optional<double> worst;
  std::optional<double> limit;           // warn limit in force
  std::optional<double> limit_critical;  // critical limit in force
  std::string_view source;               // name of the source that carries the metric; owned by the settings
  std::string text;                      // "SpO2 86 < 88 %"
  std::string_view advice;               // owned by the specification
  DeviceWord device;                     // origin monitor; its time is also t_src
  std::string_view src_code;  // origin monitor: the device's own code and alert source; owned likewise

  vitals::WallTime t_condition{};  // first sample in violation
  vitals::WallTime t_on{};         // on-delay elapsed: declared
  vitals::WallTime t_change{};
  // When people were last called for it: from here unanswered time counts. Absent in records of older builds.
  std::optional<vitals::WallTime> t_call;
  std::optional<vitals::WallTime> t_end;
  std::optional<vitals::WallTime> t_src;  // the device's time of `value`
  std::optional<vitals::WallTime> t_rx;   // when `value` was received
  vitals::Milliseconds on_delay{0};       // the delay that was waited

  // The infusion when this document was made.
  vitals::Phase phase = vitals::Phase::none;
  std::string session;  // random pseudonym, empty without a session
  std::optional<double> dose_mg;
  std::optional<double> dose_mg_per_kg;

  // What people are told, and what counts: what is shelved is information.
  Priority shown() const { return inhibit == Inhibit::none ? priority : Priority::info; }
};

}  // namespace alarms
