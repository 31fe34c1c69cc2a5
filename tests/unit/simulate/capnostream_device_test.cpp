// Goal: the simulated Capnostream sends frames as computed by hand, and driver and device together say what
// the patient does.
#include "daemon/simulate/capnostream20.hpp"

#include <gtest/gtest.h>

#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using drivers::test::hex;
using vitals::Metric;
using vitals::Reason;

TEST(CapnostreamDevice, FramesByTheRule) {
  CapnostreamNumbers numbers{
      .clock_s = 0x699E9300, .etco2 = 38, .fico2 = 0, .breaths = 14, .spo2 = 97, .rate = 72};
  EXPECT_EQ(
      capnostream_frame(1, capnostream_payload(numbers)),
      hex("85 1C 01 69 9E 93 00 26 00 0E 61 48 80 00 00 00 00 00 00 00 3C 0F 1E 05 08 64 5A 8C 32 01 00 59"));
  numbers = {.clock_s = 0x69800085,
             .etco2 = 38,
             .fico2 = 0,
             .breaths = 14,
             .spo2 = 0,
             .rate = 133,
             .status = 0,
             .spo2_alarms = 0x0C};
  EXPECT_EQ(capnostream_frame(1, capnostream_payload(numbers)),
            hex("85 1C 01 69 80 00 00 80 05 26 00 0E 00 80 05 00 00 00 00 00 0C 00 3C 0F 1E 05 08 64 5A 8C "
                "32 01 00 71"));
}

constexpr std::string_view scenario = R"(
    keyframe = [{t = 0, pr = 72, spo2 = 97, rr = 14}, {t = 60, pr = 72, spo2 = 97, rr = 14},
                {t = 61, pr = 128, spo2 = 85, rr = 33}]
    event = [{t = 20, kind = "probe-off"}, {t = 30, kind = "probe-on"}, {t = 40, kind = "silence"},
             {t = 45, kind = "resume"}, {t = 55, kind = "garbage", bytes = 100}, {t = 80, kind = "unplug"},
             {t = 90, kind = "plug"}])";

TEST(CapnostreamDevice, DriverAndDeviceTogether) {
  ClosedLoop loop("capnostream20", scenario);
  loop.run_to(10);
  EXPECT_EQ(loop.newest(Metric::pr).value, 72);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 97);
  EXPECT_EQ(loop.newest(Metric::rr).value, 14);
  EXPECT_GE(loop.count("obs spo2 97 valid"), 9U);
  loop.run_to(25);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::sensor_off);
  EXPECT_FALSE(loop.newest(Metric::pr).has_value());
  EXPECT_EQ(loop.newest(Metric::rr).value, 14);
  EXPECT_EQ(loop.count("fault broken"), 0U);
  loop.run_to(44);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 97);
  EXPECT_EQ(loop.count("send 85 01 01 00"), 2U);  // silence: enabled again
  loop.run_to(70);                                // over the garbage
  EXPECT_EQ(loop.newest(Metric::spo2).value, 85);
  EXPECT_EQ(loop.newest(Metric::pr).value, 128);  // an escaped byte
  EXPECT_EQ(loop.count("alarm on medium level-assumed text=\"SpO2 low\""), 1U);
  EXPECT_EQ(loop.count("alarm on medium level-assumed text=\"Respiration rate high\""), 1U);
}

TEST(CapnostreamDevice, TheCableIsPulledAndPutBack) {
  ClosedLoop loop("capnostream20", scenario);
  loop.run_to(90);
  loop.clear();
  loop.run_to(100);
  EXPECT_GE(loop.count("obs spo2 85 valid"), 8U);
}

}  // namespace
}  // namespace simulate::test
