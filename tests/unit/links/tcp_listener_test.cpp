// The listener on real loopback sockets.
#include "daemon/links/tcp_listener.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <set>
#include <utility>

#include "tests/unit/links/loop_harness.hpp"

namespace links {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A monitor that connects to us. Any address of 127.0.0.0/8 may be its own.
class Client {
 public:
  Client() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  explicit Client(std::uint16_t port, const char* own = "127.0.0.1") : Client() { connect(port, own); }
  Client(Client&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(); }

  void connect(std::uint16_t port, const char* own = "127.0.0.1") {
    sockaddr_in from = address(own, 0), to = address("127.0.0.1", port);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from), 0);
    EXPECT_TRUE(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 || errno == EINPROGRESS);
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }
  std::size_t write(std::string_view text) {
    const ssize_t size = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  // What has arrived; sets `ended` at the end of the stream or a reset.
  std::string read() {
    std::string all;
    char buffer[4096];
    for (;;) {
      const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
      if (size > 0) {
        all.append(buffer, static_cast<std::size_t>(size));
        continue;
      }
      ended = size == 0 || (errno != EAGAIN && errno != ENOTCONN);
      was_reset = size < 0 && errno == ECONNRESET;
      return all;
    }
  }
  std::uint16_t port() const {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.sin_port);
  }

  bool ended = false, was_reset = false;

 private:
  static sockaddr_in address(const char* host, std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &result.sin_addr);
    return result;
  }
  int fd_;
};

class Listener : public testing::Test {
 protected:
  Listener() { settings_.address = "127.0.0.1"; }

  void start() {
    listener_ = make_tcp_listener(loop_.context(), settings_, handlers());
    ASSERT_EQ(listener_->start(), "");
    port_ = listener_->bound_port();
    ASSERT_NE(port_, 0);
  }
  ListenHandlers handlers() {
    return {[this](ConnectionId id, const std::string& peer) {
              ++calls_;
              opened_.push_back(id);
              peer_ = peer;
            },
            [this](ConnectionId id, Bytes bytes, vitals::Stamp) {
              ++calls_;
              EXPECT_FALSE(closed_.contains(id)) << "bytes after the end";
              append(received_[id], bytes);
              if (echo_) listener_->send(id, bytes);
              if (while_handling_) while_handling_(id);
            },
            [this](ConnectionId id, const std::string& reason) {
              ++calls_;
              EXPECT_TRUE(closed_.emplace(id, reason).second) << "closed twice";
            },
            [this](const std::string& peer, const std::string& reason) {
              ++calls_;
              refused_.push_back(peer + ": " + reason);
            }};
  }
  bool run_until_open(std::size_t count) {
    return loop_.run_until([&] { return opened_.size() >= count; });
  }
  bool run_until_closed(ConnectionId id) {
    return loop_.run_until([&] { return closed_.contains(id); });
  }
  bool run_until_received(ConnectionId id, std::string_view text) {
    return loop_.run_until([&] { return received_[id] == text; });
  }
  bool run_until_ended(Client& client, std::string* got = nullptr) {
    return loop_.run_until([&] {
      const std::string piece = client.read();
      if (got != nullptr) *got += piece;
      return client.ended;
    });
  }

  Loop loop_;
  ListenSettings settings_;
  std::unique_ptr<TcpListener> listener_;
  std::uint16_t port_ = 0;
  std::vector<ConnectionId> opened_;
  std::map<ConnectionId, std::string> received_, closed_;
  std::vector<std::string> refused_;
  std::string peer_;
  std::function<void(ConnectionId)> while_handling_;
  bool echo_ = false;
  int calls_ = 0;
};

TEST_F(Listener, BytesGoBothWaysInAnyPieces) {
  echo_ = true;
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  EXPECT_EQ(peer_, "127.0.0.1");
  const std::string message = "\x0bMSH|^~\\&|A\rPID|1\r\x1c\r";
  std::string echoed;
  for (std::size_t n = 0; n < message.size(); ++n) {
    client.write(message.substr(n, 1));
    ASSERT_TRUE(run_until_received(opened_[0], message.substr(0, n + 1)));
  }
  ASSERT_TRUE(loop_.run_until([&] {
    echoed += client.read();
    return echoed.size() == message.size();
  }));
  EXPECT_EQ(echoed, message);
}

