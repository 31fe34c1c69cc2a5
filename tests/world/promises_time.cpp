// What must be there when time has passed: P1, P3, and once a world is healed.
#include <array>

#include "tests/world/promises.hpp"
#include "tests/world/text.hpp"

namespace world {
namespace {

// Delays of docs/alarms.md and the shipped profile, and a second for the beat of the daemon.
constexpr Milliseconds beat{1'100};
constexpr Milliseconds cause_patience{15'000};  // a cause may wait for its own delay
constexpr Milliseconds deep_patience{12'000};   // a sudden change has to be confirmed, or to last 10 s
constexpr Milliseconds low_patience{15'000 + 10'000};
constexpr Milliseconds broker_lost_after{15'000};
constexpr Milliseconds listener_after{30'000 + 15'000};
constexpr Milliseconds confirm_after{15'000};
constexpr Milliseconds heartbeat_patience{6'500};

std::string seconds(Milliseconds time) { return std::to_string(time.count()) + " ms"; }

}  // namespace

bool Promises::has(const app::Node& node, std::string_view scope, std::string_view condition) {
  if (scope == "node") return node.desk().has_alarm(condition);
  return std::any_of(node.beds().begin(), node.beds().end(), [&](const auto& desk) {
    return desk->alarms().scope() == scope && desk->has_alarm(condition);
  });
}

void Promises::after_step(app::Node* node, const journal::Health& journal) {
  published_now_.clear();
  if (node == nullptr) return;
  silence_alarms(*node);
  limits_alarm(*node);
  node_alarms(*node, journal);
  nothing_stale(*node);
}

// P1: a value that is missing for as long as its delays take is an alarm, whatever happened on the way.
void Promises::silence_alarms(const app::Node& node) {
  constexpr std::array metrics{Metric::pr, Metric::spo2};
  const Milliseconds now = world_.ground.now();
  for (const auto& monitor : world_.monitors) {
    for (const Metric metric : metrics) {
      Milliseconds since = *started_at_;
      const auto told = monitor->told().find(metric);
      if (told != monitor->told().end()) since = std::max(since, told->second.number_at.value_or(since));
      if (now - since <= monitor->freshness() + beat) continue;
      const std::string& scope = monitor->scope();
      const bool said = has(node, scope, "link-lost-" + monitor->source().name) ||
                        has(node, scope, "spo2-sensor") || has(node, scope, "spo2-signal") ||
                        has(node, scope, std::string{vitals::name(metric)} + "-stale");
      Milliseconds& explained = explained_at_.try_emplace({scope, metric}, *started_at_).first->second;
      if (said) explained = now;
      since = std::max(since, explained);  // one cause is over, and another may wait for its delay
      if (now - since <= monitor->freshness() + cause_patience + beat) continue;
      HOLD(said, "P1 silence alarms",
           scope + " " + std::string{vitals::name(metric)} + ": nothing for " + seconds(now - since) +
               ", and no alarm says so");
    }
  }
}

// An alarm that has to be raised is raised within its delay.
void Promises::limits_alarm(const app::Node& node) {
  const Milliseconds now = world_.ground.now();
  const auto watch = [&](std::map<std::string, Milliseconds>& since, const Monitor& monitor, double limit,
                         std::string_view condition, Milliseconds patience) {
    const auto told = monitor.told().find(Metric::spo2);
    // What is dated back by the freshness limit and more by a clock that is not known yet is history.
    const bool beyond = monitor.clock_believed() && told != monitor.told().end() &&
                        told->second.quality == vitals::Quality::valid && told->second.value <= limit &&
                        monitor.link_up() && now - told->second.measured_at < monitor.freshness();
    if (!beyond) {
      since.erase(monitor.scope());
      return;
    }
    const Milliseconds from = since.try_emplace(monitor.scope(), now).first->second;
    if (now - from <= patience + 2 * monitor.source().period + beat) return;
    const auto alarm = now_.find(monitor.scope() + " " + std::string{condition});
    HOLD(alarm != now_.end() && alarm->second.state == "active" && has(node, monitor.scope(), condition),
         "P2 never lost",
         monitor.scope() + ": SpO2 at most " + std::to_string(limit) + " for " + seconds(now - from) +
             ", and no " + std::string{condition});
  };
  for (const auto& monitor : world_.monitors) {
    watch(deep_since_, *monitor, 80, "spo2-deep", deep_patience);
    watch(low_since_, *monitor, 87, "spo2-low", low_patience);
  }
}

// P1 of the daemon's own: nobody hears, nobody confirms, nothing is kept.
void Promises::node_alarms(const app::Node& node, const journal::Health& journal) {
  const Milliseconds now = world_.ground.now(), started = *started_at_;
  const Milliseconds connected_at = connected_since_.value_or(now);
  if (!connected_since_) {
    const auto lost = std::max(started, lost_at_);
    HOLD(now - lost <= broker_lost_after + beat || has(node, "node", "broker-lost"), "P1 silence alarms",
         "not connected for " + seconds(now - lost) + ", and no broker-lost");
  }
  // One cause, one alarm: connections that break again and again are told as broker-lost, and what it covered
  // has its own delay from there.
  if (has(node, "node", "broker-lost")) broker_lost_at_ = now;
  const Milliseconds heard_from = std::max(connected_at, broker_lost_at_);
  const Milliseconds deaf = now - std::max(received_at_, started);
  HOLD(deaf <= listener_after + beat || now - heard_from <= broker_lost_after + beat ||
           has(node, "node", "no-listener"),
       "P1 silence alarms", "no station for " + seconds(deaf) + ", and no no-listener");
  for (const auto& [key, one] : unconfirmed_) {
    const Milliseconds open = now - std::max(one.since, heard_from);
    HOLD(open <= confirm_after + beat || has(node, "node", "confirm-missing"), "P1 silence alarms",
         key + " is unconfirmed for " + seconds(open) + ", and no confirm-missing");
  }
  if (!journal.failed) journal_bad_since_.reset();
  if (journal.failed && !journal_bad_since_) journal_bad_since_ = now;
  HOLD(!journal_bad_since_ || now - *journal_bad_since_ <= beat || has(node, "node", "journal-failed"),
       "P1 silence alarms", "the journal fails, and no journal-failed");
}

// P3: whoever heard all values sees none past its time that the daemon itself does not hold for current.
void Promises::nothing_stale(const app::Node& node) {
  const MonoTime now = world_.ground.stamp().mono;
  for (const auto& [topic, value] : values_) {
    if (!value.current || now <= value.until) continue;
    const Topic where = apart(topic);
    const auto metric = vitals::metric_named(where.tail);
    for (const auto& desk : node.beds())
      HOLD(desk->alarms().scope() != where.scope || !metric || !connected_since_ ||
               desk->bed().entry(*metric).current(now),
           "P3 never stale", "still stands as current: " + value.payload);
  }
}

void Promises::calm(const app::Node& node) const {
  const View truth = truth_of(node);
  const auto text = [](const View& view) {
    std::string out;
    for (const auto& [key, held] : view)
      out += "\n    " + key + " " + held.state + " " + held.prio + " " + held.ack + " rev " +
             std::to_string(held.rev) + " " + held.id;
    return out;
  };
  for (const auto& station : world_.stations) {
    if (!station->well()) continue;
    HOLD(station->view() == truth, "P2 never lost",
         station->name() + " shows" + text(station->view()) + "\n  and there is" + text(truth));
    HOLD(station->node_state() == "online", "P1 silence alarms",
         station->name() + " sees the daemon " + station->node_state());
    HOLD(world_.ground.now() - station->heartbeat_at() <= heartbeat_patience, "P1 silence alarms",
         station->name() + " hears no heartbeat");
  }
  // No ghosts for whoever comes next, and nothing missing.
  View kept;
  for (const auto& [topic, payload] : world_.broker.kept()) {
    const Topic where = apart(topic);
    if (where.kind != "alarm") continue;
    if (member(payload, "state") == "inactive") continue;  // emptied in a moment
    kept[std::string{where.scope} + " " + std::string{where.tail}] = {
        std::string{member(payload, "id")}, std::string{member(payload, "state")},
        std::string{member(payload, "ack")}, std::string{member(payload, "prio")}, number(payload, "rev")};
  }
  HOLD(kept == truth, "P2 never lost", "the broker keeps" + text(kept) + "\n  and there is" + text(truth));
}

void Promises::healed(app::Node& node) {
  calm(node);
  for (const auto& [key, held] : truth_of(node))
    broken("P7 lost signal never ends an alarm",
           key + " " + held.state + " does not end although all is well");
  for (const auto& station : world_.stations) {
    if (!station->well()) continue;
    for (const auto& [scope, log] : world_.disk.events) hears_all(*station, scope, log);
  }
}

// Events of the log that a station knows to be there have come to it, live or in an answer to `replay`.
void Promises::hears_all(Station& station, const std::string& scope, const Events& log) const {
  const auto from = station.heard_from(scope);
  if (scope == "node" && !from) return;  // it has said nothing since
  HOLD(from.has_value(), "P2 never lost", station.name() + " has heard nothing of " + scope);
  const auto repeatable = repeatable_.find(scope);
  const std::uint64_t known = std::max(*from, repeatable == repeatable_.end() ? 0 : repeatable->second);
  const auto& heard = station.heard(scope);
  for (const auto& [seq, event] : log) {
    const bool told = seq <= known || heard.count(seq) != 0 ||
                      (scope == "node" && seq > station.newest(scope));  // nothing has come after it
    HOLD(told, "P2 never lost",
         station.name() + " has not heard " + event.kind + " event " + std::to_string(seq) + " of " + scope);
  }
}

}  // namespace world
