// Goal: alarms that Philips writes between the values reach the station once, and end when the sender's next
// results for the place do not repeat them. Method: messages through the whole driver.
#include "drivers/hl7/inline_alerts.hpp"

#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

class InlineAlarms : public ::testing::Test {
 protected:
  static std::string alert(const std::string& kind, const std::string& text,
                           const std::string& status = "F") {
    return "OBX||TX|" + kind + "^MDIL-ALERT||" + text + "||||||" + status + '\r';
  }
  void report(const std::string& rows, const std::string& bed = "Bed7", const std::string& application = "",
              const std::string& processing = "P") {
    lab.sink.lines.clear();
    lab.message("MSH|^~\\&|" + application + "||||||ORU^R01|HP" + std::to_string(++sent_) + '|' + processing +
                "|2.5||||||8859/1\rPID|||P-1\rPV1||I|ICU^^" + bed + "&0&0\rOBR|||||||20260309000000\r" +
                rows);
  }
  std::vector<std::string> told() const { return lab.lines(" alarm "); }

  Lab lab;

 private:
  int sent_ = 0;
};

TEST_F(InlineAlarms, AreToldWithTheirLevel) {
  report(alert("1^Red", "*** ASYSTOLE") + alert("2^Yellow", "** HR 134>120") +
         alert("5^HardInop", "SpO2T  No Pulse") + alert("6^SoftInop", "NBP Equipment Malf") +
         alert("9^Other", "What else") + hr("60"));
  const std::string when = " event_time=1773014400000 text=";
  const std::vector<std::string> expected{
      "@0 alarm on high" + when + "\"*** ASYSTOLE\" code=\"ASYSTOLE\"",
      "@0 alarm on medium" + when + "\"** HR 134>120\" code=\"HR\"",
      "@0 alarm on low technical" + when + "\"SpO2T  No Pulse\" code=\"SpO2T  No Pulse\"",
      "@0 alarm on low technical" + when + "\"NBP Equipment Malf\" code=\"NBP Equipment Malf\"",
      "@0 alarm on medium level-assumed" + when + "\"What else\" code=\"What else\""};
  EXPECT_EQ(told(), expected);
  EXPECT_EQ(lab.said(vitals::Metric::hr), "60 valid");
  EXPECT_EQ(lab.count("fault"), 0U);
}

TEST_F(InlineAlarms, OnesThatStandAreToldOnceWithNumbersThatChange) {
  report(alert("2^Yellow Alarm", "HR Low, HR=55 /min"));
  EXPECT_EQ(told().size(), 1U);
  report(alert("2^Yellow Alarm", "HR Low, HR=55 /min"));
  EXPECT_EQ(told().size(), 0U);
  report(alert("2^Yellow Alarm", "HR Low, HR=51 /min"));
  ASSERT_EQ(told().size(), 1U);
  EXPECT_NE(told()[0].find("code=\"HR Low\""), std::string::npos);
  report(alert("1^Red Alarm", "HR Low, HR=31 /min"));
  ASSERT_EQ(told().size(), 1U);
  EXPECT_NE(told()[0].find("alarm on high"), std::string::npos);
}

TEST_F(InlineAlarms, EndWithTheNextResultsOfThatPlaceAndSender) {
  report(alert("2^Yellow", "** HR 134>120") + hr("134"));
  report(hr("134"), "Bed8");
  EXPECT_EQ(told().size(), 0U) << "another bed";
  report(hr("134"), "Bed7", "OTHER");
  EXPECT_EQ(told().size(), 0U) << "another sender";
  report(hr("100"));
  ASSERT_EQ(told().size(), 1U);
  EXPECT_NE(told()[0].find("alarm off"), std::string::npos);
  EXPECT_NE(told()[0].find("code=\"HR\""), std::string::npos);
  report(hr("100"));
  EXPECT_EQ(told().size(), 0U);
}

TEST_F(InlineAlarms, ThatAreWithdrawnDoNotStand) {
  report(alert("2^Yellow", "** HR 134>120"));
  report(alert("2^Yellow", "** HR 134>120", "X"));
  ASSERT_EQ(told().size(), 1U);
  EXPECT_NE(told()[0].find("alarm off"), std::string::npos);
}

TEST_F(InlineAlarms, OfTrainingAreMarked) {
  report(alert("2^Yellow", "** HR 134>120"), "Bed7", "", "T");
  ASSERT_EQ(told().size(), 1U);
  EXPECT_NE(told()[0].find(" test"), std::string::npos);
}

TEST(AlertWords, LeaveOutWhatChanges) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"** HR 134>120", "HR"},
      {"HR Low, HR=55 /min", "HR Low"},
      {"SpO2T  No Pulse", "SpO2T  No Pulse"},
      {"***APNEA", "APNEA"},
      {"!!SpO2 >100", "SpO2"},
      {"12 LEAD OFF", "12 LEAD OFF"},
      {"", ""},
      {"** ", ""}};
  for (const auto& [text, words] : cases) EXPECT_EQ(alert_words(text), words) << text;
}

}  // namespace
}  // namespace drivers::hl7::test
