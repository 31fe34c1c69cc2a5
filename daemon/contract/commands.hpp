// Commands from stations: JSON in, a typed request out. Everything that can be refused without knowing the
// bed is refused here; phases, doses, roles and repeated ids are the bed's and the application's business.
// Pure; survives any bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/alarms/profile.hpp"
#include "daemon/infusion/session.hpp"
#include "daemon/vitals/time.hpp"

namespace contract {

inline constexpr std::size_t command_bytes_max = std::size_t{8} * 1024;
inline constexpr std::size_t received_entries_max = 256;
inline constexpr std::size_t reason_bytes_max = 500;  // longer free text is cut
inline constexpr std::size_t note_bytes_max = 4000;  // of the verb `note`; longer is refused, nothing is lost
inline constexpr vitals::Milliseconds ttl_default{30'000};
inline constexpr vitals::Milliseconds ttl_ms_max{60'000};
inline constexpr vitals::Milliseconds issued_ahead_ms_max{5'000};

struct Target {
  std::string condition, id;  // condition: empty when the station did not name it
  std::uint64_t rev = 0;      // 0: not given (only `reset` may leave it out)
};
struct Ack {
  Target target;
};
struct Reset {
  Target target;
};
struct Unack {
  Target target;
};
struct AudioPause {
  bool whole = false;  // every alarm of the place that had called when it was pressed; else the target
  Target target;
  vitals::Milliseconds time{};
};
struct AudioResume {
  bool whole = false;
  Target target;
};
struct Respond {
  Target target;
  bool accept = true;
};
struct Shelve {
  std::string condition;
  vitals::Milliseconds time{};
};
struct Unshelve {
  std::string condition;
};
struct LimitsSet {
  alarms::LimitId limit{};
  std::optional<double> warn, critical;
};
struct Received {
  std::vector<Target> list;
};  // at most received_entries_max
struct Resync {};
struct Replay {
  std::uint64_t from_seq = 0;
};
struct InfusionRate {
  infusion::Rate rate;
  bool confirmed = false;
};
struct InfusionBolus {
  infusion::HandBolus bolus;
  bool confirmed = false;
};
struct InfusionHold {};
struct InfusionResume {};
struct InfusionStop {};
struct SessionEnd {};
struct PatientConfirm {
  bool same = true;  // as before; false: a new one
};
struct BaselineSet {
  infusion::Baseline baseline;
};

struct Checklist {
  std::vector<infusion::Answer> answers;  // at most infusion::answers_max
};
struct Note {
  std::string text;  // journal only, never published
};

using Request =
    std::variant<Ack, Reset, Unack, AudioPause, AudioResume, Respond, Shelve, Unshelve, LimitsSet, Received,
                 Resync, Replay, infusion::SessionStart, BaselineSet, infusion::InfusionStart, InfusionRate,
                 InfusionBolus, InfusionHold, InfusionResume, InfusionStop, SessionEnd, PatientConfirm,
                 infusion::NurseObservation, Checklist, Note>;

struct Command {
  std::string command_id, verb, client, actor;
  vitals::WallTime issued_at{};  // when it came, where the clock is not synchronised
  vitals::Milliseconds ttl{30'000};
  std::string reason;  // free text: journal only, never published
  Request request;
};

// Refused before it reached a bed. `command_id` is empty when even that could not be read.
struct Refusal {
  std::string command_id;
  std::string status;  // invalid | expired | refused | unauthorised
  std::string text;    // what is wrong and what would be right
};

using Parsed = std::variant<Command, Refusal>;

// `verb` and `client` are from the topic: the broker ties them to the login. `now` judges age; with an
// unsynchronised clock it is not judged. An empty payload is a retained message being deleted, often by
// ourselves: callers ignore it before they come here.
Parsed parse_command(std::string_view verb, std::string_view client, std::string_view json, bool retained,
                     vitals::WallTime now, bool clock_synced);

// Every verb there is, in the order of the document.
std::vector<std::string_view> verb_names();

// A station's own status document (its birth and will).
struct StationStatus {
  std::string station;
  bool online = false;
};
std::optional<StationStatus> parse_station_status(std::string_view json);

}  // namespace contract
