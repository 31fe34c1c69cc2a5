// Formats 2 and 7 send 75 frames a second in packets of 25 with one
// value byte a frame and a checksum; formats 1 and 8 send three and four bytes a second, the text printout a
// line; format 13 sends a packet a spot check, here every ten seconds. Frame layout: the maker's OEM papers
// for Onyx II 9560 and OEM III.
#include "daemon/simulate/nonin.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
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

std::array<std::uint8_t, 3> encode_format1(const NoninSlow1& sample) {
  const unsigned status = 0x80U | ((sample.rate >> 7U) & 0x03U) | (sample.disconnected ? 0x40U : 0U) |
                          (sample.bad_pulse ? 0x04U : 0U);
  return {static_cast<std::uint8_t>(status), low7(sample.rate), low7(sample.spo2)};
}

std::array<std::uint8_t, 22> encode_format13(const NoninSpot& measurement) {
  const auto bcd = [](int number) { return static_cast<std::uint8_t>(number / 10 % 10 * 16 + number % 10); };
  const std::time_t seconds{measurement.unix_ms / 1000};
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  const bool measured = measurement.rate != NoninPacket::no_rate;
  std::array<std::uint8_t, 22> out{0x00, 0x02, 0x00, 0x0D, 0x00, 14, 0x20};
  out[7] = bcd(utc.tm_year), out[8] = bcd(utc.tm_mon + 1), out[9] = bcd(utc.tm_mday);
  out[10] = bcd(utc.tm_hour), out[11] = bcd(utc.tm_min), out[12] = bcd(utc.tm_sec);
  out[14] = static_cast<std::uint8_t>((measurement.good ? 0x02U : 0U) | (measured ? 0U : 0x01U));
  out[15] = measurement.from_memory ? 0x10 : 0x00;
  out[16] = static_cast<std::uint8_t>(measurement.rate >> 8U);
  out[17] = static_cast<std::uint8_t>(measurement.rate & 0xFFU);
  out[19] = static_cast<std::uint8_t>(measurement.spo2);
  unsigned sum = 0;
  for (std::size_t i = 6; i < 20; ++i) sum += out[i];
  out[20] = static_cast<std::uint8_t>(sum & 0xFFU);
  out[21] = 0x03;
  return out;
}

std::string print_nonin(unsigned rate, unsigned spo2) {
  const auto digits = [](unsigned value, unsigned missing) {
    std::array<char, 4> text{'-', '-', '-'};
    if (value != missing) std::snprintf(text.data(), text.size(), "%03u", value % 1000);
    return std::string(text.data());
  };
  return "SPO2=" + digits(spo2, NoninPacket::no_spo2) + " HR=" + digits(rate, NoninPacket::no_rate) + "\r\n";
}

namespace {

unsigned rounded(std::optional<double> value, unsigned missing) {
  return value ? static_cast<unsigned>(std::lround(*value)) : missing;
}

class NoninDevice final : public Device {
 public:
  explicit NoninDevice(std::string_view format) : format_(format) {}

  double period_s() const override {
    constexpr double spot_check_s = 10;
    if (format_ == "13") return spot_check_s;
    return is_fast() ? 1.0 / 3 : 1.0;
  }

  void happen(const ScriptedEvent& event, Now now, const Script& /*patient*/) override {
    if (event.what == Happening::probe_off) off_since_s_ = now.t_s;
  }

  void step(Now now, const Script& patient, Wire& wire) override {
    const unsigned rate = rounded(patient.at(Vital::pr, now.t_s), NoninPacket::no_rate);
    const unsigned spo2 = rounded(patient.at(Vital::spo2, now.t_s), NoninPacket::no_spo2);
    // After the finger has left, the display values stand for up to 10 s while the sensor alarm is already
    // on.
    const bool held = patient.probe_on() || now.t_s - off_since_s_ < 10;
    if (!is_fast())
      return send_slow(now, held ? rate : NoninPacket::no_rate, held ? spo2 : NoninPacket::no_spo2, patient,
                       wire);
    const NoninPacket packet = fast_packet(rate, spo2, held, patient);
    wire.send(format_ == "2" ? encode_format2(packet) : encode_format7(packet));
  }

 private:
  bool is_fast() const { return format_ == "2" || format_ == "7"; }

  void send_slow(Now now, unsigned rate, unsigned spo2, const Script& patient, Wire& wire) const {
    const bool on = patient.probe_on();
    if (format_ == "1") {
      wire.send(encode_format1({rate, spo2, !on, patient.artifact()}));
    } else if (format_ == "8") {
      NoninSlow sample;
      sample.rate = rate, sample.spo2 = spo2, sample.sensor_alarm = !on;
      wire.send(encode_format8(sample));
    } else if (format_ == "text") {  // it has no word for why there is nothing
      const std::string line =
          print_nonin(on ? rate : NoninPacket::no_rate, on ? spo2 : NoninPacket::no_spo2);
      wire.send({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
    } else if (on) {  // without a finger nobody measures
      wire.send(encode_format13({now.unix_ms, rate, spo2, !patient.artifact(), false}));
    }
  }

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
      packet.pleth[i] = static_cast<std::uint16_t>(format_ == "2" ? wave : wave * 256);
    }
    return packet;
  }

  std::string format_;
  double off_since_s_ = 0, beat_ = 0;
  unsigned thirds_ = 0;
};

constexpr std::array<OptionHelp, 1> option_help{
    {{"format", "2, 7 (waveform, three packets a second), 1, 8, text (once a second) or 13 (a spot check)"}}};

std::unique_ptr<Device> make_nonin(const Options& options, std::string& error) {
  constexpr std::array<std::string_view, 6> formats{"1", "2", "7", "8", "13", "text"};
  const std::string_view format = option(options, "format", "2");
  if (std::find(formats.begin(), formats.end(), format) != formats.end())
    return std::make_unique<NoninDevice>(format);
  error = "option format must be 1, 2, 7, 8, 13 or text, not '" + std::string(format) + "'";
  return nullptr;
}

}  // namespace

const DeviceEntry nonin{"nonin", "a Nonin oximeter", option_help, make_nonin};

}  // namespace simulate
