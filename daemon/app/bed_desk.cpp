#include "daemon/app/bed_desk.hpp"

#include <algorithm>
#include <utility>

#include "daemon/app/session_record.hpp"
#include "daemon/contract/topics.hpp"

namespace app {
namespace {

using stations::Lane;
using stations::Message;
using vitals::Metric;

// A score is published again this long before what was shown runs out.
constexpr Milliseconds news2_margin_ms{5'000};

// High first, so that after an outage the worst news leads.
std::vector<const alarms::Alarm*> by_priority(const bed::Bed& bed) {
  std::vector<const alarms::Alarm*> out;
  for (const alarms::Condition& condition : bed.conditions())
    if (condition.alarm() != nullptr) out.push_back(condition.alarm());
  std::stable_sort(out.begin(), out.end(),
                   [](const auto* a, const auto* b) { return a->shown() > b->shown(); });
  return out;
}

contract::LinkDocument document(const LinkView& link) {
  const LinkFigures& figures = *link.figures;
  return {link.source,     link.state,     link.protocol,  link.detail,      link.since,
          figures.last_rx, figures.frames, figures.faults, link.clock_offset};
}

Desk desk_for(const Identity& identity, const bed::Settings& settings, std::uint32_t index) {
  return {index, settings.unit + "/" + settings.name,
          contract::bed_prefix(identity.root, settings.unit, settings.name), settings.unit, settings.name};
}

// Thousands of beds repeat themselves every 30 s: not all in the same second, which would hold up an alarm.
Milliseconds turn_of(std::uint32_t index) {
  constexpr Milliseconds step{1'000};
  return step * ((index - 1) % (repeat_ms / step));
}

}  // namespace

BedDesk::BedDesk(const Identity& identity, bed::Settings settings, std::uint32_t index, std::uint64_t seq,
                 Outlet& outlet, Stamp now)
    : identity_(&identity),
      outlet_(&outlet),
      alarms_(identity, desk_for(identity, settings, index), seq, outlet),
      trend_(now.wall),
      buffer_(outlet.page()),
      repeated_at_(now.mono - turn_of(index)),
      bed_(std::move(settings), *this, now) {
  outlet_->record(journal::BedEntry{alarms_.scope()});
}

void BedDesk::on_alarm(const alarms::Alarm& alarm, Stamp at) {
  if (values_way_ == bed::Way::ahead) flush_values(at);
  alarms_.transition(alarm, at);
  ++set_rev_;
  make_dirty(summary_dirty_);
}

void BedDesk::on_value(const bed::Entry& entry, std::string_view source, bool sim, bed::Way way, Stamp at) {
  contract::Value value;
  value.observation = entry.observation;
  value.ts = at.wall;
  value.valid_until = entry.valid_until;
  value.source = source;
  value.sim = sim;
  contract::render_observation(buffer_, value);
  observation(vitals::name(entry.observation.metric), way);
}

void BedDesk::on_cuff(const bed::CuffReading& reading, vitals::Quality quality, vitals::WallTime valid_until,
                      std::string_view source, bool sim, bed::Way way, Stamp at) {
  contract::Cuff cuff;
  cuff.sys = reading.sys;
  cuff.dia = reading.dia;
  cuff.map = reading.map;
  cuff.map_derived = reading.map_derived;
  cuff.quality = quality;
  cuff.reason = reading.reason;
  cuff.ts = at.wall;
  cuff.t_src = reading.measured.wall;
  cuff.valid_until = valid_until;
  cuff.source = source;
  cuff.sim = sim;
  contract::render_cuff(buffer_, cuff);
  observation("nibp", way);
}

void BedDesk::on_state(Stamp /*at*/) { make_dirty(state_dirty_); }

void BedDesk::set_on_touched(std::function<void()> on_touched) {
  on_touched_ = std::move(on_touched);
  touched_ = false;
  touch();
}

void BedDesk::touch() {
  if (touched_ || !on_touched_) return;
  touched_ = true;
  on_touched_();
}

void BedDesk::on_session(bool told, Stamp at) {
  if (told) return session_changed(at);
  keep_session(at);
}

void BedDesk::keep_session(Stamp now) {
  outlet_->record(journal::SessionEntry{
      alarms_.scope(),
      write_session_record(bed_.session(now), bed_.patient(), bed_.last_cuff(), bed_.attention())});
}

void BedDesk::on_device(std::size_t source, Stamp at) {
  for (const LinkView& link : links_)
    if (link.source == bed_.settings().sources[source].name) publish_link(link, at);
}

void BedDesk::on_setting(std::string_view text, Stamp at) {
  alarms_.event("config", bed_.sim(), at, [&](std::string& out, const contract::Envelope& envelope) {
    contract::render_config_event(out, {identity_->config_hash, text}, envelope);
  });
}

void BedDesk::observation(std::string_view topic, bed::Way way) {
  if (!bed_.settings().values_together) {
    std::string whole = alarms_.prefix() + "/obs/";
    whole += topic;
    return publish_values(std::move(whole), buffer_, way);
  }
  if (way != values_way_) {  // all values follow: those that were collected are told again
    values_.clear();
    values_way_ = way;
  }
  contract::add_value(values_, buffer_);
}

void BedDesk::flush_values(Stamp now) {
  if (values_.empty()) return;
  contract::close_values(values_, now.wall);
  publish_values(alarms_.prefix() + "/values", std::exchange(values_, {}),
                 std::exchange(values_way_, bed::Way::usual));
}

// Also in the lane of alarms a value keeps its QoS 0: with two of them on one topic an old value could come
// after a newer one. A broker sends QoS 0 at once and QoS 1 when the subscriber keeps up, never the other
// way.
void BedDesk::publish_values(std::string topic, std::string payload, bed::Way way) {
  Message message;
  message.topic = std::move(topic);
  message.payload = std::move(payload);
  message.qos = 0;
  message.lane = way == bed::Way::ahead ? Lane::alarm : Lane::observation;
  message.replaces_waiting = way == bed::Way::ahead;
  outlet_->publish(std::move(message));
}

void BedDesk::retained(std::string_view topic) {
  Message message;
  message.topic = alarms_.prefix() + "/";
  message.topic += topic;
  message.payload = buffer_;
  message.retain = true;
  message.lane = Lane::state;
  outlet_->publish(std::move(message));
}

void BedDesk::retained_empty(std::string_view topic) {
  buffer_.clear();
  retained(topic);
}

void BedDesk::flush(Stamp now) {
  flush_values(now);
  if (state_dirty_) {
    publish_state(now);
    publish_infusion(now);
    publish_limits(now);
  } else if (summary_dirty_ && audience() != audience_told_) {
    publish_state(now);
  }
  if (summary_dirty_) publish_summary(now);
  state_dirty_ = summary_dirty_ = false;
}

void BedDesk::repeat_alarms(Stamp now) {
  for (const alarms::Alarm* alarm : by_priority(bed_)) alarms_.proceed(*alarm, now);
}

void BedDesk::repeat_states(Stamp now) {
  state_dirty_ = summary_dirty_ = true;
  flush(now);
  for (const LinkView& link : links_) publish_link(link, now);
  news2_.reset();
  publish_news2(now);
}

void BedDesk::tick(Stamp now) {
  alarms_.tick(now);
  if (vitals::in_session(bed_.phase())) trend_.belongs_to(bed_.session_name());
  if (trend_.due(now.wall)) keep_trend(now);
  publish_news2(now);
  for (const alarms::Alarm* alarm : by_priority(bed_))
    if (alarms_.receipts().repeat_due(alarm->condition, now)) alarms_.proceed(*alarm, now);
  if (now.mono < repeated_at_ + repeat_ms) return;
  repeated_at_ = now.mono;
  repeat_alarms(now);
  repeat_states(now);
}

void BedDesk::keep_trend(Stamp now) {
  if (auto entry = trend_.cut(alarms_.scope(), bed_.sim(), now.wall)) outlet_->record(std::move(*entry));
}

// Earlier sessions are shown as long as they can inform what is about to be done.
infusion::View BedDesk::session(Stamp now) const {
  infusion::View view = bed_.session(now);
  const bool before = view.phase == vitals::Phase::scheduled || view.phase == vitals::Phase::baseline;
  if (before && book_ != nullptr) view.history = book_->history(view.series.series, now.wall);
  return view;
}

void BedDesk::close_session(const infusion::View& view) {
  if (!view.t_opened) return;  // a scheduled one that was cancelled
  if (book_ != nullptr) book_->add(view);
  outlet_->record(journal::PastEntry{alarms_.scope(), view.session, view.series.series,
                                     vitals::unix_ms(view.phase_since), write_session_record(view)});
}

void BedDesk::session_abandoned(infusion::View before, Stamp now) {
  before.phase = vitals::Phase::ended;
  before.phase_since = now.wall;
  close_session(before);
}

void BedDesk::session_changed(Stamp now) {
  const infusion::View view = session(now);
  if (view.phase == vitals::Phase::ended) close_session(view);
  alarms_.event("infusion", bed_.sim(), now, [&](std::string& out, const contract::Envelope& envelope) {
    contract::render_infusion(out, view, envelope);
  });
  keep_session(now);
  make_dirty(state_dirty_);
}

void BedDesk::observed(const infusion::NurseObservation& observation, std::string_view by, Stamp now) {
  const infusion::View view = bed_.session(now);
  const vitals::WallTime t_obs = std::min(observation.at.value_or(now.wall), now.wall);
  const contract::NurseEvent event{view.session, view.phase, observation, t_obs, by};
  alarms_.event("nurse", bed_.sim(), now, [&](std::string& out, const contract::Envelope& envelope) {
    contract::render_nurse_event(out, event, envelope);
  });
  keep_session(now);
  make_dirty(state_dirty_);
}

void BedDesk::link_changed(const LinkView& link, Stamp now) {
  const auto found = std::find_if(links_.begin(), links_.end(),
                                  [&](const LinkView& one) { return one.source == link.source; });
  if (found != links_.end() && found->state == link.state) return link_reworded(*found, link, now);
  if (found == links_.end()) {
    links_.push_back(link);
  } else {
    *found = link;
  }
  if (const auto source = source_named(link.source))
    bed_.device_status(*source, {drivers::Signal::wrong_device, link.state == "wrong-device", now});
  publish_link(link, now);
  const LinkView shown = with_signals(link);
  alarms_.event("link", bed_.sim(), now, [&](std::string& out, const contract::Envelope& envelope) {
    contract::render_link(out, document(shown), envelope);
  });
}

// Another reason for the same state: to be read, and no event.
void BedDesk::link_reworded(LinkView& known, const LinkView& link, Stamp now) {
  if (known.detail == link.detail) return;
  known.detail = link.detail;
  publish_link(known, now);
}

void BedDesk::set_stations_online(unsigned count) {
  if (count == stations_online_) return;
  stations_online_ = count;
  make_dirty(state_dirty_);
}

const alarms::Alarm* BedDesk::alarm_of(std::string_view condition) const {
  const auto& all = bed_.conditions();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const alarms::Condition& one) { return one.spec().name == condition; });
  return found == all.end() ? nullptr : found->alarm();
}

bool BedDesk::has_alarm(std::string_view condition) const { return alarm_of(condition) != nullptr; }

bool BedDesk::restore_alarm(const alarms::Alarm& stored, Stamp now) {
  if (!bed_.restore_alarm(stored, now)) return false;
  if (const alarms::Alarm* alarm = alarm_of(stored.condition)) alarms_.receipts().ask_again(*alarm, now);
  return true;
}

std::vector<ClockSample> BedDesk::clocks() const {
  std::vector<ClockSample> out;
  for (std::size_t i = 0; i < bed_.settings().sources.size(); ++i)
    if (const auto offset = bed_.clock_offset(i)) out.push_back({bed_.settings().sources[i].name, *offset});
  return out;
}

std::uint64_t BedDesk::avoided() const {
  std::uint64_t out = 0;
  for (const alarms::Condition& condition : bed_.conditions()) out += condition.avoided();
  return out;
}

void BedDesk::count_active(unsigned& high, unsigned& medium, unsigned& low) const {
  for (const alarms::Condition& condition : bed_.conditions()) {
    const alarms::Alarm* alarm = condition.alarm();
    if (alarm == nullptr || alarm->state != alarms::State::active) continue;
    switch (alarm->shown()) {
      case alarms::Priority::high: ++high; break;
      case alarms::Priority::medium: ++medium; break;
      case alarms::Priority::low: ++low; break;
      case alarms::Priority::info: break;
    }
  }
}

alarms::Audience BedDesk::audience() const {
  alarms::Audience out = bed_.audience();
  for (const alarms::Condition& condition : bed_.conditions())
    if (condition.alarm() != nullptr) out = std::max(out, condition.alarm()->audience);
  return out;
}

void BedDesk::publish_state(Stamp now) {
  const auto& profile = *bed_.settings().profile;
  contract::BedState state;
  state.session = bed_.session(now);
  state.preset = profile.name;
  state.signed_off = !profile.signed_off_by.empty();
  state.monitoring = bed::name(bed_.monitoring(now.mono));
  for (const Metric metric : bed_.missing(now.mono)) state.missing.push_back(vitals::name(metric));
  state.stations_online = stations_online_;
  audience_told_ = audience();
  state.audience = alarms::name(audience_told_);
  const auto pause = bed_.audio_pause();
  if (pause) state.paused_until = pause->until;
  if (pause) state.paused_by = pause->by;
  for (const alarms::Condition& one : bed_.conditions())
    if (const auto& shelf = one.shelf())
      state.shelved.push_back({one.spec().name, shelf->by, shelf->until_wall});
  for (const auto& facts : vitals::metrics) {
    const bed::Entry& entry = bed_.entry(facts.metric);
    if (entry.value_at) state.last.push_back({facts.name, vitals::wall_at(now, *entry.value_at)});
  }
  if (const auto cuff = bed_.last_cuff()) state.last.push_back({"nibp", *cuff});
  contract::render_bed_state(buffer_, state, alarms_.envelope(now, bed_.sim()));
  retained("state");
}

void BedDesk::publish_infusion(Stamp now) {
  contract::render_infusion(buffer_, session(now), alarms_.envelope(now, bed_.sim()));
  retained("infusion");
}

void BedDesk::publish_limits(Stamp now) {
  std::vector<contract::EffectiveLimit> set;
  for (const auto& one : bed_.limits_in_force()) {
    contract::EffectiveLimit limit;
    limit.condition = alarms::name(one.id);
    limit.warn = one.limit.warn().limit();
    limit.critical = one.limit.critical().limit();
    limit.relative = one.limit.warn().relative();
    limit.delay = one.behaviour.on_delay;
    limit.critical_delay = one.behaviour.on_delay_critical;
    limit.source = one.set_by.empty() ? std::string_view{bed_.settings().profile->name} : "limits-set";
    limit.by = one.set_by;
    set.push_back(limit);
  }
  contract::render_limits(buffer_, bed_.session(now).phase, bed_.settings().profile->signed_off_by, set,
                          alarms_.envelope(now, bed_.sim()));
  retained("limits");
}

// On change, and again before what was shown runs out: a station must see either a score that holds or none.
void BedDesk::publish_news2(Stamp now) {
  const auto warning = bed_.early_warning(now.mono);
  if (!warning) {
    if (!std::exchange(news2_cleared_, true)) retained_empty("news2");
    news2_.reset();
    return;
  }
  news2_cleared_ = false;
  if (news2_ && news2_->score == warning->score && now.mono + news2_margin_ms < news2_->until) return;
  if (news2_ && news2_->score == warning->score && warning->until == news2_->until) return;
  news2_ = ShownNews2{warning->score, warning->until};
  const infusion::View view = bed_.session(now);
  contract::EarlyWarning document{view.session, warning->score, warning->scale, std::nullopt};
  if (warning->until != alarms::never) document.valid_until = vitals::wall_at(now, warning->until);
  contract::render_news2(buffer_, document, alarms_.envelope(now, bed_.sim()));
  retained("news2");
}

void BedDesk::publish_summary(Stamp now) {
  contract::Summary summary;
  for (const auto* alarm : by_priority(bed_)) {
    if (summary.set.empty()) {
      summary.top = alarms::name(alarm->shown());
      summary.top_text = alarm->text;
    }
    summary.set.push_back({alarm->condition, alarm->id, alarm->rev});
    if (!alarm->acked && alarm->inhibit == alarms::Inhibit::none) ++summary.unacked;
  }
  const auto present = [all = active()](alarms::Priority priority) {
    return static_cast<unsigned>(all[static_cast<std::size_t>(priority)]);
  };
  summary.high = present(alarms::Priority::high);
  summary.medium = present(alarms::Priority::medium);
  summary.low = present(alarms::Priority::low);
  summary.info = present(alarms::Priority::info);
  summary.set_rev = set_rev_;
  const alarms::LoadFigures load = alarms_.load(now.mono);
  summary.load = {load.last_10min, load.last_hour, load.flood, load.chattering};
  contract::render_summary(buffer_, summary, alarms_.envelope(now, bed_.sim()));
  retained("alarms");
}

void BedDesk::publish_link(const LinkView& link, Stamp now) {
  const LinkView shown = with_signals(link);
  contract::render_link(buffer_, document(shown), alarms_.envelope(now, bed_.sim()));
  retained("link/" + link.source);
}

std::optional<std::size_t> BedDesk::source_named(std::string_view name) const {
  const auto& sources = bed_.settings().sources;
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (sources[i].name == name) return i;
  return std::nullopt;
}

LinkView BedDesk::with_signals(LinkView link) const {
  const auto source = source_named(link.source);
  if (!source) return link;
  const bed::DeviceSignals& signals = bed_.signals(*source);
  link.clock_offset = bed_.clock_offset(*source);
  const auto add = [&link](bool on, std::string_view words) {
    if (on) link.detail.append(link.detail.empty() ? "" : ", ").append(words);
  };
  add(signals.alarm, "alarm at the device");
  add(signals.low_battery, "low battery");
  add(signals.measuring, "measuring blood pressure");
  return link;
}

}  // namespace app
