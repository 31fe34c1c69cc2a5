// Goal: every message gets the answer its sender waits for, never one that promises too much (promise P5),
// and no message harms its neighbours. Method: whole messages through the driver, answers read back.
#include "drivers/hl7/answer.hpp"
#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

using vitals::Metric;

std::string msh(std::string_view id, std::string_view rest = "P|2.6",
                std::string_view type = "ORU^R01^ORU_R01") {
  return "MSH|^~\\&|MON|BAY|OUR|HOSP|20260309000000+0000||" + std::string(type) + '|' + std::string(id) +
         '|' + std::string(rest) + '\r';
}

struct Seen {
  std::string code, text, control_id, kept, not_kept;
};

class AnswerSink : public drivers::test::RecordingSink {
 public:
  std::vector<Seen> answers;
  void on_answer(const Answer& answer) override {
    const auto text = [](Bytes bytes) { return std::string(bytes.begin(), bytes.end()); };
    answers.push_back({std::string(answer.code), std::string(answer.text), std::string(answer.control_id),
                       text(answer.kept), text(answer.not_kept)});
  }
};

std::vector<Seen> answers_to(const std::vector<std::string>& messages, const Options& options = {}) {
  AnswerSink sink;
  const Made made = make(options);
  for (const std::string& message : messages) made.driver->feed(bytes_of(framed(message)), at(0), sink);
  return sink.answers;
}

Seen answer_to(const std::string& message, const Options& options = {}) {
  const auto all = answers_to({message}, options);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? Seen{} : all.front();
}

bool says(const std::string& frame, std::string_view code) {
  return frame.find("\rMSA|" + std::string(code) + '|') != std::string::npos;
}

TEST(Answers, ModeFollowsTheHeader) {
  struct Case {
    std::string_view accept, application, kept, not_kept;
  };
  const std::vector<Case> cases{{"", "", "AA", "AR"},   {"AL", "NE", "CA", "CE"}, {"NE", "AL", "AA", "AR"},
                                {"AL", "", "CA", "CE"}, {"", "AL", "AA", "AR"},   {"ER", "NE", "", "CE"},
                                {"SU", "NE", "CA", ""}, {"NE", "ER", "", "AR"}};
  for (const Case& one : cases) {
    const Seen seen = answer_to(
        msh("M1", "P|2.6|||" + std::string(one.accept) + '|' + std::string(one.application)) + hr("70"));
    SCOPED_TRACE(std::string(one.accept) + '/' + std::string(one.application));
    EXPECT_EQ(seen.code, one.kept);
    EXPECT_EQ(seen.kept.empty(), one.kept.empty());
    EXPECT_EQ(seen.not_kept.empty(), one.not_kept.empty());
    EXPECT_TRUE(one.kept.empty() || says(seen.kept, one.kept)) << seen.kept;
    EXPECT_TRUE(one.not_kept.empty() || says(seen.not_kept, one.not_kept)) << seen.not_kept;
  }
}

TEST(Answers, BothWantedAreTwoFramesAcceptFirst) {
  const Seen seen = answer_to(msh("M1", "P|2.6|||AL|AL") + hr("70"));
  const std::size_t second = seen.kept.find("\x1C\r\x0B");
  ASSERT_NE(second, std::string::npos);
  EXPECT_TRUE(says(seen.kept.substr(0, second), "CA"));
  EXPECT_TRUE(says(seen.kept.substr(second), "AA"));
}

TEST(Answers, NoneWantedNoneGiven) {
  EXPECT_TRUE(answers_to({msh("M1", "P|2.6|||NE|NE") + hr("70")}).empty());
  EXPECT_TRUE(answers_to({msh("M1", "P|2.6|||NE|NE", "XYZ^Z99")}).empty());
  EXPECT_TRUE(answers_to({msh("M1") + hr("70")}, {{"ack", "none"}}).empty());
}

