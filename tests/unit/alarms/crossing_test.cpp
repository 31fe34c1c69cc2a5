// What people did about an alarm when it was silent, and comes when it calls.
#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

struct Crossing : OneCondition {
  Crossing() { freshness = seconds(3600); }
  AckVerdict ack_seen(std::uint64_t rev) {
    return engine.acknowledge("spo2-low", view(alarm()->id), rev, "ns-2/rn-17", now, record).verdict;
  }
};

TEST_F(Crossing, P6_an_ack_of_what_was_latched_is_none_of_what_is_there_again) {
  go_latched();
  const std::uint64_t seen = alarm()->rev;
  stay(90, 16);
  ASSERT_EQ(alarm()->state, State::active);
  ASSERT_EQ(alarm()->priority, Priority::medium) << "lower than it was";
  EXPECT_EQ(alarm()->rev_priority, alarm()->rev);
  EXPECT_EQ(ack_seen(seen), AckVerdict::conflict);
  EXPECT_FALSE(alarm()->acked);
  EXPECT_TRUE(engine.sounding());
  EXPECT_EQ(ack_seen(alarm()->rev), AckVerdict::applied);
}

TEST_F(Crossing, P6_an_ack_of_what_was_shelved_is_none_of_what_calls_again) {
  go_medium();
  const auto shelve = [&] {
    ASSERT_EQ(engine.shelve("spo2-low", seconds(600), "charge-1/rn-2", now, record).verdict,
              AckVerdict::applied);
  };
  shelve();
  const std::uint64_t seen = alarm()->rev;
  wait(600);
  ASSERT_EQ(alarm()->shown(), Priority::medium);
  EXPECT_EQ(ack_seen(seen), AckVerdict::conflict) << "it was information then";
  EXPECT_FALSE(alarm()->acked);
  EXPECT_EQ(ack_seen(alarm()->rev), AckVerdict::applied);
  shelve();
  const std::uint64_t below = alarm()->rev;
  engine.unshelve("spo2-low", now, record);
  EXPECT_EQ(ack_seen(below), AckVerdict::conflict) << "likewise where it was taken back";
}

}  // namespace
}  // namespace alarms
