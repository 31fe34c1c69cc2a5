// `vitalsd run`: the composition root, the only place that knows every concrete type. What the daemon does
// is Node; here are its clock, threads, signals and sources.
//
// One thread runs the loop (links, drivers, beds, alarms); the journal and the broker link each have their
// own and hand over by posting to the loop.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/live_doors.hpp"
#include "daemon/app/node.hpp"
#include "daemon/app/settings_watch.hpp"
#include "daemon/app/sources.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/outputs/fallback.hpp"
#include "daemon/service/metrics.hpp"
#include "daemon/settings/settings.hpp"
#include "daemon/stations/broker_link.hpp"

namespace app {

class App final {
 public:
  App(settings::Settings settings, std::string settings_file);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  int run();  // until SIGTERM or SIGINT; SIGHUP changes nothing; the exit status

 private:
  void make_sources();
  stations::BrokerSettings broker_settings() const;
  stations::BrokerHandlers broker_handlers();

  void on_tick();
  void arm(Stamp now);
  void every_second(Stamp now);
  void look_at_certificates(Stamp now);
  std::optional<bool> look_at_disk(Stamp now);  // whether it is nearly full; none: nobody has looked
  void tend_journal(bool clock_synced, Stamp now);
  void call_locally();  // at the bed
  void local_call_tried(const std::string& trouble, bool any_fails);
  void settings_seen(const SettingsSeen& seen);  // of the file, which the next start would read
  void wait_for_signal();
  void stop();
  void one_ended();  // a source, on the way to the end

  // Figures for Prometheus, if the settings want them.
  void open_metrics(Stamp now);
  void answer_scrape(Stamp now);
  Snapshot snapshot(Stamp now) const;

  settings::Settings settings_;
  std::string settings_file_, config_hash_;
  std::string hash_said_;  // of the settings that the log spoke of last
  Identity identity_;
  boost::asio::io_context loop_{1};
  boost::asio::steady_timer timer_{loop_};
  boost::asio::signal_set signals_{loop_};
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<stations::BrokerLink> broker_;
  std::unique_ptr<JournalDoor> journal_door_;
  std::unique_ptr<BrokerDoor> broker_door_;
  std::unique_ptr<Node> node_;
  std::vector<std::unique_ptr<SourceHub>> sources_;

  MonoTime armed_for_ = MonoTime::max();  // max: the timer does not run
  Milliseconds tick_ms_{};                // the shortest that a source wants
  MonoTime next_tick_{}, next_second_{}, next_disk_{};
  MonoTime look_at_certificates_{}, tend_at_{};
  std::optional<int> certificate_said_;  // days left when the log last spoke of it
  std::optional<Milliseconds> watchdog_period_;
  MonoTime next_alive_{};
  std::int64_t lag_ms_ = 0;
  LagCounts lag_;
  std::unique_ptr<outputs::Fallback> fallback_;
  std::unique_ptr<SettingsWatch> settings_watch_;
  std::unique_ptr<service::MetricsServer> metrics_;
  MonoTime open_metrics_at_{};
  vitals::WallTime started_{};
  std::atomic<std::size_t> inbound_waiting_{0}, inbound_dropped_{0};  // messages from the broker's thread
  bool stopping_ = false;
  std::size_t ending_ = 0;  // sources that have not ended yet
};

}  // namespace app
