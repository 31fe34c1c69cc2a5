// A driver of the S/5 computer interface on a line, for tests.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/ge_s5/ge_s5.hpp"
#include "tests/unit/drivers/ge_s5_bytes.hpp"
#include "tests/unit/drivers/lines.hpp"
#include "tests/unit/drivers/recording_sink.hpp"

namespace drivers::test::ge_s5 {

// Every frame comes 5 s after the one before unless told otherwise.
class Monitor {
 public:
  Lines feed(const ByteVector& bytes) {
    sink_.clear();
    driver_->feed(bytes, stamp(now_ms_), sink_);
    now_ms_ += 5000;
    return without_unmapped();
  }

  // Observations, states and alarms of one frame, without the parameters that have no place with us.
  Lines feed(const Edit& edit) { return feed(edit.frame()); }

  // Of these metrics only, without time and "obs".
  Lines values(const Edit& edit, std::initializer_list<std::string_view> metrics) {
    Lines found;
    for (const std::string& line : feed(edit))
      for (const std::string_view metric : metrics)
        if (const auto at = line.find("obs " + std::string(metric) + ' '); at != std::string::npos)
          found.push_back(line.substr(at + 4));
    return found;
  }

  const std::vector<std::string>& all_lines() const { return sink_.lines; }
  void at(std::int64_t ms) { now_ms_ = ms; }

 private:
  Lines without_unmapped() const {
    Lines found;
    for (const std::string& line : sink_.lines)
      if (line.find("fault unmapped") == std::string::npos) found.push_back(line);
    return found;
  }

  std::unique_ptr<Driver> driver_ = drivers::ge_s5::make({}).driver;
  RecordingSink sink_;
  std::int64_t now_ms_ = 0;
};

}  // namespace drivers::test::ge_s5
