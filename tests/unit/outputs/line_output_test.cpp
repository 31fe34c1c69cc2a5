// The GPIO line against a kernel that we play ourselves, since few machines have a line to spare: it holds
// the request to what linux/gpio.h demands, and what counts is the level at the wire.
#include "daemon/outputs/line_output.hpp"

#include <gtest/gtest.h>
#include <linux/gpio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "tests/unit/outputs/results.hpp"

namespace outputs {
namespace {

using std::chrono_literals::operator""ms;

constexpr int chip_fd = 100, line_fd = 200;

template <typename Array>
bool all_zero(const Array& words) {
  return std::all_of(std::begin(words), std::end(words), [](auto word) { return word == 0; });
}

// One chip, "/dev/gpiochip7", with 32 lines.
class PlayedKernel final : public GpioKernel {
 public:
  int open(const char* path) override {
    const std::lock_guard lock{mutex_};
    if (gone_ || std::strcmp(path, "/dev/gpiochip7") != 0) return fail(ENOENT);
    ++open_;
    return chip_fd;
  }
  int ioctl(int descriptor, unsigned long request, void* argument) override {
    const std::lock_guard lock{mutex_};
    if (gone_) return fail(ENODEV);
    if (descriptor == chip_fd && request == GPIO_V2_GET_LINE_IOCTL)
      return take(*static_cast<gpio_v2_line_request*>(argument));
    if (descriptor == chip_fd && request == GPIO_V2_GET_LINEINFO_IOCTL)
      return tell(*static_cast<gpio_v2_line_info*>(argument));
    if (descriptor == line_fd && request == GPIO_V2_LINE_SET_VALUES_IOCTL)
      return put(*static_cast<gpio_v2_line_values*>(argument));
    return fail(ENOTTY);
  }
  void close(int descriptor) override {
    const std::lock_guard lock{mutex_};
    --open_;
    if (descriptor == line_fd) taken_ = false;
  }

  void plug(bool in) {
    const std::lock_guard lock{mutex_};
    gone_ = !in;
  }
  void give_to(const std::string& other) {  // empty: free
    const std::lock_guard lock{mutex_};
    other_ = other;
  }
  bool level() const {
    const std::lock_guard lock{mutex_};
    return level_;
  }
  bool taken() const {
    const std::lock_guard lock{mutex_};
    return taken_;
  }
  int descriptors() const {
    const std::lock_guard lock{mutex_};
    return open_;
  }

 private:
  static int fail(int error) {
    errno = error;
    return -1;
  }
  int take(gpio_v2_line_request& request) {
    const gpio_v2_line_config& config = request.config;
    const bool sound =
        request.num_lines == 1 && request.offsets[0] < 32 && all_zero(request.padding) &&
        all_zero(config.padding) && config.num_attrs == 1 && config.attrs[0].attr.padding == 0 &&
        config.attrs[0].attr.id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES &&
        (config.flags & ~std::uint64_t{GPIO_V2_LINE_FLAG_ACTIVE_LOW}) == GPIO_V2_LINE_FLAG_OUTPUT &&
        std::strcmp(request.consumer, "vitalsd") == 0;
    if (!sound) return fail(EINVAL);
    if (taken_ || !other_.empty()) return fail(EBUSY);
    taken_ = true;
    ++open_;
    active_low_ = (config.flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW) != 0;
    level_ = ((config.attrs[0].attr.values & config.attrs[0].mask & 1) != 0) != active_low_;
    request.fd = line_fd;
    return 0;
  }
  int tell(gpio_v2_line_info& info) const {
    if (info.offset >= 32 || !all_zero(info.padding)) return fail(EINVAL);
    std::strncpy(info.consumer, other_.c_str(), sizeof info.consumer - 1);
    return 0;
  }
  int put(const gpio_v2_line_values& values) {
    if (values.mask != 1) return fail(EINVAL);
    level_ = (values.bits == 1) != active_low_;
    return 0;
  }

