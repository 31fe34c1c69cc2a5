// What goes wrong, and what people do meanwhile, by chance. Each world has its own appetite: a few kinds of
// faults often rather than all of them seldom, since it is their meeting that breaks things.
#include <array>
#include <map>
#include <string_view>

#include "tests/world/world.hpp"

namespace world {
namespace {

enum class Fault : std::uint8_t {
  kill,
  stop,
  kill_in_call,
  journal_lost,
  daemon_cut,
  daemon_quiet,
  daemon_away,
  broker_down,
  broker_saves,
  network_slow,
  station_stops,
  station_cut,
  station_quiet,
  station_hangs,
  disk_fails,
  disk_slow,
  disk_low,
  clock_steps,
  clock_unsynced,
  monitor_clock,
  call_fails
};
constexpr std::array<std::string_view, 21> fault_names{
    "kill",          "stop",        "kill in a call", "journal lost",   "daemon cut off",
    "daemon quiet",  "daemon away", "broker down",    "broker saves",   "network slow",
    "station stops", "station cut", "station quiet",  "station hangs",  "disk fails",
    "disk slow",     "disk low",    "clock set",      "clock unsynced", "monitor's clock",
    "call fails"};

class Chaos {
 public:
  explicit Chaos(World& world) : world_(world), dice_(world.ground.dice.roll()) {
    const std::size_t kinds = 2 + dice_.below(6);
    while (faults_.size() < kinds) faults_.push_back(static_cast<Fault>(dice_.below(fault_names.size())));
    fault_every_ = dice_.between(1s, 9s);
    patient_every_ = dice_.between(2s, 12s);
    nurse_every_ = dice_.between(1s, 8s);
  }

  void go_on_until(Milliseconds end) {
    end_ = end;
    again(fault_every_, [this] { fault(); });
    again(patient_every_, [this] { patient(); });
    again(nurse_every_, [this] { nurse(); });
  }
  const std::map<std::string_view, std::uint64_t>& faults() const { return faults_made_; }

 private:
  void again(Milliseconds every, const std::function<void()>& what) {
    world_.ground.calendar.in(dice_.between(10ms, 2 * every), [this, every, what] {
      if (world_.ground.now() >= end_) return;
      what();
      again(every, what);
    });
  }
  // For a time, and at the longest until all heals.
  void later(Milliseconds least, Milliseconds most, std::function<void()> act) {
    world_.ground.calendar.in(dice_.between(least, most), [this, act = std::move(act)] {
      if (world_.ground.now() < end_) act();
    });
  }
  void tell(const std::string& line) { world_.ground.tell("fault: " + line); }
  Station& station() { return *dice_.pick(world_.stations); }

  void fault() {
    const Fault kind = dice_.pick(faults_);
    ++faults_made_[fault_names.at(static_cast<std::size_t>(kind))];
    if (kind <= Fault::journal_lost) return of_the_daemon(kind);
    if (kind <= Fault::network_slow) return of_the_network(kind);
    if (kind <= Fault::station_hangs) return of_a_station(kind);
    of_the_machine(kind);
  }

