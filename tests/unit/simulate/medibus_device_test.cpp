// Goal: the simulated MEDIBUS device sends the bytes of the protocol's paper, and driver and device together
// say what the patient does.
#include "daemon/simulate/draeger_medibus.hpp"

#include <gtest/gtest.h>

#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using vitals::Metric;
using vitals::Reason;

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

TEST(MedibusDevice, FramesOfThePaper) {
  using drivers::test::hex;
  EXPECT_EQ(bytes_of(medibus_command("\x51")), hex("1B 51 36 43 0D"));
  EXPECT_EQ(bytes_of(medibus_response("\x51")), hex("01 51 35 32 0D"));
  EXPECT_EQ(bytes_of(medibus_response("\x15")), hex("01 15 31 36 0D"));
  EXPECT_EQ(bytes_of(medibus_response("\x24"
                                      "EB 97 E1 71 ")),
            hex("01 24 45 42 20 39 37 20 45 31 20 37 31 20 37 41 0D"));
  EXPECT_EQ(
      bytes_of(medibus_response("R8888'Draeger Device'03.00:03.00")),
      hex("01 52 38 38 38 38 27 44 72 61 65 67 65 72 20 44 65 76 69 63 65 27 30 33 2E 30 30 3A 30 33 2E 30 "
          "30 43 37 0D"));
}

TEST(MedibusDevice, DriverAndDeviceTogether) {
  ClosedLoop loop("draeger-medibus", R"(
    keyframe = [{t = 0, pr = 71, spo2 = 97}, {t = 60, pr = 71, spo2 = 97}, {t = 61, pr = 130, spo2 = 85}]
    event = [{t = 20, kind = "probe-off"}, {t = 30, kind = "probe-on"}, {t = 40, kind = "alarm", say = "APNEA"},
             {t = 50, kind = "alarm-over"}, {t = 55, kind = "garbage", bytes = 200}])");
  loop.run_to(10);
  EXPECT_EQ(loop.newest(Metric::pr).value, 71);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 97);
  EXPECT_GE(loop.count("obs spo2 97 valid"), 7U);
  EXPECT_LE(loop.count("obs spo2 97 valid"), 10U);
  EXPECT_EQ(loop.count("fault"), 0U);  // configured: nothing but what was wanted
  loop.run_to(25);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::sensor_unplugged);
  EXPECT_FALSE(loop.newest(Metric::pr).has_value());
  EXPECT_EQ(loop.count("alarm on high technical text=\"SPO2SEN DISC\" code=\"35\""), 1U);
  loop.run_to(35);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 97);
  EXPECT_EQ(loop.count("alarm off high technical code=\"35\""), 1U);
  loop.run_to(52);
  EXPECT_EQ(loop.count("alarm on high text=\"APNEA\" code=\"40\""), 1U);
  EXPECT_EQ(loop.count("alarm off high code=\"40\""), 1U);
  loop.run_to(70);  // over the garbage
  EXPECT_EQ(loop.newest(Metric::spo2).value, 85);
  EXPECT_EQ(loop.newest(Metric::pr).value, 130);
  EXPECT_EQ(loop.count("alarm on high text=\"SPO2 LOW\" code=\"07\""), 1U);
  EXPECT_EQ(loop.count("alarm on high text=\"PULSE HIGH\" code=\"1E\""), 1U);
}

TEST(MedibusDevice, TheyFindEachOtherAgain) {
  ClosedLoop loop("draeger-medibus", R"(
    keyframe = [{t = 0, pr = 71, spo2 = 97}, {t = 1, pr = 71, spo2 = 97}]
    event = [{t = 10, kind = "silence"}, {t = 20, kind = "resume"}, {t = 30, kind = "unplug"}, {t = 40, kind = "plug"}])");
  loop.run_to(19);
  loop.clear();
  loop.run_to(20);
  EXPECT_EQ(loop.count("obs"), 0U);
  loop.run_to(29);
  EXPECT_GE(loop.count("obs spo2 97 valid"), 4U);
  loop.run_to(40);
  loop.clear();
  loop.run_to(50);
  EXPECT_GE(loop.count("obs spo2 97 valid"), 4U);
}

}  // namespace
}  // namespace simulate::test
