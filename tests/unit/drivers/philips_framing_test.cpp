// Goal: of whatever stands on the line only whole, undamaged messages count. Method: published frames and
// checks, every single flipped bit, every cut, noise; datagrams that end short.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/philips_port.hpp"

namespace drivers::test::philips {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ByteVector create_answer_framed =
    hex("C0 11 01 00 1C E1 00 00 02 00 02 00 14 00 01 00 01 00 0E 00 21 00 00 00 00 04 C4 B4 00 0D 06 00 00"
        "AE E3 C1");

std::string values_of(const std::vector<vitals::Observation>& observations) {
  RecordingSink sink;
  for (const auto& one : observations) sink.on_observation(one);
  return sink.text();
}

TEST(PhilipsFrames, PublishedChecks) {
  EXPECT_EQ(frame_check(hex("3A 71")), 0x269BU);
  EXPECT_EQ(frame_check(hex("3A 91")), 0xC195U);
  EXPECT_EQ(frame_check(joined({hex("11 01 00 24"), single_poll})), 0xCD45U);
  EXPECT_EQ(framed(hex("C1 00 7D C0")), hex("C0 11 01 00 04 7D E1 00 7D 5D 7D E0 A3 4A C1"));
  EXPECT_EQ(framed(create_answer), create_answer_framed);
}

TEST(PhilipsFrames, TheFirstRequestsAsTheyGoOut) {
  Port port("serial");
  const Lines lines = port.wait_until(1200);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("send C0 11 01 00 1A 09 18 7D E1 16 61 80"));
  EXPECT_THAT(lines[1],
              HasSubstr("send C0 11 01 00 EE 0D EC 05 08 13 01 00 16 01 02 80 00 14 02 00 02 7D E1 DC"));
  EXPECT_THAT(lines[1], HasSubstr("00 00 00 A8 4F C1"));
  EXPECT_EQ(lines[1], sent(framed(request)));
}

// What comes is answered only if it came whole: the create event inside is.
TEST(PhilipsFrames, ResynchronisesAtTheNextFrame) {
  Port port("serial");
  const ByteVector cut = hex("31 80 C0 11 01 00 24 E1 00 00 02 00 01 00 1C 00 05 00 07 00 16 00");
  EXPECT_THAT(
      port.feed(joined({cut, framed(create_event)})),
      lines_are({"@0 fault broken frame-restarted offset=22", sent(framed(create_answer)), "@0 frame-end"}));
}

TEST(PhilipsFrames, EveryKindOfDamageHasItsName) {
  struct Damage {
    ByteVector bytes;
    std::string fault;
  };
  ByteVector wrong_check = create_answer_framed;
  wrong_check[10] ^= 0x01;
  ByteVector other_protocol = hex("12 01 00 01 0C");
  const unsigned check = frame_check(other_protocol);
  other_protocol = joined({hex("C0"),
                           other_protocol,
                           {static_cast<std::uint8_t>(check & 0xFFU), static_cast<std::uint8_t>(check >> 8U)},
                           hex("C1")});
  ByteVector wrong_length = hex("11 01 00 02 0C");
  const unsigned check_of_wrong = frame_check(wrong_length);
  wrong_length = joined(
      {hex("C0"),
       wrong_length,
       {static_cast<std::uint8_t>(check_of_wrong & 0xFFU), static_cast<std::uint8_t>(check_of_wrong >> 8U)},
       hex("C1")});
  const Damage damages[] = {
      {wrong_check, "broken checksum"},
      {hex("C0 11 01 00 C1"), "broken length"},
      {hex("C0 C1"), "broken length"},
      {wrong_length, "broken length"},
      {hex("C0 11 01 00 1C E1 7D C1"), "broken given-up"},
      {other_protocol, "not-mine protocol"},
      {joined({hex("C0"), ByteVector(5000, 0x55)}), "broken too-long"},
      {joined({framed(hex("09 18")), hex("55 55 55")}), "broken between-frames"},
  };
  for (const auto& [bytes, fault] : damages) {
    Port port("serial");
    const Lines lines = port.feed(bytes);
    ASSERT_FALSE(lines.empty()) << fault;
    EXPECT_THAT(lines.back(), HasSubstr("fault " + fault));
    EXPECT_THAT(port.feed(framed(leads_off_result)), ::testing::Contains("@0 obs spo2 91 questionable"));
  }
}

TEST(PhilipsFrames, OneFlippedBitNeverChangesAValue) {
  for (const ByteVector& data : {single_result, leads_off_result, linked_first}) {
    const ByteVector frame = framed(data);
    Port untouched("serial");
    untouched.feed(frame);
    const std::string good = values_of(untouched.observations());
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
      ByteVector damaged = frame;
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      Port port("serial");
      port.feed(joined({damaged, framed(hex("0A 18"))}));
      ASSERT_THAT(values_of(port.observations()), ::testing::AnyOf(IsEmpty(), good)) << "bit " << bit;
      // And the damage is over with this frame.
      port.feed(frame);
      ASSERT_EQ(values_of(port.observations()), good) << "bit " << bit;
    }
  }
}

