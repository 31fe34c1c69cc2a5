// Promise P8: the same bytes give the same lines, however they are split; and the lines say what happened.
#include "daemon/tools/replay.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace app::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Lines = std::vector<std::string>;

// A monitor that sends SpO2 every five seconds: in range, then low for half a minute, then back.
std::string desaturation() {
  std::string out;
  for (int second = 0; second < 90; second += 5) {
    const int spo2 = second >= 20 && second < 55 ? 90 : 97;
    const std::string time = fmt::format("202601151430{:02}+0000", second % 60);
    const std::string stamp = second < 60 ? time : fmt::format("202601151431{:02}+0000", second % 60);
    out += fmt::format(
        "MSH|^~\\&|M|H|||{0}||ORU^R01^ORU_R01|ID{1}|P|2.6\rPID|||P77^^^H\rPV1||I|W^1^B4\rOBR|1|||X|||{0}\r"
        "OBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.1.1.1|{2}|262688^MDC_DIM_PERCENT^MDC|||||R\r",
        stamp, second, spo2);
  }
  return out;
}

class ReplayTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::path(testing::TempDir()) /
        fmt::format("vitalsd-replay-{}-{}", ::getpid(), testing::UnitTest::GetInstance()->random_seed());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Lines replay(const std::string& content, const std::string& protocol, drivers::Options options = {},
               std::optional<std::uint64_t> split = {}) {
    const std::string path = (folder_ / "bytes").string();
    std::ofstream(path, std::ios::binary) << content;
    tools::ReplayOptions request;
    request.file = path;
    request.protocol = protocol;
    request.options = std::move(options);
    request.split = split;
    request.accept_demo = accept_demo_;
    Lines lines;
    std::string error;
    EXPECT_TRUE(tools::replay(
        request, [&](std::string_view line) { lines.emplace_back(line); }, error))
        << error;
    return lines;
  }

  std::filesystem::path folder_;
  bool accept_demo_ = false;
};

TEST_F(ReplayTest, ALowSaturationAlarmsWhenItsDelayHasRunAndEndsWithTheRecovery) {
  const Lines lines = replay(desaturation(), "hl7");
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"kind\":\"obs\""), HasSubstr("\"metric\":\"spo2\""),
                                    HasSubstr("\"v\":90"), HasSubstr("\"bed\":\"B4\""),
                                    HasSubstr("\"patient\":\"P77\""))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"kind\":\"ack\""), HasSubstr("\"code\":\"AA\""))));
  // Low from 14:30:20 on; the on-delay of 15 s ends at 14:30:35.
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"cond\":\"spo2-low\""), HasSubstr("\"phase\":\"start\""),
                                    HasSubstr("\"prio\":\"medium\""), HasSubstr("\"t_on\":1768487435000"))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"cond\":\"spo2-low\""), HasSubstr("\"phase\":\"end\""),
                                    HasSubstr("\"end_reason\":\"recovered\""))));
}

TEST_F(ReplayTest, NoPatientIdentityIsInAnAlarmDocument) {
  for (const std::string& line : replay(desaturation(), "hl7")) {
    if (line.find("vitals.alarm/1") == std::string::npos) continue;
    EXPECT_THAT(line, Not(HasSubstr("P77")));
  }
}

