// A DINAMAP line for tests: published replies, replies with check characters worked out, and a driver that is
// answered by hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "drivers/ge_dinamap/dinamap.hpp"
#include "tests/unit/drivers/capture.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::dinamap_line {

inline const std::string na = "send 20 4E 41 21 32 0D";
inline const std::string oa = "send 20 4F 41 21 33 0D";
inline const std::string ra = "send 20 52 41 21 36 0D";
inline const std::string na_flushed = "send 0D 20 4E 41 21 32 0D";

// Replies, without CR.
inline const std::string cuff_118 = " NA1100045118072088&0";  // 45 s old, adult
inline const std::string cuff_busy = " NA0109999000000000&'";
inline const std::string cuff_failed = " NA3100012000000000%I";  // 12 s ago
inline const std::string cuff_air = " NA8100003000000000%N";     // 3 s ago
inline const std::string spo2_97 = " OA1097708#J";
inline const std::string spo2_standby = " OA0000000#*";
inline const std::string spo2_no_data = " OA3000000#-";
inline const std::string spo2_unplugged = " OA6000000#0";
inline const std::string rate_71 = " RA2071\"D";
inline const std::string rate_cuff = " RA3070\"D";
inline const std::string rate_000 = " RA2000\"<";
inline const std::string rate_99 = " RA2-99\"K";

// The reply with these check characters made right: sum of (code - 0x1F) in two characters of six bits.
inline std::string checked(std::string text) {
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c) - 0x1FU;
  text += static_cast<char>(0x20U + sum / 64);
  text += static_cast<char>(0x20U + sum % 64);
  return text;
}

inline std::string cuff(int status, int age_s, int sys = 118, int dia = 72, int mean = 88) {
  char text[32];
  std::snprintf(text, sizeof text, " NA%d10%04d%03d%03d%03d", status, age_s, sys, dia, mean);
  return checked(text);
}
inline std::string oximeter(int status, int spo2, int signal = 7) {
  char text[32];
  std::snprintf(text, sizeof text, " OA%d%03d%d08", status, spo2, signal);
  return checked(text);
}

// The line with a monitor that is answered for by the test.
class Port {
 public:
  explicit Port(const Options& options = {}) : driver_(dinamap::make(options).driver) {}
  static Port overheard() {
    Port port;
    port.driver_->overhear();
    return port;
  }

  // Ticks until the driver asks with this letter, then replies. What came out since the question.
  Lines reply(char parameter, const std::string& line) {
    ask(parameter);
    return feed(line + '\r');
  }

  // Other questions get a reply that says nothing of the cuff, and good values of the oximeter.
  void ask(char parameter) {
    for (int i = 0; i < 200; ++i) {
      sink_.clear();
      tick();
      const char asked = sink_.lines.empty() ? ' ' : parameter_of(sink_.lines.back());
      sink_.clear();
      if (asked == parameter) return;
      if (asked == 'N') feed(checked(" NA1109999000000000") + '\r');
      if (asked == 'O') feed(spo2_97 + '\r');
      if (asked == 'R') feed(rate_71 + '\r');
    }
    FAIL() << "never asked for " << parameter;
  }

  Lines feed(const std::string& text) {
    sink_.clear();
    driver_->feed(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, stamp(now_ms_),
                  sink_);
    return sink_.lines;
  }

  void tick() {
    now_ms_ += 100;
    driver_->tick(stamp(now_ms_), sink_);
  }

  // Nobody answers; what the driver does, with its times.
  Lines silence(std::int64_t ms) {
    Lines all;
    for (const std::int64_t end = now_ms_ + ms; now_ms_ < end;) {
      sink_.clear();
      tick();
      for (const std::string& line : sink_.lines)
        all.push_back(line.find('@') == 0 ? line : std::to_string(now_ms_) + ' ' + line);
    }
    sink_.clear();
    return all;
  }

  void later(std::int64_t ms) { now_ms_ += ms; }
  std::int64_t now_ms() const { return now_ms_; }
  std::string at() const { return '@' + std::to_string(now_ms_) + ' '; }
  std::string own(std::int64_t age_s) const {
    return " clock-trusted own=" + std::to_string(1'773'014'400'000 + now_ms_ - age_s * 1000);
  }

 private:
  static char parameter_of(const std::string& sent) {
    if (sent.find(" 20 4E") != std::string::npos) return 'N';
    if (sent.find(" 20 4F") != std::string::npos) return 'O';
    return sent.find(" 20 52") != std::string::npos ? 'R' : ' ';
  }

  std::unique_ptr<Driver> driver_;
  RecordingSink sink_;
  std::int64_t now_ms_ = -100;
};

inline Lines replied(char parameter, const std::string& line, const Options& options = {}) {
  return Port(options).reply(parameter, line);
}

}  // namespace drivers::test::dinamap_line
