#include "daemon/contract/commands.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/contract/command_arguments.hpp"
#include "daemon/contract/json_reader.hpp"
#include "daemon/contract/schemas.hpp"
#include "daemon/contract/topics.hpp"

namespace contract {

namespace {

constexpr std::size_t command_id_length_min = 8;
constexpr std::size_t command_id_length_max = 64;
constexpr std::size_t actor_bytes_max = 64;
constexpr std::size_t station_status_bytes_max = 4096;

// Room for a ULID or a UUID; a repeat is found by it, so it must be long enough to be unique.
bool is_command_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return text.size() >= command_id_length_min && text.size() <= command_id_length_max &&
         std::all_of(text.begin(), text.end(), allowed);
}

// The id for the answer, also of a document that is wrong otherwise.
std::string command_id_of(const Fields& fields) {
  const auto id = fields.text("cmd_id");
  return id && is_command_id(*id) ? std::string{*id} : std::string{};
}

std::string in_seconds(vitals::Milliseconds duration) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + " s";
}

// What the document says of itself; no refusal: `out` is filled.
std::optional<Refusal> read_header(const Fields& fields, std::string_view verb, std::string_view client,
                                   Command& out) {
  const auto refuse = [&out](std::string status, std::string text) {
    return Refusal{out.command_id, std::move(status), std::move(text)};
  };
  if (fields.text("schema") != schema::command)
    return refuse("invalid", "schema must be " + std::string(schema::command));
  if (out.command_id.empty())
    return refuse("invalid", "cmd_id must be 8 to 64 letters, digits, - or _, and new for each command");
  if (!is_verb(verb)) return refuse("invalid", "unknown verb; this version knows " + verb_list());
  if (fields.text("verb") != verb) return refuse("invalid", "verb must be that of the topic");
  if (fields.text("station") != client)
    return refuse("unauthorised", "station must be the login and the last level of the topic");
  const auto actor = fields.text("actor");
  if (fields.has("actor") && (!actor || actor->size() > actor_bytes_max))
    return refuse("invalid", "actor must be a string of at most 64 bytes");
  out.verb = verb;
  out.client = client;
  out.actor = actor.value_or(std::string_view{});
  return std::nullopt;
}

std::optional<Refusal> read_age(const Fields& fields, vitals::WallTime now, bool clock_synced, Command& out) {
  const auto refuse = [&out](std::string status, std::string text) {
    return Refusal{out.command_id, std::move(status), std::move(text)};
  };
  const auto issued_ms = fields.integer("issued_at");
  // Bounded so that no sum below can overflow.
  if (!issued_ms || *issued_ms < 0 || *issued_ms > INT64_MAX / 2)
    return refuse("invalid", "issued_at must be milliseconds since 1970 (UTC)");
  const auto ttl_s = fields.number("ttl_s");
  if (fields.has("ttl_s") &&
      (!ttl_s || *ttl_s <= 0 || *ttl_s * 1000 > static_cast<double>(ttl_ms_max.count())))
    return refuse("invalid", "ttl_s must be above 0 and at most 60");
  out.issued_at = vitals::wall_from_unix_ms(*issued_ms);
  out.ttl = ttl_s ? vitals::Milliseconds{std::llround(*ttl_s * 1000)} : ttl_default;
  if (!clock_synced) {
    out.issued_at = now;
    return std::nullopt;
  }
  if (out.issued_at > now + issued_ahead_ms_max)
    return refuse("refused",
                  "issued_at is " + in_seconds(out.issued_at - now) +
                      " ahead of the daemon's clock: stamp with the daemon's time, own clock plus the"
                      " offset seen in its heartbeats");
  if (now > out.issued_at + out.ttl)
    return refuse("expired", "issued " + in_seconds(now - out.issued_at) +
                                 " ago, ttl_s over: look again, then send a new command");
  return std::nullopt;
}

}  // namespace

Parsed parse_command(std::string_view verb, std::string_view client, std::string_view json, bool retained,
                     vitals::WallTime now, bool clock_synced) {
  if (json.size() > command_bytes_max)
    return Refusal{{}, "refused", "longer than 8 KiB: send fewer entries or a shorter note"};
  const auto document = parse_object(json, command_bytes_max);
  Command out;
  if (document) out.command_id = command_id_of(Fields(*document));
  if (retained)
    return Refusal{out.command_id, "refused",
                   "a command must not be retained: it would be executed again at every connect"};
  if (!document) return Refusal{{}, "invalid", "not a JSON object, nested too deeply, or a key given twice"};
  const Fields fields(*document);
  if (auto refusal = read_header(fields, verb, client, out)) return *std::move(refusal);
  if (auto refusal = read_age(fields, now, clock_synced, out)) return *std::move(refusal);
  if (std::string wrong = read_request(verb, fields, out); !wrong.empty())
    return Refusal{out.command_id, "invalid", std::move(wrong)};
  return out;
}

std::optional<StationStatus> parse_station_status(std::string_view json) {
  const auto document = parse_object(json, station_status_bytes_max);
  if (!document) return std::nullopt;
  const Fields fields(*document);
  const auto station = fields.text("station"), state = fields.text("state");
  if (fields.text("schema") != schema::station || !station || !is_id(*station)) return std::nullopt;
  if (state != "online" && state != "offline") return std::nullopt;
  return StationStatus{std::string{*station}, state == "online"};
}

}  // namespace contract
