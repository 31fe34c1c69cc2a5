// Goal: a SunTech reading is told once for each measurement, never because it is repeated and never when
// nobody knows how old it is; the driver starts no cuff by itself. Method: replies computed by hand (length
// and check by the rule, contents by four agreeing programs).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>

#include "drivers/suntech_nibp/suntech_nibp.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::suntech {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view ask_pressure = "send 3A 79 05 00 48";
constexpr std::string_view ask_result = "send 3A 79 03 00 4A";
constexpr std::string_view result_118_72 =
    "3E 18 76 00 48 00 00 01 00 00 00 00 00 00 00 00 4A 00 58 00 00 00 00 49";
constexpr std::string_view result_error_87 =
    "3E 18 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 57 00 00 53";
constexpr std::string_view cuff_147 = "3E 05 93 00 2A";
constexpr std::string_view cuff_0 = "3E 05 00 00 BD";
constexpr std::string_view received = "3E 04 4F 6F";

std::vector<std::uint8_t> with_check(std::vector<std::uint8_t> frame) {
  unsigned sum = 0;
  for (const auto byte : frame) sum += byte;
  frame.push_back(static_cast<std::uint8_t>(256 - sum % 256));
  return frame;
}

std::vector<std::uint8_t> result(unsigned sys, unsigned dia, unsigned map, unsigned status = 1) {
  const auto low = [](unsigned value) { return static_cast<std::uint8_t>(value % 256); };
  const auto high = [](unsigned value) { return static_cast<std::uint8_t>(value / 256); };
  return with_check({0x3E, 0x18, low(sys), high(sys), low(dia), high(dia), 0,        low(status), 0, 0, 0, 0,
                     0,    0,    0,        0,         74,       0,         low(map), high(map),   0, 0, 0});
}

std::vector<std::uint8_t> cuff(unsigned mmhg) {
  return with_check(
      {0x3E, 0x05, static_cast<std::uint8_t>(mmhg % 256), static_cast<std::uint8_t>(mmhg / 256)});
}

class SunTechPort {
 public:
  explicit SunTechPort(const Options& options = {}) : driver_(suntech_nibp::make(options).driver) {}

  Lines feed(const std::vector<std::uint8_t>& bytes) {
    sink_.clear();
    driver_->feed(bytes, stamp(now_ms_), sink_);
    return sink_.lines;
  }
  Lines feed(std::string_view text) { return feed(hex(text)); }

  // Ticks every 100 ms; a module that has this in the cuff and this as its last result answers every request.
  Lines live(std::int64_t ms, unsigned mmhg, const std::vector<std::uint8_t>& last) {
    Lines all;
    for (const std::int64_t end = now_ms_ + ms; now_ms_ < end;) {
      for (const std::string& line : tick()) {
        all.push_back(line);
        if (line == ask_pressure) append(all, feed(cuff(mmhg)));
        if (line == ask_result) append(all, feed(last));
        if (line == "send 3A 20 A6") append(all, feed(received));
      }
    }
    return all;
  }

  Lines tick() {
    sink_.clear();
    driver_->tick(stamp(now_ms_ += 100), sink_);
    return sink_.lines;
  }
  Lines wait(std::int64_t ms) {
    Lines all;
    for (const std::int64_t end = now_ms_ + ms; now_ms_ < end;) append(all, tick());
    return all;
  }
  std::int64_t now_ms() const { return now_ms_; }

 private:
  static void append(Lines& all, const Lines& more) { all.insert(all.end(), more.begin(), more.end()); }

  std::unique_ptr<Driver> driver_;
  RecordingSink sink_;
  std::int64_t now_ms_ = 0;
};

// Without what is asked, and without the end of frames.
Lines said(Lines lines) {
  std::erase_if(lines, [](const std::string& line) {
    return line.starts_with("send") || line.find("frame-end") != std::string::npos;
  });
  return lines;
}

std::size_t count(const Lines& lines, std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(), [&](const auto& line) { return line.find(text) != std::string::npos; }));
}

