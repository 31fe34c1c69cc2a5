// Packets of Nonin formats 2 and 7 for tests: published bytes, and packets changed field by field with their
// checksums made right again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "tests/unit/drivers/bytes.hpp"
#include "tests/unit/drivers/capture.hpp"

namespace drivers::test {

// HR 130, SpO2 95, STAT2 20, SpO2-D 96, HR-D 131; green pulse in frames 6-17.
inline const ByteVector packet_1 =
    hex("01 81 64 01 E7 01 80 65 02 E8 01 80 66 5F 46 01 80 67 30 18 01 80 68 00 E9"
        "01 82 69 02 EE 01 82 6A 2C 19 01 82 6B 20 0E 01 82 6C 60 4F 01 82 6D 5E 4E"
        "01 82 64 5D 44 01 82 65 00 E8 01 82 66 00 E9 01 82 67 01 EB 01 82 68 00 EB"
        "01 82 69 5F 4B 01 82 6A 60 4D 01 80 6B 00 EC 01 80 6C 00 ED 01 80 6D 01 EF"
        "01 80 64 03 E8 01 80 65 01 E7 01 80 66 01 E8 01 80 67 00 E8 01 80 68 00 E9");

// Finger just removed: SNSA and OOT set, HR 511, SpO2 127, but HR-D 75 and SpO2-D 97 still held.
inline const ByteVector packet_2 =
    hex("01 99 63 03 00 01 98 63 7F 7B 01 98 63 7F 7B 01 98 63 30 2C 01 98 63 00 FC"
        "01 98 63 00 FC 01 98 63 00 FC 01 98 63 00 FC 01 98 63 61 5D 01 98 63 7F 7B"
        "01 98 63 7F 7B 01 98 63 00 FC 01 98 63 00 FC 01 98 63 03 FF 01 98 63 7F 7B"
        "01 98 63 7F 7B 01 98 63 61 5D 01 98 63 00 FC 01 98 63 00 FC 01 98 63 00 FC"
        "01 98 63 4B 47 01 98 63 00 FC 01 98 63 4B 47 01 98 63 00 FC 01 98 63 00 FC");

// Format 7 with the numbers of packet_1, STAT2 21 (low battery).
inline const ByteVector packet_7 =
    hex("81 80 00 01 02 80 80 25 02 27 80 80 4A 5F A9 80 80 6F 30 9F 80 80 94 00 94"
        "82 80 B9 02 BD 82 80 DE 2C 0C 82 81 03 21 27 82 81 28 60 8B 82 81 4D 5E AE"
        "82 81 72 5D D2 82 81 97 00 9A 82 81 BC 00 BF 82 81 E1 01 E5 82 82 06 00 0A"
        "82 82 2B 5F 8E 82 82 50 60 B4 80 82 75 00 77 80 82 9A 00 9C 80 82 BF 01 C2"
        "80 82 E4 03 E9 80 83 09 01 0D 80 83 2E 01 32 80 83 53 00 56 80 83 78 00 7B");

inline constexpr std::size_t frames_in_packet = 25;
inline constexpr std::size_t bytes_in_frame = 5;

struct FrameFields {
  std::uint8_t& status;
  std::uint8_t& float_byte;
};

// A packet of format 2 like packet_1, each frame passed through `change` with its number from 1.
inline ByteVector changed_packet(const std::function<void(std::size_t number, FrameFields fields)>& change) {
  ByteVector bytes = packet_1;
  for (std::size_t i = 0; i < frames_in_packet; ++i) {
    std::uint8_t* frame = bytes.data() + i * bytes_in_frame;
    change(i + 1, {frame[1], frame[3]});
    frame[4] = static_cast<std::uint8_t>(frame[0] + frame[1] + frame[2] + frame[3]);
  }
  return bytes;
}

inline ByteVector packet_with_display(unsigned hr_d, unsigned spo2_d) {
  return changed_packet([&](std::size_t number, FrameFields fields) {
    if (number == 9) fields.float_byte = static_cast<std::uint8_t>(spo2_d);
    if (number == 20) fields.float_byte = static_cast<std::uint8_t>(hr_d >> 7U);
    if (number == 21) fields.float_byte = static_cast<std::uint8_t>(hr_d & 127U);
  });
}

}  // namespace drivers::test
