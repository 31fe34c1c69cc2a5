// The example session of the protocol, byte by byte: user data, which on the LAN is the datagram. And
// messages that the tests build themselves.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/drivers/bytes.hpp"
#include "tests/unit/drivers/capture.hpp"

namespace drivers::test::philips {

// Association request.
inline const ByteVector request = hex(R"(
    0D EC 05 08 13 01 00 16 01 02 80 00 14 02 00 02 C1 DC 31 80 A0 80 80 01
    01 00 00 A2 80 A0 03 00 00 01 A4 80 30 80 02 01 01 06 04 52 01 00 01 30
    80 06 02 51 01 00 00 00 00 30 80 02 01 02 06 0C 2A 86 48 CE 14 02 01 00
    00 00 01 01 30 80 06 0C 2A 86 48 CE 14 02 01 00 00 00 02 01 00 00 00 00
    00 00 61 80 30 80 02 01 01 A0 80 60 80 A1 80 06 0C 2A 86 48 CE 14 02 01
    00 00 00 03 01 00 00 BE 80 28 80 06 0C 2A 86 48 CE 14 02 01 00 00 00 01
    01 02 01 02 81 48 80 00 00 00 40 00 00 00 00 00 00 00 80 00 00 00 20 00
    00 00 00 00 00 00 00 01 00 2C 00 01 00 28 80 00 00 00 00 00 1F 40 00 00
    03 E8 00 00 03 E8 FF FF FF FF 60 00 00 00 00 01 00 0C F0 01 00 08 8C 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00)");
// Granted: polls each second, messages of 1000 bytes, numerics every second.
inline const ByteVector acceptance = hex(R"(
    0E CE 05 08 13 01 00 16 01 02 80 00 14 02 00 02 C1 BE 31 80 A0 80 80 01
    01 00 00 A2 80 A0 03 00 00 01 A5 80 30 80 80 01 00 81 02 51 01 00 00 30
    80 80 01 00 81 0C 2A 86 48 CE 14 02 01 00 00 00 02 01 00 00 00 00 61 80
    30 80 02 01 01 A0 80 61 80 A1 80 06 0C 2A 86 48 CE 14 02 01 00 00 00 03
    01 00 00 A2 03 02 01 00 A3 05 A1 03 02 01 00 BE 80 28 80 02 01 02 81 48
    80 00 00 00 40 00 00 00 00 00 00 00 00 80 00 00 40 00 00 00 00 00 00 00
    00 01 00 2C 00 01 00 28 80 00 00 00 00 00 1F 40 00 00 03 E8 00 00 03 E8
    FF FF FF FF 60 00 00 00 00 01 00 0C F0 01 00 08 80 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00)");
// Invoke id 1, Philips M8000, monitoring, 2026-03-25 10:30:45 at 80000000 ticks.
inline const ByteVector create_event = hex(R"(
    E1 00 00 02 00 01 00 62 00 01 00 01 00 5C 00 21 00 00 00 00 04 C4 B4 00
    0D 06 00 4E 00 21 00 00 00 00 00 07 00 44 09 86 00 04 00 01 11 4D 09 1D
    00 02 00 07 09 28 00 12 00 08 50 68 69 6C 69 70 73 00 00 06 4D 38 30 30
    30 00 09 46 00 02 40 00 09 87 00 08 20 26 03 25 10 30 45 00 09 8F 00 04
    04 C4 B4 00 09 A7 00 02 00 06)");
// Its answer.
inline const ByteVector create_answer = hex(R"(
    E1 00 00 02 00 02 00 14 00 01 00 01 00 0E 00 21 00 00 00 00 04 C4 B4 00
    0D 06 00 00)");
// Single poll of numerics, invoke id 2, poll number 1.
inline const ByteVector single_poll = hex(R"(
    E1 00 00 02 00 01 00 1C 00 02 00 07 00 16 00 21 00 00 00 00 00 00 00 00
    0C 16 00 08 00 01 00 01 00 06 08 03)");
// Its result at 80008192 ticks: HR 72, SpO2 97.0, pulse 71, ABP mean 84, sys 118 (in alarm), dia 67; cuff
// 121/78/92 taken at 10:25:12.
inline const ByteVector single_result = hex(R"(
    E1 00 00 02 00 02 00 D4 00 02 00 07 00 CE 00 21 00 00 00 00 0C 16 00 C4
    00 01 04 C4 D4 00 FF FF FF FF FF FF FF FF 00 01 00 06 08 03 00 02 00 AC
    00 00 00 04 00 68 01 01 00 01 00 0E 09 50 00 0A 41 82 00 00 0A A0 00 00
    00 48 01 02 00 01 00 0E 09 50 00 0A 4B B8 00 00 02 20 FF 00 03 CA 01 03
    00 01 00 0E 09 50 00 0A 48 22 00 00 0A A0 00 00 00 47 01 04 00 01 00 26
    09 4B 00 22 00 03 00 1E 4A 17 00 00 0F 20 00 00 00 54 4A 15 00 02 0F 20
    00 00 00 76 4A 16 00 00 0F 20 00 00 00 43 00 01 00 01 00 38 02 01 00 02
    00 32 09 90 00 08 20 26 03 25 10 25 12 00 09 4B 00 22 00 03 00 1E 4A 05
    00 00 0F 20 00 00 00 79 4A 06 00 00 0F 20 00 00 00 4E 4A 07 00 00 0F 20
    00 00 00 5C)");
// Extended poll of numerics for 600 s, invoke id 3, poll number 2.
inline const ByteVector numerics_poll = hex(R"(
    E1 00 00 02 00 01 00 28 00 03 00 07 00 22 00 21 00 00 00 00 00 00 00 00
    F1 3B 00 14 00 02 00 01 00 06 08 03 00 01 00 08 F1 3E 00 04 00 49 3E 00)");
// HR C000 without number, SpO2 91.0 questionable, the third object empty.
inline const ByteVector leads_off_result = hex(R"(
    E1 00 00 02 00 02 00 5E 00 03 00 07 00 58 00 21 00 00 00 00 F1 3B 00 4E
    00 02 00 00 04 C4 F4 00 FF FF FF FF FF FF FF FF 00 01 00 06 08 03 00 01
    00 34 00 00 00 03 00 2E 01 01 00 01 00 0E 09 50 00 0A 41 82 C0 00 0A A0
    00 7F FF FF 01 02 00 01 00 0E 09 50 00 0A 4B B8 40 00 02 20 FF 00 03 8E
    01 03 00 00 00 00)");
// An answer in three messages.
inline const ByteVector linked_first = hex(R"(
    E1 00 00 02 00 05 00 46 01 01 00 03 00 07 00 3E 00 21 00 00 00 00 F1 3B
    00 34 00 02 00 01 04 C5 14 00 FF FF FF FF FF FF FF FF 00 01 00 06 08 03
    00 01 00 1A 00 00 00 01 00 14 01 01 00 01 00 0E 09 50 00 0A 41 82 00 00
    0A A0 00 00 00 48)");
inline const ByteVector linked_last = hex(R"(
    E1 00 00 02 00 05 00 46 03 02 00 03 00 07 00 3E 00 21 00 00 00 00 F1 3B
    00 34 00 02 00 01 04 C5 14 00 FF FF FF FF FF FF FF FF 00 01 00 06 08 03
    00 01 00 1A 00 00 00 01 00 14 01 02 00 01 00 0E 09 50 00 0A 4B B8 00 00
    02 20 FF 00 03 CA)");
inline const ByteVector linked_end = hex(R"(
    E1 00 00 02 00 02 00 2A 00 03 00 07 00 24 00 21 00 00 00 00 F1 3B 00 1A
    00 02 00 01 04 C5 14 00 FF FF FF FF FF FF FF FF 00 01 00 06 08 03 00 00
    00 00)");
// Extended poll of alarms, invoke id 4, poll number 3.
inline const ByteVector alerts_poll = hex(R"(
    E1 00 00 02 00 01 00 28 00 04 00 07 00 22 00 21 00 00 00 00 00 00 00 00
    F1 3B 00 14 00 03 00 01 00 36 08 01 00 01 00 08 F1 3E 00 04 00 49 3E 00)");
// "** SpO2 LOW", yellow, new; technical "ECG LEADS OFF", low.
inline const ByteVector alerts_result = hex(R"(
    E1 00 00 02 00 02 00 C4 00 04 00 07 00 BE 00 21 00 00 00 00 F1 3B 00 B4
    00 03 00 00 04 C4 F4 00 FF FF FF FF FF FF FF FF 00 01 00 36 08 01 00 01
    00 9A 00 00 00 01 00 94 03 01 00 03 00 8E 09 16 00 0A 00 00 00 05 02 00
    00 01 02 00 09 02 00 3A 00 01 00 36 4B B8 00 3E 02 00 00 08 00 06 00 00
    01 02 02 04 00 24 00 00 00 02 4B B8 00 00 60 00 00 18 00 2A 00 2A 00 20
    00 53 00 70 00 4F 00 32 00 20 00 4C 00 4F 00 57 00 00 09 04 00 3E 00 01
    00 3A 41 82 01 12 00 01 00 00 00 06 00 00 01 01 02 04 00 28 00 00 00 02
    41 82 00 00 60 00 00 1C 00 45 00 43 00 47 00 20 00 4C 00 45 00 41 00 44
    00 53 00 20 00 4F 00 46 00 46 00 00)");
// Invoke id 9, error 9 (no such action).
inline const ByteVector error_result = hex(R"(
    E1 00 00 02 00 03 00 08 00 09 00 09 00 02 0C 17)");
// Single poll of the monitor itself, invoke id 5, poll number 4.
inline const ByteVector keep_alive = hex(R"(
    E1 00 00 02 00 01 00 1C 00 05 00 07 00 16 00 21 00 00 00 00 00 00 00 00
    0C 16 00 08 00 04 00 01 00 21 00 00)");

// The association is over.
inline const ByteVector abort_message =
    hex("19 2E 11 01 03 C1 29 A0 80 A0 80 30 80 02 01 01 06 02 51 01 00 00 00 00"
        "61 80 30 80 02 01 01 A0 80 64 80 80 01 01 00 00 00 00 00 00 00 00 00 00");

inline ByteVector joined(std::initializer_list<ByteVector> parts) {
  ByteVector all;
  for (const ByteVector& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline ByteVector u16(unsigned value) {
  return {static_cast<std::uint8_t>(value >> 8U & 0xFFU), static_cast<std::uint8_t>(value & 0xFFU)};
}
inline ByteVector u32(unsigned value) { return joined({u16(value >> 16U), u16(value & 0xFFFFU)}); }
inline ByteVector counted(std::size_t count, const ByteVector& body) {
  return joined({u16(static_cast<unsigned>(count)), u16(static_cast<unsigned>(body.size())), body});
}

// A list of `parts`, with its count and length.
inline ByteVector list_of(const std::vector<ByteVector>& parts) {
  ByteVector body;
  for (const ByteVector& part : parts) body.insert(body.end(), part.begin(), part.end());
  return counted(parts.size(), body);
}

inline ByteVector attribute(unsigned id, const ByteVector& value) {
  return joined({u16(id), u16(static_cast<unsigned>(value.size())), value});
}

constexpr unsigned per_min = 0x0AA0, percent = 0x0220, mmhg = 0x0F20, kpa = 0x0F03;
constexpr unsigned no_number = 0x007FFFFF;

// `number` as on the wire: exponent in the highest byte, mantissa below.
inline ByteVector number(unsigned code, unsigned state, unsigned unit, unsigned number) {
  return joined({u16(code), u16(state), u16(unit), u32(number)});
}
inline ByteVector single(const ByteVector& number) { return attribute(0x0950, number); }
inline ByteVector compound(const std::vector<ByteVector>& numbers) {
  return attribute(0x094B, list_of(numbers));
}
inline ByteVector object(unsigned handle, const std::vector<ByteVector>& attributes) {
  return joined({u16(handle), list_of(attributes)});
}

inline ByteVector message(unsigned operation, const ByteVector& body) {
  return joined({hex("E1 00 00 02"), u16(operation), u16(static_cast<unsigned>(body.size())), body});
}
inline ByteVector action_result(unsigned action, const ByteVector& reply) {
  const ByteVector body =
      joined({hex("00 21 00 00 00 00"), u16(action), u16(static_cast<unsigned>(reply.size())), reply});
  return joined({hex("00 03 00 07"), u16(static_cast<unsigned>(body.size())), body});
}

// The reply to an extended poll; every object in context 0. Another time is another answer.
inline ByteVector reply(unsigned object_class, unsigned group, unsigned ticks,
                        const std::vector<ByteVector>& objects) {
  const ByteVector context = joined({u16(0), list_of(objects)});
  return joined({hex("00 02"), u16(ticks / 1000), u32(ticks), hex("FF FF FF FF FF FF FF FF 00 01"),
                 u16(object_class), u16(group), counted(1, context)});
}
inline ByteVector numerics(unsigned ticks, const std::vector<ByteVector>& objects) {
  return message(2, action_result(0xF13B, reply(0x0006, 0x0803, ticks, objects)));
}
inline ByteVector numerics_part(unsigned state, unsigned count, unsigned ticks,
                                const std::vector<ByteVector>& objects) {
  const ByteVector part{static_cast<std::uint8_t>(state), static_cast<std::uint8_t>(count)};
  return message(5, joined({part, action_result(0xF13B, reply(0x0006, 0x0803, ticks, objects))}));
}
inline ByteVector mds_result(unsigned ticks, const std::vector<ByteVector>& attributes) {
  return message(
      2, action_result(0x0C16,
                       joined({hex("00 04"), u32(ticks), hex("FF FF FF FF FF FF FF FF 00 01 00 21 00 00"),
                               counted(1, joined({u16(0), list_of({object(1, attributes)})}))})));
}

// An entry of an alarm list. `text` in ASCII; none: an entry without text.
inline ByteVector alert(unsigned source, unsigned code, unsigned type, unsigned state,
                        std::string_view text) {
  ByteVector block = joined({u16(0), u32(source), u16(0), u16(0x6000)});
  ByteVector wide;
  for (const char c : text) wide = joined({wide, u16(static_cast<unsigned char>(c))});
  if (!text.empty()) block = joined({block, u16(static_cast<unsigned>(wide.size() + 2)), wide, u16(0)});
  return joined({u16(source), u16(code), u16(type), u16(state), hex("00 06 00 00 01 02"),
                 u16(text.empty() ? 513 : 516), u16(static_cast<unsigned>(block.size())), block});
}
inline ByteVector alerts(const std::vector<ByteVector>& patient, const std::vector<ByteVector>& technical) {
  return message(2, action_result(0xF13B, reply(0x0036, 0x0801, 80016384,
                                                {object(0x0301, {attribute(0x0902, list_of(patient)),
                                                                 attribute(0x0904, list_of(technical))})})));
}

// The check of RFC 1662 bit by bit, and the frame around user data; written apart from the driver's.
inline unsigned frame_check(const ByteVector& bytes) {
  unsigned check = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const bool odd = ((check ^ (byte >> bit)) & 1U) != 0;
      check = (check >> 1U) ^ (odd ? 0x8408U : 0U);
    }
  }
  return check ^ 0xFFFFU;
}
inline ByteVector framed(const ByteVector& data) {
  ByteVector inner = joined({hex("11 01"), u16(static_cast<unsigned>(data.size())), data});
  const unsigned check = frame_check(inner);
  inner.push_back(static_cast<std::uint8_t>(check & 0xFFU));
  inner.push_back(static_cast<std::uint8_t>(check >> 8U));
  ByteVector frame{0xC0};
  for (const std::uint8_t byte : inner) {
    const bool marked = byte == 0xC0 || byte == 0xC1 || byte == 0x7D;
    if (marked) frame.push_back(0x7D);
    frame.push_back(marked ? static_cast<std::uint8_t>(byte ^ 0x20U) : byte);
  }
  frame.push_back(0xC1);
  return frame;
}

}  // namespace drivers::test::philips
