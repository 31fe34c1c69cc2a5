// Observations on their way to the limits: freshness, what is judged, what is lost.
#include <algorithm>
#include <utility>

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

bool same_quality(const Observation& a, const Observation& b) {
  return a.quality == b.quality && a.reason == b.reason && a.test == b.test;
}

bool same_word(const Observation& a, const Observation& b) {
  return same_quality(a, b) && (!a.has_value() || a.value == b.value);
}

// The same measurement told again, by a clock that can be trusted: a repeat never makes a value younger.
bool repeats(const Entry& entry, const Observation& next) {
  return entry.value_at && next.has_value() && next.clock_trusted && next.t_src &&
         entry.value_t_src == next.t_src && entry.value == next.value;
}

// Measured before what stands, by a clock that can be trusted: a correction, or what came by a slower way.
bool overtaken(const Entry& entry, const Observation& next) {
  return entry.value_at && next.clock_trusted && next.t_src && entry.value_t_src &&
         entry.value_time_source == next.time_source && *next.t_src < *entry.value_t_src;
}

// A value whose own time, by a clock that can be trusted, lies past its freshness limit: history (promise
// P10). The clock may be slow by more than that limit: what counts is how late the value is against others of
// its source.
bool is_history(const Observation& told, const Lateness& lateness, Milliseconds limit) {
  if (!told.clock_trusted || !told.t_src) return false;
  return lateness.of(*told.t_src, told.rx.mono).value_or(told.rx.wall - *told.t_src) >= limit;
}

}  // namespace

bool Bed::demo_refused(std::size_t source, bool test) const {
  const Source& settings = settings_.sources[source];
  return (test || links_[source].demo_told) && !settings.sim && !settings.accept_demo;
}

bool Bed::oximeter(Metric metric) const {
  if (!expected(Metric::spo2)) return metric == Metric::pr;
  const auto& source_of = settings_.source_of;
  return metric == Metric::spo2 || (metric == Metric::pr && source_of[vitals::index_of(metric)] ==
                                                                source_of[vitals::index_of(Metric::spo2)]);
}

bool Bed::for_baseline(Metric metric) const {
  if (vitals::is_rate(metric)) return metric == settings_.leads.rate;
  if (vitals::is_arterial(metric)) return settings_.leads.arterial;
  if (vitals::is_cuff(metric)) return !settings_.leads.arterial;
  return metric == Metric::spo2;
}

void Bed::observe(std::size_t source, const Observation& told) {
  advance(told.rx);
  take_subject(source, told.rx);
  if (!owns(source, told.metric) || told.channel != 0) return;
  ++observed_[vitals::index_of(told.metric)][static_cast<std::size_t>(told.quality)];
  Observation observation = told;
  if (told.t_sent)
    observation.clock_trusted = links_[source].sender.tells_ages(*told.t_sent, told.clock_trusted, told.rx);
  if (vitals::is_cuff(observation.metric)) return assembler_.add(observation);
  const Stamp now = observation.rx;
  links_[source].demo_seen = observation.test;
  note_demo(source, now);
  if (time_stays(source, observation)) {
    observation.clock_trusted = false;
    forget_clock(source, now);
  } else {
    check_clock(source, observation);
  }
  Entry& entry = board_[vitals::index_of(observation.metric)];
  const bool was_current = entry.current(now.mono);
  const bool news = accept(entry, observation, source);
  if (!news) return;
  judge_entry(entry, now);
  if (!was_current || !entry.current(now.mono)) check_statements(now);
  if (entry.publish_due() <= now.mono) publish(observation.metric, now);
  deadline_ = std::min({deadline_, entry.publish_due(), entry.fresh_until});
  if (std::exchange(keep_, false)) output_->on_session(false, now);
}

