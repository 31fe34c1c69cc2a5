// A GE / Datex-Ohmeda monitor with the S/5 computer interface: its records, and what it sends when asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/simulate/device.hpp"

namespace simulate {

// Flags, escapes and checksum around a record.
std::vector<std::uint8_t> frame_s5(const std::vector<std::uint8_t>& record);

struct S5Header {
  std::uint8_t number = 0;
  std::uint8_t level = 10;  // of the interface: 10 since 2009
  std::uint32_t time_s = 0;
};

// Class basic of the displayed values. What is absent has no number; a group without a value is not there.
struct S5Values {
  std::uint32_t ecg_status = 0x0B;  // module there, measuring, source ECG
  std::uint16_t leads = 0x0217;     // channel 1 lead II, 2 lead I, 3 lead V
  std::optional<int> hr, hr_of_ecg, hr_max, hr_min, rr;
  bool oximeter = true;
  std::optional<double> spo2, modulation, temp;
  std::optional<int> pulse;
  std::optional<double> art_sys, art_dia, art_mean;  // channel 1, labelled ABP
  std::optional<int> art_rate;
  bool art_zeroed = true;
  std::uint16_t cuff_label = 0;
  std::optional<double> cuff_sys, cuff_dia, cuff_mean;
  std::optional<int> cuff_rate;
};
// With `ext1` the record has an empty subrecord of that class too.
std::vector<std::uint8_t> displayed_s5(const S5Header& header, const S5Values& values, bool ext1);

// When the last cuff measurement was, 0: there was none.
std::vector<std::uint8_t> auxiliary_s5(const S5Header& header, std::uint32_t cuff_time_s);

struct S5Alarm {
  std::string text;  // Latin-1, cut to 80
  int colour = 0;    // 1 white, 2 yellow, 3 red
};
std::vector<std::uint8_t> alarm_status_s5(const S5Header& header, const std::vector<S5Alarm>& alarms);

extern const DeviceEntry ge_s5_dri;

}  // namespace simulate
