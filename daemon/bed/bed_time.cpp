// What time alone does at a bed: values go stale, readings become overdue, silence becomes an alarm.
#include <algorithm>
#include <utility>

#include "daemon/bed/bed.hpp"
#include "daemon/vitals/check.hpp"

namespace bed {
namespace {

using alarms::Data;
using alarms::never;
using alarms::Zone;
using vitals::Quality;
using vitals::Reason;

}  // namespace

MonoTime Bed::deadline() const { return std::min(deadline_, engine_.deadline()); }

void Bed::advance(Stamp now) {
  output_->on_touched();
  // Bed and engine take turns in the order of their deadlines, each at its own instant.
  while (deadline() <= now.mono) {
    const MonoTime due = std::max(deadline(), clock_);  // what was due before the last call happens now
    const Stamp at = vitals::stamp_at(now, due);
    clock_ = due;
    if (deadline_ <= due) expire_values(at);  // first: no timer of this instant shows what ends with it
    engine_.advance(at, *this);
    if (deadline_ <= due) {
      expire_values(at);
      publish_values(at);
      check_cuff(at);
      check_titrating(at);
      check_pause(at);
      check_statements(at);
      deadline_ = own_deadline();
      CHECK(deadline_ > due);  // or this would never end
    }
    if (std::exchange(keep_, false)) output_->on_session(false, at);
  }
  clock_ = std::max(clock_, now.mono);
}

void Bed::expire_values(Stamp now) {
  vitals::MetricSet over;
  for (const auto& facts : vitals::metrics) {
    Entry& entry = board_[vitals::index_of(facts.metric)];
    if (!entry.seen || entry.expired || now.mono < entry.fresh_until) continue;
    entry.observation.quality = Quality::stale;
    entry.expired = true;
    entry.led = false;
    over.insert(facts.metric);
  }
  for (const auto& facts : vitals::metrics)
    if (over.contains(facts.metric)) expire(facts.metric, now);
}

void Bed::publish_values(Stamp now) {
  for (const auto& facts : vitals::metrics)
    if (entry(facts.metric).publish_due() <= now.mono) publish(facts.metric, now);
}

void Bed::expire(Metric metric, Stamp now) {
  lose(metric, silence_of(metric), now);
  if (metric == settings_.leads.rate) engine_.lose(*hr_zero_, silence_of(metric), now, *this);
  if (vitals::is_rate(metric)) check_rates(now);
  publish(metric, now);
}

Data Bed::silence_of(Metric metric) const { return link_engaged(metric) ? Data::lost : Data::stale; }

void Bed::lose_cuff(Data how, Stamp now) {
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) lose(metric, how, now);
}

void Bed::check_cuff(Stamp now) {
  if (!cuff_) return;
  if (!cuff_stale_said_ && now.mono >= cuff_fresh_until_) {
    cuff_stale_said_ = true;
    cuff_led_ = false;
    lose_cuff(silence_of(Metric::nibp_sys), now);
    publish_cuff(now);
  }
  if (now.mono - cuff_published_at_ >= publish_ms_max) publish_cuff(now);
}

void Bed::check_titrating(Stamp now) {
  if (session_.titrating(now) == titrating_) return;
  apply_phase(now);
  output_->on_state(now);
}

// What holds or does not hold at this instant, told to each condition that rests on it.
void Bed::check_statements(Stamp now) {
  check_links(now);
  monitor_.settle(now, *this);
  check_stale(now);
  check_overdue(now);
  check_session(now);
  check_patient(now);
  check_pumps(now);
  watch_oximeter(now);
  check_nurse(now);
  const Monitoring monitoring_now = monitoring(now.mono);
  if (monitoring_now == said_monitoring_) return;
  said_monitoring_ = monitoring_now;
  output_->on_state(now);
}

