// What stations see of a bed besides its alarms: observations, state, infusion, limits, links, summary.
#include "daemon/contract/documents.hpp"
#include "daemon/contract/envelope.hpp"
#include "daemon/contract/json_writer.hpp"
#include "daemon/contract/schemas.hpp"

namespace contract {

namespace {

double minutes(vitals::Milliseconds duration) {
  return rounded(static_cast<double>(duration.count()) / 60'000.0, 1);
}

bool carries_value(vitals::Quality quality) {
  return quality == vitals::Quality::valid || quality == vitals::Quality::questionable;
}

void write_quality(JsonWriter& writer, vitals::Quality quality, vitals::Reason reason) {
  writer.text("q", name(quality));
  if (reason != vitals::Reason::none) writer.text("reason", name(reason));
}

void write_part(JsonWriter& writer, std::string_view key, const std::optional<double>& value) {
  if (value) writer.number(key, *value);
}

void write_rate(JsonWriter& writer, const infusion::View& session) {
  writer.number("rate", session.rate ? std::optional(session.rate->value) : std::nullopt);
  writer.text_or_null("rate_unit", session.rate ? infusion::name(session.rate->unit) : std::string_view{});
  writer.number("rate_mg_kg_h", rounded(session.rate_mg_per_kg_h, 3));
}

void write_baseline(JsonWriter& writer, const std::optional<infusion::Baseline>& baseline) {
  if (!baseline) {
    writer.null("baseline");
    return;
  }
  writer.open_object("baseline");
  writer.number("hr", baseline->rate);
  writer.number("spo2", baseline->spo2);
  writer.number("sbp", baseline->sbp);
  writer.number("dbp", baseline->dbp);
  writer.number("map", baseline->map);
  if (baseline->o2_l_min) writer.number("o2_l_min", *baseline->o2_l_min);
  writer.time("t", baseline->t);
  writer.flag("overridden", baseline->overridden);
  writer.close_object();
}

// One item as it was told: a word, a flag or a number.
void write_item(JsonWriter& writer, const infusion::ItemFacts& facts, double value) {
  switch (facts.form) {
    case infusion::Form::word: writer.text(facts.key, facts.words[static_cast<std::size_t>(value)]); return;
    case infusion::Form::flag: writer.flag(facts.key, value != 0); return;
    case infusion::Form::whole:
    case infusion::Form::number: writer.number(facts.key, value); return;
  }
}

// The newest observation with its own items alone: those of earlier ones would look as young as it is.
void write_chart(JsonWriter& writer, const infusion::View& session) {
  if (!session.chart.last && !session.observation_due) return;
  writer.open_object("obs");
  writer.time("t", session.chart.last ? std::optional(session.chart.last->wall) : std::nullopt);
  writer.time("due", session.observation_due);
  for (const infusion::ItemFacts& facts : infusion::items())
    if (const auto& noted = session.chart[facts.item]; noted && noted->at.wall == session.chart.last->wall)
      write_item(writer, facts, noted->value);
  writer.close_object();
}

void write_extremes(JsonWriter& writer, const infusion::Extremes& extremes) {
  writer.number("hr_max", extremes.rate_max);
  writer.number("sbp_max", extremes.sbp_max);
  writer.number("spo2_min", extremes.spo2_min);
  writer.count("events", extremes.events);
}

void write_series(JsonWriter& writer, const infusion::View& session) {
  if (session.series.series.empty()) return;
  writer.open_object("series");
  writer.text("series", session.series.series);
  if (session.series.n > 0) writer.count("n", session.series.n);
  if (session.series.m > 0) writer.count("m", session.series.m);
  if (session.series.interval_days > 0) writer.number("interval_days", session.series.interval_days);
  if (session.history) {
    const infusion::SeriesHistory& history = *session.history;
    writer.count("sessions", history.sessions);
    writer.count("sessions_year", history.sessions_year);
    writer.number("dose_mg", rounded(history.dose_mg, 1));
    write_extremes(writer, history.extremes);
    if (history.last) {
      writer.open_object("last");
      writer.text("session", history.last->session);
      writer.time("t_end", history.last->ended);
      writer.number("dose_mg", rounded(history.last->dose_mg, 1));
      write_extremes(writer, history.last->extremes);
      writer.close_object();
    }
  }
  writer.close_object();
}

void write_keys(JsonWriter& writer, std::string_view name, const std::vector<infusion::Criterion>& criteria) {
  writer.open_array(name);
  for (const infusion::Criterion& one : criteria) writer.text_element(one.key);
  writer.close_array();
}

void write_assessment(JsonWriter& writer, std::string_view key,
                      const std::optional<infusion::Assessment>& one) {
  if (!one) return;
  writer.open_object(key);
  writer.text("state", name(one->state()));
  write_keys(writer, "not_met", one->not_met);
  write_keys(writer, "unknown", one->unknown);
  writer.text("text", one->text());
  writer.close_object();
}

void write_limit(JsonWriter& writer, const EffectiveLimit& limit) {
  writer.open_element();
  writer.text("cond", limit.condition);
  writer.number("warn", limit.warn);
  writer.number("crit", limit.critical);
  writer.seconds("delay_s", limit.delay);
  writer.seconds("crit_delay_s", limit.critical_delay);
  writer.number("relative", limit.relative);
  writer.text("source", limit.source);
  if (!limit.by.empty()) writer.text("by", limit.by);
  writer.close_object();
}

void write_shelved(JsonWriter& writer, const BedState& state) {
  if (state.shelved.empty()) return;
  writer.open_array("shelved");
  for (const ShelvedEntry& one : state.shelved) {
    writer.open_element();
    writer.text("cond", one.condition);
    writer.time("until", one.until);
    writer.text("by", one.by);
    writer.close_object();
  }
  writer.close_array();
}

void write_audio(JsonWriter& writer, const BedState& state) {
  writer.open_object("audio");
  writer.text("state", state.paused_until ? "paused" : "on");
  writer.time("until", state.paused_until);
  writer.text_or_null("by", state.paused_by);
  writer.close_object();
}

void write_load(JsonWriter& writer, const SummaryLoad& load) {
  writer.open_object("load");
  writer.count("last_10min", load.last_10min);
  writer.count("last_hour", load.last_hour);
  writer.flag("flood", load.flood);
  if (!load.chattering.empty()) {
    writer.open_array("chattering");
    for (const std::string& condition : load.chattering) writer.text_element(condition);
    writer.close_array();
  }
  writer.close_object();
}

}  // namespace

void render_observation(std::string& out, const Value& value) {
  const vitals::Observation& observation = value.observation;
  const vitals::MetricFacts& facts = vitals::facts(observation.metric);
  JsonWriter writer(out);
  writer.text("schema", schema::observation);
  if (observation.has_value()) writer.number("v", observation.value);
  writer.text("u", name(facts.unit));
  writer.time("ts", value.ts);
  writer.time("t_src", observation.t_src);
  writer.time("valid_until", value.valid_until);
  write_quality(writer, observation.quality, observation.reason);
  writer.text("src", value.source);
  writer.count("mdc", observation.mdc != 0 ? observation.mdc : facts.mdc);
  writer.text("metric", facts.name);
  writer.flag("sim", value.sim || observation.test);
  writer.close_object();
}

void render_cuff(std::string& out, const Cuff& cuff) {
  JsonWriter writer(out);
  writer.text("schema", schema::cuff);
  if (carries_value(cuff.quality)) {
    write_part(writer, "sys", cuff.sys);
    write_part(writer, "dia", cuff.dia);
    write_part(writer, "map", cuff.map);
  }
  writer.flag("map_derived", cuff.map_derived);
  writer.text("u", name(vitals::Unit::mmhg));
  writer.time("ts", cuff.ts);
  writer.time("t_src", cuff.t_src);
  writer.time("valid_until", cuff.valid_until);
  write_quality(writer, cuff.quality, cuff.reason);
  writer.text("src", cuff.source);
  writer.text("metric", "nibp");
  writer.flag("sim", cuff.sim);
  writer.close_object();
}

void add_value(std::string& out, std::string_view document) {
  if (out.empty()) {
    out += R"({"schema":")";
    out += schema::values;
    out += R"(","values":[)";
  } else {
    out += ',';
  }
  out += document;
}

void close_values(std::string& out, WallTime ts) {
  out += R"(],"ts":)";
  out += std::to_string(vitals::unix_ms(ts));
  out += '}';
}

void render_bed_state(std::string& out, const BedState& state, const Envelope& envelope) {
  const infusion::View& session = state.session;
  JsonWriter writer(out);
  writer.text("schema", schema::bed);
  write_bed(writer, envelope);
  writer.text_or_null("session", session.session);
  writer.text("phase", name(session.phase));
  writer.time("phase_since",
              session.phase == vitals::Phase::none ? std::nullopt : std::optional(session.phase_since));
  writer.time("titrating_until", session.titrating_until);
  writer.text("preset", state.preset);
  writer.flag("signed_off", state.signed_off);
  writer.text("monitoring", state.monitoring);
  if (!state.missing.empty()) {
    writer.open_array("missing");
    for (const std::string_view metric : state.missing) writer.text_element(metric);
    writer.close_array();
  }
  write_audio(writer, state);
  write_shelved(writer, state);
  writer.text("audience", state.audience);
  writer.count("stations_online", state.stations_online);
  writer.open_object("last_obs");
  for (const LastObservation& last : state.last) writer.time(last.name, last.t);
  writer.close_object();
  write_common(writer, envelope);
  writer.close_object();
}

void render_infusion(std::string& out, const infusion::View& session, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::infusion);
  writer.text_or_null("session", session.session);
  writer.text("phase", name(session.phase));
  writer.number("kg", session.kg);
  writer.number("conc_mg_ml", session.conc_mg_ml);
  write_rate(writer, session);
  if (session.bolus) writer.flag("bolus", true);
  if (session.last_bolus) {
    writer.open_object("last_bolus");
    writer.number("mg", rounded(session.last_bolus->mg, 1));
    writer.time("t", session.last_bolus->t);
    writer.close_object();
  }
  writer.number("dose_mg", rounded(session.dose_mg, 1));
  writer.number("dose_mg_kg", rounded(session.dose_mg_per_kg, 2));
  writer.text("dose_band", infusion::name(session.band));
  writer.time("t_start", session.t_start);
  if (session.t_scheduled) writer.time("t_scheduled", *session.t_scheduled);
  if (session.planned_mg_per_kg) writer.number("planned_mg_kg", *session.planned_mg_per_kg);
  writer.number("planned_min", session.planned ? std::optional(minutes(*session.planned)) : std::nullopt);
  writer.number("held_min", minutes(session.held));
  writer.text_or_null("by", session.by);
  write_baseline(writer, session.baseline);
  write_chart(writer, session);
  write_assessment(writer, "gate", session.gate);
  write_assessment(writer, "recovery", session.recovery);
  write_series(writer, session);
  if (session.extremes != infusion::Extremes{}) {
    writer.open_object("extremes");
    write_extremes(writer, session.extremes);
    writer.close_object();
  }
  write_bed(writer, envelope);
  write_common(writer, envelope);
  writer.close_object();
}

