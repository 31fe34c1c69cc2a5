// The link against a real Mosquitto. Nothing here waits for a time to pass; what takes long means that it
// never comes.
#include "daemon/stations/broker_link.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/unit/stations/broker_fixture.hpp"

namespace {

using namespace fixture;
using stations::BrokerLink;
using stations::Lane;
using std::chrono::milliseconds;

class BrokerLinkTest : public testing::Test {
 protected:
  // Starts a link and waits until it is connected.
  std::unique_ptr<BrokerLink> connected(const stations::BrokerSettings& with) {
    auto link = std::make_unique<BrokerLink>(with, recorder.handlers());
    link->start();
    EXPECT_TRUE(recorder.wait([](const Recorder& r) { return !r.connections.empty(); }));
    return link;
  }
  std::unique_ptr<BrokerLink> connected() { return connected(settings(broker)); }

  bool wait_delivered(std::size_t tokens) {
    return recorder.wait([tokens](const Recorder& r) { return r.delivered.size() >= tokens; });
  }

  Mosquitto broker;
  Recorder recorder;
};

TEST_F(BrokerLinkTest, a_retained_publish_is_there_for_a_late_comer) {
  const auto link = connected();
  link->publish(message("test/alarm", "spo2-low", Lane::alarm, 7, true));
  ASSERT_TRUE(wait_delivered(1));
  EXPECT_EQ(recorder.delivered.at(7), std::vector<bool>{true});
  Watcher watcher(broker.port(), "test/#");
  ASSERT_TRUE(watcher.wait_payload("spo2-low"));
  EXPECT_TRUE(watcher.seen().front().retained);
  EXPECT_TRUE(link->health().connected);
  EXPECT_EQ(link->health().published, 1U);
  link->stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, an_empty_retained_payload_deletes) {
  const auto link = connected();
  link->publish(message("test/alarm", "spo2-low", Lane::alarm, 1, true));
  link->publish(message("test/alarm", "", Lane::alarm, 2, true));
  ASSERT_TRUE(wait_delivered(2));
  Watcher watcher(broker.port(), "test/#");
  watcher.publish("test/marker", "marker");
  ASSERT_TRUE(watcher.wait_payload("marker"));
  EXPECT_EQ(watcher.seen().size(), 1U);
  link->stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, each_token_is_answered_once_and_a_topic_keeps_its_order) {
  Watcher watcher(broker.port(), "test/#");
  const auto link = connected();
  constexpr std::size_t messages = 2000;
  for (std::size_t i = 1; i <= messages; ++i)
    link->publish(message("test/a", std::to_string(i), Lane::alarm, i));
  ASSERT_TRUE(wait_delivered(messages));
  ASSERT_TRUE(watcher.wait([](const auto& seen) { return seen.size() >= messages; }));
  const auto seen = watcher.seen();
  for (std::size_t i = 0; i < messages; ++i) ASSERT_EQ(seen[i].payload, std::to_string(i + 1));
  link->stop({}, stop_limit);
  EXPECT_TRUE(recorder.none_twice());
  EXPECT_EQ(recorder.count(true), messages);
  EXPECT_EQ(link->health().queued, 0U);
}

TEST_F(BrokerLinkTest, a_qos_0_message_is_answered_too) {
  const auto link = connected();
  stations::Message observation = message("test/obs", "97", Lane::observation, 5);
  observation.qos = 0;
  link->publish(observation);
  EXPECT_TRUE(wait_delivered(1));
  link->stop({}, stop_limit);
}

// More of them than the library is given at a time, so that some wait for others to be written.
TEST_F(BrokerLinkTest, what_may_wait_goes_with_the_next_alarm_or_when_the_thread_is_woken) {
  using Wake = BrokerLink::Wake;
  constexpr std::size_t observations = 300;
  Watcher watcher(broker.port(), "test/#");
  const auto link = connected();
  const auto observe = [&] {
    for (std::size_t i = 0; i < observations; ++i) {
      stations::Message one = message("test/obs/" + std::to_string(i), "97", Lane::observation);
      one.qos = 0;
      link->publish(std::move(one), Wake::later);
    }
  };
  observe();
  link->publish(message("test/alarm", "spo2-low", Lane::alarm, 7));
  ASSERT_TRUE(wait_delivered(1));
  EXPECT_TRUE(watcher.wait([](const auto& seen) { return seen.size() == observations + 1; }));
  observe();
  link->wake();
  EXPECT_TRUE(watcher.wait([](const auto& seen) { return seen.size() == 2 * observations + 1; }));
  link->stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, messages_come_with_their_retain_flag) {
  Watcher watcher(broker.port(), "none");
  watcher.publish("test/cmd/old", "retained", true);
  const auto link = connected();
  link->subscribe("test/cmd/#", 1);
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.messages.size() == 1; }));
  EXPECT_TRUE(recorder.messages[0].retained);
  EXPECT_EQ(recorder.messages[0].payload, "retained");
  watcher.publish("test/cmd/new", "live");
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.messages.size() == 2; }));
  EXPECT_FALSE(recorder.messages[1].retained);
  EXPECT_EQ(recorder.messages[1].topic, "test/cmd/new");
  EXPECT_TRUE(recorder.wait([](const Recorder& r) { return r.subscribed.contains("test/cmd/#"); }));
  EXPECT_TRUE(recorder.subscribed.at("test/cmd/#"));
  link->stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, what_is_unsubscribed_does_not_come_any_more) {
  Watcher watcher(broker.port(), "none");
  const auto link = connected();
  link->subscribe("test/a", 1);
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.subscribed.contains("test/a"); }));
  link->unsubscribe("test/a");
  link->subscribe("test/b", 1);  // the broker works in order: granted means that the other is gone
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.subscribed.contains("test/b"); }));
  watcher.publish("test/a", "not wanted");
  watcher.publish("test/b", "wanted");
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.messages.empty(); }));
  EXPECT_EQ(recorder.messages[0].payload, "wanted");
  link->stop({}, stop_limit);
}