TEST_F(ReplayTest, AlarmsOfTheMonitorPumpsAndAdmissionsAreLines) {
  const std::string header = "MSH|^~\\&|M|H|||20260115143000+0000||";
  const Lines lines =
      replay(header +
                 "ORU^R40^ORU_R40|1|P|2.6\rPV1||I|W^1^B4\rOBR|1||E1\r"
                 "OBX|1|ST|196648^MDC_EVT_HI^MDC|1.1.1.1.1|**HR 140||||||R\r"
                 "OBX|2|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.1.2|140||||||R\r"
                 "OBX|3|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.1.1.1.3|start||||||R\r"
                 "OBX|4|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.1.1.1.6|PH||||||R\r" +
                 header +
                 "ORU^R42^ORU_R01|2|P|2.6\rPV1||I|W^1^B4\rOBR|1|||KET^Ketamine|||20260115143000+0000\r"
                 "OBX|1||70053^MDC_DEV_PUMP_INFUS_SYRINGE_MDS^MDC|1.0.0.0|||||||X|||||||P17\r"
                 "OBX|2|CWE|68487^MDC_ATTR_EVT_COND^MDC|1.0.0.2|197288^MDC_EVT_PUMP_DELIV_START^MDC||||||R\r"
                 "OBX|3|NM|158014^MDC_FLOW_FLUID_PUMP_CURRENT^MDC|1.1.1.2|18|mL/h|||||R\r" +
                 header + "ADT^A02|3|P|2.5\rPID|||P77\rPV1||I|W^1^B5|||W^1^B4\r",
             "hl7");
  EXPECT_THAT(lines, Contains("{\"kind\":\"monitor-alarm\",\"on\":true,\"code\":\"MDC_EVT_HI\","
                              "\"source\":\"MDC_ECG_HEART_RATE\",\"text\":\"**HR 140\",\"level\":\"high\","
                              "\"t_rx\":1768487400000}"));
  EXPECT_THAT(lines, Contains("{\"kind\":\"pump\",\"state\":\"running\",\"device\":\"P17\","
                              "\"event\":\"PUMP_DELIV_START\",\"drug\":\"Ketamine\",\"rate_ml_h\":18,"
                              "\"t_event\":1768487400000,\"t_rx\":1768487400000}"));
  EXPECT_THAT(lines, Contains("{\"kind\":\"patient\",\"event\":\"transfer\",\"trigger\":\"A02\","
                              "\"patient\":\"P77\",\"bed\":\"B5\",\"location\":\"B5\","
                              "\"location_before\":\"B4\",\"t_rx\":1768487400000}"));
}

TEST_F(ReplayTest, WhatTheCodeMapDoesNotKnowIsListedAtTheEndOnce) {
  std::string bytes;
  for (const char* value : {"3", "5"})
    bytes += std::string{"MSH|^~\\&|M|H|||20260115143000+0000||ORU^R01^ORU_R01|ID"} + value +
             "|P|2.6\rPV1||I|W^1^B4\rOBR|1|||X|||20260115143000+0000\rOBX|1|NM|4711^PVC^99X|1.1.1.1|" +
             value + "|/min|||||R\rOBX|2|ST|4712^WHO^99X|1.1.1.2|MEYER|||||R\r";
  const Lines lines = replay(bytes, "hl7");
  ASSERT_GE(lines.size(), 2U);
  EXPECT_EQ(
      lines[lines.size() - 2],
      "{\"kind\":\"unmapped\",\"code\":\"4711^PVC^99X\",\"unit\":\"/min\",\"value\":\"5\",\"count\":2}");
  EXPECT_EQ(lines.back(),
            "{\"kind\":\"unmapped\",\"code\":\"4712^WHO^99X\",\"unit\":null,\"value\":null,\"count\":2}");
  EXPECT_EQ(replay(bytes, "hl7", {}, 7), lines);
}

TEST_F(ReplayTest, EveryRunAndEverySplitGivesTheSameLines) {
  const std::string bytes = desaturation();
  const Lines whole = replay(bytes, "hl7");
  EXPECT_EQ(replay(bytes, "hl7"), whole);
  for (std::uint64_t seed = 1; seed <= 50; ++seed)
    ASSERT_EQ(replay(bytes, "hl7", {}, seed), whole) << "seed " << seed;
}

// A file of bare messages is read with either setting: the option is about the wire.
TEST_F(ReplayTest, BareMessagesNeedNoOptionAndBearIt) {
  EXPECT_EQ(replay(desaturation(), "hl7", {{"framing", "raw"}}), replay(desaturation(), "hl7"));
}

// What is shown as the bed is what a source with that option would be routed by.
TEST_F(ReplayTest, TheBedIsReadWhereTheOptionSays) {
  std::string bytes = desaturation();
  for (std::size_t at = 0; (at = bytes.find("W^1^B4", at)) != std::string::npos;)
    bytes.replace(at, 6, "W^R9^");
  EXPECT_THAT(replay(bytes, "hl7"), Contains(HasSubstr("\"bed\":null")));
  for (const std::string rule : {"room", "bed-or-room"})
    EXPECT_THAT(replay(bytes, "hl7", {{"location", rule}}), Contains(HasSubstr("\"bed\":\"R9\""))) << rule;
  EXPECT_THAT(replay(bytes, "hl7", {{"location", "msh-4"}}), Contains(HasSubstr("\"bed\":\"H\"")));
}

