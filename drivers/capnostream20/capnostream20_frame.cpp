#include "drivers/capnostream20/capnostream20_frame.hpp"

namespace drivers::capnostream20 {
namespace {

constexpr std::uint8_t start_byte = 0x85;
constexpr std::uint8_t escape_byte = 0x80;
constexpr std::uint8_t missing = 0xFF;

namespace at {
constexpr std::size_t etco2 = 4, fico2 = 5, breaths = 6, spo2 = 7, rate = 8, status = 9, co2_alarms = 13,
                      spo2_alarms = 14, co2_unit = 25;
}  // namespace at
constexpr std::size_t payload_bytes_min = 27;

// Zero is as little a measurement as the marker.
std::optional<unsigned> value(std::uint8_t byte) {
  if (byte == missing || byte == 0) return std::nullopt;
  return byte;
}

// Inspired CO2 is zero in a healthy patient: only the marker is missing.
std::optional<unsigned> co2(std::uint8_t byte) {
  if (byte == missing) return std::nullopt;
  return byte;
}

}  // namespace

Step Framer::take(std::uint8_t byte) {
  const Step step = byte == start_byte ? start() : open_ ? add(byte) : stray();
  ++offset_;
  return step;
}

void Framer::lose_byte() {
  open_ = false;
  stray_told_ = true;
  ++offset_;
}

Step Framer::start() {
  const bool anew = open_;
  open_ = true;
  size_ = 0;
  escaped_ = false;
  stray_told_ = false;
  return anew ? Step{false, {}, "frame-restarted"} : Step{};
}

Step Framer::add(std::uint8_t byte) {
  if (!escaped_ && byte == escape_byte) {
    escaped_ = true;
    return {};
  }
  if (escaped_) {
    if (byte != 0x00 && byte != 0x05) return drop("escape");
    byte = static_cast<std::uint8_t>(escape_byte + byte);
    escaped_ = false;
  }
  bytes_[size_++] = byte;
  // Length, as many bytes as it says, checksum.
  const std::size_t length = bytes_[0];
  if (length == 0 || length + 2 > frame_bytes_max) return drop("length");
  if (size_ < length + 2) return {};
  std::uint8_t sum = 0;
  for (std::size_t i = 0; i + 1 < size_; ++i) sum ^= bytes_[i];
  if (sum != bytes_[size_ - 1]) return drop("checksum");
  open_ = false;
  return {true, {bytes_[1], Bytes{bytes_.data() + 2, length - 1}, offset_}, {}};
}

Step Framer::drop(std::string_view wrong) {
  open_ = false;
  stray_told_ = true;  // what follows belongs to it
  return {false, {}, wrong};
}

Step Framer::stray() {
  if (stray_told_) return {};
  stray_told_ = true;
  return {false, {}, "unframed"};
}

std::optional<Numbers> read_numbers(Bytes payload, std::string_view& wrong) {
  if (payload.size() < payload_bytes_min) {
    wrong = "payload-too-short";
    return std::nullopt;
  }
  Numbers out;
  switch (payload[at::co2_unit]) {
    case 0: break;  // none: it measures no CO2, and the oximeter does not depend on it
    case 1: out.co2_unit = "mmHg"; break;
    case 2: out.co2_unit = "kPa"; break;
    case 3: out.co2_unit = "vol%"; break;
    // Now and then a payload comes shifted by a byte; then a limit stands here, and nothing is where it
    // should be. A frame that lost an escape looks the same.
    default: wrong = "payload-shifted"; return std::nullopt;
  }
  out.co2_in_tenths = payload[at::co2_unit] > 1;
  out.etco2 = value(payload[at::etco2]);
  out.fico2 = co2(payload[at::fico2]);
  out.breaths_per_min = value(payload[at::breaths]);
  out.spo2_percent = value(payload[at::spo2]);
  out.rate_per_min = value(payload[at::rate]);
  out.status = payload[at::status];
  out.co2_alarms = payload[at::co2_alarms];
  out.spo2_alarms = payload[at::spo2_alarms];
  return out;
}

}  // namespace drivers::capnostream20
