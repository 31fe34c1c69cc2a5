// Goal: a record of the Ivy 450C gives values only when it is whole, its lines only when each fits its name,
// and the last cuff reading is told once. Method: the text of a recorded record, and each kind of damage.
#include "drivers/ivy/ivy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/drivers/finger_bytes.hpp"

namespace drivers::test::ivy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string recorded_text =
    "HR=1;80;ECG-II-DIAG;\r"
    "RR=1;35;APNEA: 20 SEC;\r"
    "ETCO2=1;;;\r"
    "SPO2=1;100;PR=80 ;\r"
    "NIBP=4;121;75;92;80;;\r"
    "P1=3;111;73;88;;\r"
    "P2=3;;;;NO TRANSDUCER;\r"
    "T1=1;;;\r"
    "T2=1;;;\r";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

const std::string signature =
    "\xFF"
    "ANSAR-B ";

ByteVector bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

ByteVector record(const std::string& text = recorded_text, std::uint8_t wave = 0x80) {
  return bytes_of(signature) + ByteVector(400, wave) + bytes_of(text) + ByteVector{0xFE};
}

ByteVector changed(std::string_view what, std::string_view with) {
  return record(replaced(recorded_text, what, with));
}

ByteVector first(std::size_t count, const ByteVector& bytes) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}
ByteVector from(std::size_t begin, const ByteVector& bytes) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end()};
}

Port port(const Options& options = {}) { return Port(drivers::ivy::make(options)); }
const Options arterial_1{{"arterial", "P1"}};

const Lines recorded{"@0 obs hr 80 valid",
                     "@0 obs pr 80 valid",
                     "@0 obs spo2 100 valid",
                     "@0 obs rr 35 valid",
                     "@0 fault unmapped no-metric code=\"P1\" unit=\"mmHg\" value=\"111/73/88\" offset=0",
                     "@0 frame-end"};

// What a record says of one metric, or of the monitor's messages.
Lines told(const ByteVector& bytes, std::string_view of, const Options& options = {}) {
  Lines out;
  for (const std::string& line : port(options).feed(bytes))
    if (line.find(" " + std::string(of) + " ") != std::string::npos) out.push_back(line);
  return out;
}

// The same for a further record, where the cuff is concerned.
Lines cuff_after(Port& line, const std::string& nibp, std::int64_t at_ms = 0) {
  Lines out;
  for (const std::string& text : line.feed(changed("NIBP=4;121;75;92;80;;", nibp), at_ms))
    if (text.find("nibp") != std::string::npos || text.find("NIBP") != std::string::npos) out.push_back(text);
  return out;
}
Lines cuff_after_two(Port& line, const std::string& nibp, std::int64_t at_ms = 0) {
  EXPECT_THAT(cuff_after(line, nibp, at_ms), IsEmpty()) << "may have lost a digit";
  return cuff_after(line, nibp, at_ms + 1000);
}

// Told with the second record.
Lines cuff(const std::string& sys, const std::string& dia, const std::string& map, std::int64_t at_ms = 0) {
  const std::string at = "@" + std::to_string(at_ms + 1000) + " ";
  return {at + "obs nibp-sys " + sys, at + "obs nibp-dia " + dia, at + "obs nibp-map " + map};
}
Lines new_cuff(const std::string& sys, const std::string& dia, const std::string& map,
               std::int64_t at_ms = 0) {
  const std::string time = " valid clock-trusted own=" + std::to_string(vitals::unix_ms(stamp(at_ms).wall));
  return cuff(sys + time, dia + time, map + time, at_ms);
}

TEST(Ivy, TheRecordedRecord) {
  ASSERT_EQ(record().size(), 562U);
  EXPECT_EQ(port().feed(record()), recorded);
}

TEST(Ivy, TheArterialChannelIsTheConfiguredOne) {
  EXPECT_EQ(told(record(), "art-sys", arterial_1), Lines{"@0 obs art-sys 111 valid"});
  EXPECT_EQ(told(record(), "art-dia", arterial_1), Lines{"@0 obs art-dia 73 valid"});
  EXPECT_EQ(told(record(), "art-map", arterial_1), Lines{"@0 obs art-map 88 valid"});
  const Options channel_2{{"arterial", "P2"}};
  EXPECT_EQ(told(record(), "art-sys", channel_2), Lines{"@0 obs art-sys - invalid sensor-off"});
  EXPECT_EQ(told(record(), "alarm", channel_2), Lines{"@0 alarm on low technical level-assumed text=\"NO "
                                                      "TRANSDUCER\" code=\"NO TRANSDUCER\" source=\"P2\""});
  EXPECT_EQ(drivers::ivy::make({{"arterial", "p1"}}).driver, nullptr);
}

