// The loop, its timers, the journal and the start. The broker's side of the application: app_broker.cpp.
#include "daemon/app/app.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <filesystem>
#include <random>

#include "daemon/app/build.hpp"
#include "daemon/app/session_record.hpp"
#include "daemon/links/tls.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/service/version.hpp"
#include "daemon/service/watchdog.hpp"
#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"

namespace app {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

constexpr Milliseconds tick_ms = 100ms;
constexpr Milliseconds certificates_ms = 60s;
constexpr Milliseconds stop_ms_max = 3s;
constexpr Milliseconds disk_ms = 30s;
constexpr Milliseconds clock_step_ms_min = 500ms;
// Far more than the journal writes while somebody comes and makes room.
constexpr std::uintmax_t disk_low_bytes = std::uintmax_t{64} << 20U;
// Event numbers go on at the next multiple after a restart; a new journal starts from the clock
// (contract 6.1).
constexpr std::uint64_t seq_step = 1'000'000;

std::string random_boot() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string out;
  for (int i = 0; i < 8; ++i) out += digits[random() % digits.size()];
  return out;
}

bed::Salt random_salt() {
  std::random_device random;
  const auto word = [&random] { return (std::uint64_t{random()} << 32U) | random(); };
  return {word(), word()};
}

std::uint64_t next_seq(const journal::Restored& restored, const std::string& scope, Stamp now) {
  for (const auto& one : restored.sequences)
    if (one.scope == scope) return (one.seq / seq_step + 1) * seq_step - 1;
  return static_cast<std::uint64_t>(vitals::unix_ms(now.wall) / 1000) * 1000;
}

}  // namespace

App::App(settings::Settings settings, std::string settings_file)
    : settings_(std::move(settings)),
      settings_file_(std::move(settings_file)),
      config_hash_(settings::hash_of(settings_file_)),
      identity_{settings_.node.name, random_boot(), settings_.node.root, config_hash_} {
  const Stamp now = service::now();
  hash_said_ = config_hash_;
  Outlet& outlet = *this;
  journal_ = std::make_unique<journal::Journal>(settings_.journal.path, vitals::unix_ms(now.wall));
  if (!journal_->restored().trouble.empty()) spdlog::error("journal: {}", journal_->restored().trouble);
  broker_ = std::make_unique<stations::BrokerLink>(broker_settings(), broker_handlers());
  node_ = std::make_unique<NodeDesk>(identity_, std::string{service::version},
                                     next_seq(journal_->restored(), "node", now), outlet, now);
  commander_ = std::make_unique<Commander>(
      Commander::Parts{&identity_, &settings_.stations, this, this, node_.get(),
                       [this](std::string_view unit, std::string_view bed) { return find_bed(unit, bed); },
                       [this](const std::string& scope, std::uint64_t from_seq, journal::PageDone then) {
                         read_events(scope, from_seq, std::move(then));
                       }});
  make_beds(now);
  restore(now);
  make_sources();
}

App::~App() = default;

void App::make_beds(Stamp now) {
  Outlet& outlet = *this;
  for (const settings::Bed& bed : settings_.beds) {
    const auto index = static_cast<std::uint32_t>(desks_.size() + 1);  // 0 is the node
    const std::uint64_t seq = next_seq(journal_->restored(), bed.scope(), now);
    bed::Settings made = make_bed_settings(settings_, bed);
    made.salt = random_salt();
    desks_.push_back(std::make_unique<BedDesk>(identity_, std::move(made), index, seq, outlet, now));
    desks_.back()->set_series_book(series_);
    desk_of_[&desks_.back()->bed()] = desks_.back().get();
    desk_named_[bed.scope()] = desks_.back().get();
  }
}

