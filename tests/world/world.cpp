#include "tests/world/world.hpp"

#include <utility>

#include "daemon/settings/builtin.hpp"
#include "tests/world/text.hpp"

namespace world {
namespace {

settings::Source source(std::string name, std::string protocol, Milliseconds period) {
  settings::Source out;
  out.name = std::move(name);
  out.protocol = std::move(protocol);
  out.period = period;
  out.metrics.insert(Metric::pr);
  out.metrics.insert(Metric::spo2);
  return out;
}

settings::Bed bed(std::string name, std::string source) {
  settings::Bed out;
  out.unit = "pain";
  out.name = std::move(name);
  out.profile = "ketamine-adult";
  out.sources = {std::move(source)};
  out.expected.insert(Metric::pr);
  out.expected.insert(Metric::spo2);
  return out;
}

// Reading the profile takes longer than a world lives.
const alarms::Profile& profile() {
  static const alarms::Profile read = settings::builtin_profile("ketamine-adult").value();
  return read;
}

}  // namespace

Figures& Figures::operator+=(const Figures& other) {
  steps += other.steps;
  starts += other.starts;
  kills += other.kills;
  for (const auto& [name, count] : other.faults) faults[name] += count;
  transitions += other.transitions;
  raised += other.raised;
  over += other.over;
  adopted += other.adopted;
  replays += other.replays;
  answers += other.answers;
  time += other.time;
  return *this;
}

World::World(std::uint64_t seed, Plan plan)
    : ground(seed), plan_(plan), promises_({ground, disk, broker, monitors, stations}) {
  make_settings(plan);
  disk.entries_max = plan.journal_entries_max;
  broker.set_shuffling(plan.shuffling);
  broker.set_doubling(plan.doubling);
  broker.set_will_late(plan.wills_late);
  make_monitors();
  make_stations(plan.stations);
  boot();
}

World::~World() {
  if (node_) die();
}

void World::make_settings(const Plan& plan) {
  settings_.node.name = "gw1";
  settings_.profiles["ketamine-adult"] = profile();
  settings_.stations.required = {"ns-1"};
  settings_.stations.roles = {
      {"ns-1", settings::Role::nurse}, {"ns-2", settings::Role::nurse}, {"hall", settings::Role::viewer}};
  settings_.sources.push_back(source("mon1", "nonin", 1s));
  settings_.beds.push_back(bed("b1", "mon1"));
  if (!plan.hl7) return;
  settings_.sources.push_back(source("mon2", "hl7", 5s));
  settings_.beds.push_back(bed("b2", "mon2"));
}

void World::make_monitors() {
  monitors.push_back(std::make_unique<CableMonitor>(ground, settings_.sources[0], "pain/b1"));
  if (plan_.hl7) {
    Hl7Monitor::Watch watch{[this] { promises_.fed(); },
                            [this](const std::string& id) { promises_.caused(id); },
                            [this](const std::string& id) {
                              ++figures_.answers;
                              promises_.positive(id);
                            }};
    monitors.push_back(
        std::make_unique<Hl7Monitor>(ground, settings_.sources[1], "pain/b2", std::move(watch)));
  }
  for (const auto& monitor : monitors) beat(*monitor);
}

void World::beat(Monitor& monitor) {
  ground.calendar.in(monitor.source().period, [this, &monitor] {
    beat(monitor);
    monitor.say();
  });
}

void World::make_stations(std::size_t count) {
  for (const std::string name : {"ns-1", "ns-2", "hall"}) {
    if (stations.size() == count) break;
    Station::Watch watch{[this](const Sent& command) { promises_.sent(command); },
                         [this](const std::string& offence) { promises_.offended(offence); }};
    stations.push_back(std::make_unique<Station>(ground, broker, name, std::move(watch)));
    stations.back()->start();
  }
  second();
}

// Of the stations and monitors; the daemon has a beat of its own.
void World::second() {
  ground.calendar.in(1s, [this] { second(); });
  for (const auto& station : stations) station->second();
  for (const auto& monitor : monitors) monitor->tick();
}

bool World::fails(Call call) {
  const auto index = static_cast<std::size_t>(call);
  return fail_in_[index] != 0 && --fail_in_[index] == 0;
}

void World::fail_call(Call call, std::size_t number) { fail_in_[static_cast<std::size_t>(call)] = number; }

bool World::struck() const {
  return !kill_in_ &&
         std::all_of(fail_in_.begin(), fail_in_.end(), [](std::size_t left) { return left == 0; });
}

void World::kill_at_call(std::size_t calls) { kill_in_ = calls; }

DaemonLink::Handlers World::link_handlers() {
  DaemonLink::Handlers out;
  out.make_will = [this](std::uint64_t connection) {
    return node_->desk().status("offline", "will", connection, ground.stamp());
  };
  out.on_connected = [this](std::uint64_t connection) {
    promises_.connected();
    node_->on_connected(connection, ground.stamp());
  };
  out.on_lost = [this](const std::string& reason) {
    promises_.lost();
    node_->on_lost(reason, ground.stamp());
  };
  out.on_message = [this](const Packet& packet) {
    const bool command = apart(packet.topic).kind == "cmd";
    if (command) promises_.arrives(packet.topic, packet.payload);
    node_->on_message(packet.topic, packet.payload, packet.retain, ground.stamp());
    if (command) promises_.done();
  };
  out.on_delivered = [this](std::uint64_t token, bool delivered) {
    node_->on_delivered(token, delivered, ground.stamp());
  };
  out.on_subscribed = [this](const std::string& filter, bool granted) {
    node_->on_subscribed(filter, granted, ground.stamp());
  };
  return out;
}

void World::boot() {
  ++run_;
  ++figures_.starts;
  armed_ = Milliseconds{-1};
  ground.mono_base = MonoTime{ground.dice.between(1s, 1'000'000s)};
  ground.tell("daemon: starts");
  const auto may_die = [this] {
    if (kill_in_ && --*kill_in_ == 0) throw Killed{};
  };
  SimJournal::Watch kept{[this, may_die](const std::vector<journal::Entry>& entries) {
                           may_die();
                           promises_.written(entries, link_->connected());
                         },
                         [this] { return fails(Call::journal_write); },
                         [this] { return fails(Call::commit); }};
  DaemonLink::Watch said{[this, may_die](const stations::Message& message) {
                           may_die();
                           promises_.published(message);
                         },
                         [this] { return fails(Call::publish); }, [this] { return fails(Call::subscribe); }};
  promises_.starts();
  const std::string boot = "run-" + std::to_string(run_);
  journal_ = std::make_unique<SimJournal>(ground, disk, boot, std::move(kept));
  link_ = std::make_unique<DaemonLink>(ground, broker, plan_.outbox_max, link_handlers(), std::move(said));
  app::Node::Parts parts;
  parts.settings = &settings_;
  parts.identity = {"gw1", boot, "vitals", "c0ffee12"};
  parts.version = "test";
  parts.journal = journal_.get();
  parts.broker = link_.get();
  parts.salt = [this] { return bed::Salt{ground.dice.roll(), ground.dice.roll()}; };
  node_ = std::make_unique<app::Node>(std::move(parts), ground.stamp());
  promises_.started(*node_);
  link_->start();
  arm_second();
  ground.calendar.in(0ms, [this, run = run_] {  // sources open when the loop runs
    for (const auto& monitor : monitors)
      if (run == run_ && node_) monitor->begin(*node_);
  });
  node_->settle(ground.stamp());
}

void World::arm_second() {
  ground.calendar.in(1s, [this, run = run_] {
    if (run != run_ || !node_) return;
    arm_second();
    app::Node::Surroundings seen;
    seen.clock_synced = clock_synced;
    seen.disk_low = disk_low;
    node_->every_second(seen, ground.stamp());
    node_->settle(ground.stamp());
  });
}

// The timer of the loop.
void World::arm() {
  if (!node_) return;
  const Milliseconds now = ground.now();
  const bool due = node_->deadline() <= ground.stamp().mono;
  const Milliseconds when = due ? now + 1ms : node_->deadline() - ground.mono_base;
  if (armed_ > now && armed_ <= when) return;
  armed_ = when;
  ground.calendar.at(when, [this, run = run_, when] {
    if (run == run_ && node_ && armed_ == when) node_->settle(ground.stamp());
  });
}

void World::die() {
  ++run_;
  promises_.died();
  for (const auto& monitor : monitors) monitor->end();
  link_->die();
  journal_->die();
  node_.reset();
  link_.reset();
  journal_.reset();
}

void World::begin_again(Milliseconds away) {
  ground.calendar.in(away, [this] {
    if (!node_) boot();
  });
}

void World::kill(Milliseconds away) {
  if (!node_) return;
  ground.tell("daemon: killed");
  ++figures_.kills;
  die();
  begin_again(away);
}

void World::stop(Milliseconds away) {
  if (!node_) return;
  ground.tell("daemon: stops in order");
  const Stamp now = ground.stamp();
  node_->desk().stopped(now);
  node_->keep_trend(now);
  node_->settle(now);
  link_->finish(node_->farewell(now));
  journal_->finish();
  die();
  begin_again(away);
}

void World::lose_journal() {
  disk.lose();
  promises_.journal_lost();
}

bool World::step(Milliseconds until) {
  arm();
  if (ground.calendar.next() > until) return false;
  ++figures_.steps;
  try {
    ground.calendar.step();
  } catch (const Killed&) {
    kill_in_.reset();
    ground.tell("daemon: killed in the middle of a call");
    ++figures_.kills;
    die();
    begin_again(ground.dice.between(100ms, 5s));
  }
  promises_.after_step(node_.get(), journal_ ? journal_->health() : journal::Health{});
  if (node_) check_queues();
  return true;
}

// P9: queues have their bounds, and what is dropped from them is no alarm.
void World::check_queues() const {
  if (link_->health().queued > plan_.outbox_max + DaemonLink::window_urgent ||
      journal_->health().queued > plan_.journal_entries_max)
    throw Broken{"P9 bounded", "a queue holds more than its limit"};
  if (link_->alarms_dropped() != 0) throw Broken{"P9 bounded", "an alarm was dropped from the outbox"};
}

void World::run_to(Milliseconds until) {
  while (step(until)) continue;
}

void World::heal() {
  ground.tell("all faults are over");
  kill_in_.reset();
  fail_in_.fill(0);
  ground.wall_base = vitals::wall_from_unix_ms(1'764'000'000'000);
  clock_synced = true;
  disk_low = false;
  disk.failing = false;
  disk.commit_least = 1ms;
  disk.commit_most = 15ms;
  broker.set_pace(1ms, 4ms);
  broker.set_up(true);
  for (const std::string client : {"gw1", "ns-1", "ns-2", "hall"}) broker.set_away(client, false);
  for (const auto& station : stations) {
    station->hang(false);
    station->start();
  }
  for (const auto& monitor : monitors) {
    const bool plugged = !monitor->shown.cable;
    monitor->shown = {};
    monitor->set_clock(0ms);
    if (plugged) monitor->cable();
  }
}

Figures World::figures() const {
  Figures out = figures_;
  out.time = ground.now();
  out.transitions = promises_.transitions();
  out.raised = promises_.raised();
  out.over = promises_.over();
  out.adopted = promises_.adopted();
  for (const auto& station : stations) out.replays += station->replays();
  return out;
}

void World::check_healed() {
  if (!node_) throw Broken{"P2 never lost", "the daemon does not run"};
  promises_.healed(*node_);
}

}  // namespace world
