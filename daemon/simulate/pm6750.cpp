// Packets and rates as the vendor's demo and a measured unit have them: ECG waves all the time once the ECG
// is on, heart rate and SpO2 once a second, the cuff's state twice a second, its last numbers repeated. A
// cuff measurement takes two seconds here and gives zeros meanwhile.
#include "daemon/simulate/pm6750.hpp"

#include <cmath>
#include <utility>

namespace simulate {
namespace {

using Payload = std::vector<std::uint8_t>;

constexpr double step_s = 0.25;
constexpr double cuff_takes_s = 2;
constexpr unsigned ecg_packets_per_step = 62;  // 250 a second

constexpr std::uint8_t no_spo2 = 127, no_rate = 255;
enum CuffState : std::uint8_t { done = 0, measuring = 1, loose = 4 };

std::uint8_t number(std::optional<double> value, std::uint8_t none) {
  return value ? static_cast<std::uint8_t>(std::lround(*value)) : none;
}

class Pm6750Device final : public Device {
 public:
  double period_s() const override { return step_s; }

  void happen(const ScriptedEvent& event, Now now, const Script& patient) override {
    switch (event.what) {
      case Happening::cuff:
      case Happening::cuff_failed:
        cuff_ends_s_ = now.t_s + cuff_takes_s;
        cuff_ = {static_cast<std::uint8_t>(measuring << 2U), 68, 0, 0, 0};
        result_ = event.what == Happening::cuff ? reading(now, patient) : Payload{loose << 2U, 0, 0, 0, 0};
        break;
      case Happening::alarm: rhythm_ = 0x0A; break;  // tachycardia: it can tell rhythms and nothing else
      case Happening::alarm_over: rhythm_ = 0x01; break;
      case Happening::plug: ecg_ = spo2_ = temperature_ = false; break;  // it has no other power
      default: break;
    }
  }

  void receive(Bytes bytes, Now /*now*/, const Script& /*patient*/, Wire& /*wire*/) override {
    received_.insert(received_.end(), bytes.begin(), bytes.end());
    while (received_.size() >= 6) {
      const std::uint8_t what = received_[3], value = received_[4];
      const std::vector<std::uint8_t> front(received_.begin(), received_.begin() + 6);
      const bool sound = front == frame_pm6750({what, value});
      received_.erase(received_.begin(), received_.begin() + (sound ? 6 : 1));
      if (sound) obey(what, value != 0);
    }
  }

  void step(Now now, const Script& patient, Wire& wire) override {
    if (now.t_s >= cuff_ends_s_ && !result_.empty()) cuff_ = std::exchange(result_, {});
    const unsigned quarter = steps_++ % 4;
    if (ecg_) {
      for (unsigned i = 0; i < ecg_packets_per_step; ++i)
        wire.send(frame_pm6750({0x01, 128, 128, 128, 128, 128, 128, 128}));
      if (quarter == 0) wire.send(frame_pm6750(ecg(now, patient)));
    }
    if (spo2_ && quarter == 1) wire.send(frame_pm6750(saturation(now, patient)));
    if (temperature_ && quarter == 2) wire.send(frame_pm6750(temperature(now, patient)));
    if ((ecg_ || spo2_) && quarter % 2 == 1) {
      Payload packet{0x03};
      packet.insert(packet.end(), cuff_.begin(), cuff_.end());
      wire.send(frame_pm6750(packet));
    }
  }

 private:
  void obey(std::uint8_t what, bool on) {
    if (what == 0x01) ecg_ = on;
    if (what == 0x03) spo2_ = on;
    if (what == 0x04) temperature_ = on;
  }

  Payload ecg(Now now, const Script& patient) const {
    constexpr std::uint8_t lead_off = 0x02, weak = 0x01;
    if (!patient.leads_on()) return {0x02, 0x18 | lead_off, 0, 0, 0, 0};
    const auto status = static_cast<std::uint8_t>(0x18 | (patient.artifact() ? weak : 0));
    return {
        0x02, status, number(patient.at(Vital::hr, now.t_s), 0), number(patient.at(Vital::rr, now.t_s), 0),
        10,   rhythm_};
  }

  static Payload saturation(Now now, const Script& patient) {
    if (!patient.probe_on()) return {0x04, 2, no_spo2, no_rate};
    return {0x04, 0, number(patient.at(Vital::spo2, now.t_s), no_spo2),
            number(patient.at(Vital::pr, now.t_s), no_rate)};
  }

  static Payload temperature(Now now, const Script& patient) {
    const auto celsius = patient.at(Vital::temp, now.t_s);
    if (!celsius) return {0x05, 3, 0, 0, 0, 0};
    const auto tenths = static_cast<unsigned>(std::lround(*celsius * 10));
    return {0x05, 2, static_cast<std::uint8_t>(tenths / 10), static_cast<std::uint8_t>(tenths % 10), 0, 0};
  }

  // On the wire: systolic, mean, diastolic.
  static Payload reading(Now now, const Script& patient) {
    return {done << 2U, 0, number(patient.at(Vital::sys, now.t_s), 0),
            number(patient.at(Vital::map, now.t_s), 0), number(patient.at(Vital::dia, now.t_s), 0)};
  }

  bool ecg_ = false, spo2_ = false, temperature_ = false;
  std::uint8_t rhythm_ = 0x01;
  unsigned steps_ = 0;
  std::vector<std::uint8_t> received_;
  Payload cuff_{done << 2U, 0, 0, 0, 0}, result_;
  double cuff_ends_s_ = 0;
};

std::unique_ptr<Device> make_pm6750(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<Pm6750Device>();
}

}  // namespace

std::vector<std::uint8_t> frame_pm6750(const std::vector<std::uint8_t>& payload) {
  std::vector<std::uint8_t> out;
  out.reserve(payload.size() + 4);
  for (const std::size_t head : {std::size_t{0x55}, std::size_t{0xAA}, payload.size() + 2})
    out.push_back(static_cast<std::uint8_t>(head));
  out.insert(out.end(), payload.begin(), payload.end());
  unsigned sum = 0;
  for (std::size_t i = 2; i < out.size(); ++i) sum += out[i];
  out.push_back(static_cast<std::uint8_t>(255 - sum % 256));
  return out;
}

const DeviceEntry pm6750{"pm6750", "a Berry PM6750 module", {}, make_pm6750};

}  // namespace simulate
