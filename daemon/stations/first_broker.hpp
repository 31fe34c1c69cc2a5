// Whether the first broker answers again, while another one serves: connects to it under an id of its own,
// without a will, and leaves at once. For the publisher's thread; one attempt at a time, and one client of
// the library for all.
#pragma once

#include <memory>
#include <mutex>

#include "daemon/stations/broker_link.hpp"
#include "daemon/stations/in_flight.hpp"
#include "daemon/stations/paho_client.hpp"

namespace stations {

class FirstBroker {
 public:
  // `wake` is called in the library's threads when there is something to ask for.
  FirstBroker(const BrokerSettings& settings, const std::function<void()>& wake);
  ~FirstBroker();
  FirstBroker(const FirstBroker&) = delete;
  FirstBroker& operator=(const FirstBroker&) = delete;

  // When it wants to be asked again.
  SteadyTime next() const { return next_; }
  // Begins an attempt that is due; true: it was there a moment ago.
  bool answers(SteadyTime now);
  void wait(SteadyTime now) { next_ = now + settings_.return_try; }

 private:
  enum class Outcome : std::uint8_t { none, there, gone };
  struct Shared {  // with the library's threads, which may outlive us
    std::mutex mutex;
    Outcome outcome = Outcome::none;
    bool left = true;  // not connected, not connecting
  };

  const BrokerSettings settings_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<PahoClient> client_;
  SteadyTime next_{};
};

}  // namespace stations
