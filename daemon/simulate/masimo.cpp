// A line a second, as recorded from a Rad-8. After the finger has left, the digits stand for some seconds
// with the exception bit already on: a recorded line shows both together. The device's own limits: SpO2 90 %,
// pulse rate 50-140 per minute.
#include "daemon/simulate/masimo.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace simulate {
namespace {

// EXC
constexpr unsigned algorithm_running = 0x800, low_signal = 0x400, sensor_off = 0x020;
// ALARM
constexpr unsigned spo2_below = 0x02, rate_above = 0x04, rate_below = 0x08, alarm_active = 0x10;

constexpr unsigned spo2_low = 90, rate_low = 50, rate_high = 140;
constexpr double digits_held_s = 5;

std::optional<unsigned> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<unsigned>(std::lround(*value));
}

std::string date_and_time(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds{unix_ms}};
  const year_month_day day{floor<days>(at)};
  const hh_mm_ss time{floor<seconds>(at - floor<days>(at))};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02u/%02u/%02d %02d:%02d:%02d", unsigned{day.month()},
                unsigned{day.day()}, static_cast<int>(day.year()) % 100,
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

class MasimoDevice final : public Device {
 public:
  double period_s() const override { return 1; }

  void happen(const ScriptedEvent& event, Now now, const Script& /*patient*/) override {
    if (event.what == Happening::probe_off) off_since_s_ = now.t_s;
    if (event.what == Happening::alarm) alarm_ = true;
    if (event.what == Happening::alarm_over) alarm_ = false;
  }

  void step(Now now, const Script& patient, Wire& wire) override {
    MasimoLine line;
    line.unix_ms = now.unix_ms;
    line.exceptions = algorithm_running;
    if (!patient.probe_on()) line.exceptions |= sensor_off;
    if (patient.artifact()) line.exceptions |= low_signal;
    if (patient.probe_on() || now.t_s - off_since_s_ < digits_held_s) {
      line.spo2 = rounded(patient.at(Vital::spo2, now.t_s));
      line.rate = rounded(patient.at(Vital::pr, now.t_s));
    }
    if (patient.probe_on()) line.perfusion_percent = patient.artifact() ? 0.4 : 3.6;
    line.alarm = limits(line) | (alarm_ ? alarm_active : 0);
    const std::string text = print_line(line);
    wire.send({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

 private:
  static unsigned limits(const MasimoLine& line) {
    unsigned out = 0;
    if (line.spo2 && *line.spo2 < spo2_low) out |= spo2_below;
    if (line.rate && *line.rate > rate_high) out |= rate_above;
    if (line.rate && *line.rate < rate_low) out |= rate_below;
    return out == 0 ? 0 : out | alarm_active;
  }

  double off_since_s_ = 0;
  bool alarm_ = false;
};

std::unique_ptr<Device> make_masimo(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<MasimoDevice>();
}

}  // namespace

std::string print_line(const MasimoLine& line) {
  std::array<char, 200> text{};
  const auto three = [](std::optional<unsigned> value) {
    if (!value) return std::string("---");
    const std::string digits = std::to_string(*value);
    return std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
  };
  std::array<char, 16> perfusion{"--.--"};
  if (line.perfusion_percent)
    std::snprintf(perfusion.data(), perfusion.size(), "%05.2f", *line.perfusion_percent);
  std::snprintf(text.data(), text.size(),
                "%s SN=0000000000 SPO2=%s%% BPM=%s PI=%s%% SPCO=--.-%% SPMET=--.-%% DESAT=-- PIDELTA=+-- "
                "ALARM=%04X EXC=%06X\r\n",
                date_and_time(line.unix_ms).c_str(), three(line.spo2).c_str(), three(line.rate).c_str(),
                perfusion.data(), line.alarm, line.exceptions);
  return text.data();
}

const DeviceEntry masimo{"masimo", "a Masimo oximeter (ASCII 1)", {}, make_masimo};

}  // namespace simulate
