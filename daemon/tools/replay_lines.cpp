#include "daemon/tools/replay_lines.hpp"

#include "daemon/contract/json_writer.hpp"

namespace tools {
namespace {

using contract::JsonWriter;

void put(JsonWriter& json, std::string_view key, std::string_view value) {
  if (!value.empty()) json.text(key, value);
}

// Figures that were converted to our units are rounded: nobody calculates on them here.
void put(JsonWriter& json, std::string_view key, const std::optional<double>& value) {
  if (value) json.number(key, contract::rounded(*value, 4));
}

void put(JsonWriter& json, std::string_view key, const std::optional<vitals::WallTime>& value) {
  if (value) json.time(key, *value);
}

void put(JsonWriter& json, std::string_view key, bool value) {
  if (value) json.flag(key, true);
}

}  // namespace

void write_line(std::string& line, const drivers::DeviceStatus& status) {
  JsonWriter json(line);
  json.text("kind", "status");
  json.text("signal", drivers::name(status.signal));
  json.flag("on", status.on);
  json.time("t_rx", status.rx.wall);
  json.close_object();
}

void write_line(std::string& line, const drivers::DecodeFault& fault) {
  JsonWriter json(line);
  json.text("kind", "fault");
  json.text("fault", drivers::name(fault.kind));
  json.text("reason", fault.reason);
  put(json, "code", fault.code);
  put(json, "unit", fault.unit);
  put(json, "value", fault.value);
  json.count("offset", fault.offset);
  json.close_object();
}

void write_line(std::string& line, const drivers::Answer& answer) {
  JsonWriter json(line);
  json.text("kind", "ack");
  json.text("code", answer.code);
  json.text("text", answer.text);
  json.text("control_id", answer.control_id);
  json.close_object();
}

void write_line(std::string& line, const drivers::DeviceAlarm& alarm) {
  JsonWriter json(line);
  json.text("kind", "monitor-alarm");
  json.flag("on", alarm.on);
  json.text("code", alarm.code);
  put(json, "source", alarm.source);
  put(json, "text", alarm.text);
  json.text("level", drivers::name(alarm.level));
  put(json, "level_assumed", !alarm.level_told);
  put(json, "technical", alarm.technical);
  put(json, "silenced", alarm.silenced);
  put(json, "unsure", alarm.unsure);
  put(json, "t_event", alarm.t_event);
  json.time("t_rx", alarm.rx.wall);
  json.close_object();
}

void write_line(std::string& line, const drivers::PumpReport& report) {
  JsonWriter json(line);
  json.text("kind", "pump");
  json.text("state", drivers::name(report.state));
  put(json, "device", report.device);
  put(json, "event", report.event);
  put(json, "source", report.source);
  put(json, "reason", report.reason);
  put(json, "drug", report.drug);
  put(json, "alarm", report.alarm);
  put(json, "transitioning", report.transitioning);
  put(json, "rate_ml_h", report.rate_ml_h);
  put(json, "rate_mg_h", report.rate_mg_h);
  put(json, "rate_mg_kg_h", report.rate_mg_kg_h);
  put(json, "concentration_mg_ml", report.concentration_mg_ml);
  put(json, "volume_ml", report.volume_ml);
  put(json, "dose_mg", report.dose_mg);
  put(json, "volume_to_infuse_ml", report.volume_to_infuse_ml);
  put(json, "volume_remaining_ml", report.volume_remaining_ml);
  put(json, "time_remaining_s", report.time_remaining_s);
  put(json, "weight_kg", report.weight_kg);
  put(json, "t_event", report.t_event);
  json.time("t_rx", report.rx.wall);
  json.close_object();
}

void write_line(std::string& line, const drivers::PatientEvent& event) {
  JsonWriter json(line);
  json.text("kind", "patient");
  json.text("event", drivers::name(event.kind));
  json.text("trigger", event.trigger);
  put(json, "patient", event.subject.patient_id);
  put(json, "visit", event.subject.visit_id);
  put(json, "bed", event.subject.bed);
  put(json, "location", event.subject.location);
  put(json, "location_before", event.location_before);
  put(json, "location_cleared", event.location_cleared);
  put(json, "patient_gone", event.patient_id_gone);
  json.time("t_rx", event.rx.wall);
  json.close_object();
}

void write_line(std::string& line, const app::Unmapped& parameter) {
  JsonWriter json(line);
  json.text("kind", "unmapped");
  json.text("code", parameter.code);
  json.text_or_null("unit", parameter.unit);
  json.text_or_null("value", parameter.value);
  json.count("count", parameter.count);
  json.close_object();
}

}  // namespace tools