TEST_F(Listener, ManyConnectionsKeepTheirBytesApart) {
  constexpr std::size_t count = 200;
  settings_.connections_per_peer_max = count;
  echo_ = true;
  start();
  std::vector<Client> clients;
  for (std::size_t n = 0; n < count; ++n) {
    clients.emplace_back(port_);
    ASSERT_TRUE(run_until_open(n + 1));
    clients.back().write("client " + std::to_string(n));
  }
  std::vector<std::string> echoed(count);
  ASSERT_TRUE(loop_.run_until([&] {
    bool all = true;
    for (std::size_t n = 0; n < count; ++n) {
      echoed[n] += clients[n].read();
      all = all && echoed[n] == "client " + std::to_string(n);
    }
    return all;
  }));
}

TEST_F(Listener, RefusesMoreThanItsLimits) {
  settings_.connections_max = 3;
  settings_.connections_per_peer_max = 2;
  start();
  Client first{port_}, second{port_}, third{port_};
  ASSERT_TRUE(run_until_ended(third));
  EXPECT_THAT(refused_, ElementsAre("127.0.0.1: too many connections from this peer"));
  Client other{port_, "127.0.0.2"};
  ASSERT_TRUE(run_until_open(3));
  Client one_too_many{port_, "127.0.0.3"};
  ASSERT_TRUE(run_until_ended(one_too_many));
  EXPECT_EQ(refused_.back(), "127.0.0.3: too many connections");
  EXPECT_THAT(opened_, SizeIs(3));
  EXPECT_THAT(closed_, IsEmpty()) << "those that are in are not disturbed";
}

TEST_F(Listener, APlaceIsFreeAgainAfterTheEnd) {
  settings_.connections_max = 1;
  start();
  for (std::size_t n = 1; n <= 20; ++n) {
    Client client{port_};
    ASSERT_TRUE(run_until_open(n)) << "the one before was closed by its peer and must not keep others out";
  }
  EXPECT_THAT(refused_, IsEmpty());
}

TEST_F(Listener, LetsOnlyNamedPeersIn) {
  settings_.peers = {"127.0.0.5", "::1"};
  start();
  Client stranger{port_}, known{port_, "127.0.0.5"};
  ASSERT_TRUE(run_until_open(1));
  ASSERT_TRUE(run_until_ended(stranger));
  EXPECT_EQ(peer_, "127.0.0.5");
  EXPECT_THAT(refused_, ElementsAre("127.0.0.1: not an allowed peer"));
}

TEST_F(Listener, ANewConnectionReplacesTheOldOneOfASinglePeer) {
  settings_.single = true;
  start();
  Client old{port_};
  ASSERT_TRUE(run_until_open(1));
  Client elsewhere{port_, "127.0.0.9"};
  ASSERT_TRUE(run_until_open(2));
  Client fresh{port_};
  old.write("last words");  // comes after the new connection and is still unread when that is let in
  ASSERT_TRUE(run_until_open(3));
  EXPECT_EQ(received_[opened_[0]], "last words");
  EXPECT_THAT(closed_[opened_[0]], HasSubstr("replaced"));
  EXPECT_FALSE(closed_.contains(opened_[1]));
  fresh.write("hello");
  EXPECT_TRUE(run_until_received(opened_[2], "hello"));
}

TEST_F(Listener, TellsThatThePeerClosed) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  client.write("all of it");
  client.close();
  ASSERT_TRUE(run_until_closed(opened_[0]));
  EXPECT_EQ(received_[opened_[0]], "all of it");
  EXPECT_EQ(closed_[opened_[0]], "closed by the peer");
}

TEST_F(Listener, TellsThatThePeerReset) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  client.reset();
  ASSERT_TRUE(run_until_closed(opened_[0]));
  EXPECT_EQ(closed_[opened_[0]], "Connection reset by peer");
}

