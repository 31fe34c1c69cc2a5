// The values of a bed as one document, where the settings want it so.
#include <gmock/gmock.h>

#include <algorithm>

#include "daemon/app/bed_desk.hpp"
#include "daemon/settings/builtin.hpp"
#include "tests/unit/app/oximeter_bed.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using stations::Lane;
using testing::HasSubstr;
using testing::Not;
using vitals::Metric;

constexpr const char* topic = "vitals/1/bed/pain/b1/values";
constexpr const char* alarm_topic = "vitals/1/bed/pain/b1/alarm/spo2-low";

class ValuesDocument : public testing::Test {
 protected:
  bed::Settings settings() {
    bed::Settings out = oximeter_bed(profile_);
    out.values_together = true;
    return out;
  }

  // One frame of the monitor, and what follows from it.
  void frame(std::int64_t ms, double pr, double spo2) {
    desk_.bed().observe(0, vitals::measured(Metric::pr, pr, at(ms)));
    desk_.bed().observe(0, vitals::measured(Metric::spo2, spo2, at(ms)));
    desk_.bed().frame_end(0, at(ms));
    desk_.advance(at(ms));
    desk_.flush(at(ms));
  }

  alarms::Profile profile_ = settings::builtin_profile("ketamine-adult").value();
  Identity identity_{"gw1", "9f3c", "vitals"};
  RecordingOutlet outlet_;
  BedDesk desk_{identity_, settings(), 1, 0, outlet_, at(0)};
};

TEST_F(ValuesDocument, AFrameIsOneDocumentAndNothingElse) {
  frame(1'000, 72, 97);
  ASSERT_EQ(outlet_.on(topic).size(), 1U);
  const stations::Message& said = *outlet_.on(topic).front();
  EXPECT_THAT(said.payload, HasSubstr(R"("v":72,)"));
  EXPECT_THAT(said.payload, HasSubstr(R"("v":97,)"));
  EXPECT_EQ(said.lane, Lane::observation);
  EXPECT_EQ(said.qos, 0);
  EXPECT_FALSE(said.retain);
  for (const stations::Message& message : outlet_.messages)
    EXPECT_THAT(message.topic, Not(HasSubstr("/obs/")));
  frame(2'000, 73, 97);
  ASSERT_EQ(outlet_.on(topic).size(), 2U);
  EXPECT_THAT(outlet_.on(topic).back()->payload, HasSubstr(R"("v":73,)"));
  EXPECT_THAT(outlet_.on(topic).back()->payload, Not(HasSubstr(R"("v":97,)"))) << "nothing new to say";
}

TEST_F(ValuesDocument, EachIsSaidAgainAfterFiveSecondsAndStaleOnesAtOnce) {
  frame(1'000, 72, 97);
  for (std::int64_t ms = 1'100; ms <= 6'000; ms += 100) {
    desk_.advance(at(ms));
    desk_.flush(at(ms));
  }
  ASSERT_EQ(outlet_.on(topic).size(), 2U);
  EXPECT_THAT(outlet_.on(topic).back()->payload, HasSubstr(R"("v":97,)"));
  for (std::int64_t ms = 6'100; ms <= 60'000; ms += 100) {
    desk_.advance(at(ms));
    desk_.flush(at(ms));
  }
  EXPECT_THAT(outlet_.on(topic).back()->payload, HasSubstr(R"("q":"stale")"));
  EXPECT_THAT(outlet_.on(topic).back()->payload, Not(HasSubstr(R"("v":)")));
}

// What waits on the topic is overtaken, the other values in it too.
TEST_F(ValuesDocument, P3_AllValuesGoAheadOfAnAlarm) {
  for (std::int64_t ms = 1'000; outlet_.on(alarm_topic).empty() && ms < 60'000; ms += 500) frame(ms, 72, 85);
  const auto& all = outlet_.messages;
  const auto alarm =
      std::find_if(all.begin(), all.end(), [](const auto& one) { return one.topic == alarm_topic; });
  ASSERT_NE(alarm, all.end());
  ASSERT_NE(alarm, all.begin());
  const stations::Message& ahead = *std::prev(alarm);
  EXPECT_EQ(ahead.topic, topic);
  EXPECT_EQ(ahead.lane, Lane::alarm);
  EXPECT_TRUE(ahead.replaces_waiting);
  EXPECT_THAT(ahead.payload, HasSubstr(R"("v":72,)"));
  EXPECT_THAT(ahead.payload, HasSubstr(R"("v":85,)"));
}

}  // namespace
}  // namespace app::test
