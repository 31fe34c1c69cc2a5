// Between a journal and a broker that only write down what comes: what a start, a late answer and a refusal
// must not break.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>

#include "tests/unit/app/node_fixture.hpp"

namespace app::test {
namespace {

using std::chrono_literals::operator""s;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* lost_topic = "vitals/1/bed/pain/b1/alarm/link-lost-mon1";

class NodeTest : public NodeFixture {
 protected:
  // Nothing was ever connected to its source, so a bed has this alarm after a while.
  std::string lost_document() {
    start(0);
    node_->on_connected(1, at(0));
    pass(20s);
    const stations::Message* said = broker_.newest(lost_topic);
    return said == nullptr ? "" : said->payload;
  }
  // The next run hears from the broker what an earlier one has said.
  void expect_taken_over(const std::string& before) {
    start(30'000);
    broker_.said.messages.clear();
    node_->on_connected(3, at(30'500));  // the first two attempts found nobody
    hear(lost_topic, before, true);
    const stations::Message* said = broker_.newest(lost_topic);
    ASSERT_NE(said, nullptr);
    EXPECT_THAT(said->payload, HasSubstr(before.substr(before.find("\"id\""), 33)));
    EXPECT_THAT(said->payload, HasSubstr(R"("state":"active")"));
  }
};

TEST_F(NodeTest, P2_AnAlarmThatOnlyTheBrokerKnowsIsTakenOverAlsoWhenTheBrokerComesLate) {
  const std::string before = lost_document();
  ASSERT_THAT(before, HasSubstr(R"("state":"active")"));
  expect_taken_over(before);
}

TEST_F(NodeTest, P2_AnAlarmThatItsRunCouldNotKeepIsTakenOverAlsoByTheRunAfterTheNext) {
  const std::string before = lost_document();  // of run1
  // run2 has kept something and was killed before it had heard of the alarm.
  journal_.kept.sequences = {{"node", "run2", 1ULL << 52U}, {"pain/b1", "run2", 1ULL << 52U}};
  expect_taken_over(before);
}

TEST_F(NodeTest, P2_AtAConnectAlarmsGoOutBeforeTheBrokerIsReconciled) {
  ASSERT_THAT(lost_document(), HasSubstr(R"("state":"active")"));
  node_->on_lost("gone", at(now_ms_));
  broker_.said.messages.clear();
  node_->on_connected(2, at(now_ms_));
  const stations::Message* said = broker_.newest(lost_topic);
  ASSERT_NE(said, nullptr);
  EXPECT_THAT(said->payload, HasSubstr(R"("state":"active")"));
  EXPECT_EQ(broker_.newest("vitals/1/node/gw1/status"), nullptr) << "`online` is the last";
}

TEST_F(NodeTest, NothingThatIsPublishedStaysInTheHouse) {
  start(0);
  node_->on_connected(1, at(0));
  node_->every_second({}, at(60'000));
  EXPECT_TRUE(broker_.waits);
  node_->settle(at(60'000));
  EXPECT_FALSE(broker_.waits);
}

TEST_F(NodeTest, P2_AGhostThatComesAfterTheCollectingIsEmptied) {
  const std::string ghost = lost_document();
  journal_.kept.sequences = {{"pain/b1", "run1", 1ULL << 52U}};  // later than the document: its end was kept
  start(30'000);
  node_->on_connected(1, at(30'000));
  pass(5s);
  broker_.said.messages.clear();
  hear(lost_topic, ghost, true);
  ASSERT_NE(broker_.newest(lost_topic), nullptr);
  EXPECT_EQ(broker_.newest(lost_topic)->payload, "");
}

// Nobody heard the end: the broker was down, and then the daemon was killed.
TEST_F(NodeTest, TheEndOfAGhostIsToldAsTheLogHasItBeforeItIsEmptied) {
  const std::string ghost = lost_document();
  journal_.kept.sequences = {{"pain/b1", "run1", 1ULL << 52U}};
  std::string end = ghost;
  const std::string active = R"("state":"active")";
  end.replace(end.find(active), active.size(), R"("state":"inactive")");
  journal_.log.docs = {R"({"schema":"vitals.event-cmd/1"})", ghost, end};
  start(30'000);
  node_->on_connected(1, at(30'000));
  broker_.said.messages.clear();
  hear(lost_topic, ghost, true);
  pass(3s);
  const std::string seq = R"("seq":)";
  EXPECT_EQ(journal_.asked_from, std::stoull(ghost.substr(ghost.find(seq) + seq.size())) + 1);
  ASSERT_EQ(broker_.said.on(lost_topic).size(), 1U);
  const stations::Message said = *broker_.newest(lost_topic);
  EXPECT_EQ(said.payload, end);
  EXPECT_TRUE(said.retain);
  node_->on_delivered(said.token, true, at(now_ms_));
  pass(6s);
  EXPECT_EQ(broker_.newest(lost_topic)->payload, "");
}

TEST_F(NodeTest, P2_TheNumbersOfARunThatKeptNothingAreNotUsedAgain) {
  using Ahead = std::array<std::int64_t, 3>;  // of the clock, as the journal knows it
  for (const std::int64_t ahead_us : Ahead{-1'000'000, 200'000, 3'600'000'000}) {
    journal_ = {};
    journal_.kept.sequences = {
        {"node", "", static_cast<std::uint64_t>(vitals::unix_ms(at(0).wall) * 1'000 + ahead_us)}};
    start(0);
    start(100);  // nothing of the first is kept
    const auto numbers = journal_.numbers("node");
    ASSERT_GE(numbers.size(), 2U);
    EXPECT_GT(numbers.front(), journal_.kept.sequences.front().seq);
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end(), std::less_equal<>{}))
        << testing::PrintToString(numbers);
  }
}

TEST_F(NodeTest, ASubscriptionThatIsRefusedIsTriedAgain) {
  start(0);
  node_->on_connected(1, at(0));
  const std::string filter = "vitals/1/bed/pain/b1/cmd/+/+";
  ASSERT_THAT(broker_.filters, Contains(filter));
  broker_.filters.clear();
  node_->on_subscribed(filter, false, at(100));
  pass(4s);
  EXPECT_TRUE(broker_.filters.empty());
  pass(3s);
  EXPECT_THAT(broker_.filters, Contains(filter).Times(1));
}

TEST_F(NodeTest, AnOnlineThatIsRefusedIsSaidAgain) {
  const std::string topic = "vitals/1/node/gw1/status";
  start(0);
  node_->on_connected(1, at(0));
  pass(3s);
  const auto said = broker_.said.on(topic);
  ASSERT_EQ(said.size(), 1U);
  ASSERT_THAT(said.front()->payload, HasSubstr("online"));
  node_->on_delivered(said.front()->token, false, at(3'000));
  pass(1s);
  EXPECT_EQ(broker_.said.on(topic).size(), 2U);
  take_presence(true);
  pass(5s);
  EXPECT_EQ(broker_.said.on(topic).size(), 2U);
}

TEST_F(NodeTest, AStationThatConfirmsIsThereWhateverTheWillOfItsLastConnectionSays) {
  start(0);
  node_->on_connected(1, at(0));
  hear(
      "vitals/1/station/ns-1/status",
      R"({"schema":"vitals.station/1","station":"ns-1","state":"offline","boot":"1","conn":1,"ts":1800000000000,"reason":"will"})",
      false);
  hear(
      "vitals/1/node/gw1/cmd/received/ns-1",
      R"({"schema":"vitals.cmd/1","cmd_id":"0123456789012345","verb":"received","issued_at":1800000000000,"ttl_s":30,)"
      R"("actor":"rn-1","station":"ns-1","args":{"list":[]}})",
      false);
  Snapshot seen;
  node_->sample(seen, at(0));
  EXPECT_EQ(seen.stations_online, 1U);
}

}  // namespace
}  // namespace app::test
