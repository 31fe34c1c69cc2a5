#include "daemon/stations/outbox.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace {

using stations::Lane;
using stations::Message;
using stations::Outbox;

Message message(Lane lane, std::uint64_t token) {
  Message out;
  out.lane = lane;
  out.token = token;
  return out;
}

std::uint64_t pop(Outbox& outbox, bool urgent_only = false) {
  const auto out = outbox.pop(urgent_only);
  return out ? out->token : 0;
}

TEST(Outbox, lanes_overtake_and_within_a_lane_the_order_stays) {
  Outbox outbox(100);
  outbox.push(message(Lane::observation, 1));
  outbox.push(message(Lane::event, 2));
  outbox.push(message(Lane::state, 3));
  outbox.push(message(Lane::answer, 4));
  outbox.push(message(Lane::alarm, 5));
  outbox.push(message(Lane::alarm, 6));
  for (const std::uint64_t expected : {5U, 6U, 4U, 3U, 2U, 1U, 0U}) EXPECT_EQ(pop(outbox), expected);
  EXPECT_EQ(outbox.size(), 0U);
}

TEST(Outbox, the_urgent_ones_can_be_taken_alone) {
  Outbox outbox(100);
  outbox.push(message(Lane::state, 1));
  EXPECT_FALSE(outbox.has(true));
  EXPECT_EQ(pop(outbox, true), 0U);
  outbox.push(message(Lane::answer, 2));
  EXPECT_TRUE(outbox.has(true));
  EXPECT_EQ(pop(outbox, true), 2U);
  EXPECT_TRUE(outbox.has(false));
}

// The value that leads an alarm: nothing older of its topic may come after it.
TEST(Outbox, a_newer_value_replaces_those_of_its_topic_that_wait) {
  Outbox outbox(100);
  const auto value = [](Lane lane, std::string topic, std::string payload) {
    Message out = message(lane, 0);
    out.topic = std::move(topic);
    out.payload = std::move(payload);
    return out;
  };
  outbox.push(value(Lane::observation, "spo2", "old"));
  outbox.push(value(Lane::observation, "pr", "other"));
  outbox.push(value(Lane::observation, "spo2", "older"));
  Message ahead = value(Lane::alarm, "spo2", "new");
  ahead.replaces_waiting = true;
  outbox.push(std::move(ahead));
  outbox.push(message(Lane::alarm, 7));
  EXPECT_EQ(outbox.size(), 3U);
  EXPECT_EQ(outbox.pop(true)->payload, "new");
  EXPECT_EQ(pop(outbox, true), 7U);
  EXPECT_EQ(outbox.pop(false)->payload, "other");
  EXPECT_EQ(outbox.size(), 0U);
}

// P9: history before alarms.
TEST(Outbox, a_full_one_drops_observations_then_events_then_state_oldest_first) {
  Outbox outbox(6);
  std::uint64_t token = 0;
  for (const Lane lane : {Lane::state, Lane::event, Lane::observation})
    for (int i = 0; i < 2; ++i) outbox.push(message(lane, ++token));
  for (const std::uint64_t expected : {5U, 6U, 3U, 4U, 1U, 2U}) {
    const auto pushed = outbox.push(message(Lane::alarm, ++token));
    ASSERT_TRUE(pushed.dropped);
    EXPECT_EQ(pushed.dropped->token, expected);
    EXPECT_FALSE(pushed.stuck);
  }
  EXPECT_EQ(outbox.size(), 6U);
}

TEST(Outbox, a_newcomer_drops_its_own_kind_or_itself_never_its_betters) {
  Outbox outbox(2);
  outbox.push(message(Lane::state, 1));
  outbox.push(message(Lane::event, 2));
  EXPECT_EQ(outbox.push(message(Lane::observation, 3)).dropped->token, 3U);
  EXPECT_EQ(outbox.push(message(Lane::event, 4)).dropped->token, 2U);
  EXPECT_EQ(outbox.push(message(Lane::state, 5)).dropped->token, 4U);
  EXPECT_EQ(outbox.push(message(Lane::event, 6)).dropped->token, 6U);
  EXPECT_EQ(outbox.push(message(Lane::state, 7)).dropped->token, 1U);
}

TEST(Outbox, full_of_alarms_it_says_so_instead_of_dropping_one) {
  Outbox outbox(2);
  outbox.push(message(Lane::alarm, 1));
  outbox.push(message(Lane::answer, 2));
  const auto refused_state = outbox.push(message(Lane::state, 3));
  EXPECT_EQ(refused_state.dropped->token, 3U);
  EXPECT_FALSE(refused_state.stuck);
  const auto refused_alarm = outbox.push(message(Lane::alarm, 4));
  EXPECT_EQ(refused_alarm.dropped->token, 4U);
  EXPECT_TRUE(refused_alarm.stuck);
  EXPECT_EQ(outbox.take_all().size(), 2U);
}

TEST(Outbox, a_lane_can_be_taken_out) {
  Outbox outbox(10);
  outbox.push(message(Lane::observation, 1));
  outbox.push(message(Lane::alarm, 2));
  EXPECT_EQ(outbox.take(Lane::observation).size(), 1U);
  EXPECT_EQ(outbox.size(), 1U);
  EXPECT_EQ(pop(outbox), 2U);
}

// Whatever comes: never above the limit, nothing twice, nothing without a trace, order kept within each lane,
// and an alarm leaves only when no message of a lesser lane is there.
RC_GTEST_PROP(OutboxProperty, every_message_leaves_exactly_once_and_in_order, ()) {
  const auto messages_max = *rc::gen::inRange<std::size_t>(1, 8);
  Outbox outbox(messages_max);
  std::set<std::uint64_t> gone;
  std::map<Lane, std::uint64_t> last_popped;
  const auto steps = *rc::gen::inRange(0, 200);
  std::uint64_t token = 0;
  const auto leave = [&gone](const Message& out) { RC_ASSERT(gone.insert(out.token).second); };
  for (int i = 0; i < steps; ++i) {
    if (*rc::gen::inRange(0, 3) > 0) {
      const auto lane = static_cast<Lane>(*rc::gen::inRange(0, 5));
      const auto pushed = outbox.push(message(lane, ++token));
      if (pushed.dropped) leave(*pushed.dropped);
      if (pushed.dropped && stations::is_urgent(pushed.dropped->lane)) RC_ASSERT(pushed.stuck);
      if (pushed.stuck) RC_ASSERT(pushed.dropped->token == token);
    } else if (const auto out = outbox.pop(*rc::gen::arbitrary<bool>())) {
      leave(*out);
      RC_ASSERT(out->token > last_popped[out->lane]);
      last_popped[out->lane] = out->token;
    }
    RC_ASSERT(outbox.size() <= messages_max);
  }
  for (const Message& out : outbox.take_all()) leave(out);
  RC_ASSERT(gone.size() == token);
}

}  // namespace
