// Goal: what belongs to a source outlives a connection - repeated messages, refusals, the rate - and one
// source knows nothing of another. Method: several drivers on one memory.
#include "drivers/hl7/source_memory.hpp"

#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

class Connections : public testing::Test {
 protected:
  void send(const std::string& message, std::int64_t ms = 0, const Options& options = {}) {
    const Made made = make(options, memory_);  // a connection for each message
    made.driver->feed(bytes_of(framed(message)), at(ms), sink);
  }
  std::size_t count(std::string_view word) const {
    std::size_t found = 0;
    for (const auto& line : sink.lines) found += line.find(word) != std::string::npos ? 1U : 0U;
    return found;
  }
  std::shared_ptr<SourceMemory> memory_ = make_memory();
  drivers::test::RecordingSink sink;
};

TEST_F(Connections, ARepeatedMessageIsKnownOnTheNextOne) {
  send(oru(hr("70"), "M1"));
  send(oru(hr("70"), "M1"), 5'000);
  EXPECT_EQ(sink.observations.size(), 1U);
  EXPECT_EQ(count("answer AA"), 2U);
  EXPECT_EQ(count("answer AA text=\"duplicate\""), 1U);
}

TEST_F(Connections, AnotherSourceDoesNotKnowIt) {
  send(oru(hr("70"), "M1"));
  memory_ = make_memory();
  send(oru(hr("70"), "M1"));
  EXPECT_EQ(sink.observations.size(), 2U);
}

TEST_F(Connections, AlarmsPumpEventsAndAdmissionsAreKnownToo) {
  const std::string alert =
      "MSH|^~\\&|M|V|||20260309000000||ORU^R40|1|P|2.6\rPV1||I|^^B1\rOBR|1||E1\r"
      "OBX|2|ST|196648^MDC_EVT_HI^MDC|1.1.1.1.1|x||||||R\rOBX|2|ST|68481|1.1.1.1.3|end||||||R\r";
  const std::string admission = "MSH|^~\\&|M|V|||20260309000000||ADT^A01|2|P|2.6\rPID|||P1\rPV1||I|^^B1\r";
  for (int i = 0; i < 2; ++i) {
    send(alert);
    send(admission);
  }
  EXPECT_EQ(count("alarm off"), 1U);
  EXPECT_EQ(count("patient admit"), 1U);
  EXPECT_EQ(count("duplicate"), 4U);  // a fault and an answer each
}

TEST_F(Connections, ARefusedMessageIsTriedAnew) {
  const std::string admission = "MSH|^~\\&|M|V|||20260309000000||ADT^A01|2|P|2.6\rPID|||\rPV1||I|^^B1\r";
  send(admission);
  send(admission);
  EXPECT_EQ(count("answer AE"), 2U) << sink.text();
  EXPECT_EQ(count("duplicate"), 0U);
}

TEST_F(Connections, AReusedControlIdIsCounted) {
  send(oru(hr("70"), "M1"));
  send(oru(hr("71"), "M1"), 1'000);
  send(oru(hr("72"), "M2"), 2'000);
  send(oru(hr("73"), "M1"), duplicate_window_ms.count() + 2'000);
  EXPECT_EQ(count("control-id-reused"), 1U);
  EXPECT_EQ(sink.observations.size(), 4U);
}

TEST_F(Connections, AMessageRefusedTheThirdTimeIsPoisonOnAnyConnection) {
  const std::string bad = "MSH|^~\\&|M|B|||20260309000000||XYZ^Z01|1|P|2.6\r";
  const Options options{{"accept_poison", "yes"}};
  for (int i = 0; i < 3; ++i) {
    send(bad, i, options);
    send(oru(hr("70"), "ok" + std::to_string(i)), i, options);
  }
  EXPECT_EQ(count("poison-message"), 1U);
  EXPECT_EQ(count("answer AR"), 2U);
  EXPECT_EQ(count("answer AA text=\"poison message accepted\""), 1U);
}

TEST(RefusalTable, TheOldestGivesWay) {
  Refusals refusals;
  EXPECT_EQ(refusals.note(7), 1);
  for (std::uint64_t i = 100; i < 100 + refusals_max - 1; ++i) EXPECT_EQ(refusals.note(i), 1);
  EXPECT_EQ(refusals.note(7), 2) << "the last place";
  for (std::uint64_t i = 200; i < 200 + refusals_max; ++i) refusals.note(i);
  EXPECT_EQ(refusals.note(7), 1) << "forgotten";
}

TEST(MessageRate, ABurstIsNormalAndTheExcessIsSaidOnce) {
  RateMeter meter;
  vitals::MonoTime now{vitals::Milliseconds{1'000'000}};
  int said = 0;
  for (int i = 0; i < 500; ++i) said += meter.exceeded(now) ? 1 : 0;
  EXPECT_EQ(said, 0);
  for (int i = 0; i < 1'000; ++i) {
    now += vitals::Milliseconds{10};  // 100 a second
    said += meter.exceeded(now) ? 1 : 0;
  }
  EXPECT_EQ(said, 1);
  now += vitals::Milliseconds{20'000};
  for (int i = 0; i < 501; ++i) said += meter.exceeded(now) ? 1 : 0;
  EXPECT_EQ(said, 2) << "after a pause it is news";
}

TEST(MessageRate, FiftyASecondForEverIsNormal) {
  RateMeter meter;
  vitals::MonoTime now{vitals::Milliseconds{0}};
  for (int i = 0; i < 100'000; ++i, now += vitals::Milliseconds{20}) ASSERT_FALSE(meter.exceeded(now)) << i;
}

TEST_F(Connections, ValuesAboveTheRateAreStillRead) {
  for (int i = 0; i < 600; ++i) send(oru(hr("70"), "R" + std::to_string(i)));
  EXPECT_EQ(sink.observations.size(), 600U);
  EXPECT_EQ(count("fault broken message-rate"), 1U);
}

}  // namespace
}  // namespace drivers::hl7::test
