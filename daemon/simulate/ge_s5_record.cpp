// Records by the Datex-Ohmeda record specification 8005313: little endian, no padding, -32767 for no value.
#include <algorithm>
#include <array>
#include <cmath>

#include "daemon/simulate/ge_s5.hpp"

namespace simulate {
namespace {

using Record = std::vector<std::uint8_t>;

constexpr std::size_t header_size = 40, values_size = 278, auxiliary_size = 114, alarms_size = 510;
constexpr int no_value = -32767;

void word(Record& record, std::size_t at, int value) {
  record.at(at) = static_cast<std::uint8_t>(value & 0xFF);
  record.at(at + 1) = static_cast<std::uint8_t>((value >> 8) & 0xFF);
}

void long_word(Record& record, std::size_t at, std::uint32_t value) {
  word(record, at, static_cast<int>(value & 0xFFFFU));
  word(record, at + 2, static_cast<int>(value >> 16U));
}

Record empty_record(const S5Header& header, int main_type, std::size_t data_size) {
  Record record(header_size + data_size, 0);
  word(record, 0, static_cast<int>(record.size()));
  record[2] = header.number;
  record[3] = header.level;
  long_word(record, 6, header.time_s);
  word(record, 14, main_type);
  return record;
}

// The descriptor behind the last one ends the list.
void describe(Record& record, std::size_t index, std::size_t offset, std::uint8_t type) {
  word(record, 16 + 3 * index, static_cast<int>(offset));
  record[18 + 3 * index] = type;
  record[21 + 3 * index] = 0xFF;
}

// Groups of class basic: six bytes of status and label, then values.
constexpr std::array<std::size_t, 20> groups{4,   20,  34,  48,  62,  76,  90,  98,  106, 114,
                                             122, 136, 150, 160, 170, 182, 204, 218, 236, 244};
constexpr std::size_t last_group = 258;

// One subrecord of class basic, written at `base`.
class Basic {
 public:
  Basic(Record& record, std::size_t base) : record_(record), base_(base) {
    for (std::size_t at = 4; at < 272; at += 2) word(record_, base_ + at, no_value);
    for (const std::size_t at : groups) header(at, 0, 0);
    header(last_group, 0, 0);
    constexpr std::array<std::size_t, 5> pressures{34, 48, 62, 244, 258};  // named P2 to P6
    int label = 10;
    for (const std::size_t at : pressures) word(record_, base_ + at + 4, label++);
  }

  void header(std::size_t at, std::uint32_t status, int label) {
    long_word(record_, base_ + at, status);
    word(record_, base_ + at + 4, label);
  }
  void whole(std::size_t at, std::optional<int> value) {
    word(record_, base_ + at, value.value_or(no_value));
  }
  void hundredths(std::size_t at, std::optional<double> value) {
    whole(at, value ? std::optional(static_cast<int>(std::lround(*value * 100))) : std::nullopt);
  }

 private:
  Record& record_;
  std::size_t base_;
};

void fill(Basic& out, const S5Values& values) {
  constexpr std::uint32_t measuring = 3, zeroed = 8;
  out.header(4, values.ecg_status, values.leads);
  out.whole(10, values.hr), out.whole(18, values.rr);
  out.whole(230, values.hr_of_ecg), out.whole(232, values.hr_max), out.whole(234, values.hr_min);
  out.header(20, values.art_mean ? measuring | (values.art_zeroed ? zeroed : 0) : 0, values.art_mean ? 8 : 9);
  out.hundredths(26, values.art_sys), out.hundredths(28, values.art_dia), out.hundredths(30, values.art_mean);
  out.whole(32, values.art_rate);
  out.header(76, measuring, values.cuff_label);
  out.hundredths(82, values.cuff_sys), out.hundredths(84, values.cuff_dia),
      out.hundredths(86, values.cuff_mean);
  out.whole(88, values.cuff_rate);
  if (values.temp) out.header(90, measuring, 0);
  out.hundredths(96, values.temp);
  out.header(122, values.oximeter ? measuring : 0, 0);
  out.hundredths(128, values.spo2), out.whole(130, values.pulse), out.hundredths(132, values.modulation);
}

}  // namespace

std::vector<std::uint8_t> frame_s5(const std::vector<std::uint8_t>& record) {
  std::vector<std::uint8_t> out{0x7E};
  unsigned sum = 0;
  const auto put = [&out](std::uint8_t byte) {
    if (byte != 0x7E && byte != 0x7D) return out.push_back(byte);
    out.push_back(0x7D);
    out.push_back(byte & 0xDFU);
  };
  for (const std::uint8_t byte : record) {
    put(byte);
    sum += byte;
  }
  put(static_cast<std::uint8_t>(sum & 0xFFU));
  out.push_back(0x7E);
  return out;
}

std::vector<std::uint8_t> displayed_s5(const S5Header& header, const S5Values& values, bool ext1) {
  Record record = empty_record(header, 0, ext1 ? 2 * values_size : values_size);
  describe(record, 0, 0, 1);
  long_word(record, header_size, header.time_s);
  Basic basic(record, header_size);
  fill(basic, values);
  if (ext1) {
    describe(record, 1, values_size, 1);
    long_word(record, header_size + values_size, header.time_s);
    word(record, header_size + values_size + 276, 0x0100);
  }
  return record;
}

std::vector<std::uint8_t> auxiliary_s5(const S5Header& header, std::uint32_t cuff_time_s) {
  Record record = empty_record(header, 0, auxiliary_size);
  describe(record, 0, 0, 4);
  long_word(record, header_size, cuff_time_s);
  return record;
}

std::vector<std::uint8_t> alarm_status_s5(const S5Header& header, const std::vector<S5Alarm>& alarms) {
  constexpr std::size_t boxes = 5, box_size = 98, text_size = 80;
  Record record = empty_record(header, 4, alarms_size);
  describe(record, 0, 0, 1);
  word(record, header_size + 2, 1);  // sound on
  for (std::size_t i = 0; i < boxes; ++i) {
    const std::size_t box = header_size + 10 + i * box_size;
    const S5Alarm alarm = i < alarms.size() ? alarms[i] : S5Alarm{};
    for (std::size_t at = 0; at < std::min(alarm.text.size(), text_size); ++at)
      record[box + at] = static_cast<std::uint8_t>(alarm.text[at]);
    word(record, box + 80, 1);  // the text has changed
    word(record, box + 82, alarm.colour);
    word(record, box + 84, alarm.colour == 0 ? 0 : 1);  // the colour has changed
  }
  return record;
}

}  // namespace simulate
