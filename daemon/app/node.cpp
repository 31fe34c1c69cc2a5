// Start, time and what is kept. The broker's side: node_broker.cpp.
#include "daemon/app/node.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "daemon/app/build.hpp"
#include "daemon/app/session_record.hpp"

namespace app {
namespace {

using std::chrono_literals::operator""ms;

constexpr Milliseconds clock_step_ms_min = 500ms;
// After a start event numbers go on from the clock in microseconds: those of a run that kept nothing, or
// whose journal is lost, are not used again. Where the clock is behind what the journal has seen, they go on
// at the next multiple of seq_step, and from there by the milliseconds of the day, so that two runs that keep
// nothing differ there too. What was said ahead of the clock and never kept may come again once the clock is
// right, or is set back further: nobody is left who could tell that it was used.
constexpr std::uint64_t seq_step = 1'000'000, day_ms = 86'400'000;

std::uint64_t next_seq(const journal::Restored& restored, const std::string& scope, Stamp now) {
  const auto clock_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, vitals::unix_ms(now.wall)));
  const std::uint64_t clock_us = clock_ms * 1'000;
  const std::uint64_t last = restored.last_seq(scope);
  return clock_us > last ? clock_us : (last / seq_step + 1) * seq_step - 1 + clock_ms % day_ms;
}

}  // namespace

Node::Node(Parts parts, Stamp now)
    : settings_(*parts.settings),
      identity_(std::move(parts.identity)),
      journal_(*parts.journal),
      broker_(*parts.broker),
      salt_(std::move(parts.salt)),
      settled_(std::move(parts.settled)),
      next_heartbeat_(now.mono + heartbeat_ms) {
  Outlet& outlet = *this;
  const std::uint64_t seq = next_seq(journal_.restored(), "node", now);
  node_ = std::make_unique<NodeDesk>(identity_, std::move(parts.version), seq, outlet, now);
  commander_ = std::make_unique<Commander>(
      Commander::Parts{&identity_, &settings_.stations, this, this, node_.get(),
                       [this](std::string_view unit, std::string_view bed) { return find_bed(unit, bed); },
                       [this](const std::string& scope, std::uint64_t from_seq, PageRead then) {
                         read_events(scope, from_seq, std::move(then));
                       },
                       [this](Stamp when) { repeat_presence(when); }});
  make_beds(now);
  find_removed_beds(now);
  restore(now);
}

Node::~Node() = default;

void Node::make_beds(Stamp now) {
  Outlet& outlet = *this;
  for (const settings::Bed& bed : settings_.beds) {
    const auto index = static_cast<std::uint32_t>(desks_.size() + 1);  // 0 is the node
    const std::uint64_t seq = next_seq(journal_.restored(), bed.scope(), now);
    bed::Settings made = make_bed_settings(settings_, bed);
    made.salt = salt_();
    made.patient_changes = patient_changes_;
    made.specs = specs_;
    desks_.push_back(std::make_unique<BedDesk>(identity_, std::move(made), index, seq, outlet, now));
    desks_.back()->set_series_book(series_);
    desks_.back()->alarms().count_in(unit_loads_[bed.unit]);
    agenda_.add(*desks_.back());
    desk_of_[&desks_.back()->bed()] = desks_.back().get();
    desk_named_[bed.scope()] = desks_.back().get();
  }
}

void Node::find_removed_beds(Stamp now) {
  const journal::Restored& restored = journal_.restored();
  auto index = static_cast<std::uint32_t>(desks_.size());
  for (const std::string& scope : restored.beds)
    if (desk_named_.count(scope) == 0)
      removed_beds_.add(scope, ++index, next_seq(restored, scope, now), restored);
}

// Unfinished episodes with their acknowledgements, and sessions, as the journal has them.
void Node::restore(Stamp now) {
  const journal::Restored& restored = journal_.restored();
  for (const auto& session : restored.sessions) restore_session(session, now);
  const auto episodes =
      std::count_if(restored.episodes.begin(), restored.episodes.end(),
                    [&](const journal::Restored::Episode& one) { return restore_episode(one, now); });
  const auto sessions = std::count_if(desks_.begin(), desks_.end(), [&](const auto& desk) {
    return vitals::in_session(desk->bed().session(now).phase);
  });
  node_->started(desks_.size(), static_cast<std::size_t>(episodes), static_cast<std::size_t>(sessions), now);
  commander_->restore(restored);
  if (const std::size_t unread = series_.restore(restored.past); unread > 0)
    spdlog::warn("journal: {} sessions of earlier days cannot be read", unread);
  journal_unread_ = journal_.health().failed;
  if (!journal_unread_)
    spdlog::info("journal {}: {} unfinished episodes, {} sessions", settings_.journal.path, episodes,
                 restored.sessions.size());
  // A witness that does not lie in the file itself.
  if (!restored.audit_head.empty()) spdlog::info("journal: the audit ends in {}", restored.audit_head);
}

