// What stands on the broker, what comes from it, and whether it passes on what we say.
#include <gmock/gmock.h>

#include "tests/unit/app/node_fixture.hpp"

namespace app::test {
namespace {

using std::chrono_literals::operator""s;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* state_topic = "vitals/1/bed/pain/b1/state";
constexpr const char* rate_topic = "vitals/1/bed/pain/b1/alarm/hr-low";

std::string replaced(std::string text, const std::string& from, const std::string& by) {
  const std::size_t found = text.find(from);
  return found == std::string::npos ? text : text.replace(found, from.size(), by);
}

class NodeBrokerTest : public NodeFixture {
 protected:
  void connect() {
    start(0);
    node_->on_connected(1, at(0));
    pass(3s);
  }
  // It acknowledges all, and passes on nothing.
  void pass_unheard(Milliseconds time) {
    for (Milliseconds done{0}; done < time; done += 1s) {
      take_presence(false);
      pass(1s);
    }
  }
  std::string state_of(const std::string& node) const {
    return replaced(broker_.newest(state_topic)->payload, R"("node":"gw1")", R"("node":")" + node + "\"");
  }
  void command(const std::string& place, const std::string& verb, const std::string& args) {
    const std::string number = std::to_string(++commands_);
    hear(place + "/cmd/" + verb + "/ns-1",
         R"({"schema":"vitals.cmd/1","cmd_id":"command-)" + number + R"(","verb":")" + verb +
             R"(","issued_at":)" + std::to_string(vitals::unix_ms(at(now_ms_).wall)) +
             R"(,"ttl_s":30,"actor":"rn-1","station":"ns-1","args":)" + args + "}",
         false);
  }
  unsigned stations_online() const {
    Snapshot seen;
    node_->sample(seen, at(now_ms_));
    return seen.stations_online;
  }
  std::size_t emptied(const std::string& topic) const {
    const auto all = broker_.said.on(topic);
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [](const auto* one) { return one->retain && one->payload.empty(); }));
  }
  std::size_t ended(const std::string& scope) const {
    return static_cast<std::size_t>(
        std::count_if(journal_.written.begin(), journal_.written.end(), [&](const journal::Entry& entry) {
          const auto* alarm = std::get_if<journal::AlarmEntry>(&entry);
          return alarm != nullptr && alarm->scope == scope && alarm->ended;
        }));
  }

  int commands_ = 0;
};

TEST_F(NodeBrokerTest, ABrokerThatDiscardsWhatWePublishIsALostOne) {
  connect();
  pass_unheard(14s);
  EXPECT_FALSE(has_alarm("broker-lost"));
  EXPECT_GE(broker_.said.on(status_topic).size(), 3U) << "tried again";
  pass_unheard(4s);
  EXPECT_TRUE(has_alarm("broker-lost"));
  node_->on_lost("gone", at(now_ms_));
  node_->on_connected(2, at(now_ms_));
  pass(20s);
  EXPECT_TRUE(has_alarm("broker-lost")) << "another connection alone proves nothing";
}

TEST_F(NodeBrokerTest, ABrokerThatPassesOnAgainWhatWePublishIsToldAll) {
  connect();
  pass_unheard(30s);
  ASSERT_TRUE(has_alarm("broker-lost"));
  broker_.filters.clear();
  take_presence(true);
  EXPECT_THAT(broker_.filters, Contains("vitals/1/bed/pain/b1/alarm/+")) << "what stands there is compared";
  pass(6s);
  EXPECT_FALSE(has_alarm("broker-lost"));
}

TEST_F(NodeBrokerTest, APresenceThatComesBackLateIsNoAlarm) {
  connect();
  take_presence(false);
  pass(12s);
  take_presence(true);
  pass(60s);
  EXPECT_FALSE(has_alarm("broker-lost"));
}

TEST_F(NodeBrokerTest, APresenceOfAnotherConnectionProvesNothing) {
  connect();
  take_presence(false);
  const std::string own = broker_.newest(status_topic)->payload;
  hear(status_topic, replaced(own, R"("conn":1)", R"("conn":7)"), false);
  hear(status_topic, replaced(own, R"("boot":"run1")", R"("boot":"run0")"), true);
  hear(status_topic, "\"online\" and no document", false);
  pass(18s);
  EXPECT_TRUE(has_alarm("broker-lost"));
}

TEST_F(NodeBrokerTest, ABedThatAnotherNodeReportsTooIsAConflict) {
  connect();
  EXPECT_THAT(broker_.filters, Contains(state_topic));
  for (int i = 0; i < 3; ++i) {
    hear(state_topic, state_of("gw2"), false);
    hear(state_topic, state_of("gw1"), false);  // our own comes back too
    pass(30s);
  }
  EXPECT_TRUE(has_alarm("bed-conflict"));
  pass(120s);
  EXPECT_FALSE(has_alarm("bed-conflict")) << "it does not do so any more";
}

