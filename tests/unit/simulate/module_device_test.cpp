// Goal: the simulated PM6750 and Ivy 450C send the bytes of the real ones, and driver and device together say
// what the patient does: each cuff reading once, leads and probe apart. Method: frames computed by hand from
// the published layouts; virtual time.
#include <gtest/gtest.h>

#include "daemon/simulate/ivy.hpp"
#include "daemon/simulate/pm6750.hpp"
#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using drivers::test::hex;
using vitals::Metric;
using vitals::Quality;
using vitals::Reason;

TEST(Pm6750Device, FramesAsPublished) {
  EXPECT_EQ(frame_pm6750({0x04, 0x00, 0x62, 0x48}), hex("55 AA 06 04 00 62 48 4B"));
  EXPECT_EQ(frame_pm6750({0x02, 0x18, 0x4B, 0x10, 0x0A, 0x01}), hex("55 AA 08 02 18 4B 10 0A 01 77"));
  EXPECT_EQ(frame_pm6750({0x03, 0x00, 0x00, 0x79, 0x5C, 0x4B}), hex("55 AA 08 03 00 00 79 5C 4B D4"));
}

TEST(IvyDevice, FramesAsRecorded) {
  const auto record = frame_ivy("HR=1;80;ECG-II-DIAG;\r");
  ASSERT_EQ(record.size(), 9U + 400 + 21 + 1);
  EXPECT_EQ(std::vector<std::uint8_t>(record.begin(), record.begin() + 9), hex("FF 41 4E 53 41 52 2D 42 20"));
  EXPECT_EQ(record[409], 'H');
  EXPECT_EQ(record[429], '\r');
  EXPECT_EQ(record[430], 0xFE);
}

constexpr const char* day = R"(
  keyframe = [
    {t = 0, hr = 74, pr = 75, spo2 = 97, sys = 121, dia = 76, map = 91, rr = 14, temp = 36.6},
    {t = 1, art_sys = 131, art_dia = 71, art_map = 91},
    {t = 40, hr = 74, pr = 75, spo2 = 97, sys = 121, dia = 76, map = 91, rr = 14},
    {t = 41, hr = 140, pr = 139, spo2 = 88, sys = 171, dia = 101, map = 124, rr = 20},
  ]
  event = [{t = 5, kind = "cuff"}, {t = 10, kind = "probe-off"}, {t = 15, kind = "probe-on"},
           {t = 20, kind = "leads-off"}, {t = 25, kind = "leads-on"}, {t = 30, kind = "cuff"},
           {t = 35, kind = "garbage", bytes = 700}, {t = 45, kind = "cuff"},
           {t = 50, kind = "alarm", say = "TACHYCARDIA"}, {t = 55, kind = "alarm-over"},
           {t = 60, kind = "unplug"}, {t = 65, kind = "plug"}])";

void expect_value(const ClosedLoop& loop, Metric metric, double value) {
  EXPECT_EQ(loop.newest(metric).value, value) << vitals::name(metric);
  EXPECT_EQ(loop.newest(metric).quality, Quality::valid) << vitals::name(metric);
}

void run_the_day(ClosedLoop& loop) {
  loop.run_to(9);
  expect_value(loop, Metric::hr, 74);
  expect_value(loop, Metric::pr, 75);
  expect_value(loop, Metric::spo2, 97);
  expect_value(loop, Metric::rr, 14);
  expect_value(loop, Metric::nibp_sys, 121);
  expect_value(loop, Metric::nibp_dia, 76);
  expect_value(loop, Metric::nibp_map, 91);
  EXPECT_EQ(loop.count("obs nibp-sys 121 valid"), 1U) << "once a measurement";
  loop.run_to(14);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::sensor_off);
  expect_value(loop, Metric::hr, 74);
  loop.run_to(19);
  expect_value(loop, Metric::spo2, 97);
  loop.run_to(24);
  EXPECT_EQ(loop.newest(Metric::hr).reason, Reason::leads_off);
  EXPECT_FALSE(loop.newest(Metric::hr).has_value());
  expect_value(loop, Metric::pr, 75);
  loop.run_to(34);
  expect_value(loop, Metric::hr, 74);
  EXPECT_EQ(loop.count("obs nibp-sys 121 valid"), 2U) << "an equal reading of another measurement";
  loop.run_to(49);
  expect_value(loop, Metric::hr, 140);
  expect_value(loop, Metric::nibp_sys, 171);
  loop.run_to(59);
  EXPECT_EQ(loop.count("alarm on medium"), 1U);
  EXPECT_EQ(loop.count("alarm off medium"), 1U);
  const std::size_t before = loop.count("obs nibp-sys 171 valid");
  loop.run_to(75);
  expect_value(loop, Metric::spo2, 88);
  EXPECT_GT(loop.newest(Metric::spo2).rx.mono, drivers::test::stamp(73'000).mono) << "plugged again";
  EXPECT_EQ(loop.count("obs nibp-sys 171 valid"), before) << "the old reading is not told as a new one";
  EXPECT_EQ(loop.newest(Metric::nibp_sys).quality, Quality::stale);
}

TEST(Pm6750Device, DriverAndDeviceTogether) {
  ClosedLoop loop("pm6750", day, {{"temperature", "on"}});
  run_the_day(loop);
  EXPECT_GT(loop.count("temp 36.6 valid"), 30U);
  EXPECT_GE(loop.count("nibp-measuring on"), 3U);
}

TEST(Pm6750Device, AFailedMeasurement) {
  ClosedLoop loop("pm6750", R"(
    keyframe = [{t = 0, hr = 74, sys = 121, dia = 76}]
    event = [{t = 5, kind = "cuff-failed"}, {t = 10, kind = "cuff"}])");
  loop.run_to(9);
  EXPECT_EQ(loop.count("status nibp-failed on"), 1U);
  EXPECT_EQ(loop.count("obs nibp"), 0U);
  loop.run_to(15);
  EXPECT_EQ(loop.count("status nibp-failed off"), 1U);
  expect_value(loop, Metric::nibp_map, 91);  // (121 + 2 x 76) / 3
}

TEST(IvyDevice, DriverAndDeviceTogether) {
  ClosedLoop loop("ivy-450c", day, {{"arterial", "P1"}});
  run_the_day(loop);
  EXPECT_GT(loop.count("obs art-sys 131 valid"), 30U);
  EXPECT_EQ(loop.count("text=\"TACHYCARDIA\""), 1U);
  EXPECT_EQ(loop.count("send"), 0U);
}

}  // namespace
}  // namespace simulate::test
