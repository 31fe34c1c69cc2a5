// Goal: only a whole and undamaged reply to what was asked is believed, by default. Method: published
// replies, damaged bit by bit and character by character, and late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/counted_new.hpp"
#include "tests/unit/drivers/counting_sink.hpp"
#include "tests/unit/drivers/dinamap_port.hpp"
#include "tests/unit/drivers/lines.hpp"

namespace drivers::test::dinamap_line {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// --- damage -----------------------------------------------------------------------------------------------

TEST(DinamapLine, NoFlippedBitGivesAnotherValue) {
  const auto said = [](char parameter, const std::string& reply) {
    Port port;
    port.feed("cut\r");
    port.ask(parameter);
    Lines found;
    for (const std::string& line : port.feed(reply))
      if (line.find("obs") != std::string::npos || line.find("status") != std::string::npos)
        found.push_back(line);
    return found;
  };
  for (const std::string& reply :
       {cuff_118, cuff_busy, cuff_failed, spo2_97, spo2_unplugged, rate_71, rate_99}) {
    const std::string whole = reply + '\r';
    const Lines right = said(whole[1], whole);
    ASSERT_THAT(right, Not(IsEmpty()));
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << bit));
        const Lines seen = said(whole[1], damaged);
        EXPECT_TRUE(seen.empty() || seen == right) << reply << ' ' << at << " bit " << bit;
      }
    }
    for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
      std::string shorter = whole;
      shorter.erase(at, 1);
      EXPECT_THAT(said(whole[1], shorter), IsEmpty()) << reply << " without " << at;
    }
  }
}