// Takes the word in. False: it was said before, and nothing is new.
bool Bed::accept(Entry& entry, const Observation& told, std::size_t source) {
  const Milliseconds limit = freshness(settings_.sources[source]);
  const MonoTime now = told.rx.mono;
  if (entry.current(now) && overtaken(entry, told)) return false;
  const bool again = repeats(entry, told);
  const MonoTime until = (again ? *entry.value_at : now) + limit;
  Observation word = told;
  if (word.has_value() && (until <= now || is_history(told, links_[source].lateness, limit)))
    word.quality = Quality::stale;
  const bool refused = demo_refused(source, told.test);
  if (word.has_value() && !refused) word = plausibility_.judge(word, again);
  if (again && same_word(entry.observation, word)) return false;
  if (word.quality == Quality::stale && entry.current(now)) return false;  // history does not displace now

  const bool quality_changed = !entry.seen || !same_quality(entry.observation, word);
  entry.dirty = entry.dirty || !entry.seen || !same_word(entry.observation, word);
  entry.observation = word;
  entry.seen = true;
  entry.led = false;
  entry.demo = refused;
  entry.expired = word.quality == Quality::stale;
  entry.fresh_until = until;
  if (word.has_value() && !entry.demo) {
    entry.given_up = false;
    if (!again) entry.value_at = now;
    if (!again && !word.derived) output_->on_measured(word);
    entry.value_t_src = word.t_src;
    entry.value_time_source = word.time_source;
    entry.value = word.value;
  }
  // Another quality is told at once; the value alone waits for its second.
  if (quality_changed) publish(told.metric, told.rx);
  return true;
}

// `entry` is the newest word, just accepted.
void Bed::judge_entry(const Entry& entry, Stamp now) {
  const Observation& word = entry.observation;
  if (entry.demo) {
    lose(word.metric, Data::lost, now);
    if (word.metric == settings_.leads.rate) engine_.lose(*hr_zero_, Data::lost, now, *this);
    return;
  }
  if (word.quality == Quality::stale) {  // history says nothing of now
    lose(word.metric, Data::stale, now);
    return;
  }
  bool gave_up = false;
  if (word.has_value() && !word.derived) {
    judge(word.metric, word, entry.fresh_until, now);
  } else {
    gave_up = lose(word.metric, Data::lost, now);
  }
  gave_up = judge_rate_zero(entry, now) || gave_up;
  judge_sensor(entry, now);
  if (vitals::is_rate(word.metric)) check_rates(now);
  if (gave_up && word.reason != Reason::zero) say_why(board_[vitals::index_of(word.metric)], now);
}