TEST(Ivy, AMeanAloneIsAMean) {
  const ByteVector damped = changed("P1=3;111;73;88;;", "P1=3;;;88;;");
  EXPECT_EQ(told(damped, "art-map", arterial_1), Lines{"@0 obs art-map 88 valid"});
  EXPECT_EQ(told(damped, "art-sys", arterial_1), Lines{"@0 obs art-sys - unavailable missing"});
}

TEST(Ivy, PressuresOutOfOrderAreDroppedAndTheRestIsKept) {
  const ByteVector swapped = changed("P1=3;111;73;88;;", "P1=3;111;88;73;;");
  const Lines lines = port(arterial_1).feed(swapped);
  EXPECT_THAT(lines,
              Contains("@0 fault implausible order code=\"P1\" unit=\"mmHg\" value=\"111/88/73\" offset=0"));
  EXPECT_THAT(lines, Contains("@0 obs art-sys - invalid implausible"));
  EXPECT_THAT(lines, Contains("@0 obs spo2 100 valid"));
  EXPECT_EQ(told(changed("P1=3;111;73;88;;", "P1=3;0;0;0;;"), "art-sys", arterial_1),
            Lines{"@0 obs art-sys - unavailable missing"});
  EXPECT_EQ(told(changed("P1=3;111;73;88;;", "P1=3;111;0;88;;"), "art-sys", arterial_1),
            Lines{"@0 obs art-sys - invalid implausible"});
}

TEST(Ivy, AnEmptyHeartRateIsNotReplacedByThePulseRate) {
  const ByteVector bytes = changed("HR=1;80;ECG-II-DIAG;", "HR=1;;;");
  EXPECT_EQ(told(bytes, "hr"), Lines{"@0 obs hr - unavailable missing"});
  EXPECT_EQ(told(bytes, "pr"), Lines{"@0 obs pr 80 valid"});
}

TEST(Ivy, ALeadThatIsOffIsSaidInTheMonitorsWords) {
  Port line = port();
  const Lines lines = line.feed(changed("80;ECG-II-DIAG", ";LEAD OFF"));
  EXPECT_THAT(lines, Contains("@0 obs hr - invalid leads-off"));
  EXPECT_THAT(lines, Contains("@0 obs spo2 100 valid"));
  EXPECT_THAT(
      lines,
      Contains("@0 alarm on low technical level-assumed text=\"LEAD OFF\" code=\"LEAD OFF\" source=\"HR\""));
  EXPECT_THAT(line.feed(changed("80;ECG-II-DIAG", ";LEAD OFF")), Not(Contains(HasSubstr("alarm"))));
  EXPECT_THAT(line.feed(record()),
              Contains("@0 alarm off low technical level-assumed code=\"LEAD OFF\" source=\"HR\""));
}

TEST(Ivy, ATextThatNobodyKnowsLeavesTheReasonOpenAndIsPassedOn) {
  const ByteVector bytes = changed("80;ECG-II-DIAG", ";XYZZY");
  EXPECT_EQ(told(bytes, "hr"), Lines{"@0 obs hr - unavailable missing"});
  EXPECT_THAT(told(bytes, "alarm"), ElementsAre(HasSubstr("text=\"XYZZY\"")));
}

TEST(Ivy, AFurtherItemIsAnAlarmText) {
  const ByteVector bytes = changed("HR=1;80;ECG-II-DIAG;", "HR=1;80;ECG-II-DIAG;HIGH RATE;");
  EXPECT_EQ(told(bytes, "hr"), Lines{"@0 obs hr 80 valid"});
  EXPECT_EQ(told(bytes, "alarm"),
            Lines{"@0 alarm on medium level-assumed text=\"HIGH RATE\" code=\"HIGH RATE\" source=\"HR\""});
}