TEST_F(Listener, APeerThatOnlyEndedSendingGetsItsAnswer) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  client.write("message");
  client.end_sending();
  ASSERT_TRUE(run_until_received(opened_[0], "message"));
  loop_.context().poll();
  EXPECT_FALSE(closed_.contains(opened_[0]));
  listener_->send(opened_[0], bytes_of("late answer"));
  std::string got;
  ASSERT_TRUE(run_until_ended(client, &got));
  EXPECT_EQ(got, "late answer");
  EXPECT_EQ(closed_[opened_[0]], "closed by the peer");
}

TEST_F(Listener, AnswersToWhatCameAtOnceGoOutAtOnce) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  while_handling_ = [&](ConnectionId id) {
    listener_->send(id, bytes_of("first "));
    listener_->send(id, bytes_of("second"));
    EXPECT_EQ(client.read(), "") << "one write for both, behind the bytes they answer";
  };
  client.write("two messages");
  std::string got;
  ASSERT_TRUE(loop_.run_until([&] { return !(got += client.read()).empty(); }));
  EXPECT_EQ(got, "first second");
}

TEST_F(Listener, AnAnswerGoesOutBeforeTheEndThatCameWithIt) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  while_handling_ = [&](ConnectionId id) {
    listener_->send(id, bytes_of("refused"));
    listener_->close(id);
  };
  client.write("garbage");
  std::string got;
  ASSERT_TRUE(run_until_ended(client, &got));
  EXPECT_EQ(got, "refused");
  EXPECT_FALSE(client.was_reset);
}

TEST_F(Listener, ClosesAfterWhatWasSentHasGoneOut) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  const std::string answer(600'000, 'a');  // more than the socket takes at once
  client.write("unread bytes would turn our close into a reset");
  listener_->send(opened_[0], bytes_of(answer));
  listener_->close(opened_[0]);
  listener_->close(opened_[0]);
  listener_->send(opened_[0], bytes_of("too late"));
  std::string got;
  ASSERT_TRUE(run_until_ended(client, &got));
  EXPECT_EQ(got, answer);
  EXPECT_FALSE(client.was_reset);
  client.close();
  ASSERT_TRUE(run_until_closed(opened_[0]));
  EXPECT_EQ(closed_[opened_[0]], "closed by us");
}

TEST_F(Listener, ClosesInTheEndWhateverThePeerDoes) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  listener_->send(opened_[0], bytes_of(std::string(900'000, 'a')));
  listener_->close(opened_[0]);
  EXPECT_TRUE(run_until_closed(opened_[0])) << "the peer neither reads nor closes";
}

TEST_F(Listener, APeerThatTakesNoAnswersIsBounded) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  const std::string answer(64 * 1024, 'a');
  std::size_t sent = 0;
  ASSERT_TRUE(loop_.run_until([&] {
    listener_->send(opened_[0], bytes_of(answer));
    sent += answer.size();
    return closed_.contains(opened_[0]);
  }));
  EXPECT_EQ(closed_[opened_[0]], "the peer does not take its answers");
  EXPECT_LT(sent, std::size_t{64} * 1024 * 1024) << "the kernel's buffers and ours";
}

TEST_F(Listener, APausedConnectionPushesBack) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  listener_->pause_reading(opened_[0], true);
  const std::string piece(64 * 1024, 'p');
  std::size_t written = 0;
  constexpr std::size_t enough = 64 * 1024 * 1024;
  for (int idle = 0; idle < 3 && written < enough;) {  // until neither side moves any more
    const std::size_t size = client.write(piece);
    written += size;
    idle = size == 0 ? idle + 1 : 0;
    loop_.context().restart();
    loop_.context().poll();
  }
  EXPECT_LT(written, enough) << "only the kernel's buffers take it";
  EXPECT_EQ(received_[opened_[0]].size(), 0U);
  listener_->pause_reading(opened_[0], false);
  ASSERT_TRUE(loop_.run_until([&] { return received_[opened_[0]].size() == written; }));
  client.write("more");
  EXPECT_TRUE(loop_.run_until([&] { return received_[opened_[0]].size() == written + 4; }));
}