// A device server may give out late what it has kept while the network was away.
TEST(DinamapLine, ALateReplyIsNotOfNow) {
  Port port;
  port.reply('N', cuff(1, 45));
  port.reply('O', spo2_97);
  port.reply('R', rate_71);
  port.silence(59'000);
  port.ask('N');
  EXPECT_THAT(port.feed(spo2_97 + '\r' + rate_71 + '\r'),
              ElementsAre(HasSubstr("fault not-mine unasked code=\" OA\""),
                          HasSubstr("fault not-mine unasked code=\" RA\"")));
  EXPECT_THAT(port.feed(cuff(1, 47) + '\r'), ElementsAre(HasSubstr("frame-end"))) << "no new measurement";
  EXPECT_THAT(port.feed(cuff(1, 49) + '\r'), ElementsAre(HasSubstr("fault not-mine unasked code=\" NA\"")));
  EXPECT_THAT(port.reply('O', spo2_97), Contains(HasSubstr("obs spo2 97 valid")));
  EXPECT_THAT(port.reply('R', rate_71), Contains(HasSubstr("obs pr 71 valid")));
}

TEST(DinamapLine, OverheardRepliesNeedNoQuestion) {
  Port port = Port::overheard();
  port.ask('N');
  EXPECT_THAT(port.feed(spo2_97 + '\r'), Contains(HasSubstr("obs spo2 97 valid")));
  EXPECT_THAT(port.feed(cuff_118 + '\r'), Contains(HasSubstr("obs nibp-sys")));
  EXPECT_THAT(port.feed(cuff_118 + '\r'), ElementsAre(HasSubstr("frame-end"))) << "told again";
  EXPECT_THAT(port.feed(rate_71 + '\r'), Contains(HasSubstr("obs pr 71 valid")));
  EXPECT_THAT(port.feed(checked(" RC2072") + '\r'), Contains(HasSubstr("obs pr 72 valid")));
}

TEST(DinamapLine, ARecordingOfRepliesAloneGivesItsValues) {
  Port port = Port::overheard();
  EXPECT_THAT(port.feed(cuff_118 + '\r'), Contains(HasSubstr("obs nibp-sys 118 valid")));
  for (int second = 0; second < 30; ++second) {
    port.silence(1000);
    EXPECT_THAT(port.feed(spo2_97 + '\r' + rate_71 + '\r'),
                AllOf(Contains(HasSubstr("obs spo2 97 valid")), Contains(HasSubstr("obs pr 71 valid"))));
    for (const std::string& line : port.silence(900)) EXPECT_THAT(line, Not(HasSubstr("obs spo2 -")));
  }
}

TEST(DinamapLine, QuestionsOnTheLineAreNoReplies) {
  Port port = Port::overheard();
  EXPECT_THAT(port.feed(" NA!2\r" + cuff_118 + "\r OA!3\r" + spo2_97 + '\r'),
              AllOf(Contains(HasSubstr("obs nibp-sys 118")), Contains(HasSubstr("obs spo2 97")),
                    Not(Contains(HasSubstr("fault")))));
}

TEST(DinamapLine, AfterDamageTheCheckCharactersDecide) {
  Port port = Port::overheard();
  port.feed("cut\r");
  port.ask('N');
  EXPECT_THAT(
      port.feed(" NA1100045118072088&1\r" + spo2_97 + "\r" + cuff_118),
      ElementsAre(HasSubstr("fault broken checksum"), HasSubstr("obs spo2 97"), HasSubstr("frame-end")));
  EXPECT_THAT(port.feed("\r"), Contains(HasSubstr("obs nibp-sys 118 valid")));
  EXPECT_THAT(port.silence(200), ElementsAre(HasSubstr("send 0D 20 4F 41 21 33 0D")))
      << "a tenth of a second later, and the monitor's line buffer is cleared";
  EXPECT_THAT(port.feed(" OA1097708#K\r"), ElementsAre(HasSubstr("fault broken checksum")))
      << "every damage is told";
}

// The damaged line may have been the oximeter's word that the sensor is off.
TEST(DinamapLine, AfterDamageARateWaitsForTheOximeter) {
  Port port = Port::overheard();
  port.feed("cut\r OA3000000#.\r");
  EXPECT_THAT(port.feed(rate_71 + '\r'),
              ElementsAre(HasSubstr("fault refused oximeter-unread code=\"pr\" value=\"71\""),
                          HasSubstr("frame-end")));
  port.feed(spo2_97 + '\r');
  EXPECT_THAT(port.feed(rate_71 + '\r'), Contains(HasSubstr("obs pr 71 valid")));
  port.feed(" OA3000000#.\r");
  port.silence(2000);
  EXPECT_THAT(port.feed(rate_71 + '\r'), Contains(HasSubstr("obs pr 71 valid"))) << "not for ever";
}

TEST(DinamapLine, WithoutCheckTheLineIsNotBelievedForATenthOfASecondAfterDamage) {
  const Options unchecked{{"check", "no"}};
  Port port(unchecked);
  port.feed("cut\r");
  port.ask('N');
  EXPECT_THAT(port.feed(" NA11000451180720\r" + spo2_97 + "\r" + cuff_118),
              ElementsAre(HasSubstr("fault broken length")));
  EXPECT_THAT(port.feed("\r"), IsEmpty());
}

TEST(DinamapLine, LineFeedsAndEmptyLinesAreAllowedBlanksAreNot) {
  Port port;
  port.ask('N');
  EXPECT_THAT(port.feed("\n\r\r\n" + cuff_118 + "\r\n"), Contains(HasSubstr("obs nibp-sys 118")));
  port.ask('O');
  EXPECT_THAT(port.feed("OA1097708#J\r"), ElementsAre(HasSubstr("fault broken")));
}

TEST(DinamapLine, TooLongAndTooShort) {
  Port port;
  port.feed("cut\r");
  port.ask('N');
  EXPECT_THAT(port.feed(std::string(1000, 'N')), ElementsAre(HasSubstr("fault broken line-too-long")));
  port.ask('O');
  EXPECT_THAT(port.feed("NAK\r"), ElementsAre(HasSubstr("fault broken short")));
  port.ask('R');
  EXPECT_THAT(port.feed(checked(" RA207") + '\r'),
              ElementsAre(HasSubstr("fault broken length"), HasSubstr("obs spo2 - unavailable"),
                          HasSubstr("obs pr - unavailable")))
      << "the third in a row";
  port.reply('N', cuff_118);
  port.ask('O');
  EXPECT_THAT(port.feed(checked(" OA1 97708") + '\r'), ElementsAre(HasSubstr("fault broken form")));
  port.ask('R');
  EXPECT_THAT(port.feed(checked(" RA2-71") + '\r'), ElementsAre(HasSubstr("fault broken form")));
}

TEST(DinamapLine, ACutFirstLineIsNoFault) {
  Port port;
  EXPECT_THAT(port.feed("072088&0\r"), IsEmpty());
  port.ask('N');
  EXPECT_THAT(port.feed(cuff_118 + '\r'), Contains(HasSubstr("obs nibp-sys 118")));
}

// --- options ----------------------------------------------------------------------------------------------

TEST(DinamapOptions, WithoutCheckRepliesMayHaveWrongCheckCharactersOrNone) {
  for (const std::string reply : {" NA1100045118072088&0", " NA1100045118072088zz", " NA1100045118072088"})
    EXPECT_THAT(replied('N', reply, {{"check", "no"}}), Contains(HasSubstr("obs nibp-sys 118 valid")))
        << reply;
  const Options unchecked{{"check", "no"}};
  Port port(unchecked);
  port.feed("cut\r");
  EXPECT_THAT(port.reply('N', " NA11000451180720889"), ElementsAre(HasSubstr("fault broken length")));
  EXPECT_THAT(port.reply('O', " OA1O97708"), ElementsAre(HasSubstr("fault broken form")));
  EXPECT_THAT(replied('N', " NA1100045118072088"), IsEmpty()) << "with it, they must be there";
}

TEST(DinamapOptions, RateByRc) {
  const Options by_rc{{"rate", "rc"}};
  Port port(by_rc);
  port.reply('N', cuff_118);
  port.reply('O', spo2_97);
  EXPECT_THAT(port.silence(100), lines_are({"200 send 20 52 43 21 38 0D"}));
  EXPECT_THAT(port.feed(checked(" RC2071") + '\r'), Contains(HasSubstr("obs pr 71 valid")));
}

TEST(DinamapOptions, AnotherUnit) {
  const Options unit_5{{"unit", "5"}};
  Port port(unit_5);
  EXPECT_THAT(port.silence(100), lines_are({"0 send 0D 35 4E 41 21 47 0D"}));
  EXPECT_THAT(port.feed(cuff_118 + '\r'), ElementsAre(HasSubstr("not-mine other-reply")));
  std::string reply = cuff_118.substr(0, cuff_118.size() - 2);
  reply[0] = '5';
  EXPECT_THAT(port.feed(checked(reply) + '\r'), Contains(HasSubstr("obs nibp-sys 118 valid")));
}

TEST(DinamapOptions, WhatIsNotAcceptedIsSaid) {
  EXPECT_THAT(dinamap::make({{"check", "maybe"}}).error, HasSubstr("yes or no"));
  EXPECT_THAT(dinamap::make({{"rate", "rx"}}).error, HasSubstr("ra or rc"));
  EXPECT_THAT(dinamap::make({{"unit", "10"}}).error, HasSubstr("space or one character"));
  EXPECT_THAT(dinamap::make({{"baud", "1"}}).error, HasSubstr("baud"));
}

// --- all the time -----------------------------------------------------------------------------------------

TEST(Dinamap, NoMemoryIsTakenFromBytesToObservations) {
  const auto driver = dinamap::make({}).driver;
  const std::string all = spo2_97 + '\r' + rate_71 + '\r' + cuff(1, 3) + '\r';
  driver->overhear();
  CountingSink sink;
  const std::size_t before = allocations();
  for (int i = 0; i < 600; ++i) {
    driver->tick(stamp(i * 100), sink);
    driver->feed(Bytes{reinterpret_cast<const std::uint8_t*>(all.data()), all.size()}, stamp(i * 100), sink);
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GE(sink.observations, 100);
}

}  // namespace
}  // namespace drivers::test::dinamap_line