TEST_F(ReplayTest, AHeadingBeforeBareMessagesCostsNone) {
  const auto values = [](const Lines& lines) {
    Lines out;
    for (const std::string& line : lines)
      if (line.find("\"kind\":\"obs\"") != std::string::npos) out.push_back(line);
    return out;
  };
  const Lines plain = values(replay(desaturation(), "hl7"));
  ASSERT_EQ(plain.size(), 18U);
  for (const std::string heading :
       {"# ward 3, one minute and a half\r\n", "\xef\xbb\xbf", "\r\n\r\n  ", " \n"})
    EXPECT_EQ(values(replay(heading + desaturation(), "hl7")), plain) << heading;
}

// Its values are of the time that the others tell, not of years before.
TEST_F(ReplayTest, AFirstMessageWithoutATimeDoesNotMoveTheOthers) {
  const std::string timeless =
      "MSH|^~\\&|M|H|||||ORU^R01|0|P|2.6\rPV1||I|W^1^B4\rOBX|1|NM|8867-4^HR^LN|1|72|/min|||||F\r";
  const Lines lines = replay(timeless + desaturation(), "hl7");
  EXPECT_THAT(lines,
              Contains(AllOf(HasSubstr("\"metric\":\"hr\",\"v\":72"), HasSubstr("\"t_rx\":1768487400000"))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"v\":90"), HasSubstr("\"t_rx\":1768487420000"))));
}

TEST_F(ReplayTest, FramedAndBareMessagesGiveTheSameValues) {
  const std::string bare = desaturation();
  const std::string first = bare.substr(0, bare.find("MSH", 3));
  const Lines framed = replay('\x0b' + first + "\x1c\r", "hl7");
  EXPECT_EQ(framed, replay(first, "hl7"));
}

std::string from_hex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return out;
}

// A module's last cuff reading: nobody knows how old it is.
TEST_F(ReplayTest, AReadingOfUnknownAgeIsShownAsStale) {
  const Lines lines = replay(from_hex("3e1876004800000100000000000000004a00580000000049"), "suntech-nibp");
  EXPECT_THAT(lines,
              Contains(AllOf(HasSubstr("\"metric\":\"nibp-sys\",\"v\":118"), HasSubstr("\"q\":\"stale\""))));
}

TEST_F(ReplayTest, WhatADeviceSaysOfItselfIsALine) {
  const std::string cuff_160 = from_hex("3e05a0001d");
  EXPECT_THAT(replay(cuff_160, "suntech-nibp"),
              Contains(HasSubstr("{\"kind\":\"status\",\"signal\":\"nibp-measuring\",\"on\":true")));
}

// HR 72 with the state "demo", as a message of the LAN.
constexpr std::string_view demo_message =
    "e10000020002004200020007003c0021000000000c160032000104c4d400ffffffffffffffff0001000608030001001a"
    "00000001001401010001000e0950000a418204000aa000000048";

TEST_F(ReplayTest, DemoNumbersAreNoPatientsUnlessTheyAreAccepted) {
  const std::string bytes = from_hex(demo_message);
  EXPECT_THAT(replay(bytes, "philips-intellivue"),
              Contains(AllOf(HasSubstr("\"metric\":\"hr\",\"v\":72"), HasSubstr("\"q\":\"invalid\""),
                             HasSubstr("\"reason\":\"test-mode\""), HasSubstr("\"test\":true"))));
  accept_demo_ = true;
  EXPECT_THAT(replay(bytes, "philips-intellivue"),
              Contains(AllOf(HasSubstr("\"metric\":\"hr\",\"v\":72"), HasSubstr("\"q\":\"valid\""),
                             HasSubstr("\"test\":true"))));
}

