// Monitors of many beds in one process: who sends what when, and what comes back from the program under load.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/load/alarm_listener.hpp"
#include "tests/bench/load/mllp_peer.hpp"
#include "tests/bench/load/process.hpp"
#include "tests/bench/pcd01.hpp"

namespace bench {

struct LoadSettings {
  std::uint16_t port = 2575;
  pid_t pid = 0;
  unsigned connections = 1;
  unsigned beds = 1;
  unsigned window = 1;  // flood: messages of a connection that wait for their answer
  double seconds = 3;   // that are measured
  double warm_up_seconds = 1;
  double per_bed_hz = 1;     // steady
  unsigned alarm_every = 0;  // steady: each so many-th message of a bed is beyond a limit; 0: none is
  std::uint16_t broker_port = 1883;
  std::string topic = "#";  // where alarms come
  std::string match;        // what the document of an alarm that begins contains
};

struct LoadResult {
  double seconds = 0;
  std::uint64_t sent = 0;
  Answers answers;
  Histogram alarm_latency;
  std::uint64_t alarms_sent = 0;
  Histogram lateness;  // of the generator itself, against its own plan
  double cpu_s = 0, generator_cpu_s = 0;
  std::int64_t rss_kb = 0, rss_peak_kb = 0;
  std::uint64_t wake_ups = 0, written_bytes = 0;
};

class Generator {
 public:
  explicit Generator(LoadSettings settings);
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;
  ~Generator();

  LoadResult flood();   // as fast as answers come
  LoadResult steady();  // each bed in its rhythm
  LoadResult storm();   // an alarm at every bed within an instant; until the last one has come
  LoadResult idle();    // connections that say nothing: what each costs

 private:
  struct Bed {
    std::uint64_t messages = 0;
    std::optional<std::int64_t> alarm_sent_ns;
  };

  void open_all();
  void watch(const MllpPeer& peer, bool writable) const;
  void listen();
  void send(MllpPeer& peer, unsigned bed, bool alarm);
  void send_now(unsigned bed, bool alarm);
  void poll_until(std::int64_t deadline_ns);
  void refill(MllpPeer& peer);
  void settle(std::int64_t limit_ns);  // until nothing waits
  void on_alarm(std::string_view topic, std::string_view payload);
  void begin_measuring();
  void end_measuring();
  bool anything_waits() const;

  LoadSettings settings_;
  int epoll_;
  std::vector<std::unique_ptr<MllpPeer>> peers_;
  std::unique_ptr<AlarmListener> listener_;
  std::vector<Bed> beds_;
  Pcd01 message_;
  std::int64_t message_second_ = -1;
  std::uint64_t number_;
  unsigned next_bed_ = 0;
  bool flooding_ = false;
  Process process_;
  LoadResult result_;
  std::int64_t began_ns_ = 0;
  double began_cpu_s_ = 0, began_own_cpu_s_ = 0;
  std::uint64_t began_wake_ups_ = 0, began_written_ = 0;
};

}  // namespace bench
