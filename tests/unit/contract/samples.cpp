#include "tests/unit/contract/samples.hpp"

#include <algorithm>

#include "daemon/contract/topics.hpp"

namespace samples {

namespace {

using contract::Envelope;
using vitals::Metric;
using vitals::Milliseconds;
using vitals::Quality;
using vitals::WallTime;

constexpr std::int64_t t0 = 1'764'000'000'000;
WallTime at(std::int64_t ms) { return vitals::wall_from_unix_ms(t0 + ms); }

// Calls `render` into a fresh buffer.
template <typename Render>
std::string rendered(Render render) {
  std::string out;
  render(out);
  return out;
}

std::string bed_topic(std::string_view rest) {
  return contract::bed_prefix("vitals", "pain", "b3") + "/" + std::string(rest);
}
std::string node_topic(std::string_view rest) {
  return contract::node_prefix("vitals", "gw1") + "/" + std::string(rest);
}
std::string alarm_payload(const alarms::Alarm& alarm, const Envelope& envelope) {
  return rendered([&](std::string& out) { contract::render_alarm(out, alarm, envelope); });
}

infusion::View session() {
  infusion::View view;
  view.phase = vitals::Phase::infusing;
  view.phase_since = at(0);
  view.session = "s-7Q2K";
  view.titrating_until = at(900'000);
  view.kg = 70;
  view.conc_mg_ml = 2;
  view.rate = infusion::Rate{17.5, infusion::RateUnit::ml_per_h};
  view.rate_mg_per_h = 35;
  view.rate_mg_per_kg_h = 0.5;
  view.planned = Milliseconds{3'600'000};
  view.band = infusion::DoseBand::low;
  view.dose_mg = 21.4;
  view.dose_mg_per_kg = 0.306;
  view.t_start = at(0);
  view.by = "command";
  view.baseline = infusion::Baseline{72, 97, 128, 78, std::nullopt, at(-600'000), false};
  return view;
}

infusion::NurseObservation observation() {
  infusion::NurseObservation out;
  out[infusion::Item::pain] = 3;
  out[infusion::Item::rass] = -1;
  out[infusion::Item::dissociation] = 1;
  out[infusion::Item::hallucination] = 0;
  out[infusion::Item::acvpu] = 0;
  out[infusion::Item::temp] = 36.7;
  out.actions = 1U | 1U << 1U;
  return out;
}

// With an observation on the chart, which the first example leaves out.
infusion::View observed_session() {
  infusion::View view = session();
  infusion::NurseObservation earlier;
  earlier[infusion::Item::rr] = 14;
  const auto stamp = [](std::int64_t ms) {
    return vitals::Stamp{vitals::MonoTime{Milliseconds{ms}}, at(ms)};
  };
  view.chart.take(earlier, stamp(10'000));
  view.chart.take(observation(), stamp(20'000));
  view.observation_due = at(920'000);
  view.gate.emplace();
  view.gate->add(infusion::Met::not_met, "sbp", "SBP 185 > 180 mmHg");
  view.gate->add(infusion::Met::unknown, "liver", "liver");
  return view;
}

// Before the third infusion of a series.
infusion::View baseline_session() {
  infusion::View view;
  view.phase = vitals::Phase::baseline;
  view.phase_since = at(0);
  view.session = "s-7Q2K";
  view.kg = 70;
  view.by = "command";
  view.series = {"k-41", 3, 6, 7};
  view.history.emplace();
  view.history->add({"s-1", at(-1'209'600'000), {98, 151, 95, 1}, 35}, at(0));
  view.history->add({"s-2", at(-604'800'000), {104, 166, 93, 3}, 42}, at(0));
  return view;
}

// A loading dose was given, and no rate is told yet.
infusion::View bolus_session() {
  infusion::View view = session();
  view.rate.reset();
  view.rate_mg_per_h = view.rate_mg_per_kg_h = 0;
  view.planned.reset();
  view.band = infusion::DoseBand::none;
  view.last_bolus = infusion::LastBolus{21.4, at(0)};
  return view;
}

infusion::View ended_session() {
  infusion::View view = session();
  view.baseline->o2_l_min = 2;
  infusion::NurseObservation told;
  told[infusion::Item::no_driving] = 1;
  view.chart.take(told, {vitals::MonoTime{}, at(20'000)});
  view.phase = vitals::Phase::ended;
  view.rate.reset();
  view.gate.emplace();
  view.recovery.emplace();
  view.recovery->add(infusion::Met::not_met, "minimum", "60 min since the stop");
  view.extremes = {104, 166, 93, 3};
  return view;
}

alarms::Alarm ended() {
  alarms::Alarm out = alarm();
  out.rev = 7;
  out.rev_priority = 4;
  out.change = alarms::Change::end;
  out.state = alarms::State::inactive;
  out.acked = true;
  out.acked_by = "ns-2/rn-17";
  out.acked_at = at(45'000);
  out.value = 95;
  out.t_change = at(91'000);
  out.t_end = at(91'000);
  out.end_reason = alarms::EndReason::recovered;
  out.text = "SpO2 95 %";
  return out;
}

// Without a number, without a session: what is not there is null or absent, never zero.
alarms::Alarm technical() {
  alarms::Alarm out;
  out.id = episode("01JD3N6T7Q8R9S0TAVWXYZ5678");
  out.condition = "spo2-sensor";
  out.rev = 1;
  out.rev_priority = 1;
  out.state = alarms::State::active;
  out.kind = alarms::Kind::technical;
  out.priority = out.priority_initial = alarms::Priority::low;
  out.metric = Metric::spo2;
  out.source = "mon1";
  out.text = "SpO2 sensor off";
  out.advice = "check the probe";
  out.t_condition = at(0);
  out.t_on = out.t_change = at(15'000);
  out.t_call = out.t_on;
  out.on_delay = Milliseconds{15'000};
  return out;
}

// An alarm of the monitor itself, in its own words.
alarms::Alarm forwarded() {
  alarms::Alarm out;
  out.id = episode("01JD3N6T7Q8R9S0TAVWXYZDEF0");
  out.condition = "mon-mon1-2e91f2c7";
  out.rev = out.rev_priority = 1;
  out.state = alarms::State::active;
  out.priority = out.priority_initial = alarms::Priority::medium;
  out.origin = alarms::Origin::monitor;
  out.source = "mon1";
  out.src_code = "196670/150456";
  out.device.silenced = true;
  out.text = "** SpO2 84<90 [silenced at the monitor]";
  out.t_src = at(14'000);
  out.t_condition = out.t_on = out.t_change = at(15'000);
  out.t_call = out.t_on;
  return out;
}

alarms::Alarm node_alarm() {
  alarms::Alarm out;
  out.id = episode("01JD3N6T7Q8R9S0TAVWXYZ9ABC");
  out.condition = "no-listener";
  out.rev = 1;
  out.rev_priority = 1;
  out.state = alarms::State::active;
  out.kind = alarms::Kind::technical;
  out.priority = out.priority_initial = alarms::Priority::medium;
  out.text = "no nursing station confirms alarms";
  out.t_condition = at(0);
  out.t_on = out.t_change = at(15'000);
  out.t_call = out.t_on;
  out.on_delay = Milliseconds{15'000};
  return out;
}

contract::Value value(Quality quality, vitals::Reason reason) {
  contract::Value out;
  const vitals::Stamp rx{vitals::MonoTime{}, at(1000)};
  out.observation = quality == Quality::valid ? vitals::measured(Metric::spo2, 87, rx)
                                              : vitals::absent(Metric::spo2, reason, rx, quality);
  out.observation.t_src = at(700);
  out.ts = at(1000);
  out.valid_until = at(16'000);
  out.source = "mon1";
  return out;
}

contract::Cuff cuff(Quality quality) {
  contract::Cuff out;
  out.sys = 162;
  out.dia = 94;
  out.map = 117;
  out.quality = quality;
  out.ts = at(1000);
  out.t_src = at(0);
  out.valid_until = at(1'200'000);
  out.source = "mon1";
  return out;
}

contract::BedState bed_state() {
  contract::BedState out;
  out.session = session();
  out.preset = "ketamine-adult";
  out.signed_off = true;
  out.monitoring = "full";
  out.stations_online = 2;
  out.audience = "unit";
  out.last = {{"hr", at(800)}, {"spo2", at(800)}, {"nibp", at(-300'000)}};
  return out;
}

contract::BedState idle_bed_state() {
  contract::BedState out;
  out.preset = "ketamine-adult";
  out.monitoring = "partial";
  out.missing = {"nibp"};
  out.paused_until = at(120'000);
  out.paused_by = "ns-2/rn-17";
  out.shelved = {{"hr-high", "charge-1/rn-2", at(600'000)}};
  return out;
}

contract::LinkDocument link() {
  contract::LinkDocument out;
  out.source = "mon1";
  out.state = "up";
  out.protocol = "nonin";
  out.since = at(0);
  out.last_rx = at(900);
  out.frames = 812;
  return out;
}

contract::Summary summary() {
  contract::Summary out;
  out.high = 1;
  out.low = 1;
  out.unacked = 1;
  out.top = "high";
  out.top_text = "SpO2 86 < 88 %";
  out.set = {{"spo2-low", alarm().id, 4}, {"spo2-sensor", technical().id, 1}};
  out.set_rev = 57;
  static const std::vector<std::string> chattering{"spo2-signal"};
  out.load = {12, 15, true, chattering};
  return out;
}

void add_bed_alarms(std::vector<Sample>& out) {
  const Envelope envelope = bed_envelope();
  out.push_back({bed_topic("alarm/spo2-low"), alarm_payload(alarm(), envelope)});
  out.push_back({bed_topic("alarm/spo2-low"), alarm_payload(ended(), envelope)});
  out.push_back({bed_topic("alarm/spo2-sensor"), alarm_payload(technical(), envelope)});
  const alarms::Alarm own = forwarded();
  out.push_back({bed_topic("alarm/" + std::string(own.condition)), alarm_payload(own, envelope)});
  alarms::Alarm shelved = alarm();
  shelved.inhibit = alarms::Inhibit::shelved;
  out.push_back({bed_topic("alarm/spo2-low"), alarm_payload(shelved, envelope)});
  alarms::Alarm paused = alarm();
  paused.audio = alarms::Audio::paused;
  paused.audio_until = at(151'000);
  paused.audio_by = "ns-2/rn-17";
  out.push_back({bed_topic("alarm/spo2-low"), alarm_payload(paused, envelope)});
  alarms::Alarm doubtful = alarm();
  doubtful.questionable = true;
  out.push_back({bed_topic("alarm/spo2-low"), alarm_payload(doubtful, envelope)});
  Envelope history = envelope;
  history.history = true;
  history.clock_synced = false;
  out.push_back({bed_topic("event/alarm"), alarm_payload(alarm(), history)});
  out.push_back({bed_topic("alarms"),
                 rendered([&](std::string& text) { contract::render_summary(text, summary(), envelope); })});
  out.push_back({bed_topic("alarms"),
                 rendered([&](std::string& text) { contract::render_summary(text, {}, envelope); })});
}

void add_observations(std::vector<Sample>& out) {
  const auto observation = [&](Quality quality, vitals::Reason reason) {
    out.push_back({bed_topic("obs/spo2"), rendered([&](std::string& text) {
                     contract::render_observation(text, value(quality, reason));
                   })});
  };
  observation(Quality::valid, vitals::Reason::none);
  observation(Quality::unavailable, vitals::Reason::sensor_off);
  observation(Quality::stale, vitals::Reason::none);
  for (const Quality quality : {Quality::valid, Quality::stale})
    out.push_back({bed_topic("obs/nibp"),
                   rendered([&](std::string& text) { contract::render_cuff(text, cuff(quality)); })});
  const auto spo2 = rendered([&](std::string& text) {
    contract::render_observation(text, value(Quality::valid, vitals::Reason::none));
  });
  const auto nibp = rendered([&](std::string& text) { contract::render_cuff(text, cuff(Quality::valid)); });
  out.push_back({bed_topic("values"), rendered([&](std::string& text) {
                   contract::add_value(text, spo2);
                   contract::add_value(text, nibp);
                   contract::close_values(text, at(1'000));
                 })});
}

void add_bed_states(std::vector<Sample>& out) {
  const Envelope envelope = bed_envelope();
  const std::vector<contract::EffectiveLimit> limits{
      {"spo2-low", 92, 88, 94, Milliseconds{15'000}, Milliseconds{10'000}, "ketamine-adult"},
      {"spo2-deep", std::nullopt, 80, std::nullopt, Milliseconds{0}, Milliseconds{0}, "ketamine-adult"}};
  std::vector<contract::EffectiveLimit> set = limits;
  set.front().source = "limits-set";
  set.front().by = "charge-1/rn-2";
  out.push_back({bed_topic("limits"), rendered([&](std::string& text) {
                   contract::render_limits(text, vitals::Phase::infusing, "", set, envelope);
                 })});
  for (const contract::BedState& state : {bed_state(), idle_bed_state()})
    out.push_back({bed_topic("state"),
                   rendered([&](std::string& text) { contract::render_bed_state(text, state, envelope); })});
  for (const char* topic : {"infusion", "event/infusion"})
    out.push_back({bed_topic(topic), rendered([&](std::string& text) {
                     contract::render_infusion(text, session(), envelope);
                   })});
  for (const infusion::View& view :
       {infusion::View{}, observed_session(), bolus_session(), ended_session(), baseline_session()})
    out.push_back({bed_topic("infusion"),
                   rendered([&](std::string& text) { contract::render_infusion(text, view, envelope); })});
  out.push_back({bed_topic("limits"), rendered([&](std::string& text) {
                   contract::render_limits(text, vitals::Phase::infusing, "", limits, envelope);
                 })});
  contract::EarlyWarning warning{
      "s-7Q2K", infusion::news2({14, 97, false, 128, 72, true, 36.7}, infusion::Spo2Scale::one),
      infusion::Spo2Scale::one, at(45'000)};
  contract::EarlyWarning partial{"s-7Q2K",
                                 infusion::news2({{}, 97, {}, 128, 95, {}, {}}, infusion::Spo2Scale::one),
                                 infusion::Spo2Scale::one, at(45'000)};
  for (const auto& one : {warning, partial, contract::EarlyWarning{}})
    out.push_back({bed_topic("news2"),
                   rendered([&](std::string& text) { contract::render_news2(text, one, envelope); })});
  for (const char* topic : {"link/mon1", "event/link"})
    out.push_back({bed_topic(topic),
                   rendered([&](std::string& text) { contract::render_link(text, link(), envelope); })});
  contract::LinkDocument busy = link();
  busy.state = "busy";
  busy.detail = "/dev/ttyUSB0 is held by another program";
  busy.last_rx.reset();
  out.push_back({bed_topic("link/mon1"),
                 rendered([&](std::string& text) { contract::render_link(text, busy, envelope); })});
}

void add_node(std::vector<Sample>& out) {
  const contract::NodeStatus online{"gw1", "9f3c", "online", "start", "0.4.2", 12, at(123)};
  const contract::NodeStatus will{"gw1", "9f3c", "offline", "will", "", 12, at(120)};
  for (const auto& status : {online, will})
    out.push_back({node_topic("status"),
                   rendered([&](std::string& text) { contract::render_node_status(text, status); })});
  const contract::NodeInfo info{"gw1", "9f3c", "0.4.2", "c0ffee12", {"pain/b3", "pain/b4"}, at(123)};
  out.push_back(
      {node_topic("info"), rendered([&](std::string& text) { contract::render_node_info(text, info); })});
  contract::Heartbeat beat{"gw1", "9f3c", 12, 8112, 40'560, 6, 0, 0, 1, 0, 4, at(999)};
  out.push_back({node_topic("heartbeat"),
                 rendered([&](std::string& text) { contract::render_heartbeat(text, beat); })});
  out.push_back({node_topic("alarm/no-listener"), alarm_payload(node_alarm(), node_envelope())});
  out.push_back({node_topic("event/alarm"), alarm_payload(node_alarm(), node_envelope())});
  const contract::ConfigEvent config{"c0ffee12", "the system clock was set by -3600000 ms"};
  out.push_back({node_topic("event/config"), rendered([&](std::string& text) {
                   contract::render_config_event(text, config, node_envelope());
                 })});
  for (const contract::NodeEvent& one :
       {contract::NodeEvent{"start", "c0ffee12", "0.4.2", "",
                            "started: 2 beds, 1 unfinished alarm, 1 session"},
        contract::NodeEvent{"station-down", "c0ffee12", "", "ns-2", "has confirmed nothing for 30 s"},
        contract::NodeEvent{"stop", "c0ffee12", "", "", "stopped by its service manager or a person"}})
    out.push_back({node_topic("event/node"), rendered([&](std::string& text) {
                     contract::render_node_event(text, one, node_envelope());
                   })});
}

void add_answers(std::vector<Sample>& out) {
  const contract::NurseEvent observed{"s-7Q2K", vitals::Phase::infusing, observation(), at(-60'000),
                                      "ns-2/rn-17"};
  out.push_back({bed_topic("event/nurse"), rendered([&](std::string& text) {
                   contract::render_nurse_event(text, observed, bed_envelope());
                 })});
  const contract::CommandEvent event{"01JD3N7B2V4X6Z8A0C2E4G6J8K", "ack", "ns-2", "rn-17", "applied", ""};
  out.push_back({bed_topic("event/cmd"), rendered([&](std::string& text) {
                   contract::render_command_event(text, event, bed_envelope());
                 })});
  contract::Response applied{"01JD3N7B2V4X6Z8A0C2E4G6J8K", "applied", "", 0, std::nullopt, 5, at(40'044)};
  applied.id = std::string(alarms::view(alarm().id));
  contract::Response expired{
      "01JD3N7B2V4X6Z8A0C2E4G6J8M", "expired", "issued 61 s ago", 1, {}, {}, at(40'044)};
  contract::Response replayed{"01JD3N7B2V4X6Z8A0C2E4G6J8N", "applied", "more follow", 0, {}, {}, at(40'044)};
  replayed.replayed = {8131, 9130, 1000};
  for (const auto& [topic, response] :
       {std::pair{bed_topic("rsp/ns-2"), applied}, std::pair{node_topic("rsp/ns-2"), expired},
        std::pair{bed_topic("rsp/ns-2"), replayed}})
    out.push_back(
        {topic, rendered([&, &r = response](std::string& text) { contract::render_response(text, r); })});
}

}  // namespace

alarms::EpisodeId episode(std::string_view text) {
  alarms::EpisodeId out{};
  std::copy_n(text.begin(), out.size(), out.begin());
  return out;
}

alarms::Alarm alarm() {
  alarms::Alarm out;
  out.id = episode("01JD3N6T7Q8R9S0TAVWXYZ1234");
  out.condition = "spo2-low";
  out.rev = 4;
  out.rev_priority = 4;
  out.change = alarms::Change::escalate;
  out.state = alarms::State::active;
  out.priority = alarms::Priority::high;
  out.priority_initial = alarms::Priority::medium;
  out.side = alarms::Side::low;
  out.latches = true;
  out.metric = Metric::spo2;
  out.value = 86;
  out.worst = 84;
  out.limit = 92;
  out.limit_critical = 88;
  out.source = "mon1";
  out.text = "SpO2 86 < 88 %";
  out.advice = "check patient and probe";
  out.t_condition = at(700);
  out.t_on = at(15'700);
  out.t_change = at(31'000);
  out.t_call = at(31'000);
  out.t_src = at(30'600);
  out.t_rx = at(31'000);
  out.on_delay = Milliseconds{15'000};
  out.phase = vitals::Phase::infusing;
  out.session = "s-7Q2K";
  out.dose_mg = 21.4;
  out.dose_mg_per_kg = 0.31;
  return out;
}

Envelope bed_envelope() {
  Envelope out = node_envelope();
  out.unit = "pain";
  out.bed = "b3";
  return out;
}

Envelope node_envelope() {
  Envelope out;
  out.node = "gw1";
  out.boot = "9f3c";
  out.seq = 8130;
  out.ts = at(31'010);
  return out;
}

std::vector<Sample> all() {
  std::vector<Sample> out;
  add_node(out);
  add_bed_states(out);
  add_observations(out);
  add_bed_alarms(out);
  add_answers(out);
  return out;
}

}  // namespace samples
