#include "daemon/outputs/gpio.hpp"

#include <fcntl.h>
#include <linux/gpio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace outputs {
namespace {

constexpr std::string_view consumer = "vitalsd";  // what gpioinfo shows of the line

std::string words(int error) { return std::generic_category().message(error); }

}  // namespace

int GpioKernel::open(const char* path) { return ::open(path, O_RDWR | O_CLOEXEC); }

int GpioKernel::ioctl(int descriptor, unsigned long request, void* argument) {
  return ::ioctl(descriptor, request, argument);
}

void GpioKernel::close(int descriptor) { ::close(descriptor); }

std::string GpioLine::set(bool active) {
  if (line_ < 0) return take(active);
  gpio_v2_line_values values{};
  values.mask = 1;  // the first line of our request, which is all of it
  values.bits = active ? 1 : 0;
  if (kernel_->ioctl(line_, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) >= 0) return {};
  const std::string why = words(errno);
  release();
  return "line " + std::to_string(settings_.line) + " of " + settings_.chip + " cannot be set: " + why;
}

std::string GpioLine::take(bool active) {
  const int chip = kernel_->open(settings_.chip.c_str());
  if (chip < 0) return settings_.chip + " cannot be opened: " + words(errno);
  gpio_v2_line_request request{};
  request.offsets[0] = settings_.line;
  request.num_lines = 1;
  std::memcpy(request.consumer, consumer.data(), consumer.size());
  request.config.flags = GPIO_V2_LINE_FLAG_OUTPUT;
  if (settings_.active_low) request.config.flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW;
  // With its value, so that it does not flicker on the way.
  request.config.num_attrs = 1;
  request.config.attrs[0].mask = 1;
  request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
  request.config.attrs[0].attr.values = active ? 1 : 0;
  std::string trouble;
  if (kernel_->ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0)
    trouble = refusal(chip, errno);
  else
    line_ = request.fd;
  kernel_->close(chip);
  return trouble;
}

std::string GpioLine::refusal(int chip, int error) const {
  const std::string name = "line " + std::to_string(settings_.line) + " of " + settings_.chip;
  gpio_v2_line_info info{};
  info.offset = settings_.line;
  if (kernel_->ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &info) < 0)
    return errno == EINVAL ? "there is no " + name : name + " cannot be had: " + words(error);
  if (error != EBUSY) return name + " cannot be an output: " + words(error);
  const std::string_view holder{info.consumer, strnlen(info.consumer, sizeof info.consumer)};
  return name + " is in use" + (holder.empty() ? std::string{} : " by \"" + std::string{holder} + "\"");
}

void GpioLine::release() {
  if (line_ >= 0) kernel_->close(line_);
  line_ = -1;
}

}  // namespace outputs