// A cycle of 20 s that ends with this result.
Lines measure(SunTechPort& port, const std::vector<std::uint8_t>& before,
              const std::vector<std::uint8_t>& after) {
  Lines all = port.live(10000, 180, before);
  for (const Lines& more : {port.live(10000, 90, before), port.live(35000, 3, after)})
    all.insert(all.end(), more.begin(), more.end());
  return said(all);
}

TEST(SunTech, ItAsksAndNeverStartsACuffByItself) {
  SunTechPort port;
  const Lines asked = port.live(3600'000, 0, hex(result_118_72));
  EXPECT_GT(count(asked, ask_pressure), 3000U);
  EXPECT_GT(count(asked, ask_result), 500U);
  for (const std::string& line : asked)
    EXPECT_TRUE(!line.starts_with("send") || line == ask_pressure || line == ask_result) << line;
}

TEST(SunTech, TheFirstResultHasNoAgeAndIsStale) {
  SunTechPort port;
  EXPECT_THAT(port.feed(result_118_72),
              lines_are({"@0 obs nibp-sys 118 stale", "@0 obs nibp-dia 72 stale", "@0 obs nibp-map 88 stale",
                         "@0 fault unmapped parameter code=\"rate\" unit=\"/min\" value=\"74\" offset=0",
                         "@0 frame-end"}));
  EXPECT_THAT(said(port.live(600'000, 0, hex(result_118_72))), IsEmpty());  // repeated for ever: no news
}

TEST(SunTech, ACycleMakesAReading) {
  SunTechPort port;
  port.live(10000, 0, result(130, 80, 95));
  const Lines lines = measure(port, result(130, 80, 95), hex(result_118_72));
  EXPECT_THAT(lines, Contains(HasSubstr("status nibp-measuring on")));
  EXPECT_THAT(lines, Contains(HasSubstr("status nibp-measuring off")));
  EXPECT_EQ(count(lines, "obs nibp-sys 118 valid own="), 1U);
  EXPECT_EQ(count(lines, "obs nibp-dia 72 valid own="), 1U);
  EXPECT_EQ(count(lines, "obs nibp-map 88 valid own="), 1U);
  EXPECT_THAT(lines,
              Contains(HasSubstr("fault unmapped parameter code=\"rate\" unit=\"/min\" value=\"74\"")));
}

// What a host started and recorded, with our own questions unheard.
TEST(SunTech, ARecordingOfADeterminationGivesItsReading) {
  const std::string done = "3E 04 4B 73";
  for (const bool with_done : {true, false}) {
    SunTechPort port;
    Lines all = port.feed(received);
    for (const unsigned mmhg : {0U, 60U, 160U, 120U, 60U, 4U})
      for (const std::string& line : port.feed(cuff(mmhg))) all.push_back(line);
    if (with_done) port.feed(done);
    const std::string quality = with_done ? "valid own=" : "stale";
    EXPECT_EQ(count(port.feed(result_118_72), "obs nibp-sys 118 " + quality), 1U) << with_done;
    EXPECT_THAT(said(port.feed(result_118_72)), IsEmpty()) << "told again";
  }
}

TEST(SunTech, DoneMakesTheNextResultTheNewOneAlsoWithEqualNumbers) {
  SunTechPort port;
  port.feed(result_118_72);
  port.feed(received);
  port.feed("3E 04 4B 73");
  EXPECT_EQ(count(port.feed(result_118_72), "obs nibp-sys 118 valid own="), 1U);
  port.feed("3E 04 4B 73");
  EXPECT_EQ(count(port.feed(result_118_72), "obs"), 0U) << "nothing was started";
}

TEST(SunTech, DoneWhileTheCuffStillEmptiesIsOneReading) {
  SunTechPort port;
  port.feed(result_118_72);
  port.feed(received);
  port.feed(cuff(160));
  port.feed(cuff(60));
  port.feed("3E 04 4B 73");
  EXPECT_EQ(count(port.feed(result_118_72), "obs nibp-sys 118 valid own="), 1U);
  port.feed(cuff(30));
  EXPECT_EQ(count(port.live(60'000, 3, hex(result_118_72)), "obs"), 0U);
}

TEST(SunTech, TheSameNumbersMeasuredAgainAreANewReading) {
  SunTechPort port;
  port.live(10000, 0, hex(result_118_72));
  const Lines first = measure(port, hex(result_118_72), hex(result_118_72));
  const Lines second = measure(port, hex(result_118_72), hex(result_118_72));
  ASSERT_EQ(count(first, "obs nibp-sys 118"), 1U);
  ASSERT_EQ(count(second, "obs nibp-sys 118"), 1U);
  const auto own = [](const Lines& lines) {
    for (const auto& line : lines)
      if (const auto at = line.find("own="); at != std::string::npos) return line.substr(at);
    return std::string{};
  };
  EXPECT_NE(own(first), own(second));
}

TEST(SunTech, WhatCannotHaveBeenAMeasurementIsNone) {
  struct Case {
    unsigned mmhg;
    std::int64_t ms;
  };
  for (const auto& [mmhg, ms] :
       std::initializer_list<Case>{{60, 20000}, {180, 5000}}) {  // too low, too short
    SunTechPort port;
    port.live(10000, 0, hex(result_118_72));
    port.live(ms, mmhg, hex(result_118_72));
    const Lines after = port.live(60'000, 0, hex(result_118_72));
    EXPECT_EQ(count(after, "obs"), 0U);
    EXPECT_EQ(count(after, "fault refused no-measurement"), 1U);
  }
}

TEST(SunTech, ALeakingCuffIsEmptyBeforeTheModuleGivesUp) {
  SunTechPort port;
  port.live(10000, 0, hex(result_118_72));
  port.live(12000, 180, hex(result_118_72));
  EXPECT_THAT(said(port.live(25000, 0, hex(result_118_72))), ElementsAre(HasSubstr("nibp-measuring off")));
  const Lines given_up = port.live(5000, 0, hex(result_error_87));
  EXPECT_EQ(count(given_up, "obs"), 0U);
  EXPECT_EQ(count(given_up, "status nibp-failed on"), 1U);
}

TEST(SunTech, NumbersAreAskedForAndNotReadWhileTheCuffInflates) {
  SunTechPort port;
  port.live(10000, 0, result(130, 80, 95));
  port.live(1500, 150, result(130, 80, 95));
  EXPECT_EQ(count(port.live(20'000, 150, result(130, 80, 95)), ask_result), 4U);
  EXPECT_THAT(port.feed(result_118_72), ElementsAre(HasSubstr("frame-end")));
}

TEST(SunTech, ACuffThatKeepsSomePressureHasMeasuredAllTheSame) {
  SunTechPort port;
  port.live(10'000, 0, result(130, 80, 95));
  port.live(10'000, 180, result(130, 80, 95));
  port.live(10'000, 90, result(130, 80, 95));
  const Lines first = said(port.live(60'000, 12, hex(result_118_72)));
  EXPECT_EQ(count(first, "status nibp-measuring off"), 1U);
  EXPECT_EQ(count(first, "obs nibp-sys 118 valid own="), 1U);
  const Lines second = measure(port, hex(result_118_72), result(60, 30, 40));
  EXPECT_EQ(count(second, "status nibp-measuring on"), 1U);
  EXPECT_EQ(count(second, "obs nibp-sys 60 valid own="), 1U);
  EXPECT_EQ(count(said(port.live(60'000, 19, result(61, 30, 40))), "obs nibp-sys 61 valid own="), 1U);
}

// A stuck valve or transducer, and a pressure that cannot be: no measurement takes so long.
TEST(SunTech, ACycleWithoutAnEndIsOverAfter140Seconds) {
  for (const unsigned left : {60U, 400U, 0xFFE2U}) {  // the last is 30 mmHg below zero
    SunTechPort port;
    port.live(10'000, 0, result(130, 80, 95));
    port.live(10'000, 180, result(130, 80, 95));
    EXPECT_EQ(count(port.live(125'000, left, hex(result_118_72)), "obs"), 0U) << left;
    const Lines over = port.live(10'000, left, hex(result_118_72));
    EXPECT_EQ(count(over, "status nibp-measuring off"), 1U) << left;
    EXPECT_EQ(count(over, "obs nibp-sys 118 valid own="), 1U) << left;
    const Lines after = port.live(600'000, left, hex(result_118_72));
    EXPECT_EQ(count(after, "status"), 0U) << left;
    EXPECT_EQ(count(after, "obs"), 0U) << left;
    EXPECT_EQ(count(port.live(10'000, left, result(60, 30, 40)), "obs nibp-sys 60 valid own="), 1U) << left;
  }
}

TEST(SunTech, ACycleWithoutAnEndMakesNoReadingOfTheOldNumbers) {
  SunTechPort port;
  port.live(10'000, 0, hex(result_118_72));
  EXPECT_EQ(count(port.live(600'000, 200, hex(result_118_72)), "obs"), 0U);
  EXPECT_EQ(count(measure(port, hex(result_118_72), result(60, 30, 40)), "obs nibp-sys 60 valid own="), 1U);
}

TEST(SunTech, AResultThatIsNotReadyIsWaitedFor) {
  SunTechPort port;
  port.live(10000, 0, result(130, 80, 95));
  port.live(10000, 180, result(130, 80, 95));
  EXPECT_EQ(count(port.live(3000, 0, result(0, 0, 0, 0)), "obs"), 0U);
  const Lines lines = port.live(5000, 0, hex(result_118_72));
  EXPECT_EQ(count(lines, "obs nibp-sys 118"), 1U);
  EXPECT_EQ(count(lines, "nibp-failed"), 0U);
}

TEST(SunTech, AFailedMeasurementIsAStatusAndNoValue) {
  SunTechPort port;
  port.live(10000, 0, hex(result_118_72));
  const Lines failed = measure(port, hex(result_118_72), hex(result_error_87));
  EXPECT_EQ(count(failed, "obs"), 0U);
  EXPECT_THAT(failed, Contains(HasSubstr("fault refused measurement-failed code=\"error\" value=\"87\"")));
  EXPECT_THAT(failed, Contains(HasSubstr("status nibp-failed on")));
  // A second failure with the same error is a new one.
  const Lines again = measure(port, hex(result_error_87), hex(result_error_87));
  EXPECT_THAT(again, Contains(HasSubstr("status nibp-failed off")));
  EXPECT_THAT(again, Contains(HasSubstr("status nibp-failed on")));
  const Lines good = measure(port, hex(result_error_87), hex(result_118_72));
  EXPECT_THAT(good, Contains(HasSubstr("status nibp-failed off")));
  EXPECT_THAT(good, Contains(HasSubstr("obs nibp-sys 118 valid")));
}

TEST(SunTech, AResultThatChangesBetweenTwoLooksIsNew) {
  SunTechPort port;
  port.live(10000, 0, hex(result_118_72));
  EXPECT_EQ(count(port.live(10000, 0, result(131, 80, 95)), "obs nibp-sys 131 valid own="), 1U);
  // After an absence its age is not known.
  port.wait(60'000);
  const Lines back = port.live(10000, 0, result(150, 90, 110));
  EXPECT_EQ(count(back, "obs"), 3U);
  EXPECT_EQ(count(back, "obs nibp-sys 150 stale"), 1U);
}

TEST(SunTech, ACycleWhoseEndNobodySawMakesNoReading) {
  SunTechPort port;
  port.live(10000, 0, hex(result_118_72));
  port.live(5000, 150, hex(result_118_72));
  EXPECT_EQ(count(port.wait(300'000), "nibp-measuring off"), 1U);
  const Lines back = port.live(20000, 0, result(150, 90, 110));
  EXPECT_EQ(count(back, "obs"), 3U);
  EXPECT_EQ(count(back, "status"), 0U);
  EXPECT_EQ(count(back, "obs nibp-sys 150 stale"), 1U);
}

TEST(SunTech, ReadingsThatCannotBeAreFaults) {
  for (const auto& [sys, dia, map] : std::initializer_list<std::array<unsigned, 3>>{{72, 118, 88},
                                                                                    {301, 90, 150},
                                                                                    {0, 0, 0},
                                                                                    {118, 0, 88},
                                                                                    {118, 72, 130},
                                                                                    {118, 72, 60},
                                                                                    {90, 90, 90}}) {
    SunTechPort port;
    port.live(10000, 0, hex(result_118_72));
    const Lines lines = measure(port, hex(result_118_72), result(sys, dia, map));
    EXPECT_EQ(count(lines, "obs"), 0U) << sys;
    EXPECT_EQ(count(lines, "fault implausible range code=\"nibp\""), 1U) << sys;
    EXPECT_EQ(count(lines, "status nibp-failed on"), 1U) << sys;
  }
}

TEST(SunTech, AMeanThatIsNotToldIsNotMade) {
  SunTechPort port;
  port.live(10000, 0, hex(result_118_72));
  const Lines lines = measure(port, hex(result_118_72), result(120, 70, 0));
  EXPECT_EQ(count(lines, "obs nibp-sys 120"), 1U);
  EXPECT_EQ(count(lines, "obs nibp-map"), 0U);
}

TEST(SunTech, AStartByteMayBeData) {
  SunTechPort port;
  port.feed(cuff_0);
  EXPECT_THAT(port.feed("3E 3E 05 93 00 2A"),
              ElementsAre(HasSubstr("fault broken length"), HasSubstr("status nibp-measuring on"),
                          HasSubstr("frame-end")));
}

TEST(SunTech, TheRestOfACutFrameAtTheStartIsNoFault) {
  SunTechPort port;
  EXPECT_THAT(port.feed("00 00 3E 18 49 " + std::string(cuff_0)), IsEmpty());
  port.wait(200);
  EXPECT_THAT(port.feed(cuff_0), Each(Not(HasSubstr("fault"))));
}

TEST(SunTech, AFrameMustEndIn100Milliseconds) {
  SunTechPort port;
  port.feed(cuff_0);
  EXPECT_THAT(port.feed("3E 05 93"), IsEmpty());
  EXPECT_THAT(said(port.tick()), IsEmpty());
  EXPECT_THAT(said(port.tick()), ElementsAre(HasSubstr("fault broken cut")));
  EXPECT_THAT(port.feed(cuff_147), Contains(HasSubstr("nibp-measuring on")));
}

TEST(SunTech, LettersAndOtherFrames) {
  SunTechPort port;
  for (const std::string_view letter : {"3E 04 4F 6F", "3E 04 4B 73", "3E 04 41 7D", "3E 04 42 7C"})
    EXPECT_THAT(port.feed(letter), ElementsAre(HasSubstr("frame-end"))) << letter;
  EXPECT_THAT(port.feed(with_check({0x3E, 0x04, 'S'})),
              ElementsAre(HasSubstr("frame-end"), HasSubstr("fault refused reply code=\"S\"")));
  EXPECT_THAT(port.feed(with_check({0x3E, 0x04, 0x00})), ElementsAre(HasSubstr("fault not-mine letter")));
  EXPECT_THAT(port.feed(with_check({0x3E, 0x06, 1, 2, 3})), ElementsAre(HasSubstr("fault not-mine frame")));
  EXPECT_THAT(port.feed(cuff(400)), ElementsAre(HasSubstr("fault implausible range code=\"cuff-pressure\"")));
  EXPECT_THAT(port.feed(cuff(0xFFFE)), ElementsAre(HasSubstr("frame-end")));  // 2 mmHg below zero: empty
}

TEST(SunTech, NoReplyIsAskedForThreeTimes) {
  SunTechPort port;
  const Lines asked = port.wait(1500);
  EXPECT_EQ(count(asked, ask_result), 3U);
  EXPECT_EQ(count(asked, ask_pressure), 0U);
}

TEST(SunTech, AModuleThatIsSilentAboutItsCuffIsReadAllTheSame) {
  SunTechPort port;
  const auto live = [&](std::int64_t ms, const std::vector<std::uint8_t>& last) {
    Lines all;
    for (const std::int64_t end = port.now_ms() + ms; port.now_ms() < end;)
      for (const std::string& line : port.tick())
        if (line == ask_result)
          for (const std::string& more : port.feed(last)) all.push_back(more);
    return all;
  };
  live(20'000, hex(result_118_72));
  EXPECT_EQ(count(live(20'000, result(131, 80, 95)), "obs nibp-sys 131 valid own="), 1U);
}

TEST(SunTech, OnlyTheOptionStartsACuff) {
  SunTechPort port({{"start_cuff", "adult"}, {"start_cuff_every_min", "5"}});
  const Lines before = port.live(300'000, 0, hex(result_118_72));
  EXPECT_EQ(count(before, "send 3A 20 A6"), 0U);  // not at once: a restart must not add a cuff
  EXPECT_EQ(count(port.live(2000, 0, hex(result_118_72)), "send 3A 20 A6"), 1U);
  EXPECT_EQ(count(port.live(296'000, 0, hex(result_118_72)), "send 3A 20 A6"), 0U);
  EXPECT_EQ(count(port.live(5000, 0, hex(result_118_72)), "send 3A 20 A6"), 1U);
}

TEST(SunTech, NoStartIntoAnInflatedOrUnknownCuff) {
  const Options options{{"start_cuff", "neonatal"}, {"start_cuff_every_min", "2"}};
  SunTechPort inflated(options);
  inflated.live(110'000, 0, hex(result_118_72));
  EXPECT_EQ(count(inflated.live(60'000, 100, hex(result_118_72)), "send 3A 28 9E"), 0U);
  SunTechPort silent(options);
  silent.live(110'000, 0, hex(result_118_72));
  EXPECT_EQ(count(silent.wait(60'000), "send 3A 28 9E"), 0U);
}

TEST(SunTech, ABusyModuleIsAskedAgainAfterThePause) {
  SunTechPort port({{"start_cuff", "paediatric"}, {"start_cuff_every_min", "2"}});
  Lines asked;
  for (int i = 0; i < 1250 && count(asked, "send 3A 87 3F") == 0; ++i)
    asked = port.live(100, 0, hex(result_118_72));
  ASSERT_EQ(count(asked, "send 3A 87 3F"), 1U);
  port.feed("3E 04 42 7C");
  EXPECT_EQ(count(port.live(29'000, 0, hex(result_118_72)), "send 3A 87 3F"), 0U);
  EXPECT_EQ(count(port.live(2000, 0, hex(result_118_72)), "send 3A 87 3F"), 1U);
}

TEST(SunTech, OptionsAreChecked) {
  EXPECT_THAT(suntech_nibp::make({{"start_cuff", "yes"}}).error,
              HasSubstr("it accepts never, adult, paediatric or neonatal"));
  for (const std::string minutes : {"1", "241", "", "5m", "-5"})
    EXPECT_THAT(suntech_nibp::make({{"start_cuff_every_min", minutes}}).error, HasSubstr("2 to 240"))
        << minutes;
  EXPECT_TRUE(suntech_nibp::make({{"start_cuff", "never"}}).driver);
}

TEST(SunTech, NoFlippedBitMakesAnotherReading) {
  const auto sound = hex(result_118_72);
  for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
    SunTechPort port;
    port.live(10000, 0, result(131, 80, 95));
    port.live(10000, 180, result(131, 80, 95));
    auto flipped = sound;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    const Lines lines = said(port.live(2000, 0, flipped));
    EXPECT_EQ(count(lines, "obs"), 0U) << bit;
    EXPECT_EQ(count(lines, "nibp-failed on"), 0U) << bit;
    const Lines then = said(port.live(8000, 0, sound));
    EXPECT_EQ(count(then, "obs nibp-sys 118 valid"), 1U) << bit;
  }
}

TEST(SunTech, NoFlippedBitMakesACycle) {
  for (const std::string_view frame : {cuff_0, received}) {
    const auto sound = hex(frame);
    for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
      SunTechPort port;
      port.feed(cuff_0);
      auto flipped = sound;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_EQ(count(port.feed(flipped), "status"), 0U) << bit;
    }
  }
}

}  // namespace
}  // namespace drivers::test::suntech
