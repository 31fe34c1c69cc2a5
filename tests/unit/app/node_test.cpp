// Between a journal and a broker that only write down what comes: what a start, a late answer and a refusal
// must not break.
#include "daemon/app/node.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <memory>

#include "daemon/settings/builtin.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using std::chrono_literals::operator""s;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* lost_topic = "vitals/1/bed/pain/b1/alarm/link-lost-mon1";

class Journal final : public JournalDoor {
 public:
  const journal::Restored& restored() const override { return kept; }
  void write(std::vector<journal::Entry> entries, Kept) override {
    for (journal::Entry& entry : entries) written.push_back(std::move(entry));
  }
  void read_events(const std::string&, std::uint64_t, PageRead) override {}
  journal::Health health() const override { return {}; }

  std::vector<std::uint64_t> numbers(const std::string& scope) const {
    std::vector<std::uint64_t> out;
    for (const journal::Entry& entry : written)
      if (const auto* event = std::get_if<journal::EventEntry>(&entry); event && event->scope == scope)
        out.push_back(event->seq);
    return out;
  }

  journal::Restored kept;
  std::vector<journal::Entry> written;
};

class Broker final : public BrokerDoor {
 public:
  void publish(stations::Message message) override {
    said.messages.push_back(std::move(message));
    waits = true;
  }
  void flush() override { waits = false; }
  void subscribe(std::string filter, int) override { filters.push_back(std::move(filter)); }
  void unsubscribe(std::string filter) override { std::erase(filters, filter); }
  stations::BrokerHealth health() const override { return {}; }

  const stations::Message* newest(const std::string& topic) const {
    const auto found = said.on(topic);
    return found.empty() ? nullptr : found.back();
  }

  RecordingOutlet said;
  std::vector<std::string> filters;
  bool waits = false;
};

settings::Settings one_bed() {
  settings::Settings out;
  out.node.name = "gw1";
  out.profiles["ketamine-adult"] = settings::builtin_profile("ketamine-adult").value();
  out.stations.roles = {{"ns-1", settings::Role::nurse}};
  settings::Source source;
  source.name = "mon1";
  source.protocol = "nonin";
  source.metrics.insert(vitals::Metric::spo2);
  out.sources.push_back(source);
  settings::Bed bed;
  bed.unit = "pain";
  bed.name = "b1";
  bed.profile = "ketamine-adult";
  bed.sources = {"mon1"};
  bed.expected.insert(vitals::Metric::spo2);
  out.beds.push_back(bed);
  return out;
}

class NodeTest : public testing::Test {
 protected:
  void start(std::int64_t ms) {
    Node::Parts parts;
    parts.settings = &settings_;
    parts.identity = {"gw1", "run" + std::to_string(++runs_), "vitals", "c0ffee12"};
    parts.journal = &journal_;
    parts.broker = &broker_;
    parts.salt = [] { return bed::Salt{1, 2}; };
    now_ms_ = ms;
    node_ = std::make_unique<Node>(std::move(parts), at(ms));
    node_->settle(at(ms));
  }
  void pass(Milliseconds time) {
    for (const std::int64_t end = now_ms_ + time.count(); now_ms_ < end; now_ms_ += 1'000) {
      node_->every_second({}, at(now_ms_ + 1'000));
      node_->settle(at(now_ms_ + 1'000));
    }
  }
  void hear(const std::string& topic, const std::string& payload, bool retained) {
    node_->on_message(topic, payload, retained, at(now_ms_));
  }
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

  settings::Settings settings_ = one_bed();
  Journal journal_;
  Broker broker_;
  std::unique_ptr<Node> node_;
  int runs_ = 0;
  std::int64_t now_ms_ = 0;
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
  node_->on_lost("gone");
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
  node_->on_delivered(broker_.newest(topic)->token, true, at(4'000));
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
