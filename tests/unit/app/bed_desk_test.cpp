// What a bed says of its alarms taken together: whom they call, and how many.
#include "daemon/app/bed_desk.hpp"

#include <gmock/gmock.h>

#include "daemon/settings/builtin.hpp"
#include "tests/unit/app/oximeter_bed.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using testing::HasSubstr;
using vitals::Metric;

class BedDeskTest : public testing::Test {
 protected:
  BedDeskTest() { desk_.bed().link(0, true, at(0)); }

  // One frame a second.
  void stay(std::int64_t seconds, double spo2) {
    for (const std::int64_t end = now_ms_ + seconds * 1'000; now_ms_ < end; now_ms_ += 1'000) {
      const Stamp now = at(now_ms_);
      desk_.bed().observe(0, vitals::measured(Metric::pr, 72, now));
      desk_.bed().observe(0, vitals::measured(Metric::spo2, spo2, now));
      desk_.bed().frame_end(0, now);
      desk_.advance(now);
      desk_.flush(now);
    }
  }
  std::string newest(const std::string& topic) const {
    const auto found = outlet_.on("vitals/1/bed/pain/b1/" + topic);
    return found.empty() ? "" : found.back()->payload;
  }
  unsigned calling() const {
    unsigned high = 0, medium = 0, low = 0;
    desk_.count_active(high, medium, low);
    return high + medium + low;
  }

  alarms::Profile profile_ = settings::builtin_profile("ketamine-adult").value();
  Identity identity_{"gw1", "9f3c", "vitals"};
  RecordingOutlet outlet_;
  BedDesk desk_{identity_, oximeter_bed(profile_), 1, 0, outlet_, at(0)};
  std::int64_t now_ms_ = 0;
};

TEST_F(BedDeskTest, TheStateSaysAtOnceWhomAnAlarmCalls) {
  stay(20, 85);
  ASSERT_THAT(newest("alarm/spo2-low"), HasSubstr(R"("audience":"bed")"));
  EXPECT_THAT(newest("state"), HasSubstr(R"("audience":"bed")"));
  for (int s = 0; s < 300 && newest("alarm/spo2-low").find(R"("audience":"unit")") == std::string::npos; ++s)
    stay(1, 85);
  ASSERT_THAT(newest("alarm/spo2-low"), HasSubstr(R"("audience":"unit")"));
  EXPECT_THAT(newest("state"), HasSubstr(R"("audience":"unit")"));
}

TEST_F(BedDeskTest, WhatIsLatchedIsListedAndCallsNobody) {
  stay(20, 85);
  ASSERT_THAT(newest("alarm/spo2-low"), HasSubstr(R"("prio":"high")"));
  EXPECT_EQ(calling(), 1U);
  stay(20, 97);
  ASSERT_THAT(newest("alarm/spo2-low"), HasSubstr(R"("state":"latched")"));
  EXPECT_EQ(calling(), 0U);
  EXPECT_THAT(newest("alarms"), HasSubstr(R"("n":{"high":1,)"));
}

}  // namespace
}  // namespace app::test
