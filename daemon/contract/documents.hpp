// The documents of the MQTT contract as JSON text. Each renderer replaces what is in the caller's buffer;
// keys come in a fixed order, so that the same input gives the same bytes (promise P8). No document carries
// patient identity (P11). Pure and thread-free. What every member means: docs/mqtt-contract.md,
// config/schemas/.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/alarms/alarm.hpp"
#include "daemon/alarms/profile.hpp"
#include "daemon/infusion/session.hpp"
#include "daemon/vitals/observation.hpp"

namespace contract {

using vitals::WallTime;

// What every state, alarm, event, link and summary document carries.
struct Envelope {
  std::string_view node;
  std::string_view boot;  // random per start
  std::uint64_t seq = 0;  // of the newest event of this bed (or node)
  WallTime ts{};
  bool sim = false;
  bool clock_synced = true;
  bool history = false;   // "hist":true, and then only
  std::string_view unit;  // empty on node documents
  std::string_view bed;
};

void render_alarm(std::string& out, const alarms::Alarm& alarm, const Envelope& envelope);

// An alarm document is far smaller; the broker profile lets no packet above 64 KiB through.
inline constexpr std::size_t alarm_bytes_max = std::size_t{16} * 1024;

// Reads back what render_alarm wrote: how the journal and a broker's copy are restored. Survives any bytes.
// nullopt: not such a document. The views of `alarm` are left empty: whoever takes it over points them at
// strings that live long enough (the bed's own specification, or `condition`, `source`, `advice` once
// stored). Doses come back as published, in 0.1 mg and 0.01 mg/kg.
struct StoredAlarm {
  alarms::Alarm alarm;
  std::string condition, source, advice, src_code;
  std::string node, boot, unit, bed;  // who wrote it; unit and bed are empty on a node's own alarm
  std::uint64_t seq = 0;
  WallTime ts{};
};
std::optional<StoredAlarm> parse_alarm(std::string_view json);

// Who wrote a document of whatever kind and version, and when. nullopt: it does not say who.
struct Author {
  std::string node;
  WallTime ts{};
};
std::optional<Author> parse_author(std::string_view json);

// Who wrote a presence, of which connection, and what it says; nullopt: not such a document.
struct StoredNodeStatus {
  std::string boot, state;
  std::uint64_t conn = 0;
};
std::optional<StoredNodeStatus> parse_node_status(std::string_view json);

struct Value {                      // obs/{metric}
  vitals::Observation observation;  // quality already `stale` when past its limit
  WallTime ts{};
  WallTime valid_until{};
  std::string_view source;
  bool sim = false;
};
void render_observation(std::string& out, const Value& value);

struct Cuff {  // obs/nibp: sys, dia and map must not be torn apart
  std::optional<double> sys, dia, map;
  bool map_derived = false;
  vitals::Quality quality = vitals::Quality::unavailable;
  vitals::Reason reason = vitals::Reason::none;
  WallTime ts{}, t_src{}, valid_until{};
  std::string_view source;
  bool sim = false;
};
void render_cuff(std::string& out, const Cuff& cuff);

// The documents of several values as one: `out` is empty before the first, and whole after `close_values`.
void add_value(std::string& out, std::string_view document);
void close_values(std::string& out, WallTime ts);

struct LastObservation {
  std::string_view name;  // "hr", "nibp"
  WallTime t{};
};
struct ShelvedEntry {
  std::string_view condition, by;
  WallTime until{};
};
struct BedState {
  infusion::View session;
  std::string_view preset;
  bool signed_off = false;
  std::string_view monitoring;  // none | partial | full | blind
  std::vector<std::string_view> missing;
  unsigned stations_online = 0;
  std::string_view audience = "bed";             // the widest one of the bed's alarms
  std::optional<vitals::WallTime> paused_until;  // the sound of the whole bed rests
  std::string_view paused_by;
  std::vector<ShelvedEntry> shelved;
  std::vector<LastObservation> last;
};
void render_bed_state(std::string& out, const BedState& state, const Envelope& envelope);
void render_infusion(std::string& out, const infusion::View& session, const Envelope& envelope);

struct EarlyWarning {
  std::string_view session;
  infusion::News2 score;
  infusion::Spo2Scale scale = infusion::Spo2Scale::one;
  std::optional<WallTime> valid_until;  // none: nothing is known
};
void render_news2(std::string& out, const EarlyWarning& warning, const Envelope& envelope);

struct EffectiveLimit {
  std::string_view condition;
  std::optional<double> warn, critical, relative;
  vitals::Milliseconds delay{0}, critical_delay{0};
  std::string_view source;   // profile name, or "limits-set"
  std::string_view by = {};  // of limits-set: who
};
void render_limits(std::string& out, vitals::Phase phase, std::string_view signed_off_by,
                   std::span<const EffectiveLimit> set, const Envelope& envelope);

struct LinkDocument {
  std::string_view source, state, protocol, detail;
  WallTime since{};
  std::optional<WallTime> last_rx;
  std::uint64_t frames = 0, faults = 0;
  std::optional<vitals::Milliseconds> clock_offset;  // the device's clock against ours; positive: ahead
};
void render_link(std::string& out, const LinkDocument& link, const Envelope& envelope);

struct SummaryEntry {
  std::string_view condition;
  alarms::EpisodeId id{};
  std::uint64_t rev = 0;
};
struct SummaryLoad {  // how much the bed alarms
  unsigned last_10min = 0, last_hour = 0;
  bool flood = false;
  std::span<const std::string> chattering;  // conditions
};
struct Summary {
  unsigned high = 0, medium = 0, low = 0, info = 0, unacked = 0;
  std::string_view top, top_text;  // empty: null
  std::vector<SummaryEntry> set;
  std::uint64_t set_rev = 0;
  SummaryLoad load;
};
void render_summary(std::string& out, const Summary& summary, const Envelope& envelope);

struct NodeStatus {
  std::string_view node, boot, state, reason, version;  // version empty on the will
  std::uint64_t conn = 0;
  WallTime ts{};
};
void render_node_status(std::string& out, const NodeStatus& status);

struct NodeInfo {
  std::string_view node, boot, version, config_hash;
  std::vector<std::string> beds;  // "unit/bed"
  WallTime ts{};
};
void render_node_info(std::string& out, const NodeInfo& info);

struct Heartbeat {
  std::string_view node, boot;
  std::uint64_t conn = 0, n = 0;
  std::int64_t up_s = 0;
  std::size_t beds = 0, queued = 0;
  unsigned high = 0, medium = 0, low = 0;
  std::int64_t lag_ms = 0;
  WallTime ts{};
};
void render_heartbeat(std::string& out, const Heartbeat& heartbeat);

struct Response {
  std::string_view command_id, status, text;
  int code = 0;
  std::optional<std::string> id;  // target
  std::optional<std::uint64_t> rev;
  struct Replayed {
    std::uint64_t from_seq = 0, to_seq = 0;  // what the records before this answer cover
    std::size_t records = 0;                 // how many they are
  };
  WallTime ts{};
  std::optional<Replayed> replayed = {};  // answer to `replay`
};
void render_response(std::string& out, const Response& response);

// An event document as it is sent once more: with "hist":true. False, and nothing rendered: what the journal
// gave is no document.
bool render_history(std::string& out, std::string_view document);

// The event log. event/alarm, event/infusion and event/link repeat the document of their kind with a seq of
// its own; a command's outcome, an observation by a nurse and a change of the settings are documents that
// only the log has.
struct CommandEvent {
  std::string_view command_id, verb, client, actor, status, text;
};
void render_command_event(std::string& out, const CommandEvent& event, const Envelope& envelope);

// Of free text only that there was none: it stays in the journal (P11).
struct NurseEvent {
  std::string_view session;
  vitals::Phase phase{};
  infusion::NurseObservation observation;
  WallTime t_obs{};
  std::string_view by;  // "login/actor"
};
void render_nurse_event(std::string& out, const NurseEvent& event, const Envelope& envelope);

struct ConfigEvent {
  std::string_view config_hash;  // of the settings now in force
  std::string_view text;         // what changed, in our words
};
void render_config_event(std::string& out, const ConfigEvent& event, const Envelope& envelope);

// The daemon's own life: it starts and stops, stations come and go, its log has a gap.
struct NodeEvent {
  std::string_view event;        // start | stop | station-up | station-down | log-trimmed | log-lost
  std::string_view config_hash;  // of the settings that this boot runs with
  std::string_view version;      // at a start
  std::string_view station;      // of a station
  std::string_view text;         // in our words
};
void render_node_event(std::string& out, const NodeEvent& event, const Envelope& envelope);

}  // namespace contract
