#include "daemon/stations/broker_link.hpp"

#include <cstdlib>
#include <utility>

#include "daemon/stations/publisher.hpp"

namespace stations {

BrokerLink::BrokerLink(BrokerSettings settings, BrokerHandlers handlers) {
  for (const char* name : {"http_proxy", "https_proxy"}) ::unsetenv(name);
  publisher_ = std::make_shared<Publisher>(std::move(settings), std::move(handlers));
}

BrokerLink::~BrokerLink() { publisher_->abandon(); }

void BrokerLink::start() { publisher_->start(); }
void BrokerLink::publish(Message message, Wake when) { publisher_->publish(std::move(message), when); }
void BrokerLink::wake() { publisher_->wake(); }
void BrokerLink::subscribe(std::string filter, int qos) {
  publisher_->enqueue_subscription({std::move(filter), qos, true});
}
void BrokerLink::unsubscribe(std::string filter) {
  publisher_->enqueue_subscription({std::move(filter), 0, false});
}
void BrokerLink::stop(Message last, vitals::Milliseconds limit) { publisher_->stop(std::move(last), limit); }
BrokerHealth BrokerLink::health() const { return publisher_->health(); }

}  // namespace stations
