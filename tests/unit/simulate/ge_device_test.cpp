// Goal: the simulated GE monitors send the bytes of their papers, and driver and device together say what the
// patient does: values, an electrode and a probe off, each cuff measurement once, the monitor's alarms, and
// the way back after silence and a pulled cable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/simulate/dinamap.hpp"
#include "daemon/simulate/ge_s5.hpp"
#include "tests/unit/drivers/ge_s5_bytes.hpp"
#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using ::testing::ElementsAre;
using vitals::Metric;
using vitals::Quality;
using vitals::Reason;

namespace s5 = drivers::test::ge_s5;

constexpr std::uint32_t time_s = 1'774'434'645;

std::vector<double> readings(const ClosedLoop& loop, Metric metric) {
  std::vector<double> found;
  for (const auto& seen : loop.observations)
    if (seen.metric == metric && seen.has_value()) found.push_back(seen.value);
  return found;
}

// --- S/5 --------------------------------------------------------------------------------------------------

TEST(S5Device, SendsTheRecordsOfTheSpecification) {
  S5Values values;
  values.hr = values.hr_of_ecg = 72;
  values.hr_max = 75, values.hr_min = 68, values.rr = 15;
  values.spo2 = 97, values.pulse = 71, values.modulation = 2.1;
  values.art_sys = 118, values.art_dia = 67, values.art_mean = 84, values.art_rate = 72;
  values.art_zeroed = false;
  values.cuff_label = 0x0100;
  values.cuff_sys = 121, values.cuff_dia = 78, values.cuff_mean = 92, values.cuff_rate = 70;
  EXPECT_EQ(frame_s5(displayed_s5({0x7E, 10, time_s}, values, false)), s5::values);
  EXPECT_EQ(frame_s5(alarm_status_s5({2, 10, time_s}, {{"SpO2 LOW", 2}, {"Artifact", 1}})), s5::alarms_two);
}

// 20 s each; the reading is there at the end.
constexpr std::string_view s5_patient = R"(
  keyframe = [{t = 0, hr = 80, pr = 79, spo2 = 98, rr = 14, temp = 36.6, sys = 120, dia = 80, map = 93, art_sys = 125, art_dia = 70, art_map = 88},
              {t = 400, hr = 80, pr = 79, spo2 = 98, rr = 14, temp = 36.6, sys = 160, dia = 100, map = 120, art_sys = 125, art_dia = 70, art_map = 88}]
  event = [{t = 30, kind = "cuff"}, {t = 70, kind = "probe-off"}, {t = 90, kind = "probe-on"},
           {t = 100, kind = "leads-off"}, {t = 120, kind = "leads-on"}, {t = 130, kind = "artifact"},
           {t = 140, kind = "artifact-over"}, {t = 150, kind = "cuff-failed"},
           {t = 200, kind = "alarm", say = "SpO2 LOW"}, {t = 220, kind = "alarm-over"},
           {t = 230, kind = "garbage", bytes = 300}, {t = 250, kind = "silence"}, {t = 290, kind = "resume"},
           {t = 320, kind = "clock-jump", seconds = -7200}, {t = 330, kind = "cuff"},
           {t = 360, kind = "unplug"}, {t = 370, kind = "plug"}])";

