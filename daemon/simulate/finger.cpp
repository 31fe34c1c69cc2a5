// Bits as in Contec's papers V5.0A (five bytes) and V7.0 (packages) and in Berry's paper 1.2. The older
// Contec and the Berry stream as long as they are on; the newer Contec wants to be asked, and to hear a
// keep-alive every five seconds.
#include "daemon/simulate/finger.hpp"

#include <cmath>
#include <vector>

namespace simulate {
namespace {

constexpr unsigned no_rate = 255, no_spo2 = 127, no_perfusion = 0xFFFF;

constexpr std::uint8_t byte(unsigned value) { return static_cast<std::uint8_t>(value); }
constexpr unsigned bit(bool on, unsigned number) { return on ? 1U << number : 0U; }

std::optional<unsigned> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<unsigned>(std::lround(*value));
}

// Bytes 2 to 5 of the five, which the two makers have in common.
void put_numbers(const FingerFrame& frame, std::array<std::uint8_t, 5>& out) {
  const unsigned rate = frame.rate.value_or(no_rate);
  out[1] = byte(frame.wave & 127U);
  out[2] =
      byte((rate > 127 ? 64U : 0U) + bit(frame.searching, 5) + bit(frame.finger_out, 4) + (frame.bar & 15U));
  out[3] = byte(rate & 127U);
  out[4] = byte(frame.spo2.value_or(no_spo2) & 127U);
}

}  // namespace

std::array<std::uint8_t, 5> encode_contec_5(const FingerFrame& frame) {
  std::array<std::uint8_t, 5> out{};
  out[0] = byte(128U + bit(frame.beep, 6) + bit(frame.low_saturation, 5) + bit(frame.no_signal, 4) +
                frame.strength);
  put_numbers(frame, out);
  return out;
}

std::array<std::uint8_t, 5> encode_berry(const FingerFrame& frame) {
  std::array<std::uint8_t, 5> out{};
  out[0] = byte(128U + bit(frame.beep, 6) + bit(frame.no_signal, 4) + frame.strength);
  put_numbers(frame, out);
  return out;
}

std::array<std::uint8_t, 9> encode_contec_9(const FingerFrame& frame) {
  const unsigned perfusion = frame.perfusion_x100.value_or(no_perfusion);
  const std::array<unsigned, 7> data{bit(frame.finger_out, 7) + bit(frame.beep, 6) +
                                         bit(frame.low_saturation, 5) + bit(frame.no_signal, 4) +
                                         frame.strength,
                                     bit(frame.searching, 7) + (frame.wave & 127U),
                                     bit(!frame.perfusion_x100.has_value(), 4) + (frame.bar & 15U),
                                     frame.rate.value_or(no_rate),
                                     frame.spo2.value_or(no_spo2),
                                     perfusion % 256,
                                     perfusion / 256};
  std::array<std::uint8_t, 9> out{0x01, 0x80};
  for (std::size_t i = 0; i < data.size(); ++i) {
    out[1] = byte(out[1] + bit(data[i] > 127, static_cast<unsigned>(i)));
    out[2 + i] = byte(128U + data[i] % 128);
  }
  return out;
}

namespace {

// A heart that beats, a finger that is there or not.
class Finger {
 public:
  explicit Finger(unsigned frames_per_s) : frames_per_s_(frames_per_s) {}

  FingerFrame next(Now now, const Script& patient) {
    FingerFrame out;
    if (!patient.probe_on()) {
      out.finger_out = out.no_signal = true;
      out.strength = out.bar = 0;
      return out;
    }
    out.spo2 = rounded(patient.at(Vital::spo2, now.t_s));
    out.rate = rounded(patient.at(Vital::pr, now.t_s));
    out.low_saturation = out.spo2 && *out.spo2 < 90;
    out.strength = patient.artifact() ? 2 : 6;  // neither maker can say "artifact"; motion costs signal
    const double before = beat_;
    beat_ = std::fmod(beat_ + out.rate.value_or(0) / 60.0 / frames_per_s_, 1.0);
    out.beep = beat_ < before;
    const double wave = 20 + 70 * std::exp(-12 * (beat_ - 0.25) * (beat_ - 0.25));
    out.wave = static_cast<unsigned>(wave);
    out.bar = out.wave / 8;
    return out;
  }

 private:
  double frames_per_s_;
  double beat_ = 0;
};

constexpr double step_s = 0.1;

template <auto encode, unsigned frames_per_s>
class Streaming final : public Device {
 public:
  double period_s() const override { return step_s; }

  void step(Now now, const Script& patient, Wire& wire) override {
    for (unsigned i = 0; i < frames_per_s / 10; ++i) wire.send(encode(finger_.next(now, patient)));
  }

 private:
  Finger finger_{frames_per_s};
};

class Asked final : public Device {
 public:
  double period_s() const override { return step_s; }

  void happen(const ScriptedEvent& event, Now /*now*/, const Script& /*patient*/) override {
    if (event.what == Happening::plug) live_ = false;  // it is on the cable's power
  }

  void receive(Bytes bytes, Now now, const Script& /*patient*/, Wire& wire) override {
    for (const std::uint8_t one : bytes) {
      if (one == 0x7D) command_.clear();
      command_.push_back(one);
      if (command_.size() == 9 && command_.front() == 0x7D) obey(command_[2], now, wire);
      if (command_.size() > 9) command_.clear();
    }
  }

  void step(Now now, const Script& patient, Wire& wire) override {
    if (live_ && now.t_s - kept_alive_s_ > 5) live_ = false;
    for (unsigned i = 0; live_ && i < 6; ++i) wire.send(encode_contec_9(finger_.next(now, patient)));
  }

 private:
  // The commands' own bit 7 is in the high byte, and set on the wire like that of every byte.
  void obey(std::uint8_t command, Now now, Wire& wire) {
    constexpr std::uint8_t start_live = 0xA1, stop_live = 0xA2, keep_alive = 0xAF;
    if (command == keep_alive) {
      kept_alive_s_ = now.t_s;
      return;
    }
    wire.send(std::array<std::uint8_t, 4>{0x0B, 0x81, command, 0x80});
    if (command == start_live) kept_alive_s_ = now.t_s;
    if (command == stop_live && live_) wire.send(std::array<std::uint8_t, 3>{0x0D, 0x80, 0x80});
    if (command == start_live || command == stop_live) live_ = command == start_live;
  }

  Finger finger_{60};
  std::vector<std::uint8_t> command_;
  bool live_ = false;
  double kept_alive_s_ = 0;
};

template <class Made>
std::unique_ptr<Device> make(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<Made>();
}

}  // namespace

const DeviceEntry contec_5{
    "contec-5", "a Contec CMS50 oximeter with the older stream", {}, make<Streaming<encode_contec_5, 60>>};
const DeviceEntry contec_9{"contec-9", "a Contec CMS50 oximeter with the newer packages", {}, make<Asked>};
const DeviceEntry berry_bci{"berry-bci", "a Berry oximeter", {}, make<Streaming<encode_berry, 100>>};

}  // namespace simulate
