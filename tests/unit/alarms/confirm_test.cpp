// "2 of 3": on top of the delay, never instead of it.
#include "daemon/alarms/confirm.hpp"

#include "tests/unit/alarms/fixture.hpp"

namespace alarms {
namespace {

std::string pattern(std::string_view samples, ConfirmRule rule) {
  Confirmation seen;
  std::string out;
  for (const char one : samples) out += seen.add(one == 'x', rule) ? 'y' : '-';
  return out;
}

TEST(Confirmation, counts_among_the_newest) {
  EXPECT_EQ(pattern("x.x.xx..x", {2, 3}), "--y-yyy--");
  EXPECT_EQ(pattern("xxx.xxxx", {3, 3}), "--y---yy");
  EXPECT_EQ(pattern("x.x", {1, 1}), "y-y");
  EXPECT_EQ(pattern("x....x....", {1, 5}), "yyyyyyyyyy");
  EXPECT_EQ(pattern("xxxx.....", {4, 5}), "---yy----");
}

TEST(Confirmation, forgets) {
  Confirmation seen;
  seen.add(true, {2, 3});
  seen.forget();
  EXPECT_FALSE(seen.add(true, {2, 3}));
  EXPECT_TRUE(seen.add(true, {2, 3}));
}

struct Confirmed : OneCondition {
  void tell(double value, bool warn, bool critical) {
    Reading one = reading(value);
    one.warn_confirmed = warn;
    one.critical_confirmed = critical;
    engine.read(condition, one, now, record);
  }
};

TEST_F(Confirmed, without_confirmation_no_delay_begins_an_alarm) {
  for (int i = 0; i < 60; ++i) tell(90, false, false), wait(1);
  EXPECT_EQ(alarm(), nullptr);
  EXPECT_TRUE(condition.pending());
  tell(90, true, false);  // the delay has long run
  EXPECT_NE(alarm(), nullptr);
}

TEST_F(Confirmed, the_delay_still_runs_after_the_confirmation) {
  tell(90, true, false);
  wait(14.9);
  EXPECT_EQ(alarm(), nullptr);
  tell(90, true, false);
  wait(0.1);
  EXPECT_NE(alarm(), nullptr);
}

TEST_F(Confirmed, an_escalation_needs_its_own) {
  go_medium();
  for (int i = 0; i < 20; ++i) tell(85, true, false), wait(1);
  EXPECT_EQ(alarm()->priority, Priority::medium);
  tell(85, true, true);
  EXPECT_EQ(alarm()->priority, Priority::high);
}

TEST_F(Confirmed, the_end_needs_none) {
  go_medium();
  for (int i = 0; i < 6; ++i) tell(98, false, false), wait(1);
  EXPECT_EQ(alarm(), nullptr);
}

}  // namespace
}  // namespace alarms