TEST(S5Device, DriverAndDeviceTogether) {
  ClosedLoop loop("ge-s5-dri", s5_patient);
  loop.run_to(20);
  EXPECT_EQ(loop.newest(Metric::hr).value, 80);
  EXPECT_EQ(loop.newest(Metric::pr).value, 79);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 98);
  EXPECT_EQ(loop.newest(Metric::rr).value, 14);
  EXPECT_DOUBLE_EQ(loop.newest(Metric::art_map).value, 88);
  EXPECT_EQ(loop.newest(Metric::art_sys).quality, Quality::valid);
  EXPECT_TRUE(readings(loop, Metric::nibp_sys).empty());
  loop.run_to(45);
  EXPECT_EQ(loop.count("status nibp-measuring on"), 1U);
  loop.run_to(69);
  EXPECT_THAT(readings(loop, Metric::nibp_sys), ElementsAre(125));
  EXPECT_THAT(readings(loop, Metric::nibp_dia), ElementsAre(83));
  loop.run_to(89);
  EXPECT_FALSE(loop.newest(Metric::spo2).has_value());
  EXPECT_FALSE(loop.newest(Metric::pr).has_value());
  loop.run_to(119);
  EXPECT_EQ(loop.newest(Metric::hr).reason, Reason::leads_off) << "the pulse under the name HR is none";
  EXPECT_EQ(loop.newest(Metric::pr).value, 79);
  EXPECT_EQ(loop.count("rate-source code=\"HR from pleth\""), 4U);
  loop.run_to(139);
  EXPECT_EQ(loop.newest(Metric::hr).reason, Reason::artifact);
  EXPECT_EQ(loop.newest(Metric::hr).value, 80);
  loop.run_to(180);
  EXPECT_EQ(loop.count("status nibp-failed on"), 1U);
  EXPECT_THAT(readings(loop, Metric::nibp_sys), ElementsAre(125));
}

