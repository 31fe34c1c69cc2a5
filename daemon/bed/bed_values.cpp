// Observations on their way to the limits: freshness, what is judged, what is lost.
#include <algorithm>

#include "daemon/bed/bed.hpp"

namespace bed {
namespace {

using alarms::Data;
using vitals::Quality;
using vitals::Reason;

bool sensor_gone(Reason reason) {
  return reason == Reason::sensor_off || reason == Reason::sensor_unplugged || reason == Reason::sensor_fault;
}

bool signal_poor(Reason reason) {
  return reason == Reason::searching || reason == Reason::weak_signal || reason == Reason::artifact ||
         reason == Reason::interference;
}

bool same_word(const Observation& a, const Observation& b) {
  return a.quality == b.quality && a.reason == b.reason && (!a.has_value() || a.value == b.value) &&
         a.test == b.test;
}

// The same measurement told again: a repeat never makes a value younger.
bool repeated(const Observation& old, const Observation& next) {
  return next.clock_trusted && next.t_src && old.t_src == next.t_src && same_word(old, next);
}

// A value whose own time, by a clock that can be trusted, lies past its freshness limit: history (promise
// P10).
bool is_history(const Observation& observation, Milliseconds limit) {
  return observation.clock_trusted && observation.t_src && observation.rx.wall - *observation.t_src > limit;
}

}  // namespace

Milliseconds Bed::freshness(const Source& source) const {
  if (source.streaming) return profile_.freshness.streaming;
  return std::max(profile_.freshness.polled_min, 3 * source.period);
}

bool Bed::judged(const Observation& observation, std::size_t source) const {
  return !observation.test || settings_.sources[source].sim || settings_.sources[source].accept_demo;
}

void Bed::observe(std::size_t source, const Observation& observation) {
  advance(observation.rx);
  if (!owns(source, observation.metric) || observation.channel != 0) return;
  if (vitals::is_cuff(observation.metric)) return assembler_.add(observation);
  device_demo(source, observation.test, observation.rx);
  Entry& entry = board_[vitals::index_of(observation.metric)];
  if (entry.seen && !entry.stale_said && repeated(entry.observation, observation)) return;
  accept_value(entry, observation, source);
  const Stamp now = observation.rx;
  bool gave_up = false;
  if (entry.observation.has_value() && judged(observation, source)) {
    judge(observation.metric, observation.value, observation, entry.fresh_until, now);
    session_.observe(observation.metric, observation.value, now);
  } else {
    lose(observation.metric, Data::lost, now, &gave_up);
  }
  judge_sensor(observation, gave_up, now);
  judge_rate_zero(observation, now);
  if (entry.publish_due() <= now.mono) publish(observation.metric, now);
  deadline_ = std::min(deadline_, entry.publish_due());
}

void Bed::accept_value(Entry& entry, const Observation& observation, std::size_t source) {
  const Milliseconds limit = freshness(settings_.sources[source]);
  const bool quality_changed = !entry.seen || entry.observation.quality != observation.quality ||
                               entry.observation.reason != observation.reason;
  entry.dirty = entry.dirty || !entry.seen || !same_word(entry.observation, observation);
  entry.observation = observation;
  entry.seen = true;
  if (observation.has_value() && is_history(observation, limit)) entry.observation.quality = Quality::stale;
  entry.valid_until = observation.rx.wall + limit;
  if (entry.observation.has_value()) {
    entry.value_at = observation.rx.mono;
    entry.fresh_until = observation.rx.mono + limit;
    entry.stale_said = false;
  }
  // Another quality is told at once; the value alone waits for its second.
  if (quality_changed) publish(observation.metric, observation.rx);
}

void Bed::judge(Metric metric, double value, const Observation& origin, MonoTime fresh_until, Stamp now) {
  for (const Watch* watch : watches_of_[vitals::index_of(metric)]) {
    alarms::Reading reading;
    reading.standing = watch->limit.judge(value);
    reading.value = value;
    reading.questionable = origin.quality == Quality::questionable;
    reading.doubt = origin.reason;
    reading.metric = metric;
    reading.limit = watch->limit.warn().limit();
    reading.limit_critical = watch->limit.critical().limit();
    reading.fresh_until = fresh_until;
    reading.t_src = origin.t_src;
    reading.t_rx = origin.rx.wall;
    engine_.read(*watch->condition, reading, now, *this);
  }
}

void Bed::lose(Metric metric, Data how, Stamp now, bool* gave_up) {
  for (const Watch* watch : watches_of_[vitals::index_of(metric)]) {
    const bool one = engine_.lose(*watch->condition, how, now, *this);
    if (gave_up != nullptr) *gave_up = *gave_up || one;
  }
}

void Bed::judge_sensor(const Observation& observation, bool gave_up, Stamp now) {
  if (observation.metric == Metric::hr)
    engine_.assert_present(*ecg_leads_, observation.reason == Reason::leads_off, now, *this);
  const bool oximeter = observation.metric == Metric::spo2 || observation.metric == Metric::pr;
  if (!oximeter) return;
  const bool gone = sensor_gone(observation.reason) && !observation.has_value();
  if (gone &&
      gave_up) {  // a violation was waiting for its delay: the nurse hears at once why it is not judged
    engine_.assert_at_once(*spo2_sensor_, now, *this);
  } else if (observation.metric == Metric::spo2 || !expected(Metric::spo2)) {
    engine_.assert_present(*spo2_sensor_, gone, now, *this);
    engine_.assert_present(*spo2_signal_, signal_poor(observation.reason), now, *this);
  }
}

void Bed::judge_rate_zero(const Observation& observation, Stamp now) {
  if (observation.metric != settings_.leads.rate) return;
  if (observation.reason == Reason::zero && !observation.has_value()) {
    engine_.assert_present(*hr_zero_, true, now, *this);
  } else if (observation.quality == Quality::valid) {
    engine_.assert_present(*hr_zero_, false, now, *this);
  } else {
    engine_.lose(*hr_zero_, Data::lost, now, *this);
  }
}

void Bed::frame_end(std::size_t source, Stamp rx) {
  advance(rx);
  take_cuff(source, rx);
}

void Bed::take_cuff(std::size_t source, Stamp rx) {
  const auto reading = assembler_.take(rx);
  if (!reading) return;
  const Milliseconds limit = cuff_freshness(profile_, cuff_interval(profile_, session_.phase(), titrating_));
  device_demo(source, reading->test, rx);
  cuff_ = reading;
  cuff_fresh_until_ = reading->measured.mono + limit;
  cuff_stale_said_ = rx.mono >= cuff_fresh_until_;
  publish_cuff(rx);
  if (!cuff_stale_said_) judge_cuff(source, rx);
  check_cuff(rx);
  deadline_ = own_deadline();
}

void Bed::judge_cuff(std::size_t source, Stamp now) {
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) {
    const auto value = cuff_->part(metric);
    Observation origin = value ? vitals::measured(metric, *value, cuff_->rx, cuff_->reason)
                               : vitals::absent(metric, cuff_->reason, cuff_->rx);
    origin.t_src = cuff_->measured.wall;
    origin.test = cuff_->test;
    if (value && judged(origin, source)) {
      judge(metric, *value, origin, cuff_fresh_until_, now);
      session_.observe(metric, *value, now);
    } else if (!cuff_->sys && !cuff_->dia) {  // a failed measurement, not a reading that lacks its mean
      lose(metric, Data::lost, now, nullptr);
    }
  }
}