void Node::restore_session(const journal::Restored::Session& stored, Stamp now) {
  const auto desk = desk_named_.find(stored.scope);
  if (desk == desk_named_.end()) return;
  bed::Bed& bed = desk->second->bed();
  if (const auto view = read_session_record(stored.doc)) {
    const auto patient = read_patient_record(stored.doc);
    bed.restore_session(*view, now, patient ? &*patient : nullptr, read_cuff_record(stored.doc));
  } else {
    spdlog::error("journal: the session of {} cannot be read; the bed starts without one", stored.scope);
  }
  bed.restore_attention(read_attention_record(stored.doc), now);
}

bool Node::restore_episode(const journal::Restored::Episode& stored, Stamp now) {
  const auto document = contract::parse_alarm(stored.doc);
  if (!document) {
    spdlog::error("journal: episode {} of {} cannot be read", stored.id, stored.scope);
    return false;
  }
  alarms::Alarm alarm = document->alarm;
  alarm.condition = document->condition;
  alarm.src_code = document->src_code;
  const auto desk = desk_named_.find(stored.scope);
  const bool known = stored.scope == "node"      ? node_->restore_alarm(alarm, now)
                     : desk != desk_named_.end() ? desk->second->restore_alarm(alarm, now)
                                                 : false;
  if (!known) spdlog::warn("journal: {} of {} is not watched any more", stored.condition, stored.scope);
  return known;
}

Routes Node::routes_of(const settings::Source& source) {
  Routes routes;
  const auto route_to = [&](BedDesk& desk) {
    const auto& sources = desk.bed().settings().sources;
    const auto found = std::find_if(sources.begin(), sources.end(),
                                    [&](const bed::Source& one) { return one.name == source.name; });
    return Route{&desk.bed(), static_cast<std::size_t>(found - sources.begin())};
  };
  for (const auto& [location, scope] : source.beds)
    routes.by_location[location] = route_to(*desk_named_.at(scope));
  if (!source.beds.empty()) return routes;
  for (const settings::Bed& bed : settings_.beds)
    if (std::find(bed.sources.begin(), bed.sources.end(), source.name) != bed.sources.end())
      routes.fixed = route_to(*desk_named_.at(bed.scope()));
  return routes;
}

BedDesk* Node::desk_of(const bed::Bed& bed) {
  const auto found = desk_of_.find(&bed);
  return found == desk_of_.end() ? nullptr : found->second;
}

BedDesk* Node::find_bed(std::string_view unit, std::string_view bed) {
  const auto found = desk_named_.find(std::string{unit} + "/" + std::string{bed});
  return found == desk_named_.end() ? nullptr : found->second;
}

void Node::unknown_bed(std::string_view source, std::string_view location, Stamp now) {
  if (!node_->has_alarm("unknown-bed")) spdlog::warn("{}: no bed for location \"{}\"", source, location);
  node_->unknown_bed(source, now);
}

void Node::record(journal::Entry entry) { batch_.push_back(std::move(entry)); }

void Node::when_kept(Kept then, Stamp now) {
  if (batch_.empty()) return then(true, now);
  std::vector<journal::Entry> batch;
  batch.swap(batch_);
  journal_.write(std::move(batch), std::move(then));
}

void Node::hand_over() {
  if (batch_.empty()) return;
  std::vector<journal::Entry> batch;
  batch.swap(batch_);
  journal_.write(std::move(batch), {});
}

void Node::read_events(const std::string& scope, std::uint64_t from_seq, PageRead then) {
  hand_over();
  journal_.read_events(scope, from_seq, std::move(then));
}

void Node::when_all_kept(Kept then) {
  std::vector<journal::Entry> batch;
  batch.swap(batch_);
  journal_.write(std::move(batch), [this, then = std::move(then)](bool kept, Stamp now) {
    then(kept && !journal_.health().failed, now);
  });
}

void Node::keep_trend(Stamp now) {
  for (auto& desk : desks_) desk->keep_trend(now);
}

void Node::settle(Stamp now) {
  node_->advance(now);
  agenda_.settle(now);
  broker_.flush();
  hand_over();
  if (settled_) settled_(now);
}

MonoTime Node::deadline() const { return std::min(node_->deadline(), agenda_.deadline()); }