TEST(PhilipsFrames, TheRestOfAFrameThatWasBeingSentIsNoFault) {
  Port port("serial");
  ByteVector rest = framed(single_result);
  rest.erase(rest.begin(), rest.begin() + 40);
  EXPECT_THAT(port.feed(rest), IsEmpty());
}

TEST(PhilipsDatagrams, MessagesAreCutByTheirOwnLength) {
  Port together, apart;
  const Lines all = together.feed(joined({single_result, leads_off_result}));
  Lines one_by_one = apart.feed(single_result);
  for (const std::string& line : apart.feed(leads_off_result)) one_by_one.push_back(line);
  EXPECT_EQ(all, one_by_one);
  EXPECT_THAT(all, ::testing::SizeIs(14));
}

TEST(PhilipsDatagrams, OneThatEndsShortIsOverAfterAPause) {
  Port port;
  ByteVector cut = single_result;
  cut.resize(100);
  EXPECT_THAT(port.feed(cut), IsEmpty());
  EXPECT_THAT(port.feed(leads_off_result, 1000), ::testing::Contains("@1000 obs spo2 91 questionable"));
  port.feed(cut, 2000);
  EXPECT_THAT(port.wait_until(2500), ::testing::Contains("@2400 fault broken cut offset=202"));
}

// Its length reaches into the next message, whose beginning stands inside.
TEST(PhilipsDatagrams, OneThatEndsShortIsFollowedAtOnceByAnother) {
  Port port;
  ByteVector cut = single_result;
  cut.resize(150);
  const Lines lines = port.feed(joined({cut, leads_off_result, linked_first}));
  EXPECT_THAT(lines, lines_are({"@0 fault broken cut offset=150", "@0 obs hr - invalid missing",
                                "@0 obs spo2 91 questionable", "@0 frame-end", "@0 obs hr 72 valid",
                                "@0 frame-end"}));
}

// As in a recording of packets that were kept up to a size: wherever one is cut, the last one counts.
TEST(PhilipsDatagrams, ACutOneNeverCostsTheOneBehindIt) {
  // Of fewer bytes the rest would have to be five or less, which look like the message's own.
  for (std::size_t kept = 1; kept + 6 <= single_result.size(); ++kept) {
    Port together, bytewise;
    ByteVector cut = single_result;
    cut.resize(kept);
    const ByteVector all = joined({cut, leads_off_result});
    const Lines lines = together.feed(all);
    EXPECT_THAT(lines, ::testing::Contains("@0 obs spo2 91 questionable")) << kept;
    EXPECT_THAT(together.observations(), ::testing::SizeIs(2)) << kept;
    Lines one_by_one;
    for (const std::uint8_t byte : all)
      for (const std::string& line : bytewise.feed({byte})) one_by_one.push_back(line);
    EXPECT_EQ(one_by_one, lines) << kept;
  }
}

ByteVector without_last(ByteVector bytes, std::size_t missing) {
  bytes.resize(bytes.size() - missing);
  return bytes;
}

// However little is missing: the first byte of the next message would make another number.
TEST(PhilipsDatagrams, OneThatEndsShortIsNeverCompletedByTheNext) {
  for (std::size_t missing = 1; missing < linked_first.size(); ++missing) {
    Port port;
    EXPECT_THAT(port.datagram(without_last(linked_first, missing)),
                ::testing::ElementsAre(HasSubstr("fault broken")))
        << missing;
    EXPECT_THAT(port.datagram(leads_off_result), ::testing::Contains("@0 obs spo2 91 questionable"))
        << missing;
  }
}

TEST(PhilipsDatagrams, AnAbortBehindOneThatEndsShortCounts) {
  const auto associated = [] {
    Port port;
    port.wait_until(1100);
    port.datagram(acceptance, 1100);
    port.datagram(create_event, 1100);
    return port;
  };
  const auto asks_anew = [](Port& port) {  // 2 s after the abort; without it 10 s after the newest numbers
    const Lines lines = port.wait_until(5000);
    return std::any_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.starts_with("send 09 18 C1"); });
  };
  Port marked = associated();
  marked.datagram(linked_first, 1200);
  marked.datagram(without_last(single_result, 1), 1300);
  EXPECT_THAT(marked.observations(), IsEmpty());
  marked.datagram(abort_message, 1350);
  EXPECT_TRUE(asks_anew(marked));
  // Of a recording without marks as far as its head stands inside.
  Port unmarked = associated();
  unmarked.feed(linked_first, 1200);
  EXPECT_THAT(unmarked.feed(joined({without_last(single_result, 60), abort_message}), 1300),
              ::testing::ElementsAre(HasSubstr("fault broken cut")));
  EXPECT_TRUE(asks_anew(unmarked));
  Port control = associated();
  control.datagram(linked_first, 1200);
  EXPECT_FALSE(asks_anew(control));
}

