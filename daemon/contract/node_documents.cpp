// What stations see of the daemon itself: presence, heartbeat, answers, and the parts of the event log that
// are no document of a bed.
#include "daemon/contract/documents.hpp"
#include "daemon/contract/envelope.hpp"
#include "daemon/contract/json_reader.hpp"
#include "daemon/contract/json_writer.hpp"
#include "daemon/contract/schemas.hpp"

namespace contract {
namespace {

constexpr std::size_t node_status_bytes_max = 4096;
constexpr std::size_t document_bytes_max =
    std::size_t{64} * 1024;  // of any kind, with room for later versions

}  // namespace

void render_node_status(std::string& out, const NodeStatus& status) {
  JsonWriter writer(out);
  writer.text("schema", schema::node);
  writer.text("state", status.state);
  writer.text("boot", status.boot);
  writer.count("conn", status.conn);
  writer.text("node", status.node);
  if (!status.version.empty()) writer.text("ver", status.version);
  writer.time("ts", status.ts);
  writer.text("reason", status.reason);
  writer.close_object();
}

std::optional<Author> parse_author(std::string_view json) {
  const auto document = parse_object(json, document_bytes_max);
  if (!document) return std::nullopt;
  const Fields fields(*document);
  const auto node = fields.text("node");
  if (!node) return std::nullopt;
  return Author{std::string{*node}, fields.time("ts").value_or(WallTime{})};
}

std::optional<StoredNodeStatus> parse_node_status(std::string_view json) {
  const auto document = parse_object(json, node_status_bytes_max);
  if (!document) return std::nullopt;
  const Fields fields(*document);
  const auto boot = fields.text("boot"), state = fields.text("state");
  const auto conn = fields.count("conn");
  if (fields.text("schema") != schema::node || !boot || !state || !conn) return std::nullopt;
  return StoredNodeStatus{std::string{*boot}, std::string{*state}, *conn};
}

void render_node_info(std::string& out, const NodeInfo& info) {
  JsonWriter writer(out);
  writer.text("schema", schema::info);
  writer.text("node", info.node);
  writer.text("boot", info.boot);
  writer.text("ver", info.version);
  writer.text("config", info.config_hash);
  writer.open_array("beds");
  for (const std::string& bed : info.beds) writer.text_element(bed);
  writer.close_array();
  writer.open_array("schemas");
  for (const std::string_view name : schema::all) writer.text_element(name);
  writer.close_array();
  writer.time("ts", info.ts);
  writer.close_object();
}

void render_heartbeat(std::string& out, const Heartbeat& heartbeat) {
  JsonWriter writer(out);
  writer.text("schema", schema::heartbeat);
  writer.text("node", heartbeat.node);
  writer.text("boot", heartbeat.boot);
  writer.count("conn", heartbeat.conn);
  writer.count("n", heartbeat.n);
  writer.integer("up_s", heartbeat.up_s);
  writer.count("beds", heartbeat.beds);
  writer.open_object("active");
  writer.count("high", heartbeat.high);
  writer.count("medium", heartbeat.medium);
  writer.count("low", heartbeat.low);
  writer.close_object();
  writer.count("queued", heartbeat.queued);
  writer.integer("lag_ms", heartbeat.lag_ms);
  writer.time("ts", heartbeat.ts);
  writer.close_object();
}

void render_response(std::string& out, const Response& response) {
  JsonWriter writer(out);
  writer.text("schema", schema::response);
  writer.text("cmd_id", response.command_id);
  writer.text("status", response.status);
  writer.integer("code", response.code);
  writer.text("text", response.text);
  if (response.id) {
    writer.open_object("target");
    writer.text("id", *response.id);
    if (response.rev) writer.count("rev", *response.rev);
    writer.close_object();
  }
  if (response.replayed) {
    writer.count("from_seq", response.replayed->from_seq);
    writer.count("to_seq", response.replayed->to_seq);
    writer.count("records", response.replayed->records);
  }
  writer.time("ts", response.ts);
  writer.close_object();
}

bool render_history(std::string& out, std::string_view document) {
  if (document.size() < 3 || document.front() != '{' || document.back() != '}') return false;
  out.assign(document.substr(0, document.size() - 1));
  out += ",\"hist\":true}";
  return true;
}

void render_command_event(std::string& out, const CommandEvent& event, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::command_event);
  writer.text("cmd_id", event.command_id);
  writer.text("verb", event.verb);
  writer.text("client", event.client);
  writer.text("actor", event.actor);
  writer.text("status", event.status);
  writer.text("text", event.text);
  write_bed(writer, envelope);
  write_common(writer, envelope);
  writer.close_object();
}

void render_config_event(std::string& out, const ConfigEvent& event, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::config_event);
  writer.text("config", event.config_hash);
  writer.text("text", event.text);
  write_bed(writer, envelope);
  write_common(writer, envelope);
  writer.close_object();
}

void render_node_event(std::string& out, const NodeEvent& event, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::node_event);
  writer.text("event", event.event);
  writer.text("config", event.config_hash);
  if (!event.version.empty()) writer.text("ver", event.version);
  if (!event.station.empty()) writer.text("station", event.station);
  writer.text("text", event.text);
  write_common(writer, envelope);
  writer.close_object();
}

}  // namespace contract
