// The header, 40 bytes: 0 length u16 (with the header, without the checksum), 2 record number u8, 3 interface
// level u8, 4 monitor u16, 6 send time u32, 14 main type u16, 16 eight descriptors of three bytes: where the
// subrecord begins behind the header i16, and its type u8, FF ends the list.
#include "drivers/ge_s5/record.hpp"

#include "drivers/ge_s5/framer.hpp"

namespace drivers::ge_s5 {
namespace {

constexpr std::size_t level_at = 3;
constexpr std::size_t time_at = 6;
constexpr std::size_t main_type_at = 14;
constexpr std::size_t descriptors_at = 16;
constexpr std::size_t descriptor_bytes = 3;
constexpr unsigned end_of_list = 0xFF;

// 0: not known.
constexpr std::size_t size_of(unsigned main, unsigned type) {
  if (main == main_type::alarm) return type == alarm_status ? alarm_status_bytes : 0;
  switch (type) {
    case physiological::displayed:
    case physiological::trend_10_s:
    case physiological::trend_60_s: return physiological::value_bytes;
    case physiological::auxiliary: return physiological::auxiliary_bytes;
    default: return 0;
  }
}

std::string_view read_descriptors(Bytes record, Record& out) {
  const Bytes data = record.subspan(header_bytes);
  for (std::size_t i = 0; i < subrecords_max; ++i) {
    const std::size_t at = descriptors_at + i * descriptor_bytes;
    const unsigned type = record[at + 2];
    if (type == end_of_list) break;
    const int begin = i16_at(record, at);
    const std::size_t size = size_of(out.main_type, type);
    if (begin < 0 || static_cast<std::size_t>(begin) + size > data.size()) return "subrecord-bounds";
    out.subrecords[out.subrecord_count++] = {type, data.subspan(static_cast<std::size_t>(begin), size)};
  }
  return {};
}

std::uint8_t sum_of(Bytes bytes) {
  unsigned sum = 0;
  for (const std::uint8_t byte : bytes) sum += byte;
  return static_cast<std::uint8_t>(sum & 0xFFU);
}

}  // namespace

ParsedRecord parse_record(Bytes content) {
  ParsedRecord parsed;
  if (content.size() <= header_bytes) return {{}, "short"};
  const Bytes record = content.first(content.size() - 1);
  if (sum_of(record) != content.back()) return {{}, "checksum"};
  if (u16_at(record, 0) != record.size()) return {{}, "length"};
  parsed.record.level = record[level_at];
  parsed.record.time_s = u32_at(record, time_at);
  parsed.record.main_type = u16_at(record, main_type_at);
  const bool read =
      parsed.record.main_type == main_type::physiological || parsed.record.main_type == main_type::alarm;
  if (read) parsed.wrong = read_descriptors(record, parsed.record);
  return parsed;
}

}  // namespace drivers::ge_s5
