// Goal: messages are cut out of any byte stream that real senders produce, with memory bounded. Method:
// streams fed whole and byte by byte.
#include "drivers/hl7/mllp_framer.hpp"

#include "tests/unit/hl7/message_lab.hpp"

namespace drivers::hl7::test {
namespace {

class Recorder : public Framer::Events {
 public:
  void on_frame(std::string_view frame, std::uint64_t offset, vitals::Stamp) override {
    lines.push_back(std::string(frame) + '@' + std::to_string(offset));
  }
  void on_framing_fault(std::string_view reason, std::uint64_t offset, vitals::Stamp) override {
    lines.push_back('!' + std::string(reason) + '@' + std::to_string(offset));
  }
  void on_framing_lost(std::string_view reason) override { lines.push_back("close " + std::string(reason)); }

  std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

Lines cut(std::string_view stream, std::size_t part, Framing framing = Framing::mllp) {
  Framer framer(framing, frame_bytes_max_standard);
  Recorder events;
  for (std::size_t i = 0; i < stream.size(); i += part)
    framer.feed(bytes_of(stream.substr(i, part)), at(0), events);
  return events.lines;
}

struct Vector {
  std::string_view name;
  std::string stream;
  Lines expected;
};

const std::vector<Vector>& vectors() {
  using namespace std::string_literals;
  static const std::vector<Vector> all{
      {"two frames in one read", "\x0Bm1\x1C\r\x0Bm2\x1C\r", {"m1@1", "m2@6"}},
      {"FS without CR", "\x0Bm1\x1C", {"m1@1"}},
      {"FS without CR, twice", "\x0Bm1\x1C\x0Bm2\x1C", {"m1@1", "m2@5"}},
      {"torn by a new start", "\x0Bhalf\x0Bm2\x1C\r", {"!frame-restarted@1", "m2@6"}},
      {"torn twice",
       "\x0B"
       "a\x0B"
       "b\x0B"
       "c\x1C\r",
       {"!frame-restarted@1", "!frame-restarted@3", "c@5"}},
      {"empty frames", "\x0B\x1C\r\x0B\r\x1C\r", {"!empty-frame@1", "!empty-frame@4"}},
      {"doubled VT and FS", "\x0B\x0Bm1\x1C\x1C\r", {"m1@2"}},
      {"line ends behind the frame", "\x0Bm1\x1C\r\r\n\x0Bm2\x1C\n", {"m1@1", "m2@8"}},
      {"noise", "\r\n\x0Bm1\x1C\r hello\0\x0Bm2\x1C\r"s, {"m1@3", "!bytes-between-frames@8", "m2@15"}},
      {"bare HL7", "MSH|^~\\&|\x0Bm1\x1C\r", {"!message-without-frame@0", "m1@10"}},
  };
  return all;
}

TEST(Framer, CutsWhatRealStreamsHold) {
  for (const Vector& one : vectors()) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(cut(one.stream, one.stream.size()), one.expected);
    EXPECT_EQ(cut(one.stream, 1), one.expected);
    EXPECT_EQ(cut(one.stream, 3), one.expected);
  }
}

TEST(Framer, AMessageIsThereAtItsFsAndDoesNotWaitForTheCr) {
  Framer framer(Framing::mllp, frame_bytes_max_standard);
  Recorder events;
  framer.feed(bytes_of("\x0Bm1\x1C"), at(0), events);
  EXPECT_EQ(events.lines, Lines{"m1@1"});
  framer.feed(bytes_of("\r"), at(300), events);
  framer.tick(at(20'000), events);
  EXPECT_EQ(events.lines, Lines{"m1@1"});
}

TEST(Framer, AnEndlessFrameClosesTheLinkAtTheLimitWithMemoryFlat) {
  Framer framer(Framing::mllp, 100'000);
  Recorder events;
  const std::string piece(4096, 'x');
  framer.feed(bytes_of("\x0B"), at(0), events);
  for (int i = 0; i < 512; ++i) {
    framer.feed(bytes_of(piece), at(i), events);
    ASSERT_LE(framer.buffer_bytes(), 200'000U);
  }
  EXPECT_EQ(events.lines, (Lines{"!frame-too-long@1", "close frame-too-long"}));
  EXPECT_LE(framer.buffer_bytes(), buffer_bytes_kept);
}

TEST(Framer, TheBufferIsGivenBackAfterALargeFrame) {
  Framer framer(Framing::mllp, frame_bytes_max_standard);
  Recorder events;
  framer.feed(bytes_of("\x0B" + std::string(500'000, 'x')), at(0), events);
  EXPECT_GE(framer.buffer_bytes(), 500'000U);
  framer.feed(bytes_of("\x1C"), at(0), events);
  EXPECT_EQ(events.lines.size(), 1U);
  EXPECT_LE(framer.buffer_bytes(), buffer_bytes_kept);
}

TEST(Framer, MoreThanFourKibibytesOfNoiseCloseTheLink) {
  const std::string at_limit(garbage_bytes_max, 'x');
  EXPECT_EQ(cut(at_limit, 1000), Lines{});
  const Lines lost{"!bytes-between-frames@0", "close no-frame-start"};
  EXPECT_EQ(cut(at_limit + "x\x0Bm1\x1C", 5000), lost);
  EXPECT_EQ(cut(at_limit + "x\x0Bm1\x1C", 1), lost);
}

TEST(Framer, AFrameWithoutEndIsGivenUpAfterTenSecondsOfSilence) {
  Framer framer(Framing::mllp, frame_bytes_max_standard);
  Recorder events;
  framer.feed(bytes_of("\x0Bhalf"), at(0), events);
  framer.tick(at(9'999), events);
  EXPECT_EQ(events.lines, Lines{});
  framer.tick(at(10'000), events);
  EXPECT_EQ(events.lines, (Lines{"!frame-timeout@1", "close frame-timeout"}));
}

TEST(Framer, RawMessagesEndAtTheNextOneOrAfterHalfASecond) {
  Framer framer(Framing::raw, frame_bytes_max_standard);
  Recorder events;
  framer.feed(bytes_of("MSH|1\rPID|MSH\rMSH|2\r"), at(0), events);
  EXPECT_EQ(events.lines, Lines{"MSH|1\rPID|MSH\r@0"});
  framer.tick(at(499), events);
  EXPECT_EQ(events.lines.size(), 1U);
  framer.tick(at(500), events);
  EXPECT_EQ(events.lines.back(), "MSH|2\r@14");
}

// What a value's age is counted from: the arrival of its own message, not of the one that ends it.
TEST(Framer, ARawMessageHasTheTimeOfItsOwnLastByteHoweverTheNextStartIsCut) {
  class Times : public Recorder {
   public:
    void on_frame(std::string_view frame, std::uint64_t, vitals::Stamp rx) override {
      frames.emplace_back(std::string(frame), rx);
    }
    std::vector<std::pair<std::string, vitals::Stamp>> frames;
  };
  const std::string first = "MSH|1\rOBX|1\r", next = "MSH|2\r";
  for (std::size_t early = 0; early < next.size(); ++early) {
    for (std::size_t pieces = 1; pieces <= 2; ++pieces) {
      SCOPED_TRACE(std::to_string(early) + " bytes of the next start early, last line in " +
                   std::to_string(pieces));
      Framer framer(Framing::raw, frame_bytes_max_standard);
      Times events;
      const std::size_t cut_at = pieces == 1 ? 0 : first.size() - 1;  // its line end comes by itself
      framer.feed(bytes_of(first.substr(0, cut_at)), at(0), events);
      framer.feed(bytes_of(first.substr(cut_at)), at(100), events);
      for (std::size_t i = 0; i < early; ++i)
        framer.feed(bytes_of(next.substr(i, 1)), at(200 + static_cast<std::int64_t>(i)), events);
      framer.feed(bytes_of(next.substr(early)), at(300), events);
      ASSERT_EQ(events.frames.size(), 1U);
      EXPECT_EQ(events.frames[0].first, first);
      EXPECT_EQ(events.frames[0].second, at(100));
    }
  }
}

TEST(Framer, RawMessagesOfOneReadHaveItsTime) {
  class Times : public Recorder {
   public:
    void on_frame(std::string_view, std::uint64_t, vitals::Stamp rx) override { times.push_back(rx); }
    std::vector<vitals::Stamp> times;
  };
  Framer framer(Framing::raw, frame_bytes_max_standard);
  Times events;
  framer.feed(bytes_of("MSH|1\r"), at(0), events);
  framer.feed(bytes_of("OBX|1\rMSH|2\rMSH|3\r"), at(50), events);
  framer.tick(at(550), events);
  EXPECT_EQ(events.times, (std::vector<vitals::Stamp>{at(50), at(50), at(50)}));
}

TEST(Framer, RawIsCutTheSameAtEverySplit) {
  const std::string stream = "banner\rMSH|1\r\nOBX\r\nMSH|2\r\nXMSH|no\r\nMSH|3\r\n";
  const Lines expected{"!bytes-between-frames@0", "MSH|1\r\nOBX\r\n@7", "MSH|2\r\nXMSH|no\r\n@19"};
  for (std::size_t part = 1; part <= stream.size(); ++part)
    EXPECT_EQ(cut(stream, part, Framing::raw), expected) << part;
}

TEST(Framer, P8_AMessageBehindTooMuchGarbageIsLostAtEverySplit) {
  std::size_t lost = 0;
  constexpr std::size_t first = garbage_bytes_max - 8, last = garbage_bytes_max + 8;
  for (std::size_t garbage = first; garbage <= last; ++garbage) {
    const std::string stream = std::string(garbage, 'x') + "\rMSH|1\rMSH|2\r";
    const Lines expected = cut(stream, 1, Framing::raw);
    lost += expected.back() == "close no-frame-start" ? 1U : 0U;
    for (const std::size_t part : {std::size_t{64}, std::size_t{1'000}, stream.size()})
      EXPECT_EQ(cut(stream, part, Framing::raw), expected) << garbage << " bytes, by " << part;
  }
  EXPECT_GT(lost, 0U);
  EXPECT_LT(lost, last - first);
}

TEST(Framer, RawMessagesHaveTheLimitToo) {
  Framer framer(Framing::raw, 70'000);
  Recorder events;
  framer.feed(bytes_of("MSH|" + std::string(80'000, 'x')), at(0), events);
  EXPECT_EQ(events.lines, (Lines{"!frame-too-long@0", "close frame-too-long"}));
}

TEST(Framer, TellsAFramedCaptureFromABareOne) {
  using namespace std::string_literals;
  EXPECT_TRUE(looks_framed(bytes_of("\x0BMSH")));
  EXPECT_TRUE(looks_framed(bytes_of("\0 \r\n\x0BMSH"s)));
  EXPECT_FALSE(looks_framed(bytes_of("MSH|\x0B")));
  EXPECT_FALSE(looks_framed(bytes_of("")));
}

}  // namespace
}  // namespace drivers::hl7::test