TEST(Ivy, TroubleOfASensorInAFurtherItemMakesItsValueDoubtful) {
  struct Case {
    std::string line, with, metric, seen;
  };
  for (const auto& [line, with, metric, seen] : std::initializer_list<Case>{
           {"HR=1;80;ECG-II-DIAG;", "LEAD OFF", "hr", "80 questionable leads-off"},
           {"RR=1;35;APNEA: 20 SEC;", "LEAD FAIL", "rr", "35 questionable leads-off"},
           {"SPO2=1;100;PR=80 ;", "SENSOR OFF", "spo2", "100 questionable sensor-off"},
           {"SPO2=1;100;PR=80 ;", "CHECK PROBE", "pr", "80 questionable sensor-off"},
           {"P1=3;111;73;88;;", "NO TRANSDUCER", "art-sys", "111 questionable sensor-off"},
       }) {
    const ByteVector bytes = changed(line, line + with + ";");
    EXPECT_EQ(told(bytes, metric, arterial_1), Lines{"@0 obs " + metric + " " + seen});
    EXPECT_THAT(told(bytes, "alarm", arterial_1),
                ElementsAre(HasSubstr("on low technical level-assumed text=\"" + with)));
  }
  const ByteVector without = changed("HR=1;80;ECG-II-DIAG;", "HR=1;;ECG-II-DIAG;LEAD OFF;");
  EXPECT_EQ(told(without, "hr"), Lines{"@0 obs hr - invalid leads-off"});
}

TEST(Ivy, AnAlarmOfThePatientInAFurtherItemIsNoneOfTheEquipment) {
  for (const std::string text : {"NO PULSE", "ASYSTOLE", "LOW SPO2", "ALARM OFF"}) {
    const ByteVector bytes = changed("SPO2=1;100;PR=80 ;", "SPO2=1;100;PR=80 ;" + text + ";");
    EXPECT_EQ(told(bytes, "spo2"), Lines{"@0 obs spo2 100 valid"}) << text;
    EXPECT_THAT(told(bytes, "alarm"), ElementsAre(HasSubstr("on medium level-assumed text=\"" + text)))
        << text;
  }
}

TEST(Ivy, AHeartRateOfZeroWithoutALeadIsNoMissingValue) {
  EXPECT_EQ(told(changed("HR=1;80;", "HR=1;0;"), "hr"), Lines{"@0 obs hr - invalid zero"});
  EXPECT_EQ(told(changed("80;ECG-II-DIAG", "0;LEAD OFF"), "hr"), Lines{"@0 obs hr - invalid leads-off"});
}

TEST(Ivy, AHeartRateWithoutAnEcgLabelIsDoubtful) {
  EXPECT_EQ(told(changed("ECG-II-DIAG", "PLETH"), "hr"), Lines{"@0 obs hr 80 questionable code-conflict"});
  EXPECT_EQ(told(changed("ECG-II-DIAG", ""), "hr"), Lines{"@0 obs hr 80 questionable code-conflict"});
  EXPECT_EQ(told(changed("ECG-II-DIAG", "LEAD OFF"), "hr"), Lines{"@0 obs hr 80 questionable leads-off"});
}

TEST(Ivy, SaturationAndPulseRateAreJudgedApart) {
  EXPECT_EQ(told(changed("100;PR=80 ", ";"), "spo2"), Lines{"@0 obs spo2 - unavailable missing"});
  EXPECT_EQ(told(changed("100;PR=80 ", ";"), "pr"), Lines{"@0 obs pr - unavailable missing"});
  EXPECT_EQ(told(changed("SPO2=1;100", "SPO2=1;"), "pr"), Lines{"@0 obs pr 80 valid"});
  EXPECT_EQ(told(changed("PR=80 ", "PR="), "pr"), Lines{"@0 obs pr - unavailable missing"});
  EXPECT_EQ(told(changed("100;PR=80 ", ";SENSOR OFF"), "spo2"), Lines{"@0 obs spo2 - invalid sensor-off"});
  EXPECT_EQ(told(changed("PR=80 ", "NO SENSOR"), "spo2"), Lines{"@0 obs spo2 100 questionable sensor-off"});
  EXPECT_EQ(told(changed("SPO2=1;100", "SPO2=1;0"), "spo2"), Lines{"@0 obs spo2 - unavailable missing"});
}

