// The loop, its timers and the start. The broker's side of the application: app_broker.cpp.
#include "daemon/app/app.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <filesystem>
#include <random>

#include "daemon/app/build.hpp"
#include "daemon/links/tls.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/service/log.hpp"
#include "daemon/service/version.hpp"
#include "daemon/service/watchdog.hpp"
#include "daemon/vitals/check.hpp"
#include "drivers/registry.hpp"

namespace app {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

constexpr Milliseconds tick_ms_max = 1s, tick_for_metrics_ms = 100ms;  // a scrape waits for a tick
constexpr Milliseconds certificates_ms = 60s;
constexpr Milliseconds stop_ms_max = 3s;
constexpr Milliseconds disk_ms = 10s;
constexpr Milliseconds tend_ms = 3'600s, tend_first_ms = 60s;
// Far more than the journal writes while somebody comes and makes room.
constexpr std::uintmax_t disk_low_bytes = std::uintmax_t{64} << 20U;

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

}  // namespace

App::App(settings::Settings settings, std::string settings_file)
    : settings_(std::move(settings)),
      settings_file_(std::move(settings_file)),
      config_hash_(settings_.hash),
      identity_{settings_.node.name, random_boot(), settings_.node.root, config_hash_} {
  const Stamp now = service::now();
  hash_said_ = config_hash_;
  journal_ = std::make_unique<journal::Journal>(settings_.journal.path, vitals::unix_ms(now.wall),
                                                journal_limits(settings_.journal), identity_.boot);
  if (!journal_->restored().trouble.empty()) spdlog::error("journal: {}", journal_->restored().trouble);
  broker_ = std::make_unique<stations::BrokerLink>(broker_settings(), broker_handlers());
  journal_door_ = std::make_unique<LiveJournal>(loop_, *journal_);
  broker_door_ = std::make_unique<LiveBroker>(*broker_);
  node_ = std::make_unique<Node>(
      Node::Parts{&settings_, identity_, std::string{service::version}, journal_door_.get(),
                  broker_door_.get(), random_salt, [this](Stamp at) { arm(at); }},
      now);
  make_sources();
}

App::~App() = default;

void App::make_sources() {
  tick_ms_ = settings_.metrics ? tick_for_metrics_ms : tick_ms_max;
  for (const settings::Source& source : settings_.sources) {
    const drivers::Entry* entry = drivers::find(source.protocol);
    CHECK(entry != nullptr);  // the settings were checked
    const bool bytes = entry->facts->line.baud != 0;
    sources_.push_back(bytes ? make_serial_hub(loop_, source, node_->routes_of(source), *node_)
                             : make_hl7_hub(loop_, source, node_->routes_of(source), *node_));
    tick_ms_ = std::min(tick_ms_, sources_.back()->tick_ms());
  }
}

int App::run() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) signals_.add(signal);
  wait_for_signal();
  watchdog_period_ = service::watchdog_period();
  for (auto& source : sources_) source->start();
  if (settings_.fallback) {
    const auto made = make_fallback_settings(*settings_.fallback);
    fallback_ = std::make_unique<outputs::Fallback>(made, [this](const std::string& trouble, bool any_fails) {
      boost::asio::post(loop_, [this, trouble, any_fails] { local_call_tried(trouble, any_fails); });
    });
  }
  settings_watch_ = std::make_unique<SettingsWatch>(settings_file_, [this](SettingsSeen seen) {
    boost::asio::post(loop_, [this, seen = std::move(seen)] { settings_seen(seen); });
  });
  broker_->start();
  service::notify_ready();  // not waiting for the broker: a bed is watched from now on
  spdlog::info("vitalsd {} watches {} beds as node {}", service::version, settings_.beds.size(),
               identity_.node);
  const Stamp now = service::now();
  started_ = now.wall;
  next_tick_ = next_second_ = now.mono;
  tend_at_ = now.mono + tend_first_ms;
  node_->settle(now);
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
  node_->desk().stopped(now);
  node_->keep_trend(now);
  node_->settle(now);
  broker_->stop(node_->farewell(now), stop_ms_max);
  settings_watch_.reset();
  fallback_.reset();
  metrics_.reset();  // last: it may wait for a client that stalls
  loop_.stop();
}

