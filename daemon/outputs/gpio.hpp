// A GPIO line as an output, through the kernel's character device (linux/gpio.h, its second interface, in
// Linux since 5.10). No library: that of Debian 12 (libgpiod 1.6) and that of Debian 13 (2.2) have nothing in
// common, the kernel's interface is the same on both, and two of its requests are all that a line needs.
// For one thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace outputs {

struct GpioSettings {
  std::string chip;        // "/dev/gpiochip0"
  std::uint32_t line = 0;  // its number at the chip
  bool active_low = false;
};

// What the kernel does for us; a test puts itself in its place, since few machines have a line to spare.
class GpioKernel {
 public:
  virtual ~GpioKernel() = default;
  // As the system calls of these names: below 0 with errno.
  virtual int open(const char* path);
  virtual int ioctl(int descriptor, unsigned long request, void* argument);
  virtual void close(int descriptor);
};

class GpioLine {
 public:
  GpioLine(GpioSettings settings, GpioKernel& kernel) : settings_(std::move(settings)), kernel_(&kernel) {}
  ~GpioLine() { release(); }
  GpioLine(const GpioLine&) = delete;
  GpioLine& operator=(const GpioLine&) = delete;

  // Takes the line if it is not ours yet, and keeps it, so that nobody else gets it. Returns what is wrong,
  // empty when the line is as wanted; after a mistake the next call begins anew.
  std::string set(bool active);

 private:
  std::string take(bool active);
  std::string refusal(int chip, int error) const;  // why we did not get the line
  void release();

  const GpioSettings settings_;
  GpioKernel* kernel_;
  int line_ = -1;
};

}  // namespace outputs
