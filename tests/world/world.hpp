// A world around the daemon, in virtual time: beds with monitors, a disk, a broker, stations with nurses, and
// everything that can go wrong with them, drawn from one seed. The daemon in it is app::Node, as it runs
// live. After every step the promises are looked at.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/app/node.hpp"
#include "daemon/settings/settings.hpp"
#include "tests/world/broker.hpp"
#include "tests/world/daemon_link.hpp"
#include "tests/world/disk.hpp"
#include "tests/world/ground.hpp"
#include "tests/world/monitor.hpp"
#include "tests/world/promises.hpp"
#include "tests/world/station.hpp"

namespace world {

// The daemon dies right here, in the middle of what it does.
struct Killed {};

// Calls of the daemon to its surroundings that may fail.
enum class Call : std::uint8_t { journal_write, commit, publish, subscribe };
inline constexpr std::size_t call_kinds = 4;

struct Figures {  // what a world has seen
  std::uint64_t steps = 0, starts = 0, kills = 0, transitions = 0, raised = 0, over = 0, adopted = 0,
                replays = 0, answers = 0;
  std::map<std::string_view, std::uint64_t> faults;  // by name
  Milliseconds time{0};

  Figures& operator+=(const Figures& other);
};

class World {
 public:
  struct Plan {
    bool hl7 = true;  // a second bed, over HL7
    std::size_t stations = 2;
    bool shuffling = false, doubling = false, wills_late = false;
    std::size_t journal_entries_max = journal::queue_entries_max;
    std::size_t outbox_max = 20'000;
  };
  World(std::uint64_t seed, Plan plan);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void run_to(Milliseconds until);  // throws Broken
  bool step(Milliseconds until);    // one step; false: none is left before `until`

  // --- faults. Each can be taken back.
  void kill(Milliseconds away);
  void stop(Milliseconds away);                   // in order
  void kill_at_call(std::size_t calls);           // at the so-many-th call from now on
  void fail_call(Call call, std::size_t number);  // the so-many-th of its kind from now on; 0: none
  void step_clock(Milliseconds by) {
    ground.wall_base += by;
    wall_most_ = std::max(wall_most_, ground.wall_base);
  }
  bool clock_is_back() const { return ground.wall_base < wall_most_; }  // behind what it was before
  void lose_journal();                                                  // while the daemon is away
  void heal();  // everything that is broken is whole again
  void check_healed();
  const Plan& plan() const { return plan_; }

  Ground ground;
  Disk disk;
  Broker broker{ground};
  std::vector<std::unique_ptr<Monitor>> monitors;
  std::vector<std::unique_ptr<Station>> stations;
  bool clock_synced = true, disk_low = false;

  app::Node* node() { return node_.get(); }
  const Promises& promises() const { return promises_; }
  Figures figures() const;
  bool struck() const;  // the call that was to fail, or to be the last one, has come

 private:
  void make_settings(const Plan& plan);
  void make_monitors();
  void make_stations(std::size_t count);
  void boot();
  void die();
  void begin_again(Milliseconds away);
  void check_queues() const;
  void second();
  void beat(Monitor& monitor);
  void arm();
  void arm_second();
  bool fails(Call call);
  DaemonLink::Handlers link_handlers();

  Plan plan_;
  settings::Settings settings_;
  Promises promises_;
  std::unique_ptr<SimJournal> journal_;
  std::unique_ptr<DaemonLink> link_;
  std::unique_ptr<app::Node> node_;
  Figures figures_;
  std::optional<std::size_t> kill_in_;  // calls
  std::array<std::size_t, call_kinds> fail_in_{};
  WallTime wall_most_ = ground.wall_base;
  std::uint64_t run_ = 0;  // of the daemon; acts of an older one are void
  Milliseconds armed_{-1};
};

struct Life {
  Figures figures;
  std::string broken;  // what is printed of a broken promise; empty: all were kept
  std::uint64_t fingerprint = 0;
};

// A life by chance: faults for a while, then all heals and everything must be well again; over and over until
// there were so many steps. Healing takes most of the time, so only one seed in four is healed that has no
// number of steps to reach.
Life live(std::uint64_t seed, std::uint64_t steps_least = 0);
// All faults are over, the nurse acknowledges what is left, and after some minutes everything must be well.
void make_well(World& world);
std::string told(std::uint64_t seed, const Broken& broken, const World& world);

}  // namespace world
