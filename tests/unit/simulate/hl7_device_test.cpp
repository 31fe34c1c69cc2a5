// Goal: what a scenario does to the patient and the monitor arrives at the driver in every HL7 dialect that
// can say it. Method: the simulated monitor's messages through the whole driver; the two share no table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "daemon/simulate/hl7.hpp"
#include "drivers/registry.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace simulate::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using vitals::Metric;
using vitals::Quality;

constexpr std::int64_t march_9_unix_s = 1'773'014'400;  // 2026-03-09T00:00:00Z
constexpr std::array all_dialects{Dialect::pcd01,   Dialect::loinc,        Dialect::mindray_pds,
                                  Dialect::philips, Dialect::nihon_kohden, Dialect::comen,
                                  Dialect::draeger, Dialect::welch_allyn};

class Hl7Monitor {
 public:
  explicit Hl7Monitor(Dialect dialect) : dialect_(dialect), driver_(drivers::find("hl7")->make({}).driver) {
    sample.bed = "pain/b2";
    sample.hr = 88, sample.pr = 87, sample.spo2 = 96;
    sample.unix_s = march_9_unix_s;
  }

  void report() {
    name_the_next();
    for (const std::string& message : encode_report(dialect_, sample)) feed(message);
  }
  void alert() {
    name_the_next();
    feed(encode_alert(sample));
  }

  // The newest word on a metric: "88 valid", "- unavailable"; nothing when there was none.
  std::string said(Metric metric) const {
    for (auto seen = sink_.observations.rbegin(); seen != sink_.observations.rend(); ++seen)
      if (seen->metric == metric)
        return (seen->has_value() ? drivers::test::number_text(seen->value) : "-") + ' ' +
               std::string(vitals::name(seen->quality));
    return "nothing";
  }
  std::vector<std::string> take_alarms() { return take("alarm "); }

  Hl7Sample sample;

 private:
  void name_the_next() { sample.control_id = "SIM-" + std::to_string(++sent_); }

  void feed(const std::string& message) {
    const std::string framed = frame_mllp(message);
    const vitals::Stamp now{vitals::MonoTime{vitals::Milliseconds{sent_ * 10'000}},
                            vitals::wall_from_unix_ms(sample.unix_s * 1000)};
    driver_->feed({reinterpret_cast<const std::uint8_t*>(framed.data()), framed.size()}, now, sink_);
  }

  std::vector<std::string> take(std::string_view word) {
    std::vector<std::string> out;
    for (const std::string& line : sink_.lines)
      if (const auto at = line.find(word); at != std::string::npos && line.front() == '@')
        out.push_back(line.substr(at));
    sink_.lines.clear();
    return out;
  }

  Dialect dialect_;
  std::unique_ptr<drivers::Driver> driver_;
  drivers::test::RecordingSink sink_;
  int sent_ = 0;
};

TEST(Hl7Device, LeadsOffTakesTheHeartRateAlone) {
  for (const Dialect dialect : all_dialects) {
    Hl7Monitor monitor(dialect);
    monitor.report();
    EXPECT_EQ(monitor.said(Metric::hr), "88 valid");
    monitor.sample.leads_on = false;
    monitor.report();
    EXPECT_EQ(monitor.said(Metric::hr).front(), '-') << static_cast<int>(dialect);
    EXPECT_EQ(monitor.said(Metric::spo2), "96 valid") << static_cast<int>(dialect);
    EXPECT_EQ(monitor.said(Metric::pr), "87 valid") << static_cast<int>(dialect);
  }
}

TEST(Hl7Device, ArtifactMakesValuesDoubtfulWhereItCanBeSaid) {
  for (const Dialect dialect : all_dialects) {
    Hl7Monitor monitor(dialect);
    monitor.sample.cuff = CuffReading{162, 94, 117, march_9_unix_s - 60};
    monitor.sample.artifact = true;
    monitor.report();
    const std::string quality = tells_artifact(dialect) ? "questionable" : "valid";
    EXPECT_EQ(monitor.said(Metric::hr), "88 " + quality);
    EXPECT_EQ(monitor.said(Metric::spo2), "96 " + quality);
    EXPECT_EQ(monitor.said(Metric::nibp_sys), "162 valid") << "it was taken before";
  }
}

TEST(Hl7Device, ACuffThatFailedLeavesNoRows) {
  for (const Dialect dialect : all_dialects) {
    Hl7Monitor monitor(dialect);
    monitor.report();
    EXPECT_EQ(monitor.said(Metric::nibp_sys), "nothing") << static_cast<int>(dialect);
  }
}

TEST(Hl7Device, AnAlarmBeginsStaysAndEnds) {
  for (const Dialect dialect : all_dialects) {
    if (!tells_alarms(dialect)) continue;
    SCOPED_TRACE(static_cast<int>(dialect));
    Hl7Monitor monitor(dialect);
    const auto tell = [&] {
      monitor.report();
      if (dialect == Dialect::pcd01) monitor.alert();
      return monitor.take_alarms();
    };
    monitor.sample.alarm = Hl7Alarm{"A1", "BP|HIGH & more", Hl7Alarm::Phase::start};
    EXPECT_THAT(tell(),
                ElementsAre(testing::AllOf(HasSubstr("alarm on medium"), HasSubstr("BP|HIGH & more"))));
    monitor.sample.alarm->phase = Hl7Alarm::Phase::goes_on;
    EXPECT_THAT(tell(), IsEmpty());
    monitor.sample.alarm->phase = Hl7Alarm::Phase::end;
    EXPECT_THAT(tell(), ElementsAre(HasSubstr("alarm off")));
    monitor.sample.alarm.reset();
    monitor.report();
    EXPECT_THAT(monitor.take_alarms(), IsEmpty());
  }
}

// The monitor's clock stands in its messages: a wrong one is seen.
TEST(Hl7Device, TheClockOfTheMessageIsTheMonitors) {
  Hl7Sample sample;
  sample.unix_s = march_9_unix_s + 3600;
  EXPECT_THAT(encode_hl7(Dialect::pcd01, sample), HasSubstr("|20260309010000+0000|"));
  sample.alarm = Hl7Alarm{"A1", "x", Hl7Alarm::Phase::start};
  EXPECT_THAT(encode_alert(sample), HasSubstr("|20260309010000+0000|"));
}

TEST(Hl7Device, TextKeepsWhatWouldSeparateFields) {
  EXPECT_EQ(escaped("a|b^c~d\\e&f\rg"), "a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f g");
}

}  // namespace
}  // namespace simulate::test
