// Against the socket that systemd would hold, as a file and as an abstract name.
#include "daemon/service/watchdog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace service {
namespace {

using vitals::Milliseconds;

// A variable of this process while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

// `name` as in NOTIFY_SOCKET.
class Manager {
 public:
  explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~Manager() { ::close(socket_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // What has been sent is here: a datagram to a socket of this machine does not travel.
  std::string next() {
    std::array<char, 256> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? "none" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

// While it lives no file can be opened.
class NoDescriptors {
 public:
  NoDescriptors() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{0, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    std::string name = (std::filesystem::temp_directory_path() / "vitalsd-notify-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~WatchdogTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return (folder_ / "notify").string(); }

 private:
  std::filesystem::path folder_;
};

void expect_all_is_told(const std::string& name) {
  Manager manager{name};
  const Variable socket{"NOTIFY_SOCKET", name};
  notify_ready();
  notify_alive();
  notify_stopping();
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=watching");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "STOPPING=1");
  EXPECT_EQ(manager.next(), "none");
}

TEST_F(WatchdogTest, TellsASocketWithAPath) { expect_all_is_told(path()); }

TEST_F(WatchdogTest, TellsAnAbstractSocket) {
  expect_all_is_told("@vitalsd-notify-" + std::to_string(::getpid()));
}

TEST_F(WatchdogTest, TellsAPathAsLongAsOneCanBe) {
  constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  const std::string start = path() + "-";
  ASSERT_LT(start.size(), longest);
  expect_all_is_told(start + std::string(longest - start.size(), 'n'));
}

// systemd would kill the daemon for it.
TEST_F(WatchdogTest, IsAliveWithoutAFileDescriptorToSpare) {
  Manager manager{path()};
  const Variable socket{"NOTIFY_SOCKET", path()};
  notify_ready();
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=watching");
  {
    const NoDescriptors none;
    notify_alive();
  }
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

TEST_F(WatchdogTest, WithoutAManagerNothingHappens) {
  Manager manager{path()};
  notify_ready();
  EXPECT_EQ(manager.next(), "none");
}

TEST_F(WatchdogTest, WhatIsNoSocketHereIsLoggedAndPassedOver) {
  for (const std::string& name : {std::string{"notify"}, std::string{"vsock:2:1"}, path(), path() + "/none",
                                  "/" + std::string(sizeof(sockaddr_un::sun_path), 'n')}) {
    const Variable socket{"NOTIFY_SOCKET", name};
    testing::internal::CaptureStdout();
    notify_ready();
    EXPECT_THAT(testing::internal::GetCapturedStdout(), testing::HasSubstr("is not told READY=1")) << name;
  }
}

TEST_F(WatchdogTest, IsAliveTwiceInEachPeriod) {
  EXPECT_EQ(watchdog_period(), std::nullopt);
  const Variable period{"WATCHDOG_USEC", "10000000"};
  EXPECT_EQ(watchdog_period(), Milliseconds{5'000});
  const Variable pid{"WATCHDOG_PID", std::to_string(::getpid())};
  EXPECT_EQ(watchdog_period(), Milliseconds{5'000});
}

TEST_F(WatchdogTest, AWatchdogOfAnotherProcessIsNotOurs) {
  const Variable period{"WATCHDOG_USEC", "10000000"};
  const Variable pid{"WATCHDOG_PID", std::to_string(::getppid())};
  EXPECT_EQ(watchdog_period(), std::nullopt);
}

TEST_F(WatchdogTest, APeriodThatIsNoneMeansNoWatchdog) {
  for (const char* text : {"", "0", "-1", "10s", "ten", "99999999999999999999999"}) {
    const Variable period{"WATCHDOG_USEC", text};
    EXPECT_EQ(watchdog_period(), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace service