void Bed::publish(Metric metric, Stamp now) {
  Entry& entry = board_[vitals::index_of(metric)];
  entry.dirty = false;
  entry.published_at = now.mono;
  const Source* source = source_of(metric);
  output_->on_value(entry, source == nullptr ? std::string_view{} : source->name,
                    sim(metric) || entry.observation.test, now);
}

void Bed::publish_cuff(Stamp now) {
  cuff_published_at_ = now.mono;
  const bool stale = now.mono >= cuff_fresh_until_;
  const Source* source = source_of(Metric::nibp_sys);
  output_->on_cuff(*cuff_, stale ? Quality::stale : cuff_->quality, vitals::wall_at(now, cuff_fresh_until_),
                   source == nullptr ? std::string_view{} : source->name,
                   sim(Metric::nibp_sys) || cuff_->test, now);
}

void Bed::device_demo(std::size_t source, bool on, Stamp now) {
  LinkState& link = links_[source];
  if (!on && !link.demo) return;
  link.demo = on;
  const Source& settings = settings_.sources[source];
  engine_.assert_present(*link.demo_mode, on && !settings.sim && !settings.accept_demo, now, *this);
}

void Bed::link(std::size_t source, bool up, Stamp now) {
  advance(now);
  LinkState& link = links_[source];
  if (link.up != up) link.since = now.mono;
  link.up = up;
  check_statements(now);
  deadline_ = own_deadline();
}

}  // namespace bed
