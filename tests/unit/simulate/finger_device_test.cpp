// Goal: the simulated Masimo, Contec and Berry oximeters send the bytes of the real ones, and driver and
// device together say what the patient does. Method: lines and frames computed by hand from the papers;
// virtual time.
#include "daemon/simulate/finger.hpp"

#include <gtest/gtest.h>

#include "daemon/simulate/masimo.hpp"
#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

using drivers::test::hex;
using vitals::Metric;
using vitals::Quality;
using vitals::Reason;

constexpr std::int64_t march_9_unix_ms = 1'773'066'336'000;  // 2026-03-09T14:25:36Z

std::vector<std::uint8_t> bytes(const auto& frame) { return {frame.begin(), frame.end()}; }

FingerFrame frame(unsigned rate, unsigned spo2) {
  FingerFrame out;
  out.rate = rate;
  out.spo2 = spo2;
  out.bar = 7;
  return out;
}

TEST(MasimoDevice, PrintsTheLineOfTheRad8) {
  EXPECT_EQ(print_line({march_9_unix_ms, 98, 57, 7.02, 0x18, 0x800}),
            "03/09/26 14:25:36 SN=0000000000 SPO2=098% BPM=057 PI=07.02% SPCO=--.-% SPMET=--.-% DESAT=-- "
            "PIDELTA=+-- ALARM=0018 EXC=000800\r\n");
  EXPECT_EQ(print_line({march_9_unix_ms, {}, {}, {}, 0, 0x820}),
            "03/09/26 14:25:36 SN=0000000000 SPO2=---% BPM=--- PI=--.--% SPCO=--.-% SPMET=--.-% DESAT=-- "
            "PIDELTA=+-- ALARM=0000 EXC=000820\r\n");
}

TEST(Contec5Device, EncodesTheFramesOfThePaper) {
  EXPECT_EQ(bytes(encode_contec_5(frame(72, 98))), hex("85 40 07 48 62"));
  FingerFrame fast = frame(130, 97);
  fast.beep = true, fast.wave = 90, fast.bar = 11;
  EXPECT_EQ(bytes(encode_contec_5(fast)), hex("C5 5A 4B 02 61"));
  FingerFrame low = frame(110, 86);
  low.low_saturation = true, low.strength = 2, low.wave = 30, low.bar = 2;
  EXPECT_EQ(bytes(encode_contec_5(low)), hex("A2 1E 02 6E 56"));
  FingerFrame out;
  out.finger_out = true, out.strength = out.bar = 0;
  EXPECT_EQ(bytes(encode_contec_5(out)), hex("80 40 50 7F 7F"));
}

TEST(Contec9Device, EncodesThePackagesOfThePaper) {
  EXPECT_EQ(bytes(encode_contec_9(frame(72, 98))), hex("01 E0 85 C0 97 C8 E2 FF FF"));
  FingerFrame fast = frame(130, 97);
  fast.beep = true, fast.wave = 90, fast.bar = 11;
  EXPECT_EQ(bytes(encode_contec_9(fast)), hex("01 E8 C5 DA 9B 82 E1 FF FF"));
  FingerFrame perfused = frame(60, 99);
  perfused.strength = 6, perfused.wave = 51, perfused.bar = 8, perfused.perfusion_x100 = 412;
  EXPECT_EQ(bytes(encode_contec_9(perfused)), hex("01 A0 86 B3 88 BC E3 9C 81"));
}

TEST(BerryDevice, EncodesTheFramesOfThePaper) {
  FingerFrame fast = frame(145, 93);
  fast.beep = true, fast.wave = 80, fast.bar = 12;
  EXPECT_EQ(bytes(encode_berry(fast)), hex("C5 50 4C 11 5D"));
  FingerFrame out;
  out.finger_out = out.no_signal = true, out.strength = out.wave = out.bar = 0;
  EXPECT_EQ(bytes(encode_berry(out)), hex("90 00 50 7F 7F"));
}

constexpr const char* morning = R"(
  keyframe = [{t = 0, pr = 72, spo2 = 98}, {t = 60, pr = 72, spo2 = 98}, {t = 61, pr = 145, spo2 = 84}]
  event = [{t = 10, kind = "probe-off"}, {t = 20, kind = "probe-on"}, {t = 30, kind = "artifact"},
           {t = 35, kind = "artifact-over"}, {t = 40, kind = "garbage", bytes = 300}, {t = 45, kind = "silence"},
           {t = 50, kind = "resume"}, {t = 70, kind = "unplug"}, {t = 75, kind = "plug"}])";