void Bed::judge(Metric metric, const Observation& origin, MonoTime fresh_until, Stamp now) {
  for (Watch* watch : watches_of_[vitals::index_of(metric)]) {
    alarms::Reading reading;
    reading.standing = watch->limit.judge(origin.value);
    reading.warn_confirmed =
        watch->warn_seen.add(reading.standing.warn == alarms::Zone::beyond, watch->confirm);
    reading.critical_confirmed =
        watch->critical_seen.add(reading.standing.critical == alarms::Zone::beyond, watch->confirm);
    reading.value = origin.value;
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
  if (tells_of_patient(metric, origin.quality)) {
    session_.observe(metric, origin.value, now);
    keep_ = session_.extreme(metric, origin.value) || keep_;
  }
  if (metric == metric_of(LimitId::sbp_high, settings_.leads))
    note_stability(vitals::is_cuff(metric) ? cuff_->measured : now, now);
}

// Of the one rate, the one pressure and SpO2: what baseline and extremes may rest on.
bool Bed::tells_of_patient(Metric metric, Quality quality) const {
  return quality == Quality::valid && !patient_.values_doubted() && for_baseline(metric);
}

bool Bed::lose(Metric metric, Data how, Stamp now) {
  bool gave_up = false;
  for (Watch* watch : watches_of_[vitals::index_of(metric)]) {
    watch->warn_seen.forget();
    watch->critical_seen.forget();
    gave_up = engine_.lose(*watch->condition, how, now, *this) || gave_up;
  }
  return gave_up;
}

// True: a zero was waiting for its delay and is now without any word.
bool Bed::judge_rate_zero(const Entry& entry, Stamp now) {
  const Observation& word = entry.observation;
  if (word.metric != settings_.leads.rate) return false;
  const bool zero = word.reason == Reason::zero && !word.has_value();
  if (!zero && !word.has_value()) return engine_.lose(*hr_zero_, Data::lost, now, *this);
  alarms::Reading reading = alarms::statement(zero, now);
  reading.questionable = word.quality == Quality::questionable;
  if (zero) reading.fresh_until = entry.fresh_until;
  engine_.read(*hr_zero_, reading, now, *this);
  return false;
}

void Bed::judge_sensor(const Entry& entry, Stamp now) {
  const Observation& word = entry.observation;
  if (word.metric == Metric::hr)
    engine_.assert_present(*ecg_leads_, word.reason == Reason::leads_off, now, *this);
  const Metric speaks = expected(Metric::spo2) ? Metric::spo2 : Metric::pr;
  if (word.metric != speaks) return;
  const bool gone = sensor_gone(word.reason) && !word.has_value(), poor = signal_poor(word.reason);
  if (!gone && !poor) {
    oximeter_lost_at_.reset();
  } else if (!oximeter_lost_at_) {
    oximeter_lost_at_ = now.mono;
  }
  watch_oximeter(now);
  engine_.assert_present(*spo2_sensor_, gone, now, *this);
  engine_.assert_present(*spo2_signal_, poor, now, *this);
}

// A violation was waiting for its delay when the device withdrew the value: the nurse hears at once why it is
// not judged.
void Bed::say_why(Entry& entry, Stamp now) {
  const Observation& word = entry.observation;
  alarms::Condition* why = stale_[vitals::index_of(word.metric)];
  if (oximeter(word.metric) && sensor_gone(word.reason)) {
    why = spo2_sensor_;
  } else if (oximeter(word.metric) && signal_poor(word.reason)) {
    why = spo2_signal_;
  } else if (word.metric == Metric::hr && word.reason == Reason::leads_off) {
    why = ecg_leads_;
  } else {
    entry.given_up = true;
  }
  if (why != nullptr) engine_.assert_at_once(*why, now, *this);
}

void Bed::frame_end(std::size_t source, Stamp rx) {
  advance(rx);
  take_subject(source, rx);
  take_cuff(source, rx);
  if (std::exchange(keep_, false)) output_->on_session(false, rx);
  if (!monitor_.heard(source, rx.mono)) return;
  monitor_.settle(rx, *this);
  deadline_ = own_deadline();
}

std::optional<Implausible> Bed::take_rejected() {
  const auto of_cuff = assembler_.take_rejected();
  const auto of_others = plausibility_.take_rejected();
  return of_cuff ? of_cuff : of_others;
}

void Bed::take_cuff(std::size_t source, Stamp rx) {
  const auto reading = assembler_.take(rx);
  if (!reading) return;
  links_[source].demo_seen = reading->test;
  note_demo(source, rx);
  const Milliseconds limit = cuff_freshness(profile_, cuff_interval_now());
  const bool refused = demo_refused(source, reading->test);
  cuff_ = reading;
  cuff_led_ = false;
  if (reading->measured_any() && !refused) {
    remember_cuff(*reading, rx);
  }
  cuff_fresh_until_ = reading->measured.mono + limit;
  cuff_stale_said_ = rx.mono >= cuff_fresh_until_;
  if (!cuff_stale_said_) judge_cuff(refused, rx);
  if (!cuff_stale_said_ && !refused) tell_measured(*reading);
  if (reading->quality != Quality::stale) note_cuff_reading(reading->measured.mono, rx);
  if (!cuff_led_) publish_cuff(rx);
  check_statements(rx);
  deadline_ = own_deadline();
}

void Bed::tell_measured(const CuffReading& reading) {
  if (reading.quality != Quality::valid && reading.quality != Quality::questionable) return;
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) {
    const auto value = reading.part(metric);
    if (!value) continue;
    Observation word = vitals::measured(metric, *value, reading.rx, reading.reason);
    word.quality = reading.quality;
    output_->on_measured(word);
  }
}

