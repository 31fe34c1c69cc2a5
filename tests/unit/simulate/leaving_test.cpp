// Goal: a device that was brought to speak is brought to rest when the daemon ends, and one that was only
// listened to hears nothing. Method: every driver and its simulated device in virtual time.
#include <gmock/gmock.h>

#include <set>

#include "tests/unit/simulate/closed_loop.hpp"

namespace simulate::test {
namespace {

constexpr std::string_view calm =
    "[[keyframe]]\nt = 0\nhr = 74\npr = 75\nspo2 = 97\nsys = 121\ndia = 76\nmap = 91\nrr = 14\n";

// Those whose protocol has a word for the end. pm6750 has none; ge-dinamap and suntech-nibp answer only.
const std::set<std::string_view> told{"contec-9", "capnostream20", "philips-intellivue", "ge-s5-dri",
                                      "draeger-medibus"};
const std::set<std::string_view> silent_without_a_host{"contec-9",    "capnostream20",   "philips-intellivue",
                                                       "ge-s5-dri",   "draeger-medibus", "ge-dinamap",
                                                       "suntech-nibp"};

std::size_t sent_at_the_end(std::string_view name, ClosedLoop& loop) {
  loop.run_to(30);
  EXPECT_GT(loop.count("frame-end"), 0U) << name;
  const std::size_t before = loop.count("send ");
  loop.leave();
  return loop.count("send ") - before;
}

TEST(Leaving, OnlyWhoWasAskedIsTold) {
  for (const DeviceEntry& device : devices()) {
    ClosedLoop loop(device.name, calm);
    const std::size_t sent = sent_at_the_end(device.name, loop);
    EXPECT_EQ(sent > 0, told.contains(device.name)) << device.name;
  }
}

// What was on its way may still come; after that there is silence, long before a time-out of the device.
TEST(Leaving, TheDeviceComesToRestAtOnce) {
  for (const DeviceEntry& device : devices()) {
    if (!silent_without_a_host.contains(device.name)) continue;
    ClosedLoop loop(device.name, calm);
    sent_at_the_end(device.name, loop);
    loop.run_to(30.5);
    loop.take_unheard();
    loop.run_to(33);
    EXPECT_EQ(loop.take_unheard(), 0U) << device.name;
  }
}

// A port that was opened a moment ago, at which nobody has answered: the end may come at any time.
TEST(Leaving, AtAnyMomentNothingIsSentTwice) {
  for (const std::string_view name : told) {
    for (const double t_s : {0.0, 0.1, 0.5, 2.0, 5.0}) {
      ClosedLoop loop(name, calm);
      loop.run_to(t_s);
      const std::size_t before = loop.count("send ");
      loop.leave();
      EXPECT_LE(loop.count("send ") - before, 2U) << name << " at " << t_s;
    }
  }
}

}  // namespace
}  // namespace simulate::test
