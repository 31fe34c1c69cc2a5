// Goal: the simulated Nellcor prints the rows of the real one, and driver and device together say what the
// patient does.
#include "daemon/simulate/nellcor.hpp"

#include <gtest/gtest.h>

#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using vitals::Metric;
using vitals::Reason;

constexpr std::int64_t march_9_unix_ms = 1'773'066'336'000;  // 2026-03-09T14:25:36Z

TEST(NellcorDevice, PrintsTheColumnsOfTheN560) {
  EXPECT_EQ(print_row({march_9_unix_ms, 98, 72, 45, false, false, ""}),
            "09-Mar-26 14:25:36    98      72      45\r\n");
  EXPECT_EQ(print_row({march_9_unix_ms + 4000, 88, 151, 38, true, true, "SLPH"}),
            "09-Mar-26 14:25:40    88*    151*     38    SL   PH\r\n");
  EXPECT_EQ(print_row({march_9_unix_ms + 8000, {}, {}, {}, false, false, "SD"}),
            "09-Mar-26 14:25:44   ---     ---     ---    SD\r\n");
}

TEST(NellcorDevice, DriverAndDeviceTogether) {
  ClosedLoop loop("nellcor", R"(
    keyframe = [{t = 0, pr = 72, spo2 = 98}, {t = 100, pr = 72, spo2 = 98}, {t = 101, pr = 130, spo2 = 85}]
    event = [{t = 20, kind = "probe-off"}, {t = 30, kind = "probe-on"}, {t = 40, kind = "artifact"},
             {t = 50, kind = "artifact-over"}, {t = 61, kind = "garbage", bytes = 100}])");
  loop.run_to(15);
  EXPECT_EQ(loop.newest(Metric::pr).value, 72);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 98);
  EXPECT_EQ(loop.newest(Metric::spo2).quality, vitals::Quality::valid);
  loop.run_to(25);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::sensor_off);
  EXPECT_FALSE(loop.newest(Metric::pr).has_value());
  loop.run_to(35);
  EXPECT_EQ(loop.newest(Metric::spo2).quality, vitals::Quality::valid);
  loop.run_to(45);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::artifact);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 98);
  loop.run_to(60);
  EXPECT_EQ(loop.count("fault broken"), 0U);
  loop.run_to(66);
  EXPECT_EQ(loop.newest(Metric::spo2).rx,
            drivers::test::stamp(64'000));  // the row after the noise counts again
  loop.run_to(110);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 85);
  EXPECT_EQ(loop.newest(Metric::pr).value, 130);
  EXPECT_EQ(loop.count("alarm on medium level-assumed text=\"%SpO2 below limit\" code=\"SL\""), 1U);
  EXPECT_EQ(loop.count("alarm on medium level-assumed text=\"Pulse rate above limit\" code=\"PH\""), 1U);
  EXPECT_EQ(loop.count("send"), 0U);
}

}  // namespace
}  // namespace simulate::test