void App::on_tick() {
  armed_for_ = MonoTime::max();
  const Stamp now = service::now();
  if (now.mono >= next_tick_) {
    lag_ms_ = (now.mono - next_tick_).count();
    lag_.add(lag_ms_);
    next_tick_ = now.mono + tick_ms_;
    for (auto& source : sources_) source->tick(now);
    answer_scrape(now);
  }
  if (now.mono >= next_second_) every_second(now);
  node_->settle(now);
}

void App::arm(Stamp now) {
  if (stopping_) return;
  const MonoTime due = std::min(next_tick_, node_->deadline());
  if (due >= armed_for_) return;  // it looks then, and is set anew; each setting is a system call
  armed_for_ = due;
  timer_.expires_after(std::max(Milliseconds{0}, due - now.mono));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_tick();
  });
}

void App::every_second(Stamp now) {
  next_second_ = now.mono + 1s;
  open_metrics(now);
  if (now.mono >= look_at_certificates_) look_at_certificates(now);
  Node::Surroundings seen;
  seen.clock_synced = settings_.node.clock_trusted || service::clock_synchronised();
  seen.inbound_dropped = inbound_dropped_.load();
  seen.disk_low = look_at_disk(now);
  seen.lag_ms = lag_ms_;
  node_->every_second(seen, now);
  if (now.mono >= tend_at_) tend_journal(seen.clock_synced, now);
  call_locally();
  if (watchdog_period_ && now.mono >= next_alive_) {
    next_alive_ = now.mono + *watchdog_period_;
    service::notify_alive();
  }
}

std::optional<bool> App::look_at_disk(Stamp now) {
  if (now.mono < next_disk_) return std::nullopt;
  next_disk_ = now.mono + disk_ms;
  std::error_code unknown;
  const std::filesystem::path folder =
      std::filesystem::absolute(settings_.journal.path, unknown).parent_path();
  const auto space = std::filesystem::space(folder, unknown);
  if (unknown) return std::nullopt;  // the journal itself will fail
  return space.available < disk_low_bytes;
}

// By a clock that is off, all there is might look old.
void App::tend_journal(bool clock_synced, Stamp now) {
  tend_at_ = now.mono + tend_ms;
  journal_->tend(clock_synced ? std::optional{vitals::unix_ms(now.wall)} : std::nullopt);
}

void App::call_locally() {
  if (!fallback_) return;
  const NodeDesk::Unheard& unheard = node_->unheard();
  const std::string& why = unheard.why;
  if (fallback_->on() == why.empty())
    spdlog::warn("fallback at the bed {}", why.empty() ? "off: stations hear again" : "on: " + why);
  fallback_->set({!why.empty(), unheard.high, why});
}

void App::local_call_tried(const std::string& trouble, bool any_fails) {
  if (!trouble.empty()) spdlog::error("fallback at the bed: {}", trouble);
  node_->desk().fallback_failed(any_fails, service::now());
}

void App::settings_seen(const SettingsSeen& seen) {
  const bool usable = seen.problems.empty();
  if (seen.asked || seen.hash != hash_said_) {
    if (!usable) {
      spdlog::error("{} is not usable, the next start would fail:", settings_file_);
      service::log_lines(false, seen.problems);
    }
    if (usable && seen.hash != config_hash_)
      spdlog::warn("{} or a profile of it has changed; a restart takes it, alarms and sessions go on over it",
                   settings_file_);
    if (usable && seen.hash == config_hash_)
      spdlog::info("{} is what runs, and so are its profiles", settings_file_);
  }
  hash_said_ = seen.hash;
  node_->desk().settings_invalid(!usable, service::now());
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
  node_->desk().certificate(least, whose, now);
  if (least && *least <= cert_low_days && least != certificate_said_)  // once a day
    spdlog::warn("the certificate for {} has {} days left", whose, *least);
  certificate_said_ = least;
}

}  // namespace app