TEST(Answers, TheSourcesOwnSettingGoesBeforeTheHeader) {
  EXPECT_EQ(answer_to(msh("M1", "P|2.6|||AL|NE") + hr("70"), {{"ack", "original"}}).code, "AA");
  EXPECT_EQ(answer_to(msh("M1") + hr("70"), {{"ack", "enhanced-accept"}}).code, "CA");
}

TEST(Answers, WholeBytes) {
  const Seen seen = answer_to(
      "MSH|^~\\&|MON^1^X|BAY|OUR|HOSP|20260309000000+0000||ORU^R01^ORU_R01| 0042 |P|2.6\r" + hr("70"));
  EXPECT_EQ(seen.kept,
            "\x0BMSH|^~\\&|OUR|HOSP|MON^1^X|BAY|20260309000000+0000||ACK^R01^ACK|202603090000000|P|2.6\r"
            "MSA|AA| 0042 \r\x1C\r");
  EXPECT_EQ(seen.not_kept,
            "\x0BMSH|^~\\&|OUR|HOSP|MON^1^X|BAY|20260309000000+0000||ACK^R01^ACK|202603090000001|P|2.6\r"
            "MSA|AR| 0042 |not kept\rERR|||207^not kept^HL70357|E|||not kept\r\x1C\r");
}

// The answer's own id is the time and a number that counts on: without that number.
std::string without_number(std::string frame) {
  constexpr std::string_view time = "|20260309000000";
  const std::size_t id = frame.find(time, frame.find("||ACK")) + time.size();
  return frame.erase(id, frame.find('|', id) - id);
}

// What is kept of a header from one message to the next must not show.
TEST(Answers, SendersOfOneConnectionGetEachTheirOwn) {
  const std::string unusable = "MSH|^^^^|MON\r" + hr("70");
  const std::vector<std::string> messages{
      msh("M1") + hr("70"),
      msh("M2") + hr("71"),
      msh("M3", "P|2.6|||AL|NE") + hr("70"),
      msh("M4", "T|2.3") + hr("70"),
      msh("M5", "P|2.6", "XYZ^Z99"),
      msh("M6", "P|2.6") + hr("70"),
      unusable,
      "MSH|^~\\&||||HOSP|20260309000000||ORU^R01|M7|P|2.6\r" + hr("70"),
      "MSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\r" + hr("70"),  // Mindray: no answer
      "MSH|^~\\&||||HOSP|20260309000000||ORU^R01|M8|P|2.6\r" + hr("70"),
      "MSH|^~\\&|MON|BAY|OUR|HOSP|20260309000000+0000||ORU^R01|M9|P|2.6\r" + hr("70"),
      "no header\r",
      msh("M10") + hr("70"),
  };
  AnswerSink together;
  const Made made = make({});
  for (const std::string& message : messages) {
    AnswerSink alone;
    const std::size_t before = together.answers.size();
    make({}).driver->feed(bytes_of(framed(message)), at(0), alone);
    made.driver->feed(bytes_of(framed(message)), at(0), together);
    ASSERT_EQ(together.answers.size() - before, alone.answers.size()) << message;
    if (alone.answers.empty()) continue;
    EXPECT_EQ(together.answers.back().code, alone.answers.back().code) << message;
    EXPECT_EQ(without_number(together.answers.back().kept), without_number(alone.answers.back().kept));
    EXPECT_EQ(without_number(together.answers.back().not_kept),
              without_number(alone.answers.back().not_kept));
  }
  EXPECT_EQ(together.answers.size(), messages.size() - 1);
}

TEST(Answers, OldVersionsGetNoErrAndAShorterType) {
  const Seen seen = answer_to("MSH|^~\\&|MON|BAY|||20260309000000||ORU^R01|7|P|2.3\r" + hr("70"));
  EXPECT_NE(seen.kept.find("||ACK^R01|"), std::string::npos);
  EXPECT_NE(seen.kept.find("|vitalsd|"), std::string::npos);
  EXPECT_EQ(seen.not_kept.find("ERR"), std::string::npos);
}

