// The node's own alarms: that nobody hears it, and that its clock is not to be trusted.
#include "daemon/app/node_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using testing::HasSubstr;

class NodeDeskTest : public testing::Test {
 protected:
  void pass(const NodeDesk::Hearing& hearing, std::int64_t from_s, std::int64_t to_s, bool synced = true) {
    for (std::int64_t s = from_s; s <= to_s; ++s) {
      desk_.hearing(hearing, at(s * 1000));
      desk_.clock(synced, at(s * 1000));
      desk_.advance(at(s * 1000));
    }
  }
  std::string newest(const std::string& condition) const {
    const auto found = outlet_.on("vitals/1/node/gw1/alarm/" + condition);
    return found.empty() ? "" : found.back()->payload;
  }

  static constexpr NodeDesk::Hearing good{true, true, false, false};
  Identity identity_{"gw1", "9f3c", "vitals", "c0ffee12"};
  RecordingOutlet outlet_;
  NodeDesk desk_{identity_, "0.1.0", 0, outlet_, at(0)};
};

TEST_F(NodeDeskTest, NobodyListeningIsAnAlarmAfterFifteenSeconds) {
  NodeDesk::Hearing hearing = good;
  hearing.listener = false;
  pass(hearing, 0, 14);
  EXPECT_EQ(newest("no-listener"), "");
  pass(hearing, 15, 16);
  EXPECT_THAT(newest("no-listener"),
              HasSubstr("\"phase\":\"start\",\"state\":\"active\",\"kind\":\"tech\",\"prio\":\"medium\""));
  pass(good, 17, 21);
  EXPECT_THAT(newest("no-listener"), HasSubstr("\"state\":\"active\""));
  pass(good, 22, 23);
  EXPECT_THAT(newest("no-listener"), HasSubstr("\"phase\":\"end\""));
}

TEST_F(NodeDeskTest, AClockThatWasSetIsInTheEventLog) {
  desk_.clock_stepped(Milliseconds{-3'600'000}, "c0ffee12", at(0));
  const auto found = outlet_.on("vitals/1/node/gw1/event/config");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found.front()->payload, HasSubstr("\"config\":\"c0ffee12\""));
  EXPECT_THAT(found.front()->payload, HasSubstr("the system clock was set by -3600000 ms"));
}

