// What time alone does at a bed: values go stale, readings become overdue, silence becomes an alarm.
#include <algorithm>

#include "daemon/bed/bed.hpp"
#include "daemon/vitals/check.hpp"

namespace bed {
namespace {

using alarms::Data;
using alarms::never;
using vitals::Quality;
using vitals::Reason;

bool explains_absence(const Observation& observation) {
  if (observation.has_value()) return false;
  switch (observation.reason) {
    case Reason::sensor_off:
    case Reason::sensor_unplugged:
    case Reason::sensor_fault:
    case Reason::leads_off:
    case Reason::searching:
    case Reason::weak_signal:
    case Reason::artifact:
    case Reason::interference: return true;
    default: return false;
  }
}

}  // namespace

MonoTime Bed::deadline() const { return std::min(deadline_, engine_.deadline()); }

void Bed::advance(Stamp now) {
  // Bed and engine take turns in the order of their deadlines, each at its own instant.
  while (deadline() <= now.mono) {
    const MonoTime due =
        std::max(deadline(), clock_);  // what is overdue since before the last call happens now
    const Stamp at = vitals::stamp_at(now, due);
    clock_ = due;
    engine_.advance(at, *this);
    if (deadline_ <= due) {
      check_freshness(at);
      check_cuff(at);
      check_statements(at);
      deadline_ = own_deadline();
      CHECK(deadline_ > due);  // or this would never end
    }
  }
  clock_ = std::max(clock_, now.mono);
}

void Bed::check_freshness(Stamp now) {
  for (const auto& facts : vitals::metrics) {
    Entry& entry = board_[vitals::index_of(facts.metric)];
    if (!entry.seen) continue;
    if (entry.observation.has_value() && now.mono >= entry.fresh_until) {
      entry.observation.quality = Quality::stale;
      entry.stale_said = true;
      lose(facts.metric, Data::stale, now, nullptr);
      if (facts.metric == settings_.leads.rate) engine_.lose(*hr_zero_, Data::stale, now, *this);
      publish(facts.metric, now);
    }
    if (entry.publish_due() <= now.mono) publish(facts.metric, now);
  }
}

void Bed::check_cuff(Stamp now) {
  if (session_.titrating(now) != titrating_) apply_phase(now);
  if (cuff_ && !cuff_stale_said_ && now.mono >= cuff_fresh_until_) {
    cuff_stale_said_ = true;
    for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map})
      lose(metric, Data::stale, now, nullptr);
    publish_cuff(now);
  }
  if (cuff_ && now.mono - cuff_published_at_ >= publish_ms_max) publish_cuff(now);
}

void Bed::check_statements(Stamp now) {
  for (std::size_t i = 0; i < links_.size(); ++i)
    engine_.assert_present(*links_[i].lost, !links_[i].up, now, *this);
  bool arterial_stale = false;
  for (const auto& facts : vitals::metrics) {
    if (!expected(facts.metric) || vitals::is_cuff(facts.metric)) continue;
    const bool stale = now.mono >= stale_since(facts.metric) && !covered(facts.metric);
    if (vitals::is_arterial(facts.metric)) {
      arterial_stale = arterial_stale || stale;
    } else {
      engine_.assert_present(*stale_[vitals::index_of(facts.metric)], stale, now, *this);
    }
  }
  engine_.assert_present(*stale_[vitals::index_of(Metric::art_sys)], arterial_stale, now, *this);
  engine_.assert_present(*cuff_overdue_, now.mono >= cuff_due() + profile_.technical.cuff_overdue_after, now,
                         *this);
  engine_.assert_present(*no_baseline_, !session_.has_baseline(), now, *this);
  engine_.assert_present(*overtime_, now.mono >= overtime_at_, now, *this);
  const bool blind = !entry(settings_.leads.rate).fresh(now.mono) && !entry(Metric::spo2).fresh(now.mono);
  engine_.assert_present(*blind_, blind, now, *this);
  const Monitoring monitoring_now = monitoring(now.mono);
  if (monitoring_now != said_monitoring_) {
    said_monitoring_ = monitoring_now;
    output_->on_state(now);
  }
}

MonoTime Bed::stale_since(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  if (!index) return never;
  const Entry& newest = entry(metric);
  // A metric that never came, or whose link has just returned, gets the whole limit from link-up.
  const MonoTime from = std::max(newest.value_at.value_or(started_), links_[*index].since);
  return from + freshness(settings_.sources[*index]);
}

bool Bed::covered(Metric metric) const {
  const auto& index = settings_.source_of[vitals::index_of(metric)];
  if (index && !links_[*index].up) return true;
  return explains_absence(entry(metric).observation) && entry(metric).seen;
}

MonoTime Bed::cuff_due() const {
  const Milliseconds interval = cuff_interval(profile_, session_.phase(), titrating_);
  const auto since = session_.phase_since();
  if (!since || interval <= Milliseconds{0} || !session_.in_progress())
    return never - profile_.technical.cuff_overdue_after;
  const bool reading = cuff_ && (cuff_->sys || cuff_->map);
  return (reading ? std::max(cuff_->measured.mono, *since) : *since) + interval;
}

MonoTime Bed::own_deadline() const {
  MonoTime due = never;
  const auto not_before_now = [&](MonoTime when) {
    if (when > clock_) due = std::min(due, when);
  };
  for (const auto& facts : vitals::metrics) {
    const Entry& newest = entry(facts.metric);
    if (newest.seen) due = std::min(due, newest.publish_due());
    if (newest.observation.has_value() && newest.seen) due = std::min(due, newest.fresh_until);
    if (expected(facts.metric) && !vitals::is_cuff(facts.metric)) not_before_now(stale_since(facts.metric));
  }
  if (cuff_) due = std::min(due, cuff_published_at_ + publish_ms_max);
  if (cuff_ && !cuff_stale_said_) due = std::min(due, cuff_fresh_until_);
  not_before_now(cuff_due() + profile_.technical.cuff_overdue_after);
  not_before_now(overtime_at_);
  if (titrating_ && session_.titrating_until()) due = std::min(due, *session_.titrating_until());
  return due;
}

}  // namespace bed
