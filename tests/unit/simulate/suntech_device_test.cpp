// Goal: the simulated SunTech module sends the frames of the real one, and driver and module together tell
// each measurement once.
#include "daemon/simulate/suntech_nibp.hpp"

#include <gtest/gtest.h>

#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using drivers::test::hex;

TEST(SunTechDevice, FramesOfTheModule) {
  EXPECT_EQ(suntech_letter('O'), hex("3E 04 4F 6F"));
  EXPECT_EQ(suntech_letter('B'), hex("3E 04 42 7C"));
  EXPECT_EQ(suntech_pressure(147), hex("3E 05 93 00 2A"));
  EXPECT_EQ(suntech_result({118, 72, 88, 74, 1, 0}),
            hex("3E 18 76 00 48 00 00 01 00 00 00 00 00 00 00 00 4A 00 58 00 00 00 00 49"));
  EXPECT_EQ(suntech_result({0, 0, 0, 0, 0, 87}),
            hex("3E 18 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 57 00 00 53"));
}

TEST(SunTechDevice, EachMeasurementIsToldOnce) {
  ClosedLoop loop("suntech-nibp", R"(
    cuff_first_s = 30
    cuff_interval_s = 300
    keyframe = [{t = 0, sys = 118, dia = 72, map = 88, pr = 74}, {t = 700, sys = 118, dia = 72, map = 88},
                {t = 900, sys = 150, dia = 90, map = 110}]
    event = [{t = 1100, kind = "cuff-failed"}, {t = 1150, kind = "garbage", bytes = 300}])");
  loop.run_to(29);
  EXPECT_EQ(loop.count("obs"), 0U);
  loop.run_to(300);
  EXPECT_EQ(loop.count("obs nibp-sys 118 valid"), 1U);
  EXPECT_EQ(loop.count("obs nibp-dia 72 valid"), 1U);
  EXPECT_EQ(loop.count("obs nibp-map 88 valid"), 1U);
  EXPECT_EQ(loop.count("status nibp-measuring on"), 1U);
  EXPECT_EQ(loop.count("status nibp-measuring off"), 1U);
  loop.run_to(900);
  EXPECT_EQ(loop.count("obs nibp-sys 118 valid"), 3U);  // at 330 and 630 the same numbers again
  loop.run_to(1090);
  EXPECT_EQ(loop.count("obs nibp-sys 150 valid"), 1U);  // at 930
  EXPECT_EQ(loop.count("nibp-failed"), 0U);
  loop.run_to(1140);
  EXPECT_EQ(loop.count("status nibp-failed on"), 1U);
  loop.run_to(1300);
  EXPECT_EQ(loop.count("status nibp-failed off"), 1U);  // over the garbage: the reading of 1230
  EXPECT_EQ(loop.count("obs nibp-sys 150 valid"), 2U);
}

TEST(SunTechDevice, TheHostStartsACuffOnlyByTheOption) {
  constexpr std::string_view scenario = "keyframe = [{t = 0, sys = 118, dia = 72}]";
  ClosedLoop reads("suntech-nibp", scenario);
  reads.run_to(1000);
  EXPECT_EQ(reads.count("nibp-measuring"), 0U);
  ClosedLoop starts("suntech-nibp", scenario, {{"start_cuff", "adult"}, {"start_cuff_every_min", "5"}});
  starts.run_to(1000);
  EXPECT_EQ(starts.count("send 3A 20 A6"), 3U);
  EXPECT_EQ(starts.count("obs nibp-sys 118 valid"), 3U);
}

TEST(SunTechDevice, TheCableIsPulledAndPutBack) {
  ClosedLoop loop("suntech-nibp", R"(
    cuff_first_s = 20
    cuff_interval_s = 100
    keyframe = [{t = 0, sys = 118, dia = 72}]
    event = [{t = 60, kind = "unplug"}, {t = 90, kind = "plug"}])");
  loop.run_to(89);
  EXPECT_EQ(loop.count("obs nibp-sys 118 valid"), 1U);
  loop.run_to(115);
  EXPECT_EQ(loop.count("obs nibp-sys 118 valid"), 1U);  // what the module still holds is old
  EXPECT_EQ(loop.count("obs nibp-sys 118 stale"), 1U);
  loop.run_to(180);
  EXPECT_EQ(loop.count("obs nibp-sys 118 valid"), 2U);
}

}  // namespace
}  // namespace simulate::test
