// Links over the network on real loopback sockets: a serial device server, a monitor with datagrams, an HL7
// sender that listens.
#include "daemon/links/network_link.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "daemon/links/tcp_listener.hpp"
#include "tests/unit/links/loop_harness.hpp"

namespace links {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What a link told.
struct Told {
  std::vector<std::string> pieces, states;
  std::string all;
  int calls = 0;

  Handlers handlers() {
    return {[this](Bytes bytes, vitals::Stamp rx) {
              ++calls;
              EXPECT_GT(vitals::unix_ms(rx.wall), 1'700'000'000'000);
              pieces.emplace_back();
              append(pieces.back(), bytes);
              all += pieces.back();
            },
            [this](State state, const std::string& detail) {
              ++calls;
              states.push_back(std::string{name(state)} + ": " + detail);
            }};
  }
  bool is(std::string_view state) const {
    return !states.empty() && states.back().compare(0, state.size(), state) == 0;
  }
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

// A monitor on a datagram port of its own.
class Monitor {
 public:
  Monitor() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) { bind(0); }
  ~Monitor() { ::close(fd_); }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  std::uint16_t port() const {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.sin_port);
  }
  std::string receive() {
    char buffer[4096];
    socklen_t size = sizeof from_;
    const ssize_t got = ::recvfrom(fd_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from_), &size);
    return {buffer, got > 0 ? static_cast<std::size_t>(got) : 0};
  }
  void send(std::string_view text, const sockaddr_in& to) {
    EXPECT_EQ(::sendto(fd_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(text.size()));
  }
  void answer(std::string_view text) { send(text, from_); }
  const sockaddr_in& peer() const { return from_; }

 private:
  void bind(std::uint16_t port) {
    const sockaddr_in own = loopback(port);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
  }
  int fd_;
  sockaddr_in from_{};
};

class Datagrams : public testing::Test {
 protected:
  void start(std::uint16_t port) {
    link_ =
        make_datagram_link(loop_.context(), {"127.0.0.1", port, vitals::Milliseconds{2}}, told_.handlers());
    link_->start();
  }
  // The monitor learns our address from our first datagram.
  void meet() {
    start(monitor_.port());
    link_->send(bytes_of("hello"));
    ASSERT_TRUE(loop_.run_until([&] { return monitor_.receive() == "hello"; }));
  }
  bool run_until_pieces(std::size_t count) {
    return loop_.run_until([&] { return told_.pieces.size() >= count; });
  }

  Loop loop_;
  Monitor monitor_;
  Told told_;
  std::unique_ptr<Link> link_;
};

TEST_F(Datagrams, EachIsOnePiece) {
  meet();
  EXPECT_THAT(told_.states,
              ElementsAre("up: datagrams with 127.0.0.1 port " + std::to_string(monitor_.port())));
  for (const auto* text : {"one", "two", "three"}) monitor_.answer(text);
  ASSERT_TRUE(run_until_pieces(3));
  EXPECT_THAT(told_.pieces, ElementsAre("one", "two", "three"));
}

TEST_F(Datagrams, EachSendIsOne) {
  meet();
  link_->send(bytes_of("first"));
  link_->send(bytes_of("second"));
  std::vector<std::string> got;
  ASSERT_TRUE(loop_.run_until([&] {
    if (const std::string text = monitor_.receive(); !text.empty()) got.push_back(text);
    return got.size() == 2;
  }));
  EXPECT_THAT(got, ElementsAre("first", "second"));
}

TEST_F(Datagrams, OfOthersAreNotTaken) {
  meet();
  Monitor stranger;
  stranger.send("forged", monitor_.peer());
  monitor_.answer("true");
  ASSERT_TRUE(run_until_pieces(1));
  EXPECT_THAT(told_.pieces, ElementsAre("true"));
}

TEST_F(Datagrams, AnEmptyOneMeansNothingAndEndsNothing) {
  meet();
  monitor_.answer("");
  monitor_.answer("after");
  ASSERT_TRUE(run_until_pieces(1));
  EXPECT_THAT(told_.pieces, ElementsAre("after"));
  EXPECT_THAT(told_.states, testing::SizeIs(1));
}

// A monitor that is off today is no reason to come and go: silence is judged by its own limit.
TEST_F(Datagrams, APortWithoutAnybodyIsTroubleAndNotAnEnd) {
  std::uint16_t port = 0;
  {
    const Monitor gone;
    port = gone.port();
  }
  start(port);
  link_->send(bytes_of("anybody?"));
  ASSERT_TRUE(loop_.run_until([&] { return !link_->trouble().empty(); }));
  EXPECT_THAT(link_->trouble(), HasSubstr("refused"));
  EXPECT_THAT(told_.states, testing::SizeIs(1));
}