// A lost link says nothing about sensors; what was known of them is known no more.
void Bed::check_links(Stamp now) {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    engine_.assert_present(*links_[i].lost, !links_[i].up, now, *this);
    const bool wrong = links_[i].signals.wrong_device;  // of the port itself it is known without a link
    if (wrong || links_[i].up) {
      engine_.assert_present(*links_[i].wrong_device, wrong, now, *this);
    } else {
      engine_.lose(*links_[i].wrong_device, Data::lost, now, *this);
    }
    if (links_[i].up) continue;
    // Not yet tried, after a start: what was restored is stale until this link is there, or known to be lost.
    if (!links_[i].first_up && links_[i].lost->alarm() == nullptr) continue;
    engine_.lose(*links_[i].device_clock, Data::lost, now, *this);
    const std::string& source = settings_.sources[i].name;
    for (alarms::Condition* sensor : {spo2_sensor_, spo2_signal_, ecg_leads_})
      if (sensor->spec().source == source) engine_.lose(*sensor, Data::lost, now, *this);
    for (const auto& facts : vitals::metrics)
      if (owns(i, facts.metric) && !vitals::is_cuff(facts.metric) && !entry(facts.metric).current(now.mono))
        lose(facts.metric, Data::lost, now);
    if (owns(i, Metric::nibp_sys) && cuff_stale_said_) lose_cuff(Data::lost, now);
  }
}

void Bed::check_stale(Stamp now) {
  engine_.advance(now, *this);  // a cause whose delay ends now says so first
  const auto tell = [&](Metric metric, Supply supply) {
    alarms::Condition& stale = *stale_[vitals::index_of(metric)];
    switch (supply) {
      case Supply::current: return engine_.assert_present(stale, false, now, *this);
      case Supply::waiting: return;
      case Supply::covered: engine_.lose(stale, Data::lost, now, *this); return;
      case Supply::missing: return engine_.assert_present(stale, true, now, *this);
    }
  };
  auto arterial = Supply::current;
  for (const auto& facts : vitals::metrics) {
    if (!expected(facts.metric) || vitals::is_cuff(facts.metric)) continue;
    const Supply one = supply(facts.metric, now.mono);
    if (vitals::is_arterial(facts.metric)) {
      arterial = std::max(arterial, one);
    } else {
      tell(facts.metric, one);
    }
  }
  if (expects_arterial()) tell(Metric::art_sys, arterial);
}

Bed::Supply Bed::supply(Metric metric, MonoTime now) {
  const Entry& newest = entry(metric);
  const bool missing = newest.given_up || now >= stale_since(metric);
  if (!missing) return newest.value_at ? Supply::current : Supply::waiting;
  return covered(metric, now) ? Supply::covered : Supply::missing;
}

// A metric that never came counts from the first link-up. Not from the latest: a link that comes and goes
// without a value must not put this off for ever.
MonoTime Bed::stale_since(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  if (!index) return never;
  const MonoTime from = entry(metric).value_at.value_or(links_[*index].first_up.value_or(started_));
  return from + freshness(settings_.sources[*index]);
}

bool Bed::link_engaged(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  return index && (!links_[*index].up || links_[*index].lost->engaged());
}

bool Bed::covered(Metric metric, MonoTime now) {
  Entry& newest = board_[vitals::index_of(metric)];
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  if (link_engaged(metric)) {  // and says nothing about sensors
    const bool lost = links_[*index].lost->alarm() != nullptr;
    if (lost) newest.explained_at = now;
    return lost || now < covered_until(metric);
  }
  bool told = false, waits = false;
  const auto ask = [&](const alarms::Condition& cause) {
    told = told || cause.alarm() != nullptr;
    waits = waits || cause.pending();
  };
  if (index) ask(*links_[*index].demo_mode);
  if (newest.seen && !newest.expired && newest.observation.reason == Reason::zero) ask(*hr_zero_);
  if (metric == Metric::hr) ask(*ecg_leads_);
  if (oximeter(metric)) {
    ask(*spo2_sensor_);
    ask(*spo2_signal_);
  }
  if (told) newest.explained_at = now;
  return told || (waits && now < covered_until(metric));
}

