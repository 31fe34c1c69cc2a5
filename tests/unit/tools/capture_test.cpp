// A capture is written as it came, and its replay gives the same alarms on every run and at every split
// (promise P8).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/links/tcp_listener.hpp"
#include "daemon/tools/capture_file.hpp"
#include "daemon/tools/recorder.hpp"
#include "daemon/tools/replay.hpp"

namespace tools {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Lines = std::vector<std::string>;

TEST(CaptureFile, ReadsWhatItWrote) {
  CaptureHeader header;
  header.protocol = "nonin";
  header.options = {{"format", "8"}};
  header.source = "oxi1";
  header.model = "Xpod \"3012\"";
  header.datagrams = true;
  header.t0 = vitals::wall_from_unix_ms(1'767'225'600'123);
  std::string line, content;
  write_header(header, line);
  content = line;
  const std::string all_bytes = [] {
    std::string out;
    for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
    return out;
  }();
  for (const CaptureEvent& event : {CaptureEvent{CaptureKind::up, vitals::Milliseconds{0}, 0, "/dev/x"},
                                    CaptureEvent{CaptureKind::in, vitals::Milliseconds{5}, 7, all_bytes},
                                    CaptureEvent{CaptureKind::out, vitals::Milliseconds{5}, 7, "ACK"},
                                    CaptureEvent{CaptureKind::damaged, vitals::Milliseconds{6}, 0, ""},
                                    CaptureEvent{CaptureKind::down, vitals::Milliseconds{9}, 0, "gone"}}) {
    write_event(event, line);
    content += line;
  }
  std::string error;
  const auto read = read_capture(content, error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->header.protocol, "nonin");
  EXPECT_EQ(read->header.options, header.options);
  EXPECT_EQ(read->header.model, header.model);
  EXPECT_TRUE(read->header.datagrams);
  EXPECT_EQ(read->header.t0, header.t0);
  ASSERT_EQ(read->events.size(), 5U);
  EXPECT_EQ(read->events[1].bytes, all_bytes);
  EXPECT_EQ(read->events[1].connection, 7U);
  EXPECT_EQ(read->events[3].kind, CaptureKind::damaged);
  EXPECT_EQ(read->events[4].kind, CaptureKind::down);
  EXPECT_EQ(read->events[4].bytes, "gone");
  // A torn file is good up to its tear.
  const auto torn = read_capture(std::string_view{content}.substr(0, content.size() - 3), error);
  ASSERT_TRUE(torn);
  EXPECT_EQ(torn->events.size(), 4U);
}

TEST(CaptureFile, WhatIsNoCaptureIsToldWithItsLine) {
  const std::string header = "{\"vitalsd_capture\":1,\"protocol\":\"nonin\",\"t0\":0}\n";
  std::string error;
  const auto error_of = [&](const std::string& content) {
    error.clear();
    EXPECT_FALSE(read_capture(content, error)) << content;
    return error;
  };
  EXPECT_THAT(error_of("x"), HasSubstr("no capture"));
  EXPECT_THAT(error_of(""), HasSubstr("no capture"));
  EXPECT_THAT(error_of("{\"vitalsd_capture\":2}\n"), HasSubstr("version 2"));
  EXPECT_THAT(error_of(header + "{\"t\":1,\"in\":\"0g\"}\n"), HasSubstr("line 2"));
  EXPECT_THAT(error_of(header + "{\"t\":1,\"in\":\"0\"}\n"), HasSubstr("line 2"));
  EXPECT_THAT(error_of(header + "[]\n"), HasSubstr("line 2"));
  EXPECT_THAT(error_of(header + "{\"t\":-1,\"in\":\"00\"}\n"), HasSubstr("line 2"));
  EXPECT_THAT(error_of(header + "{\"t\":2,\"in\":\"00\"}\n{\"t\":1,\"in\":\"00\"}\n"),
              HasSubstr("line 3: its time"));
}

class CaptureReplay : public testing::Test {
 protected:
  CaptureReplay() {
    std::string name = (std::filesystem::temp_directory_path() / "vitalsd-capture-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    std::filesystem::create_directory(folder_ / "profiles");
    std::ofstream(folder_ / "profiles" / "quiet.toml")
        << "signed_off_by = \"ward 3\"\n[limits.hr-high]\nwarn = 120\ncritical = 140\n"
           "[limits.spo2-low]\nwarn = 92\ncritical = 88\n";
    std::ofstream(settings())
        << "[node]\nname = \"gw7\"\n[broker]\nhost = \"127.0.0.1\"\n"
           "[stations]\nrequired = [\"ns-1\"]\nroles = { ns-1 = \"nurse\" }\n"
           "[[source]]\nname = \"oxi1\"\nprotocol = \"nonin\"\nport = \"/dev/one\"\n"
           "options = { format = \"8\" }\n"
           "[[source]]\nname = \"ward\"\nprotocol = \"hl7\"\nlisten = \"127.0.0.1:2575\"\n"
           "metrics = [\"hr\", \"spo2\"]\n"
           "[source.beds]\n\"b4\" = \"pain/b2\"\n\"b5\" = \"pain/b3\"\n"
           "[[bed]]\nunit = \"pain\"\nname = \"b1\"\nprofile = \"quiet\"\nsources = [\"oxi1\"]\n"
           "[[bed]]\nunit = \"pain\"\nname = \"b2\"\nprofile = \"quiet\"\nsources = [\"ward\"]\n"
           "[[bed]]\nunit = \"pain\"\nname = \"b3\"\nprofile = \"quiet\"\nsources = [\"ward\"]\n";
  }
  ~CaptureReplay() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string settings() const { return (folder_ / "vitalsd.toml").string(); }
  std::string file() const { return (folder_ / "capture").string(); }

  void write(const CaptureHeader& header, const std::vector<CaptureEvent>& events) const {
    std::ofstream out(file(), std::ios::binary);
    std::string line;
    write_header(header, line);
    out << line;
    for (const CaptureEvent& event : events) {
      write_event(event, line);
      out << line;
    }
  }
  // Nonin format 8, a frame a second: in range, low for 40 s, in range; then the cable is pulled.
  void write_desaturation() const {
    CaptureHeader header;
    header.protocol = "nonin";
    header.source = "oxi1";
    header.t0 = vitals::wall_from_unix_ms(1'767'225'600'000);
    std::vector<CaptureEvent> events{{CaptureKind::up, vitals::Milliseconds{0}, 0, "/dev/one"}};
    for (int second = 1; second < 90; ++second) {
      const char spo2 = second >= 20 && second < 60 ? '\x5a' : '\x61';
      events.push_back({CaptureKind::in, vitals::Milliseconds{second * 1000}, 0,
                        std::string{"\x80\x48", 2} + spo2 + '\x20'});
    }
    events.push_back({CaptureKind::down, vitals::Milliseconds{90'000}, 0, "gone"});
    write(header, events);
  }

  Lines replay(ReplayOptions options = {}) const {
    options.file = file();
    options.settings = settings();
    Lines out;
    std::string error;
    EXPECT_TRUE(tools::replay(
        options, [&](std::string_view line) { out.emplace_back(line); }, error))
        << error;
    return out;
  }

  std::filesystem::path folder_;
};

TEST_F(CaptureReplay, RunsThroughTheBedsOfTheSettings) {
  write_desaturation();
  const Lines lines = replay();
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"cond\":\"spo2-low\""), HasSubstr("\"phase\":\"start\""),
                                    HasSubstr("\"bed\":\"b1\""), HasSubstr("\"node\":\"gw7\""))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"cond\":\"spo2-low\""), HasSubstr("\"phase\":\"end\""))));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("pain/b2"))));
}

