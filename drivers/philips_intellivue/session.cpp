#include "drivers/philips_intellivue/session.hpp"

#include <algorithm>

namespace drivers::philips {
namespace {

using vitals::Milliseconds;
using vitals::MonoTime;

constexpr Milliseconds release_wait{1000};
constexpr Milliseconds drain_wait{300};  // what the monitor still had on its way
constexpr Milliseconds request_wait{3000};
constexpr int requests_max = 4;  // then an association may have been left over after all: release again
constexpr Milliseconds create_wait{5000};
constexpr Milliseconds refused_wait{10'000};
constexpr Milliseconds rest_min{2000}, rest_max{30'000};

constexpr Milliseconds keep_alive_period{4000};
constexpr std::uint32_t extended_poll_s = 600;
constexpr Milliseconds renew_period{540'000};
constexpr Milliseconds alerts_refused_wait{60'000};
constexpr Milliseconds silence_min{10'000}, silence_limit{130'000};

constexpr std::uint16_t error_no_such_action = 9;

// Poll numbers are ours to choose, the monitor repeats them.
constexpr std::uint16_t number_of_numerics = 2, number_of_alerts = 3, number_of_mds = 4;

}  // namespace

struct Session::PollFacts {
  std::uint16_t number;
  std::uint16_t object_class;
  std::uint16_t group;
  Milliseconds patience;       // a request can be lost on the line; asking again is harmless
  Milliseconds single_period;  // single polls faster than one a second are dropped by the monitor
};

void Session::enter(Phase phase, MonoTime until) {
  phase_ = phase;
  until_ = until;
}

void Session::tick(MonoTime now, Outlet& outlet) {
  switch (phase_) {
    case Phase::idle: return release(now, outlet);
    case Phase::releasing:
      if (now >= until_) request(now, outlet);
      return;
    case Phase::requesting:
      if (now < until_) return;
      return requests_ < requests_max ? request(now, outlet) : release(now, outlet);
    case Phase::accepted:
      if (now >= until_) lose(now);
      return;
    case Phase::active: return now - numerics_.heard >= silence_max() ? lose(now) : poll(now, outlet);
    case Phase::resting:
      if (now >= until_) release(now, outlet);
      return;
  }
}

void Session::close(Outlet& outlet) const {
  if (phase_ == Phase::requesting || phase_ == Phase::accepted || phase_ == Phase::active)
    outlet.send(release_request());
}

void Session::release(MonoTime now, Outlet& outlet) {
  outlet.send(release_request());
  requests_ = 0;
  enter(Phase::releasing, now + release_wait);
}

void Session::request(MonoTime now, Outlet& outlet) {
  outlet.send(association_request());
  ++requests_;
  enter(Phase::requesting, now + request_wait);
}

void Session::lose(MonoTime now) {
  rest_ms_ = std::clamp(2 * rest_ms_, rest_min, rest_max);
  enter(Phase::resting, now + rest_ms_);
}

void Session::on_accept(const Grants& grants, MonoTime now) {
  if (phase_ == Phase::active) return;  // of a request that was repeated too early
  grants_ = grants;
  enter(Phase::accepted, now + create_wait);
}

void Session::on_refuse(MonoTime now) {
  if (phase_ == Phase::requesting || phase_ == Phase::accepted) enter(Phase::resting, now + refused_wait);
}

void Session::on_release_request(MonoTime now, Outlet& outlet) {
  outlet.send(release_response());
  if (phase_ == Phase::active || phase_ == Phase::accepted || phase_ == Phase::requesting) lose(now);
}

void Session::on_release_response(MonoTime now) {
  if (phase_ == Phase::releasing) until_ = std::min(until_, now + drain_wait);
  if (phase_ == Phase::active) lose(now);
}

void Session::on_abort(MonoTime now) {
  if (phase_ == Phase::releasing) until_ = std::min(until_, now + drain_wait);
  if (phase_ == Phase::active || phase_ == Phase::accepted) lose(now);
}

// Also when it comes again: then our answer was lost, and so were the polls that followed it.
void Session::on_create_event(std::uint16_t invoke_id, std::uint32_t ticks, MonoTime now, Outlet& outlet) {
  outlet.send(Request::create_event_answer(invoke_id, ticks).bytes());
  enter(Phase::active, now);
  keep_alive_due_ = now;
  numerics_ = alerts_ = Poll{now, now, now, now, 0};
}

void Session::on_error(std::uint16_t invoke_id, std::uint16_t error, MonoTime now) {
  if (phase_ != Phase::active) return;
  if (invoke_id == numerics_.invoke_id) {
    if (!grants_.periodic_numerics || error != error_no_such_action) return lose(now);
    grants_.periodic_numerics = false;  // an older monitor: it is asked every time
    numerics_.due = alerts_.due = now;
  } else if (invoke_id == alerts_.invoke_id) {
    alerts_.blocked_until = now + alerts_refused_wait;  // numbers come without them
    alerts_.due = alerts_.blocked_until;
  }
}

void Session::on_numerics(MonoTime now) {
  numerics_.heard = now;
  if (phase_ == Phase::active) rest_ms_ = Milliseconds{0};
}

Milliseconds Session::poll_period() const {
  return Milliseconds{static_cast<std::int64_t>(grants_.poll_period_ticks / ticks_per_ms)};
}

// With a long poll period, results may take as long.
Milliseconds Session::silence_max() const {
  return std::clamp(3 * poll_period(), silence_min, silence_limit);
}

void Session::poll(MonoTime now, Outlet& outlet) {
  static constexpr PollFacts numerics{number_of_numerics, class_numerics, group_observed, Milliseconds{3000},
                                      Milliseconds{1100}};
  static constexpr PollFacts alerts{number_of_alerts, class_alerts, group_alerts, Milliseconds{5000},
                                    Milliseconds{2200}};
  if (now >= keep_alive_due_) {
    outlet.send(Request::single_poll(++invoke_id_, number_of_mds, class_mds, group_all).bytes());
    keep_alive_due_ = now + keep_alive_period;
  } else if (is_due(numerics_, numerics, now)) {
    ask(numerics_, numerics, now, outlet);
  } else if (is_due(alerts_, alerts, now)) {
    ask(alerts_, alerts, now, outlet);
  }
}

bool Session::is_due(const Poll& poll, const PollFacts& facts, MonoTime now) const {
  if (now < poll.blocked_until) return false;
  if (now >= poll.due) return true;
  return grants_.periodic_numerics &&
         now - std::max(poll.asked, poll.heard) >= std::max(facts.patience, 2 * poll_period());
}

void Session::ask(Poll& poll, const PollFacts& facts, MonoTime now, Outlet& outlet) {
  poll.invoke_id = ++invoke_id_;
  poll.asked = now;
  if (grants_.periodic_numerics) {
    outlet.send(
        Request::extended_poll(invoke_id_, facts.number, facts.object_class, facts.group, extended_poll_s)
            .bytes());
    poll.due = now + renew_period;
  } else {
    outlet.send(Request::single_poll(invoke_id_, facts.number, facts.object_class, facts.group).bytes());
    poll.due = now + facts.single_period;
  }
}

}  // namespace drivers::philips
