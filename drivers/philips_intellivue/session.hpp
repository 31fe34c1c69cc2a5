// Keeps the association: asks for it, answers the monitor, polls, renews, notices silence, starts again.
//
//   releasing   what may be left of an earlier association is given back; up to 1 s
//   requesting  the request is repeated every 3 s until the monitor answers
//   accepted    waiting for the monitor's create event; up to 5 s
//   active      polls run
//   resting     before the next try: 2 s after a loss, doubled up to 30 s; 10 s after a refusal
//
// The monitor gives an association up after 10 s without a word from us, so every 4 s it is asked what it is
// (which also tells its clocks and mode). At most one poll goes out per tick: it takes 4 frames per 128 ms.
#pragma once

#include <cstdint>

#include "daemon/vitals/time.hpp"
#include "drivers/philips_intellivue/association.hpp"
#include "drivers/philips_intellivue/data_export.hpp"

namespace drivers::philips {

// Where messages go out; frames them for the line in use.
class Outlet {
 public:
  virtual ~Outlet() = default;
  virtual void send(Bytes message) = 0;
};

class Session {
 public:
  void tick(vitals::MonoTime now, Outlet& outlet);
  // Gives the association back; without that the monitor refuses the next one until it misses us.
  void close(Outlet& outlet) const;

  // Messages of the monitor.
  void on_accept(const Grants& grants, vitals::MonoTime now);
  void on_refuse(vitals::MonoTime now);
  void on_release_request(vitals::MonoTime now, Outlet& outlet);
  void on_release_response(vitals::MonoTime now);
  void on_abort(vitals::MonoTime now);
  void on_create_event(std::uint16_t invoke_id, std::uint32_t ticks, vitals::MonoTime now, Outlet& outlet);
  void on_error(std::uint16_t invoke_id, std::uint16_t error, vitals::MonoTime now);
  void on_numerics(vitals::MonoTime now);
  void on_alerts(vitals::MonoTime now) { alerts_.heard = now; }

 private:
  enum class Phase : std::uint8_t { idle, releasing, requesting, accepted, active, resting };

  // A poll that goes on by itself once it was asked for, as far as the monitor grants that.
  struct Poll {
    vitals::MonoTime due{};  // asked again then, whatever comes
    vitals::MonoTime asked{}, heard{};
    vitals::MonoTime blocked_until{};
    std::uint16_t invoke_id = 0;
  };
  struct PollFacts;

  void enter(Phase phase, vitals::MonoTime until);
  void release(vitals::MonoTime now, Outlet& outlet);
  void request(vitals::MonoTime now, Outlet& outlet);
  void poll(vitals::MonoTime now, Outlet& outlet);
  bool is_due(const Poll& poll, const PollFacts& facts, vitals::MonoTime now) const;
  void ask(Poll& poll, const PollFacts& facts, vitals::MonoTime now, Outlet& outlet);
  void lose(vitals::MonoTime now);  // the association is gone
  vitals::Milliseconds poll_period() const;
  vitals::Milliseconds silence_max() const;

  Phase phase_ = Phase::idle;
  vitals::MonoTime until_{};  // of the phase
  int requests_ = 0;          // since the last release
  vitals::Milliseconds rest_ms_{0};
  Grants grants_;
  std::uint16_t invoke_id_ = 0;
  vitals::MonoTime keep_alive_due_{};
  Poll numerics_, alerts_;
};

}  // namespace drivers::philips
