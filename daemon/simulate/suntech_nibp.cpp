// The module answers and says nothing by itself, but "done" at the end of a measurement that the host
// started. A scripted cuff reading begins a measurement of 20 s: 4 s up to 30 mmHg above the systolic
// pressure, down in steps to below the diastolic, empty. Frames as four open programs agree on them.
#include "daemon/simulate/suntech_nibp.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace simulate {
namespace {

constexpr double rise_s = 4, cycle_s = 20;
constexpr unsigned aborted = 86, loose_cuff = 87;
constexpr double no_sys = 150;  // of a patient that the scenario gives no pressure

std::uint8_t low(unsigned value) { return static_cast<std::uint8_t>(value & 0xFFU); }
std::uint8_t high(unsigned value) { return static_cast<std::uint8_t>((value >> 8U) & 0xFFU); }

// All bytes of a frame together are 0 modulo 256.
std::vector<std::uint8_t> closed(std::vector<std::uint8_t> frame) {
  frame[1] = static_cast<std::uint8_t>(frame.size() + 1);
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : frame) sum = static_cast<std::uint8_t>(sum + byte);
  frame.push_back(static_cast<std::uint8_t>(0 - sum));
  return frame;
}

unsigned rounded(double value) { return static_cast<unsigned>(std::lround(std::max(value, 0.0))); }

struct KnownCommand {
  std::array<std::uint8_t, 5> bytes;
  std::size_t size;
  enum class Wish : std::uint8_t { start, abort, result, pressure, status } wish;
};
using Wish = KnownCommand::Wish;
constexpr std::array<KnownCommand, 8> commands{{{{0x3A, 0x20, 0xA6}, 3, Wish::start},
                                                {{0x3A, 0x87, 0x3F}, 3, Wish::start},
                                                {{0x3A, 0x28, 0x9E}, 3, Wish::start},
                                                {{0x3A, 0x79, 0x01, 0x00, 0x4C}, 5, Wish::abort},
                                                {{0x3A, 0x79, 0x03, 0x00, 0x4A}, 5, Wish::result},
                                                {{0x3A, 0x79, 0x05, 0x00, 0x48}, 5, Wish::pressure},
                                                {{0x3A, 0x79, 0x10, 0x03, 0x3A}, 5, Wish::status},
                                                {{0x3A, 0x79, 0x11, 0x00, 0x3C}, 5, Wish::status}}};

class SunTechModule final : public Device {
 public:
  double period_s() const override { return 0.1; }

  void step(Now now, const Script& patient, Wire& wire) override {
    if (!began_s_ || now.t_s - *began_s_ < cycle_s) return;
    began_s_.reset();
    last_ = reading(now, patient);
    if (by_host_) wire.send(suntech_letter('K'));
  }

  void happen(const ScriptedEvent& event, Now now, const Script& /*patient*/) override {
    const bool failed = event.what == Happening::cuff_failed;
    if (event.what != Happening::cuff && !failed) return;
    begin(now, false);
    fails_ = failed;
  }

  void receive(Bytes bytes, Now now, const Script& patient, Wire& wire) override {
    for (const std::uint8_t byte : bytes) {
      if (size_ == 0 && byte != 0x3A) continue;
      command_[size_++] = byte;
      const KnownCommand* known = match();
      if (known != nullptr) obey(known->wish, now, patient, wire);
      if (known != nullptr || size_ == command_.size()) size_ = 0;
    }
  }

 private:
  const KnownCommand* match() const {
    for (const KnownCommand& known : commands)
      if (known.size == size_ && std::equal(command_.begin(), command_.begin() + size_, known.bytes.begin()))
        return &known;
    return nullptr;
  }

  void obey(Wish wish, Now now, const Script& patient, Wire& wire) {
    switch (wish) {
      case Wish::start:
        if (began_s_) return wire.send(suntech_letter('B'));
        begin(now, true);
        return wire.send(suntech_letter('O'));
      case Wish::abort:
        if (began_s_) last_ = {0, 0, 0, 0, 0, aborted};
        began_s_.reset();
        return wire.send(suntech_letter('A'));
      case Wish::result: return wire.send(suntech_result(last_));
      case Wish::pressure: return wire.send(suntech_pressure(in_cuff(now, patient)));
      case Wish::status: return wire.send(suntech_letter(began_s_ ? 'B' : 'K'));
    }
  }

  void begin(Now now, bool by_host) {
    if (began_s_) return;
    began_s_ = now.t_s;
    by_host_ = by_host;
    fails_ = false;
  }

  unsigned in_cuff(Now now, const Script& patient) const {
    if (!began_s_) return 0;
    const double top = patient.at(Vital::sys, now.t_s).value_or(no_sys) + 30;
    const double age_s = now.t_s - *began_s_;
    if (age_s < rise_s) return rounded(top * age_s / rise_s);
    if (fails_) return rounded(top * (1 - (age_s - rise_s) / 4));  // it leaks away
    const double steps = std::floor(age_s - rise_s) / (cycle_s - rise_s);
    return rounded(top - (top - 40) * steps);
  }

  SunTechResult reading(Now now, const Script& patient) const {
    const auto sys = patient.at(Vital::sys, now.t_s), dia = patient.at(Vital::dia, now.t_s);
    if (fails_ || !sys || !dia) return {0, 0, 0, 0, 0, loose_cuff};
    const double map = patient.at(Vital::map, now.t_s).value_or(0);
    const double rate = patient.at(Vital::pr, now.t_s).value_or(patient.at(Vital::hr, now.t_s).value_or(0));
    return {rounded(*sys), rounded(*dia), rounded(map), rounded(rate), 1, 0};
  }

  SunTechResult last_;
  std::optional<double> began_s_;
  bool by_host_ = false, fails_ = false;
  std::array<std::uint8_t, 5> command_{};
  std::size_t size_ = 0;
};

std::unique_ptr<Device> make_suntech(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<SunTechModule>();
}

}  // namespace

std::vector<std::uint8_t> suntech_letter(char letter) {
  return closed({0x3E, 0, static_cast<std::uint8_t>(letter)});
}

std::vector<std::uint8_t> suntech_pressure(unsigned mmhg) { return closed({0x3E, 0, low(mmhg), high(mmhg)}); }

std::vector<std::uint8_t> suntech_result(const SunTechResult& r) {
  return closed(
      {0x3E, 0, low(r.sys), high(r.sys), low(r.dia),   high(r.dia), 0,           low(r.status), 0, 0, 0, 0, 0,
       0,    0, 0,          low(r.rate), high(r.rate), low(r.map),  high(r.map), low(r.error),  0, 0});
}

const DeviceEntry suntech_nibp{"suntech-nibp", "a SunTech blood pressure module", {}, make_suntech};

}  // namespace simulate
