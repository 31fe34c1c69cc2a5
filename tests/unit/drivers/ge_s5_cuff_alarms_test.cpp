// Goal: one cuff reading per measurement, with its time where the monitor tells enough to know it; the alarms
// on its screen told when they change. Method: the frames of ge_s5_bytes.hpp, changed field by field.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/ge_s5_monitor.hpp"
#include "tests/unit/drivers/lines.hpp"

namespace drivers::test::ge_s5 {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t day_ms = 1'773'014'400'000;  // unix time of stamp(0)
std::string own(std::int64_t ms) { return " clock-trusted own=" + std::to_string(day_ms + ms); }

// --- cuff -------------------------------------------------------------------------------------------------

constexpr int idle = 0;
constexpr int measuring = 1 << 5;
constexpr int older = 1 << 8;

Edit cuff(int label, int sys = 121, int dia = 78, int mean = 92) {
  return std::move(Edit(values).word(80, label).word(82, sys * 100).word(84, dia * 100).word(86, mean * 100));
}
Edit cuff_failed(int label) {
  return std::move(Edit(values).word(80, label).word(82, -32767).word(84, -32767).word(86, -32767));
}
const std::initializer_list<std::string_view> nibp{"nibp-sys", "nibp-dia", "nibp-map"};

Lines reading(int sys, int dia, int mean, const std::string& time) {
  return {"nibp-sys " + std::to_string(sys) + " valid" + time,
          "nibp-dia " + std::to_string(dia) + " valid" + time,
          "nibp-map " + std::to_string(mean) + " valid" + time};
}

// Shown, of an unknown age: never judged.
Lines stale(int sys, int dia, int mean) {
  return {"nibp-sys " + std::to_string(sys) + " stale", "nibp-dia " + std::to_string(dia) + " stale",
          "nibp-map " + std::to_string(mean) + " stale"};
}

TEST(GeS5Cuff, AMeasurementIsToldOnceWhenItEnds) {
  Monitor monitor;
  EXPECT_EQ(monitor.values(cuff(older), nibp), stale(121, 78, 92)) << "from whenever";
  EXPECT_THAT(monitor.feed(cuff(measuring | older)), Contains("@5000 status nibp-measuring on"));
  EXPECT_THAT(monitor.values(cuff(measuring | older, 150, 20, 60), nibp), IsEmpty())
      << "something in between";
  EXPECT_EQ(monitor.values(cuff(idle, 131, 84, 99), nibp), reading(131, 84, 99, own(15000)));
  EXPECT_THAT(monitor.values(cuff(idle, 131, 84, 99), nibp), IsEmpty());
  EXPECT_THAT(monitor.values(cuff(older, 131, 84, 99), nibp), IsEmpty());
}

TEST(GeS5Cuff, EqualNumbersOfANewMeasurementAreANewReading) {
  Monitor monitor;
  monitor.feed(cuff(older));
  monitor.feed(cuff(measuring | older));
  EXPECT_EQ(monitor.values(cuff(idle), nibp), reading(121, 78, 92, own(10000)));
}

TEST(GeS5Cuff, ABrokenOffMeasurementTellsNothing) {
  Monitor monitor;
  monitor.feed(cuff(older));
  monitor.feed(cuff(measuring | older));
  EXPECT_THAT(monitor.values(cuff(older), nibp), IsEmpty());
  monitor.at(60'000);
  monitor.feed(cuff(measuring | older));
  EXPECT_EQ(monitor.values(cuff(idle, 130, 80, 95), nibp), reading(130, 80, 95, own(65000)));
  monitor.feed(cuff(measuring, 130, 80, 95));
  EXPECT_THAT(monitor.values(cuff(idle, 130, 80, 95), nibp), IsEmpty()) << "10 s after the reading";
}

TEST(GeS5Cuff, AReadingWhoseEndWasNotSeen) {
  Monitor changed;
  changed.feed(cuff(older));
  EXPECT_EQ(changed.values(cuff(idle, 140, 90, 107), nibp), reading(140, 90, 107, own(5000)));
  Monitor same_numbers;
  same_numbers.feed(cuff(older));
  EXPECT_EQ(same_numbers.values(cuff(idle), nibp), reading(121, 78, 92, own(5000)));
}

TEST(GeS5Cuff, TheFirstIsToldWithoutATimeIfItIsYoungerThanAMinute) {
  EXPECT_EQ(Monitor().values(cuff(idle), nibp), reading(121, 78, 92, ""));
}

TEST(GeS5Cuff, AnOldOneWaitsForItsTime) {
  Monitor monitor;
  EXPECT_EQ(monitor.values(cuff(older), nibp), stale(121, 78, 92));
  EXPECT_THAT(monitor.feed(cuff(older)), Each(Not(HasSubstr("nibp"))));
  EXPECT_EQ(monitor.values(Edit(cuff_time), nibp), reading(121, 78, 92, own(10'000 - 300'000)));
  EXPECT_THAT(monitor.feed(cuff_time), lines_are({"@15000 frame-end"})) << "told once";
  EXPECT_THAT(monitor.values(cuff(older), nibp), IsEmpty());
}

TEST(GeS5Cuff, TheTimeMayComeInTheSameRecord) {
  constexpr std::size_t auxiliary_bytes = 114;
  Edit both = cuff(older);
  both.header(19, 278).header(21, 4, 1).header(24, 0xFF, 1).size(40 + 278 + auxiliary_bytes);
  both.status(278, 1774434645 - 300);
  Monitor monitor;
  const Lines seen = monitor.values(both, nibp);
  EXPECT_EQ(Lines(seen.end() - 3, seen.end()), reading(121, 78, 92, own(-300'000)));
}

TEST(GeS5Cuff, ATimeThatCannotBeIsNotUsed) {
  for (const std::uint32_t measured : {1774434646U, 1774434645U - 24U * 3600U - 1U}) {
    Monitor monitor;
    monitor.feed(cuff(older));
    EXPECT_THAT(monitor.feed(Edit(cuff_time).status(0, measured)),
                ElementsAre(HasSubstr("fault implausible nibp-time"), HasSubstr("frame-end")));
  }
  Monitor monitor;
  monitor.feed(cuff(older));
  EXPECT_THAT(monitor.feed(Edit(cuff_time).status(0, 0)), lines_are({"@5000 frame-end"})) << "not known";
}

TEST(GeS5Cuff, AfterALossOfRecordsAnOldReadingIsOfUnknownAge) {
  Monitor monitor;
  monitor.feed(cuff(idle));
  monitor.at(300'000);
  EXPECT_EQ(monitor.values(cuff(older, 150, 95, 113), nibp), stale(150, 95, 113));
}

// The measurement that ran before the silence has nothing to do with what stands there after it.
TEST(GeS5Cuff, AfterASilenceAMeasurementIsNotSeenToEnd) {
  Monitor monitor;
  monitor.feed(cuff(older));
  monitor.feed(cuff(measuring | older));
  monitor.at(1'205'000);
  EXPECT_EQ(monitor.values(cuff(older, 118, 70, 86), nibp), stale(118, 70, 86));
  Monitor failed;
  failed.feed(cuff(older));
  failed.feed(cuff(measuring | older));
  failed.at(1'205'000);
  EXPECT_THAT(failed.feed(cuff_failed(older)), Each(Not(HasSubstr("failed"))));
}

TEST(GeS5Cuff, AfterASilenceAYoungReadingIsNewAndOfNoTime) {
  for (const int sys : {121, 118}) {
    Monitor monitor;
    monitor.feed(cuff(idle));
    monitor.at(300'000);
    EXPECT_EQ(monitor.values(cuff(idle, sys), nibp), reading(sys, 78, 92, "")) << sys;
    EXPECT_THAT(monitor.values(cuff(idle, sys), nibp), IsEmpty());
  }
}

// One record was damaged.
TEST(GeS5Cuff, AMeasurementEndsOverOneMissingRecord) {
  Monitor monitor;
  monitor.feed(cuff(older));
  monitor.feed(cuff(measuring | older));
  monitor.at(15'000);
  EXPECT_EQ(monitor.values(cuff(idle), nibp), reading(121, 78, 92, own(15'000)));
}

TEST(GeS5Cuff, AFailureIsSaidAndEndsWithTheNextMeasurement) {
  Monitor monitor;
  monitor.feed(cuff(older));
  monitor.feed(cuff(measuring | older));
  EXPECT_THAT(monitor.feed(cuff_failed(idle)),
              AllOf(Contains("@10000 status nibp-failed on"), Contains("@10000 status nibp-measuring off"),
                    Contains("@10000 obs nibp-sys - invalid missing")));
  EXPECT_THAT(monitor.feed(cuff_failed(idle)), Each(Not(HasSubstr("nibp"))));
  EXPECT_THAT(monitor.feed(cuff_failed(measuring)), Contains("@20000 status nibp-failed off"));
  EXPECT_EQ(monitor.values(cuff(idle, 118, 70, 86), nibp), reading(118, 70, 86, own(25000)));
}

TEST(GeS5Cuff, EqualNumbersAfterAFailureAreANewReading) {
  Monitor monitor;
  monitor.feed(cuff(idle));
  monitor.feed(cuff(measuring));
  monitor.feed(cuff_failed(idle));
  monitor.feed(cuff(measuring));
  EXPECT_EQ(monitor.values(cuff(idle), nibp), reading(121, 78, 92, own(20000)));
}

TEST(GeS5Cuff, NoNumbersWithoutAMeasurementAreNoFailure) {
  Monitor monitor;
  monitor.feed(cuff(idle));
  EXPECT_THAT(monitor.feed(cuff_failed(idle)), Each(Not(HasSubstr("nibp"))));
}

TEST(GeS5Cuff, StasisAndCalibrationUseTheCuffButGiveNoReading) {
  Monitor monitor;
  monitor.feed(cuff(older));
  EXPECT_THAT(monitor.feed(cuff(1 << 6, 60, 50, 55)),
              AllOf(Contains("@5000 status nibp-measuring on"), Each(Not(HasSubstr("obs nibp")))));
  EXPECT_THAT(monitor.feed(cuff(1 << 7, 200, 10, 100)),
              AllOf(Contains("@10000 status nibp-measuring off"), Each(Not(HasSubstr("obs nibp")))));
}

TEST(GeS5Cuff, ZeroIsNeverAPressure) {
  Monitor monitor;
  monitor.feed(cuff(older));
  monitor.feed(cuff(measuring));
  EXPECT_THAT(monitor.feed(cuff(idle, 0, 0, 0)), Contains("@10000 status nibp-failed on"));
  monitor.feed(cuff(measuring));
  EXPECT_THAT(monitor.values(cuff(idle, 0, 0, 85), nibp),
              lines_are({"nibp-sys - invalid missing" + own(20000), "nibp-dia - invalid missing" + own(20000),
                         "nibp-map 85 valid" + own(20000)}));
}

TEST(GeS5Cuff, NumbersOutOfOrderAreNotBelieved) {
  for (const auto& edit : {cuff(idle, 80, 80, 80), cuff(idle, 120, 80, 79), cuff(idle, 120, 80, 121)}) {
    EXPECT_THAT(Monitor().feed(edit),
                AllOf(Contains(HasSubstr("fault implausible pressure-order code=\"nibp\"")),
                      Contains("@0 obs nibp-sys - invalid implausible"),
                      Contains("@0 obs nibp-map - invalid implausible")));
  }
}

TEST(GeS5Cuff, ModuleTakenOut) {
  Monitor monitor;
  monitor.feed(cuff(measuring));
  EXPECT_THAT(monitor.feed(std::move(cuff(measuring).status(76, 0))),
              Contains("@5000 status nibp-measuring off"));
}

// --- alarms of the monitor --------------------------------------------------------------------------------

constexpr std::size_t box(std::size_t number) { return 10 + 98 * number; }

TEST(GeS5Alarms, TextsAndColoursAreToldOnChange) {
  Monitor monitor;
  EXPECT_THAT(monitor.feed(alarms_two),
              lines_are({"@0 alarm on medium text=\"SpO2 LOW\" code=\"SpO2 LOW\"",
                         "@0 alarm on low text=\"Artifact\" code=\"Artifact\"", "@0 frame-end"}));
  EXPECT_THAT(monitor.feed(alarms_two), lines_are({"@5000 frame-end"}));
  EXPECT_THAT(monitor.feed(Edit(alarms_two).word(box(0) + 82, 3)),
              lines_are({"@10000 alarm on high text=\"SpO2 LOW\" code=\"SpO2 LOW\"", "@10000 frame-end"}));
  EXPECT_THAT(monitor.feed(Edit(alarms_two).word(box(0) + 82, 0)),
              lines_are({"@15000 alarm off high code=\"SpO2 LOW\"", "@15000 frame-end"}));
  EXPECT_THAT(monitor.feed(Edit(alarms_two).word(box(0) + 82, 0).text(box(1), "Apnea   ")),
              lines_are({"@20000 alarm off low code=\"Artifact\"",
                         "@20000 alarm on low text=\"Apnea\" code=\"Apnea\"", "@20000 frame-end"}));
}

TEST(GeS5Alarms, AnotherOrderIsNoChange) {
  Monitor monitor;
  monitor.feed(alarms_two);
  EXPECT_THAT(monitor.feed(Edit(alarms_two)
                               .text(box(0), "Artifact")
                               .word(box(0) + 82, 1)
                               .text(box(1), "SpO2 LOW")
                               .word(box(1) + 82, 2)),
              lines_are({"@5000 frame-end"}));
}

TEST(GeS5Alarms, TheSameTextTwiceIsOneAlarm) {
  EXPECT_THAT(Monitor().feed(Edit(alarms_two).text(box(1), "SpO2 LOW")),
              lines_are({"@0 alarm on medium text=\"SpO2 LOW\" code=\"SpO2 LOW\"", "@0 frame-end"}));
}

TEST(GeS5Alarms, TextIsLatin1AndShownAsUtf8WithoutControlCharacters) {
  EXPECT_THAT(Monitor().feed(Edit(alarms_two)
                                 .text(box(0),
                                       " \xC9lectr\x01"
                                       "de\x85")),
              Contains("@0 alarm on medium text=\"<C3><89>lectr de\" code=\"<C3><89>lectr de\""));
  const ByteVector full = Edit(alarms_two).text(box(0), std::string(80, '\xFF')).frame();
  std::string expected;
  for (int i = 0; i < 80; ++i) expected += "<C3><BF>";
  EXPECT_THAT(Monitor().feed(full), Contains(HasSubstr("text=\"" + expected + "\"")));
}

TEST(GeS5Alarms, AColourWithoutATextOrAnUnknownColourIsAnAlarmAllTheSame) {
  EXPECT_THAT(Monitor().feed(Edit(alarms_two).text(box(0), std::string(80, '\0'))),
              Contains("@0 alarm on medium text=\"(no text)\" code=\"(no text)\""));
  Monitor monitor;
  EXPECT_THAT(monitor.feed(Edit(alarms_two).word(box(1) + 82, 4)),
              Contains(HasSubstr("alarm on medium")).Times(2));
  EXPECT_THAT(monitor.all_lines(), Contains(HasSubstr("fault unmapped alarm-colour value=\"4\"")));
}

class Silences : public RecordingSink {
 public:
  void on_device_alarm(const DeviceAlarm& alarm) override { silenced.push_back(alarm.silenced); }
  std::vector<bool> silenced;
};

TEST(GeS5Alarms, SoundOffOrEverythingSilencedIsPassedOn) {
  const auto driver = drivers::ge_s5::make({}).driver;
  Silences sink;
  driver->feed(alarms_two, stamp(0), sink);
  driver->feed(Edit(alarms_two).word(8, 2).frame(), stamp(2000), sink);  // asystole only: not these
  EXPECT_THAT(sink.silenced, ElementsAre(false, false));
  driver->feed(Edit(alarms_two).word(8, 5).frame(), stamp(4000), sink);
  driver->feed(Edit(alarms_two).word(2, 0).frame(), stamp(6000), sink);
  EXPECT_THAT(sink.silenced, ElementsAre(false, false, true, true));
}

}  // namespace
}  // namespace drivers::test::ge_s5
