// Frames of the S/5 computer interface for tests: whole ones with known contents, and the same changed field
// by field with length, checksum and escapes made right again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/drivers/bytes.hpp"
#include "tests/unit/drivers/capture.hpp"

namespace drivers::test::ge_s5 {

// Interface level 10. HR 72 (source ECG), respiration 15, P1 labelled ABP 118/67/84 never zeroed, cuff
// 121/78/92 older than 60 s, SpO2 97.00, pulse rate 71. The record number is 7E and escaped.
inline const ByteVector values =
    hex("7E 3E 01 7D 5E 0A 00 00 55 B9 C3 69 00 00 00 00 00 00 00 00 01 00 00 FF 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 55 B9 C3 69 0B 00 00 00 17 02 48 00 01 80 01 80 01 80 0F 00 03 00 "
        "00 00 08 00 18 2E 2C 1A D0 20 48 00 00 00 00 00 0A 00 01 80 01 80 01 80 01 80 00 00 00 00 0B 00 "
        "01 80 01 80 01 80 01 80 00 00 00 00 0C 00 01 80 01 80 01 80 01 80 03 00 00 00 00 01 44 2F 78 1E "
        "F0 23 46 00 00 00 00 00 00 00 01 80 00 00 00 00 00 00 01 80 00 00 00 00 00 00 01 80 00 00 00 00 "
        "00 00 01 80 03 00 00 00 00 00 E4 25 47 00 D2 00 01 80 00 00 00 00 00 00 01 80 01 80 01 80 01 80 "
        "00 00 00 00 00 00 01 80 01 80 00 00 00 00 00 00 01 80 01 80 00 00 00 00 00 00 01 80 01 80 01 80 "
        "00 00 00 00 00 00 01 80 01 80 01 80 01 80 01 80 01 80 01 80 01 80 00 00 00 00 00 00 01 80 01 80 "
        "01 80 01 80 00 00 00 00 00 00 01 80 01 80 01 80 48 00 4B 00 44 00 00 00 00 00 00 00 01 80 00 00 "
        "00 00 0D 00 01 80 01 80 01 80 01 80 00 00 00 00 0E 00 01 80 01 80 01 80 01 80 00 00 00 00 00 00 "
        "DA 7E");

// ECG channel 1 off, no heart rate; SpO2 and pulse rate without number; P1 as above.
inline const ByteVector values_leads_off =
    hex("7E 3E 01 7F 0A 00 00 5A B9 C3 69 00 00 00 00 00 00 00 00 01 00 00 FF 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 5A B9 C3 69 03 08 00 00 17 02 01 80 01 80 01 80 01 80 0F 00 03 00 00 "
        "00 08 00 18 2E 2C 1A D0 20 48 00 00 00 00 00 0A 00 01 80 01 80 01 80 01 80 00 00 00 00 0B 00 01 "
        "80 01 80 01 80 01 80 00 00 00 00 0C 00 01 80 01 80 01 80 01 80 03 00 00 00 00 01 44 2F 78 1E F0 "
        "23 46 00 00 00 00 00 00 00 01 80 00 00 00 00 00 00 01 80 00 00 00 00 00 00 01 80 00 00 00 00 00 "
        "00 01 80 03 00 00 00 00 00 01 80 01 80 D2 00 01 80 00 00 00 00 00 00 01 80 01 80 01 80 01 80 00 "
        "00 00 00 00 00 01 80 01 80 00 00 00 00 00 00 01 80 01 80 00 00 00 00 00 00 01 80 01 80 01 80 00 "
        "00 00 00 00 00 01 80 01 80 01 80 01 80 01 80 01 80 01 80 01 80 00 00 00 00 00 00 01 80 01 80 01 "
        "80 01 80 00 00 00 00 00 00 01 80 01 80 01 80 01 80 01 80 01 80 00 00 00 00 00 00 01 80 00 00 00 "
        "00 0D 00 01 80 01 80 01 80 01 80 00 00 00 00 0E 00 01 80 01 80 01 80 01 80 00 00 00 00 00 00 7C "
        "7E");

// Class basic with the cuff running, and class ext1: P7 labelled ART 115/64/81, second SpO2 96, pulse 72.
inline const ByteVector values_measuring =
    hex("7E 54 02 80 0A 00 00 5F B9 C3 69 00 00 00 00 00 00 00 00 01 16 01 01 00 00 FF 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 5F B9 C3 69 0B 00 00 00 17 02 48 00 01 80 01 80 01 80 0F 00 03 00 00 "
        "00 08 00 18 2E 2C 1A D0 20 48 00 00 00 00 00 0A 00 01 80 01 80 01 80 01 80 00 00 00 00 0B 00 01 "
        "80 01 80 01 80 01 80 00 00 00 00 0C 00 01 80 01 80 01 80 01 80 03 00 00 00 20 01 44 2F 78 1E F0 "
        "23 46 00 00 00 00 00 00 00 01 80 00 00 00 00 00 00 01 80 00 00 00 00 00 00 01 80 00 00 00 00 00 "
        "00 01 80 03 00 00 00 00 00 E4 25 47 00 D2 00 01 80 00 00 00 00 00 00 01 80 01 80 01 80 01 80 00 "
        "00 00 00 00 00 01 80 01 80 00 00 00 00 00 00 01 80 01 80 00 00 00 00 00 00 01 80 01 80 01 80 00 "
        "00 00 00 00 00 01 80 01 80 01 80 01 80 01 80 01 80 01 80 01 80 00 00 00 00 00 00 01 80 01 80 01 "
        "80 01 80 00 00 00 00 00 00 01 80 01 80 01 80 48 00 4B 00 44 00 00 00 00 00 00 00 01 80 00 00 00 "
        "00 0D 00 01 80 01 80 01 80 01 80 00 00 00 00 0E 00 01 80 01 80 01 80 01 80 00 00 00 00 00 00 5F "
        "B9 C3 69 03 00 00 00 17 02 48 00 41 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 80 01 80 01 80 01 "
        "80 01 80 01 80 01 80 01 80 01 80 01 80 01 80 01 80 03 00 00 00 01 00 EC 2C 00 19 A4 1F 48 00 00 "
        "00 00 00 15 00 01 80 01 80 01 80 01 80 03 00 00 00 00 00 80 25 48 00 BE 00 01 80 00 00 00 00 00 "
        "00 01 80 00 00 00 00 00 00 01 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 C2 7E");

// Auxiliary: the last cuff measurement was 300 s before the record was sent.
inline const ByteVector cuff_time =
    hex("7E 9A 00 01 0A 00 00 55 B9 C3 69 00 00 00 00 00 00 00 00 04 00 00 FF 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 29 B8 C3 69 00 00 00 00 00 00 00 00 00 00 B4 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 A3 7E");

// Alarm status: yellow "SpO2 LOW", white "Artifact".
inline const ByteVector alarms_two =
    hex("7E 26 02 02 0A 00 00 55 B9 C3 69 00 00 00 00 04 00 00 00 01 00 00 FF 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 53 70 4F 32 20 4C 4F 57 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 01 00 02 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 41 72 74 69 66 61 63 74 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 01 00 01 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
        "00 00 00 00 00 00 00 01 7E");

inline constexpr std::size_t header_bytes = 40;

// The record of a frame, without checksum.
inline ByteVector record_of(const ByteVector& frame) {
  ByteVector record;
  for (std::size_t i = 1; i + 1 < frame.size(); ++i)
    record.push_back(frame[i] == 0x7D ? static_cast<std::uint8_t>(frame[++i] | 0x20U) : frame[i]);
  record.pop_back();
  return record;
}

inline void escape(ByteVector& out, std::uint8_t byte) {
  const bool special = byte == 0x7E || byte == 0x7D;
  if (special) out.push_back(0x7D);
  out.push_back(special ? static_cast<std::uint8_t>(byte - 0x20U) : byte);
}

inline ByteVector framed(const ByteVector& record) {
  ByteVector out{0x7E};
  unsigned sum = 0;
  for (const std::uint8_t byte : record) {
    escape(out, byte);
    sum += byte;
  }
  escape(out, static_cast<std::uint8_t>(sum & 0xFFU));
  out.push_back(0x7E);
  return out;
}

// A frame under change. Offsets are those of the papers: in the header, or in a subrecord.
class Edit {
 public:
  explicit Edit(const ByteVector& frame) : record_(record_of(frame)) {}

  Edit& header(std::size_t at, unsigned value, std::size_t size = 2) { return put(at, value, size); }
  // In the first subrecord.
  Edit& word(std::size_t at, int value) { return put(header_bytes + at, static_cast<unsigned>(value), 2); }
  Edit& status(std::size_t at, std::uint32_t value) { return put(header_bytes + at, value, 4); }
  Edit& text(std::size_t at, const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      record_[header_bytes + at + i] = static_cast<std::uint8_t>(text[i]);
    return *this;
  }
  // In the second one of frames that have the first at 0.
  Edit& ext1(std::size_t at, unsigned value, std::size_t size = 2) {
    return put(header_bytes + 278 + at, value, size);
  }
  Edit& size(std::size_t bytes) {
    record_.resize(bytes);
    return put(0, static_cast<unsigned>(bytes), 2);
  }

  ByteVector frame() const { return framed(record_); }

 private:
  Edit& put(std::size_t at, unsigned value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      record_.at(at + i) = static_cast<std::uint8_t>((value >> (8 * i)) & 0xFFU);
    return *this;
  }

  ByteVector record_;
};

}  // namespace drivers::test::ge_s5