TEST_F(CaptureReplay, APulledCableBecomesAnAlarm) {
  write_desaturation();
  ReplayOptions options;
  options.tail_s = 120;
  EXPECT_THAT(replay(options), Contains(HasSubstr("\"cond\":\"link-lost-oxi1\"")));
}

TEST_F(CaptureReplay, EveryRunAndEverySplitGivesTheSameLines) {
  write_desaturation();
  const Lines whole = replay();
  ASSERT_GT(whole.size(), 100U);
  EXPECT_EQ(replay(), whole);
  ReplayOptions options;
  options.bytewise = true;
  EXPECT_EQ(replay(options), whole);
  options.bytewise = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    options.split = seed;
    ASSERT_EQ(replay(options), whole) << "seed " << seed;
  }
}

// Connections of a gateway run side by side; a torn message of one does not spoil the other's.
TEST_F(CaptureReplay, ConnectionsOfAGatewayStayApart) {
  const auto message = [](const std::string& bed, const std::string& id) {
    return "\x0bMSH|^~\\&|M|H|||20260101000001+0000||ORU^R01^ORU_R01|" + id +
           "|P|2.6\rPID|||P77\rPV1||I|W^1^" + bed +
           "\rOBR|1|||X|||20260101000001+0000\rOBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.1.1.1|97|262688^"
           "MDC_DIM_PERCENT^MDC|||||R\r\x1c\r";
  };
  CaptureHeader header;
  header.protocol = "hl7";
  header.source = "ward";
  header.t0 = vitals::wall_from_unix_ms(1'767'225'600'000);
  const std::string first = message("B4", "ID1"), second = message("B5", "ID2");
  write(header, {{CaptureKind::up, vitals::Milliseconds{0}, 1, "192.0.2.1"},
                 {CaptureKind::up, vitals::Milliseconds{5}, 2, "192.0.2.2"},
                 {CaptureKind::in, vitals::Milliseconds{1000}, 1, first.substr(0, 60)},
                 {CaptureKind::in, vitals::Milliseconds{1001}, 2, second},
                 {CaptureKind::in, vitals::Milliseconds{1002}, 1, first.substr(60)},
                 {CaptureKind::in, vitals::Milliseconds{1003}, 2, first.substr(0, 60)},
                 {CaptureKind::down, vitals::Milliseconds{1004}, 2, "closed"}});
  const Lines lines = replay();
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"kind\":\"obs\""), HasSubstr("\"bed\":\"B4\""))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("\"kind\":\"obs\""), HasSubstr("\"bed\":\"B5\""))));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("\"kind\":\"fault\""))));
}