// Unfinished episodes with their acknowledgements, and sessions, as the journal has them.
void App::restore(Stamp now) {
  const journal::Restored& restored = journal_->restored();
  for (const auto& session : restored.sessions) {
    const auto desk = desk_named_.find(session.scope);
    const auto view = read_session_record(session.doc);
    if (desk == desk_named_.end()) continue;
    const auto patient = read_patient_record(session.doc);
    if (view) {
      desk->second->bed().restore_session(*view, now, patient ? &*patient : nullptr,
                                          read_cuff_record(session.doc));
    } else {
      spdlog::error("journal: the session of {} cannot be read; the bed starts without one", session.scope);
    }
    desk->second->bed().restore_attention(read_attention_record(session.doc), now);
  }
  std::size_t episodes = 0;
  for (const auto& episode : restored.episodes) {
    const auto stored = contract::parse_alarm(episode.doc);
    if (!stored) {
      spdlog::error("journal: episode {} of {} cannot be read", episode.id, episode.scope);
      continue;
    }
    alarms::Alarm alarm = stored->alarm;
    alarm.condition = stored->condition;
    alarm.src_code = stored->src_code;
    const auto desk = desk_named_.find(episode.scope);
    const bool known = episode.scope == "node"     ? node_->restore_alarm(alarm, now)
                       : desk != desk_named_.end() ? desk->second->bed().restore_alarm(alarm, now)
                                                   : false;
    episodes += known ? 1 : 0;
    if (!known) spdlog::warn("journal: {} of {} is not watched any more", episode.condition, episode.scope);
  }
  commander_->restore(restored);
  if (const std::size_t unread = series_.restore(restored.past); unread > 0)
    spdlog::warn("journal: {} sessions of earlier days cannot be read", unread);
  spdlog::info("journal {}: {} unfinished episodes, {} sessions", settings_.journal.path, episodes,
               restored.sessions.size());
  // A witness that does not lie in the file itself.
  if (!restored.audit_head.empty()) spdlog::info("journal: the audit ends in {}", restored.audit_head);
}

Routes App::routes_of(const settings::Source& source) {
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

void App::make_sources() {
  for (const settings::Source& source : settings_.sources) {
    const drivers::Entry* entry = drivers::find(source.protocol);
    CHECK(entry != nullptr);  // the settings were checked
    const bool bytes = entry->facts->line.baud != 0;
    sources_.push_back(bytes ? make_serial_hub(loop_, source, routes_of(source), *this)
                             : make_hl7_hub(loop_, source, routes_of(source), *this));
  }
}

int App::run() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) signals_.add(signal);
  wait_for_signal();
  watchdog_period_ = service::watchdog_period();
  for (auto& source : sources_) source->start();
  if (settings_.fallback) {
    const settings::Fallback& local = *settings_.fallback;
    const outputs::FallbackSettings made{local.program, local.limit, local.repeat};
    fallback_ = std::make_unique<outputs::Fallback>(made, [this](const std::string& trouble) {
      boost::asio::post(loop_, [this, trouble] { local_call_made(trouble); });
    });
  }
  settings_watch_ = std::make_unique<SettingsWatch>(settings_file_, [this](SettingsSeen seen) {
    boost::asio::post(loop_, [this, seen = std::move(seen)] { settings_seen(seen); });
  });
  broker_->start();
  service::notify_ready();  // not waiting for the broker: a bed is watched from now on
  spdlog::info("vitalsd {} watches {} beds as node {}", service::version, desks_.size(), identity_.node);
  const Stamp now = service::now();
  started_ = now.wall;
  next_tick_ = next_second_ = now.mono;
  next_heartbeat_ = now.mono + heartbeat_ms;
  settle(now);
  loop_.run();
  return 0;
}

// A closed terminal, or somebody who expects a reload, must not end the watch.
void App::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    if (signal != SIGHUP) return stop();
    settings_watch_->look();
    wait_for_signal();
  });
}

void App::stop() {
  if (stopping_) return;
  stopping_ = true;
  service::notify_stopping();
  spdlog::info("stopping");
  timer_.cancel();
  ending_ = sources_.size() + 1;
  for (auto& source : sources_) source->finish([this] { one_ended(); });
  one_ended();
}

void App::one_ended() {
  if (--ending_ > 0) return;
  const Stamp now = service::now();
  settle(now);
  broker_->stop(node_->status("offline", "clean", connection_, now), stop_ms_max);
  settings_watch_.reset();
  fallback_.reset();
  metrics_.reset();  // last: it may wait for a client that stalls
  loop_.stop();
}