// `doubt` is what the device says of artifact; none: it cannot say it.
void expect_the_day_to_be_told(std::string_view name, Reason doubt) {
  ClosedLoop loop(name, morning);
  const auto expect_values = [&](double rate, double spo2) {
    EXPECT_EQ(loop.newest(Metric::pr).value, rate) << name << " before " << loop.lines.back();
    EXPECT_EQ(loop.newest(Metric::spo2).value, spo2) << name;
    EXPECT_EQ(loop.newest(Metric::spo2).quality, Quality::valid) << name;
  };
  loop.run_to(9);
  expect_values(72, 98);
  loop.run_to(11.5);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, Reason::sensor_off) << name;
  EXPECT_FALSE(loop.newest(Metric::pr).has_value()) << name;
  loop.run_to(23);
  expect_values(72, 98);
  loop.run_to(34);
  EXPECT_EQ(loop.newest(Metric::spo2).reason, doubt) << name;
  loop.run_to(44);
  expect_values(72, 98);
  loop.run_to(49.5);
  EXPECT_LE(loop.newest(Metric::spo2).rx.mono, drivers::test::stamp(46'000).mono) << name << ": silence";
  loop.run_to(54);
  expect_values(72, 98);
  EXPECT_GT(loop.newest(Metric::spo2).rx.mono, drivers::test::stamp(52'000).mono) << name;
  loop.run_to(69);
  expect_values(145, 84);
  loop.run_to(80);
  expect_values(145, 84);
  EXPECT_GT(loop.newest(Metric::spo2).rx.mono, drivers::test::stamp(78'000).mono)
      << name << ": plugged again";
  EXPECT_EQ(loop.count("wrong-device"), 0U) << name;
}

TEST(FingerDevices, DriverAndDeviceTogether) {
  expect_the_day_to_be_told("masimo", Reason::weak_signal);
  expect_the_day_to_be_told("contec-5", Reason::weak_signal);
  expect_the_day_to_be_told("contec-9", Reason::weak_signal);
  expect_the_day_to_be_told("berry-bci", Reason::none);
}

TEST(FingerDevices, OneSampleASecond) {
  for (const std::string_view name : {"masimo", "contec-5", "contec-9", "berry-bci"}) {
    ClosedLoop loop(name, "keyframe = [{t = 0, pr = 72, spo2 = 98}]");
    loop.run_to(60);
    EXPECT_GE(loop.count("obs spo2 98 valid"), 58U) << name;
    EXPECT_LE(loop.count("obs spo2 98 valid"), 62U) << name;
    EXPECT_EQ(loop.count("fault broken"), 0U) << name;
  }
}

TEST(NoninDevice, EveryFormatIsReadByItsDecoder) {
  for (const std::string format : {"1", "2", "7", "8", "13", "text"}) {
    SCOPED_TRACE(format);
    const Options option{{"format", format}};
    ClosedLoop loop("nonin", R"(keyframe = [{t = 0, pr = 131, spo2 = 96}]
                                event = [{t = 35, kind = "probe-off"}, {t = 55, kind = "probe-on"}])",
                    option, option);
    loop.run_to(34);
    EXPECT_EQ(loop.newest(Metric::pr).value, 131);
    EXPECT_EQ(loop.newest(Metric::spo2).value, 96);
    EXPECT_EQ(loop.newest(Metric::spo2).quality, Quality::valid);
    loop.run_to(50);
    if (format == "13") {
      EXPECT_LT(loop.newest(Metric::spo2).rx.mono, drivers::test::stamp(36'000).mono) << "no spot check";
    } else {
      EXPECT_FALSE(loop.newest(Metric::spo2).has_value());
    }
    loop.run_to(75);
    EXPECT_EQ(loop.newest(Metric::spo2).value, 96);
    EXPECT_EQ(loop.count("fault"), 0U);
  }
}

TEST(Contec9Device, StopsWithoutAKeepAliveAndIsStartedAgain) {
  ClosedLoop loop("contec-9", R"(keyframe = [{t = 0, pr = 72, spo2 = 98}]
                                 event = [{t = 20, kind = "unplug"}, {t = 30, kind = "plug"}])");
  loop.run_to(19);
  EXPECT_EQ(loop.count("send 7D 81 A1"), 1U) << "one start is enough as long as it is kept alive";
  EXPECT_GE(loop.count("send 7D 81 AF"), 6U);
  loop.run_to(35);
  EXPECT_GT(loop.newest(Metric::spo2).rx.mono, drivers::test::stamp(33'000).mono);
}

TEST(MasimoDevice, ItsOwnLimitsShowAsTheMonitorsAlarm) {
  ClosedLoop loop("masimo", "keyframe = [{t = 0, pr = 72, spo2 = 98}, {t = 10, pr = 72, spo2 = 80}]");
  loop.run_to(3);
  EXPECT_EQ(loop.count("status device-alarm on"), 0U);
  loop.run_to(15);
  EXPECT_EQ(loop.count("status device-alarm on"), 1U);
}

}  // namespace
}  // namespace simulate::test
