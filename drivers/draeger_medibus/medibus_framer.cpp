#include "drivers/draeger_medibus/medibus_framer.hpp"

namespace drivers::draeger_medibus {
namespace {

namespace byte_of {
constexpr std::uint8_t response = 0x01;
constexpr std::uint8_t command = 0x1B;
constexpr std::uint8_t end = 0x0D;
constexpr std::uint8_t stop_sending = 0x11;  // reversed against XON/XOFF
constexpr std::uint8_t go_on_sending = 0x13;
constexpr std::uint8_t abort = 0x18;
}  // namespace byte_of

constexpr char icc = 0x51;
constexpr std::size_t frame_bytes_min = 4;  // start, code, two digits of the sum

constexpr char hex_digit(unsigned value) {
  return static_cast<char>(value < 10 ? '0' + value : 'A' + (value - 10));
}

// `text` begins with the start byte and ends with the two digits.
bool sum_is_right(std::string_view text) {
  unsigned sum = 0;
  for (const char c : text.substr(0, text.size() - 2)) sum += static_cast<unsigned char>(c);
  return text[text.size() - 2] == hex_digit((sum >> 4U) & 15U) && text.back() == hex_digit(sum & 15U);
}

}  // namespace

Frame Framer::take(std::uint8_t byte) {
  if (byte >= real_time_min) return {FrameKind::lost, 0, {}, false, {}, 0};
  switch (byte) {
    case byte_of::response: return start_response();
    case byte_of::command: return start_command();
    case byte_of::end: return end();
    case byte_of::stop_sending: return {FrameKind::stop_sending, 0, {}, false, {}, offset_};
    case byte_of::go_on_sending: return {FrameKind::go_on_sending, 0, {}, false, {}, offset_};
    case byte_of::abort: return response_.open || command_.open ? lose_all("aborted") : lost({});
    default: return add(byte);
  }
}

Frame Framer::start_response() {
  const bool anew = response_.open || command_.open;
  command_.open = false;
  response_.start(byte_of::response);
  stray_told_ = false;
  return anew ? lost("frame-restarted") : lost({});
}

Frame Framer::start_command() {
  const bool anew = command_.open;
  command_.start(byte_of::command);
  stray_told_ = false;
  return anew ? lost("frame-restarted") : lost({});
}

Frame Framer::end() {
  if (command_.open) {
    command_.open = false;
    return checked(command_.text(), FrameKind::command, FrameKind::damaged_command);
  }
  if (response_.open) {
    response_.open = false;
    return checked(response_.text(), FrameKind::response, FrameKind::damaged_response);
  }
  return lost({});
}

Frame Framer::add(std::uint8_t byte) {
  if (command_.open) return command_.add(byte) ? lost({}) : lose_all("frame-too-long");
  if (response_.open) return response_.add(byte) ? lost({}) : lose_all("frame-too-long");
  if (stray_told_) return lost({});
  stray_told_ = true;
  return lost("unframed");
}

Frame Framer::lose_all(std::string_view wrong) {
  response_.open = false;
  command_.open = false;
  stray_told_ = true;
  return lost(wrong);
}

Frame Framer::checked(std::string_view text, FrameKind sound, FrameKind damaged) const {
  if (text.size() < frame_bytes_min) return {damaged, 0, {}, false, "length", offset_};
  if (!sum_is_right(text)) return {damaged, 0, {}, false, "checksum", offset_};
  const std::string_view data = text.substr(2, text.size() - frame_bytes_min);
  return {sound, static_cast<std::uint8_t>(text[1]), data, in_icc_answer(), {}, offset_};
}

bool Framer::in_icc_answer() const {
  return response_.open && response_.size > 1 && response_.bytes[1] == icc;
}

}  // namespace drivers::draeger_medibus