// When it was taken is kept over a restart. After one a monitor may tell a reading that is known already.
// A doubtful one has been taken, and is not the good one that ends nibp-failed.
void Bed::remember_cuff(const CuffReading& reading, Stamp now) {
  if (reading.quality == Quality::valid) {
    cuff_failures_ = 0;
    engine_.assert_present(*cuff_failed_, false, now, *this);
  }
  if (cuff_measured_ && reading.measured.mono <= cuff_measured_->mono) return;
  cuff_measured_ = reading.measured;
  if (session_.in_progress()) keep_ = true;
  if (session_.phase() == Phase::baseline) output_->on_state(now);  // the gate rests on it
}

void Bed::judge_cuff(bool refused, Stamp now) {
  if (refused || !cuff_->measured_any()) return lose_cuff(Data::lost, now);
  for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia, Metric::nibp_map}) {
    const auto value = cuff_->part(metric);
    if (!value) continue;  // a reading that lacks its mean says nothing of the mean
    Observation origin = vitals::measured(metric, *value, cuff_->rx, cuff_->reason);
    origin.quality = cuff_->quality;
    origin.t_src = cuff_->measured.wall;
    judge(metric, origin, cuff_fresh_until_, now);
  }
  if (tells_of_patient(Metric::nibp_sys, cuff_->quality))
    keep_ = session_.observe_cuff({cuff_->measured, cuff_->part(Metric::nibp_sys),
                                   cuff_->part(Metric::nibp_dia), cuff_->part(Metric::nibp_map)}) ||
            keep_;
}

// The value that an alarm rests on is seen before it (an SDC consumer may rely on that), however lately it
// was published: what waits with other values can be overtaken.
void Bed::publish_ahead(const alarms::Alarm& alarm, Stamp now) {
  std::optional<Metric> metric = alarm.metric;
  if (alarm.condition == hr_zero_->spec().name) metric = settings_.leads.rate;  // it names no number
  if (!metric) return;
  const bool cuff = vitals::is_cuff(*metric);
  const Entry& word = entry(*metric);
  if (cuff ? !cuff_ || cuff_led_ : !word.seen || word.led) return;
  if (settings_.values_together) {
    publish_all_ahead(now);
  } else if (cuff) {
    publish_cuff(now, Way::ahead);
  } else {
    publish(*metric, now, Way::ahead);
  }
}

// Those that wait are overtaken with the rest of their topic, so each value is told.
void Bed::publish_all_ahead(Stamp now) {
  for (const auto& facts : vitals::metrics)
    if (entry(facts.metric).seen) publish(facts.metric, now, Way::ahead);
  if (cuff_) publish_cuff(now, Way::ahead);
}

void Bed::publish(Metric metric, Stamp now, Way way) {
  Entry& entry = board_[vitals::index_of(metric)];
  entry.led = entry.led || way == Way::ahead;
  entry.dirty = false;
  entry.published_at = now.mono;
  entry.valid_until = vitals::wall_at(now, entry.fresh_until);  // by the clock as it stands: it may be set
  output_->on_value(entry, source_of(metric)->name, sim(metric) || entry.demo || entry.observation.test, way,
                    now);  // what was told has a source
}

void Bed::publish_cuff(Stamp now, Way way) {
  cuff_led_ = cuff_led_ || way == Way::ahead;
  cuff_published_at_ = now.mono;
  const bool stale = now.mono >= cuff_fresh_until_;
  output_->on_cuff(*cuff_, stale ? Quality::stale : cuff_->quality, vitals::wall_at(now, cuff_fresh_until_),
                   source_of(Metric::nibp_sys)->name, sim(Metric::nibp_sys) || cuff_->test, way, now);
}

