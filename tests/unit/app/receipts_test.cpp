// What wants a station's confirmation, what counts as one, and when it is missing.
#include "daemon/app/receipts.hpp"

#include <gtest/gtest.h>

#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using alarms::Change;
using alarms::Priority;

class ReceiptsTest : public testing::Test {
 protected:
  static alarms::Alarm alarm(Change change, Priority priority, std::uint64_t rev = 1) {
    alarms::Alarm out;
    out.id.fill('0');
    out.condition = "spo2-low";
    out.rev = rev;
    out.state = change == Change::end ? alarms::State::inactive : alarms::State::active;
    out.change = change;
    out.priority = priority;
    return out;
  }
  const std::string id_ = std::string(26, '0');
  Receipts receipts_;
};

TEST_F(ReceiptsTest, AnUnconfirmedAlarmIsRepeatedTwiceAndThenMissing) {
  receipts_.take(alarm(Change::start, Priority::medium), at(0));
  EXPECT_FALSE(receipts_.repeat_due("spo2-low", at(4'999)));
  EXPECT_TRUE(receipts_.repeat_due("spo2-low", at(5'000)));
  EXPECT_FALSE(receipts_.repeat_due("spo2-low", at(6'000)));
  EXPECT_TRUE(receipts_.repeat_due("spo2-low", at(10'000)));
  EXPECT_FALSE(receipts_.missing(at(14'999)));
  EXPECT_TRUE(receipts_.missing(at(15'000)));
  EXPECT_FALSE(receipts_.repeat_due("spo2-low", at(20'000)));
}

TEST_F(ReceiptsTest, AConfirmationOfTheRevisionOrALaterOneCounts) {
  receipts_.take(alarm(Change::escalate, Priority::high, 4), at(0));
  receipts_.confirm(id_, 3);
  receipts_.confirm(std::string(26, '1'), 9);
  EXPECT_TRUE(receipts_.missing(at(15'000)));
  receipts_.confirm(id_, 4);
  EXPECT_FALSE(receipts_.missing(at(15'000)));
}

TEST_F(ReceiptsTest, AnEscalationWantsItsOwn) {
  receipts_.take(alarm(Change::start, Priority::medium, 1), at(0));
  receipts_.confirm(id_, 1);
  receipts_.take(alarm(Change::escalate, Priority::high, 2), at(20'000));
  EXPECT_FALSE(receipts_.missing(at(34'999)));
  EXPECT_TRUE(receipts_.missing(at(35'000)));
}

TEST_F(ReceiptsTest, AnUpdateChangesNothing) {
  receipts_.take(alarm(Change::start, Priority::medium, 1), at(0));
  receipts_.take(alarm(Change::update, Priority::medium, 2), at(10'000));
  EXPECT_TRUE(receipts_.missing(at(15'000)));
}

TEST_F(ReceiptsTest, AnAlarmFromBeforeARestartWantsOneAgain) {
  receipts_.ask_again(alarm(Change::update, Priority::medium, 1'000'000), at(0));
  EXPECT_TRUE(receipts_.repeat_due("spo2-low", at(5'000)));
  EXPECT_TRUE(receipts_.missing(at(15'000)));
  receipts_.confirm(id_, 1'000'000);
  EXPECT_FALSE(receipts_.missing(at(15'000)));
}

TEST_F(ReceiptsTest, FromBeforeARestartAskedIsOnlyForWhatStillCalls) {
  alarms::Alarm acked = alarm(Change::update, Priority::high), latched = acked, shelved = acked;
  acked.acked = true;
  latched.state = alarms::State::latched;
  shelved.inhibit = alarms::Inhibit::shelved;
  for (const alarms::Alarm& one : {acked, latched, shelved, alarm(Change::update, Priority::low)})
    receipts_.ask_again(one, at(0));
  EXPECT_FALSE(receipts_.missing(at(60'000)));
}

TEST_F(ReceiptsTest, LowPriorityAndTheAlarmsAboutItselfWantNone) {
  receipts_.take(alarm(Change::start, Priority::low), at(0));
  for (const std::string_view condition : {"broker-lost", "no-listener", "confirm-missing"}) {
    alarms::Alarm own = alarm(Change::start, Priority::high);
    own.condition = condition;
    receipts_.take(own, at(0));
  }
  EXPECT_FALSE(receipts_.missing(at(60'000)));
}

TEST_F(ReceiptsTest, WhatIsShelvedWantsNone) {
  alarms::Alarm shelved = alarm(Change::start, Priority::medium);
  shelved.inhibit = alarms::Inhibit::shelved;
  receipts_.take(shelved, at(0));
  EXPECT_FALSE(receipts_.missing(at(60'000)));
  receipts_.take(alarm(Change::start, Priority::medium), at(0));
  shelved.change = Change::update;
  receipts_.take(shelved, at(1'000));
  EXPECT_FALSE(receipts_.missing(at(60'000)));
}

TEST_F(ReceiptsTest, WhatIsOverOrAcknowledgedNeedsNoneAnyMore) {
  receipts_.take(alarm(Change::start, Priority::high), at(0));
  receipts_.take(alarm(Change::end, Priority::high, 2), at(1'000));
  EXPECT_FALSE(receipts_.missing(at(60'000)));
  receipts_.take(alarm(Change::start, Priority::high), at(0));
  alarms::Alarm acked = alarm(Change::update, Priority::high, 2);
  acked.acked = true;
  receipts_.take(acked, at(1'000));
  EXPECT_FALSE(receipts_.missing(at(60'000)));
}

TEST_F(ReceiptsTest, AfterABrokersReturnTheTimeRunsAnew) {
  receipts_.take(alarm(Change::start, Priority::high), at(0));
  EXPECT_TRUE(receipts_.repeat_due("spo2-low", at(5'000)));
  receipts_.start_over(at(60'000));
  EXPECT_FALSE(receipts_.missing(at(74'999)));
  EXPECT_TRUE(receipts_.repeat_due("spo2-low", at(65'000)));
  EXPECT_TRUE(receipts_.missing(at(75'000)));
}

}  // namespace
}  // namespace app::test