TEST(Ivy, APulseRateThatCannotBeReadDoesNotWithholdTheSaturation) {
  for (const std::string dashes : {"PR=--- ", "PR=---", "PR=-"}) {
    const ByteVector bytes = changed("100;PR=80 ", "85;" + dashes);
    EXPECT_EQ(told(bytes, "spo2"), Lines{"@0 obs spo2 85 valid"}) << dashes;
    EXPECT_EQ(told(bytes, "pr"), Lines{"@0 obs pr - unavailable missing"}) << dashes;
    EXPECT_EQ(told(bytes, "fault broken"), Lines{}) << dashes;
  }
  struct Case {
    std::string text, reason;
  };
  for (const auto& [text, reason] : std::initializer_list<Case>{{"PR=8x", "status"},
                                                                {"PR=LOW", "status"},
                                                                {"PR=SEARCH", "searching"},
                                                                {"PR=NO SENSOR", "sensor-off"}}) {
    const ByteVector bytes = changed("100;PR=80 ", "85;" + text);
    EXPECT_EQ(told(bytes, "spo2"), Lines{"@0 obs spo2 85 questionable " + reason}) << text;
    EXPECT_EQ(told(bytes, "pr"), Lines{"@0 obs pr - invalid " + reason}) << text;
    EXPECT_THAT(told(bytes, "number"), ElementsAre(HasSubstr("fault broken number code=\"PR\""))) << text;
  }
}

TEST(Ivy, RangesAreCheckedAndNeverClamped) {
  EXPECT_EQ(told(changed("HR=1;80;", "HR=1;322;"), "hr"), Lines{"@0 obs hr - invalid implausible"});
  EXPECT_EQ(told(changed("HR=1;80;", "HR=1;17;"), "hr"), Lines{"@0 obs hr - invalid implausible"});
  EXPECT_EQ(told(changed("SPO2=1;100;", "SPO2=1;101;"), "spo2"), Lines{"@0 obs spo2 - invalid implausible"});
  EXPECT_EQ(told(changed("RR=1;35;", "RR=1;151;"), "rr"), Lines{"@0 obs rr - invalid implausible"});
}

TEST(Ivy, TheApneaSettingIsNoAlarm) {
  EXPECT_EQ(told(changed("APNEA: 20 SEC", "APNEA: OFF"), "rr"), Lines{"@0 obs rr 35 valid"});
  EXPECT_THAT(told(changed("APNEA: 20 SEC", "APNEA: OFF"), "alarm"), IsEmpty());
}

TEST(Ivy, TheCuffReadingThatStoodThereAtTheStartIsStale) {
  Port line = port();
  EXPECT_EQ(cuff_after_two(line, "NIBP=4;121;75;92;80;;"), cuff("121 stale", "75 stale", "92 stale"));
  EXPECT_THAT(cuff_after(line, "NIBP=4;121;75;92;80;;"), IsEmpty());
}

TEST(Ivy, ACuffReadingIsNewWhenOneOfItsNumbersChanges) {
  Port line = port();
  line.feed(record() + record());
  EXPECT_THAT(cuff_after(line, "NIBP=4;121;75;92;80;;"), IsEmpty());
  EXPECT_EQ(cuff_after_two(line, "NIBP=4;131;81;99;84;;"), new_cuff("131", "81", "99"));
  EXPECT_THAT(cuff_after(line, "NIBP=4;131;81;99;84;;"), IsEmpty());
  EXPECT_THAT(cuff_after_two(line, "NIBP=4;;;;;;"), IsEmpty());
  EXPECT_THAT(cuff_after_two(line, "NIBP=4;131;81;99;84;;"), IsEmpty()) << "shown again, not measured again";
  EXPECT_EQ(cuff_after_two(line, "NIBP=4;131;81;99;85;;"), new_cuff("131", "81", "99"));
}

