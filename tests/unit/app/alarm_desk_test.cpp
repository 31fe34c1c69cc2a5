// The documents of an alarm on their way out: numbers, the event log, the journal, and the two-step end.
#include "daemon/app/alarm_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using testing::HasSubstr;

constexpr const char* alarm_topic = "vitals/1/bed/pain/b1/alarm/spo2-low";

class AlarmDeskTest : public testing::Test {
 protected:
  alarms::Alarm alarm(alarms::State state, std::uint64_t rev) {
    alarms::Alarm out;
    out.id.fill('0');
    out.condition = "spo2-low";
    out.rev = rev;
    out.rev_priority = 1;
    out.state = state;
    out.change = state == alarms::State::inactive ? alarms::Change::end : alarms::Change::start;
    return out;
  }

  Identity identity_{"gw1", "9f3c", "vitals"};
  RecordingOutlet outlet_;
  AlarmDesk desk_{identity_, {1, "pain/b1", "vitals/1/bed/pain/b1", "pain", "b1"}, 41, outlet_};
};

TEST_F(AlarmDeskTest, ATransitionIsRetainedLoggedAndRecordedUnderTheNextNumber) {
  desk_.transition(alarm(alarms::State::active, 1), at(0));
  ASSERT_EQ(outlet_.messages.size(), 2U);
  EXPECT_EQ(outlet_.messages[0].topic, alarm_topic);
  EXPECT_TRUE(outlet_.messages[0].retain);
  EXPECT_EQ(outlet_.messages[0].lane, stations::Lane::alarm);
  EXPECT_THAT(outlet_.messages[0].payload, HasSubstr("\"seq\":42,"));
  EXPECT_EQ(outlet_.messages[1].topic, "vitals/1/bed/pain/b1/event/alarm");
  EXPECT_FALSE(outlet_.messages[1].retain);
  EXPECT_EQ(outlet_.messages[1].payload, outlet_.messages[0].payload);
  ASSERT_EQ(outlet_.entries.size(), 2U);
  const auto& episode = std::get<journal::AlarmEntry>(outlet_.entries[0]);
  EXPECT_FALSE(episode.ended);
  EXPECT_EQ(episode.doc, outlet_.messages[0].payload);
  EXPECT_EQ(std::get<journal::EventEntry>(outlet_.entries[1]).seq, 42U);
}

TEST_F(AlarmDeskTest, AUnitCountsTheAlarmsOfAllItsBeds) {
  alarms::Load unit;
  AlarmDesk other{identity_, {2, "pain/b2", "vitals/1/bed/pain/b2", "pain", "b2"}, 41, outlet_};
  for (AlarmDesk* desk : {&desk_, &other}) desk->count_in(unit);
  alarms::Alarm low = alarm(alarms::State::active, 1);
  low.priority = alarms::Priority::medium;
  desk_.transition(low, at(0));
  other.transition(low, at(1'000));  // of the same name, and another
  low.state = alarms::State::inactive;
  low.change = alarms::Change::end;
  low.end_reason = alarms::EndReason::recovered;
  desk_.transition(low, at(2'000));
  const alarms::LoadFigures of_unit = unit.figures(at(3'000).mono);
  EXPECT_EQ(of_unit.last_10min, 2U);
  EXPECT_EQ(of_unit.ended, 1U);
  EXPECT_EQ(desk_.load(at(3'000).mono).last_10min, 1U);
}

TEST_F(AlarmDeskTest, ContinueHasNoNumberOfItsOwnAndIsNotLogged) {
  desk_.transition(alarm(alarms::State::active, 1), at(0));
  outlet_.messages.clear();
  desk_.proceed(alarm(alarms::State::active, 1), at(30'000));
  ASSERT_EQ(outlet_.messages.size(), 1U);
  EXPECT_THAT(outlet_.messages[0].payload, HasSubstr("\"phase\":\"continue\""));
  EXPECT_THAT(outlet_.messages[0].payload, HasSubstr("\"rev\":1,"));
  EXPECT_THAT(outlet_.messages[0].payload, HasSubstr("\"seq\":42,"));
}

TEST_F(AlarmDeskTest, TheEndIsShownAndOnlyThenTheTopicIsEmptied) {
  desk_.transition(alarm(alarms::State::inactive, 2), at(0));
  const std::uint64_t token = outlet_.messages[0].token;
  ASSERT_NE(token, 0U);
  EXPECT_EQ(desk_of(token), 1U);
  desk_.tick(at(60'000));
  EXPECT_EQ(outlet_.on(alarm_topic).size(), 1U) << "the broker has not confirmed the end yet";
  desk_.delivered(token, true, at(61'000));
  desk_.tick(at(65'999));
  EXPECT_EQ(outlet_.on(alarm_topic).size(), 1U);
  desk_.tick(at(66'000));
  ASSERT_EQ(outlet_.on(alarm_topic).size(), 2U);
  EXPECT_TRUE(outlet_.on(alarm_topic)[1]->payload.empty());
  EXPECT_TRUE(outlet_.on(alarm_topic)[1]->retain);
}

TEST_F(AlarmDeskTest, AConditionThatStartsAgainIsNotEmptied) {
  desk_.transition(alarm(alarms::State::inactive, 2), at(0));
  desk_.delivered(outlet_.messages[0].token, true, at(10));
  desk_.transition(alarm(alarms::State::active, 1), at(1'000));
  desk_.tick(at(60'000));
  EXPECT_FALSE(outlet_.on(alarm_topic).back()->payload.empty());
}

TEST_F(AlarmDeskTest, AnEndThatNoBrokerHasConfirmedIsSaidAgainAfterAConnect) {
  desk_.transition(alarm(alarms::State::inactive, 2), at(0));
  const std::uint64_t lost = outlet_.messages[0].token;
  desk_.delivered(lost, false, at(10));
  desk_.repeat_ends();
  const auto said = outlet_.on(alarm_topic);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[1]->payload, said[0]->payload);
  EXPECT_NE(said[1]->token, lost);
  desk_.delivered(said[1]->token, true, at(20));
  desk_.repeat_ends();
  EXPECT_EQ(outlet_.on(alarm_topic).size(), 2U) << "confirmed: not again";
}

TEST_F(AlarmDeskTest, AGhostOfAnEndedAlarmGetsItsEndAgainAnUnknownOneIsEmptied) {
  desk_.transition(alarm(alarms::State::inactive, 2), at(0));
  desk_.delivered(outlet_.messages[0].token, true, at(10));
  outlet_.messages.clear();
  desk_.ghost("spo2-low", {});
  desk_.ghost("hr-high", {});
  ASSERT_EQ(outlet_.messages.size(), 2U);
  EXPECT_THAT(outlet_.messages[0].payload, HasSubstr("\"phase\":\"end\""));
  EXPECT_TRUE(outlet_.messages[1].payload.empty());
}

TEST_F(AlarmDeskTest, P2_AnEndThatTheLinkDidNotTakeIsSaidAgain) {
  desk_.transition(alarm(alarms::State::inactive, 2), at(0));
  desk_.delivered(outlet_.messages[0].token, false, at(10));
  desk_.tick(at(1'000));
  const auto said = outlet_.on(alarm_topic);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[1]->payload, said[0]->payload);
  desk_.tick(at(2'000));
  EXPECT_EQ(outlet_.on(alarm_topic).size(), 2U) << "on its way";
}

}  // namespace
}  // namespace app::test