TEST_F(Datagrams, TroubleEndsWithTheNextDatagram) {
  meet();
  link_->send(bytes_of(std::string(datagram_bytes_max + 1, 'x')));
  EXPECT_THAT(link_->trouble(), HasSubstr("too long"));
  monitor_.answer("here");
  ASSERT_TRUE(run_until_pieces(1));
  EXPECT_EQ(link_->trouble(), "");
}

TEST_F(Datagrams, AnAddressThatIsNoneIsDown) {
  link_ =
      make_datagram_link(loop_.context(), {"monitor.lan", 24105, vitals::Milliseconds{2}}, told_.handlers());
  link_->start();
  EXPECT_TRUE(told_.is("down"));
  link_->send(bytes_of("nowhere"));
}

TEST_F(Datagrams, StopIsFinalAndIdempotent) {
  meet();
  monitor_.answer("late");
  link_->stop();
  link_->stop();
  const int calls = told_.calls;
  loop_.run_out();
  EXPECT_EQ(told_.calls, calls);
}

TEST_F(Datagrams, AHandlerMayDestroyTheLink) {
  std::unique_ptr<Link> own;
  own = make_datagram_link(loop_.context(), {"127.0.0.1", monitor_.port(), vitals::Milliseconds{2}},
                           {[&](Bytes, vitals::Stamp) { own.reset(); }, {}});
  own->start();
  own->send(bytes_of("hello"));
  ASSERT_TRUE(loop_.run_until([&] { return monitor_.receive() == "hello"; }));
  monitor_.answer("bye");
  EXPECT_TRUE(loop_.run_until([&] { return own == nullptr; }));
  loop_.run_out();
}

// A device server, or an HL7 sender that listens: our own listener plays it.
class Tcp : public testing::Test {
 protected:
  void serve(std::uint16_t port = 0) {
    ListenSettings settings;
    settings.address = "127.0.0.1";
    settings.port = port;
    server_ = make_tcp_listener(loop_.context(), settings,
                                {[this](ConnectionId id, const std::string&) { peers_.push_back(id); },
                                 [this](ConnectionId, Bytes bytes, vitals::Stamp) { append(heard_, bytes); },
                                 [this](ConnectionId, const std::string&) { ++gone_; },
                                 {}});
    ASSERT_EQ(server_->start(), "");
    port_ = server_->bound_port();
  }
  ConnectSettings settings() const {
    ConnectSettings out;
    out.address = "127.0.0.1";
    out.port = port_;
    out.connect_again_after = vitals::Milliseconds{2};
    return out;
  }
  void start() {
    link_ = make_tcp_link(loop_.context(), settings(), told_.handlers());
    link_->start();
  }
  bool run_until_is(std::string_view state) {
    return loop_.run_until([&] { return told_.is(state); });
  }
  bool run_until_peers(std::size_t count) {
    return loop_.run_until([&] { return peers_.size() >= count; });
  }

  Loop loop_;
  std::unique_ptr<TcpListener> server_;
  std::vector<ConnectionId> peers_;
  std::string heard_;
  int gone_ = 0;
  std::uint16_t port_ = 0;
  Told told_;
  std::unique_ptr<Link> link_;
};

TEST_F(Tcp, BytesGoBothWays) {
  serve();
  start();
  ASSERT_TRUE(run_until_is("up"));
  EXPECT_THAT(told_.states, ElementsAre("up: 127.0.0.1 port " + std::to_string(port_)));
  ASSERT_TRUE(run_until_peers(1));
  server_->send(peers_[0], bytes_of("SPO2=098\r\n"));
  link_->send(bytes_of("poll"));
  EXPECT_TRUE(loop_.run_until([&] { return told_.all == "SPO2=098\r\n" && heard_ == "poll"; }));
}

TEST_F(Tcp, ConnectsAgainWhenThePeerHasEnded) {
  serve();
  start();
  ASSERT_TRUE(run_until_peers(1));
  server_->close(peers_[0]);
  ASSERT_TRUE(run_until_is("down"));
  ASSERT_TRUE(run_until_peers(2));
  ASSERT_TRUE(run_until_is("up"));
  server_->send(peers_[1], bytes_of("again"));
  EXPECT_TRUE(loop_.run_until([&] { return told_.all == "again"; }));
}

