// Goal: the driver gets its association, keeps it and gets it again, and asks for nothing else. Method: the
// monitor's messages at their times, and what is sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/counted_new.hpp"
#include "tests/unit/drivers/counting_sink.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/philips_port.hpp"

namespace drivers::test::philips {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ByteVector release =
    hex("09 18 C1 16 61 80 30 80 02 01 01 A0 80 62 80 80 01 00 00 00 00 00 00 00 00 00");
const ByteVector released =
    hex("0A 18 C1 16 61 80 30 80 02 01 01 A0 80 63 80 80 01 00 00 00 00 00 00 00 00 00");
const ByteVector refusal = hex("0C 02 00 00");

// Messages with an invoke id, without it: the driver counts as it likes.
std::string sent_poll(const ByteVector& poll, unsigned invoke_id) {
  ByteVector bytes = poll;
  bytes[9] = static_cast<std::uint8_t>(invoke_id);
  return sent(bytes);
}

// The published poll numbers are those of the driver, but for the invoke ids.
const ByteVector ask_mds = keep_alive, ask_numerics = numerics_poll, ask_alerts = alerts_poll;
ByteVector one_answer(unsigned cycle) {
  return numerics(8192 * cycle, {object(1, {single(number(0x4182, 0, per_min, 72))})});
}

// Associated since 1100 ms; polls are out.
class Associated : public Port {
 public:
  explicit Associated(const ByteVector& accepted = acceptance) {
    wait_until(1100);
    feed(accepted, 1100);
    answers = feed(create_event, 1100);
    polls = wait_until(1400);
  }
  // An answer each second up to that time, and what was sent.
  Lines run_until(std::int64_t ms) {
    Lines lines;
    for (std::int64_t at = 1500; at <= ms; at += 1000) {
      if (at < begun_) continue;
      for (const std::string& line : wait_until(at)) lines.push_back(line);
      feed(one_answer(static_cast<unsigned>(at / 1000)), at);
      feed(alerts({}, {}), at);
    }
    for (const std::string& line : wait_until(ms)) lines.push_back(line);
    begun_ = ms;
    return lines;
  }

  Lines answers, polls;