void render_nurse_event(std::string& out, const NurseEvent& event, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::nurse_event);
  writer.text_or_null("session", event.session);
  writer.text("phase", name(event.phase));
  writer.time("t_obs", event.t_obs);
  writer.text("by", event.by);
  writer.open_object("items");
  for (const infusion::ItemFacts& facts : infusion::items())
    if (const auto& value = event.observation[facts.item]) write_item(writer, facts, *value);
  writer.close_object();
  writer.open_array("actions");
  for (std::size_t i = 0; i < infusion::action_words.size(); ++i)
    if ((event.observation.actions >> i & 1U) != 0) writer.text_element(infusion::action_words[i]);
  writer.close_array();
  write_bed(writer, envelope);
  write_common(writer, envelope);
  writer.close_object();
}

void render_news2(std::string& out, const EarlyWarning& warning, const Envelope& envelope) {
  const auto total = warning.score.total();
  JsonWriter writer(out);
  writer.text("schema", schema::news2);
  writer.text_or_null("session", warning.session);
  writer.count("scale", static_cast<unsigned>(warning.scale));
  writer.flag("complete", total.has_value());
  if (total) {
    writer.count("total", *total);
    writer.text("risk", warning.score.risk());
  }
  writer.open_object("points");
  for (std::size_t i = 0; i < infusion::news2_part_count; ++i)
    if (warning.score.points[i]) writer.count(infusion::news2_part_names[i], *warning.score.points[i]);
  writer.close_object();
  writer.time("valid_until", warning.valid_until);
  write_bed(writer, envelope);
  write_common(writer, envelope);
  writer.close_object();
}

