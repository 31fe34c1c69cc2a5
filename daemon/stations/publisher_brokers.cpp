// Which of several brokers: a client of the library for each, and the way back to the first.
#include <utility>

#include "daemon/stations/publisher.hpp"

namespace stations {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds drain_max{1000}, farewell_max{2000};

}  // namespace

// A cluster may keep a client's subscriptions at the node that took them, and refuse them elsewhere once that
// node is dead (RabbitMQ 3.10): so each broker knows us by an id of its own.
bool BrokerLink::Publisher::take_client() {
  std::unique_ptr<PahoClient>& own = clients_[broker_];
  if (client_ != own.get()) leave_client();
  client_ = own.get();
  if (client_ != nullptr) return true;
  // The library's threads may call after a stop() that gave up: they share in the ownership.
  const auto self = shared_from_this();
  PahoEvents events;
  events.on_done = [self](Serial serial, bool ok, std::string text) {
    self->post({false, serial, ok, std::move(text)});
  };
  events.on_lost = [self, at = broker_.load()](std::string reason) {
    if (self->broker_ == at) self->post({true, 0, false, std::move(reason)});
  };
  events.on_message = [self](std::string topic, std::string payload, bool retained) {
    self->call(self->handlers_.on_message, std::move(topic), std::move(payload), retained);
  };
  const std::string number = broker_ == 0 ? std::string{} : "-" + std::to_string(broker_ + 1);
  own = PahoClient::make(settings_, settings_.client_id + number, std::move(events));
  client_ = own.get();
  return client_ != nullptr;
}

void BrokerLink::Publisher::leave_client() {
  for (auto& one : clients_)
    if (library_busy_ && one.get() == client_) PahoClient::abandon(std::move(one));
  client_ = nullptr;
  library_busy_ = false;
}

void BrokerLink::Publisher::end_client() {
  connected_ = false;
  first_.reset();
  leave_client();
  clients_.clear();
}

bool BrokerLink::Publisher::first_is_back() { return broker_ != 0 && first_->answers(Clock::now()); }

// What waits still goes out here, then our word that we are gone: no will says it for us.
void BrokerLink::Publisher::leave_for_the_first() {
  const SteadyTime drained = Clock::now() + drain_max;
  while (connected_ && Clock::now() < drained && health().queued > 0) step(drained);
  {
    const std::lock_guard lock(mutex_);
    accepting_ = false;  // nothing comes after the farewell: whoever hears it may want to contradict
  }
  Message farewell;
  if (handlers_.make_farewell) {
    const std::lock_guard lock(gate_);
    if (!closed_) farewell = handlers_.make_farewell(connection_);
  }
  if (connected_ && !farewell.topic.empty()) {
    send(farewell);
    const Serial serial = serial_;
    const SteadyTime until = Clock::now() + farewell_max;
    while (connected_ && in_flight_.has(serial) && Clock::now() < until) step(until);
  }
  if (connected_) break_link("the first broker is back");
  reconnect_at_once_ = true;
}

}  // namespace stations
