#include "daemon/app/node_desk.hpp"

#include "daemon/contract/topics.hpp"

namespace app {
namespace {

using alarms::Behaviour;
using alarms::Priority;
using stations::Lane;
using stations::Message;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using alarms::Zone;

// What is told each time it happens is over when it has not happened for this long.
constexpr Milliseconds quiet_ms_max{60'000};
constexpr Milliseconds log_gap_ms_min{
    3'600'000};  // from one record of a gap to the next: a full log trims all the time

// Classes and delays: the table of technical conditions in docs/alarms.md.
Behaviour behaviour(Priority priority, Milliseconds on_delay, Milliseconds off_delay) {
  Behaviour out;
  out.priority = out.priority_critical = priority;
  out.on_delay = out.on_delay_critical = on_delay;
  out.off_delay = off_delay;
  return out;
}

// Medium, and high while it is urgent.
Behaviour raised_by_urgency(Milliseconds on_delay) {
  Behaviour out = behaviour(Priority::medium, on_delay, 5s);
  out.priority_critical = Priority::high;
  out.on_delay_critical = 0s;
  return out;
}

// A week is what an authority may need; on the day itself peers stop talking to us.
Priority cert_priority(int days_left) {
  if (days_left < 0) return Priority::high;
  return days_left <= cert_medium_days ? Priority::medium : Priority::low;
}

Behaviour low_and_later_medium() {
  Behaviour out = behaviour(Priority::low, 60s, 60s);
  out.raise_after = 10min;
  return out;
}

}  // namespace

NodeDesk::NodeDesk(const Identity& identity, std::string version, std::uint64_t seq, Outlet& outlet,
                   Stamp now)
    : identity_(&identity),
      version_(std::move(version)),
      outlet_(&outlet),
      alarms_(identity, {0, "node", contract::node_prefix(identity.root, identity.node), {}, {}}, seq,
              outlet),
      engine_({identity.node, "node"}, realarm_, callout_),
      broker_lost_{&add("broker-lost", "no connection to the broker: stations hear nothing",
                        "check network and broker", raised_by_urgency(15s), now),
                   {}},
      no_listener_{&add("no-listener", "no nursing station listens: alarms are heard by nobody",
                        "watch the bedside monitor, check the stations", raised_by_urgency(15s), now),
                   {}},
      confirm_missing_{&add("confirm-missing", "no nursing station has confirmed an alarm",
                            "watch the bedside monitor, check the stations", raised_by_urgency(0s), now),
                       {}},
      clock_unsync_(&add("clock-unsync", "the clock is not synchronised: times may be wrong",
                         "check the time service", low_and_later_medium(), now)),
      journal_failed_(&add("journal-failed", "the journal cannot be written: nothing would survive a restart",
                           "check the disk and the log", behaviour(Priority::medium, 0s, 60s), now)),
      unknown_bed_(&add("unknown-bed", "values for a bed that the settings do not name",
                        "check the bed table", behaviour(Priority::low, 60s, 60s), now)),
      bed_conflict_(&add("bed-conflict", "another node reports alarms of our beds",
                         "one bed, one node: check the settings of both", behaviour(Priority::high, 60s, 60s),
                         now)),
      disk_low_(&add("disk-low", "the disk of the journal is nearly full", "make room on the disk",
                     low_and_later_medium(), now)),
      overflow_(&add("overflow", "more messages than can be handled: some were dropped",
                     "check stations, broker and disk", behaviour(Priority::low, 60s, 60s), now)),
      cert_expiry_(&add("cert-expiry", "a certificate of ours expires", "renew the certificate",
                        behaviour(Priority::low, 0s, 0s), now)),
      fallback_failed_(&add("fallback-failed", "what calls at the bed when no station hears does not work",
                            "check [fallback] in the settings and the log", low_and_later_medium(), now)),
      settings_invalid_(&add("settings-invalid", "the settings file is not usable: the next start would fail",
                             "run vitalsd check on it", low_and_later_medium(), now)),
      started_(now.mono),
      repeated_at_(now.mono) {}

alarms::Condition& NodeDesk::add(std::string name, std::string label, std::string advice, Behaviour behaviour,
                                 Stamp now) {
  alarms::ConditionSpec spec;
  spec.name = std::move(name);
  spec.label = std::move(label);
  spec.advice = std::move(advice);
  spec.kind = alarms::Kind::technical;
  alarms::Condition& condition = engine_.add(std::move(spec));
  engine_.set_behaviour(condition, behaviour, alarms::EndReason::config, now, *this);
  return condition;
}

void NodeDesk::say(Watched& watched, bool present, bool urgent, Stamp now) {
  const Zone warn = present ? Zone::beyond : Zone::inside;
  // Urgency raises what has been declared; it does not shorten the time after which it is.
  const bool raised = present && urgent && watched.condition->alarm() != nullptr;
  const Zone critical = raised ? Zone::beyond : Zone::inside;
  if (watched.said && watched.said->warn == warn && watched.said->critical == critical) return;
  watched.said = {warn, critical};
  alarms::Reading reading;
  reading.standing = *watched.said;
  reading.has_value = false;
  reading.t_rx = now.wall;
  engine_.read(*watched.condition, reading, now, *this);
}

// Without a broker no station can be there, nor confirm: one cause, one alarm.
void NodeDesk::hearing(const Hearing& hearing, Stamp now) {
  say(broker_lost_, !hearing.broker, hearing.urgent, now);
  say(no_listener_, hearing.broker && !hearing.listener, hearing.urgent, now);
  say(confirm_missing_, hearing.broker && hearing.receipts_missing, hearing.urgent, now);
}

// Between one cause and the next, each with its delay, nobody hears either.
NodeDesk::Unheard NodeDesk::unheard(const Hearing& hearing) {
  Unheard found = cause(hearing);
  const bool heard = hearing.broker && hearing.listener && !hearing.receipts_missing;
  if (found.why.empty() && !heard && hearing.calling) return unheard_;
  return unheard_ = std::move(found);
}

NodeDesk::Unheard NodeDesk::cause(const Hearing& hearing) const {
  for (const Watched* one : {&confirm_missing_, &broker_lost_, &no_listener_}) {
    if (one != &confirm_missing_ && !hearing.calling) break;
    const alarms::Alarm* alarm = one->condition->alarm();
    if (alarm == nullptr || alarm->state != alarms::State::active) continue;
    return {alarm->text, hearing.high || alarm->priority == Priority::high};
  }
  return {};
}

void NodeDesk::fallback_failed(bool failed, Stamp now) {
  engine_.assert_present(*fallback_failed_, failed, now, *this);
}

void NodeDesk::settings_invalid(bool invalid, Stamp now) {
  engine_.assert_present(*settings_invalid_, invalid, now, *this);
}

void NodeDesk::clock_stepped(Milliseconds by, const std::string& config_hash, Stamp now) {
  const std::string text = "the system clock was set by " + std::to_string(by.count()) + " ms";
  alarms_.event("config", false, now, [&](std::string& out, const contract::Envelope& envelope) {
    contract::render_config_event(out, {config_hash, text}, envelope);
  });
}

void NodeDesk::log(const contract::NodeEvent& event, Stamp now) {
  alarms_.event("node", false, now, [&](std::string& out, const contract::Envelope& envelope) {
    contract::render_node_event(out, event, envelope);
  });
}

void NodeDesk::started(std::size_t beds, std::size_t episodes, std::size_t sessions, Stamp now) {
  const auto several = [](std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  const std::string text = "started: " + several(beds, "bed") + ", " + several(episodes, "unfinished alarm") +
                           ", " + several(sessions, "session");
  log({"start", identity_->config_hash, version_, {}, text}, now);
}

void NodeDesk::stopped(Stamp now) {
  log({"stop", identity_->config_hash, {}, {}, "stopped by its service manager or a person"}, now);
}

void NodeDesk::station(std::string_view name, bool up, std::string_view text, Stamp now) {
  log({up ? "station-up" : "station-down", identity_->config_hash, {}, name, text}, now);
}

void NodeDesk::log_gaps(std::uint64_t gone, std::uint64_t lost, Stamp now) {
  log_gap(gone_, gone, "log-trimmed", " of the oldest events are not kept any more", now);
  log_gap(lost_, lost, "log-lost", " entries of the journal could not be written, events among them", now);
}

void NodeDesk::log_gap(Gap& gap, std::uint64_t count, std::string_view event, std::string_view what,
                       Stamp now) {
  if (count == gap.said || (gap.at && now.mono - *gap.at < log_gap_ms_min)) return;
  const std::string text = std::to_string(count - gap.said).append(what);
  gap = {count, now.mono};
  log({event, identity_->config_hash, {}, {}, text}, now);
}

void NodeDesk::clock(bool synced, Stamp now) { engine_.assert_present(*clock_unsync_, !synced, now, *this); }

void NodeDesk::journal(bool failed, bool unread, Stamp now) {
  if (failed && unread)
    engine_.relabel(*journal_failed_, "the journal cannot be read: earlier alarms and sessions are not known",
                    now, *this);
  engine_.assert_present(*journal_failed_, failed, now, *this);
}

void NodeDesk::unknown_bed(std::string_view /*source*/, Stamp now) {
  unknown_bed_at_ = now.mono;
  engine_.assert_present(*unknown_bed_, true, now, *this);
}

void NodeDesk::bed_conflict(bool found, Stamp now) {
  engine_.assert_present(*bed_conflict_, found, now, *this);
}

void NodeDesk::disk_low(bool low, Stamp now) { engine_.assert_present(*disk_low_, low, now, *this); }

void NodeDesk::overflow(Stamp now) {
  overflow_at_ = now.mono;
  engine_.assert_present(*overflow_, true, now, *this);
}

void NodeDesk::forget(alarms::Condition& condition, std::optional<MonoTime>& last, Stamp now) {
  if (!last || now.mono - *last <= quiet_ms_max) return;
  last.reset();
  engine_.assert_present(condition, false, now, *this);
}

void NodeDesk::certificate(std::optional<int> days_left, std::string_view whose, Stamp now) {
  const bool soon = days_left && *days_left <= cert_low_days;
  if (soon) {
    std::string label = "the certificate for " + std::string{whose};
    label += *days_left < 0 ? " has expired" : " expires in " + std::to_string(*days_left) + " days";
    engine_.relabel(*cert_expiry_, label, now, *this);
    engine_.set_behaviour(*cert_expiry_, behaviour(cert_priority(*days_left), 0s, 0s),
                          alarms::EndReason::config, now, *this);
  }
  engine_.assert_present(*cert_expiry_, soon, now, *this);
}

alarms::AckResult NodeDesk::acknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                        std::string_view by, Stamp now) {
  return engine_.acknowledge(condition, id, rev, by, now, *this);
}

alarms::AckResult NodeDesk::reset(std::string_view condition, std::string_view id, Stamp now) {
  return engine_.reset(condition, id, now, *this);
}

alarms::AckResult NodeDesk::unacknowledge(std::string_view condition, std::string_view id, std::uint64_t rev,
                                          Stamp now) {
  return engine_.unacknowledge(condition, id, rev, now, *this);
}

alarms::AckResult NodeDesk::pause_audio(std::string_view condition, std::string_view id, std::uint64_t rev,
                                        Milliseconds time, std::string_view by, Stamp now) {
  return engine_.pause_audio(condition, id, rev, time, by, now, *this);
}

alarms::AckResult NodeDesk::resume_audio(std::string_view condition, std::string_view id, Stamp now) {
  return engine_.resume_audio(condition, id, now, *this);
}

alarms::AckResult NodeDesk::respond(std::string_view condition, std::string_view id, std::uint64_t rev,
                                    alarms::Response response, std::string_view by, Stamp now) {
  return engine_.respond(condition, id, rev, response, by, now, *this);
}

alarms::AckResult NodeDesk::pause_all(vitals::WallTime pressed, Milliseconds time, std::string_view by,
                                      Stamp now) {
  if (engine_.pause_audio(pressed, time, by, now, *this)) return {};
  return {alarms::AckVerdict::refused, "there is no alarm whose sound could be paused", 0};
}

alarms::AckResult NodeDesk::resume_all(Stamp now) {
  const bool any = engine_.resume_audio(now, *this);
  return {alarms::AckVerdict::applied, any ? "" : "nothing was paused", 0};
}

const alarms::Alarm* NodeDesk::alarm_of(std::string_view condition) const {
  for (const alarms::Condition& one : engine_.conditions())
    if (one.spec().name == condition) return one.alarm();
  return nullptr;
}

bool NodeDesk::restore_alarm(const alarms::Alarm& stored, Stamp now) {
  if (!engine_.restore(stored, now, *this)) return false;
  if (const alarms::Alarm* alarm = alarm_of(stored.condition)) alarms_.receipts().ask_again(*alarm, now);
  return true;
}

ActiveAlarms NodeDesk::active() const { return count_active(engine_.conditions()); }

Message NodeDesk::status(std::string_view state, std::string_view reason, std::uint64_t connection,
                         Stamp now) const {
  contract::NodeStatus document;
  document.node = identity_->node;
  document.boot = identity_->boot;
  document.state = state;
  document.reason = reason;
  document.version = reason == "will" ? std::string_view{} : std::string_view{version_};
  document.conn = connection;
  document.ts = now.wall;
  Message message;
  contract::render_node_status(message.payload, document);
  message.topic = alarms_.prefix() + "/status";
  message.retain = true;
  message.lane = Lane::state;
  return message;
}

void NodeDesk::publish_info(const std::vector<std::string>& beds, const std::string& config_hash, Stamp now) {
  contract::NodeInfo info;
  info.node = identity_->node;
  info.boot = identity_->boot;
  info.version = version_;
  info.config_hash = config_hash;
  info.beds = beds;
  info.ts = now.wall;
  Message message;
  contract::render_node_info(message.payload, info);
  message.topic = alarms_.prefix() + "/info";
  message.retain = true;
  outlet_->publish(std::move(message));
}

void NodeDesk::heartbeat(const Load& load, Stamp now) {
  contract::Heartbeat document;
  document.node = identity_->node;
  document.boot = identity_->boot;
  document.conn = load.connection;
  document.n = ++heartbeats_;
  document.up_s = std::chrono::duration_cast<std::chrono::seconds>(now.mono - started_).count();
  document.beds = load.beds;
  document.queued = load.queued;
  document.high = load.high;
  document.medium = load.medium;
  document.low = load.low;
  document.lag_ms = load.lag_ms;
  document.ts = now.wall;
  Message message;
  contract::render_heartbeat(message.payload, document);
  message.topic = alarms_.prefix() + "/heartbeat";
  message.qos = 0;
  message.lane = Lane::state;
  outlet_->publish(std::move(message));
}

void NodeDesk::repeat_alarms(Stamp now) {
  for (const alarms::Condition& condition : engine_.conditions())
    if (condition.alarm() != nullptr) alarms_.proceed(*condition.alarm(), now);
}

void NodeDesk::advance(Stamp now) { engine_.advance(now, *this); }

void NodeDesk::tick(Stamp now) {
  forget(*unknown_bed_, unknown_bed_at_, now);
  forget(*overflow_, overflow_at_, now);
  alarms_.tick(now);
  for (const alarms::Condition& condition : engine_.conditions())
    if (condition.alarm() != nullptr && alarms_.receipts().repeat_due(condition.spec().name, now))
      alarms_.proceed(*condition.alarm(), now);
  if (now.mono < repeated_at_ + repeat_ms) return;
  repeated_at_ = now.mono;
  repeat_alarms(now);
}

}  // namespace app