TEST_F(NodeBrokerTest, ABedThatAnotherNodeHasGivenUpIsNoConflict) {
  connect();
  const std::string other = state_of("gw2");
  start(20'000);
  node_->on_connected(1, at(20'000));
  hear(state_topic, other, true);
  pass(120s);
  EXPECT_FALSE(has_alarm("bed-conflict"));
}

TEST_F(NodeBrokerTest, ABedThatIsNoLongerInTheSettingsIsTakenOffTheBroker) {
  settings_.beds.push_back(settings_.beds.front());
  settings_.beds.back().name = "b2";
  connect();
  pass(20s);
  const std::string bed = "vitals/1/bed/pain/b2", alarm = bed + "/alarm/link-lost-mon1";
  const std::string document = broker_.newest(alarm)->payload,
                    state = broker_.newest(bed + "/state")->payload;
  journal_.kept.beds = {"pain/b1", "pain/b2"};
  journal_.kept.episodes = {
      {"pain/b2", "link-lost-mon1", document.substr(document.find("\"id\"") + 6, 26), document, 1}};
  settings_.beds.pop_back();
  start(30'000);
  broker_.said.messages.clear();
  node_->on_connected(1, at(30'000));
  EXPECT_THAT(broker_.filters, Contains(bed + "/+"));
  hear(alarm, document, true);
  hear(bed + "/state", state, true);
  hear(bed + "/infusion", replaced(state, R"("node":"gw1")", R"("node":"gw2")"), true);
  hear(bed + "/limits", "of nobody", true);
  ASSERT_NE(broker_.newest(alarm), nullptr);
  EXPECT_THAT(broker_.newest(alarm)->payload, HasSubstr(R"("end_reason":"config")"));
  EXPECT_THAT(broker_.newest(alarm)->payload, HasSubstr(R"("rev":2)"));
  node_->on_delivered(broker_.newest(alarm)->token, true, at(now_ms_));
  pass(6s);
  EXPECT_EQ(emptied(alarm), 1U);
  EXPECT_EQ(emptied(bed + "/state"), 1U);
  EXPECT_EQ(emptied(bed + "/infusion"), 0U) << "another node's";
  EXPECT_EQ(emptied(bed + "/limits"), 0U);
  EXPECT_EQ(ended("pain/b2"), 1U);
}

TEST_F(NodeBrokerTest, ABedThatIsNoLongerOursEndsInTheJournalAndNotUnderItsNewNode) {
  connect();
  pass(20s);
  const std::string document = replaced(broker_.newest("vitals/1/bed/pain/b1/alarm/link-lost-mon1")->payload,
                                        R"("bed":"b1")", R"("bed":"b2")");
  const std::string alarm = "vitals/1/bed/pain/b2/alarm/link-lost-mon1";
  journal_.kept.beds = {"pain/b1", "pain/b2"};
  journal_.kept.episodes = {
      {"pain/b2", "link-lost-mon1", document.substr(document.find("\"id\"") + 6, 26), document, 1}};
  start(30'000);
  broker_.said.messages.clear();
  node_->on_connected(1, at(30'000));
  hear(alarm, replaced(document, R"("node":"gw1")", R"("node":"gw2")"), true);
  pass(10s);
  EXPECT_EQ(broker_.newest(alarm), nullptr);
  EXPECT_EQ(ended("pain/b2"), 1U);
}

TEST_F(NodeBrokerTest, ALinkOfASourceThatIsGoneIsTakenOffTheBroker) {
  start(1'000);
  node_->on_connected(1, at(1'000));
  const std::string links = "vitals/1/bed/pain/b1/link/";
  EXPECT_THAT(broker_.filters, testing::Contains(links + "+"));
  broker_.said.messages.clear();
  const auto document = [](const std::string& node) {
    return R"({"schema":"vitals.link/1","src":"old","state":"up","node":")" + node +
           R"(","ts":1800000000000})";
  };
  hear(links + "mon1", document("gw1"), true);
  hear(links + "other", document("gw2"), true);
  EXPECT_TRUE(broker_.said.on(links + "mon1").empty() && broker_.said.on(links + "other").empty());
  hear(links + "old", document("gw1"), true);
  ASSERT_EQ(broker_.said.on(links + "old").size(), 1U);
  EXPECT_TRUE(broker_.newest(links + "old")->retain && broker_.newest(links + "old")->payload.empty());
  pass(5s);
  EXPECT_THAT(broker_.filters, testing::Not(testing::Contains(links + "+")));
}

TEST_F(NodeBrokerTest, AnotherNodesAlarmInWordsThatAreNewToUsIsLeftAlone) {
  connect();
  pass(20s);
  const std::string own = broker_.newest("vitals/1/bed/pain/b1/alarm/link-lost-mon1")->payload;
  const std::string other =
      replaced(replaced(own, "link-lost-mon1", "hr-low"), R"("node":"gw1")", R"("node":"gw2")");
  const std::string mine = replaced(own, "link-lost-mon1", "hr-low");
  const std::vector<std::pair<std::string, std::string>> words{
      {R"("audio":"on")", R"("audio":"off")"},
      {R"("schema":"vitals.alarm/1")", R"("schema":"vitals.alarm/2")"},
      {R"("inhibit":null)", R"("inhibit":"by-design")"}};
  for (const auto& [word, new_word] : words) {
    start(now_ms_ + 1'000);
    broker_.said.messages.clear();
    node_->on_connected(1, at(now_ms_));
    hear(rate_topic, replaced(other, word, new_word), true);
    pass(70s);
    EXPECT_EQ(emptied(rate_topic), 0U) << new_word;
    EXPECT_TRUE(has_alarm("bed-conflict")) << new_word;
    hear(rate_topic, replaced(mine, word, new_word), true);
    EXPECT_EQ(emptied(rate_topic), 1U) << "ours, " << new_word;
  }
}

TEST_F(NodeBrokerTest, ResyncOfTheNodeBringsItsPresenceToo) {
  connect();
  take_presence(true);
  broker_.said.messages.clear();
  command("vitals/1/node/gw1", "resync", "{}");
  ASSERT_NE(broker_.newest(status_topic), nullptr);
  EXPECT_THAT(broker_.newest(status_topic)->payload, HasSubstr("online"));
  EXPECT_NE(broker_.newest("vitals/1/node/gw1/info"), nullptr);
}

TEST_F(NodeBrokerTest, ResyncWhileTheBrokerIsComparedDoesNotSayOnlineEarly) {
  start(0);
  node_->on_connected(1, at(0));
  command("vitals/1/node/gw1", "resync", "{}");
  EXPECT_EQ(broker_.newest(status_topic), nullptr);
}

TEST_F(NodeBrokerTest, AStationSpeaksOfItselfOnly) {
  settings_.stations.roles["ns-2"] = settings::Role::nurse;
  connect();
  command("vitals/1/node/gw1", "received", R"({"list":[]})");
  ASSERT_EQ(stations_online(), 1U);
  const std::string offline =
      R"({"schema":"vitals.station/1","station":"ns-1","state":"offline","boot":"1","conn":1,"ts":1800000000000,"reason":"x"})";
  hear("vitals/1/station/ns-2/status", offline, false);
  EXPECT_EQ(stations_online(), 1U);
  hear("vitals/1/station/ns-1/status", offline, false);
  EXPECT_EQ(stations_online(), 0U);
}

TEST_F(NodeBrokerTest, ARetainedCommandIsDeletedWhateverItsTopic) {
  connect();
  for (const std::string topic : {"vitals/1/node/gw1/cmd/ACK/ns-1", "vitals/1/bed/pain/b1/cmd/ack/NS_1",
                                  "vitals/1/bed/pain/b1/cmd/ack/ns-1"}) {
    hear(topic, "{}", false);
    EXPECT_EQ(emptied(topic), 0U) << topic;
    hear(topic, "{}", true);
    EXPECT_EQ(emptied(topic), 1U) << topic;
  }
  for (const std::string topic : {"vitals/1/bed/pain/b9/cmd/ack/NS_1", "vitals/1/bed/pain/b1/alarm/SPO2"}) {
    hear(topic, "{}", true);
    EXPECT_EQ(emptied(topic), 0U) << topic;
  }
}

TEST_F(NodeBrokerTest, AReplayFromANumberThatIsStillToComeIsRefused) {
  connect();
  command("vitals/1/bed/pain/b1", "replay", R"({"from_seq":9007199254740000})");
  pass(3s);
  const stations::Message* answer = broker_.newest("vitals/1/bed/pain/b1/rsp/ns-1");
  ASSERT_NE(answer, nullptr);
  EXPECT_THAT(answer->payload, HasSubstr(R"("status":"refused")"));
  EXPECT_THAT(answer->payload, HasSubstr("the newest event is number "));
}

TEST_F(NodeBrokerTest, AConnectionThatIsLostAgainAndAgainIsALostOne) {
  start(0);
  for (std::uint64_t attempt = 1; attempt <= 5; ++attempt) {
    node_->on_connected(attempt, at(now_ms_));
    pass(4s);
    EXPECT_FALSE(has_alarm("broker-lost")) << attempt;
    node_->on_lost("session taken over", at(now_ms_));
  }
  for (std::uint64_t attempt = 6; attempt <= 10; ++attempt) {
    node_->on_connected(attempt, at(now_ms_));
    pass(4s);
    node_->on_lost("session taken over", at(now_ms_));
  }
  EXPECT_TRUE(has_alarm("broker-lost"));
  node_->on_connected(11, at(now_ms_));
  pass(70s);
  EXPECT_FALSE(has_alarm("broker-lost"));
}

}  // namespace
}  // namespace app::test