  mutable std::mutex mutex_;
  bool gone_ = false, taken_ = false, active_low_ = false, level_ = true;  // from before a crash
  std::string other_;
  int open_ = 0;
};

class LineOutputTest : public testing::Test {
 protected:
  GpioSettings settings(std::uint32_t line = 17, bool active_low = false) {
    return {"/dev/gpiochip7", line, active_low};
  }
  PlayedKernel kernel_;
  Results results_;
};

TEST_F(LineOutputTest, is_inactive_from_the_start_active_while_it_calls_and_let_go_at_the_end) {
  {
    LineOutput output(settings(), results_.handler(), kernel_);
    EXPECT_EQ(results_.number(1), "");
    EXPECT_FALSE(kernel_.level());
    EXPECT_TRUE(kernel_.taken()) << "so that nobody else has it when it is needed";
    output.set({true, false, "why"});
    EXPECT_EQ(results_.number(2), "");
    EXPECT_TRUE(kernel_.level());
    output.set({});
    EXPECT_EQ(results_.number(3), "");
    EXPECT_FALSE(kernel_.level());
    output.set({true, true, "why"});
    EXPECT_EQ(results_.number(4), "");
  }
  EXPECT_FALSE(kernel_.level()) << "an end ends the call";
  EXPECT_FALSE(kernel_.taken());
  EXPECT_EQ(kernel_.descriptors(), 0);
}

TEST_F(LineOutputTest, active_low_is_high_while_all_is_well) {
  LineOutput output(settings(17, true), results_.handler(), kernel_);
  EXPECT_EQ(results_.number(1), "");
  EXPECT_TRUE(kernel_.level());
  output.set({true, false, "why"});
  EXPECT_EQ(results_.number(2), "");
  EXPECT_FALSE(kernel_.level());
}

TEST_F(LineOutputTest, a_line_that_is_in_use_is_named_and_taken_when_it_is_free) {
  kernel_.give_to("leds");
  LineOutput output(settings(), results_.handler(), kernel_, 5ms);
  EXPECT_EQ(results_.number(1), "line 17 of /dev/gpiochip7 is in use by \"leds\"");
  output.set({true, false, "why"});
  kernel_.give_to("");
  EXPECT_TRUE(results_.after(0, ""));
  EXPECT_TRUE(kernel_.level()) << "and called at once";
  EXPECT_GE(output.health().failures, 1U);
}

TEST_F(LineOutputTest, what_is_not_there_is_told) {
  const LineOutput no_line(settings(99), results_.handler(), kernel_);
  EXPECT_EQ(results_.number(1), "there is no line 99 of /dev/gpiochip7");
  Results other;
  const LineOutput no_chip({"/dev/gpiochip8", 1, false}, other.handler(), kernel_);
  EXPECT_EQ(other.number(1), "/dev/gpiochip8 cannot be opened: No such file or directory");
}

TEST_F(LineOutputTest, a_chip_that_is_pulled_is_noticed_while_nothing_calls_and_comes_back) {
  LineOutput output(settings(), results_.handler(), kernel_, 5ms);
  EXPECT_EQ(results_.number(1), "");
  kernel_.plug(false);
  EXPECT_TRUE(results_.after(0, "line 17 of /dev/gpiochip7 cannot be set: No such device"));
  const std::size_t seen = results_.count();
  kernel_.plug(true);
  EXPECT_TRUE(results_.after(seen, ""));
  EXPECT_TRUE(kernel_.taken());
}

TEST(GpioKernel, says_why_a_real_device_cannot_be_had) {
  GpioKernel kernel;
  GpioLine none({"/dev/no-such-chip", 0, false}, kernel);
  EXPECT_EQ(none.set(true), "/dev/no-such-chip cannot be opened: No such file or directory");
  GpioLine other({"/dev/null", 0, false}, kernel);
  EXPECT_EQ(other.set(true), "line 0 of /dev/null cannot be had: Inappropriate ioctl for device");
}

}  // namespace
}  // namespace outputs
