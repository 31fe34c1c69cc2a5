// Every driver's captures are recognised, and what cannot be told apart is never guessed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "daemon/settings/one_source.hpp"
#include "daemon/tools/probe_score.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/nonin_bytes.hpp"

namespace tools {
namespace {

using drivers::test::captures_of;
using drivers::test::read_capture;

struct Heard {
  drivers::test::Capture capture;
  Verdict verdict;
};

Heard hear(const std::filesystem::path& path) {
  Heard out{read_capture(path), {}};
  Probe probe(serial_candidates());
  for (const auto& piece : out.capture.pieces) {
    const vitals::Stamp at = drivers::test::stamp(piece.at_ms);
    probe.feed(piece.bytes, at);
    probe.tick(at);
  }
  out.verdict = probe.verdict();
  return out;
}

std::vector<std::string> names_of(const Verdict& verdict) {
  std::vector<std::string> out;
  for (const Finding& finding : verdict.fits) out.emplace_back(finding.candidate.entry->facts->name);
  return out;
}

// Of a protocol with a checksum in each frame nothing else is ever called sure.
TEST(Probe, NothingForeignIsSure) {
  for (const drivers::Entry& entry : drivers::registry()) {
    if (entry.facts->line.baud == 0) continue;
    for (const auto& path : captures_of(entry.facts->name)) {
      const Heard heard = hear(path);
      for (const Finding& finding : heard.verdict.fits) {
        EXPECT_TRUE(finding.sureness < Sureness::sure || finding.candidate.entry == &entry)
            << path << " is taken for " << finding.candidate.entry->facts->name;
      }
    }
  }
}

// Of a format without a checksum nobody can be sure, whatever the protocol's other formats have.
TEST(Probe, AFormatWithoutAChecksumIsLikelyAtMost) {
  struct Spoken {
    std::string format;
    std::vector<std::uint8_t> bytes;  // each second
    Sureness sureness;
  };
  const std::string line = "SPO2=098 HR=072\r\n";
  const std::vector<Spoken> all{
      {"1", drivers::test::hex("80 48 62"), Sureness::likely},
      {"8", drivers::test::hex("80 48 62 20"), Sureness::likely},
      {"text", {line.begin(), line.end()}, Sureness::likely},
      {"13", drivers::test::hex("00 02 00 0D 00 0E 20 26 03 09 14 25 36 00 02 00 00 48 00 62 6D 03"),
       Sureness::sure}};
  for (const Spoken& spoken : all) {
    SCOPED_TRACE(spoken.format);
    Probe probe(std::vector<Candidate>{{drivers::find("nonin"), {{"format", spoken.format}}}});
    for (int second = 0; second < 10; ++second) probe.feed(spoken.bytes, drivers::test::stamp(second * 1000));
    ASSERT_EQ(probe.verdict().fits.size(), 1U);
    EXPECT_EQ(probe.verdict().fits.front().sureness, spoken.sureness);
  }
}

// Where its own driver found enough to be likely, it is among those that are named.
TEST(Probe, TheRightOneIsNamed) {
  for (const drivers::Entry& entry : drivers::registry()) {
    if (entry.facts->line.baud == 0) continue;
    for (const auto& path : captures_of(entry.facts->name)) {
      const Heard heard = hear(path);
      if (heard.verdict.fits.empty() || heard.verdict.fits.front().sureness < Sureness::likely) continue;
      EXPECT_THAT(names_of(heard.verdict), testing::Contains(std::string{entry.facts->name})) << path;
    }
  }
}

std::vector<std::uint8_t> finger_frames(int count) {
  constexpr std::array<std::uint8_t, 5> frame{0x85, 0x32, 0x07, 0x48, 0x62};
  std::vector<std::uint8_t> out;
  for (int i = 0; i < count; ++i) out.insert(out.end(), frame.begin(), frame.end());
  return out;
}

TEST(Probe, LookAlikesAreAmbiguousAtAnyRate) {
  for (const int per_second : {60, 100}) {
    Probe probe(serial_candidates());
    for (int second = 0; second < 8; ++second) {
      probe.feed(finger_frames(per_second), drivers::test::stamp(second * 1000));
      probe.tick(drivers::test::stamp(second * 1000));
    }
    const Verdict verdict = probe.verdict();
    EXPECT_THAT(names_of(verdict), testing::IsSupersetOf({"contec-5", "berry-bci"})) << per_second;
    EXPECT_THAT(verdict.apart, testing::HasSubstr("60 frames")) << per_second;
  }
}

// Which channel lies in an artery, and whether a cuff may be started, is in no byte.
TEST(Probe, AWiringOrAPermissionIsNeverGuessed) {
  for (const drivers::Entry& entry : drivers::registry())
    for (const Candidate& candidate : candidates_of(entry))
      for (const auto& [name, value] : candidate.options)
        EXPECT_THAT(name, testing::AnyOf("format", "model")) << entry.facts->name << ' ' << value;
  for (const auto& path : captures_of("ivy-450c"))
    for (const Finding& finding : hear(path).verdict.fits) {
      EXPECT_THAT(finding.candidate.options, testing::IsEmpty()) << path;
      EXPECT_THAT(finding.alike, testing::IsEmpty()) << path;
    }
  EXPECT_THAT(left_standard(*drivers::find("ivy-450c")->facts),
              testing::ElementsAre(testing::StartsWith("arterial = none: the pressure channel")));
  EXPECT_THAT(left_standard(*drivers::find("suntech-nibp")->facts),
              testing::Contains(testing::StartsWith("start_cuff = never: ")));
  EXPECT_THAT(left_standard(*drivers::find("nonin")->facts), testing::IsEmpty());
}

// A wireless Nonin leaves the bit undefined that says "unplugged" on one with a cable.
TEST(Probe, AWirelessNoninIsReadInEachOfItsFormats) {
  struct Spoken {
    std::string format;
    std::vector<std::uint8_t> packet;
    std::size_t status_at;
  };
  for (const Spoken& spoken : {Spoken{"2", drivers::test::packet_1, 1}, {"7", drivers::test::packet_7, 0}}) {
    std::vector<std::uint8_t> packet = spoken.packet;
    for (std::size_t at = 0; at < packet.size(); at += 5) {
      packet[at + spoken.status_at] |= 0x40;
      packet[at + 4] =
          static_cast<std::uint8_t>(packet[at] + packet[at + 1] + packet[at + 2] + packet[at + 3]);
    }
    Probe probe(serial_candidates());
    for (int third = 0; third < 24; ++third) probe.feed(packet, drivers::test::stamp(third * 333));
    const Verdict verdict = probe.verdict();
    ASSERT_THAT(names_of(verdict), testing::ElementsAre("nonin")) << spoken.format;
    const Candidate& found = verdict.fits.front().candidate;
    EXPECT_EQ(option_value(*found.entry->facts, found.options, "format"), spoken.format);
    EXPECT_EQ(option_value(*found.entry->facts, found.options, "model"), "wireless") << spoken.format;
  }
}

TEST(Probe, ListeningSendsNothing) {
  Probe probe(serial_candidates());
  int sent = 0;
  for (int i = 0; i < 600; ++i) probe.tick(drivers::test::stamp(i * 100));
  EXPECT_EQ(sent, 0);
  for (int i = 600; i < 1200; ++i) probe.tick(drivers::test::stamp(i * 100), [&](drivers::Bytes) { ++sent; });
  EXPECT_GT(sent, 0) << "polled drivers ask when they may";
}

// The dialogue goes on only if what the driver says to what it hears goes out too: a Capnostream that has
// told who it is waits for "start real time".
TEST(Probe, AnswersGoOutAsWell) {
  const drivers::Entry* capnostream = drivers::find("capnostream20");
  Probe probe(std::vector<Candidate>{{capnostream, {}}});
  const auto identity = drivers::test::hex("85 02 04 41 47");
  int sent = 0;
  probe.feed(identity, drivers::test::stamp(0), [&](drivers::Bytes) { ++sent; });
  EXPECT_EQ(sent, 1);
  probe.feed(identity, drivers::test::stamp(100));  // listening only
  EXPECT_EQ(sent, 1);
}

// Whoever is missing here is never asked by `probe --poll`, and not found.
TEST(Probe, KnowsWhoHasToBeAsked) {
  std::vector<std::string> names;
  for (const drivers::Entry& entry : drivers::registry())
    if (entry.facts->line.baud != 0 && asks({&entry, {}})) names.emplace_back(entry.facts->name);
  EXPECT_THAT(names,
              testing::UnorderedElementsAre("contec-9", "pm6750", "capnostream20", "philips-intellivue",
                                            "ge-s5-dri", "ge-dinamap", "draeger-medibus", "suntech-nibp"));
}

TEST(Probe, NoiseIsNothing) {
  Probe probe(serial_candidates());
  std::uint32_t state = 1;
  for (int second = 0; second < 10; ++second) {
    std::vector<std::uint8_t> noise(900);
    for (auto& byte : noise) {
      state = state * 1'664'525U + 1'013'904'223U;
      byte = static_cast<std::uint8_t>(state >> 24U);
    }
    probe.feed(noise, drivers::test::stamp(second * 1000));
  }
  for (const Finding& finding : probe.verdict().fits) EXPECT_LE(finding.sureness, Sureness::weak);
}

TEST(Probe, ItsStanzaIsASourceThatTheSettingsTake) {
  settings::Source source;
  source.name = "mon1";
  source.protocol = "nonin";
  source.options = {{"format", "8"}};
  source.link = settings::SerialLink{"/dev/serial/by-id/usb-one", false, 19'200, 7, 2, 'E', true};
  const auto read = settings::parse_source(settings::source_text(source));
  ASSERT_TRUE(read.source) << read.problems;
  EXPECT_EQ(read.source->options, source.options);
  EXPECT_EQ(std::get<settings::SerialLink>(read.source->link).baud, 19'200U);
  EXPECT_EQ(settings::source_text(*read.source), settings::source_text(source));
  source.link = settings::TcpConnect{"::1", 4001, std::nullopt};
  const auto tcp = settings::parse_source(settings::source_text(source));
  ASSERT_TRUE(tcp.source) << tcp.problems;
  EXPECT_EQ(std::get<settings::TcpConnect>(tcp.source->link).address, "::1");
  EXPECT_THAT(settings::parse_source("[[source]]\nname = \"a\"\nprotocol = \"nonin\"\n").problems,
              testing::HasSubstr("without port"));
}

}  // namespace
}  // namespace tools
