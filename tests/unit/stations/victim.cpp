// Connects with a will, says so, and waits to be killed: what the broker then publishes is the test.
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "daemon/stations/broker_link.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  stations::BrokerSettings settings;
  settings.brokers.push_back({"127.0.0.1", static_cast<std::uint16_t>(std::atoi(argv[1]))});
  settings.client_id = "victim";

  stations::BrokerLink* link = nullptr;
  const auto status = [](std::string payload) {
    stations::Message out;
    out.topic = "test/status";
    out.payload = std::move(payload);
    out.retain = true;
    return out;
  };
  stations::BrokerHandlers handlers;
  handlers.make_will = [&](std::uint64_t number) { return status("offline/will/" + std::to_string(number)); };
  handlers.on_connected = [&](std::uint64_t number) {
    link->publish(status("online/" + std::to_string(number)));
  };
  stations::BrokerLink own(settings, handlers);
  link = &own;
  own.start();
  for (;;) ::pause();
}
