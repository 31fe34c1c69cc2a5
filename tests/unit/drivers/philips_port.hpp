// A driver for Philips monitors on a test's line, and what it said.
#pragma once

#include <memory>

#include "drivers/philips_intellivue/philips_intellivue.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/philips_bytes.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::philips {

class Port {
 public:
  explicit Port(const std::string& transport = "lan")
      : driver_(drivers::philips::make({{"transport", transport}}).driver) {}

  // What was said to these bytes, all come at once.
  Lines feed(const ByteVector& bytes, std::int64_t ms = 0) {
    sink_.clear();
    now_ms_ = ms;
    driver_->feed(bytes, stamp(ms), sink_);
    return sink_.lines;
  }
  // The same as one datagram.
  Lines datagram(const ByteVector& bytes, std::int64_t ms = 0) {
    feed(bytes, ms);
    driver_->datagram_ended(stamp(ms), sink_);
    return sink_.lines;
  }
  // Ticks each 100 ms up to that time, and what was said.
  Lines wait_until(std::int64_t ms) {
    sink_.clear();
    while (now_ms_ < ms) {
      now_ms_ = std::min(now_ms_ + 100, ms);
      driver_->tick(stamp(now_ms_), sink_);
    }
    return sink_.lines;
  }
  const std::vector<vitals::Observation>& observations() const { return sink_.observations; }

 private:
  std::unique_ptr<Driver> driver_;
  RecordingSink sink_;
  std::int64_t now_ms_ = 0;
};

// Without the frame ends, which say nothing here.
inline Lines said(Lines lines) {
  std::erase_if(lines, [](const std::string& line) { return line.ends_with(" frame-end"); });
  return lines;
}

inline std::string sent(const ByteVector& bytes) {
  RecordingSink sink;
  sink.on_send(bytes);
  return sink.lines.front();
}

}  // namespace drivers::test::philips