TEST_F(NodeDeskTest, ItsLogSaysWhenItWasStartedAndStoppedAndWhoCameAndWent) {
  desk_.started(2, 1, 0, at(0));
  desk_.station("ns-2", true, "is there and confirms", at(1'000));
  desk_.station("ns-2", false, "is offline", at(2'000));
  desk_.stopped(at(3'000));
  const auto found = outlet_.on("vitals/1/node/gw1/event/node");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_THAT(found[0]->payload, HasSubstr(R"("event":"start","config":"c0ffee12","ver":"0.1.0",)"
                                           R"("text":"started: 2 beds, 1 unfinished alarm, 0 sessions")"));
  EXPECT_THAT(found[1]->payload, HasSubstr(R"("event":"station-up","config":"c0ffee12","station":"ns-2")"));
  EXPECT_THAT(found[2]->payload, HasSubstr(R"("event":"station-down")"));
  EXPECT_THAT(found[2]->payload, HasSubstr(R"("text":"is offline")"));
  EXPECT_THAT(found[3]->payload, HasSubstr(R"("event":"stop")"));
  EXPECT_EQ(outlet_.entries.size(), 4U) << "each in the journal";
}

TEST_F(NodeDeskTest, ItsLogNamesItsOwnGapsAtOnceAndThenOnceAnHour) {
  const auto told = [&] { return outlet_.on("vitals/1/node/gw1/event/node"); };
  desk_.log_gaps(0, 0, at(0));
  EXPECT_TRUE(told().empty());
  desk_.log_gaps(500, 0, at(1'000));
  ASSERT_EQ(told().size(), 1U);
  EXPECT_THAT(told().back()->payload,
              HasSubstr(R"("event":"log-trimmed","config":"c0ffee12","text":"500 of the )"
                        R"(oldest events are not kept any more")"));
  desk_.log_gaps(1'000, 7, at(2'000));
  ASSERT_EQ(told().size(), 2U);
  EXPECT_THAT(told().back()->payload,
              HasSubstr(R"("event":"log-lost","config":"c0ffee12","text":"7 entries of )"
                        R"(the journal could not be written, events among them")"));
  desk_.log_gaps(1'500, 7, at(3'600'999));
  EXPECT_EQ(told().size(), 2U);
  desk_.log_gaps(1'500, 7, at(3'601'000));
  ASSERT_EQ(told().size(), 3U);
  EXPECT_THAT(told().back()->payload, HasSubstr(R"("text":"1000 of the oldest)"))
      << "all since the last record";
  desk_.log_gaps(1'500, 7, at(10'000'000));
  EXPECT_EQ(told().size(), 3U);
}

TEST_F(NodeDeskTest, AMissingConfirmationIsAnAlarmAtOnce) {
  NodeDesk::Hearing hearing = good;
  hearing.receipts_missing = true;
  pass(hearing, 0, 1);
  EXPECT_THAT(newest("confirm-missing"), HasSubstr("\"prio\":\"medium\""));
}

TEST_F(NodeDeskTest, DuringAnInfusionWithAnAlarmItIsHigh) {
  NodeDesk::Hearing hearing = good;
  hearing.receipts_missing = true;
  pass(hearing, 0, 1);
  hearing.urgent = true;
  pass(hearing, 2, 3);
  EXPECT_THAT(newest("confirm-missing"), HasSubstr("\"phase\":\"escalate\""));
  EXPECT_THAT(newest("confirm-missing"), HasSubstr("\"prio\":\"high\""));
}

TEST_F(NodeDeskTest, TheFallbackCallsWhenSomebodyMustHearAndNobodyDoes) {
  NodeDesk::Hearing hearing = good;
  hearing.broker = false;
  pass(hearing, 0, 14);
  hearing.calling = true;
  EXPECT_EQ(desk_.unheard(hearing).why, "") << "not before the alarm";
  pass(hearing, 15, 16);
  EXPECT_EQ(desk_.unheard(hearing).why, "no connection to the broker: stations hear nothing");
  hearing.calling = false;
  EXPECT_EQ(desk_.unheard(hearing).why, "")
      << "no infusion, no alarm: nothing that anybody would have to hear";
  hearing = good;
  pass(hearing, 17, 30);
  hearing.calling = true;
  EXPECT_EQ(desk_.unheard(hearing).why, "");
  hearing.listener = false;
  pass(hearing, 31, 47);
  EXPECT_EQ(desk_.unheard(hearing).why, "no nursing station listens: alarms are heard by nobody");
  hearing = good;
  hearing.receipts_missing = true;
  pass(hearing, 48, 49);
  EXPECT_EQ(desk_.unheard(hearing).why, "no nursing station has confirmed an alarm");
}

TEST_F(NodeDeskTest, TheFallbackCallsOnFromOneCauseToTheNext) {
  NodeDesk::Hearing hearing = good;
  hearing.calling = true;
  hearing.listener = false;
  pass(hearing, 0, 16);
  ASSERT_NE(desk_.unheard(hearing).why, "");
  hearing.broker = false;  // dead too, which is no alarm yet
  for (int s = 17; s < 60; ++s) {
    pass(hearing, s, s + 1);
    EXPECT_NE(desk_.unheard(hearing).why, "") << s;
  }
  EXPECT_EQ(desk_.unheard(hearing).why, "no connection to the broker: stations hear nothing");
  hearing.broker = true;
  pass(hearing, 60, 62);
  EXPECT_NE(desk_.unheard(hearing).why, "") << "connected, and nobody listens";
  hearing = good;
  hearing.calling = true;
  pass(hearing, 62, 70);
  EXPECT_EQ(desk_.unheard(hearing).why, "");
}

TEST_F(NodeDeskTest, TheFallbackCallsLouderForWhatIsOfHighPriority) {
  NodeDesk::Hearing hearing = good;
  hearing.broker = false;
  hearing.calling = true;
  pass(hearing, 0, 16);
  EXPECT_FALSE(desk_.unheard(hearing).high) << "an infusion runs, nothing more";
  hearing.high = true;
  EXPECT_TRUE(desk_.unheard(hearing).high) << "what is not heard is a high alarm";
  hearing.high = false;
  hearing.urgent = true;
  pass(hearing, 17, 18);
  EXPECT_TRUE(desk_.unheard(hearing).high) << "broker-lost itself is high now";
}

TEST_F(NodeDeskTest, SettingsThatTheNextStartWouldRefuseAreAnAlarm) {
  desk_.settings_invalid(true, at(0));
  pass(good, 0, 61);
  EXPECT_THAT(newest("settings-invalid"), HasSubstr("\"prio\":\"low\""));
  pass(good, 62, 700);
  EXPECT_THAT(newest("settings-invalid"), HasSubstr("\"prio\":\"medium\""));
}

TEST_F(NodeDeskTest, AnAlarmFromBeforeARestartThatNobodyConfirmsIsMissed) {
  alarms::Alarm stored;
  stored.id.fill('0');
  stored.condition = "journal-failed";
  stored.rev = 3;
  stored.state = alarms::State::active;
  stored.priority = alarms::Priority::medium;
  stored.t_on = stored.t_condition = stored.t_change = at(-60'000).wall;
  ASSERT_TRUE(desk_.restore_alarm(stored, at(0)));
  EXPECT_FALSE(desk_.alarms().receipts().missing(at(14'999)));
  EXPECT_TRUE(desk_.alarms().receipts().missing(at(15'000)));
  desk_.alarms().receipts().confirm(std::string(26, '0'), 1'006'000);  // 60 s old
  EXPECT_FALSE(desk_.alarms().receipts().missing(at(60'000)));
}

TEST_F(NodeDeskTest, ValuesForAnUnknownBedAreLowWhileTheyCome) {
  for (std::int64_t s = 0; s <= 60; s += 10) {
    EXPECT_EQ(newest("unknown-bed"), "") << s;
    desk_.unknown_bed("hl7", at(s * 1000));
    desk_.tick(at(s * 1000));
    desk_.advance(at(s * 1000));
  }
  EXPECT_THAT(newest("unknown-bed"), HasSubstr("\"state\":\"active\",\"kind\":\"tech\",\"prio\":\"low\""));
  const auto quiet = [this](std::int64_t from_s, std::int64_t to_s) {
    for (std::int64_t s = from_s; s <= to_s; ++s) {
      desk_.tick(at(s * 1000));
      desk_.advance(at(s * 1000));
    }
  };
  quiet(61, 120);
  EXPECT_THAT(newest("unknown-bed"), HasSubstr("\"state\":\"active\"")) << "the next one may be on its way";
  quiet(121, 182);
  EXPECT_THAT(newest("unknown-bed"), HasSubstr("\"phase\":\"end\""));
}

TEST_F(NodeDeskTest, AFallbackThatDoesNotWorkIsAnAlarm) {
  desk_.fallback_failed(true, at(0));
  pass(good, 0, 61);
  EXPECT_THAT(newest("fallback-failed"), HasSubstr("\"prio\":\"low\""));
  desk_.fallback_failed(false, at(62'000));
  pass(good, 62, 123);
  EXPECT_THAT(newest("fallback-failed"), HasSubstr("\"phase\":\"end\""));
}

TEST_F(NodeDeskTest, UrgencyDoesNotShortenTheTimeUntilItIsDeclared) {
  NodeDesk::Hearing hearing = good;
  hearing.listener = false;
  hearing.urgent = true;
  pass(hearing, 0, 14);
  EXPECT_EQ(newest("no-listener"), "");
  pass(hearing, 15, 17);
  EXPECT_THAT(newest("no-listener"), HasSubstr("\"prio\":\"high\""));
}

TEST_F(NodeDeskTest, WithoutABrokerThatAloneIsSaid) {
  pass({false, false, true, false}, 0, 40);
  EXPECT_THAT(newest("broker-lost"), HasSubstr("\"state\":\"active\""));
  EXPECT_EQ(newest("no-listener"), "");
  EXPECT_EQ(newest("confirm-missing"), "");
}

TEST_F(NodeDeskTest, AnUnsynchronisedClockIsLowAndLaterMedium) {
  pass(good, 0, 59, false);
  EXPECT_EQ(newest("clock-unsync"), "");
  pass(good, 60, 61, false);
  EXPECT_THAT(newest("clock-unsync"), HasSubstr("\"prio\":\"low\""));
  pass(good, 62, 662, false);
  EXPECT_THAT(newest("clock-unsync"), HasSubstr("\"prio\":\"medium\""));
}

TEST_F(NodeDeskTest, AnotherNodeUnderOurBedsIsHighUntilAConnectFindsNone) {
  desk_.bed_conflict(true, at(0));
  desk_.advance(at(59'999));
  EXPECT_EQ(newest("bed-conflict"), "");
  desk_.advance(at(60'000));
  EXPECT_THAT(newest("bed-conflict"), HasSubstr("\"prio\":\"high\""));
  desk_.bed_conflict(false, at(100'000));
  desk_.advance(at(160'000));
  EXPECT_THAT(newest("bed-conflict"), HasSubstr("\"phase\":\"end\""));
}

TEST_F(NodeDeskTest, QueuesThatOverflowAgainAndAgainAreAnAlarmAndOneBurstIsNot) {
  desk_.overflow(at(0));
  for (int s = 1; s <= 200; ++s) {
    desk_.tick(at(s * 1000));
    desk_.advance(at(s * 1000));
  }
  EXPECT_EQ(newest("overflow").find("\"phase\":\"start\""), std::string::npos);
  for (int s = 201; s <= 265; ++s) {
    desk_.overflow(at(s * 1000));
    desk_.advance(at(s * 1000));
  }
  EXPECT_THAT(newest("overflow"), HasSubstr("\"prio\":\"low\""));
  for (int s = 266; s <= 400; ++s) {
    desk_.tick(at(s * 1000));
    desk_.advance(at(s * 1000));
  }
  EXPECT_THAT(newest("overflow"), HasSubstr("\"phase\":\"end\""));
}

TEST_F(NodeDeskTest, ADiskThatFillsUpIsLowAndLaterMedium) {
  desk_.disk_low(true, at(0));
  desk_.advance(at(60'000));
  EXPECT_THAT(newest("disk-low"), HasSubstr("\"prio\":\"low\""));
  desk_.advance(at(660'000));
  EXPECT_THAT(newest("disk-low"), HasSubstr("\"prio\":\"medium\""));
}

TEST_F(NodeDeskTest, ACertificateThatExpiresIsRaisedAsTheDayComesNearer) {
  const auto day = [&](std::optional<int> left, std::int64_t s) {
    desk_.certificate(left, "ward", at(s * 1000));
    desk_.advance(at(s * 1000));
    return newest("cert-expiry");
  };
  EXPECT_EQ(day(31, 0), "");
  EXPECT_THAT(day(30, 1),
              HasSubstr("\"phase\":\"start\",\"state\":\"active\",\"kind\":\"tech\",\"prio\":\"low\""));
  const std::size_t documents = outlet_.messages.size();
  day(30, 2);
  EXPECT_EQ(outlet_.messages.size(), documents) << "the same day is no news";
  EXPECT_THAT(day(8, 3),
              testing::AllOf(HasSubstr("\"prio\":\"low\""), HasSubstr("for ward expires in 8 days")));
  EXPECT_THAT(day(7, 4), HasSubstr("\"prio\":\"medium\""));
  EXPECT_THAT(day(-1, 5), testing::AllOf(HasSubstr("\"prio\":\"high\""), HasSubstr("for ward has expired")));
  EXPECT_THAT(day(365, 6), HasSubstr("\"phase\":\"end\""));
}

}  // namespace
}  // namespace app::test