// P3: a dead daemon leaves nothing that looks alive.
// A ward gateway of a thousand beds has two for each, after every connect.
TEST_F(BrokerLinkTest, an_alarm_does_not_stand_behind_thousands_of_subscriptions) {
  constexpr std::size_t filters = 4000;
  const auto link = connected();
  broker.freeze();  // or the order would be chance
  for (std::size_t i = 0; i < filters; ++i) link->subscribe("test/" + std::to_string(i), 1);
  link->publish(message("test/alarm", "spo2-low", Lane::alarm, 7));
  broker.thaw();
  std::size_t granted_before = filters;
  ASSERT_TRUE(recorder.wait([&](const Recorder& r) {
    if (r.delivered.empty()) return false;
    granted_before = std::min(granted_before, r.subscribed.size());
    return true;
  }));
  EXPECT_LT(granted_before, filters / 8) << "all at once it was a third of them";
  EXPECT_TRUE(recorder.wait([](const Recorder& r) { return r.subscribed.size() == filters; }));
  link->stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, a_killed_process_leaves_its_will) {
  Watcher watcher(broker.port(), "test/#");
  Process victim;
  victim.start({VITALSD_VICTIM, std::to_string(broker.port())}, broker.dir() / "victim.log");
  ASSERT_TRUE(watcher.wait_payload("online/1"));
  victim.kill();
  ASSERT_TRUE(watcher.wait_payload("offline/will/1"));
}

TEST_F(BrokerLinkTest, an_orderly_stop_says_its_last_word_and_leaves_no_will) {
  recorder.will_topic = "test/status";
  Watcher watcher(broker.port(), "test/#");
  const auto link = connected();
  for (std::uint64_t i = 1; i <= 50; ++i)
    link->publish(message("test/alarm", std::to_string(i), Lane::alarm, i));
  link->stop(message("test/status", "offline/clean", Lane::state, 99, true), stop_limit);
  // The broker's own words for an end with and without DISCONNECT.
  ASSERT_TRUE(broker.logged({"Client link disconnected"}));
  watcher.publish("test/marker", "marker");
  ASSERT_TRUE(watcher.wait_payload("marker"));
  const auto seen = watcher.seen();
  ASSERT_EQ(seen.size(), 52U);
  EXPECT_EQ(seen[49].payload, "50") << "what was waiting goes out first";
  EXPECT_EQ(seen[50].payload, "offline/clean");
  EXPECT_TRUE(recorder.none_twice());
  EXPECT_EQ(recorder.count(true), 51U);
  EXPECT_TRUE(recorder.losses.empty());
}

TEST_F(BrokerLinkTest, nothing_is_taken_while_not_connected) {
  BrokerLink link(settings(broker), recorder.handlers());
  link.publish(message("test/a", "x", Lane::alarm, 1));
  EXPECT_EQ(recorder.delivered.at(1), std::vector<bool>{false}) << "before start";
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.connections.empty(); }));
  link.stop({}, stop_limit);
  link.publish(message("test/a", "x", Lane::alarm, 2));
  EXPECT_EQ(recorder.delivered.at(2), std::vector<bool>{false}) << "after stop";
}

TEST_F(BrokerLinkTest, a_broker_that_restarts_is_found_again_with_a_new_connection_number) {
  recorder.will_topic = "test/status";
  const auto link = connected();
  broker.kill();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.losses.size() == 1; }));
  EXPECT_FALSE(link->health().connected);
  link->publish(message("test/a", "into the void", Lane::alarm, 1));
  EXPECT_EQ(recorder.delivered.at(1), std::vector<bool>{false});
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.failures.empty(); }));
  broker.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.connections.size() == 2; }));
  EXPECT_GT(recorder.connections[1], recorder.connections[0]);
  EXPECT_EQ(recorder.wills.back(), recorder.connections[1]) << "the will is that of this connection";
  EXPECT_EQ(recorder.wills.size(), recorder.failures.size() + 2) << "a new will for every attempt";
  link->publish(message("test/a", "hello again", Lane::alarm, 2));
  ASSERT_TRUE(wait_delivered(2));
  EXPECT_EQ(recorder.delivered.at(2), std::vector<bool>{true});
  link->stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, it_waits_for_a_broker_that_starts_later) {
  broker.kill();
  BrokerLink link(settings(broker), recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.failures.empty(); }));
  EXPECT_FALSE(recorder.failures.front().empty());
  broker.start();
  EXPECT_TRUE(recorder.wait([](const Recorder& r) { return !r.connections.empty(); }));
  EXPECT_TRUE(recorder.losses.empty()) << "what never stood was never lost";
  link.stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, what_was_on_its_way_when_the_broker_died_is_unknown_and_said_once) {
  const auto link = connected();
  broker.freeze();
  constexpr std::size_t messages = 300;  // more than the library is given at a time
  for (std::size_t i = 1; i <= messages; ++i) link->publish(message("test/a", "x", Lane::alarm, i));
  broker.kill();
  ASSERT_TRUE(wait_delivered(messages));
  link->stop({}, stop_limit);
  EXPECT_EQ(recorder.count(false), messages);
  EXPECT_TRUE(recorder.none_twice());
  EXPECT_EQ(link->health().queued, 0U);
}