TEST_F(CaptureReplay, AnotherProtocolsSourceIsRefused) {
  write_desaturation();
  ReplayOptions options;
  options.file = file();
  options.settings = settings();
  options.source = "ward";
  std::string error;
  EXPECT_FALSE(tools::replay(
      options, [](std::string_view) {}, error));
  EXPECT_THAT(error, HasSubstr("source ward speaks hl7"));
  options.source = "nowhere";
  EXPECT_FALSE(tools::replay(
      options, [](std::string_view) {}, error));
  EXPECT_THAT(error, HasSubstr("no source \"nowhere\""));
}

// What a recorder writes from a live HL7 connection: an answer for the sender, no identity for the reader.
TEST(Recorder, KeepsTheMessageAnswersItAndForgetsWhoItWas) {
  boost::asio::io_context loop;
  links::ListenSettings listening;
  listening.address = "127.0.0.1";
  std::vector<links::ConnectionId> peers;
  std::string heard;
  const auto gateway =
      links::make_tcp_listener(loop, listening,
                               {[&](links::ConnectionId id, const std::string&) { peers.push_back(id); },
                                [&](links::ConnectionId, links::Bytes bytes, vitals::Stamp) {
                                  heard.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                                },
                                {},
                                {}});
  ASSERT_EQ(gateway->start(), "");
  settings::Source source;
  source.name = "ward";
  source.protocol = "hl7";
  source.link = settings::TcpConnect{"127.0.0.1", gateway->bound_port(), std::nullopt};
  std::ostringstream file;
  Recorder recorder(loop, source, {}, file, std::make_unique<Pseudonyms>("k"));
  ASSERT_EQ(recorder.start(), "");
  const auto run_until = [&](const auto& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!condition() && std::chrono::steady_clock::now() < deadline)
      loop.run_one_for(std::chrono::milliseconds{10});
    return condition();
  };
  ASSERT_TRUE(run_until([&] { return peers.size() == 1; }));
  const std::string message =
      "\x0bMSH|^~\\&|M|H|||20260101000001+0000||ORU^R01^ORU_R01|ID1|P|2.6\rPID|||SECRET\rPV1||I|W^1^B4\r"
      "OBR|1|||X\rOBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.1.1.1|97|262688^MDC_DIM_PERCENT^MDC|||||"
      "R\r\x1c\r";
  gateway->send(peers[0], {reinterpret_cast<const std::uint8_t*>(message.data()), message.size()});
  ASSERT_TRUE(run_until([&] { return heard.find("MSA|AA|ID1") != std::string::npos; }));
  recorder.stop();
  std::string error, came;
  const auto capture = read_capture(file.str(), error);
  ASSERT_TRUE(capture) << error;
  EXPECT_EQ(capture->header.protocol, "hl7");
  bool answered = false;
  for (const CaptureEvent& event : capture->events) {
    if (event.kind == CaptureKind::in) came += event.bytes;
    if (event.kind == CaptureKind::out) answered = event.bytes.find("MSA|AA|ID1") != std::string::npos;
  }
  EXPECT_TRUE(answered);
  EXPECT_THAT(came, AllOf(HasSubstr("150456"), HasSubstr("W^1^B4"), Not(HasSubstr("SECRET"))));
  EXPECT_EQ(capture->events.front().kind, CaptureKind::up);
  EXPECT_EQ(capture->events.back().kind, CaptureKind::down);
}

}  // namespace
}  // namespace tools
