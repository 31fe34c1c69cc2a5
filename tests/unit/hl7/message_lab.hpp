// Helpers of the HL7 tests: messages from readable pieces, and a driver fed with them at a time of the test's
// own.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/hl7/hl7_driver.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::hl7::test {

inline constexpr std::int64_t day_unix_ms = 1'773'014'400'000;  // 2026-03-09T00:00:00Z, `20260309000000+0000`

inline vitals::Stamp at(std::int64_t ms) {
  return {vitals::MonoTime{vitals::Milliseconds{ms}}, vitals::wall_from_unix_ms(day_unix_ms + ms)};
}

inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string framed(std::string_view message) { return "\x0B" + std::string(message) + "\x1C\r"; }

// A whole message with these rows behind PID and PV1.
inline std::string oru(std::string_view rows, std::string_view control_id = "T1",
                       std::string_view rest = "P|2.6") {
  return "MSH|^~\\&|MON|BAY|||20260309000000+0000||ORU^R01^ORU_R01|" + std::string(control_id) + '|' +
         std::string(rest) + "\rPID|||P1\rPV1||I|PAIN^R1^B1\r" + std::string(rows);
}

inline std::string hr(std::string_view value) {
  return "OBX|1|NM|8867-4^HR^LN||" + std::string(value) + "|/min|||||F\r";
}

class Lab {
 public:
  explicit Lab(const Options& options = {}) {
    Made made = make(options);
    EXPECT_TRUE(made.driver) << made.error;
    driver_ = std::move(made.driver);
  }

  void feed(std::string_view text, std::int64_t ms = 0) { driver_->feed(bytes_of(text), at(ms), sink); }
  void message(std::string_view text, std::int64_t ms = 0) { feed(framed(text), ms); }
  void rows(std::string_view text) { message(oru(text, "T" + std::to_string(++messages_))); }
  void tick(std::int64_t ms) { driver_->tick(at(ms), sink); }

  // Of all lines, those that contain the word.
  std::vector<std::string> lines(std::string_view word) const {
    std::vector<std::string> found;
    for (const auto& line : sink.lines)
      if (line.find(word) != std::string::npos) found.push_back(line);
    return found;
  }
  std::size_t count(std::string_view word) const { return lines(word).size(); }

  const vitals::Observation* find(vitals::Metric metric) const {
    for (const auto& seen : sink.observations)
      if (seen.metric == metric) return &seen;
    return nullptr;
  }

  // `72 valid`, `- invalid zero`, or nothing said of this metric.
  std::string said(vitals::Metric metric) const {
    const auto* const seen = find(metric);
    if (seen == nullptr) return "nothing";
    std::string text = seen->has_value() ? drivers::test::number_text(seen->value) : "-";
    text += ' ' + std::string(vitals::name(seen->quality));
    if (seen->reason != vitals::Reason::none) text += ' ' + std::string(vitals::name(seen->reason));
    return text;
  }

  drivers::test::RecordingSink sink;

 private:
  std::unique_ptr<Driver> driver_;
  int messages_ = 0;
};

}  // namespace drivers::hl7::test