TEST(PhilipsDatagrams, NoiseIsOneFaultAndThenTheNextMessageCounts) {
  Port port;
  EXPECT_THAT(port.feed(joined({hex("55 AA 0C 19 0E E1 00 00 03"), linked_first})),
              lines_are({"@0 fault broken no-message offset=0", "@0 obs hr 72 valid", "@0 frame-end"}));
}

// A monitor's refusal is known by its first byte only; nobody has published more of it.
TEST(PhilipsDatagrams, ABareRefusalCountsAfterAPause) {
  Port port;
  port.wait_until(1200);
  port.feed(hex("0C"), 1300);
  EXPECT_THAT(port.wait_until(1700), lines_are({"@1700 fault refused association offset=0"}));
  Port marked;
  EXPECT_THAT(marked.datagram(hex("0C")), lines_are({"@0 fault refused association offset=0"}));
}

TEST(PhilipsDatagrams, ARecordingOfThemIsKnownByItsFirstBytes) {
  for (const std::string_view begin :
       {"E1 00 00 02 00 02 00 14 00", "0E CE 05 08 13 01 00 16 01", "0D EC 05 08 13 01 00 16 01",
        "0D FF 01 10 05 08 13 01 00", "00 00 01 00 00 01 00 40 00"})
    EXPECT_TRUE(drivers::philips::looks_like_lan(hex(begin))) << begin;
  for (const std::string_view begin :
       {"C0 11 01 00 1C E1 00 00 02", "00 00 02 00 02 00 14 00 01", "E1 00 00 02", ""})
    EXPECT_FALSE(drivers::philips::looks_like_lan(hex(begin))) << begin;
}

// Begun in the middle, or with something that only its first byte tells.
TEST(PhilipsDatagrams, ARecordingFromTheMiddleIsKnownByTheNextMessage) {
  const auto from = [](const ByteVector& bytes, std::ptrdiff_t at) {
    return ByteVector(bytes.begin() + at, bytes.end());
  };
  const ByteVector datagrams = joined({single_result, leads_off_result});
  const ByteVector frames = joined({framed(single_result), framed(leads_off_result)});
  for (std::ptrdiff_t at = 1; at < 100; ++at) {
    EXPECT_TRUE(drivers::philips::looks_like_lan(from(datagrams, at))) << at;
    EXPECT_FALSE(drivers::philips::looks_like_lan(from(frames, at))) << at;
  }
  EXPECT_TRUE(drivers::philips::looks_like_lan(joined({hex("0C 02 01 02"), single_result})));
  EXPECT_FALSE(drivers::philips::looks_like_lan(hex("55")));
  // Chance makes the three bytes of a frame's begin now and then, hardly ever with a length behind them.
  EXPECT_TRUE(drivers::philips::looks_like_lan(joined({single_result, hex("C0 11 01 80"), single_result})));
}

TEST(PhilipsDatagrams, AnAnnouncementIsPassedOver) {
  Port port;
  const ByteVector body = joined({hex("00 00 00 00 00 1A 00 23 00 00 00 00 04 C4 B4 00 0D 17 00 0C"),
                                  hex("00 01 00 08 09 86 00 04 00 01 11 4D")});
  EXPECT_THAT(port.feed(joined({hex("00 00 01 00 00 01"), u16(static_cast<unsigned>(body.size())), body})),
              IsEmpty());
  EXPECT_THAT(port.feed(linked_first), ::testing::Contains("@0 obs hr 72 valid"));
}

// Lengths and counts inside that do not fit reject the whole message, before any of its values is told.
TEST(PhilipsDatagrams, AMessageWithALengthThatDoesNotFitIsRefusedWhole) {
  const ByteVector good = numerics(8192, {object(1, {single(number(0x4182, 0, per_min, 72))}),
                                          object(2, {single(number(0x4BB8, 0, percent, 97))})});
  Port untouched;
  untouched.feed(good);
  const std::string all = values_of(untouched.observations());
  // Counts and lengths of the action, of the reply's lists, of the first object and its attribute.
  for (const std::size_t at : {13U, 23U, 47U, 49U, 53U, 55U, 59U, 61U, 65U}) {
    for (const int step : {-1, 1}) {
      ByteVector damaged = good;
      damaged[at] = static_cast<std::uint8_t>(damaged[at] + step);
      Port port;
      const Lines lines = port.feed(damaged);
      EXPECT_THAT(port.observations(), IsEmpty()) << at << ' ' << step;
      EXPECT_THAT(lines, ::testing::Contains(HasSubstr("fault broken"))) << at << ' ' << step;
    }
  }
  EXPECT_EQ(all, "@0 obs hr 72 valid\n@0 obs spo2 97 valid\n");
}

}  // namespace
}  // namespace drivers::test::philips