// The descriptor of ours whose other end is that client.
int our_end_of(const Client& client) {
  for (int fd = 3; fd < 1024; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
        ntohs(peer.sin_port) == client.port()) {
      return fd;
    }
  }
  return -1;
}

int option_of(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(fd, level, name, &value, &size);
  return value;
}

TEST_F(Listener, ConnectionsAreWatchedAndNotDelayed) {
  start();
  Client client{port_};
  ASSERT_TRUE(run_until_open(1));
  const int fd = our_end_of(client);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), 10);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPINTVL), 3);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 19'000);
  EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(::fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST_F(Listener, AnAddressInUseIsToldAndTriedAgain) {
  start();
  settings_.port = port_;
  const auto second = make_tcp_listener(loop_.context(), settings_, {});
  EXPECT_THAT(second->start(), HasSubstr("Address already in use"));
  EXPECT_EQ(second->bound_port(), 0);
  listener_->stop();
  EXPECT_TRUE(loop_.run_until([&] { return second->bound_port() == port_; }));
}

TEST_F(Listener, RefusesAddressesThatAreNone) {
  settings_.address = "localhost";
  EXPECT_THAT(make_tcp_listener(loop_.context(), settings_, {})->start(), HasSubstr("not a numeric address"));
  settings_.address = "127.0.0.1";
  settings_.peers = {"10.0.0.300"};
  EXPECT_THAT(make_tcp_listener(loop_.context(), settings_, {})->start(), HasSubstr("10.0.0.300"));
  loop_.run_out();
}

// UBSan makes a pipe to check an object's type: it dies of the very descriptors that this test takes away, so
// the builds without sanitizers have it alone.
#ifndef VITALSD_SANITIZED
TEST_F(Listener, WaitsWhenTheSystemHasNoDescriptorLeft) {
  start();
  Client client;  // has its descriptor already
  rlimit normal{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &normal), 0);
  const int next_free = ::dup(0);
  ::close(next_free);
  rlimit none = normal;
  none.rlim_cur = static_cast<rlim_t>(next_free);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  client.connect(port_);
  EXPECT_TRUE(loop_.run_until([&] { return !refused_.empty(); }));
  const std::size_t handled = loop_.context().run_for(std::chrono::milliseconds{300});
  ::setrlimit(RLIMIT_NOFILE, &normal);
  EXPECT_LT(handled, 50U) << "it waits instead of spinning";
  EXPECT_THAT(refused_, ElementsAre(": Too many open files")) << "told once";
  EXPECT_TRUE(run_until_open(1)) << "the peer in the queue is let in when there is room";
}
#endif

TEST_F(Listener, StopIsFinalAndIdempotent) {
  start();
  Client first{port_}, second{port_};
  ASSERT_TRUE(run_until_open(2));
  first.write("never read");
  listener_->send(opened_[1], bytes_of(std::string(1'000'000, 'a')));
  listener_->close(opened_[1]);
  const int calls = calls_;
  listener_->stop();
  listener_->stop();
  listener_->send(opened_[0], bytes_of("nowhere"));
  listener_->close(opened_[0]);
  listener_->pause_reading(opened_[0], true);
  loop_.run_out();
  EXPECT_EQ(calls_, calls);
  EXPECT_EQ(listener_->bound_port(), 0);
  first.read();
  EXPECT_TRUE(first.ended);
}

TEST_F(Listener, AHandlerMayDestroyTheListener) {
  start();
  ListenHandlers handlers;
  std::unique_ptr<TcpListener> listener;
  bool heard = false;
  handlers.on_bytes = [&](ConnectionId, Bytes, vitals::Stamp) {
    listener.reset();
    heard = true;
  };
  listener = make_tcp_listener(loop_.context(), settings_, handlers);
  ASSERT_EQ(listener->start(), "");
  Client client{listener->bound_port()};
  ASSERT_TRUE(loop_.run_until([&] { return client.write("x") == 1; }));
  ASSERT_TRUE(loop_.run_until([&] { return heard; }));
  listener_->stop();
  loop_.run_out();
}

}  // namespace
}  // namespace links
