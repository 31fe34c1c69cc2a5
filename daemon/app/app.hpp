// `vitalsd run`: the composition root, the only place that knows every concrete type.
//
// One thread runs the loop (links, drivers, beds, alarms); the journal and the broker link each have their
// own and hand over by posting to the loop.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/app/bed_desk.hpp"
#include "daemon/app/commander.hpp"
#include "daemon/app/host.hpp"
#include "daemon/app/node_desk.hpp"
#include "daemon/app/settings_watch.hpp"
#include "daemon/app/sources.hpp"
#include "daemon/contract/documents.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/outputs/fallback.hpp"
#include "daemon/service/metrics.hpp"
#include "daemon/settings/settings.hpp"
#include "daemon/stations/broker_link.hpp"

namespace app {

class App final : private Host, private Outlet {
 public:
  App(settings::Settings settings, std::string settings_file);
  ~App() override;
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  int run();  // until SIGTERM or SIGINT; SIGHUP changes nothing; the exit status

 private:
  // Host
  BedDesk* desk_of(const bed::Bed& bed) override;
  void settle(Stamp now) override;
  void when_kept(std::function<void(bool)> then) override;
  void when_all_kept(std::function<void(bool)> then) override;
  void unknown_bed(std::string_view source, std::string_view location, Stamp now) override;
  // Outlet
  void publish(stations::Message message) override;
  void record(journal::Entry entry) override;

  void hand_over();  // what was recorded, to the journal
  void read_events(const std::string& scope, std::uint64_t from_seq, journal::PageDone then);
  void make_beds(Stamp now);
  void restore(Stamp now);
  void make_sources();
  Routes routes_of(const settings::Source& source);
  stations::BrokerSettings broker_settings() const;
  stations::BrokerHandlers broker_handlers();

  void on_tick();
  void arm(Stamp now);
  void every_second(Stamp now);
  void heartbeat(Stamp now);
  void look_at_certificates(Stamp now);
  NodeDesk::Hearing hearing(Stamp now);
  void call_locally(const NodeDesk::Hearing& hearing);  // at the bed
  void local_call_made(const std::string& trouble);
  void settings_seen(const SettingsSeen& seen);  // of the file, which the next start would read
  void watch_queues(const journal::Health& journal, Stamp now);
  void watch_disk(Stamp now);
  void watch_clock(Stamp now);
  void wait_for_signal();
  void stop();
  void one_ended();  // a source, on the way to the end

  // After each connect: alarms at once, then what stands on the broker is compared with what is true here,
  // then the rest, `online` last.
  void on_connected(std::uint64_t connection);
  void on_lost(const std::string& reason);
  void on_message(const std::string& topic, const std::string& payload, bool retained);
  void on_delivered(std::uint64_t token, bool delivered);
  void note_retained(const std::string& topic, const std::string& payload);
  bool uncommitted(const contract::StoredAlarm& document, const std::string& scope) const;
  void adopt(const std::string& topic, const std::string& payload, Stamp now);
  void reconcile(Stamp now);
  void publish_status(std::string_view state, std::string_view reason, Stamp now);
  BedDesk* find_bed(std::string_view unit, std::string_view bed);

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
  std::vector<journal::Entry> batch_;  // recorded since the last settle
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<stations::BrokerLink> broker_;
  std::unique_ptr<NodeDesk> node_;
  SeriesBook series_;
  std::vector<std::unique_ptr<BedDesk>> desks_;
  std::unordered_map<const bed::Bed*, BedDesk*> desk_of_;
  std::unordered_map<std::string, BedDesk*> desk_named_;  // "unit/bed"
  std::vector<std::unique_ptr<SourceHub>> sources_;
  std::unique_ptr<Commander> commander_;

  std::uint64_t connection_ = 0;  // 0: not connected
  std::optional<MonoTime> reconcile_at_;
  std::vector<std::pair<std::string, std::string>> retained_;  // alarm topics found after a connect
  MonoTime next_tick_{}, next_second_{}, next_heartbeat_{}, next_disk_{};
  MonoTime look_at_certificates_{};
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
  std::uint64_t dropped_said_ = 0;                                    // of all queues
  bool stopping_ = false;
  std::size_t ending_ = 0;  // sources that have not ended yet
  bool clock_synced_ = true;
  std::optional<Milliseconds> wall_over_mono_;  // a second ago
};

}  // namespace app
