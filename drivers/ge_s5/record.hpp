// The envelope of a record: header, length, checksum, and every subrecord inside its bounds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "drivers/driver.hpp"

namespace drivers::ge_s5 {

// Little endian, no padding.
constexpr unsigned u16_at(Bytes bytes, std::size_t at) { return bytes[at] | (bytes[at + 1] * 256U); }
constexpr int i16_at(Bytes bytes, std::size_t at) { return static_cast<std::int16_t>(u16_at(bytes, at)); }
constexpr std::uint32_t u32_at(Bytes bytes, std::size_t at) {
  return u16_at(bytes, at) | (u16_at(bytes, at + 2) << 16U);
}

namespace main_type {
inline constexpr unsigned physiological = 0;
inline constexpr unsigned waveform = 1;
inline constexpr unsigned alarm = 4;
inline constexpr unsigned network = 5;
inline constexpr unsigned events = 8;
}  // namespace main_type

namespace physiological {
inline constexpr unsigned displayed = 1;
inline constexpr unsigned trend_10_s = 2;
inline constexpr unsigned trend_60_s = 3;
inline constexpr unsigned auxiliary = 4;
inline constexpr std::size_t value_bytes = 278;  // types 1 to 3
inline constexpr std::size_t auxiliary_bytes = 114;
}  // namespace physiological

inline constexpr unsigned alarm_status = 1;  // type of the one subrecord of an alarm record
inline constexpr std::size_t alarm_status_bytes = 510;

inline constexpr std::size_t subrecords_max = 8;

struct Subrecord {
  unsigned type = 0;
  Bytes data;  // of the size its type has; empty for a type that we do not know
};

struct Record {
  unsigned level = 0;        // of the interface: 2 is 1995, 10 is 2009; decides which bits have a meaning
  std::uint32_t time_s = 0;  // when it was sent, by the monitor's clock, in no known time zone
  unsigned main_type = 0;
  std::array<Subrecord, subrecords_max> subrecords{};
  std::size_t subrecord_count = 0;  // 0 for main types that we do not read

  std::span<const Subrecord> all() const { return {subrecords.data(), subrecord_count}; }
};

struct ParsedRecord {
  Record record;
  std::string_view wrong;  // empty, or what is wrong with the envelope
};

// `content` is the record and its checksum, unescaped. The record's views lie in it.
ParsedRecord parse_record(Bytes content);

}  // namespace drivers::ge_s5