TEST(Ivy, ALostDigitMakesNoCuffReading) {
  for (const std::string damaged :
       {"NIBP=4;12;75;92;80;;", "NIBP=4;121;7;92;80;;", "NIBP=4;121;75;92;8;;", "NIBP=4;121;75;92;;;",
        "NIBP=4;131;75;92;80;;", "NIBP=4;121;92;75;80;;"}) {
    Port line = port();
    line.feed(record() + record());
    EXPECT_THAT(cuff_after(line, damaged), IsEmpty()) << damaged;
    EXPECT_THAT(cuff_after_two(line, "NIBP=4;121;75;92;80;;"), IsEmpty()) << damaged;
    Port started = port();
    EXPECT_THAT(cuff_after(started, damaged), IsEmpty()) << damaged;
    EXPECT_EQ(cuff_after_two(started, "NIBP=4;121;75;92;80;;"), cuff("121 stale", "75 stale", "92 stale"))
        << damaged;
  }
}

TEST(Ivy, AReadingThatAppearsAfterTheStartIsNew) {
  Port line = port();
  EXPECT_THAT(cuff_after_two(line, "NIBP=4;;;;;;"), IsEmpty());
  EXPECT_EQ(cuff_after_two(line, "NIBP=4;121;75;92;80;;"), new_cuff("121", "75", "92"));
}

TEST(Ivy, NumbersOfUnknownAgeBehindASilenceAreNoNewReading) {
  Port line = port();
  line.feed(record() + record());
  EXPECT_THAT(cuff_after_two(line, "NIBP=4;121;75;92;80;;", 1'800'000), IsEmpty()) << "known, and no younger";
  EXPECT_EQ(cuff_after_two(line, "NIBP=4;85;45;58;80;;", 3'600'000),
            cuff("85 stale", "45 stale", "58 stale", 3'600'000));
  EXPECT_THAT(cuff_after(line, "NIBP=4;85;45;58;80;;", 3'602'000), IsEmpty());
  EXPECT_EQ(cuff_after_two(line, "NIBP=4;80;45;55;80;;", 3'605'000), new_cuff("80", "45", "55", 3'605'000))
      << "two records may be missing";
}

TEST(Ivy, ACuffReadingThatCannotBeIsSaidOnce) {
  Port line = port();
  line.feed(record());
  EXPECT_THAT(
      cuff_after_two(line, "NIBP=4;121;92;75;80;;"),
      ElementsAre(HasSubstr("fault implausible order code=\"NIBP\""),
                  "@1000 obs nibp-sys - invalid implausible", "@1000 obs nibp-dia - invalid implausible",
                  "@1000 obs nibp-map - invalid implausible"));
  EXPECT_THAT(cuff_after(line, "NIBP=4;121;92;75;80;;"), IsEmpty());
}

TEST(Ivy, QuantitiesWithoutMetricOrUnitAreListed) {
  EXPECT_THAT(port().feed(changed("ETCO2=1;;;", "ETCO2=1;38;;")),
              Contains("@0 fault unmapped no-metric code=\"ETCO2\" value=\"38\" offset=0"));
  EXPECT_THAT(port().feed(changed("T1=1;;;", "T1=1;36.8;;")),
              Contains("@0 fault refused unit code=\"T1\" value=\"36.8\" offset=0"));
  EXPECT_THAT(port().feed(changed("T1=1;;;", "BIS=1;44;;")),
              Contains("@0 fault unmapped no-metric code=\"BIS\" value=\"1;44;;\" offset=0"));
}

TEST(Ivy, ALineThatDoesNotFitItsNameIsDroppedAlone) {
  struct Damage {
    std::string line;
    std::string fault;
  };
  for (const auto& [line, fault] :
       std::initializer_list<Damage>{{"HR=2;80;ECG-II-DIAG;", "count code=\"HR\""},
                                     {"HR=;80;ECG-II-DIAG;", "count code=\"HR\""},
                                     {"HR=1;80", "items code=\"HR\""},
                                     {"HR=1;80;A;B;C;", "items code=\"HR\""},
                                     {"HR=1;80;A;B;C", "items code=\"HR\""},
                                     {"HR=1;8x;ECG-II-DIAG;", "number code=\"HR\""},
                                     {"HR=1;-80;ECG-II-DIAG;", "number code=\"HR\""},
                                     {"HR=1;8.0;ECG-II-DIAG;", "number code=\"HR\""},
                                     {"HR=1;1080;ECG-II-DIAG;", "number code=\"HR\""}}) {
    const Lines lines = port().feed(changed("HR=1;80;ECG-II-DIAG;", line));
    EXPECT_THAT(lines, Contains(HasSubstr("fault broken " + fault))) << line;
    EXPECT_THAT(lines, Not(Contains(HasSubstr("obs hr")))) << line;
    EXPECT_THAT(lines, Contains("@0 obs spo2 100 valid")) << line;
  }
  EXPECT_THAT(port().feed(changed("T1=1;;;", "what")), Contains(HasSubstr("fault broken line")));
}