TEST(Answers, UseTheSendersOwnSeparators) {
  const Seen seen = answer_to("MSH@~&#\\@MON@BAY@@@20260309000000@@ORU~R01@7@P@2.6\r");
  EXPECT_NE(seen.kept.find("MSH@~&#\\@vitalsd@"), std::string::npos);
  EXPECT_NE(seen.kept.find("\rMSA@AA@7\r"), std::string::npos);
}

TEST(Answers, ContentOfTheMessageStaysOutOfTextAndNothingUnprintableIsRepeated) {
  const Seen seen =
      answer_to("MSH|^~\\&|M\xFCller\x01|BAY|||20260309000000||ZZZ^Z01|7|P|2.6\rPID|||P1||Doe^Jane\r");
  EXPECT_EQ(seen.kept.find("Doe"), std::string::npos);
  EXPECT_NE(seen.kept.find("|M?ller?|"), std::string::npos);
}

struct Refusal {
  std::string message;
  std::string_view code, error;
};

TEST(Answers, Refusals) {
  const std::vector<Refusal> cases{
      {msh("M1", "P|2.6", "XYZ^Z01"), "AR", "200"},
      {msh("M1", "P|2.6", "RGV^O15^RGV_O15"), "AR", "200"},  // an order accepted is an order somebody acts on
      {msh("M1", "P|2.6", "ORU^R31"), "AR", "201"},
      {msh("M1", "X|2.6"), "AR", "202"},
      {msh("M1", "P|2.6", ""), "AE", "101"},
      {msh("", "P|2.6") + hr("70"), "AE", "101"},
      {msh(std::string(control_id_bytes_max + 1, '7'), "P|2.6") + hr("70"), "AE", "101"},
  };
  for (const Refusal& one : cases) {
    const Seen seen = answer_to(one.message);
    EXPECT_TRUE(says(seen.kept, one.code)) << seen.kept;
    EXPECT_TRUE(says(seen.not_kept, one.code)) << "a refusal stays one";
    EXPECT_NE(seen.kept.find('|' + std::string(one.error) + '^'), std::string::npos) << seen.kept;
  }
  EXPECT_EQ(answer_to(msh("M1", "P|3.0")).code, "AR");
  EXPECT_EQ(answer_to("MSH|^&\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\r" + hr("70")).code, "AE");
  EXPECT_EQ(answer_to("EVN|A01|20260309000000\rPID|||1\r").code, "AE");
}

TEST(Answers, NothingIsReadOfAMessageWhoseHeaderLeavesDoubt) {
  for (const std::string& message :
       {"MSH|^&\\&|M|B|||20260309000000||ORU^R01|1|P|2.6\r" + hr("70"), hr("70"),
        "PID||~\\&|||||20201211162102||ORU^R01|2|P|2.4\r" + hr("70"),
        // the segment ends were lost
        "MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6 PID|||P1 OBX|1|NM|8867-4^HR^LN||70|/min|||||F " +
            std::string(200, ' ')}) {
    Lab lab;
    lab.message(message);
    EXPECT_TRUE(lab.sink.observations.empty()) << message;
    EXPECT_EQ(lab.count("answer AE"), 1U) << message;
  }
}

