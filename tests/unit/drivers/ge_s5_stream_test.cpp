// Goal: no damage on the line becomes a value, good frames count again at once, and the monitor is asked for
// what it has to send and no more. Method: frames of ge_s5_bytes.hpp, damaged bit by bit and field by field;
// virtual time for the requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "drivers/ge_s5/ge_s5.hpp"
#include "drivers/ge_s5/request.hpp"
#include "tests/unit/drivers/counted_new.hpp"
#include "tests/unit/drivers/counting_sink.hpp"
#include "tests/unit/drivers/ge_s5_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::ge_s5 {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Lines decoded(const ByteVector& bytes) {
  RecordingSink sink;
  drivers::ge_s5::make({}).driver->feed(bytes, stamp(0), sink);
  return sink.lines;
}

// Everything but faults, whose offsets differ.
Lines said(const ByteVector& bytes) {
  Lines lines = decoded(bytes);
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [](const std::string& line) { return line.find("fault") != std::string::npos; }),
              lines.end());
  return lines;
}

// --- the envelope -----------------------------------------------------------------------------------------

TEST(GeS5Frame, EscapesInRecordAndChecksum) {
  EXPECT_EQ(std::count(values.begin(), values.end(), 0x7D), 1) << "the record number is 7E";
  for (const int number : {0x7D, 0x7E, 0x5D, 0x5E}) {
    const ByteVector frame = Edit(values).header(2, static_cast<unsigned>(number), 1).frame();
    EXPECT_EQ(said(frame), said(values)) << number;
  }
  // The checksum of this record is 7D, sent as 7D 5D.
  EXPECT_THAT(
      decoded(hex("7E 31 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 00 00 00 00 00 00"
                  "00 00 00 00 00 00 00 00 00 00 00 00 03 3C 00 0E 00 00 00 00 00 7D 5D 7E")),
      ElementsAre(HasSubstr("not-mine subrecord")));
}

TEST(GeS5Frame, NoFlippedBitGivesAnotherValue) {
  for (const ByteVector& frame : {values, values_leads_off, values_measuring, cuff_time, alarms_two}) {
    // The frame before makes the cuff wait for its time, the one behind gives the damaged flag another.
    const Lines whole = said(values + frame + alarms_two);
    const Lines without = said(values + alarms_two);
    for (std::size_t at = 0; at < frame.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        ByteVector damaged = frame;
        damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ (1U << bit));
        const Lines seen = said(values + damaged + alarms_two);
        const bool fewer = seen == without || seen == said(values);
        EXPECT_TRUE(seen == whole || fewer) << at << " bit " << bit;
      }
    }
  }
}

TEST(GeS5Frame, EveryLostByteIsFound) {
  for (std::size_t at = 1; at + 1 < values_measuring.size(); ++at) {
    ByteVector damaged = values_measuring;
    damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_THAT(said(damaged), IsEmpty()) << at;
  }
}

TEST(GeS5Frame, LengthsAndBounds) {
  struct Case {
    ByteVector frame;
    std::string fault;
  };
  const std::vector<Case> cases{
      {framed(ByteVector(39, 0)), "short"},
      {framed(ByteVector(1, 0)), "short"},
      {Edit(values).header(0, 317).frame(), "length"},
      {Edit(values).header(0, 319).frame(), "length"},
      {Edit(values).header(0, 0xFFFF).frame(), "length"},
      {Edit(values).size(40).frame(), "subrecord-bounds"},
      {Edit(values).size(40 + 277).frame(), "subrecord-bounds"},
      {Edit(values).header(16, 1).frame(), "subrecord-bounds"},
      {Edit(values).header(16, 0x7FFF).frame(), "subrecord-bounds"},
      {Edit(values).header(16, 0xFFFF).frame(), "subrecord-bounds"},
      {Edit(values).header(16, 0x8000).frame(), "subrecord-bounds"},
      {Edit(values_measuring).header(19, 0x0117).frame(), "subrecord-bounds"},
      {Edit(cuff_time).size(40 + 113).frame(), "subrecord-bounds"},
      {Edit(alarms_two).size(40 + 509).frame(), "subrecord-bounds"},
      {Edit(values).header(16, 0x7FFF).header(18, 9, 1).frame(), "subrecord-bounds"},
  };
  for (const auto& [frame, fault] : cases)
    EXPECT_THAT(decoded(frame), ElementsAre(HasSubstr("fault broken " + fault)));
}

