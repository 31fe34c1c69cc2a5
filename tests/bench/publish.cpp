// Alarms to a broker one by one, each when the one before is confirmed: how long each takes.
//
// The MQTT library can sleep over a publish for a second (about one in 200,000); the link wakes it
// (daemon/stations/in_flight.hpp). So it takes hundreds of thousands to see whether that works.
//
//   bench_publish BROKER-PORT COUNT
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <semaphore>

#include "daemon/stations/broker_link.hpp"
#include "tests/bench/load/histogram.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t late_ns = 50'000'000;

struct Figures {
  bench::Histogram took;
  std::uint64_t late = 0, lost = 0;
};

class OneByOne {
 public:
  explicit OneByOne(std::uint16_t port) : link_(settings_for(port), handlers()) {
    link_.start();
    connected_.acquire();
  }
  ~OneByOne() { link_.stop({}, vitals::Milliseconds{10'000}); }

  void publish(std::uint64_t number, Figures& figures) {
    const auto begin = Clock::now();
    link_.publish({.topic = "bench/alarm",
                   .payload = std::string(700, 'a'),
                   .qos = 1,
                   .lane = stations::Lane::alarm,
                   .token = number});
    confirmed_.acquire();
    const std::int64_t ns = std::chrono::nanoseconds{Clock::now() - begin}.count();
    figures.took.add(ns);
    figures.late += ns > late_ns ? 1 : 0;
    figures.lost += delivered_ ? 0 : 1;
  }
  std::uint64_t nudges() const { return link_.health().nudges; }

 private:
  static stations::BrokerSettings settings_for(std::uint16_t port) {
    stations::BrokerSettings settings;
    settings.brokers = {{"127.0.0.1", port}};
    settings.client_id = "bench-publish";
    settings.tick_topic = "bench/tick";
    return settings;
  }
  stations::BrokerHandlers handlers() {
    stations::BrokerHandlers handlers;
    handlers.on_connected = [this](std::uint64_t) { connected_.release(); };
    handlers.on_delivered = [this](std::uint64_t, bool delivered) {
      delivered_ = delivered;
      confirmed_.release();
    };
    return handlers;
  }

  std::binary_semaphore connected_{0}, confirmed_{0};
  bool delivered_ = false;
  stations::BrokerLink link_;
};

}  // namespace

int main(int count_of_arguments, char** arguments) {
  if (count_of_arguments != 3) {
    std::cerr << "bench_publish BROKER-PORT COUNT\n";
    return 2;
  }
  const auto count = std::strtoull(arguments[2], nullptr, 10);
  Figures figures;
  OneByOne alarms(static_cast<std::uint16_t>(std::strtoul(arguments[1], nullptr, 10)));
  for (std::uint64_t number = 1; number <= count; ++number) alarms.publish(number, figures);
  const nlohmann::json document{
      {"count", count},
      {"p50_us", figures.took.quantile_us(0.5)},
      {"p99_us", figures.took.quantile_us(0.99)},
      {"max_us", figures.took.max_us()},
      {"late", figures.late},
      {"lost", figures.lost},
      {"nudges", alarms.nudges()},
  };
  std::cout << document.dump() << "\n";
}
