// Torture: short scenarios, each played again and again, and every time another single call of the daemon to
// its surroundings fails: the first, the second, and so on, until none is left to fail. The promises hold all
// the same, and afterwards everything is well.
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <iostream>

#include "tests/world/world.hpp"

namespace world {
namespace {

struct Scenario {
  const char* name;
  std::function<void(World&)> play;
  bool hl7 = false;
};

void show(World& world, double spo2) { world.monitors[0]->shown.spo2 = spo2; }
void pass(World& world, Milliseconds time) { world.run_to(world.ground.now() + time); }

void alarm_and_recovery(World& world) {
  show(world, 78);
  pass(world, 12s);
  show(world, 97);
  pass(world, 15s);
}

void acknowledged(World& world) {
  show(world, 85);
  pass(world, 20s);
  world.stations[0]->acknowledge_all();
  pass(world, 5s);
}

void restart_with_an_alarm(World& world) {
  acknowledged(world);
  world.kill(1s);
  pass(world, 10s);
}

void broker_away(World& world) {
  show(world, 78);
  pass(world, 12s);
  world.broker.set_up(false);
  pass(world, 3s);
  show(world, 97);
  pass(world, 8s);
  world.broker.set_up(true);
  pass(world, 10s);
}

void session(World& world) {
  world.stations[0]->order("pain/b1", "infusion-start", R"("kg":70,"rate":0.5,"rate_unit":"mg/kg/h")");
  pass(world, 3s);
  acknowledged(world);
  world.stations[0]->order("pain/b1", "session-end", "");
  pass(world, 3s);
}

void cable_out(World& world) {
  world.monitors[0]->shown.cable = false;
  world.ground.calendar.in(1ms,
                           [&world] { world.monitors[0]->cable(); });  // in a step: the daemon may die of it
  pass(world, 15s);
  world.stations[0]->acknowledge_all();
  pass(world, 3s);
}

void alarm_over_hl7(World& world) {
  world.monitors[1]->shown.spo2 = 78;
  pass(world, 20s);
  world.monitors[1]->shown.spo2 = 97;
  pass(world, 20s);
}

const std::array<Scenario, 7> scenarios{{{"an alarm and its recovery", alarm_and_recovery},
                                         {"an acknowledgement", acknowledged},
                                         {"a restart with an alarm", restart_with_an_alarm},
                                         {"the broker away", broker_away},
                                         {"a session", session},
                                         {"a cable out", cable_out},
                                         {"an alarm over HL7", alarm_over_hl7, true}}};

enum class Blow : std::uint8_t { journal_write, commit, publish, subscribe, death };
constexpr std::array<std::string_view, 5> blows{"a failed journal write", "a failed commit",
                                                "a refused publish", "a refused subscription",
                                                "a kill in the middle of a call"};

struct Played {
  std::string broken;   // empty: all promises were kept
  bool struck = false;  // there were so many calls
};

Played play(const Scenario& scenario, Blow blow, std::size_t number) {
  World::Plan plan;
  plan.hl7 = scenario.hl7;
  plan.stations = 1;
  World world{42, plan};
  Played out;
  try {
    if (blow == Blow::death) {
      world.kill_at_call(number);
    } else {
      world.fail_call(static_cast<Call>(blow), number);
    }
    pass(world, 4s);
    scenario.play(world);
    out.struck = world.struck();
    make_well(world);
  } catch (const Broken& broken) {
    out.broken = told(42, broken, world);
  }
  return out;
}

class TortureTest : public testing::TestWithParam<std::size_t> {
 protected:
  TortureTest() { spdlog::set_level(spdlog::level::off); }
};

TEST_P(TortureTest, EachCallFailsInTurn) {
  const Scenario& scenario = scenarios.at(GetParam());
  for (std::size_t blow = 0; blow < blows.size(); ++blow) {
    std::size_t number = 1;
    for (bool struck = true; struck; ++number) {
      const Played played = play(scenario, static_cast<Blow>(blow), number);
      if (!played.broken.empty())
        FAIL() << scenario.name << ", " << blows.at(blow) << ", the " << number << "th: " << played.broken;
      struck = played.struck;
    }
    std::cout << scenario.name << ": " << number - 2 << " times, each with " << blows.at(blow) << "\n";
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, TortureTest, testing::Range(std::size_t{0}, scenarios.size()),
                         [](const auto& one) { return "scenario" + std::to_string(one.param + 1); });

}  // namespace
}  // namespace world