TEST(GeS5Frame, EightDescriptorsWithoutAnEndOfList) {
  Edit edit(values);
  for (std::size_t i = 1; i < 8; ++i) edit.header(16 + 3 * i, 0).header(18 + 3 * i, 4, 1);
  EXPECT_EQ(said(edit.frame()), said(values)) << "the auxiliary parts say nothing: they lie over the values";
}

TEST(GeS5Frame, TheLongestRecordAndOneMore) {
  EXPECT_EQ(said(Edit(values).size(1490).frame()), said(values));
  EXPECT_THAT(decoded(Edit(values).size(1491).frame()),
              ElementsAre(HasSubstr("fault broken frame-too-long")));
  EXPECT_EQ(said(Edit(values).size(1491).frame() + values), said(values));
  EXPECT_THAT(decoded(ByteVector{0x7E} + ByteVector(100'000, 0x55)),
              ElementsAre(HasSubstr("frame-too-long")));
}

TEST(GeS5Frame, OneFlagMayEndAFrameAndStartTheNext) {
  const ByteVector shared(values.begin() + 1, values.end());
  EXPECT_EQ(said(values + shared), said(values + values));
  EXPECT_EQ(said(ByteVector{0x7E, 0x7E, 0x7E} + values), said(values)) << "empty ones are no fault";
}

TEST(GeS5Frame, TheRestOfACutFrameAtTheStartIsNoFault) {
  for (std::size_t begin = 1; begin < values.size(); ++begin) {
    const ByteVector cut(values.begin() + static_cast<std::ptrdiff_t>(begin), values.end());
    EXPECT_EQ(decoded(cut).size(), 0U) << begin;
    EXPECT_EQ(said(cut + values), said(values)) << begin;
  }
}

TEST(GeS5Frame, AnEscapeBeforeAFlagIsDamage) {
  ByteVector damaged = values;
  damaged.insert(damaged.end() - 1, 0x7D);
  EXPECT_THAT(decoded(damaged), ElementsAre(HasSubstr("fault broken escape")));
  EXPECT_EQ(said(damaged + values), said(values));
}

// What the checksum lets pass may still be anything.
TEST(GeS5Frame, NoSoundFrameWithRandomContentsGivesAnImpossibleValue) {
  constexpr unsigned seed = 20260309;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  const auto driver = drivers::ge_s5::make({}).driver;
  for (int i = 0; i < 20'000; ++i) {
    const std::array<const ByteVector*, 5> frames{&values, &values_leads_off, &values_measuring, &cuff_time,
                                                  &alarms_two};
    ByteVector record = record_of(*frames[below(frames.size())]);
    for (std::size_t change = below(12); change > 0; --change)
      record[below(2) == 0 ? 14 + below(26) : below(record.size())] = static_cast<std::uint8_t>(below(256));
    if (below(8) == 0) record.resize(40 + below(1400), 0x11);
    if (below(8) != 0) {
      record[0] = static_cast<std::uint8_t>(record.size() & 0xFFU);
      record[1] = static_cast<std::uint8_t>(record.size() >> 8U);
    }
    RecordingSink sink;
    driver->feed(framed(record), stamp(i * 1000), sink);
    driver->tick(stamp(i * 1000), sink);
    for (const auto& seen : sink.observations) {
      if (!seen.has_value()) continue;
      const double least = vitals::is_arterial(seen.metric) ? -50 : 0.01;
      EXPECT_TRUE(seen.value >= least && seen.value <= 350) << vitals::name(seen.metric) << ' ' << seen.value;
    }
  }
}

// --- requests ---------------------------------------------------------------------------------------------

const std::string stop =
    "send 7E 31 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 00 00 00 00 00 00 00 00 00 00 "
    "00 00 00 "
    "00 00 00 00 00 01 00 00 00 00 00 00 00 00 31 7E";
const std::string start =
    "send 7E 31 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 00 00 00 00 00 00 00 00 00 00 "
    "00 00 00 "
    "00 00 00 00 00 01 05 00 02 00 00 00 00 00 38 7E";
const std::string auxiliary =
    "send 7E 31 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 00 00 00 00 00 00 00 00 00 00 "
    "00 00 00 "
    "00 00 00 00 00 04 FF FF 00 00 00 00 00 00 32 7E";
const std::string alarms_on_change =
    "send 7E 34 00 00 00 00 00 00 00 00 00 00 00 00 00 04 00 00 00 00 00 00 FF 00 00 00 00 00 00 00 00 00 00 "
    "00 00 00 "
    "00 00 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 39 7E";
const std::string alarms_once =
    "send 7E 34 00 00 00 00 00 00 00 00 00 00 00 00 00 04 00 00 00 00 00 00 FF 00 00 00 00 00 00 00 00 00 00 "
    "00 00 00 "
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 37 7E";

template <std::size_t size>
ByteVector bytes_of(const std::array<std::uint8_t, size>& frame) {
  return {frame.begin(), frame.end()};
}

// 0x31 bytes of record: 21 zeros, FF, 18 zeros, subrecord type, interval, classes, rest; then the sum.
ByteVector asked_values(std::string_view interval_classes_and_sum) {
  return hex("7E 31") + ByteVector(20, 0) + hex("FF") + ByteVector(18, 0) + hex(interval_classes_and_sum) +
         hex("7E");
}

// The maker's printed examples and requests computed by hand beside them.
TEST(GeS5Requests, AreThePublishedBytes) {
  using namespace drivers::ge_s5::request;
  EXPECT_EQ(bytes_of(detail::values(1, 10, 0x0E)), asked_values("01 0A 00 0E 00 00 00 00 00 49"));
  EXPECT_EQ(bytes_of(detail::values(1, 5, 0)), asked_values("01 05 00 00 00 00 00 00 00 36"));
  EXPECT_EQ(bytes_of(detail::values(1, -1, 0)), asked_values("01 FF FF 00 00 00 00 00 00 2F"));
  EXPECT_EQ(bytes_of(stop_alarms), hex("7E 34") + ByteVector(13, 0) + hex("04") + ByteVector(6, 0) +
                                       hex("FF") + ByteVector(18, 0) + hex("03") + ByteVector(11, 0) +
                                       hex("3A 7E"));
}

// Time goes on by ticks of 100 ms; what was sent is kept with its time.
class Line {
 public:
  void run_to(std::int64_t ms) {
    for (; now_ms_ < ms; now_ms_ += 100) {
      sink_.clear();
      driver_->tick(stamp(now_ms_), sink_);
      for (const std::string& line : sink_.lines) sent_.push_back(std::to_string(now_ms_) + ' ' + name(line));
    }
  }
  void feed(const ByteVector& bytes) {
    sink_.clear();
    driver_->feed(bytes, stamp(now_ms_), sink_);
    EXPECT_THAT(sink_.lines, Not(Contains(HasSubstr("send"))));
  }
  Lines sent() { return std::exchange(sent_, {}); }

 private:
  static std::string name(const std::string& line) {
    if (line == stop) return "stop";
    if (line == start) return "start";
    if (line == auxiliary) return "auxiliary";
    if (line == alarms_on_change) return "alarms-on-change";
    return line == alarms_once ? "alarms-once" : line;
  }

  std::unique_ptr<Driver> driver_ = drivers::ge_s5::make({}).driver;
  RecordingSink sink_;
  std::int64_t now_ms_ = 0;
  Lines sent_;
};

// Level 9 has no alarm records; the cuff is idle and its last reading young.
const ByteVector quiet_values = Edit(values).header(3, 9, 1).word(80, 0).frame();
const ByteVector carescape_values = Edit(values).word(80, 0).frame();

TEST(GeS5Requests, StopsWhatAnotherHostLeftAndStarts) {
  Line line;
  line.run_to(10'000);
  EXPECT_THAT(line.sent(), lines_are({"0 stop", "200 start"}));
}

TEST(GeS5Requests, StartsAlsoWhenAnotherHostsValuesStillCome) {
  Line line;
  line.run_to(100);
  line.feed(quiet_values);
  line.run_to(1000);
  EXPECT_THAT(line.sent(), lines_are({"0 stop", "200 start"}));
}

TEST(GeS5Requests, RepeatedAfterTenSecondsOfSilenceAndOnlyThen) {
  Line line;
  line.run_to(25'000);
  EXPECT_THAT(line.sent(), lines_are({"0 stop", "200 start", "10200 start", "20200 start"}));
  for (int i = 0; i < 20; ++i) {
    line.feed(quiet_values);
    line.run_to(30'000 + i * 5000);
  }
  EXPECT_THAT(line.sent(), IsEmpty());
  line.run_to(135'000);
  EXPECT_THAT(line.sent(), lines_are({"130000 start"})) << "the last record came at 120 s";
}

TEST(GeS5Requests, DamageIsSilence) {
  Line line;
  ByteVector damaged = quiet_values;
  damaged[100] ^= 1U;
  for (int i = 0; i < 5; ++i) {
    line.run_to(5000 * i + 100);
    line.feed(damaged);
  }
  EXPECT_THAT(line.sent(), lines_are({"0 stop", "200 start", "10200 start"}));
}

TEST(GeS5Requests, AlarmsFromLevelTenOn) {
  Line line;
  line.run_to(1000);
  line.feed(carescape_values);
  line.run_to(1500);
  line.feed(alarms_two);
  line.run_to(5000);
  EXPECT_THAT(line.sent(), lines_are({"0 stop", "200 start", "1000 alarms-on-change"}));
}

TEST(GeS5Requests, TheAlarmListIsRefreshedAndAskedForAfterDamage) {
  Line line;
  const auto values_until = [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t at = from; at <= to; at += 5000) {
      line.run_to(at);
      line.feed(carescape_values);
    }
  };
  values_until(1000, 1000);
  line.run_to(1500);
  line.feed(alarms_two);
  line.sent();
  values_until(6000, 66'000);
  EXPECT_THAT(line.sent(), lines_are({"61500 alarms-once"}));
  line.feed(alarms_two);
  line.feed({0x7E, 0x55, 0x7E});
  values_until(71'000, 76'000);
  EXPECT_THAT(line.sent(), lines_are({"66500 alarms-once"})) << "at most every 5 s";
}

TEST(GeS5Requests, AMonitorThatDoesNotAnswerForAlarmsIsAskedLessAndLess) {
  Line line;
  for (std::int64_t at = 1000; at <= 161'000; at += 5000) {
    line.run_to(at);
    line.feed(carescape_values);
  }
  EXPECT_THAT(line.sent(),
              lines_are({"0 stop", "200 start", "1000 alarms-on-change", "11000 alarms-on-change",
                         "21000 alarms-on-change", "31000 alarms-on-change", "91000 alarms-on-change",
                         "151000 alarms-on-change"}));
}

class Doubts : public RecordingSink {
 public:
  void on_device_alarm(const DeviceAlarm& alarm) override {
    words.push_back(std::string(alarm.code) + (alarm.on ? " on" : " off") + (alarm.unsure ? " unsure" : ""));
  }
  Lines words;
};

TEST(GeS5Requests, AlarmsThatTheMonitorNoLongerTellsAreUnsureUntilItListsThemAgain) {
  const auto driver = drivers::ge_s5::make({}).driver;
  Doubts sink;
  driver->feed(carescape_values, stamp(0), sink);
  driver->feed(alarms_two, stamp(0), sink);
  for (std::int64_t at = 0; at < 200'000; at += 100) {
    if (at % 5000 == 0) driver->feed(carescape_values, stamp(at), sink);
    driver->tick(stamp(at), sink);
  }
  EXPECT_THAT(sink.words,
              lines_are({"SpO2 LOW on", "Artifact on", "SpO2 LOW on unsure", "Artifact on unsure"}));
  sink.words.clear();
  driver->feed(Edit(alarms_two).word(10 + 98 + 82, 0).frame(), stamp(200'000), sink);
  EXPECT_THAT(sink.words, lines_are({"Artifact off", "SpO2 LOW on"}));
}

TEST(GeS5Requests, TheTimeOfAnOldCuffReadingIsAskedForThreeTimes) {
  Line line;
  const ByteVector old_reading = Edit(values).header(3, 9, 1).frame();
  for (std::int64_t at = 1000; at <= 61'000; at += 5000) {
    line.run_to(at);
    line.feed(old_reading);
  }
  EXPECT_THAT(line.sent(),
              lines_are({"0 stop", "200 start", "1000 auxiliary", "11000 auxiliary", "21000 auxiliary"}));
  line.feed(cuff_time);
  line.run_to(66'000);
  EXPECT_THAT(line.sent(), IsEmpty());
}

// --- all the time -----------------------------------------------------------------------------------------

TEST(GeS5, FactsOfTheLine) {
  const Facts& facts = drivers::ge_s5::facts();
  EXPECT_EQ(facts.line.baud, 19200U);
  EXPECT_EQ(facts.line.parity, Parity::even);
  EXPECT_TRUE(facts.line.rts_cts);
  EXPECT_EQ(facts.integrity, Integrity::checksum);
  EXPECT_EQ(drivers::ge_s5::make({{"baud", "1"}}).error,
            "driver ge-s5-dri has no option 'baud' (it has none)");
}

TEST(GeS5, NoMemoryIsTakenFromBytesToObservations) {
  const auto driver = drivers::ge_s5::make({}).driver;
  const ByteVector bytes = values + values_measuring + alarms_two + cuff_time + ByteVector{0x7E, 0x11, 0x7E};
  CountingSink sink;
  const std::size_t before = allocations();
  for (int i = 0; i < 100; ++i) {
    driver->feed(bytes, stamp(i * 1000), sink);
    driver->tick(stamp(i * 1000), sink);
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GE(sink.observations, 1600);
}

}  // namespace
}  // namespace drivers::test::ge_s5