TEST(S5Device, AlarmsNoiseSilenceAndCable) {
  ClosedLoop loop("ge-s5-dri", s5_patient, {}, {{"auxiliary", "yes"}});
  loop.run_to(229);
  EXPECT_EQ(loop.count("alarm on high text=\"SpO2 LOW\" code=\"SpO2 LOW\""), 1U);
  EXPECT_EQ(loop.count("alarm off high code=\"SpO2 LOW\""), 1U);
  EXPECT_EQ(loop.count("fault broken"), 0U);
  loop.run_to(249);
  EXPECT_EQ(loop.newest(Metric::hr).quality, Quality::valid) << "after the noise";
  const std::size_t sent = loop.count("send 7E 31");
  loop.run_to(289);
  EXPECT_EQ(loop.count("send 7E 31"), sent + 4) << "at 255, 265, 275 and 285 s: every 10 s of silence";
  loop.run_to(301);
  EXPECT_GT(loop.newest(Metric::hr).rx.mono, drivers::test::stamp(290'000).mono);
  loop.run_to(359);
  EXPECT_THAT(readings(loop, Metric::nibp_sys), ElementsAre(125, 155)) << "the clock was set in between";
  loop.run_to(380);
  EXPECT_GT(loop.newest(Metric::hr).rx.mono, drivers::test::stamp(370'000).mono);
  EXPECT_THAT(readings(loop, Metric::nibp_sys), ElementsAre(125, 155, 155)) << "a new stream tells it anew";
}

TEST(S5Device, AnOldReadingGetsItsTimeFromTheAuxiliaryRecord) {
  const auto readings_after_plug = [](const Options& options) {
    ClosedLoop loop(
        "ge-s5-dri",
        "keyframe = [{t = 0, hr = 80, sys = 120, dia = 80, map = 93}]\n"
        "event = [{t = 10, kind = \"cuff\"}, {t = 200, kind = \"unplug\"}, {t = 210, kind = \"plug\"}]",
        {}, options);
    loop.run_to(205);
    const std::size_t before = loop.observations.size();
    loop.run_to(260);
    std::vector<std::int64_t> times_s;
    for (std::size_t i = before; i < loop.observations.size(); ++i)
      if (const auto& seen = loop.observations[i]; seen.metric == Metric::nibp_sys && seen.t_src)
        times_s.push_back((*seen.t_src - drivers::test::stamp(0).wall).count() / 1000);
    return times_s;
  };
  EXPECT_THAT(readings_after_plug({{"auxiliary", "yes"}}), ElementsAre(30));
  EXPECT_THAT(readings_after_plug({}), ElementsAre()) << "of unknown age";
}

TEST(S5Device, BelowLevelTenNobodyAsksForAlarms) {
  ClosedLoop loop("ge-s5-dri", "keyframe = [{t = 0, hr = 80}]", {}, {{"level", "9"}});
  loop.run_to(120);
  EXPECT_EQ(loop.newest(Metric::hr).value, 80);
  EXPECT_EQ(loop.count("send 7E 34"), 0U);
  EXPECT_EQ(loop.count("send 7E 31"), 2U);
}

TEST(S5Device, OptionsThatAreNotAccepted) {
  for (const auto& [name, value] : Options{{"level", "1"}, {"auxiliary", "maybe"}}) {
    std::string error;
    EXPECT_EQ(ge_s5_dri.make({{name, value}}, error), nullptr);
    EXPECT_NE(error.find(value), std::string::npos);
  }
}

// --- DINAMAP ----------------------------------------------------------------------------------------------

TEST(DinamapDevice, LinesOfThePublishedLayout) {
  EXPECT_EQ(dinamap_line(" NA"), " NA!2\r");
  EXPECT_EQ(dinamap_line(" OA"), " OA!3\r");
  EXPECT_EQ(dinamap_line(" RA"), " RA!6\r");
  EXPECT_EQ(dinamap_line(" NA1100045118072088"), " NA1100045118072088&0\r");
  EXPECT_EQ(dinamap_line(" OA1097708"), " OA1097708#J\r");
  EXPECT_EQ(dinamap_line(" RA2-99"), " RA2-99\"K\r");
}

TEST(DinamapDevice, DriverAndDeviceTogether) {
  ClosedLoop loop("ge-dinamap", R"(
    keyframe = [{t = 0, pr = 79, spo2 = 98, sys = 120, dia = 80, map = 93},
                {t = 300, pr = 79, spo2 = 98, sys = 150, dia = 95, map = 113}]
    event = [{t = 10, kind = "cuff"}, {t = 60, kind = "probe-off"}, {t = 80, kind = "probe-on"},
             {t = 90, kind = "artifact"}, {t = 100, kind = "artifact-over"}, {t = 110, kind = "cuff-failed"},
             {t = 150, kind = "garbage", bytes = 100}, {t = 160, kind = "silence"}, {t = 180, kind = "resume"},
             {t = 200, kind = "cuff"}, {t = 230, kind = "unplug"}, {t = 240, kind = "plug"}])");
  loop.run_to(9);
  EXPECT_EQ(loop.newest(Metric::pr).value, 79);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 98);
  EXPECT_TRUE(readings(loop, Metric::nibp_sys).empty());
  loop.run_to(25);
  EXPECT_EQ(loop.count("status nibp-measuring on"), 1U);
  loop.run_to(59);
  EXPECT_THAT(readings(loop, Metric::nibp_sys), ElementsAre(123));
  EXPECT_NEAR(
      static_cast<double>((*loop.newest(Metric::nibp_sys).t_src - drivers::test::stamp(30'000).wall).count()),
      0, 1000);
  loop.run_to(79);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::sensor_off);
  EXPECT_FALSE(loop.newest(Metric::pr).has_value()) << "the rate of the cuff is none";
  loop.run_to(99);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::weak_signal);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 98);
  loop.run_to(149);
  EXPECT_EQ(loop.count("status nibp-failed on"), 1U);
  EXPECT_EQ(loop.count("fault broken"), 0U);
  loop.run_to(159);
  EXPECT_EQ(loop.newest(Metric::spo2).quality, Quality::valid) << "after the noise";
  loop.run_to(179);
  EXPECT_EQ(loop.newest(Metric::spo2).quality, Quality::unavailable) << "nobody answers";
  loop.run_to(189);
  EXPECT_EQ(loop.newest(Metric::pr).value, 79);
  loop.run_to(229);
  EXPECT_THAT(readings(loop, Metric::nibp_sys), ElementsAre(123, 142));
  loop.run_to(260);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 98);
  EXPECT_THAT(readings(loop, Metric::nibp_sys), ElementsAre(123, 142, 142)) << "a new stream tells it anew";
}

}  // namespace
}  // namespace simulate::test
