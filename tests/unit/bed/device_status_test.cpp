// What a device says of itself: a failed cuff, a wrong device, a battery.
#include "tests/unit/bed/harness.hpp"

namespace bed {
namespace {

using drivers::Signal;

struct DeviceStatusTest : OneBed {
  void SetUp() override {
    linked();
    bed().session_start({}, now);
    stay(97, 1);
  }
  void fail() {
    status(Signal::nibp_measuring, true);
    stay(97, 40);
    status(Signal::nibp_measuring, false);
    status(Signal::nibp_failed, true);
  }
};

TEST_F(DeviceStatusTest, one_failed_cuff_is_low_two_in_a_row_are_medium) {
  fail();
  EXPECT_EQ(priority("nibp-failed"), Priority::low);
  const auto id = alarm("nibp-failed")->id;
  fail();
  EXPECT_EQ(priority("nibp-failed"), Priority::medium);
  EXPECT_EQ(alarm("nibp-failed")->id, id);
  EXPECT_EQ(count("nibp-failed", Change::escalate), 1U);
}

TEST_F(DeviceStatusTest, only_a_good_reading_ends_it) {
  fail();
  status(Signal::nibp_failed, false);
  cuff_failed();
  stay(97, 300);
  EXPECT_EQ(priority("nibp-failed"), Priority::low);
  cuff(120, 70);
  EXPECT_EQ(alarm("nibp-failed"), nullptr);
  fail();
  EXPECT_EQ(priority("nibp-failed"), Priority::low) << "counted anew";
}

TEST_F(DeviceStatusTest, the_same_failure_told_twice_is_one) {
  fail();
  stay(97, 5);
  status(Signal::nibp_failed, false);
  status(Signal::nibp_failed, true);
  EXPECT_EQ(priority("nibp-failed"), Priority::low);
}

TEST_F(DeviceStatusTest, without_a_session_it_stays_low) {
  bed().session_end(now);
  fail();
  fail();
  EXPECT_EQ(priority("nibp-failed"), Priority::low);
}

TEST_F(DeviceStatusTest, a_failure_after_a_restart_is_the_second) {
  fail();
  Alarm stored = *alarm("nibp-failed");
  stored.condition = "nibp-failed";
  const infusion::View view_ = bed().session(now);
  bed_.reset();
  bed().restore_session(view_, now);
  ASSERT_TRUE(bed().restore_alarm(stored, now));
  linked();
  fail();
  EXPECT_EQ(priority("nibp-failed"), Priority::medium);
}

TEST_F(DeviceStatusTest, a_wrong_device_is_medium_after_15_s) {
  status(Signal::wrong_device, true);
  stay(97, 14);
  EXPECT_EQ(alarm("wrong-device-mon1"), nullptr);
  stay(97, 2);
  EXPECT_EQ(priority("wrong-device-mon1"), Priority::medium);
  EXPECT_EQ(alarm("wrong-device-mon1")->source, "mon1");
  status(Signal::wrong_device, false);
  stay(97, 6);
  EXPECT_EQ(alarm("wrong-device-mon1"), nullptr);
}

TEST_F(DeviceStatusTest, pulling_its_cable_does_not_end_a_wrong_device) {
  status(Signal::wrong_device, true);
  stay(97, 16);
  bed().link(0, false, now);
  status(Signal::wrong_device, false);  // the link does not say so any more: it is down
  wait(60);
  ASSERT_NE(alarm("wrong-device-mon1"), nullptr);
  EXPECT_EQ(alarm("wrong-device-mon1")->data, Data::lost);
}

TEST_F(DeviceStatusTest, what_it_says_of_itself_is_shown_and_forgotten_with_its_driver) {
  status(Signal::low_battery, true);
  status(Signal::nibp_measuring, true);
  EXPECT_TRUE(bed().signals(0).low_battery);
  EXPECT_TRUE(bed().signals(0).measuring);
  EXPECT_EQ(out.devices.size(), 2U);
  status(Signal::low_battery, true);
  EXPECT_EQ(out.devices.size(), 2U) << "no news";
  bed().teller_gone(0, &default_teller, now);
  EXPECT_EQ(bed().signals(0), DeviceSignals{});
  EXPECT_EQ(out.devices.size(), 3U);
}

TEST_F(DeviceStatusTest, demo_mode_is_not_inherited_by_the_next_device) {
  status(Signal::demo_mode, true);
  stay(97, 16);
  ASSERT_NE(alarm("demo-mode-mon1"), nullptr);
  bed().link(0, false, now);
  bed().teller_gone(0, &default_teller, now);
  linked();
  stay(97, 10);
  EXPECT_EQ(alarm("demo-mode-mon1"), nullptr);
}

TEST_F(DeviceStatusTest, a_wrong_device_on_the_port_needs_no_link) {
  bed().link(0, false, now);
  status(Signal::wrong_device, true);
  wait(16);
  EXPECT_EQ(priority("wrong-device-mon1"), Priority::medium);
}

}  // namespace
}  // namespace bed
