// Several brokers in order, each a real Mosquitto: the next one serves while the first is away, and is left
// again.
#include <gtest/gtest.h>

#include "daemon/stations/broker_link.hpp"
#include "tests/unit/stations/broker_fixture.hpp"

namespace {

using namespace fixture;
using stations::BrokerLink;
using stations::Lane;

class FailoverTest : public testing::Test {
 protected:
  std::unique_ptr<BrokerLink> start() {
    auto with = settings(first);
    with.brokers.push_back({"127.0.0.1", second.port()});
    with.return_try = std::chrono::milliseconds{100};
    auto handlers = recorder.handlers();
    handlers.make_farewell = [](std::uint64_t connection) {
      return message("test/status", "farewell/" + std::to_string(connection), Lane::state, 0, true);
    };
    auto link = std::make_unique<BrokerLink>(with, handlers);
    link->start();
    return link;
  }
  bool connected(std::size_t times) {
    return recorder.wait([times](const Recorder& r) { return r.connections.size() >= times; });
  }

  Mosquitto first, second;
  Recorder recorder;
};

TEST_F(FailoverTest, the_first_is_taken_when_both_are_there) {
  const auto link = start();
  ASSERT_TRUE(connected(1));
  EXPECT_EQ(link->health().broker, 0U);
  EXPECT_TRUE(recorder.failures.empty());
  link->stop({}, stop_limit);
}

TEST_F(FailoverTest, the_next_one_serves_at_once_and_the_first_is_gone_back_to) {
  first.kill();
  recorder.will_topic = "test/status";
  const auto link = start();
  ASSERT_TRUE(connected(1));
  EXPECT_EQ(link->health().broker, 1U);
  EXPECT_EQ(recorder.failures.size(), 1U) << "no waiting between one and the next";
  Watcher at_second(second.port(), "test/#");
  link->publish(message("test/alarm", "spo2-low", Lane::alarm, 1, true));
  ASSERT_TRUE(at_second.wait_payload("spo2-low"));
  first.start();
  ASSERT_TRUE(connected(2));
  EXPECT_EQ(link->health().broker, 0U);
  EXPECT_TRUE(at_second.wait_payload("farewell/" + std::to_string(recorder.connections[0])));
  EXPECT_EQ(recorder.losses.size(), 1U);
  Watcher at_first(first.port(), "test/#");
  link->publish(message("test/alarm", "hello again", Lane::alarm, 2));
  EXPECT_TRUE(at_first.wait_payload("hello again"));
  for (const Seen& one : at_second.seen())
    EXPECT_FALSE(one.payload.starts_with("offline/will")) << one.payload;
  link->stop({}, stop_limit);
  EXPECT_TRUE(recorder.none_twice());
}

TEST_F(FailoverTest, a_first_that_dies_is_replaced) {
  const auto link = start();
  ASSERT_TRUE(connected(1));
  first.kill();
  ASSERT_TRUE(connected(2));
  EXPECT_EQ(link->health().broker, 1U);
  link->stop({}, stop_limit);
}

// It takes connections and says nothing: what works is not left for it.
TEST_F(FailoverTest, a_first_that_hangs_is_not_gone_back_to) {
  first.freeze();
  const auto link = start();
  ASSERT_TRUE(connected(1));
  EXPECT_EQ(link->health().broker, 1U);
  Watcher at_second(second.port(), "test/#");
  for (std::uint64_t i = 1; i <= 50; ++i) {
    link->publish(message("test/a", "x", Lane::alarm, i));
    ASSERT_TRUE(recorder.wait([i](const Recorder& r) { return r.delivered.size() >= i; }));
  }
  EXPECT_EQ(link->health().broker, 1U);
  EXPECT_EQ(recorder.count(true), 50U);
  first.thaw();
  ASSERT_TRUE(connected(2));
  EXPECT_EQ(link->health().broker, 0U);
  link->stop({}, stop_limit);
}

TEST_F(FailoverTest, with_none_there_each_is_tried_in_turn) {
  first.kill();
  second.kill();
  const auto link = start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.failures.size() >= 3; }));
  second.start();
  ASSERT_TRUE(connected(1));
  EXPECT_EQ(link->health().broker, 1U);
  link->stop({}, stop_limit);
}

}  // namespace
