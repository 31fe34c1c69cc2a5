// Live sources on real loopback sockets: what a hub makes of its link.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>

#include "daemon/app/byte_link.hpp"
#include "daemon/app/sources.hpp"
#include "daemon/contract/topics.hpp"
#include "daemon/links/tcp_listener.hpp"
#include "daemon/service/clock.hpp"
#include "daemon/settings/builtin.hpp"
#include "tests/unit/app/recording_outlet.hpp"

namespace app::test {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using testing::HasSubstr;

std::uint16_t free_port() {
  boost::asio::io_context loop;
  boost::asio::ip::tcp::acceptor probe(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
  return probe.local_endpoint().port();
}

const std::string message =
    "\x0bMSH|^~\\&|M|H|||20260115143000+0000||ORU^R01^ORU_R01|ID1|P|2.6\rPID|||P77^^^H\rPV1||I|W^1^B4\r"
    "OBR|1|||X|||20260115143000+0000\r"
    "OBX|1|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.1.1.1|97|262688^MDC_DIM_PERCENT^MDC|||||R\r\x1c\r";

// One bed, one source, everything kept at once.
class HubTest : public testing::Test, protected Host {
 protected:
  HubTest() {
    source_.name = "mon1";
    bed::Settings settings;
    settings.node = settings.unit = settings.name = "b1";
    profile_ = settings::builtin_profile("ketamine-adult").value();
    settings.profile = &profile_;
    bed::Source source;
    source.name = "mon1";
    settings.sources.push_back(source);
    for (const auto& facts : vitals::metrics) settings.source_of[vitals::index_of(facts.metric)] = 0;
    settings.expected.insert(vitals::Metric::spo2);
    desk_ = std::make_unique<BedDesk>(identity_, std::move(settings), 1, 0, outlet_, service::now());
  }

  BedDesk* desk_of(const bed::Bed&) override { return desk_.get(); }
  void settle(Stamp) override {}
  void when_kept(Kept then, Stamp now) override { then(true, now); }
  void when_all_kept(Kept then) override { then(true, service::now()); }
  void unknown_bed(std::string_view, std::string_view, Stamp) override {}

  Routes routes() {
    Routes out;
    out.fixed = Route{&desk_->bed(), 0};
    return out;
  }
  // The device or gateway at the other end.
  void serve() {
    links::ListenSettings settings;
    settings.address = "127.0.0.1";
    server_ = links::make_tcp_listener(
        loop_, settings,
        {[this](links::ConnectionId id, const std::string&) { peers_.push_back(id); },
         [this](links::ConnectionId, links::Bytes bytes, Stamp) {
           heard_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
         },
         {},
         {}});
    ASSERT_EQ(server_->start(), "");
    settings::TcpConnect to;
    to.address = "127.0.0.1";
    to.port = server_->bound_port();
    source_.link = to;
  }
  void say(const std::string& text) {
    server_->send(peers_.back(), {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  template <typename Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      if (loop_.stopped()) loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds{10});
    }
    return true;
  }
  // The newest link document of the source.
  std::string link() const {
    const auto found = outlet_.on(contract::bed_prefix("vitals", "b1", "b1") + "/link/mon1");
    return found.empty() ? "" : found.back()->payload;
  }

  boost::asio::io_context loop_;
  RecordingOutlet outlet_;
  Identity identity_{"n", "boot", "vitals"};
  alarms::Profile profile_;
  settings::Source source_;
  std::unique_ptr<BedDesk> desk_;
  std::unique_ptr<links::TcpListener> server_;
  std::vector<links::ConnectionId> peers_;
  std::string heard_;
};

TEST_F(HubTest, AnHl7ClientAnswersAndIsUpWithTheFirstBytes) {
  serve();
  source_.protocol = "hl7";
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return peers_.size() == 1; }));
  EXPECT_THAT(link(), testing::Not(HasSubstr("\"up\"")));
  say(message);
  ASSERT_TRUE(run_until([&] { return heard_.find("MSA|AA|ID1") != std::string::npos; }));
  EXPECT_THAT(link(), HasSubstr("\"up\""));
  const SourceSample sample = hub->sample(service::now());
  EXPECT_EQ(sample.state, "up");
  EXPECT_EQ(sample.bytes, message.size());
  EXPECT_EQ(sample.frames, 1U);
  EXPECT_EQ(sample.opened, 1U);
  EXPECT_EQ(sample.connections, 1U);
  EXPECT_EQ(sample.answers[0], 1U);
  EXPECT_LT(sample.received_ago.value(), 60s);
}