// P9: bounded, and still no alarm is dropped from a link that claims to work.
TEST_F(BrokerLinkTest, an_outbox_full_of_alarms_breaks_the_link_and_builds_it_anew) {
  auto with = settings(broker);
  with.outbox_max = 10;
  const auto link = connected(with);
  broker.freeze();
  std::uint64_t token = 0;
  while (recorder.count(false) == 0) {
    link->publish(message("test/a", "x", Lane::alarm, ++token));
    ASSERT_LT(token, 100'000U);
  }
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.losses.size() == 1; }));
  EXPECT_NE(recorder.losses[0].find("full"), std::string::npos);
  broker.thaw();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return r.connections.size() == 2; }));
  ASSERT_TRUE(wait_delivered(token));
  link->stop({}, stop_limit);
  EXPECT_TRUE(recorder.none_twice());
  EXPECT_EQ(recorder.delivered.size(), token);
}

TEST_F(BrokerLinkTest, stop_does_not_hang_on_a_frozen_broker) {
  auto link = connected();
  broker.freeze();
  link->publish(message("test/a", "x", Lane::alarm, 1));
  link->stop(message("test/status", "offline/clean", Lane::state, 2, true), milliseconds{300});
  link.reset();
  const std::lock_guard lock(recorder.mutex());
  EXPECT_TRUE(recorder.none_twice());
  EXPECT_EQ(recorder.count(true), 0U);
}

TEST_F(BrokerLinkTest, a_stop_without_last_word_answers_every_token_too) {
  const auto link = connected();
  broker.freeze();
  for (std::uint64_t i = 1; i <= 200; ++i) link->publish(message("test/a", "x", Lane::alarm, i));
  link->stop({}, milliseconds{300});
  const std::lock_guard lock(recorder.mutex());
  EXPECT_EQ(recorder.count(false), 200U);
  EXPECT_TRUE(recorder.none_twice());
}

TEST_F(BrokerLinkTest, stop_does_not_hang_without_a_broker) {
  broker.kill();
  BrokerLink link(settings(broker), recorder.handlers());
  link.start();
  ASSERT_TRUE(recorder.wait([](const Recorder& r) { return !r.failures.empty(); }));
  link.stop(message("test/status", "offline/clean", Lane::state, 2, true), stop_limit);
  EXPECT_FALSE(link.health().connected) << "and it came back";
}

TEST_F(BrokerLinkTest, stop_before_start_and_twice_is_harmless) {
  BrokerLink link(settings(broker), recorder.handlers());
  link.stop({}, stop_limit);
  link.stop({}, stop_limit);
  EXPECT_FALSE(link.health().connected) << "and it came back";
}

TEST_F(BrokerLinkTest, a_tick_comes_again_and_again) {
  Watcher watcher(broker.port(), "test/tick");
  auto with = settings(broker);
  with.tick_topic = "test/tick";
  const auto link = connected(with);
  EXPECT_TRUE(watcher.wait([](const auto& seen) { return seen.size() >= 2; }));
  link->stop({}, stop_limit);
}

// The library's send thread may sleep on an alarm: while it is not acknowledged, the thread is woken.
TEST_F(BrokerLinkTest, an_alarm_that_is_not_acknowledged_is_nudged) {
  Watcher watcher(broker.port(), "test/tick");
  auto with = settings(broker);
  with.tick_topic = "test/tick";
  const auto link = connected(with);
  broker.freeze();
  link->publish(message("test/a", "x", Lane::observation, 1));
  link->publish(message("test/a", "x", Lane::alarm, 2));
  EXPECT_TRUE(poll_until([&link] { return link->health().nudges >= 3; }));
  broker.thaw();
  ASSERT_TRUE(wait_delivered(2));
  EXPECT_TRUE(watcher.wait([](const auto& seen) { return seen.size() >= 4; }));
  link->stop({}, stop_limit);
}

TEST_F(BrokerLinkTest, proxies_of_the_environment_do_not_divert_it) {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  const auto link = connected();
  EXPECT_TRUE(link->health().connected);
  link->stop({}, stop_limit);
}

}  // namespace
