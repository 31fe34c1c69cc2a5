// Formats 2 and 7 send 75 frames a second in packets of 25 with one
// value byte a frame and a checksum; format 8 sends four bytes a second. Frame layout: the maker's OEM papers
// for Onyx II 9560 and OEM III.
#include "daemon/simulate/nonin.hpp"

#include <cmath>
#include <optional>

namespace simulate {
namespace {

constexpr std::uint8_t high7(unsigned value) { return static_cast<std::uint8_t>((value >> 7U) & 0x7FU); }
constexpr std::uint8_t low7(unsigned value) { return static_cast<std::uint8_t>(value & 0x7FU); }

// The byte of each of the 25 frames that carries a value; what is not named here is reserved and zero.
std::array<std::uint8_t, NoninPacket::frames> value_bytes(const NoninPacket& p) {
  std::array<std::uint8_t, NoninPacket::frames> out{};
  out[0] = high7(p.rate), out[1] = low7(p.rate);
  out[2] = low7(p.spo2);
  out[3] = p.revision;
  out[5] = high7(p.thirds), out[6] = low7(p.thirds);
  out[7] = p.stat2;
  out[8] = low7(p.spo2_display);
  out[9] = low7(p.spo2_fast);
  out[10] = low7(p.spo2_beat);
  out[13] = high7(p.rate_long), out[14] = low7(p.rate_long);
  out[15] = low7(p.spo2_long);
  out[16] = low7(p.spo2_long_display);
  out[19] = high7(p.rate_display), out[20] = low7(p.rate_display);
  out[21] = high7(p.rate_long_display), out[22] = low7(p.rate_long_display);
  return out;
}

std::uint8_t status_byte(const NoninPacket& packet, std::size_t frame) {
  return static_cast<std::uint8_t>(packet.status[frame] | 0x80U | (frame == 0 ? 0x01U : 0x00U));
}

// The low 8 bits of the sum of the four bytes before it.
void close_frame(std::span<std::uint8_t, 5> frame) {
  frame[4] = static_cast<std::uint8_t>((frame[0] + frame[1] + frame[2] + frame[3]) & 0xFF);
}

}  // namespace

NoninBytes encode_format2(const NoninPacket& packet) {
  NoninBytes out{};
  const auto values = value_bytes(packet);
  for (std::size_t i = 0; i < NoninPacket::frames; ++i) {
    const std::span<std::uint8_t, 5> frame(out.data() + 5 * i, 5);
    frame[0] = 0x01;
    frame[1] = status_byte(packet, i);
    frame[2] = static_cast<std::uint8_t>(packet.pleth[i] & 0xFFU);
    frame[3] = values[i];
    close_frame(frame);
  }
  return out;
}

NoninBytes encode_format7(const NoninPacket& packet) {
  NoninBytes out{};
  const auto values = value_bytes(packet);
  for (std::size_t i = 0; i < NoninPacket::frames; ++i) {
    const std::span<std::uint8_t, 5> frame(out.data() + 5 * i, 5);
    frame[0] = status_byte(packet, i);
    frame[1] = static_cast<std::uint8_t>(packet.pleth[i] >> 8U);
    frame[2] = static_cast<std::uint8_t>(packet.pleth[i] & 0xFFU);
    frame[3] = values[i];
    close_frame(frame);
  }
  return out;
}

std::array<std::uint8_t, 4> encode_format8(const NoninSlow& sample) {
  const unsigned status = 0x80U | ((sample.rate >> 7U) & 0x03U) | (sample.low_perfusion ? 0x10U : 0U);
  const unsigned flags = (sample.spot_quality ? 0x20U : 0U) | (sample.sensor_alarm ? 0x08U : 0U) |
                         (sample.low_battery ? 0x01U : 0U);
  return {static_cast<std::uint8_t>(status), low7(sample.rate), low7(sample.spo2),
          static_cast<std::uint8_t>(flags)};
}

namespace {

unsigned rounded(std::optional<double> value, unsigned missing) {
  return value ? static_cast<unsigned>(std::lround(*value)) : missing;
}

class NoninDevice final : public Device {
 public:
  explicit NoninDevice(int format) : format_(format) {}

  double period_s() const override { return format_ == 8 ? 1.0 : 1.0 / 3; }

  void happen(const ScriptedEvent& event, Now now, const Script& /*patient*/) override {
    if (event.what == Happening::probe_off) off_since_s_ = now.t_s;
  }

  void step(Now now, const Script& patient, Wire& wire) override {
    const unsigned rate = rounded(patient.at(Vital::pr, now.t_s), NoninPacket::no_rate);
    const unsigned spo2 = rounded(patient.at(Vital::spo2, now.t_s), NoninPacket::no_spo2);
    // After the finger has left, the display values stand for up to 10 s while the sensor alarm is already
    // on.
    const bool held = patient.probe_on() || now.t_s - off_since_s_ < 10;
    if (format_ == 8) {
      NoninSlow sample;
      sample.sensor_alarm = !patient.probe_on();
      if (held) sample.rate = rate, sample.spo2 = spo2;
      wire.send(encode_format8(sample));
      return;
    }
    const NoninPacket packet = fast_packet(rate, spo2, held, patient);
    wire.send(format_ == 2 ? encode_format2(packet) : encode_format7(packet));
  }

 private:
  NoninPacket fast_packet(unsigned rate, unsigned spo2, bool held, const Script& patient) {
    NoninPacket packet;
    packet.thirds = thirds_++ & 0x3FFFU;
    if (held) {
      packet.rate_display = packet.rate_long_display = rate;
      packet.spo2_display = packet.spo2_long_display = spo2;
    }
    if (patient.probe_on()) {
      packet.rate = packet.rate_long = rate;
      packet.spo2 = packet.spo2_fast = packet.spo2_beat = packet.spo2_long = spo2;
    }
    const double beats_per_frame = rate == NoninPacket::no_rate ? 0 : rate / 60.0 / 75.0;
    for (std::size_t i = 0; i < NoninPacket::frames; ++i) {
      if (!patient.probe_on()) {
        packet.status[i] = NoninPacket::sensor_alarm | NoninPacket::out_of_track;
        continue;
      }
      beat_ = std::fmod(beat_ + beats_per_frame, 1.0);
      // A pulse colours 12 frames (160 ms).
      packet.status[i] = beat_ < 12 * beats_per_frame ? NoninPacket::green : std::uint8_t{0};
      if (patient.artifact()) packet.status[i] |= NoninPacket::artifact;
      const double wave = 100 + 80 * std::exp(-8 * (beat_ - 0.2) * (beat_ - 0.2));
      packet.pleth[i] = static_cast<std::uint16_t>(format_ == 2 ? wave : wave * 256);
    }
    return packet;
  }

  int format_;
  double off_since_s_ = 0, beat_ = 0;
  unsigned thirds_ = 0;
};

constexpr std::array<OptionHelp, 1> option_help{
    {{"format", "2, 7 (waveform, three packets a second) or 8 (once a second)"}}};

std::unique_ptr<Device> make_nonin(const Options& options, std::string& error) {
  const std::string_view format = option(options, "format", "2");
  if (format == "2" || format == "7" || format == "8") return std::make_unique<NoninDevice>(format[0] - '0');
  error = "option format must be 2, 7 or 8, not '" + std::string(format) + "'";
  return nullptr;
}

}  // namespace

const DeviceEntry nonin{"nonin", "a Nonin oximeter", option_help, make_nonin};

}  // namespace simulate