TEST_F(ReplayTest, ACaptureNeedsNoSettings) {
  const Lines lines = replay(
      "{\"vitalsd_capture\":1,\"protocol\":\"nonin\",\"options\":{\"format\":\"8\"},\"t0\":1767225600000}\n"
      "{\"t\":0,\"up\":\"/dev/ttyUSB0\"}\n{\"t\":5000,\"in\":\"8048622080486220\"}\n"
      "{\"t\":6000,\"in\":\"80486220\"}\n",
      "nonin");
  EXPECT_THAT(
      lines, Contains(AllOf(HasSubstr("\"metric\":\"spo2\",\"v\":98"), HasSubstr("\"t_rx\":1767225605000"))));
}

// SpO2 97 without its last byte: with the first one of the abort behind it, it would say 25.
TEST_F(ReplayTest, ADatagramOfACaptureIsNeverCompletedByTheNext) {
  const std::string whole =
      "e10000020002004400030007003e002100000000f13b00340002000000002000ffffffffffffffff0001"
      "000608030001001a00000001001400010001000e0950000a4bb80000022000000061";
  const std::string cut = whole.substr(0, whole.size() - 2);
  const std::string abort =
      "192e110103c129a080a08030800201010602510100000000"
      "61803080020101a080648080010100000000000000000000";
  const auto line = [](int ms, const std::string& bytes) {
    return "{\"t\":" + std::to_string(ms) + ",\"in\":\"" + bytes + "\"}\n";
  };
  const std::string capture =
      "{\"vitalsd_capture\":1,\"protocol\":\"philips-intellivue\",\"options\":{\"transport\":\"lan\"},"
      "\"datagrams\":true,\"t0\":1767225600000}\n{\"t\":0,\"up\":\"\"}\n" +
      line(300, whole) + line(1300, cut) + line(1350, abort) + line(2300, whole);
  const Lines lines = replay(capture, "philips-intellivue");
  const auto spo2 = [](const std::string& value) {
    return AllOf(HasSubstr("\"kind\":\"obs\""), HasSubstr("\"metric\":\"spo2\",\"v\":" + value));
  };
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [&](const std::string& one) { return testing::Value(one, spo2("97")); }),
            2);
  EXPECT_THAT(lines, Not(Contains(spo2("25"))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"reason\":\"cut\""),
                                    HasSubstr("\"offset\":" + std::to_string(whole.size() / 2)))));
}

TEST_F(ReplayTest, SerialBytesRunAtTheSpeedOfTheLine) {
  const std::string frame("\x80\x48\x62\x20", 4);
  std::string bytes;
  for (int i = 0; i < 480; ++i) bytes += frame;  // 1920 bytes at 960 bytes a second: two seconds
  const Lines lines = replay(bytes, "nonin", {{"format", "8"}});
  EXPECT_EQ(replay(bytes, "nonin", {{"format", "8"}}, 7), lines);
  EXPECT_THAT(lines.front(), HasSubstr("\"t_rx\":1767225600100"));
  EXPECT_THAT(lines.back(), HasSubstr("\"t_rx\":1767225602000"));
}

TEST_F(ReplayTest, AnythingAtAllCanBeReplayed) {
  EXPECT_EQ(replay("", "hl7"), Lines{});
  EXPECT_EQ(replay("", "nonin"), Lines{});
  for (const char* protocol : {"hl7", "nonin", "masimo"})
    EXPECT_THAT(replay(std::string(5'000, '\x0b') + "MSH|" + std::string(5'000, '\0'), protocol),
                Not(Contains(HasSubstr("\"q\":\"valid\""))));
}

TEST_F(ReplayTest, WrongRequestsSayWhatWouldBeRight) {
  tools::ReplayOptions request;
  request.protocol = "nonsense";
  std::string error;
  EXPECT_FALSE(tools::replay(
      request, [](std::string_view) {}, error));
  EXPECT_THAT(error, HasSubstr("vitalsd drivers"));
  request.protocol = "hl7";
  request.file = (folder_ / "missing").string();
  EXPECT_FALSE(tools::replay(
      request, [](std::string_view) {}, error));
  EXPECT_THAT(error, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace app::test