void Node::every_second(const Surroundings& seen, Stamp now) {
  clock_synced_ = seen.clock_synced;
  const unsigned online = commander_->stations_online(now);
  node_->alarms().set_clock_synced(clock_synced_);
  const NodeDesk::Hearing heard = hearing(now);
  node_->hearing(heard, now);
  unheard_ = node_->unheard(heard);
  node_->clock(clock_synced_, now);
  watch_clock(now);
  const journal::Health journal = journal_.health();
  watch_journal(journal, now);
  if (!journal.failed && !journal.tending) node_->log_gaps(journal.gone, journal.lost + journal.dropped, now);
  watch_queues(seen.inbound_dropped, journal, now);
  if (seen.disk_low) node_->disk_low(*seen.disk_low, now);
  for (auto& desk : desks_) {
    desk->alarms().set_clock_synced(clock_synced_);
    desk->set_stations_online(online);
    desk->tick(now);
  }
  node_->tick(now);
  removed_beds_.tick(now);
  commander_->tick(now);
  if (!refused_.empty() && now.mono >= subscribe_at_) subscribe_again();
  if (reconcile_at_ && now.mono >= *reconcile_at_) reconcile(now);
  watch_presence(now);
  watch_conflict(now);
  if (now.mono >= next_heartbeat_) heartbeat(seen.lag_ms, now);
}

NodeDesk::Hearing Node::hearing(Stamp now) {
  NodeDesk::Hearing out;
  out.broker = connection_ != 0 && echo_.heard() && !keeps_breaking(now);
  out.listener = commander_->listened_to(now);
  out.receipts_missing = node_->alarms().receipts().missing(now);
  for (const auto& desk : desks_) {
    out.receipts_missing = out.receipts_missing || desk->alarms().receipts().missing(now);
    unsigned high = 0, medium = 0, low = 0;
    desk->count_active(high, medium, low);
    const bool alarm = high + medium + low > 0;
    if (!alarm && out.broker && out.listener) continue;  // heard, so nobody asks for more
    const bool infusing = desk->bed().session(now).phase == infusion::Phase::infusing;
    out.urgent = out.urgent || (infusing && alarm);
    out.calling = out.calling || infusing || high + medium > 0;
    out.high = out.high || high > 0;
  }
  return out;
}

void Node::watch_journal(const journal::Health& journal, Stamp now) {
  node_->journal(journal.failed, journal_unread_, now);
  if (!journal.failed) return journal_trouble_.over();
  const std::string_view what = journal_unread_ ? "not read: earlier alarms and sessions are not known"
                                                : "not written: nothing would survive a restart";
  if (journal_trouble_.due(journal.reason, now.mono))
    spdlog::error("journal {}: {}: {}", settings_.journal.path, what, journal.reason);
}

void Node::watch_queues(std::uint64_t inbound_dropped, const journal::Health& journal, Stamp now) {
  const std::uint64_t dropped = inbound_dropped + broker_.health().dropped + journal.dropped;
  if (dropped == dropped_said_) return;
  spdlog::error("{} messages dropped since the last second, more than can be handled ({} of all were to us)",
                dropped - dropped_said_, inbound_dropped);
  dropped_said_ = dropped;
  node_->overflow(now);
}

// Slewing, as time daemons do it, is at most half a millisecond in a second.
void Node::watch_clock(Stamp now) {
  const Milliseconds apart = now.wall.time_since_epoch() - now.mono.time_since_epoch();
  const Milliseconds by = apart - wall_over_mono_.value_or(apart);
  wall_over_mono_ = apart;
  if (std::chrono::abs(by) < clock_step_ms_min) return;
  spdlog::warn("the system clock was set by {} ms; no timer runs on it", by.count());
  node_->clock_stepped(by, identity_.config_hash, now);
}

void Node::heartbeat(std::int64_t lag_ms, Stamp now) {
  next_heartbeat_ = now.mono + heartbeat_ms;
  NodeDesk::Load load;
  load.connection = connection_;
  load.beds = desks_.size();
  load.queued = broker_.health().queued;
  load.lag_ms = lag_ms;
  for (const auto& desk : desks_) desk->count_active(load.high, load.medium, load.low);
  node_->heartbeat(load, now);
}

void Node::sample(Snapshot& into, Stamp now) const {
  into.node = identity_.node;
  into.clock_synchronised = clock_synced_;
  into.stations_online = commander_->stations_online(now);
  into.node_active = node_->active();
  into.node_transitions = node_->alarms().transitions();
  for (const auto& desk : desks_)
    into.beds.push_back({desk->bed().scope(), desk->bed().observed(), desk->active(),
                         desk->alarms().transitions(), desk->alarms().load(now.mono), desk->clocks(),
                         desk->avoided()});
  for (const auto& [unit, load] : unit_loads_) into.units.push_back({unit, load.figures(now.mono)});
}

}  // namespace app
