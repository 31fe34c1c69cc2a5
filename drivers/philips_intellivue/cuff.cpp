#include "drivers/philips_intellivue/cuff.hpp"

#include <algorithm>

namespace drivers::philips {
namespace {

// Both times show whole seconds, so an age is wrong by one second either way.
constexpr MonitorTime future_ms_max = 2000;
// During an association a reading appears within seconds. One that seems older probably means that the
// monitor's wall clock was set since it was last told to us.
constexpr MonitorTime fresh_age_ms_max = 120'000;
// The clock is told with every keep-alive, each 4 s. A reading whose age is odd or unknown waits for it.
constexpr vitals::Milliseconds hold_ms_max{10'000};

template <class Condition>
bool any_of(const CuffNumbers& numbers, Condition condition) {
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](const auto& number) { return number && condition(*number); });
}

bool has_state(const CuffNumbers& numbers, std::uint16_t bit) {
  return any_of(numbers, [bit](const Numeric& number) { return (number.state & bit) != 0; });
}

}  // namespace

void Cuff::begin_association(vitals::Stamp rx, Sink& out) {
  lose(rx, out);
  heard_ = false;
  held_since_.reset();
}

// How a run ended that was going on then, nobody has seen.
void Cuff::lose(vitals::Stamp rx, Sink& out) {
  set_measuring(false, rx, out);
  run_ended_ = false;
}

std::optional<CuffTime> Cuff::take(const CuffObject& object, const MonitorClock& clock, vitals::Stamp rx,
                                   Sink& out) {
  set_measuring(has_state(object.numbers, state_ongoing), rx, out);
  const bool fresh = note_fresh(object);
  // The numbers are those of the run before, or half of the new ones.
  if (measuring_ || has_state(object.numbers, state_early)) return std::nullopt;
  const bool any_number = any_of(object.numbers, is_number);
  // The run gave nothing, and the time is still that of the reading before.
  if (!any_number && run_ended_ && is_known(object.taken)) {
    run_ended_ = false;
    run_failed_ = true;
    tell_failed(rx, out);
    return CuffTime{};
  }
  if (!is_news(object)) {
    run_ended_ = false;
    return std::nullopt;
  }
  // Without numbers at the start: nobody knows whether a run failed or was never made.
  const bool first_ever = !told_time_ && !told_numbers_ && !fresh;
  const auto time = any_number || !first_ever ? time_of(object, fresh, clock, rx) : CuffTime{};
  if (!time) return std::nullopt;
  if (time->stale && object.taken) {
    told_stale_ = object.taken;
    return time;
  }
  if (object.taken) told_time_ = object.taken;
  told_numbers_ = object.numbers;
  run_ended_ = false;
  if (!any_number && first_ever) return std::nullopt;
  run_failed_ = !any_number;
  tell_failed(rx, out);
  return time;
}

bool Cuff::is_news(const CuffObject& object) const {
  if (object.taken) return object.taken != told_time_;
  if (!any_of(object.numbers, is_number)) return false;
  return run_ended_ || !told_numbers_ || *told_numbers_ != object.numbers;
}

bool Cuff::is_known(const std::optional<MonitorTime>& taken) const {
  return !taken || taken == told_time_ || taken == told_stale_ || taken == found_;
}

// Whether it came while we listened. What stands there when we begin can be of any age.
bool Cuff::note_fresh(const CuffObject& object) {
  const bool first = !heard_;
  if (first) found_ = object.taken;
  heard_ = true;
  return object.taken ? object.taken != found_ : run_ended_ || !first;
}

// Nothing: wait until the monitor has told its clock.
std::optional<CuffTime> Cuff::time_of(const CuffObject& object, bool fresh, const MonitorClock& clock,
                                      vitals::Stamp rx) {
  if (!object.taken) return CuffTime{{}, false, !fresh};
  const auto shown_now = clock.at(object.ticks);
  const MonitorTime age_ms = shown_now ? *shown_now - *object.taken : 0;
  const bool unknown = !shown_now || age_ms < -future_ms_max;
  if (unknown && !fresh && told_stale_ == object.taken) return std::nullopt;
  const bool odd = unknown ? shown_now || !fresh : fresh && age_ms > fresh_age_ms_max;
  if (odd && waits_for(clock, rx.mono)) return std::nullopt;
  held_since_.reset();
  if (unknown) return CuffTime{vitals::wall_from_unix_ms(*object.taken), false, !fresh};
  return CuffTime{rx.wall - vitals::Milliseconds{std::max<MonitorTime>(age_ms, 0)}, true};
}

bool Cuff::waits_for(const MonitorClock& clock, vitals::MonoTime now) {
  if (!held_since_) held_since_ = now;
  return !clock.set_since(*held_since_) && now - *held_since_ < hold_ms_max;
}

void Cuff::set_measuring(bool on, vitals::Stamp rx, Sink& out) {
  if (on == measuring_) return;
  measuring_ = on;
  run_ended_ = !on;
  out.on_status({Signal::nibp_measuring, on, rx});
  if (!on) return;
  run_failed_ = false;
  tell_failed(rx, out);
}

void Cuff::set_alarm(bool failed, vitals::Stamp rx, Sink& out) {
  alarm_failed_ = failed;
  tell_failed(rx, out);
}

void Cuff::tell_failed(vitals::Stamp rx, Sink& out) {
  const bool failed = run_failed_ || alarm_failed_;
  if (failed == failed_told_) return;
  failed_told_ = failed;
  out.on_status({Signal::nibp_failed, failed, rx});
}

}  // namespace drivers::philips