TEST_F(Tcp, ARefusedConnectionIsToldOnceAndTriedAgain) {
  serve();
  server_->stop();  // nobody listens there now
  start();
  ASSERT_TRUE(run_until_is("down"));
  EXPECT_THAT(told_.states[0], HasSubstr("refused"));
  for (int turn = 0; turn < 20; ++turn) loop_.context().run_one_for(std::chrono::milliseconds{5});
  EXPECT_THAT(told_.states, testing::SizeIs(1));
  serve(port_);
  EXPECT_TRUE(run_until_is("up"));
}

TEST_F(Tcp, APeerThatDoesNotAnswerIsGivenUp) {
  // A full queue of a listener that accepts nobody: the handshake of the kernel does not finish.
  const int deaf = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own = loopback(0);
  ASSERT_EQ(::bind(deaf, reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
  ASSERT_EQ(::listen(deaf, 0), 0);
  socklen_t size = sizeof own;
  ::getsockname(deaf, reinterpret_cast<sockaddr*>(&own), &size);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    [[maybe_unused]] const int result =
        ::connect(fillers.back(), reinterpret_cast<const sockaddr*>(&own), sizeof own);
  }
  port_ = ntohs(own.sin_port);
  ConnectSettings impatient = settings();
  impatient.connect_within = vitals::Milliseconds{20};
  link_ = make_tcp_link(loop_.context(), impatient, told_.handlers());
  link_->start();
  ASSERT_TRUE(run_until_is("down"));
  EXPECT_THAT(told_.states[0], HasSubstr("no answer"));
  for (const int fd : fillers) ::close(fd);
  ::close(deaf);
}

TEST_F(Tcp, SendingWithoutAConnectionIsNothing) {
  serve();
  start();
  link_->send(bytes_of("early"));
  ASSERT_TRUE(run_until_is("up"));
  link_->send(bytes_of("now"));
  EXPECT_TRUE(loop_.run_until([&] { return heard_ == "now"; }));
}

TEST_F(Tcp, AnAddressThatIsNoneIsDown) {
  ConnectSettings named = settings();
  named.address = "server.lan";
  link_ = make_tcp_link(loop_.context(), named, told_.handlers());
  link_->start();
  EXPECT_THAT(told_.states, ElementsAre(HasSubstr("not a numeric address")));
}

TEST_F(Tcp, StopIsFinalAndIdempotentAndStartsAnew) {
  serve();
  start();
  ASSERT_TRUE(run_until_peers(1));
  link_->stop();
  link_->stop();
  const int calls = told_.calls;
  EXPECT_TRUE(loop_.run_until([&] { return gone_ == 1; }));
  EXPECT_EQ(told_.calls, calls);
  link_->start();
  EXPECT_TRUE(run_until_peers(2));
}

TEST_F(Tcp, AHandlerMayDestroyTheLink) {
  serve();
  std::unique_ptr<Link> own;
  int calls = 0;
  own = make_tcp_link(loop_.context(), settings(), {{}, [&](State state, const std::string&) {
                                                      ++calls;
                                                      if (state == State::up) own.reset();
                                                    }});
  own->start();
  EXPECT_TRUE(loop_.run_until([&] { return own == nullptr && gone_ == 1; }));
  EXPECT_EQ(calls, 1);
}

TEST_F(Tcp, AHandlerMayDestroyAClientWhoseConnectionEnds) {
  serve();
  std::unique_ptr<TcpPeers> own;
  own = make_tcp_client(loop_.context(), settings(),
                        {{}, {}, [&](ConnectionId, const std::string&) { own.reset(); }, {}});
  ASSERT_EQ(own->start(), "");
  ASSERT_TRUE(run_until_peers(1));
  server_->close(peers_[0]);
  EXPECT_TRUE(loop_.run_until([&] { return own == nullptr; }));
}

TEST_F(Tcp, EachConnectionHasANewId) {
  serve();
  std::vector<ConnectionId> ids;
  const auto client =
      make_tcp_client(loop_.context(), settings(),
                      {[&](ConnectionId id, const std::string&) { ids.push_back(id); }, {}, {}, {}});
  ASSERT_EQ(client->start(), "");
  ASSERT_TRUE(run_until_peers(1));
  server_->close(peers_[0]);
  ASSERT_TRUE(loop_.run_until([&] { return ids.size() == 2; }));
  EXPECT_NE(ids[0], ids[1]);
}

}  // namespace
}  // namespace links