void render_limits(std::string& out, vitals::Phase phase, std::string_view signed_off_by,
                   std::span<const EffectiveLimit> set, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::limits);
  writer.text("phase", name(phase));
  writer.text("signed_off_by", signed_off_by);
  writer.open_array("set");
  for (const EffectiveLimit& limit : set) write_limit(writer, limit);
  writer.close_array();
  write_bed(writer, envelope);
  write_common(writer, envelope);
  writer.close_object();
}

void render_link(std::string& out, const LinkDocument& link, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::link);
  writer.text("src", link.source);
  writer.text("state", link.state);
  writer.text("protocol", link.protocol);
  if (!link.detail.empty()) writer.text("detail", link.detail);
  writer.time("since", link.since);
  writer.time("last_rx", link.last_rx);
  writer.count("frames", link.frames);
  writer.count("faults", link.faults);
  if (link.clock_offset) writer.integer("clock_offset_ms", link.clock_offset->count());
  write_bed(writer, envelope);
  write_common(writer, envelope);
  writer.close_object();
}

void render_summary(std::string& out, const Summary& summary, const Envelope& envelope) {
  JsonWriter writer(out);
  writer.text("schema", schema::summary);
  write_bed(writer, envelope);
  writer.open_object("n");
  writer.count("high", summary.high);
  writer.count("medium", summary.medium);
  writer.count("low", summary.low);
  writer.count("info", summary.info);
  writer.close_object();
  writer.count("unacked", summary.unacked);
  writer.text_or_null("top", summary.top);
  writer.text_or_null("top_text", summary.top_text);
  writer.open_array("set");
  for (const SummaryEntry& entry : summary.set) {
    writer.open_element();
    writer.text("cond", entry.condition);
    writer.text("id", alarms::view(entry.id));
    writer.count("rev", entry.rev);
    writer.close_object();
  }
  writer.close_array();
  writer.count("set_rev", summary.set_rev);
  write_load(writer, summary.load);
  write_common(writer, envelope);
  writer.close_object();
}

}  // namespace contract
