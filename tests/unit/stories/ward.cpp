#include "tests/unit/stories/ward.hpp"

#include <algorithm>
#include <stdexcept>

#include "daemon/app/session_record.hpp"
#include "daemon/contract/documents.hpp"
#include "daemon/settings/builtin.hpp"
#include "tests/unit/stories/deed_reader.hpp"

namespace stories {
namespace {

const std::string bed_prefix = "vitals/1/bed/pain/b3/";
constexpr std::uint64_t seq_step = 1'000'000;  // numbers go on here after a restart

// There are very many values: to take each document apart would take most of the time of a test.
bool has(const std::string& payload, std::string_view key) { return payload.find(key) != std::string::npos; }
std::int64_t number_behind(const std::string& payload, std::string_view key) {
  const std::size_t at = payload.find(key);
  return at == std::string::npos ? 0 : std::stoll(payload.substr(at + key.size()));
}

bool in_whole_seconds(Milliseconds at) { return at.count() % 1000 == 0; }

}  // namespace

Ward::Ward(const BedFacts& facts) : facts_(facts) {
  const auto profile = settings::builtin_profile(facts.profile);
  if (!profile)
    throw Wrong("there is no profile '" + facts.profile + "' in the daemon; ketamine-adult is one");
  profile_ = *profile;
  for (const NotWatched& one : facts.not_watched)
    profile_.limits[vitals::index_of(one.phase)][alarms::index_of(one.limit)].watched = false;
  stations_.roles = {{"ns-1", settings::Role::nurse},
                     {"ns-2", settings::Role::nurse},
                     {"charge-1", settings::Role::charge},
                     {"hallway", settings::Role::viewer}};
  for (const MonitorFacts& one : facts.monitors) monitors_.emplace_back(one);
  boot();
}

Ward::~Ward() = default;

bed::Settings Ward::bed_settings() const {
  bed::Settings out;
  out.node = identity_.node;
  out.unit = "pain";
  out.name = "b3";
  out.profile = &profile_;
  out.idle_off = facts_.idle_off;
  out.pumps = facts_.pumps;
  out.salt = {boots_, 17};
  for (const Monitor& monitor : monitors_) {
    bed::Source source;
    source.name = monitor.facts().name;
    source.streaming = source.lists_alarms = !monitor.facts().hl7;
    source.period = monitor.facts().period;
    source.sim = monitor.facts().simulated;
    for (const Metric metric : monitor.facts().sends) {
      out.source_of[vitals::index_of(metric)] = out.sources.size();
      out.expected.insert(metric);
    }
    out.sources.push_back(std::move(source));
  }
  set_leads(out);
  return out;
}

// Where the monitors leave no choice they say it; else the story has to, as the settings would.
void Ward::set_leads(bed::Settings& out) const {
  const auto both = [&](Metric a, Metric b) { return out.expected.contains(a) && out.expected.contains(b); };
  if (both(Metric::hr, Metric::pr) && !facts_.rate)
    throw Wrong("both hr and pr are sent: write 'rate hr' or 'rate pr'");
  if (both(Metric::nibp_sys, Metric::art_sys) && !facts_.arterial)
    throw Wrong("both pressures are sent: write 'pressure nibp' or 'pressure art'");
  out.leads.rate = facts_.rate.value_or(out.expected.contains(Metric::hr) ? Metric::hr : Metric::pr);
  out.leads.arterial = facts_.arterial.value_or(out.expected.contains(Metric::art_sys));
}

// A start of the daemon: as the application makes its parts and gives them what the journal has.
void Ward::boot() {
  identity_.boot = "boot-" + std::to_string(++boots_);
  app::Outlet& outlet = *this;
  seq_ = (seq_ / seq_step + 1) * seq_step;
  node_ = std::make_unique<app::NodeDesk>(identity_, "test", seq_, outlet, now_);
  desk_ = std::make_unique<app::BedDesk>(identity_, bed_settings(), 1, seq_, outlet, now_);
  commander_ = std::make_unique<app::Commander>(app::Commander::Parts{
      &identity_, &stations_, this, this, node_.get(),
      [this](std::string_view unit, std::string_view bed) {
        return unit == "pain" && bed == "b3" ? desk_.get() : nullptr;
      },
      [this](const std::string&, std::uint64_t, const app::PageRead& then) { then({}, now_); }});
  if (const auto view = app::read_session_record(session_)) {
    const auto patient = app::read_patient_record(session_);
    desk_->bed().restore_session(*view, now_, patient ? &*patient : nullptr, app::read_cuff_record(session_));
    desk_->bed().restore_attention(app::read_attention_record(session_), now_);
  }
  const auto open = open_;  // what is restored is recorded again
  for (const auto& [condition, episode] : open) {
    const auto stored = contract::parse_alarm(episode.doc);
    if (!stored) throw Wrong("the document of " + condition + " cannot be read back");
    alarms::Alarm alarm = stored->alarm;
    alarm.condition = stored->condition;
    alarm.src_code = stored->src_code;
    desk_->restore_alarm(alarm, now_);
  }
  journal::Restored restored;
  restored.commands = commands_;
  commander_->restore(restored);
  for (std::size_t i = 0; i < monitors_.size(); ++i)
    if (monitors_[i].connected()) desk_->bed().link(i, true, now_);
}

Milliseconds Ward::next_of_itself() const {
  const Milliseconds passed = now();
  Milliseconds next =
      (passed / 1000 + Milliseconds{1}) * 1000;  // the second, at which the daemon repeats things
  for (const Monitor& monitor : monitors_) {
    const Milliseconds period = monitor.facts().period;
    next = std::min(next, (passed / period + 1) * period);
  }
  if (away_until_) return std::min(next, *away_until_ - start_);
  return std::min(std::max(desk_->deadline(), now_.mono) - start_, next);
}

void Ward::pass_to(Milliseconds at) {
  const Milliseconds by = at - now();
  now_.mono += by;
  now_.wall += by;
  if (away_until_ && now_.mono >= *away_until_) {
    away_until_.reset();
    boot();
  }
  if (away_until_) return;
  desk_->advance(now_);
  if (by > Milliseconds{0} && in_whole_seconds(now())) desk_->tick(now_);
  desk_->flush(now_);
  for (const auto& delivered : std::exchange(deliveries_, {})) delivered();
  look_for_old_values();
}

void Ward::monitors_send() {
  for (std::size_t i = 0; i < monitors_.size(); ++i) {
    Monitor& monitor = monitors_[i];
    if (now().count() % monitor.facts().period.count() != 0 || !monitor.talks()) continue;
    send(i, monitor.message(now_));
    if (i == 0 && pump_) pump_says(false);
  }
}

void Ward::send(std::size_t monitor, const std::vector<vitals::Observation>& message) {
  if (away_until_ || !monitors_[monitor].talks()) return;
  bed::Bed& bed = desk_->bed();
  if (!patient_.empty()) {
    drivers::Subject subject;
    subject.patient_id = patient_;
    bed.subject(monitor, subject);
  }
  for (const auto& observation : message) bed.observe(monitor, observation);
  bed.frame_end(monitor, now_);
  desk_->flush(now_);
}

void Ward::pump_says(bool event) {
  if (away_until_) return;
  drivers::PumpReport report;
  report.device = pump_->name;
  report.drug = "Ketamine";
  report.source = "primary";
  report.state = pump_->running ? drivers::PumpState::running : drivers::PumpState::paused;
  if (event) report.event = pump_->running ? "MDC_EVT_PUMP_DELIV_START" : "MDC_EVT_PUMP_DELIV_STOP";
  report.rate_ml_h = pump_->rate_ml_h;
  report.concentration_mg_ml = pump_->concentration_mg_ml;
  report.rx = now_;
  desk_->bed().pump(0, report);
  desk_->flush(now_);
}

// --- what stations and the journal get

void Ward::publish(stations::Message message) {
  if (message.topic.rfind(bed_prefix, 0) != 0) return;
  const std::string tail = message.topic.substr(bed_prefix.size());
  if (tail.rfind("alarm/", 0) == 0) hear_alarm(tail.substr(6), message.payload);
  if (tail.rfind("obs/", 0) == 0) hear_value(tail.substr(4), message.payload);
  if (tail.rfind("rsp/", 0) == 0) answer_ = Json::parse(message.payload).at("status").get<std::string>();
  if (message.token != 0)  // the broker has it
    deliveries_.emplace_back([this, token = message.token] { desk_->alarms().delivered(token, true, now_); });
}

void Ward::record(journal::Entry entry) {
  if (const auto* alarm = std::get_if<journal::AlarmEntry>(&entry)) {
    if (alarm->ended) {
      open_.erase(alarm->condition);
    } else {
      open_[alarm->condition] = {alarm->scope, alarm->condition, alarm->id, alarm->doc, alarm->rev};
    }
  } else if (const auto* session = std::get_if<journal::SessionEntry>(&entry)) {
    session_ = session->doc;
  } else if (const auto* event = std::get_if<journal::EventEntry>(&entry)) {
    seq_ = std::max(seq_, event->seq);
  } else if (const auto* command = std::get_if<journal::CommandEntry>(&entry)) {
    commands_.push_back(
        {command->command_id, command->client, command->status, command->text, command->ts_ms});
  }
}

void Ward::hear_alarm(const std::string& condition, const std::string& payload) {
  Heard heard{now(), condition, "emptied", episodes_[condition], {}, {}};
  if (!payload.empty()) {
    heard.document = Json::parse(payload);
    heard.change = heard.document.at("phase").get<std::string>();
    if (heard.change == "start") heard.episode = ++episodes_[condition];
    heard.value = value_behind(heard.document);
    lead_is_right(heard);
    // The station confirms at once, so that nothing is repeated for want of it.
    const auto confirm = [this, id = heard.document.at("id").get<std::string>(),
                          rev = heard.document.at("rev").get<std::uint64_t>()] {
      desk_->alarms().receipts().confirm(id, rev);
    };
    deliveries_.emplace_back(confirm);
  }
  heard_.push_back(std::move(heard));
}

void Ward::hear_value(const std::string& metric, const std::string& payload) {
  const Milliseconds left{number_behind(payload, "\"valid_until\":") - number_behind(payload, "\"ts\":")};
  const bool current = has(payload, "\"v\":") || has(payload, "\"sys\":");
  if (current && left <= Milliseconds{0})
    offences_.push_back(clock_text(now()) + " " + metric + " is shown past its valid_until: " + payload);
  values_[metric] = {payload, current, now_.mono + left};
}

// One part of a cuff reading stands in the document of all three.
Json Ward::value_behind(const Json& alarm) const {
  std::string metric{vitals::name(desk_ ? desk_->bed().settings().leads.rate : Metric::pr)};
  if (alarm.contains("metric") && !alarm["metric"].is_null()) metric = alarm["metric"];
  const bool cuff = metric.rfind("nibp-", 0) == 0;
  const auto found = values_.find(cuff ? "nibp" : metric);
  if (found == values_.end()) return {};
  Json out = Json::parse(found->second.payload);
  if (cuff && out.contains(metric.substr(5))) out["v"] = out[metric.substr(5)];
  return out;
}

// Whoever sees an alarm has seen the value it rests on (contract: the value is published, then its alarm).
void Ward::lead_is_right(const Heard& heard) {
  const Json& alarm = heard.document;
  if (heard.change != "start" && heard.change != "escalate") return;
  if (!alarm.contains("v") || alarm["v"].is_null() || alarm["data"] != "fresh") return;
  if (!heard.value.contains("v") || heard.value["v"] != alarm["v"])
    offences_.push_back(clock_text(now()) + " " + heard.condition + " speaks of " + alarm["v"].dump() +
                        ", and the value shown before it is " + heard.value.dump());
}

void Ward::look_for_old_values() {
  const auto is_current = [&](const std::string& name) {  // newer than what was published last
    const auto metric = vitals::metric_named(name);
    return metric && desk_->bed().entry(*metric).current(now_.mono);
  };
  for (const auto& [metric, value] : values_)
    if (value.current && now_.mono >= value.valid_until && !is_current(metric))
      offences_.push_back(clock_text(now()) + " " + metric + " still stands as current: " + value.payload);
}

const Heard* Ward::episode_of(const std::string& condition, unsigned episode) const {
  const auto found = std::find_if(heard_.rbegin(), heard_.rend(), [&](const Heard& one) {
    return one.condition == condition && one.episode == episode && !one.document.is_null();
  });
  return found == heard_.rend() ? nullptr : &*found;
}

}  // namespace stories