// A cause that still waits for its delay has told nobody. Causes that take turns (probe off, searching, the
// cable pulled) each wait anew: together they may not be silent for longer than one of them.
MonoTime Bed::covered_until(Metric metric) const {
  const MonoTime since = stale_since(metric);
  if (since == never) return never;
  const auto& times = profile_.technical;
  Milliseconds waiting = std::max({times.sensor_on_delay, times.hr_zero_on_delay, times.link_on_delay});
  if (oximeter(metric))
    waiting = std::max<Milliseconds>(waiting, spo2_sensor_->behaviour().on_delay);  // held by a cuff
  return std::max(since, entry(metric).explained_at) + waiting;
}

std::optional<Bed::CuffDue> Bed::cuff_due() const {
  const Milliseconds interval = cuff_interval_now();
  const auto since = session_.phase_since();
  if (!since || interval <= Milliseconds{0} || !session_.in_progress()) return std::nullopt;
  const MonoTime from = cuff_measured_ ? std::max(cuff_measured_->mono, *since) : *since;
  const MonoTime low = from + interval + profile_.technical.cuff_overdue_after;
  return CuffDue{low, std::max(low, from + 2 * interval)};
}

void Bed::check_overdue(Stamp now) {
  const auto due = cuff_due();
  if (!due) return;  // not watched
  const bool overdue = now.mono >= due->low;
  if (overdue &&
      link_engaged(Metric::nibp_sys)) {  // it may have been taken: the link says why we do not know
    engine_.lose(*cuff_overdue_, Data::lost, now, *this);
    return;
  }
  alarms::Reading reading = alarms::statement(overdue, now);
  if (now.mono >= due->medium) reading.standing.critical = Zone::beyond;
  engine_.read(*cuff_overdue_, reading, now, *this);
}

void Bed::check_session(Stamp now) {
  engine_.assert_present(*no_baseline_, !session_.has_baseline(), now, *this);
  // While held nothing is said of the planned time: the alarm goes on until a stop is recorded.
  if (session_.phase() == Phase::infusing)
    engine_.assert_present(*overtime_, now.mono >= session_.overtime_at().value_or(never), now, *this);
  const bool blind = !entry(settings_.leads.rate).current(now.mono) && !entry(Metric::spo2).current(now.mono);
  engine_.assert_present(*blind_, blind, now, *this);
}

MonoTime Bed::own_deadline() const {
  MonoTime due = std::min(monitor_.deadline(clock_), pumps_deadline());
  const auto wait_for = [&](MonoTime when) {
    if (when > clock_) due = std::min(due, when);
  };
  for (const auto& facts : vitals::metrics) {
    const Entry& newest = entry(facts.metric);
    due = std::min(due, newest.publish_due());
    if (newest.seen && !newest.expired) due = std::min(due, newest.fresh_until);
    if (!expected(facts.metric) || vitals::is_cuff(facts.metric)) continue;
    wait_for(stale_since(facts.metric));
    wait_for(covered_until(facts.metric));
  }
  if (cuff_) due = std::min(due, cuff_published_at_ + publish_ms_max);
  if (cuff_ && !cuff_stale_said_) due = std::min(due, cuff_fresh_until_);
  if (const auto overdue = cuff_due()) {
    wait_for(overdue->low);
    wait_for(overdue->medium);
  }
  if (const auto observation = observation_due()) {
    wait_for(observation->low);
    wait_for(observation->medium);
  }
  if (const auto overtime = session_.overtime_at()) wait_for(*overtime);
  if (paused_) due = std::min(due, paused_until_);
  if (sensors_held_) due = std::min(due, sensor_hold_until());
  if (titrating_ && session_.titrating_until()) due = std::min(due, *session_.titrating_until());
  return due;
}

}  // namespace bed