  void of_the_daemon(Fault kind) {
    const Milliseconds away = dice_.one_in(3) ? dice_.between(100ms, 25s) : dice_.between(100ms, 2s);
    if (kind == Fault::kill) world_.kill(away);
    if (kind == Fault::stop) world_.stop(away + 1'500ms);
    if (kind == Fault::kill_in_call) world_.kill_at_call(1 + dice_.below(40));
    if (kind != Fault::journal_lost || !dice_.one_in(3) || world_.node() == nullptr) return;
    // Numbers go on by the clock then: not while that is set back as well.
    if (world_.clock_is_back()) return;
    world_.kill(away);
    tell("the journal is unusable");
    world_.lose_journal();
  }

  void of_the_network(Fault kind) {
    Broker& broker = world_.broker;
    switch (kind) {
      case Fault::daemon_cut: tell("daemon cut off"); return broker.cut("gw1");
      case Fault::daemon_quiet: tell("daemon half-open"); return broker.go_quiet("gw1");
      case Fault::daemon_away:
        tell("daemon without network");
        broker.set_away("gw1", true);
        return later(1s, 40s, [&broker] { broker.set_away("gw1", false); });
      case Fault::broker_saves: return broker.save();
      case Fault::network_slow:
        tell("slow network");
        broker.set_pace(20ms, dice_.between(100ms, 1'500ms));
        return later(1s, 20s, [&broker] { broker.set_pace(1ms, 4ms); });
      default: break;
    }
    tell("broker down");
    broker.set_up(false);
    const std::size_t memory = dice_.below(3);
    if (memory != 0) broker.forget(memory == 1);
    later(100ms, 30s, [&broker] { broker.set_up(true); });
  }

  void of_a_station(Fault kind) {
    Station& one = station();
    switch (kind) {
      case Fault::station_stops: one.stop(); return later(0ms, 40s, [&one] { one.start(); });
      case Fault::station_cut: tell(one.name() + " cut off"); return world_.broker.cut(one.name());
      case Fault::station_quiet: tell(one.name() + " half-open"); return world_.broker.go_quiet(one.name());
      default: break;
    }
    tell(one.name() + " hangs");
    one.hang(true);
    later(1s, 60s, [&one] { one.hang(false); });
  }

  void of_the_machine(Fault kind) {
    switch (kind) {
      case Fault::disk_fails:
        tell("disk fails");
        world_.disk.failing = true;
        return later(100ms, 30s, [this] { world_.disk.failing = false; });
      case Fault::disk_slow:
        tell("disk slow");
        world_.disk.commit_least = 50ms;
        world_.disk.commit_most = dice_.between(200ms, 8s);
        return later(1s, 30s, [this] {
          world_.disk.commit_least = 1ms;
          world_.disk.commit_most = 15ms;
        });
      case Fault::clock_steps:
        tell("clock set");
        return world_.step_clock(dice_.one_in(2) ? dice_.between(1s, 7'200s) : -dice_.between(1s, 7'200s));
      case Fault::monitor_clock:
        tell("the monitors' clocks set");
        for (const auto& monitor : world_.monitors)
          monitor->set_clock(dice_.one_in(2) ? -dice_.between(1s, 600s) : dice_.between(-7'200s, 7'200s));
        return;
      case Fault::clock_unsynced:
        world_.clock_synced = false;
        return later(1s, 90s, [this] { world_.clock_synced = true; });
      case Fault::disk_low:
        world_.disk_low = true;
        return later(1s, 90s, [this] { world_.disk_low = false; });
      default: break;
    }
    constexpr std::array calls{Call::journal_write, Call::commit, Call::publish, Call::subscribe};
    world_.fail_call(dice_.pick(calls), 1 + dice_.below(30));
  }

  void patient() {
    constexpr std::array<double, 8> saturations{97, 97, 93, 91, 86, 79, 75, 90};
    constexpr std::array<double, 6> rates{70, 72, 125, 145, 45, 38};
    Monitor& monitor = *dice_.pick(world_.monitors);
    Shown& shown = monitor.shown;
    switch (dice_.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3: shown.spo2 = dice_.pick(saturations); break;
      case 4:
      case 5: shown.pr = dice_.pick(rates); break;
      case 6:
      case 7: shown.probe = !shown.probe; break;
      case 8: shown.talks = !shown.talks; break;
      case 9: shown.doubtful = !shown.doubtful; break;
      case 10:
        shown.cable = !shown.cable;
        monitor.cable();
        break;
      default: shown = Shown{97, 70, true, false, true, shown.cable}; break;
    }
    world_.ground.tell(monitor.scope() + ": SpO2 " + std::to_string(static_cast<int>(shown.spo2)) + " PR " +
                       std::to_string(static_cast<int>(shown.pr)) + (shown.probe ? "" : " probe off") +
                       (shown.talks ? "" : " silent") + (shown.doubtful ? " doubtful" : ""));
  }

  void nurse() {
    Station& one = station();
    if (!dice_.one_in(6)) return one.touch(dice_);
    const std::string scope = dice_.pick(world_.monitors)->scope();
    switch (dice_.below(4)) {
      case 0: return one.order(scope, "infusion-start", R"("kg":70,"rate":0.5,"rate_unit":"mg/kg/h")");
      case 1: return one.order(scope, "infusion-stop", "");
      case 2: return one.order(scope, "session-end", "");
      default: return one.order(scope, "audio-pause", R"("scope":"bed","secs":30)");
    }
  }

  World& world_;
  Dice dice_;
  std::vector<Fault> faults_;
  Milliseconds fault_every_{}, patient_every_{}, nurse_every_{}, end_{};
  std::map<std::string_view, std::uint64_t> faults_made_;
};

World::Plan plan_of(Dice& dice) {
  World::Plan out;
  out.hl7 = !dice.one_in(3);
  out.stations = 1 + dice.below(3);
  out.shuffling = dice.one_in(4);
  out.doubling = dice.one_in(4);
  out.wills_late = dice.one_in(3);
  if (dice.one_in(8)) out.journal_entries_max = 20 + dice.below(60);
  // Small, and still room for a page of the log, as there always is (journal::page_events_max): a station
  // that asks for a page again and again because none fits would keep everybody busy for ever.
  if (dice.one_in(8)) out.outbox_max = 2 * page_max + dice.below(200);
  return out;
}

// Long enough for the slowest: an alarm about the journal or the clock that has just been declared ends 60 s
// after its cause.
constexpr Milliseconds healed_after{100'000};
// A nurse who ends what goes on is heard at once, unless the daemon is just away, or has not told its time
// yet.
constexpr Milliseconds orders_for{45'000};
// Dropped messages are told for a minute after the last one, and that is over a minute later.
constexpr Milliseconds overflow_after{260'000};

}  // namespace

void make_well(World& world) {
  world.heal();
  const Milliseconds begun = world.ground.now();
  const auto passed = [&] { return world.ground.now() - begun; };
  bool well = false, was_overflown = false;
  while (!well) {
    world.run_to(world.ground.now() + 5s);
    Station& nurse = *world.stations.front();
    for (const auto& monitor : world.monitors) {
      if (passed() > orders_for) break;
      nurse.order(monitor->scope(), "infusion-stop", "");
      nurse.order(monitor->scope(), "session-end", "");
    }
    if (passed() < healed_after - 15s || passed() > healed_after) nurse.acknowledge_all();
    const bool overflown = world.node() != nullptr && world.node()->desk().has_alarm("overflow");
    // Also where it has ended since the last look: stations may not have heard of that yet.
    well = passed() >= (overflown || was_overflown ? overflow_after : healed_after);
    was_overflown = overflown;
  }
  world.check_healed();
}

std::string told(const World::Plan& plan) {
  std::string out = std::to_string(plan.stations) + " stations";
  if (plan.hl7) out += ", a monitor over HL7";
  if (plan.shuffling) out += ", a network that changes the order";
  if (plan.doubling) out += ", one that doubles";
  if (plan.wills_late) out += ", late wills";
  return out + ", room for " + std::to_string(plan.outbox_max) + " messages and " +
         std::to_string(plan.journal_entries_max) + " entries";
}

std::string told(std::uint64_t seed, const Broken& broken, const World& world) {
  return "seed " + std::to_string(seed) + ", after " + std::to_string(world.figures().steps) + " steps, at " +
         std::to_string(world.ground.now().count()) + " ms: " + broken.promise + ": " + broken.how +
         "\nthe world: " + told(world.plan()) + "\nthe newest steps:\n" + world.ground.story.text() +
         "run it alone: VITALSD_WORLD_SEED=" + std::to_string(seed) +
         " test_world --gtest_filter='WorldTest.Seeds*'";
}

Life live(std::uint64_t seed, std::uint64_t steps_least) {
  Dice dice{seed};
  World world{dice.roll(), plan_of(dice)};
  Life out;
  std::map<std::string_view, std::uint64_t> faults;
  std::vector<std::unique_ptr<Chaos>> chaos;  // what they have begun may end later
  const bool heals = steps_least > 0 || seed % 4 == 0;
  try {
    do {
      world.run_to(world.ground.now() + dice.between(0ms, 20s));
      const Milliseconds end = world.ground.now() + dice.between(5s, heals ? 120s : 60s);
      chaos.push_back(std::make_unique<Chaos>(world));
      chaos.back()->go_on_until(end);
      world.run_to(end);
      for (const auto& [name, count] : chaos.back()->faults()) faults[name] += count;
      if (heals) make_well(world);
    } while (world.figures().steps < steps_least);
  } catch (const Broken& broken) {
    out.broken = told(seed, broken, world);
  }
  out.figures = world.figures();
  out.figures.faults = std::move(faults);
  out.fingerprint = world.ground.story.fingerprint();
  return out;
}

}  // namespace world
