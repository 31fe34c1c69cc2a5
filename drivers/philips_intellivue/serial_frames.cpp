#include "drivers/philips_intellivue/serial_frames.hpp"

#include <algorithm>

#include "daemon/vitals/check.hpp"
#include "drivers/philips_intellivue/reader.hpp"

namespace drivers::philips {
namespace {

constexpr std::uint8_t protocol_id = 0x11;
constexpr std::uint8_t message_type = 0x01;
constexpr std::size_t header_bytes = 4;
constexpr std::size_t check_bytes = 2;
constexpr std::uint16_t good_residue = 0xF0B8;  // of the register over a frame and its own check

constexpr std::array<std::uint16_t, 256> make_check_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? (value >> 1U) ^ 0x8408U : value >> 1U;
    table[byte] = static_cast<std::uint16_t>(value);
  }
  return table;
}

constexpr auto check_table = make_check_table();

// Puts bytes into a frame, escaped where they look like one of its marks.
class FrameWriter {
 public:
  explicit FrameWriter(std::span<std::uint8_t> frame) : frame_(frame) {}

  void mark(std::uint8_t byte) {
    CHECK(size_ < frame_.size());
    frame_[size_++] = byte;
  }

  void data(Bytes bytes) {
    for (const std::uint8_t byte : bytes) {
      if (byte == frame_begin || byte == frame_end || byte == frame_escape) {
        mark(frame_escape);
        mark(byte ^ frame_escape_flip);
      } else {
        mark(byte);
      }
    }
  }

  Bytes written() const { return frame_.first(size_); }

 private:
  std::span<std::uint8_t> frame_;
  std::size_t size_ = 0;
};

std::uint8_t high(std::size_t value) { return static_cast<std::uint8_t>((value >> 8U) & 0xFFU); }
std::uint8_t low(std::size_t value) { return static_cast<std::uint8_t>(value & 0xFFU); }

}  // namespace

std::uint16_t frame_check(Bytes bytes, std::uint16_t check) {
  for (const std::uint8_t byte : bytes)
    check = static_cast<std::uint16_t>((check >> 8U) ^ check_table[(check ^ byte) & 0xFFU]);
  return check;
}

SerialFrame SerialFrames::take(std::uint8_t byte) {
  if (byte == frame_begin) return begin();
  switch (state_) {
    case State::start:
    case State::lost: return {};
    case State::between: return refuse("between-frames", State::lost);
    case State::escaped:
      if (byte == frame_end) return refuse("given-up", State::between);
      state_ = State::inside;
      return keep(byte ^ frame_escape_flip);
    case State::inside:
      if (byte == frame_end) return close();
      if (byte != frame_escape) return keep(byte);
      state_ = State::escaped;
      return {};
  }
  return {};
}

SerialFrame SerialFrames::begin() {
  const bool cut = (state_ == State::inside && size_ > 0) || state_ == State::escaped;
  size_ = 0;
  state_ = State::inside;
  return cut ? refuse("frame-restarted", State::inside) : SerialFrame{};
}

SerialFrame SerialFrames::keep(std::uint8_t byte) {
  if (size_ == bytes_.size()) return refuse("too-long", State::lost);
  bytes_[size_++] = byte;
  return {};
}

SerialFrame SerialFrames::close() {
  state_ = State::between;
  const Bytes frame{bytes_.data(), size_};
  if (size_ < header_bytes + check_bytes) return refuse("length", State::between);
  Reader header(frame);
  const bool ours = header.u8() == protocol_id && header.u8() == message_type;
  if (frame_check(frame) != good_residue) return refuse("checksum", State::between);
  if (!ours) return refuse("protocol", State::between);
  if (header.u16() != size_ - header_bytes - check_bytes) return refuse("length", State::between);
  const Bytes data = frame.subspan(header_bytes, size_ - header_bytes - check_bytes);
  if (data.empty()) return refuse("length", State::between);
  return {data, {}, offset_};
}

SerialFrame SerialFrames::refuse(std::string_view wrong, State next) {
  state_ = next;
  size_ = 0;
  return {{}, wrong, offset_};
}

bool holds_frame_begin(Bytes bytes) {
  constexpr std::array<std::uint8_t, 3> begin{frame_begin, protocol_id, message_type};
  constexpr std::uint8_t length_high_max = 0x05;  // the longest message known has 1456 bytes
  auto at = bytes.begin();
  while ((at = std::search(at, bytes.end(), begin.begin(), begin.end())) != bytes.end()) {
    at += begin.size();
    if (at != bytes.end() && *at <= length_high_max) return true;
  }
  return false;
}

Bytes write_frame(Bytes data, std::span<std::uint8_t> frame) {
  const std::array<std::uint8_t, header_bytes> header{protocol_id, message_type, high(data.size()),
                                                      low(data.size())};
  const auto check = static_cast<std::uint16_t>(~frame_check(data, frame_check(header)));
  FrameWriter writer(frame);
  writer.mark(frame_begin);
  writer.data(header);
  writer.data(data);
  writer.data(std::array<std::uint8_t, check_bytes>{low(check), high(check)});
  writer.mark(frame_end);
  return writer.written();
}

}  // namespace drivers::philips
