// The alarm document: the core of the contract. Rendered complete each time, so that a station never has to
// put an alarm together from several messages.
#include <algorithm>
#include <cmath>

#include "daemon/contract/documents.hpp"
#include "daemon/contract/envelope.hpp"
#include "daemon/contract/json_reader.hpp"
#include "daemon/contract/json_writer.hpp"
#include "daemon/contract/schemas.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/contract/ulid.hpp"

namespace contract {

namespace {

using alarms::Alarm;

// A delay beyond this is no delay of ours: the longest of the profiles are minutes.
constexpr double delay_s_max = 86'400;

std::string_view unit_name(const Alarm& alarm) {
  return alarm.metric ? name(vitals::unit_of(*alarm.metric)) : std::string_view{};
}

void write_state(JsonWriter& writer, const Alarm& alarm) {
  writer.text("schema", schema::alarm);
  writer.text("id", alarms::view(alarm.id));
  writer.text("cond", alarm.condition);
  writer.count("rev", alarm.rev);
  writer.count("rev_prio", alarm.rev_priority);
  writer.text("phase", name(alarm.change));
  writer.text("state", name(alarm.state));
  writer.text("kind", name(alarm.kind));
  writer.text("prio", name(alarm.shown()));
  if (alarm.inhibit != alarms::Inhibit::none) writer.text("prio_unshelved", name(alarm.priority));
  writer.text("prio_initial", name(alarm.priority_initial));
  writer.text("ack", alarm.acked ? "acked" : "unacked");
  writer.text_or_null("ack_by", alarm.acked_by);
  writer.time("ack_at", alarm.acked_at);
  writer.text("resp", name(alarm.response));
  writer.text_or_null("resp_by", alarm.response_by);
  writer.text("audio", name(alarm.audio));
  writer.time("audio_until", alarm.audio_until);
  if (!alarm.audio_by.empty()) writer.text("audio_by", alarm.audio_by);
  writer.text("latch", alarm.latches ? "visual" : "none");
  writer.text_or_null("inhibit", name(alarm.inhibit));
}

void write_value(JsonWriter& writer, const Alarm& alarm) {
  writer.text_or_null("metric", alarm.metric ? name(*alarm.metric) : std::string_view{});
  writer.number("v", alarm.value);
  if (alarm.questionable) writer.text("q", name(vitals::Quality::questionable));
  writer.number("worst", alarm.worst);
  writer.number("limit", alarm.limit);
  writer.number("limit_crit", alarm.limit_critical);
  writer.text_or_null("side", name(alarm.side));
  writer.text_or_null("u", unit_name(alarm));
  writer.text("data", name(alarm.data));
}

void write_times(JsonWriter& writer, const Alarm& alarm) {
  writer.time("t_cond", alarm.t_condition);
  writer.time("t_on", alarm.t_on);
  writer.time("t_chg", alarm.t_change);
  if (alarm.t_call) writer.time("t_call", *alarm.t_call);
  writer.time("t_end", alarm.t_end);
  if (alarm.end_reason != alarms::EndReason::none) writer.text("end_reason", name(alarm.end_reason));
  writer.seconds("delay_s", alarm.on_delay);
}

void write_context(JsonWriter& writer, const Alarm& alarm, const Envelope& envelope) {
  writer.text("text", alarm.text);
  writer.text_or_null("advice", alarm.advice);
  writer.text("audience", name(alarm.audience));
  writer.time("t_src", alarm.t_src);
  writer.time("t_rx", alarm.t_rx);
  if (alarm.dose_mg) writer.number("dose_mg", rounded(*alarm.dose_mg, 1));
  if (alarm.dose_mg_per_kg) writer.number("dose_mg_kg", rounded(*alarm.dose_mg_per_kg, 2));
  writer.text("origin", name(alarm.origin));
  writer.text_or_null("src", alarm.source);
  if (!alarm.src_code.empty()) writer.text("src_code", alarm.src_code);
  if (alarm.device.silenced) writer.flag("src_silenced", true);
  if (alarm.device.unsure) writer.flag("src_unsure", true);
  if (alarm.device.priority_assumed) writer.flag("src_prio_assumed", true);
  if (envelope.bed.empty()) return;
  write_bed(writer, envelope);
  writer.text_or_null("session", alarm.session);
  writer.text("phase_bed", name(alarm.phase));
}

// The enumerator that name() spells `text`; the enumerations here count from 0 to `last`.
template <typename Word>
bool read_word(const Fields& fields, std::string_view key, Word last, Word& out) {
  const auto text = fields.text(key);
  if (!text) return false;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i) {
    out = static_cast<Word>(i);
    if (name(out) == *text) return true;
  }
  return false;
}

std::string text_or_empty(const Fields& fields, std::string_view key) {
  return std::string{fields.text(key).value_or(std::string_view{})};
}

bool read_identity(const Fields& fields, StoredAlarm& out) {
  const auto id = fields.text("id");
  const auto rev = fields.count("rev");
  out.condition = text_or_empty(fields, "cond");
  if (fields.text("schema") != schema::alarm || !id || !is_ulid(*id) || !rev || !is_condition(out.condition))
    return false;
  std::copy(id->begin(), id->end(), out.alarm.id.begin());
  out.alarm.rev = *rev;
  out.alarm.rev_priority = fields.count("rev_prio").value_or(*rev);  // not said: nothing older may silence it
  return true;
}

bool read_words(const Fields& fields, Alarm& out) {
  return read_word(fields, "phase", alarms::Change::reset, out.change) &&
         read_word(fields, "state", alarms::State::latched, out.state) &&
         read_word(fields, "kind", alarms::Kind::technical, out.kind) &&
         read_word(fields, "prio", alarms::Priority::high, out.priority) &&
         read_word(fields, "prio_initial", alarms::Priority::high, out.priority_initial) &&
         read_word(fields, "origin", alarms::Origin::nurse, out.origin) &&
         read_word(fields, "audience", alarms::Audience::second, out.audience) &&
         read_word(fields, "data", alarms::Data::lost, out.data);
}

// What is shelved says beside `prio` what it is below the shelf. Inhibited otherwise: not by this daemon.
bool read_inhibit(const Fields& fields, Alarm& out) {
  if (!fields.has("inhibit")) return true;
  if (!read_word(fields, "inhibit", alarms::Inhibit::shelved, out.inhibit)) return false;
  return read_word(fields, "prio_unshelved", alarms::Priority::high, out.priority);
}

// Words that are null or absent on some alarms: nothing there is right, an unknown word is not.
bool read_optional_words(const Fields& fields, Alarm& out) {
  const bool side_known = !fields.has("side") || read_word(fields, "side", alarms::Side::high, out.side);
  const bool reason_known =
      !fields.has("end_reason") || read_word(fields, "end_reason", alarms::EndReason::config, out.end_reason);
  const bool audio_known =
      !fields.has("audio") || read_word(fields, "audio", alarms::Audio::paused, out.audio);
  const bool response_known =
      !fields.has("resp") || read_word(fields, "resp", alarms::Response::rejected, out.response);
  if (const auto phase = fields.text("phase_bed")) {
    const auto known = vitals::phase_named(*phase);
    if (!known) return false;
    out.phase = *known;
  }
  if (const auto metric = fields.text("metric")) {
    out.metric = vitals::metric_named(*metric);
    if (!out.metric) return false;
  }
  return side_known && reason_known && audio_known && response_known && read_inhibit(fields, out);
}

bool read_acknowledgement(const Fields& fields, Alarm& out) {
  const auto ack = fields.text("ack");
  if (ack != "acked" && ack != "unacked") return false;
  out.acked = ack == "acked";
  out.acked_by = text_or_empty(fields, "ack_by");
  out.acked_at = fields.time("ack_at");
  out.audio_until = fields.time("audio_until");
  out.audio_by = text_or_empty(fields, "audio_by");
  out.response_by = text_or_empty(fields, "resp_by");
  return true;
}

void read_value(const Fields& fields, Alarm& out) {
  out.value = fields.number("v");
  out.questionable = fields.text("q") == name(vitals::Quality::questionable);
  out.worst = fields.number("worst");
  out.limit = fields.number("limit");
  out.limit_critical = fields.number("limit_crit");
  out.latches = fields.text("latch") == "visual";
  out.sim = fields.flag("sim").value_or(false);
  out.text = text_or_empty(fields, "text");
  out.session = text_or_empty(fields, "session");
  out.device.silenced = fields.flag("src_silenced").value_or(false);
  out.device.unsure = fields.flag("src_unsure").value_or(false);
  out.device.priority_assumed = fields.flag("src_prio_assumed").value_or(false);
  out.dose_mg = fields.number("dose_mg");
  out.dose_mg_per_kg = fields.number("dose_mg_kg");
}

bool read_times(const Fields& fields, Alarm& out) {
  const auto condition = fields.time("t_cond"), on = fields.time("t_on"), change = fields.time("t_chg");
  const auto delay_s = fields.number("delay_s");
  if (!condition || !on || !change || !delay_s || *delay_s < 0 || *delay_s > delay_s_max) return false;
  out.t_condition = *condition;
  out.t_on = *on;
  out.t_change = *change;
  out.t_call = fields.time("t_call");
  out.t_end = fields.time("t_end");
  out.t_src = fields.time("t_src");
  if (out.origin == alarms::Origin::monitor) out.device.t_event = out.t_src;
  out.t_rx = fields.time("t_rx");
  out.on_delay = vitals::Milliseconds{std::llround(*delay_s * 1000)};
  return true;
}

}  // namespace