// A lost segment end: what stands behind it would be missed in silence, or be another patient's.
TEST(Answers, SegmentsInOneLineAreADamagedMessage) {
  const std::string header = "MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.6|||AL|NE||||||A^B^1.3^ISO";
  const std::string pid = "PID|||P1", pv1 = "PV1||I|A^B^C", row = "OBX|1|NM|8867-4^HR^LN||70|/min|||||F";
  const auto whole = [](std::initializer_list<std::string> parts) {
    std::string text;
    for (const std::string& part : parts) text += part;
    return text;
  };
  for (const std::string& message :
       {whole({header, pid, "\r", pv1, "\r", row, "\r"}), whole({header, "\r", pid, pv1, "\r", row, "\r"}),
        whole({header, "\r", pid, "\r", pv1, row, "\r"}),
        whole({header, "\r", pid, "\r", pv1, "\r", row, row}),
        whole({header, "\r", pid, "\r", pv1, "\r", row, "|||", row})}) {
    Lab lab;
    lab.message(message);
    EXPECT_TRUE(lab.sink.observations.empty()) << message;
    EXPECT_EQ(lab.count("answer CE"), 1U) << message;
  }
  Lab sound;
  sound.message(whole({"MSH|^~\\&|RAPID|LIPID|||20260309000000||ORU^R01|1|P|2.6\r", row, "\r"}));
  EXPECT_EQ(sound.said(Metric::hr), "70 valid");
}

TEST(Answers, NeverToAnAnswerAHeartbeatOrTheTransport) {
  for (const std::string& message :
       {msh("M1", "P|2.6|||AL|AL", "ACK^R01") + "MSA|AA|1\r", msh("M1", "P|2.6", "ADR^A19") + "MSA|AA|1\r",
        std::string("MSA|AA|1\r"), std::string("MSH|^~\\&|||||||ORU^R01|106|P|2.3.1|\r"), std::string("\x06"),
        std::string("\x15"), std::string(""), std::string("\r"), "D23\r" + msh("M1")})
    EXPECT_TRUE(answers_to({message}).empty()) << message;
}

TEST(Answers, NeverToATypeThatAnswersEvenWithoutMsa) {
  for (const std::string type :
       {"ACK", "ACK^R01^ACK", "MCF^Q02", "ADR^A19", "ORA^R41", "RRG^O16", "ORF^R04"}) {
    Lab lab;
    lab.message("MSH|^~\\&|M|B|||20260309000000||" + type + "|1|P|2.6\rPID|||T1\r" + hr("70"));
    EXPECT_EQ(lab.count("kept="), 0U) << type;
  }
  Lab damaged;
  damaged.message("MSH|^&\\&|M|B|||20260309000000||ACK|1|P|2.6\rMSA|AA|1\r");
  EXPECT_EQ(damaged.count("kept="), 0U);
}

TEST(Answers, ValuesInAnAnswerToAQueryAreRead) {
  Lab lab;
  lab.message(msh("M1", "P|2.4", "ORF^R04") + "MSA|AA|9\r" + hr("70"));
  EXPECT_EQ(lab.said(Metric::hr), "70 valid");
  EXPECT_EQ(lab.count("answer"), 0U);
}

TEST(Answers, RawLinksGetThemWithoutFrame) {
  AnswerSink sink;
  const Made made = make({{"framing", "raw"}});
  made.driver->feed(bytes_of(msh("M1") + hr("70")), at(0), sink);
  made.driver->tick(at(500), sink);
  ASSERT_EQ(sink.answers.size(), 1U);
  EXPECT_EQ(sink.answers[0].kept.substr(0, 4), "MSH|");
  EXPECT_EQ(sink.answers[0].kept.back(), '\r');
}

