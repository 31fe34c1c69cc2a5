// The library's connection sends each packet at once: an alarm does not wait for the answer to what went
// before it.
#include "daemon/stations/no_delay.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <filesystem>
#include <vector>

#include "daemon/stations/broker_link.hpp"
#include "tests/unit/stations/broker_fixture.hpp"

namespace {

using namespace fixture;

// TCP_NODELAY of each socket of this process that is connected to the port on loopback.
std::vector<bool> no_delay_of(std::uint16_t port) {
  std::vector<bool> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int descriptor = std::stoi(entry.path().filename());
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    int on = 0;
    socklen_t length = sizeof on;
    ::getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, &length);
    out.push_back(on != 0);
  }
  return out;
}

TEST(NoDelay, the_connection_to_the_broker_sends_each_packet_at_once) {
  Mosquitto broker;
  Recorder recorder;
  stations::BrokerLink link(settings(broker), recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.connections.empty(); }));
  EXPECT_EQ(no_delay_of(broker.port()), std::vector<bool>{true});
  link.stop({}, stop_limit);
}

TEST(NoDelay, another_port_is_left_as_it_is) {
  Mosquitto broker;
  EXPECT_EQ(stations::send_without_delay(broker.port()), 0U);
}

}  // namespace