void Bed::device_demo(std::size_t source, bool on, Stamp now) {
  advance(now);
  links_[source].demo_told = on;
  note_demo(source, now);
  check_statements(now);
  deadline_ = own_deadline();
}

void Bed::device_alarm(std::size_t source, const drivers::DeviceAlarm& alarm, Teller teller) {
  advance(alarm.rx);
  LinkState& link = links_[source];
  link.demo_alarm = alarm.test;
  note_demo(source, alarm.rx);
  // Of a training: nothing begins. What began before it may still end.
  if (alarm.test && alarm.on && demo_refused(source, true)) return;
  monitor_.told(source, alarm, teller, *this);
  deadline_ = own_deadline();
}

void Bed::device_status(std::size_t source, const drivers::DeviceStatus& status) {
  if (status.signal == drivers::Signal::demo_mode) return device_demo(source, status.on, status.rx);
  advance(status.rx);
  DeviceSignals& signals = links_[source].signals;
  const DeviceSignals before = signals;
  switch (status.signal) {
    case drivers::Signal::low_battery: signals.low_battery = status.on; break;
    case drivers::Signal::nibp_measuring:
      signals.measuring = status.on;
      if (owns(source, Metric::nibp_sys) && before.measuring != status.on)
        note_cuff_cycle(status.on, status.rx);
      break;
    case drivers::Signal::wrong_device: signals.wrong_device = status.on; break;
    case drivers::Signal::nibp_failed:
      if (status.on && owns(source, Metric::nibp_sys)) cuff_failed(status.rx);
      break;
    case drivers::Signal::device_alarm: signals.alarm = status.on; break;
    case drivers::Signal::demo_mode: break;
  }
  check_statements(status.rx);
  deadline_ = own_deadline();
  if (signals != before) output_->on_device(source, status.rx);
}

// Only a good reading ends it: that the device stops saying so does not.
void Bed::cuff_failed(Stamp now) {
  if (cuff_failed_at_ && now.mono - *cuff_failed_at_ < infusion::cuff_spacing_ms) return;  // the same one
  cuff_failed_at_ = now.mono;
  if (cuff_failures_ == 0 && cuff_failed_->alarm() != nullptr) cuff_failures_ = 1;  // before a restart
  ++cuff_failures_;
  alarms::Reading reading = alarms::statement(true, now);
  if (cuff_failures_ > 1) reading.standing.critical = alarms::Zone::beyond;
  engine_.read(*cuff_failed_, reading, now, *this);
}

void Bed::teller_gone(std::size_t source, Teller teller, Stamp now) {
  advance(now);
  monitor_.teller_gone(source, teller, now);
  LinkState& link = links_[source];
  if (settings_.sources[source].lists_alarms) {  // the one driver: its successor tells what still holds
    link.demo_told = false;
    note_demo(source, now);
    const bool news = link.signals != DeviceSignals{};
    if (link.signals.measuring && owns(source, Metric::nibp_sys)) note_cuff_cycle(false, now);
    link.signals = {};
    if (news) output_->on_device(source, now);
  }
  deadline_ = own_deadline();
}

void Bed::note_demo(std::size_t source, Stamp now) {
  const LinkState& link = links_[source];
  if (!link.demo() && (engine_.quiet() || !link.demo_mode->engaged())) return;  // the everyday case
  engine_.assert_present(*link.demo_mode, demo_refused(source, link.demo_seen || link.demo_alarm), now,
                         *this);
}

void Bed::link(std::size_t source, bool up, Stamp now) {
  advance(now);
  LinkState& link = links_[source];
  link.up = up;
  monitor_.link(source, up);
  if (up && !link.first_up) link.first_up = now.mono;
  check_statements(now);
  deadline_ = own_deadline();
}

}  // namespace bed