TEST(Duplicates, AreAnsweredAgainAndNotReadAgain) {
  Lab lab;
  lab.message(msh("M1") + hr("70"), 0);
  lab.message(msh("M1") + hr("70"), 599'000);
  EXPECT_EQ(lab.sink.observations.size(), 1U);
  EXPECT_EQ(lab.count("answer AA"), 2U);
  EXPECT_EQ(lab.count("answer AA text=\"duplicate\""), 1U);
}

TEST(Duplicates, AreForgottenAfterTenMinutes) {
  Lab lab;
  lab.message(msh("M1") + hr("70"), 0);
  lab.message(msh("M1") + hr("70"), 600'001);
  EXPECT_EQ(lab.sink.observations.size(), 2U);
}

TEST(Duplicates, TheSameIdWithOtherBytesIsNew) {
  Lab lab;
  lab.message(msh("M1") + hr("70"));
  lab.message(msh("M1") + hr("71"));
  EXPECT_EQ(lab.sink.observations.size(), 2U);
}

TEST(Duplicates, WithoutAnyTimeEqualBytesAreNewData) {
  Lab lab;
  const std::string message = "MSH|^~\\&|M|B|||||ORU^R01|1|P|2.4\r" + hr("70");
  lab.message(message);
  lab.message(message);
  EXPECT_EQ(lab.sink.observations.size(), 2U);
}

// A day is no time: a sender with one and a fixed id would be a duplicate for ever.
TEST(Duplicates, ADateAloneIsNoTime) {
  const auto times_read = [](const std::string& sent, const std::string& group) {
    const std::string message = "MSH|^~\\&|M|B|||" + sent +
                                "||ORU^R01|S1|P|2.4\rPID|||T1\rPV1||I|^^B1\rOBR|1||||||" + group + "\r" +
                                hr("72");
    Lab lab;
    for (int i = 0; i < 3; ++i) lab.message(message, i * 10'000);
    return lab.count("obs hr");
  };
  for (const std::string text : {"20260309", "2026030912", "00000000000000", "000000000000", "\"\"", ""}) {
    EXPECT_EQ(times_read(text, ""), 3U) << text;
    EXPECT_EQ(times_read("", text), 3U) << text;
    EXPECT_EQ(times_read("20260309120000", text), 1U) << text;
  }
  for (const std::string text : {"202603091200", "20260309120000.25+0100", "2026-03-09T12:00:00Z"}) {
    EXPECT_EQ(times_read(text, ""), 1U) << text;
    EXPECT_EQ(times_read("20260309", text), 1U) << text;
  }
}

TEST(Duplicates, TheTableForgetsTheOldestAndStaysRight) {
  Lab lab;
  for (int i = 0; i < 10'000; ++i) lab.message(msh(std::to_string(i)) + hr("70"), i);
  EXPECT_EQ(lab.sink.observations.size(), 10'000U);
  lab.message(msh("9999") + hr("70"), 10'000);
  EXPECT_EQ(lab.sink.observations.size(), 10'000U);
}

TEST(Poison, ARefusedMessageThatKeepsComingIsNoticed) {
  const std::string bad = msh("M1", "P|2.6", "XYZ^Z01");
  Lab lab;
  for (int i = 0; i < 3; ++i) lab.message(bad);
  EXPECT_EQ(lab.count("poison-message"), 1U);
  EXPECT_EQ(lab.count("answer AR"), 3U);
  const auto answers = answers_to({bad, bad, bad}, {{"accept_poison", "yes"}});
  EXPECT_TRUE(says(answers.at(1).kept, "AR"));
  EXPECT_TRUE(says(answers.at(2).kept, "AA"));
}

TEST(Batches, EveryMessageIsAnsweredAndABrokenOneSpoilsNoOther) {
  Lab lab;
  lab.message("FHS|^~\\&|A\rBHS|^~\\&|A\r" + msh("M1") + hr("70") + "MSH|^&\\&|x|\r" + hr("99") + msh("M3") +
              hr("72") + "BTS|9\rFTS|9\r");
  ASSERT_EQ(lab.sink.observations.size(), 2U);
  EXPECT_EQ(lab.sink.observations.at(1).value, 72);
  EXPECT_EQ(lab.count("answer AA"), 2U);
  EXPECT_EQ(lab.count("answer AE"), 1U);
  Lab empty;
  empty.message("FHS|^~\\&|A\rFTS|0\r");
  EXPECT_EQ(empty.count("answer AE"), 1U);
}

TEST(Content, AnEscapedSegmentEndForgesNothing) {
  Lab lab;
  lab.rows("OBX|1|TX|N^Note^L||a\\X0D\\OBX\\F\\2\\F\\NM\\F\\8867-4^HR^LN\\F\\\\F\\200||||||F\r" + hr("70"));
  ASSERT_EQ(lab.sink.observations.size(), 1U);
  EXPECT_EQ(lab.sink.observations.at(0).value, 70);
}

TEST(Content, TooManySegmentsAreRefusedWhole) {
  std::string rows;
  for (int i = 0; i < 9000; ++i) rows += "NTE|1\r";
  Lab lab;
  lab.message(msh("M1") + hr("70") + rows);
  EXPECT_TRUE(lab.sink.observations.empty());
  EXPECT_EQ(lab.count("answer AE"), 1U);
}

TEST(Content, AHugeFieldBeforeAValueDoesNotMatter) {
  Lab lab;
  lab.rows("OBX|1|ED|11502-2^Report^LN||^application^pdf^Base64^" + std::string(200'000, 'Q') + "||||||F\r" +
           hr("85"));
  EXPECT_EQ(lab.said(Metric::hr), "85 valid");
  Lab long_number;
  long_number.rows(hr(std::string(70'000, '1')));
  EXPECT_EQ(long_number.count("field-too-long"), 1U);
}

TEST(Content, TrainingIsMarked) {
  for (const auto& [id, test] :
       std::vector<std::pair<std::string, bool>>{{"P", false}, {"", false}, {"T", true}, {"D", true}}) {
    Lab lab;
    lab.message(msh("M1", id + "|2.6") + hr("20"));
    EXPECT_EQ(lab.said(Metric::hr), "20 valid") << id;
    EXPECT_EQ(lab.find(Metric::hr)->test, test) << id;
  }
}

TEST(OptionsOfHl7, AMindrayHeartbeatGoesOutOnceASecondAndOnlyWhereItIsWanted) {
  Lab lab(Options{{"keep_alive", "mindray-pds"}});
  Lab quiet;
  for (std::int64_t ms = 100; ms <= 3'000; ms += 100) {
    lab.tick(ms);
    quiet.tick(ms);
  }
  EXPECT_EQ(lab.count("send"), 3U);
  EXPECT_EQ(quiet.count("send"), 0U);
  EXPECT_NE(lab.lines("send").at(0).find("31 30 36 7C 50 7C"), std::string::npos);
}

TEST(OptionsOfHl7, AreChecked) {
  EXPECT_TRUE(make({}).driver);
  const std::vector<Options> wrong{{{"framing", "hllp"}},    {{"ack", "maybe"}},  {{"location", "bad"}},
                                   {{"zone", "CET"}},        {{"zone", "+1500"}}, {{"frame_max", "10"}},
                                   {{"frame_max", "1e6"}},   {{"name", "a|b"}},   {{"name", ""}},
                                   {{"accept_poison", "1"}}, {{"unheard", "of"}}};
  for (const Options& options : wrong) {
    const Made made = make(options);
    EXPECT_FALSE(made.driver) << options.begin()->first;
    EXPECT_NE(made.error.find(options.begin()->first), std::string::npos) << made.error;
  }
}

TEST(OptionsOfHl7, ZoneAndFrameMaxWork) {
  Lab zone(Options{{"zone", "+0100"}});
  zone.message("MSH|^~\\&|M|B|||20260309000000||ORU^R01|1|P|2.4\r" + hr("60"));
  EXPECT_EQ(vitals::unix_ms(*zone.find(Metric::hr)->t_src), day_unix_ms - 3'600'000);
  Lab summer(Options{{"zone", "CET-1CEST,M3.5.0,M10.5.0/3"}});
  summer.message("MSH|^~\\&|M|B|||20260709000000||ORU^R01|1|P|2.4\r" + hr("60"));
  EXPECT_EQ(vitals::unix_ms(*summer.find(Metric::hr)->t_src), 1'783'548'000'000);  // 2026-07-08T22:00:00Z
  Lab small(Options{{"frame_max", "65536"}});
  small.message(std::string(65'537, 'x'));
  EXPECT_EQ(small.count("close frame-too-long"), 1U);
}

}  // namespace
}  // namespace drivers::hl7::test