void render_alarm(std::string& out, const Alarm& alarm, const Envelope& envelope) {
  JsonWriter writer(out);
  write_state(writer, alarm);
  write_value(writer, alarm);
  write_times(writer, alarm);
  write_context(writer, alarm, envelope);
  Envelope common = envelope;
  common.sim = envelope.sim || alarm.sim;
  write_common(writer, common);
  writer.close_object();
}

std::optional<StoredAlarm> parse_alarm(std::string_view json) {
  const auto document = parse_object(json, alarm_bytes_max);
  if (!document) return std::nullopt;
  const Fields fields(*document);
  StoredAlarm out;
  if (!read_identity(fields, out) || !read_words(fields, out.alarm) ||
      !read_optional_words(fields, out.alarm) || !read_acknowledgement(fields, out.alarm) ||
      !read_times(fields, out.alarm))
    return std::nullopt;
  read_value(fields, out.alarm);
  out.source = text_or_empty(fields, "src");
  out.advice = text_or_empty(fields, "advice");
  out.src_code = text_or_empty(fields, "src_code");
  out.node = text_or_empty(fields, "node");
  out.boot = text_or_empty(fields, "boot");
  out.unit = text_or_empty(fields, "unit");
  out.bed = text_or_empty(fields, "bed");
  out.seq = fields.count("seq").value_or(0);
  out.ts = fields.time("ts").value_or(WallTime{});
  return out;
}

}  // namespace contract
