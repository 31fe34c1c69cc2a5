// What one measurement says about another: two counts of one heart, and a cuff on the arm of the probe.
#include <algorithm>
#include <cmath>
#include <string>

#include "daemon/bed/bed.hpp"

namespace bed {
namespace {

// Proposals. A pulse that is slower than the heart is real (extrasystoles, fibrillation), so that neither
// rate is doubted for it; what a nurse hears is that they differ.
constexpr double rates_apart = 15;  // per minute
constexpr double rates_deadband = 3;

// A cuff that is blown up on the arm of the probe takes the pulse away. Philips holds sensor alarms back for
// at most so long then.
constexpr Milliseconds cuff_nearby_ms{60'000};
constexpr Milliseconds hold_ms_max{60'000};

constexpr std::string_view perhaps_cuff = " (perhaps the cuff)", the_cuff = " (the cuff is on this arm)";

}  // namespace

// One of the two is the bed's rate, the other is compared with it and not judged.
void Bed::check_rates(Stamp now) {
  const Entry &hr = entry(Metric::hr), &pr = entry(Metric::pr);
  if (!hr.current(now.mono) || !pr.current(now.mono)) {
    if (rates_differ_->engaged()) engine_.lose(*rates_differ_, alarms::Data::lost, now, *this);
    return;
  }
  const double apart = std::abs(hr.observation.value - pr.observation.value);
  alarms::Reading reading = alarms::statement(apart > rates_apart, now);
  if (apart <= rates_apart && apart > rates_apart - rates_deadband)
    reading.standing.warn = alarms::Zone::band;
  reading.questionable = hr.observation.quality == vitals::Quality::questionable ||
                         pr.observation.quality == vitals::Quality::questionable;
  reading.fresh_until = std::min(hr.fresh_until, pr.fresh_until);
  engine_.read(*rates_differ_, reading, now, *this);
}

// By values that are measured all the time: the time on a cuff reading or a temperature may rightly be old.
// A time that stays while the values beneath it change is of an order or an interval, or of a clock that
// stands: it tells no ages. One under which nothing changes may be that of a value told again.
bool Bed::time_stays(std::size_t source, const Observation& told) {
  if (!told.t_src || !told.has_value()) return false;
  auto& under = board_[vitals::index_of(told.metric)].under;
  auto& stays = links_[source].time_that_stays;
  if (!under || under->t_src != *told.t_src) {
    under = Entry::Under{*told.t_src, told.rx.mono, told.value};
  } else if (under->value != told.value && told.rx.mono - under->since >= time_stays_ms_min) {
    stays = told.t_src;
  }
  return stays == told.t_src;
}

void Bed::check_clock(std::size_t source, const Observation& told) {
  if (!told.t_src || !told.has_value() || (!vitals::is_rate(told.metric) && told.metric != Metric::spo2))
    return;
  LinkState& link = links_[source];
  link.clock.told(*told.t_src, told.rx.wall);
  link.lateness.told(*told.t_src, told.rx.mono);
  if (const auto offset = link.clock.offset())
    engine_.assert_present(*link.device_clock,
                           std::chrono::abs(*offset) > settings_.sources[source].clock_tolerance, told.rx,
                           *this);
}

void Bed::forget_clock(std::size_t source, Stamp now) {
  links_[source].clock = ClockOffset{};
  engine_.assert_present(*links_[source].device_clock, false, now, *this);
}

// --- the cuff and the oximeter

void Bed::note_cuff_cycle(bool measuring, Stamp now) {
  if (measuring) {
    cuff_cycle_ = CuffCycle{now.mono, std::nullopt};
  } else {  // of one whose begin was told
    cuff_cycle_->end = now.mono;
  }
  watch_oximeter(now);
}

// A reading tells of a cycle, also where the monitor does not say that it measures.
void Bed::note_cuff_reading(MonoTime measured, Stamp now) {
  if (!cuff_cycle_ || (cuff_cycle_->end && measured - *cuff_cycle_->end > cuff_nearby_ms))
    cuff_cycle_ = CuffCycle{measured, measured};
  watch_oximeter(now);
}

bool Bed::lost_to_cuff() const {
  if (!oximeter_lost_at_ || !cuff_cycle_) return false;
  return *oximeter_lost_at_ >= cuff_cycle_->begin - cuff_nearby_ms &&
         (!cuff_cycle_->end || *oximeter_lost_at_ <= *cuff_cycle_->end + cuff_nearby_ms);
}

// Held back only where the settings say that probe and cuff share an arm: elsewhere a probe that falls off
// during a measurement would go unheard for a minute. Only the low alarm about the probe waits: one that
// takes a pending SpO2 alarm away comes at once as ever, and bed-blind and all limits know nothing of it.
MonoTime Bed::sensor_hold_until() const {
  if (!settings_.cuff_on_oximeter_arm || !cuff_cycle_) return MonoTime::min();
  const MonoTime most = cuff_cycle_->begin + hold_ms_max;
  if (!cuff_cycle_->end) return most;
  return std::min(most, *cuff_cycle_->end + profile_.technical.sensor_on_delay);  // the pulse is sought again
}

void Bed::watch_oximeter(Stamp now) {
  const bool hold = now.mono < sensor_hold_until();
  if (hold != sensors_held_) {
    sensors_held_ = hold;
    apply_oximeter(now);
  }
  const bool by_cuff = lost_to_cuff();
  const auto name = [&](alarms::Condition& condition, std::string_view plain, bool& named) {
    if (by_cuff == named || (named && condition.engaged())) return;
    named = by_cuff;
    const auto why = settings_.cuff_on_oximeter_arm ? the_cuff : perhaps_cuff;
    engine_.relabel(condition, named ? std::string{plain}.append(why) : std::string{plain}, now, *this);
  };
  name(*spo2_sensor_, sensor_label, sensor_named_by_cuff_);
  name(*spo2_signal_, signal_label, signal_named_by_cuff_);
}

void Bed::apply_oximeter(Stamp now) {
  const bool watching = session_.in_progress() || !settings_.idle_off;
  Behaviour behaviour =
      sensor_behaviour(profile_, session_.phase(), expected(Metric::spo2) || expected(Metric::pr));
  behaviour.watched = behaviour.watched && watching;
  if (sensors_held_) behaviour.on_delay = std::max<Milliseconds>(behaviour.on_delay, hold_ms_max);
  for (alarms::Condition* condition : {spo2_sensor_, spo2_signal_})
    engine_.set_behaviour(*condition, behaviour, alarms::EndReason::phase, now, *this);
}

}  // namespace bed