TEST(Ivy, ARecordIsReadAsAWholeOrNotAtAll) {
  struct Damage {
    ByteVector bytes;
    std::string fault;
  };
  for (const auto& [bytes, fault] : std::initializer_list<Damage>{
           {changed("SPO2=1;100",
                    "SPO2=1;1\x03"
                    "0"),
            "text-byte"},
           {changed("\r", "\r\n"), "text-byte"},
           {changed("SPO2=1;100;PR=80 ;\r", ""), "incomplete"},
           {record(recorded_text.substr(21)), "incomplete"},
           {record(recorded_text + "HR=1;80;ECG-II-DIAG;\r"), "repeated"},
           {record(recorded_text.substr(0, recorded_text.size() - 1)), "unended"},
           {record("XY=1;80;;\r" + recorded_text), "text-start"},
           {record(" " + recorded_text), "text-start"},
           {record(recorded_text + std::string(1024, 'A') + "\r"), "text-too-long"},
           {record(""), "text-start"},
       }) {
    const Lines lines = port().feed(bytes + record());
    EXPECT_THAT(lines, Contains(HasSubstr("fault broken " + fault))) << fault;
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "@0 frame-end"), 1) << fault;
  }
}

TEST(Ivy, WaveBytesThatLookLikeTheFrameChangeNothing) {
  ByteVector bytes = record();
  bytes[9 + 10] = 0xFE;
  std::copy(signature.begin(), signature.end(), bytes.begin() + 9 + 20);
  EXPECT_EQ(port().feed(bytes), recorded);
}

TEST(Ivy, AStreamThatBeginsInTheMiddleOfARecord) {
  const Lines lines = port().feed(from(310, record()) + record());
  EXPECT_EQ(lines.size(), recorded.size());
  EXPECT_THAT(lines, Not(Contains(HasSubstr("broken"))));
}

TEST(Ivy, ARecordWhoseMiddleIsMissingDoesNotTakeTheNextOneWithIt) {
  for (const std::uint8_t wave : hex("80 41 48 0D")) {
    const Lines lines = port().feed(first(300, record(recorded_text, wave)) + record(recorded_text, wave));
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "@0 frame-end"), 1) << unsigned{wave};
    EXPECT_THAT(lines, Contains("@0 obs hr 80 valid")) << unsigned{wave};
  }
}

TEST(Ivy, EveryCutLengthOfARecordIsSurvived) {
  for (std::size_t length = 1; length < 562; ++length) {
    Port line = port();
    line.feed(record());
    const Lines lines = line.feed(first(length, record()) + record());
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "@0 frame-end"), 1) << length;
    EXPECT_THAT(lines, Contains("@0 obs hr 80 valid")) << length;
  }
}

TEST(Ivy, ARecordIsNotPutTogetherOverAPause) {
  const ByteVector old = record(), later = changed("SPO2=1;100", "SPO2=1;85");
  const std::size_t at = 9 + 400 + 22;  // behind HR
  Port line = port();
  line.feed(old);
  EXPECT_THAT(line.feed(first(at, old), 1000), IsEmpty());
  const Lines lines = line.feed(from(at, later), 601'000);
  EXPECT_THAT(lines, Contains(HasSubstr("fault broken gap")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr(" obs "))));
  EXPECT_THAT(line.feed(later, 602'000), Contains("@602000 obs spo2 85 valid"));
  line.feed(first(at, later), 603'000);
  EXPECT_THAT(line.feed(from(at, later), 604'000), Contains("@604000 obs spo2 85 valid")) << "a slow line";
}

TEST(Ivy, NothingBeforeTheRecordHasEnded) {
  Port line = port();
  EXPECT_THAT(line.feed(first(561, record())), IsEmpty());
  EXPECT_EQ(line.feed({0xFE}), recorded);
}

}  // namespace
}  // namespace drivers::test::ivy
