#include "drivers/philips_intellivue/cuff.hpp"

#include <algorithm>

namespace drivers::philips {
namespace {

// Both times show whole seconds, so an age is wrong by one second either way.
constexpr MonitorTime future_ms_max = 2000;
// During an association a reading appears within seconds. One that seems older probably means that the
// monitor's wall clock was set since it was last told to us.
constexpr MonitorTime fresh_age_ms_max = 120'000;
// The clock is told with every keep-alive, each 4 s.
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

void Cuff::begin_association() {
  seen_ = false;
  held_since_.reset();
}

std::optional<CuffTime> Cuff::take(const CuffObject& object, const MonitorClock& clock, vitals::Stamp rx,
                                   Sink& out) {
  set_measuring(has_state(object.numbers, state_ongoing), rx, out);
  // The numbers are those of the run before, or half of the new ones.
  if (measuring_ || has_state(object.numbers, state_early)) return std::nullopt;
  const bool any_number = any_of(object.numbers, is_number);
  if (!is_news(object)) {
    seen_ = true;
    return std::nullopt;
  }
  const auto time = time_of(object, clock, rx);
  if (!time) return std::nullopt;
  // Without numbers at the start: nobody knows whether a run failed or was never made.
  const bool first_ever = !told_time_ && !told_numbers_;
  seen_ = true;
  told_time_ = object.taken;
  told_numbers_ = object.numbers;
  run_ended_ = false;
  if (!any_number && first_ever) return std::nullopt;
  run_failed_ = !any_number;
  tell_failed(rx, out);
  return time;
}

bool Cuff::is_news(const CuffObject& object) const {
  if (object.taken) return object.taken != told_time_;
  if (!any_of(object.numbers, is_number)) return run_ended_;
  return run_ended_ || !told_numbers_ || *told_numbers_ != object.numbers;
}

// Nothing: wait until the monitor has told its clock again.
std::optional<CuffTime> Cuff::time_of(const CuffObject& object, const MonitorClock& clock, vitals::Stamp rx) {
  if (!object.taken) return CuffTime{};
  const CuffTime as_shown{vitals::wall_from_unix_ms(*object.taken), false};
  const auto shown_now = clock.at(object.ticks);
  if (!shown_now) return as_shown;
  const MonitorTime age_ms = *shown_now - *object.taken;
  const bool odd = age_ms < -future_ms_max || (seen_ && age_ms > fresh_age_ms_max);
  if (odd) {
    if (!held_since_) held_since_ = rx.mono;
    if (!clock.set_since(*held_since_) && rx.mono - *held_since_ < hold_ms_max) return std::nullopt;
  }
  held_since_.reset();
  if (age_ms < -future_ms_max) return as_shown;
  return CuffTime{rx.wall - vitals::Milliseconds{std::max<MonitorTime>(age_ms, 0)}, true};
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
