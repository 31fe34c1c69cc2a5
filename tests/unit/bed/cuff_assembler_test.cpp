// What is a new cuff reading: by the device's own times, compared with each other and never with our clock.
#include "daemon/bed/cuff.hpp"

#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using vitals::Metric;
using vitals::Milliseconds;
using vitals::Stamp;
using vitals::WallTime;

WallTime device(std::int64_t ms) { return at(ms).wall; }

struct CuffAssemblerTest : testing::Test {
  CuffAssembler assembler;

  std::optional<CuffReading> told(double sys, double dia, std::optional<WallTime> own, Stamp rx,
                                  bool trusted = true) {
    for (const auto& [metric, value] : {std::pair{Metric::nibp_sys, sys}, std::pair{Metric::nibp_dia, dia}}) {
      vitals::Observation part = vitals::measured(metric, value, rx);
      part.t_src = own;
      if (own) part.time_source = vitals::TimeSource::own;
      part.clock_trusted = trusted && own;
      assembler.add(part);
    }
    return assembler.take(rx);
  }
};

TEST_F(CuffAssemblerTest, a_reading_has_the_time_of_its_measurement) {
  const auto reading = told(120, 70, device(1'000), at(31'000));
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->measured, at(1'000));
  EXPECT_EQ(reading->rx, at(31'000));
}

TEST_F(CuffAssemblerTest, the_same_second_told_again_is_no_reading_however_our_clock_moves) {
  ASSERT_TRUE(told(120, 70, device(1'000), at(31'000)));
  EXPECT_FALSE(told(120, 70, device(1'000), at(36'000)));
  // A device that tells it again after its restart, while our wall clock was set back or forward by a little.
  for (const int slew_ms : {-3, -1, 1, 3}) {
    Stamp rx = at(40'000);
    rx.wall += Milliseconds{slew_ms};
    EXPECT_FALSE(told(120, 70, device(1'000), rx)) << slew_ms;
  }
}

TEST_F(CuffAssemblerTest, equal_numbers_of_another_second_are_a_new_reading) {
  ASSERT_TRUE(told(120, 70, device(1'000), at(31'000)));
  EXPECT_TRUE(told(120, 70, device(61'000), at(91'000)));
}

TEST_F(CuffAssemblerTest, other_numbers_under_a_time_that_stays_were_measured_as_they_came) {
  ASSERT_TRUE(told(120, 80, device(1'000), at(31'000)));
  EXPECT_EQ(told(195, 116, device(1'000), at(1'231'000))->measured, at(1'231'000));
  EXPECT_FALSE(told(195, 116, device(1'000), at(1'241'000)));
  EXPECT_EQ(told(196, 116, device(1'000), at(1'233'000))->measured, at(1'231'000)) << "a correction";
}

TEST_F(CuffAssemblerTest, a_time_that_comes_later_than_its_reading_makes_no_other_one) {
  ASSERT_TRUE(told(120, 80, std::nullopt, at(31'000)));
  EXPECT_FALSE(told(120, 80, device(30'000), at(91'000)));
  EXPECT_TRUE(told(120, 80, device(80'000), at(101'000))) << "of a later measurement";
}

TEST_F(CuffAssemblerTest, a_second_of_difference_in_whole_seconds_is_no_new_measurement) {
  ASSERT_TRUE(told(120, 70, device(1'000), at(31'000)));
  EXPECT_FALSE(told(120, 70, device(2'000), at(36'000)));
  EXPECT_TRUE(told(122, 70, device(3'000), at(37'000))) << "other numbers are";
}

TEST_F(CuffAssemblerTest, an_older_measurement_never_displaces_a_newer_one) {
  ASSERT_TRUE(told(180, 90, device(61'000), at(91'000)));
  EXPECT_FALSE(told(120, 70, device(1'000), at(92'000))) << "a buffer that is sent late";
  EXPECT_FALSE(told(120, 70, device(60'999), at(93'000)));
  EXPECT_FALSE(told(180, 90, device(61'000), at(94'000))) << "and the newest is still the known one";
}

TEST_F(CuffAssemblerTest, other_numbers_of_the_same_second_are_a_correction) {
  ASSERT_TRUE(told(120, 70, device(1'000), at(31'000)));
  const auto corrected = told(128, 70, device(1'000), at(32'000));
  ASSERT_TRUE(corrected);
  EXPECT_EQ(corrected->sys, 128);
}

TEST_F(CuffAssemblerTest, by_a_clock_that_is_not_trusted_nothing_is_older) {
  ASSERT_TRUE(told(120, 70, device(61'000), at(91'000), false));
  EXPECT_TRUE(told(125, 70, device(1'000), at(151'000), false)) << "its clock was set back";
  EXPECT_FALSE(told(125, 70, device(1'000), at(152'000), false));
}

TEST_F(CuffAssemblerTest, a_reading_without_own_time_is_new_by_its_numbers_only) {
  ASSERT_TRUE(told(120, 70, std::nullopt, at(1'000)));
  EXPECT_FALSE(told(120, 70, std::nullopt, at(600'000)));
  EXPECT_TRUE(told(121, 70, std::nullopt, at(601'000)));
  EXPECT_TRUE(told(121, 70, device(2'000), at(602'000))) << "an own time where there was none";
}

TEST_F(CuffAssemblerTest, what_stood_on_the_monitor_before_we_came_displaces_nothing) {
  const auto standing = [&](std::int64_t ms) {
    for (const Metric metric : {Metric::nibp_sys, Metric::nibp_dia})
      assembler.add(vitals::absent(metric, vitals::Reason::missing, at(ms), vitals::Quality::stale));
    return assembler.take(at(ms));
  };
  EXPECT_TRUE(standing(1'000)) << "nothing better is known";
  ASSERT_TRUE(told(120, 70, std::nullopt, at(60'000)));
  EXPECT_FALSE(standing(90'000)) << "the link came back";
  EXPECT_FALSE(told(120, 70, std::nullopt, at(91'000)));
  EXPECT_TRUE(told(124, 72, std::nullopt, at(120'000)));
}

TEST_F(CuffAssemblerTest, a_failure_after_what_stood_on_the_monitor_is_news) {
  const auto empty = [&](std::int64_t ms, vitals::Quality quality) {
    assembler.add(vitals::absent(Metric::nibp_sys, vitals::Reason::missing, at(ms), quality));
    return assembler.take(at(ms));
  };
  ASSERT_TRUE(empty(1'000, vitals::Quality::stale));
  EXPECT_FALSE(empty(2'000, vitals::Quality::stale)) << "told again";
  EXPECT_TRUE(empty(60'000, vitals::Quality::invalid));
}

}  // namespace
}  // namespace bed
