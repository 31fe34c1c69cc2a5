#include "daemon/stations/first_broker.hpp"

#include <utility>

namespace stations {
namespace {

constexpr Serial connecting = 1, leaving = 2;

}  // namespace

FirstBroker::FirstBroker(const BrokerSettings& settings, const std::function<void()>& wake)
    : settings_(settings), shared_(std::make_shared<Shared>()) {
  PahoEvents events;
  events.on_done = [shared = shared_, wake](Serial serial, bool ok, const std::string&) {
    {
      const std::lock_guard lock(shared->mutex);
      if (serial == connecting) shared->outcome = ok ? Outcome::there : Outcome::gone;
      if (serial == leaving || !ok) shared->left = true;
    }
    wake();
  };
  events.on_lost = [shared = shared_](const std::string&) {
    const std::lock_guard lock(shared->mutex);
    shared->left = true;
  };
  events.on_message = [](const std::string&, const std::string&, bool) {};
  client_ = PahoClient::make(settings_, settings_.client_id + "-look", std::move(events));
}

FirstBroker::~FirstBroker() {
  const std::lock_guard lock(shared_->mutex);
  // Destroying a client that connects can hang for a minute.
  if (!shared_->left) PahoClient::abandon(std::move(client_));
}

bool FirstBroker::answers(SteadyTime now) {
  Outcome outcome = Outcome::none;
  bool left = false;
  {
    const std::lock_guard lock(shared_->mutex);
    outcome = std::exchange(shared_->outcome, Outcome::none);
    left = shared_->left;
  }
  if (outcome == Outcome::there && client_->disconnect(leaving) != Begun::yes) {
    const std::lock_guard lock(shared_->mutex);
    shared_->left = true;
  }
  if (outcome != Outcome::none || !left || !client_ || now < next_) return outcome == Outcome::there;
  wait(now);
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->left = false;
  }
  std::string trouble;
  if (client_->connect(settings_.brokers.front(), nullptr, connecting, trouble) != Begun::yes) {
    const std::lock_guard lock(shared_->mutex);
    shared_->left = true;
  }
  return false;
}

}  // namespace stations