BedDesk* App::desk_of(const bed::Bed& bed) {
  const auto found = desk_of_.find(&bed);
  return found == desk_of_.end() ? nullptr : found->second;
}

BedDesk* App::find_bed(std::string_view unit, std::string_view bed) {
  const auto found = desk_named_.find(std::string{unit} + "/" + std::string{bed});
  return found == desk_named_.end() ? nullptr : found->second;
}

void App::unknown_bed(std::string_view source, std::string_view location, Stamp now) {
  if (!node_->has_alarm("unknown-bed")) spdlog::warn("{}: no bed for location \"{}\"", source, location);
  node_->unknown_bed(source, now);
}

void App::record(journal::Entry entry) { batch_.push_back(std::move(entry)); }

void App::when_kept(std::function<void(bool)> then) {
  if (batch_.empty()) return then(true);
  std::vector<journal::Entry> batch;
  batch.swap(batch_);
  journal_->write(std::move(batch), [this, then = std::move(then)](bool kept) {
    boost::asio::post(loop_, [then, kept] { then(kept); });
  });
}

void App::hand_over() {
  if (batch_.empty()) return;
  std::vector<journal::Entry> batch;
  batch.swap(batch_);
  journal_->write(std::move(batch), {});
}

void App::read_events(const std::string& scope, std::uint64_t from_seq, journal::PageDone then) {
  hand_over();
  journal_->read_events(scope, from_seq, [this, then = std::move(then)](journal::Page page) {
    boost::asio::post(loop_, [then, page = std::move(page)]() mutable { then(std::move(page)); });
  });
}

void App::when_all_kept(std::function<void(bool)> then) {
  std::vector<journal::Entry> batch;
  batch.swap(batch_);
  journal_->write(std::move(batch), [this, then = std::move(then)](bool kept) {
    boost::asio::post(loop_, [this, then, kept] { then(kept && !journal_->health().failed); });
  });
}

void App::settle(Stamp now) {
  node_->advance(now);
  for (auto& desk : desks_) {
    if (desk->deadline() <= now.mono) desk->advance(now);
    desk->flush(now);
  }
  hand_over();
  arm(now);
}

void App::arm(Stamp now) {
  if (stopping_) return;
  MonoTime due = std::min(next_tick_, node_->deadline());
  for (const auto& desk : desks_) due = std::min(due, desk->deadline());
  timer_.expires_after(std::max(Milliseconds{0}, due - now.mono));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_tick();
  });
}

void App::on_tick() {
  const Stamp now = service::now();
  if (now.mono >= next_tick_) {
    lag_ms_ = (now.mono - next_tick_).count();
    lag_.add(lag_ms_);
    next_tick_ = now.mono + tick_ms;
    for (auto& source : sources_) source->tick(now);
    answer_scrape(now);
  }
  if (now.mono >= next_second_) every_second(now);
  settle(now);
}

void App::every_second(Stamp now) {
  next_second_ = now.mono + 1s;
  open_metrics(now);
  if (now.mono >= look_at_certificates_) look_at_certificates(now);
  clock_synced_ = settings_.node.clock_trusted || service::clock_synchronised();
  const unsigned online = commander_->stations_online(now);
  node_->alarms().set_clock_synced(clock_synced_);
  const NodeDesk::Hearing heard = hearing(now);
  node_->hearing(heard, now);
  call_locally(heard);
  node_->clock(clock_synced_, now);
  watch_clock(now);
  const journal::Health journal = journal_->health();
  node_->journal(journal.failed, journal.reason, now);
  watch_queues(journal, now);
  if (now.mono >= next_disk_) watch_disk(now);
  for (auto& desk : desks_) {
    desk->alarms().set_clock_synced(clock_synced_);
    desk->set_stations_online(online);
    desk->tick(now);
  }
  node_->tick(now);
  commander_->tick(now);
  if (reconcile_at_ && now.mono >= *reconcile_at_) reconcile(now);
  if (now.mono >= next_heartbeat_) heartbeat(now);
  if (watchdog_period_ && now.mono >= next_alive_) {
    next_alive_ = now.mono + *watchdog_period_;
    service::notify_alive();
  }
}