TEST_F(HubTest, AnHl7ClientComesBackAndReadsOn) {
  serve();
  source_.protocol = "hl7";
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return peers_.size() == 1; }));
  say(message.substr(0, 50));  // torn: nothing of it may be continued
  server_->close(peers_[0]);
  ASSERT_TRUE(run_until([&] { return peers_.size() == 2; }));
  say(message);
  EXPECT_TRUE(run_until([&] { return heard_.find("MSA|AA|ID1") != std::string::npos; }));
  EXPECT_EQ(hub->sample(service::now()).opened, 2U);
  EXPECT_EQ(hub->sample(service::now()).bytes, 50U + message.size()) << "of both connections";
}

TEST_F(HubTest, AnHl7ClientWithoutAServerSaysWhy) {
  serve();
  server_->stop();
  source_.protocol = "hl7";
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return link().find("refused") != std::string::npos; }));
  EXPECT_THAT(link(), HasSubstr("\"down\""));
  const SourceSample sample = hub->sample(service::now());
  EXPECT_EQ(sample.state, "down");
  EXPECT_EQ(sample.refusals[static_cast<std::size_t>(Refusal::no_connection)], 1U);
  EXPECT_FALSE(sample.received_ago.has_value());
}

// Else what an earlier run has said of it would stand on the broker.
TEST_F(HubTest, AnHl7SourceIsDownFromTheStart) {
  source_.protocol = "hl7";
  settings::MllpListen listen;
  listen.port = free_port();
  source_.link = listen;
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  EXPECT_THAT(link(), testing::AllOf(HasSubstr("\"down\""), HasSubstr("nothing heard yet")));
  EXPECT_EQ(hub->sample(service::now()).state, "down");
  hub->stop();
}

TEST_F(HubTest, AnHl7ConnectionThatIsOpenAndSilentIsQuiet) {
  serve();
  source_.protocol = "hl7";
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return peers_.size() == 1; }));
  say(message);
  ASSERT_TRUE(run_until([&] { return link().find("\"up\"") != std::string::npos; }));
  const Stamp now = service::now();
  hub->tick({now.mono + 19s, now.wall + 19s});
  EXPECT_THAT(link(), HasSubstr("\"up\"")) << "two periods";
  hub->tick({now.mono + 21s, now.wall + 21s});
  EXPECT_THAT(link(), HasSubstr("\"quiet\""));
  EXPECT_EQ(hub->sample(now).state, "quiet");
  say(message);
  EXPECT_TRUE(run_until([&] { return link().find("\"up\"") != std::string::npos; }));
}

TEST_F(HubTest, WhatALinkCountsIsToldWithEachRepeat) {
  serve();
  source_.protocol = "hl7";
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return peers_.size() == 1; }));
  say(message);
  ASSERT_TRUE(run_until([&] { return heard_.find("MSA|AA|ID1") != std::string::npos; }));
  EXPECT_THAT(link(), HasSubstr("\"frames\":0")) << "it was up with the first bytes";
  hub->tick(service::now());
  desk_->repeat_states(service::now());
  EXPECT_THAT(link(), testing::AllOf(HasSubstr("\"up\""), HasSubstr("\"frames\":1"),
                                     testing::Not(HasSubstr("\"last_rx\":null"))));
}

TEST_F(HubTest, AnotherReasonForTheSameStateIsToldAndIsNoEvent) {
  LinkView view;
  view.source = "mon1";
  view.state = "down";
  view.detail = "refused";
  view.since = vitals::wall_from_unix_ms(1'764'000'000'000);
  desk_->link_changed(view, service::now());
  view.detail = "timed out";
  view.since += 5s;
  desk_->link_changed(view, service::now());
  EXPECT_THAT(link(), testing::AllOf(HasSubstr("timed out"), HasSubstr("\"since\":1764000000000")));
  EXPECT_EQ(outlet_.on(contract::bed_prefix("vitals", "b1", "b1") + "/event/link").size(), 1U);
}

