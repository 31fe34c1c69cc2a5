// Serial links on real pseudo terminals and FIFOs.
#include "daemon/links/serial_link.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "daemon/links/port_holder.hpp"
#include "daemon/links/port_list.hpp"
#include "tests/unit/links/loop_harness.hpp"

namespace links {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The device: the master side of a pseudo terminal.
class Device {
 public:
  Device() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
    EXPECT_GE(master_, 0);
    EXPECT_EQ(::grantpt(master_), 0);
    EXPECT_EQ(::unlockpt(master_), 0);
    name_ = ::ptsname(master_);
  }
  ~Device() { unplug(); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const std::string& name() const { return name_; }
  void unplug() {
    if (master_ >= 0) ::close(std::exchange(master_, -1));
  }
  void write(std::string_view text) {
    EXPECT_EQ(::write(master_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string read() {
    char buffer[256];
    const ssize_t size = ::read(master_, buffer, sizeof buffer);
    return {buffer, size > 0 ? static_cast<std::size_t>(size) : 0};
  }

 private:
  int master_;
  std::string name_;
};

class SerialLink : public testing::Test {
 protected:
  SerialLink() {
    std::string name = (std::filesystem::temp_directory_path() / "vitalsd-links-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~SerialLink() override {
    link_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::string symlink() const { return (directory_ / "monitor").string(); }
  void point_to(const std::string& target) {
    std::filesystem::remove(symlink());
    std::filesystem::create_symlink(target, symlink());
  }

  void make(const std::string& path, bool is_plain = true) {
    SerialSettings settings;
    settings.path = path;
    settings.plain = is_plain;
    settings.reopen_after = vitals::Milliseconds{2};
    link_ = make_serial_link(loop_.context(), settings, handlers());
  }
  Handlers handlers() {
    return {[this](Bytes bytes, vitals::Stamp stamp) {
              append(received_, bytes);
              stamp_ = stamp;
              ++calls_;
            },
            [this](State state, const std::string& detail) {
              states_.push_back(state);
              detail_ = detail;
              ++calls_;
            }};
  }
  bool run_until_state(State state) {
    return loop_.run_until([&] { return !states_.empty() && states_.back() == state; });
  }
  bool run_until_received(std::string_view text) {
    return loop_.run_until([&] { return received_ == text; });
  }

  Loop loop_;
  std::filesystem::path directory_;
  std::unique_ptr<Link> link_;
  std::string received_, detail_;
  std::vector<State> states_;
  vitals::Stamp stamp_{};
  int calls_ = 0;
};

TEST_F(SerialLink, BringsBytesWithTheirTime) {
  Device device;
  make(device.name());
  link_->start();
  ASSERT_THAT(states_, testing::ElementsAre(State::up)) << detail_;
  EXPECT_EQ(detail_, device.name());
  device.write("SPO2=098\r\n");
  ASSERT_TRUE(run_until_received("SPO2=098\r\n"));
  EXPECT_GT(stamp_.mono.time_since_epoch().count(), 0);
  EXPECT_GT(vitals::unix_ms(stamp_.wall), 1'700'000'000'000);
}

TEST_F(SerialLink, EveryByteValuePassesUnchanged) {
  Device device;
  make(device.name());
  link_->start();
  std::string all;
  for (int value = 0; value < 256; ++value) all.push_back(static_cast<char>(value));
  device.write(all);
  EXPECT_TRUE(run_until_received(all)) << "raw mode: no echo, no translation, no signals";
}

TEST_F(SerialLink, SendsBytes) {
  Device device;
  make(device.name());
  link_->start();
  link_->send(bytes_of("poll 1\r"));
  link_->send(bytes_of("poll 2\r"));
  std::string arrived;
  ASSERT_TRUE(loop_.run_until([&] {
    arrived += device.read();
    return arrived.size() >= 14;
  }));
  EXPECT_EQ(arrived, "poll 1\rpoll 2\r");
}

TEST_F(SerialLink, ADeviceThatTakesNothingIsStillHeard) {
  Device device;
  make(device.name());
  link_->start();
  const std::string poll(1'000, '?');
  for (int n = 0; n < 200; ++n) {
    link_->send(bytes_of(poll));
    loop_.context().poll();
  }
  device.write("still here");
  EXPECT_TRUE(run_until_received("still here"));
  EXPECT_THAT(states_, SizeIs(1));
}

TEST_F(SerialLink, SurvivesUnplugAndReplugUnderTheSameName) {
  auto device = std::make_unique<Device>();
  point_to(device->name());
  make(symlink());
  link_->start();
  EXPECT_EQ(detail_, symlink() + " is " + device->name());
  device->write("one ");
  ASSERT_TRUE(run_until_received("one "));

  device->unplug();
  ASSERT_TRUE(run_until_state(State::down));
  std::filesystem::remove(symlink());
  ASSERT_TRUE(loop_.run_until([&] { return detail_ == "no such device"; }));

  Device again;
  point_to(again.name());
  ASSERT_TRUE(run_until_state(State::up));
  again.write("two");
  EXPECT_TRUE(run_until_received("one two"));
}

TEST_F(SerialLink, FollowsItsNameToAnotherDevice) {
  Device first, second;
  point_to(first.name());
  make(symlink());
  link_->start();
  point_to(second.name());
  first.unplug();
  ASSERT_TRUE(run_until_state(State::down));
  ASSERT_TRUE(run_until_state(State::up));
  EXPECT_THAT(detail_, HasSubstr(second.name()));
  second.write("from the second");
  EXPECT_TRUE(run_until_received("from the second"));
}

// The wait between two attempts is longer than any test waits.
TEST_F(SerialLink, ADeviceThatAppearsIsOpenedAtOnce) {
  const Device device;
  const auto folder = directory_ / "serial" / "by-id";
  SerialSettings settings;
  settings.path = (folder / "usb-one").string();
  settings.plain = true;
  settings.reopen_after = std::chrono::hours{1};
  link_ = make_serial_link(loop_.context(), settings, handlers());
  link_->start();
  ASSERT_TRUE(run_until_state(State::down));
  loop_.context().poll();
  std::filesystem::create_directory(directory_ / "serial");
  loop_.context().poll();
  std::filesystem::create_directory(folder);
  loop_.context().poll();
  std::filesystem::create_symlink("/nowhere", folder / "usb-two");
  loop_.context().poll();
  std::filesystem::create_symlink(device.name(), folder / "usb-one");
  EXPECT_TRUE(run_until_state(State::up));
}

TEST_F(SerialLink, WhileItWaitsForADeviceItMayBeDestroyed) {
  make(symlink());
  link_->start();
  ASSERT_TRUE(run_until_state(State::down));
  link_.reset();
  point_to("/dev/null");
  loop_.run_out();
}

TEST_F(SerialLink, AMissingDeviceIsReportedOnce) {
  make(symlink());
  link_->start();
  EXPECT_THAT(states_, testing::ElementsAre(State::down));
  EXPECT_EQ(detail_, "no such device");
  Device device;
  int steps = 0;
  ASSERT_TRUE(loop_.run_until([&] { return ++steps > 20; })) << "some attempts later";
  EXPECT_THAT(states_, SizeIs(1)) << "the same failure is not news";
  point_to(device.name());
  EXPECT_TRUE(run_until_state(State::up)) << detail_;
}

TEST_F(SerialLink, ABusyPortNamesItsHolderAndIsTakenWhenFree) {
  Device device;
  const int other = ::open(device.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  make(device.name());
  link_->start();
  EXPECT_THAT(states_, testing::ElementsAre(State::busy));
  EXPECT_THAT(detail_, HasSubstr("in use by "));
  EXPECT_THAT(detail_, HasSubstr(std::to_string(::getpid())));
  ::close(other);
  ASSERT_TRUE(run_until_state(State::up));
  device.write("mine now");
  EXPECT_TRUE(run_until_received("mine now"));
}

// A program that took no lock is found by its open descriptor; here that is this process.
TEST_F(SerialLink, WhoHasADeviceOpenIsNamed) {
  const Device device;
  EXPECT_THAT(openers_of(device.name()), IsEmpty());
  const int fd = ::open(device.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  const std::string own = "(" + std::to_string(::getpid()) + ")";
  EXPECT_THAT(openers_of(device.name()), testing::ElementsAre(HasSubstr(own)));
  ::close(fd);
  EXPECT_THAT(openers_of("/nowhere"), IsEmpty());
}

// Root's programs open a port in spite of the lock. They show only as bytes that do not come.
TEST_F(SerialLink, AnotherReaderOfOurPortIsTrouble) {
  Device device;
  make(device.name());
  link_->start();
  EXPECT_EQ(link_->trouble(), "");
  const pid_t other = ::fork();
  if (other == 0) {
    const int fd = ::open(device.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::close_range(0, static_cast<unsigned>(fd) - 1, 0);
    for (;;) ::pause();
  }
  EXPECT_TRUE(loop_.run_until(
      [&] { return link_->trouble().find("(" + std::to_string(other) + ")") != std::string::npos; }));
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
}

TEST_F(SerialLink, AStableNameIsFoundByWhatItLeadsTo) {
  const Device device;
  const auto by_id = directory_ / "by-id", by_path = directory_ / "by-path";
  std::filesystem::create_directories(by_path);
  const std::vector<std::string> folders{by_id.string(), by_path.string()};
  EXPECT_EQ(stable_name_of(device.name(), folders), "");
  std::filesystem::create_symlink(device.name(), by_path / "pci-1");
  EXPECT_EQ(stable_name_of(device.name(), folders), (by_path / "pci-1").string());
  std::filesystem::create_directories(by_id);
  std::filesystem::create_symlink("/nowhere", by_id / "usb-gone");
  std::filesystem::create_symlink(device.name(), by_id / "usb-two");
  std::filesystem::create_symlink(device.name(), by_id / "usb-one");
  EXPECT_EQ(stable_name_of(device.name(), folders), (by_id / "usb-one").string());
}

TEST_F(SerialLink, HoldsThePortExclusivelyUntilStopped) {
  Device device;
  make(device.name());
  link_->start();
  const int other = ::open(device.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(other, 0);
  EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0);
  EXPECT_THAT(holder_of(device.name()), HasSubstr(std::to_string(::getpid())));
  link_->stop();
  EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  ::close(other);
}

// Pitfalls S1 and S5: VMIN = 1 or an idle line looks like its end; HUPCL off or closing drops DTR.
TEST_F(SerialLink, SetsTheLineUp) {
  Device device;
  make(device.name());
  link_->start();
  const int look = ::open(device.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios line{};
  ASSERT_EQ(::tcgetattr(look, &line), 0);
  ::close(look);
  EXPECT_EQ(line.c_cc[VMIN], 1);
  EXPECT_EQ(line.c_cc[VTIME], 0);
  EXPECT_EQ(line.c_cflag & HUPCL, 0U);
  EXPECT_EQ(line.c_lflag & (ICANON | ECHO | ISIG), 0U);
  // Bytes with a parity or framing error are marked, on a line without parity too.
  EXPECT_EQ(line.c_iflag & (INPCK | PARMRK | IGNPAR | IGNBRK | BRKINT | ISTRIP),
            static_cast<tcflag_t>(INPCK | PARMRK));
}

// Of the settings alone, whatever another program has left there.
TEST_F(SerialLink, TheHandshakeIsSetAndCleared) {
  Device device;
  const int look = ::open(device.name().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  const auto has_handshake = [&] {
    termios line{};
    EXPECT_EQ(::tcgetattr(look, &line), 0);
    return (line.c_cflag & CRTSCTS) != 0;
  };
  SerialSettings settings;
  settings.path = device.name();
  settings.plain = true;
  for (const bool wanted : {true, false, true}) {
    settings.rts_cts = wanted;
    link_ = make_serial_link(loop_.context(), settings, handlers());
    link_->start();
    EXPECT_THAT(states_, testing::Contains(State::up)) << detail_;
    EXPECT_EQ(has_handshake(), wanted);
    link_.reset();
    EXPECT_EQ(has_handshake(), wanted) << "left as it was";
  }
  ::close(look);
}

TEST_F(SerialLink, ReadsAFifo) {
  ASSERT_EQ(::mkfifo(symlink().c_str(), 0600), 0);
  make(symlink());
  link_->start();
  for (const char* piece : {"one ", "two"}) {
    const int writer = ::open(symlink().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(writer, 0);
    ASSERT_GT(::write(writer, piece, std::string_view{piece}.size()), 0);
    ::close(writer);  // a writer that leaves is not the end of the device
  }
  EXPECT_TRUE(run_until_received("one two"));
  EXPECT_THAT(states_, SizeIs(1));
}

TEST_F(SerialLink, RefusesWhatIsNoDevice) {
  make(directory_.string());
  link_->start();
  EXPECT_THAT(states_, testing::ElementsAre(State::down));
  make("/dev/null");
  link_->start();
  EXPECT_EQ(detail_, "neither a terminal nor a FIFO");
  make("/dev/null", false);
  link_->start();
  EXPECT_EQ(detail_, "not a serial port");
  make("", true);
  link_->start();
  EXPECT_EQ(states_.back(), State::down);
}

// Pitfall S3, and what a real port would show at this point.
TEST_F(SerialLink, APseudoTerminalNeedsThePlainSetting) {
  Device device;
  make(device.name(), false);
  link_->start();
  EXPECT_THAT(states_, testing::ElementsAre(State::down));
  EXPECT_THAT(detail_, testing::Not(IsEmpty()));
}

TEST_F(SerialLink, StopIsFinalAndIdempotent) {
  Device device;
  make(device.name());
  link_->stop();
  link_->start();
  device.write("never read");
  const int calls = calls_;
  link_->stop();
  link_->stop();
  link_->send(bytes_of("nowhere"));
  loop_.run_out();
  EXPECT_EQ(calls_, calls);
}

// What was sent has left when the end is reported: a closing message must not die in our own queue.
TEST_F(SerialLink, AnOrderlyEndSendsWhatWaits) {
  Device device;
  make(device.name());
  link_->start();
  const std::string goodbye(3'000, 'g');
  link_->send(bytes_of(goodbye));
  bool done = false;
  link_->finish([&] { done = true; });
  device.write("not heard any more");
  std::string arrived;
  ASSERT_TRUE(loop_.run_until([&] {
    arrived += device.read();
    return done && arrived.size() >= goodbye.size();
  }));
  EXPECT_EQ(arrived, goodbye);
  EXPECT_EQ(received_, "");
  EXPECT_THAT(states_, SizeIs(1));
}

TEST_F(SerialLink, AnOrderlyEndDoesNotWaitForADeviceThatTakesNothing) {
  Device device;
  make(device.name());
  link_->start();
  for (int n = 0; n < 12; ++n) link_->send(bytes_of(std::string(1'000, '?')));
  bool done = false;
  link_->finish([&] { done = true; });
  EXPECT_FALSE(done);
  EXPECT_TRUE(loop_.run_until([&] { return done; }));
}

TEST_F(SerialLink, AnOrderlyEndWithoutADeviceIsAtOnce) {
  make(symlink());
  link_->start();
  bool done = false;
  link_->finish([&] { done = true; });
  EXPECT_TRUE(done);
  loop_.run_out();
}

TEST_F(SerialLink, DestroyedWhileItEndsItReportsNothing) {
  Device device;
  make(device.name());
  link_->start();
  for (int n = 0; n < 12; ++n) link_->send(bytes_of(std::string(1'000, '?')));
  bool done = false;
  link_->finish([&] { done = true; });
  link_.reset();
  loop_.run_out();
  EXPECT_FALSE(done);
}

TEST_F(SerialLink, StartsAgainAfterStop) {
  Device device;
  make(device.name());
  link_->start();
  link_->stop();
  link_->start();
  device.write("once");
  EXPECT_TRUE(run_until_received("once"));
  EXPECT_THAT(states_, testing::ElementsAre(State::up, State::up));
}

TEST_F(SerialLink, AHandlerMayDestroyTheLink) {
  Device device;
  SerialSettings settings;
  settings.path = device.name();
  settings.plain = true;
  std::unique_ptr<Link> link;
  bool heard = false;
  link = make_serial_link(loop_.context(), settings,
                          {[&](Bytes, vitals::Stamp) {
                             link.reset();
                             heard = true;
                           },
                           {}});
  link->start();
  device.write("x");
  EXPECT_TRUE(loop_.run_until([&] { return heard; }));
  loop_.run_out();
}

}  // namespace
}  // namespace links