NodeDesk::Hearing App::hearing(Stamp now) {
  NodeDesk::Hearing out;
  out.broker = connection_ != 0;
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
  }
  return out;
}

void App::call_locally(const NodeDesk::Hearing& hearing) {
  if (!fallback_) return;
  const std::string why{node_->unheard(hearing)};
  if (fallback_->health().on == why.empty())
    spdlog::warn("fallback at the bed {}", why.empty() ? "off: stations hear again" : "on: " + why);
  fallback_->set(!why.empty(), why);
}

void App::local_call_made(const std::string& trouble) {
  if (!trouble.empty()) spdlog::error("fallback at the bed: {}", trouble);
  node_->fallback_failed(!trouble.empty(), service::now());
}

void App::settings_seen(const SettingsSeen& seen) {
  const bool usable = seen.problems.empty();
  if (seen.asked || seen.hash != hash_said_) {
    if (!usable)
      spdlog::error("{} is not usable, the next start would fail:\n{}", settings_file_, seen.problems);
    if (usable && seen.hash != config_hash_)
      spdlog::warn("{} has changed; a restart takes it, alarms and sessions go on over it", settings_file_);
    if (usable && seen.hash == config_hash_) spdlog::info("{} is what runs", settings_file_);
  }
  hash_said_ = seen.hash;
  node_->settings_invalid(!usable, service::now());
}

void App::watch_queues(const journal::Health& journal, Stamp now) {
  const std::uint64_t inbound = inbound_dropped_.load();
  const std::uint64_t dropped = inbound + broker_->health().dropped + journal.dropped;
  if (dropped == dropped_said_) return;
  spdlog::error("{} messages dropped since the last second, more than can be handled ({} of all were to us)",
                dropped - dropped_said_, inbound);
  dropped_said_ = dropped;
  node_->overflow(now);
}

// Slewing, as time daemons do it, is at most half a millisecond in a second.
void App::watch_clock(Stamp now) {
  const Milliseconds apart = now.wall.time_since_epoch() - now.mono.time_since_epoch();
  const Milliseconds by = apart - wall_over_mono_.value_or(apart);
  wall_over_mono_ = apart;
  if (std::chrono::abs(by) < clock_step_ms_min) return;
  spdlog::warn("the system clock was set by {} ms; no timer runs on it", by.count());
  node_->clock_stepped(by, config_hash_, now);
}

void App::watch_disk(Stamp now) {
  next_disk_ = now.mono + disk_ms;
  std::error_code unknown;
  const std::filesystem::path folder =
      std::filesystem::absolute(settings_.journal.path, unknown).parent_path();
  const auto space = std::filesystem::space(folder, unknown);
  if (!unknown) node_->disk_low(space.available < disk_low_bytes, now);  // else the journal itself will fail
}

// Somebody has to renew them before the day: peers stop talking to us then. The broker's is the file as it is
// now, those of sources are what is in use.
void App::look_at_certificates(Stamp now) {
  look_at_certificates_ = now.mono + certificates_ms;
  std::optional<int> least;
  std::string_view whose;
  const auto look = [&](std::optional<int> days, std::string_view name) {
    if (!days || (least && *least <= *days)) return;
    least = days;
    whose = name;
  };
  if (!settings_.broker.cert_file.empty())
    look(links::certificate_days_left(settings_.broker.cert_file), "the broker");
  for (std::size_t i = 0; i < sources_.size(); ++i)
    look(sources_[i]->certificate_days_left(), settings_.sources[i].name);
  node_->certificate(least, whose, now);
  if (least && *least <= cert_low_days && least != certificate_said_)  // once a day
    spdlog::warn("the certificate for {} has {} days left", whose, *least);
  certificate_said_ = least;
}

void App::heartbeat(Stamp now) {
  next_heartbeat_ = now.mono + heartbeat_ms;
  NodeDesk::Load load;
  load.connection = connection_;
  load.beds = desks_.size();
  load.queued = broker_->health().queued;
  load.lag_ms = lag_ms_;
  for (const auto& desk : desks_) desk->count_active(load.high, load.medium, load.low);
  node_->heartbeat(load, now);
}

}  // namespace app
