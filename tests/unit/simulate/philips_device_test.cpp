// Goal: the simulated IntelliVue sends the bytes of the protocol's example session, and driver and device
// together say what the patient does, over the serial port and in datagrams.
#include <gtest/gtest.h>

#include "daemon/simulate/philips_intellivue.hpp"
#include "daemon/simulate/philips_message.hpp"
#include "tests/unit/drivers/philips_bytes.hpp"
#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using vitals::Metric;
using vitals::Quality;
using vitals::Reason;
namespace sample = drivers::test::philips;

constexpr std::int64_t march_25_10_30_45 = 1'774'434'645'000;

TEST(PhilipsDevice, FramesOfTheExample) {
  EXPECT_EQ(philips_frame({0xC1, 0x00, 0x7D, 0xC0}),
            drivers::test::hex("C0 11 01 00 04 7D E1 00 7D 5D 7D E0 A3 4A C1"));
  EXPECT_EQ(philips_frame(sample::create_answer),
            drivers::test::hex(
                "C0 11 01 00 1C E1 00 00 02 00 02 00 14 00 01 00 01 00 0E 00 21 00 00 00 00 04 C4 B4 00 "
                "0D 06 00 00 AE E3 C1"));
  PhilipsUnframer unframer;
  std::optional<PhilipsBytes> opened;
  for (const std::uint8_t byte : philips_frame(sample::request)) opened = unframer.take(byte);
  EXPECT_EQ(opened, sample::request);
}

TEST(PhilipsDevice, MessagesOfTheExample) {
  EXPECT_EQ(philips_accept(), sample::acceptance);
  EXPECT_EQ(philips_create_event({false, march_25_10_30_45, 80'000'000}), sample::create_event);

  const auto single = [](unsigned handle, const PhilipsNumber& number) {
    return philips_object(handle, {philips_attribute(0x0950, philips_number(number))});
  };
  const auto compound = [](const std::vector<PhilipsBytes>& numbers) {
    return philips_attribute(0x094B, PhilipsWriter{}.list(numbers).bytes);
  };
  PhilipsReply reply;
  reply.invoke_id = 2;
  reply.poll_number = 1;
  reply.object_class = 0x0006;
  reply.group = 0x0803;
  reply.ticks = 80'008'192;
  const auto mmhg = [](unsigned code, double value, unsigned state = 0) {
    return philips_number({code, state, 0x0F20, value, 0});
  };
  reply.contexts = {
      {0,
       {single(0x0101, {0x4182, 0, 0x0AA0, 72.0, 0}), single(0x0102, {0x4BB8, 0, 0x0220, 97.0, 1}),
        single(0x0103, {0x4822, 0, 0x0AA0, 71.0, 0}),
        philips_object(0x0104, {compound({mmhg(0x4A17, 84), mmhg(0x4A15, 118, 2), mmhg(0x4A16, 67)})})}},
      {1,
       {philips_object(0x0201, {philips_attribute(0x0990, philips_time(march_25_10_30_45 - 333'000)),
                                compound({mmhg(0x4A05, 121), mmhg(0x4A06, 78), mmhg(0x4A07, 92)})})}}};
  EXPECT_EQ(philips_reply(reply), sample::single_result);
}

TEST(PhilipsDevice, AnAlarmListOfTheExample) {
  const PhilipsBytes patient = philips_alert({0x4BB8, 62, 0x0200, 0x0102, "** SpO2 LOW"});
  const PhilipsBytes& whole = sample::alerts_result;
  EXPECT_NE(std::search(whole.begin(), whole.end(), patient.begin(), patient.end()), whole.end());
}

constexpr std::string_view day = R"(
  keyframe = [{t = 0, hr = 74, pr = 75, spo2 = 97, sys = 121, dia = 76, map = 91, art_sys = 131, art_dia = 71, art_map = 91, rr = 14, temp = 36.6},
              {t = 90, spo2 = 97}, {t = 91, spo2 = 85}]
  event = [{t = 10, kind = "cuff"}, {t = 20, kind = "probe-off"}, {t = 30, kind = "probe-on"},
           {t = 35, kind = "leads-off"}, {t = 40, kind = "leads-on"}, {t = 45, kind = "artifact"},
           {t = 50, kind = "artifact-over"}, {t = 55, kind = "alarm", say = "*** ASYSTOLE"},
           {t = 60, kind = "alarm-over"}, {t = 65, kind = "cuff"}, {t = 70, kind = "cuff-failed"},
           {t = 75, kind = "garbage", bytes = 300}, {t = 80, kind = "clock-jump", seconds = 3600},
           {t = 82, kind = "cuff"}])";

class PhilipsTogether : public ::testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  static ClosedLoop loop(std::string_view scenario) {
    const auto [transport, parts] = GetParam();
    return {"philips-intellivue",
            scenario,
            {{"transport", transport}},
            {{"transport", transport}, {"parts", parts}}};
  }
};

