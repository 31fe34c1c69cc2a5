// Silent until enabled, then its identity; after "start real time" a wave sample twenty times and the numbers
// once a second, until the host has not said "link is active" for 15 s (our choice: what the device does then
// is not known). Its limits: respiration 5-30, SpO2 90-100, pulse 50-140.
#include "daemon/simulate/capnostream20.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace simulate {
namespace {

constexpr double wave_s = 0.05, numbers_s = 1, patience_s = 15;
constexpr std::uint8_t none = 255;
constexpr std::array<std::uint8_t, 9> limits{60,  15, 30,  5, 8,
                                             100, 90, 140, 50};  // as in the payload, from 16
constexpr std::uint8_t start_byte = 0x85, escape_byte = 0x80;

std::uint8_t rounded(std::optional<double> value) {
  return value ? static_cast<std::uint8_t>(std::clamp(std::lround(*value), 0L, 254L)) : none;
}

class CapnostreamDevice final : public Device {
 public:
  double period_s() const override { return wave_s; }

  void step(Now now, const Script& patient, Wire& wire) override {
    if (now.t_s - heard_s_ > patience_s) real_time_ = false;
    if (!real_time_) return;
    const std::array<std::uint8_t, 4> wave{++message_, static_cast<std::uint8_t>(message_ % 40), 0, 0};
    wire.send(capnostream_frame(0, wave));
    if (now.t_s < numbers_due_s_) return;
    numbers_due_s_ = now.t_s + numbers_s;
    wire.send(capnostream_frame(1, capnostream_payload(numbers(now, patient))));
  }

  // Commands have four bytes, and none of those we know needs an escape.
  void receive(Bytes bytes, Now now, const Script& /*patient*/, Wire& wire) override {
    for (const std::uint8_t byte : bytes) {
      if (byte == start_byte) size_ = 0;
      if (size_ < command_.size()) command_[size_] = byte;
      if (++size_ == command_.size()) obey(now, wire);
    }
  }

 private:
  void obey(Now now, Wire& wire) {
    const std::uint8_t code = command_[2];
    if (command_[0] != start_byte || command_[1] != 1 || command_[3] != (1U ^ code)) return;
    heard_s_ = now.t_s;
    constexpr std::string_view identity = "V04.51 02/11/2010 B3";
    if (code == 1) {
      enabled_ = true;
      wire.send(
          capnostream_frame(4, {reinterpret_cast<const std::uint8_t*>(identity.data()), identity.size()}));
    }
    if (code == 4 && enabled_) real_time_ = true;
    if (code == 5 || code == 2) real_time_ = false;
    if (code == 2) enabled_ = false;
  }

  static CapnostreamNumbers numbers(Now now, const Script& patient) {
    CapnostreamNumbers out;
    out.clock_s = static_cast<std::uint32_t>(now.unix_ms / 1000);
    out.etco2 = 38;
    out.fico2 = 0;
    out.breaths = rounded(patient.at(Vital::rr, now.t_s));
    if (out.breaths != none && out.breaths > limits[2]) out.co2_alarms |= 0x08;
    if (out.breaths < limits[3]) out.co2_alarms |= 0x10;
    if (!patient.probe_on()) {
      out.spo2_alarms = 0x21;
      return out;
    }
    out.spo2 = rounded(patient.at(Vital::spo2, now.t_s));
    out.rate = rounded(patient.at(Vital::pr, now.t_s));
    if (out.spo2 < limits[6]) out.spo2_alarms |= 0x04;
    if (out.rate != none && out.rate > limits[7]) out.spo2_alarms |= 0x08;
    if (out.rate < limits[8]) out.spo2_alarms |= 0x10;
    return out;
  }

  bool enabled_ = false, real_time_ = false;
  double heard_s_ = 0, numbers_due_s_ = 0;
  std::uint8_t message_ = 0;
  std::array<std::uint8_t, 4> command_{};
  std::size_t size_ = 0;
};

std::unique_ptr<Device> make_capnostream(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<CapnostreamDevice>();
}

}  // namespace

std::vector<std::uint8_t> capnostream_frame(std::uint8_t code, Bytes payload) {
  std::vector<std::uint8_t> out{start_byte};
  std::uint8_t sum = 0;
  const auto put = [&](std::uint8_t byte) {
    sum ^= byte;
    const bool escaped = byte == start_byte || byte == escape_byte;
    out.push_back(escaped ? escape_byte : byte);
    if (escaped) out.push_back(byte == start_byte ? 0x05 : 0x00);
  };
  put(static_cast<std::uint8_t>(payload.size() + 1));
  put(code);
  for (const std::uint8_t byte : payload) put(byte);
  put(sum);
  return out;
}

std::array<std::uint8_t, 27> capnostream_payload(const CapnostreamNumbers& n) {
  std::array<std::uint8_t, 27> out{};
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>((n.clock_s >> (24 - 8 * i)) & 0xFFU);
  out[4] = n.etco2, out[5] = n.fico2, out[6] = n.breaths, out[7] = n.spo2, out[8] = n.rate, out[9] = n.status;
  out[13] = n.co2_alarms, out[14] = n.spo2_alarms, out[15] = n.no_breath_s;
  std::copy(limits.begin(), limits.end(), out.begin() + 16);
  out[25] = 1;  // mmHg
  return out;
}

const DeviceEntry capnostream20{
    "capnostream20", "a Capnostream 20 capnograph with oximeter", {}, make_capnostream};

}  // namespace simulate