 private:
  std::int64_t begun_ = 0;
};

TEST(PhilipsSession, ReleasesThenRequestsAndRepeatsTheRequest) {
  Port port;
  EXPECT_THAT(port.wait_until(100), lines_are({sent(release)}));
  EXPECT_THAT(port.wait_until(1000), IsEmpty());
  EXPECT_THAT(port.wait_until(1100), lines_are({sent(request)}));
  EXPECT_THAT(port.wait_until(4000), IsEmpty());
  EXPECT_THAT(port.wait_until(4100), lines_are({sent(request)}));
  EXPECT_THAT(port.wait_until(13'100), lines_are({sent(request), sent(request), sent(release)}));
}

TEST(PhilipsSession, AReleaseResponseShortensTheWait) {
  Port port;
  port.wait_until(100);
  port.feed(released, 100);
  EXPECT_THAT(port.wait_until(300), IsEmpty());
  EXPECT_THAT(port.wait_until(400), lines_are({sent(request)}));
}

TEST(PhilipsSession, AnswersTheCreateEventAndThenPolls) {
  Associated port;
  EXPECT_THAT(said(port.answers), lines_are({sent(create_answer)}));
  EXPECT_THAT(port.polls,
              ElementsAre(sent_poll(ask_mds, 1), sent_poll(ask_numerics, 2), sent_poll(ask_alerts, 3)))
      << "one per tick";
}

TEST(PhilipsSession, IsKeptAliveEveryFourSecondsAndRenewedAfterNineMinutes) {
  Associated port;
  const Lines minute = port.run_until(61'200);
  EXPECT_EQ(minute.size(), 15U);
  EXPECT_EQ(minute.front(), sent_poll(ask_mds, 4));
  const Lines rest = port.run_until(560'000);
  std::vector<std::string> other;
  for (const std::string& line : rest)
    if (!line.ends_with("0C 16 00 08 00 04 00 01 00 21 00 00")) other.push_back(line);
  ASSERT_EQ(other.size(), 2U);
  EXPECT_THAT(other[0], HasSubstr("F1 3B 00 14 00 02 00 01 00 06 08 03 00 01 00 08 F1 3E 00 04 00 49 3E 00"));
  EXPECT_THAT(other[1], HasSubstr("F1 3B 00 14 00 03 00 01 00 36 08 01 00 01 00 08 F1 3E 00 04 00 49 3E 00"));
}

TEST(PhilipsSession, ALostPollIsAskedAgain) {
  Associated port;
  const Lines lines = port.wait_until(4500);
  EXPECT_THAT(lines, Contains(HasSubstr("F1 3B 00 14 00 02")));
  EXPECT_THAT(lines, ::testing::Not(Contains(HasSubstr("F1 3B 00 14 00 03")))) << "alarms have 5 s";
}

TEST(PhilipsSession, ARepeatedCreateEventIsAnsweredAgain) {
  Associated port;
  EXPECT_THAT(said(port.feed(create_event, 2000)), lines_are({sent(create_answer)}));
  EXPECT_EQ(port.wait_until(2300).size(), 3U) << "the polls were lost with the answer";
}

TEST(PhilipsSession, ARefusalRestsTenSeconds) {
  Port port;
  port.wait_until(1100);
  EXPECT_THAT(port.feed(refusal, 1200), lines_are({"@1200 fault refused association offset=3"}));
  EXPECT_THAT(port.wait_until(11'100), IsEmpty());
  EXPECT_THAT(port.wait_until(12'300), lines_are({sent(release), sent(request)}));
}

TEST(PhilipsSession, AnAcceptanceWithoutACreateEventIsTriedAgain) {
  Port port;
  port.wait_until(1100);
  port.feed(acceptance, 1100);
  EXPECT_THAT(port.wait_until(8100), lines_are({sent(release)})) << "5 s, then 2 s of rest";
}

TEST(PhilipsSession, AnAcceptanceThatCannotBeReadIsOneAllTheSame) {
  for (const std::size_t length : {20U, 110U, 150U}) {
    Port port;
    port.wait_until(1100);
    ByteVector cut = acceptance;
    cut.resize(length);
    cut[1] = static_cast<std::uint8_t>(length - 2);
    EXPECT_THAT(port.feed(cut, 1100), ElementsAre(HasSubstr("fault broken acceptance")));
    port.feed(create_event, 1200);
    EXPECT_THAT(port.wait_until(1500), Contains(HasSubstr("F1 3B")));
  }
}

TEST(PhilipsSession, AShortFormOfTheAcceptanceIsReadToo) {
  const auto mark = hex("BE 80 28 80 02 01 02 81");
  ByteVector shorter = acceptance;
  const auto at = std::search(shorter.begin(), shorter.end(), mark.begin(), mark.end());
  shorter.erase(at + 4, at + 7);
  shorter[1] = static_cast<std::uint8_t>(shorter[1] - 3);
  Port port;
  port.wait_until(1100);
  EXPECT_THAT(port.feed(shorter, 1100), IsEmpty());
}

TEST(PhilipsSession, AbortReleaseAndSilenceStartAgainWithGrowingRests) {
  Associated port;
  port.run_until(3000);
  EXPECT_THAT(port.feed(abort_message, 3000), IsEmpty());
  EXPECT_THAT(port.wait_until(4900), IsEmpty());
  EXPECT_THAT(port.wait_until(6000), lines_are({sent(release), sent(request)}));
  port.feed(joined({acceptance, create_event}), 6000);
  EXPECT_THAT(said(port.feed(release, 6100)), lines_are({sent(released)})) << "no numbers came in between";
  EXPECT_THAT(port.wait_until(10'000), IsEmpty());
  EXPECT_THAT(port.wait_until(11'200), lines_are({sent(release), sent(request)}));
  port.feed(joined({acceptance, create_event}), 11'200);
  const Lines silence = port.wait_until(21'100);
  EXPECT_THAT(silence, ::testing::Not(Contains(sent(release))));
  EXPECT_THAT(port.wait_until(29'100), IsEmpty()) << "lost after 10 s, then 8 s of rest";
  EXPECT_THAT(port.wait_until(30'300), lines_are({sent(release), sent(request)}));
  port.feed(joined({acceptance, create_event, one_answer(1)}), 30'300);
  port.feed(abort_message, 30'400);
  EXPECT_THAT(port.wait_until(32'400), lines_are({sent(release)})) << "2 s again";
}

TEST(PhilipsSession, ARestIsNeverLongerThanHalfAMinute) {
  Port port;
  std::int64_t now = 0;
  for (int loss = 0; loss < 8; ++loss) {
    now += 60'000;
    port.feed(create_event, now);
    port.feed(abort_message, now);
  }
  EXPECT_THAT(port.wait_until(now + 30'000), Contains(sent(release)));
}

TEST(PhilipsSession, AnErrorForTheNumericsStartsAgainOneForTheAlarmsDoesNot) {
  Associated port;
  port.feed(hex("E1 00 00 02 00 03 00 08 00 03 00 02 00 02 0C 17"), 1500);
  EXPECT_THAT(port.run_until(20'000), ::testing::Each(HasSubstr("0C 16 00 08 00 04"))) << "only keep-alives";
  EXPECT_THAT(port.feed(hex("E1 00 00 02 00 03 00 08 00 02 00 02 00 02 0C 17"), 20'000),
              ElementsAre(HasSubstr("fault refused error-result code=\"0002\"")));
  EXPECT_THAT(port.wait_until(22'000), lines_are({sent(release)}));
}

TEST(PhilipsSession, AMonitorWithoutExtendedPollsIsAskedEverySecond) {
  ByteVector plain = acceptance;
  plain[184] = 0;  // the extended options: no periodic numerics
  ASSERT_EQ(acceptance[184], 0x80);
  Associated granted_less(plain);
  const std::string numerics_once = "0C 16 00 08 00 02 00 01 00 06 08 03";
  EXPECT_THAT(granted_less.polls, Contains(HasSubstr(numerics_once)));
  EXPECT_EQ(granted_less.wait_until(4600).size(), 4U) << "3 more of numerics, 1 of alarms";

  Associated unknown_action;
  unknown_action.feed(hex("E1 00 00 02 00 03 00 08 00 02 00 09 00 02 F1 3B"), 1500);
  EXPECT_THAT(unknown_action.wait_until(1700), Contains(HasSubstr(numerics_once)));
}

TEST(PhilipsSession, NeverMoreThanTenFramesASecond) {
  Associated port;
  for (std::int64_t at = 2000; at < 20'000; at += 1000) EXPECT_LE(port.wait_until(at).size(), 5U);
}

TEST(PhilipsSession, MessagesOfOthersAreNamed) {
  Port port;
  EXPECT_THAT(port.feed(request), lines_are({"@0 fault not-mine request offset=237"}));
  EXPECT_THAT(port.feed(single_poll), ElementsAre(HasSubstr("fault not-mine message")));
  EXPECT_THAT(port.feed(error_result), ElementsAre(HasSubstr("fault refused error-result code=\"0009\"")));
  const ByteVector waves = message(2, action_result(0xF13B, reply(0x0009, 0x0803, 0, {})));
  EXPECT_THAT(port.feed(waves), ElementsAre(HasSubstr("fault not-mine object-class code=\"0009\"")));
}

TEST(PhilipsSession, OptionsAreChecked) {
  EXPECT_EQ(drivers::philips::make({{"transport", "usb"}}).error,
            "driver philips-intellivue: option 'transport' cannot be 'usb'; it accepts serial or lan");
  EXPECT_NE(drivers::philips::make({}).driver, nullptr);
}

TEST(PhilipsAllocation, NoneFromBytesToObservations) {
  for (const std::string transport : {"serial", "lan"}) {
    const auto driver = drivers::philips::make({{"transport", transport}}).driver;
    const auto on_line = [&](const ByteVector& data) { return transport == "serial" ? framed(data) : data; };
    const ByteVector all = joined({on_line(create_event), on_line(single_result), on_line(leads_off_result),
                                   on_line(alerts_result), on_line(alerts({}, {})), hex("C0 11 55")});
    CountingSink sink;
    const std::size_t before = allocations();
    for (int cycle = 0; cycle < 100; ++cycle) {
      driver->feed(all, stamp(1000 * cycle), sink);
      driver->tick(stamp(1000 * cycle + 500), sink);
    }
    EXPECT_EQ(allocations(), before) << transport;
    EXPECT_GE(sink.observations, 100);
    EXPECT_GE(sink.sent, 100);
  }
}

}  // namespace
}  // namespace drivers::test::philips