TEST_F(HubTest, TlsFilesThatAreNotThereAreNamedAndNothingListens) {
  source_.protocol = "hl7";
  settings::MllpListen listen;
  listen.tls = settings::Tls{"/nowhere/box.pem", "/nowhere/box.key", "/nowhere/ca.pem", true, {}};
  source_.link = listen;
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  EXPECT_THAT(link(), testing::AllOf(HasSubstr("\"down\""), HasSubstr("/nowhere/box.pem")));
  hub->tick(service::now());
  hub->stop();
}

TEST_F(HubTest, WhereHalfASecondOfSilenceEndsAMessageAnHl7HubIsTickedOftener) {
  source_.protocol = "hl7";
  EXPECT_EQ(make_hl7_hub(loop_, source_, routes(), *this)->tick_ms(), 1s);
  source_.options["framing"] = "raw";
  EXPECT_EQ(make_hl7_hub(loop_, source_, routes(), *this)->tick_ms(), 100ms);
}

TEST_F(HubTest, ASerialProtocolComesThroughADeviceServer) {
  serve();
  source_.protocol = "nonin";
  source_.options["format"] = "8";
  const auto hub = make_serial_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return peers_.size() == 1; }));
  const std::string frame("\x80\x48\x62\x20", 4);
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += frame;
  say(bytes);
  ASSERT_TRUE(run_until([&] { return desk_->bed().entry(vitals::Metric::spo2).seen; }));
  hub->tick(service::now());
  EXPECT_THAT(link(), HasSubstr("\"up\""));
  const SourceSample sample = hub->sample(service::now());
  EXPECT_EQ(sample.bytes, bytes.size());
  EXPECT_GT(sample.frames, 0U);
  desk_->repeat_states(service::now());
  EXPECT_THAT(link(), HasSubstr("\"frames\":" + std::to_string(sample.frames)));
  EXPECT_EQ(sample.opened, 1U);
}

TEST_F(HubTest, RefusedConnectionsAreCountedByTheirCause) {
  source_.protocol = "hl7";
  settings::MllpListen listen;
  listen.port = free_port();
  listen.connections_per_peer_max = 1;
  source_.link = listen;
  const auto hub = make_hl7_hub(loop_, source_, routes(), *this);
  hub->start();
  const auto connect = [&] {
    boost::asio::ip::tcp::socket socket(loop_);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), listen.port});
    return socket;
  };
  const auto first = connect();
  ASSERT_TRUE(run_until([&] { return hub->sample(service::now()).connections == 1; }));
  const auto second = connect();
  ASSERT_TRUE(run_until([&] {
    return hub->sample(service::now()).refusals[static_cast<std::size_t>(Refusal::too_many)] == 1;
  }));
  hub->stop();
}

// Bytes without a frame are another device, protocol or speed; silence is only silence.
TEST_F(HubTest, BytesThatAreNoFramesAreAWrongDevice) {
  serve();
  source_.protocol = "masimo";
  const auto hub = make_serial_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return peers_.size() == 1 && link().find("\"up\"") != std::string::npos; }));
  const Stamp now = service::now();
  const Stamp later{now.mono + 20s, now.wall + 20s};
  hub->tick(later);
  EXPECT_THAT(link(), HasSubstr("\"quiet\""));
  say(std::string(500, '\x55'));
  ASSERT_TRUE(run_until([&] {
    hub->tick(later);
    return link().find("\"wrong-device\"") != std::string::npos;
  }));
  EXPECT_THAT(link(), HasSubstr("no frame of masimo"));
}

