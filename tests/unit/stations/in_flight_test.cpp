#include "daemon/stations/in_flight.hpp"

#include <gtest/gtest.h>

namespace {

using stations::InFlight;
using std::chrono::milliseconds;

const stations::SteadyTime t0{};

TEST(InFlight, each_is_finished_once) {
  InFlight in_flight;
  in_flight.add(1, 11, 1, false, t0);
  in_flight.add(2, 12, 1, true, t0);
  EXPECT_EQ(in_flight.finish(2)->token, 12U);
  EXPECT_FALSE(in_flight.finish(2));
  EXPECT_TRUE(in_flight.has(1));
  EXPECT_EQ(in_flight.take_all().size(), 1U);
  EXPECT_EQ(in_flight.size(), 0U);
  EXPECT_FALSE(in_flight.finish(1));
}

TEST(InFlight, the_oldest_tells_how_long_the_broker_is_silent) {
  InFlight in_flight;
  EXPECT_FALSE(in_flight.oldest_sent_at());
  in_flight.add(1, 0, 1, false, t0);
  in_flight.add(2, 0, 1, false, t0 + milliseconds{5});
  in_flight.finish(1);
  EXPECT_EQ(in_flight.oldest_sent_at(), t0 + milliseconds{5});
}

// Library pitfall: an alarm can sit in the library for a second unless another command wakes its thread.
TEST(InFlight, an_alarm_is_nudged_after_20_ms_then_at_doubling_times) {
  InFlight in_flight;
  in_flight.add(1, 0, 0, false, t0);
  EXPECT_FALSE(in_flight.nudge_at()) << "an observation is worth no nudge";
  in_flight.add(2, 0, 1, true, t0);
  for (const int due_ms : {20, 40, 80, 160}) {
    ASSERT_EQ(in_flight.nudge_at(), t0 + milliseconds{due_ms});
    in_flight.nudged(*in_flight.nudge_at());
  }
  in_flight.finish(2);
  EXPECT_FALSE(in_flight.nudge_at());
}

// The thread sleeps over observations that are written, and over nothing else.
TEST(InFlight, all_but_observations_are_awaited) {
  InFlight in_flight;
  in_flight.add(1, 0, 0, false, t0);
  EXPECT_FALSE(in_flight.any_awaited());
  struct {
    std::uint64_t token;
    std::uint8_t qos;
    bool urgent;
  } const awaited[]{{7, 0, false}, {0, 1, false}, {0, 0, true}};
  for (const auto& one : awaited) {
    in_flight.add(2, one.token, one.qos, one.urgent, t0);
    EXPECT_TRUE(in_flight.any_awaited());
    in_flight.finish(2);
    EXPECT_FALSE(in_flight.any_awaited());
  }
}

TEST(InFlight, the_oldest_urgent_one_decides) {
  InFlight in_flight;
  in_flight.add(1, 0, 1, true, t0);
  in_flight.add(2, 0, 1, true, t0 + milliseconds{3});
  in_flight.nudged(t0 + milliseconds{20});
  EXPECT_EQ(in_flight.nudge_at(), t0 + milliseconds{40});
  in_flight.finish(1);
  EXPECT_EQ(in_flight.nudge_at(), t0 + milliseconds{23});
}

}  // namespace
