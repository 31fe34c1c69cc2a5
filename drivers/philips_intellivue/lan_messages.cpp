#include "drivers/philips_intellivue/lan_messages.hpp"

#include <algorithm>
#include <array>

#include "drivers/philips_intellivue/association.hpp"
#include "drivers/philips_intellivue/data_export.hpp"
#include "drivers/philips_intellivue/reader.hpp"

namespace drivers::philips {
namespace {

template <std::size_t size>
bool starts_with(Bytes bytes, const std::array<std::uint8_t, size>& head) {
  return bytes.size() >= size && std::equal(head.begin(), head.end(), bytes.begin());
}

bool is_association_byte(std::uint8_t first) {
  switch (first) {
    case association_request_byte:
    case association_accept_byte:
    case association_refuse_byte:
    case release_request_byte:
    case release_response_byte:
    case abort_byte: return true;
    default: return false;
  }
}

constexpr std::uint8_t long_length = 0xFF;  // two bytes with the length follow
constexpr std::array<std::uint8_t, 4> export_head{0xE1, 0x00, 0x00, 0x02};
constexpr std::array<std::uint8_t, 4> announcement_head{0x00, 0x00, 0x01, 0x00};
constexpr std::array<std::uint8_t, 4> session_head{0x05, 0x08, 0x13, 0x01};
constexpr std::array<std::uint8_t, 6> abort_head{abort_byte, 0x2E, 0x11, 0x01, 0x03, 0xC1};
constexpr std::array<std::uint8_t, 6> release_request_head{
    release_request_byte, 0x18, 0xC1, 0x16, 0x61, 0x80};
constexpr std::array<std::uint8_t, 6> release_response_head{
    release_response_byte, 0x18, 0xC1, 0x16, 0x61, 0x80};

// What follows the length of an association message of at least four bytes.
Bytes behind_length(Bytes bytes) { return bytes.subspan(bytes[1] == long_length ? 4 : 2); }

// The first bytes of a message that stand together in no value of the protocol: of a data export message its
// session, context and operation. They have to be there as a whole, so that more bytes behind the message
// change nothing. Of a refusal only the first byte is known.
bool begins_inside(Bytes bytes) {
  switch (bytes[0]) {
    case export_head[0]:
      return starts_with(bytes, export_head) && is_operation(Reader(bytes.subspan(4)).u16());
    case abort_byte: return starts_with(bytes, abort_head);
    case release_request_byte: return starts_with(bytes, release_request_head);
    case release_response_byte: return starts_with(bytes, release_response_head);
    case association_accept_byte: return bytes.size() > 4 && starts_with(behind_length(bytes), session_head);
    default: return false;
  }
}

}  // namespace

LanMessages::Length LanMessages::length_of(Bytes bytes) {
  using Verdict = Length::Verdict;
  if (is_association_byte(bytes[0])) {
    if (bytes.size() < 2) return {Verdict::more_needed};
    if (bytes[1] != long_length) return {Verdict::known, std::size_t{2} + bytes[1]};
    if (bytes.size() < 4) return {Verdict::more_needed};
    const std::size_t length = std::size_t{4} + static_cast<std::size_t>(bytes[2] << 8U | bytes[3]);
    return length <= message_bytes_max ? Length{Verdict::known, length} : Length{Verdict::not_a_message};
  }
  if (bytes[0] != export_head[0] && bytes[0] != announcement_head[0]) return {Verdict::not_a_message};
  if (bytes.size() < head_bytes) return {Verdict::more_needed};
  if (!starts_with(bytes, export_head) && !starts_with(bytes, announcement_head))
    return {Verdict::not_a_message};
  Reader reader(bytes.subspan(4));
  const std::uint16_t operation = reader.u16();
  const std::size_t length = head_bytes + reader.u16();
  const bool known = is_operation(operation) && length <= message_bytes_max;
  return known ? Length{Verdict::known, length} : Length{Verdict::not_a_message};
}

bool LanMessages::is_sure_begin(Bytes bytes) {
  const bool request = bytes.size() > 8 && bytes[0] == association_request_byte &&
                       starts_with(behind_length(bytes), session_head);
  return request || length_of_sure(bytes).verdict == Length::Verdict::known;
}

LanMessages::Length LanMessages::length_of_sure(Bytes bytes) {
  if (bytes.size() < head_bytes) return {Length::Verdict::more_needed};
  const bool sure = starts_with(bytes, export_head) || starts_with(bytes, announcement_head) ||
                    starts_with(bytes, release_request_head) || starts_with(bytes, release_response_head) ||
                    starts_with(bytes, abort_head) ||
                    (bytes[0] == association_accept_byte && starts_with(behind_length(bytes), session_head));
  return sure ? length_of(bytes) : Length{Length::Verdict::not_a_message};
}

std::size_t LanMessages::find_begin_inside(Bytes message) {
  for (std::size_t at = 1; at < message.size(); ++at)
    if (begins_inside(message.subspan(at))) return at;
  return 0;
}

bool LanMessages::is_bare_control(Bytes bytes) {
  return bytes[0] == association_refuse_byte || bytes[0] == release_request_byte ||
         bytes[0] == release_response_byte || bytes[0] == abort_byte;
}

}  // namespace drivers::philips