// SpO2 97 without its last byte, then the first byte of another message, which would make 25 of it.
TEST_F(HubTest, OneDatagramIsNeverCompletedByTheNext) {
  const std::vector<std::uint8_t> whole{
      0xE1, 0x00, 0x00, 0x02, 0x00, 0x02, 0x00, 0x44, 0x00, 0x03, 0x00, 0x07, 0x00, 0x3E, 0x00, 0x21,
      0x00, 0x00, 0x00, 0x00, 0xF1, 0x3B, 0x00, 0x34, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00,
      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x01, 0x00, 0x06, 0x08, 0x03, 0x00, 0x01,
      0x00, 0x1A, 0x00, 0x00, 0x00, 0x01, 0x00, 0x14, 0x00, 0x01, 0x00, 0x01, 0x00, 0x0E, 0x09, 0x50,
      0x00, 0x0A, 0x4B, 0xB8, 0x00, 0x00, 0x02, 0x20, 0x00, 0x00, 0x00, 0x61};
  using boost::asio::ip::udp;
  udp::socket monitor(loop_, {boost::asio::ip::make_address("127.0.0.1"), 0});
  source_.protocol = "philips-intellivue";
  source_.options["transport"] = "lan";
  source_.link = settings::UdpConnect{"127.0.0.1", monitor.local_endpoint().port()};
  const auto hub = make_serial_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return link().find("\"up\"") != std::string::npos; }));
  hub->tick(service::now());
  ASSERT_TRUE(run_until([&] { return monitor.available() > 0; }));
  std::array<std::uint8_t, 64> request;
  udp::endpoint host;
  monitor.receive_from(boost::asio::buffer(request), host);
  const std::array<std::uint8_t, 1> begin{0x19};
  monitor.send_to(boost::asio::buffer(whole.data(), whole.size() - 1), host);
  monitor.send_to(boost::asio::buffer(begin), host);
  monitor.send_to(boost::asio::buffer(whole), host);
  ASSERT_TRUE(run_until([&] { return desk_->bed().entry(vitals::Metric::spo2).seen; }));
  EXPECT_EQ(desk_->bed().entry(vitals::Metric::spo2).value, 97);
}

TEST_F(HubTest, AtAnOrderlyEndTheDeviceIsTold) {
  serve();
  source_.protocol = "contec-9";
  const auto hub = make_serial_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return link().find("\"up\"") != std::string::npos; }));
  const Stamp now = service::now();
  hub->tick(now);
  hub->tick({now.mono + 1s, now.wall + 1s});
  bool done = false;
  hub->finish([&] { done = true; });
  const std::string stop_live("\x7D\x81\xA2\x80\x80\x80\x80\x80\x80", 9);
  EXPECT_TRUE(run_until([&] { return done && heard_.ends_with(stop_live); }));
}

TEST_F(HubTest, AnOrderlyEndOfAListenerIsAtOnce) {
  serve();
  source_.protocol = "masimo";
  const auto hub = make_serial_hub(loop_, source_, routes(), *this);
  hub->start();
  ASSERT_TRUE(run_until([&] { return link().find("\"up\"") != std::string::npos; }));
  bool done = false;
  hub->finish([&] { done = true; });
  EXPECT_TRUE(done);
  EXPECT_EQ(heard_, "");
}

TEST(ByteLink, ALineIsTheProtocolsOwnButForWhatTheSettingsSay) {
  drivers::LineSettings line{19'200, 7, drivers::Parity::even, 2, true};
  settings::SerialLink port;
  port.port = "/dev/serial/by-id/one";
  links::SerialSettings out = serial_settings(port, line);
  EXPECT_EQ(out.path, port.port);
  EXPECT_EQ(out.baud, 19'200U);
  EXPECT_EQ(out.data_bits, 7U);
  EXPECT_EQ(out.parity, 'E');
  EXPECT_EQ(out.stop_bits, 2U);
  EXPECT_TRUE(out.rts_cts);
  port.baud = 9'600;
  line.rts_cts = false;
  out = serial_settings(port, line);
  EXPECT_EQ(out.baud, 9'600U);
  EXPECT_FALSE(out.rts_cts);
  port.data_bits = 8;
  port.parity = 'O';
  port.stop_bits = 1;
  port.rts_cts = true;
  out = serial_settings(port, line);
  EXPECT_EQ(out.data_bits, 8U);
  EXPECT_EQ(out.parity, 'O');
  EXPECT_EQ(out.stop_bits, 1U);
  EXPECT_TRUE(out.rts_cts);
}

}  // namespace
}  // namespace app::test