TEST_P(PhilipsTogether, SayWhatThePatientDoes) {
  ClosedLoop loop = PhilipsTogether::loop(day);
  loop.run_to(9);
  const std::pair<Metric, double> truth[] = {
      {Metric::hr, 74},      {Metric::pr, 75},      {Metric::spo2, 97}, {Metric::art_sys, 131},
      {Metric::art_dia, 71}, {Metric::art_map, 91}, {Metric::rr, 14},   {Metric::temp, 36.6}};
  for (const auto& [metric, value] : truth) EXPECT_DOUBLE_EQ(loop.newest(metric).value, value);
  EXPECT_GE(loop.count("obs spo2 97 valid"), 5U);
  EXPECT_EQ(loop.count("fault"), 0U);
  EXPECT_EQ(loop.count("obs nibp"), 0U);

  loop.run_to(19);
  EXPECT_EQ(loop.count("obs nibp-sys 121 valid"), 1U) << "once per measurement";
  const auto reading = loop.newest(Metric::nibp_dia);
  EXPECT_EQ(reading.value, 76);
  ASSERT_TRUE(reading.t_src.has_value());
  EXPECT_TRUE(reading.clock_trusted);
  EXPECT_NEAR(static_cast<double>(vitals::unix_ms(*reading.t_src)),
              static_cast<double>(vitals::unix_ms(drivers::test::stamp(10'000).wall)), 1100);

  loop.run_to(29);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::sensor_unplugged);
  EXPECT_FALSE(loop.newest(Metric::pr).has_value());
  EXPECT_EQ(loop.count("alarm on low technical text=\"SpO2 NO SENSOR\" code=\"308\" source=\"SpO2\""), 1U);
  loop.run_to(34);
  EXPECT_EQ(loop.newest(Metric::pr).value, 75);
  EXPECT_EQ(loop.count("alarm off low technical code=\"308\""), 1U);
  loop.run_to(39);
  EXPECT_EQ(loop.newest(Metric::hr).reason, Reason::leads_off);
  loop.run_to(49);
  EXPECT_EQ(loop.newest(Metric::spo2).quality, Quality::questionable);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::artifact);
  loop.run_to(64);
  EXPECT_EQ(loop.newest(Metric::hr).quality, Quality::valid);
  EXPECT_EQ(loop.count("alarm on high text=\"*** ASYSTOLE\""), 1U);
  EXPECT_EQ(loop.count("alarm off high"), 1U);
  loop.run_to(69);
  EXPECT_EQ(loop.count("obs nibp-sys 121 valid"), 2U) << "equal numbers, a new measurement";
  loop.run_to(74);
  EXPECT_EQ(loop.count("status nibp-failed on"), 1U);
  EXPECT_EQ(loop.count("obs nibp-sys - invalid"), 1U);
}

TEST_P(PhilipsTogether, GoOnOverNoiseAndAClockThatIsSet) {
  ClosedLoop loop = PhilipsTogether::loop(day);
  loop.run_to(81);
  loop.clear();
  loop.run_to(99);
  EXPECT_EQ(loop.newest(Metric::spo2).value, 85);
  EXPECT_EQ(loop.count("alarm on medium text=\"** SpO2 LOW\" code=\"62\""), 1U);
  EXPECT_EQ(loop.count("obs nibp-sys 121 valid"), 1U);
  const auto reading = loop.newest(Metric::nibp_sys);
  ASSERT_TRUE(reading.t_src.has_value());
  EXPECT_NEAR(static_cast<double>(vitals::unix_ms(*reading.t_src)),
              static_cast<double>(vitals::unix_ms(drivers::test::stamp(82'000).wall)), 1100)
      << "an hour on the monitor's clock is none on ours";
}

TEST_P(PhilipsTogether, FindEachOtherAgain) {
  ClosedLoop loop = PhilipsTogether::loop(R"(
    keyframe = [{t = 0, hr = 74, spo2 = 97}, {t = 1, hr = 74, spo2 = 97}]
    event = [{t = 10, kind = "silence"}, {t = 30, kind = "resume"}, {t = 60, kind = "unplug"}, {t = 70, kind = "plug"}])");
  loop.run_to(29);
  loop.clear();
  loop.run_to(30);
  EXPECT_EQ(loop.count("obs"), 0U);
  loop.run_to(59);
  EXPECT_GE(loop.count("obs spo2 97 valid"), 10U);
  loop.run_to(70);
  loop.clear();
  loop.run_to(80);
  EXPECT_GE(loop.count("obs spo2 97 valid"), 4U);
}

TEST_P(PhilipsTogether, HoldTheirAssociationForTwentyMinutes) {
  ClosedLoop loop = PhilipsTogether::loop("keyframe = [{t = 0, hr = 74}, {t = 1, hr = 74}]");
  loop.run_to(1200);
  EXPECT_GE(loop.count("obs hr 74 valid"), 1160U);
  EXPECT_EQ(loop.count("fault"), 0U);
}

INSTANTIATE_TEST_SUITE_P(Lines, PhilipsTogether,
                         ::testing::Values(std::pair{"serial", "no"}, std::pair{"serial", "yes"},
                                           std::pair{"lan", "no"}, std::pair{"lan", "yes"}));

TEST(PhilipsDevice, DemoModeIsSeen) {
  ClosedLoop loop("philips-intellivue", "keyframe = [{t = 0, hr = 74}, {t = 1, hr = 74}]", {},
                  {{"mode", "demo"}});
  loop.run_to(9);
  EXPECT_EQ(loop.count("status demo-mode on"), 1U);
  EXPECT_GE(loop.count("obs hr 74 valid test"), 5U);
}

TEST(PhilipsDevice, OptionsAreChecked) {
  std::string error;
  EXPECT_EQ(philips_intellivue.make({{"transport", "usb"}}, error), nullptr);
  EXPECT_EQ(error, "option transport must be serial or lan, not 'usb'");
}

}  // namespace
}  // namespace simulate::test
