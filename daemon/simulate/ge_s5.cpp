// Silent until it is asked, then for ever: displayed values in the interval wanted, at least 5 s, and from
// level 10 on the alarms on its screen when they change. With an electrode off it goes on with the pulse of
// the oximeter under the name HR, as these monitors do. A cuff measurement takes 20 s. Whether real ones
// send the auxiliary record over a serial port is not known: an option.
#include "daemon/simulate/ge_s5.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace simulate {
namespace {

constexpr double cuff_takes_s = 20, cuff_young_s = 60;
constexpr std::uint16_t label_measuring = 0x0020, label_old = 0x0100;
constexpr std::uint32_t by_ecg = 0x0B, by_pleth = 0x33;  // module there, measuring, source in bits 3-6
constexpr std::uint32_t artifact = 0x0100, channel_1_off = 0x0800;

int word_at(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  return static_cast<std::int16_t>(bytes.at(at) | (bytes.at(at + 1) << 8));
}

std::optional<int> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<int>(std::lround(*value));
}

class S5Device final : public Device {
 public:
  S5Device(std::uint8_t level, bool auxiliary) : level_(level), auxiliary_(auxiliary) {}

  double period_s() const override { return 0.5; }

  void step(Now now, const Script& patient, Wire& wire) override {
    finish_cuff(now, patient);
    if (interval_s_ > 0 && now.t_s >= values_due_s_) {
      values_due_s_ = now.t_s + interval_s_;
      wire.send(frame_s5(displayed_s5(header(now), shown(now, patient), ext1_)));
    }
    if (alarms_due_) {
      alarms_due_ = false;
      wire.send(frame_s5(alarm_status_s5(header(now), alarms_)));
    }
  }

  void receive(Bytes bytes, Now now, const Script& patient, Wire& wire) override {
    for (const std::uint8_t byte : bytes) {
      if (byte == 0x7D) {
        escaped_ = true;
        continue;
      }
      if (byte != 0x7E) {
        const bool escaped = std::exchange(escaped_, false);
        if (request_.size() < 200) request_.push_back(escaped ? byte | 0x20U : byte);
        continue;
      }
      const auto request = std::exchange(request_, {});
      escaped_ = false;
      if (sound(request)) take(request, now, patient, wire);
    }
  }

  void happen(const ScriptedEvent& event, Now now, const Script& /*patient*/) override {
    if (event.what == Happening::cuff || event.what == Happening::cuff_failed) {
      cuff_ends_s_ = now.t_s + cuff_takes_s;
      cuff_fails_ = event.what == Happening::cuff_failed;
    } else if (event.what == Happening::alarm) {
      alarms_ = {{event.say.empty() ? "ALARM" : event.say, 3}};
      alarms_due_ = alarms_on_change_;
    } else if (event.what == Happening::alarm_over) {
      alarms_.clear();
      alarms_due_ = alarms_on_change_;
    } else if (event.what == Happening::unplug) {
      request_.clear();
    }
  }

 private:
  static bool sound(const std::vector<std::uint8_t>& request) {
    if (request.size() < 49 || static_cast<std::size_t>(word_at(request, 0)) != request.size() - 1)
      return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < request.size(); ++i) sum += request[i];
    return (sum & 0xFFU) == request.back();
  }

  void take(const std::vector<std::uint8_t>& request, Now now, const Script& patient, Wire& wire) {
    const int main_type = word_at(request, 14);
    if (main_type == 0)
      take_values_request(request[40], word_at(request, 41), request[43], now, patient, wire);
    if (main_type == 4 && level_ >= 10) {
      const int command = word_at(request, 40);
      if (command == 2 || command == 3) alarms_on_change_ = command == 2;
      alarms_due_ = command == 0 || command == 2;
    }
  }

  void take_values_request(std::uint8_t type, int interval_s, std::uint8_t classes, Now now,
                           const Script& patient, Wire& wire) {
    const bool once = interval_s == -1;
    if (type == 4 && once && auxiliary_) wire.send(frame_s5(auxiliary_s5(header(now), cuff_time_s_)));
    if (type != 1) return;
    if (once) return wire.send(frame_s5(displayed_s5(header(now), shown(now, patient), false)));
    if (interval_s != 0 && interval_s < 5) return;
    interval_s_ = interval_s;
    ext1_ = (classes & 2U) != 0;
    values_due_s_ = now.t_s;
  }

  void finish_cuff(Now now, const Script& patient) {
    if (!cuff_ends_s_ || now.t_s < *cuff_ends_s_) return;
    cuff_ends_s_.reset();
    cuff_ended_s_ = now.t_s;
    cuff_time_s_ = static_cast<std::uint32_t>(now.unix_ms / 1000);
    cuff_ = {};
    if (cuff_fails_) return;
    cuff_.cuff_sys = patient.at(Vital::sys, now.t_s);
    cuff_.cuff_dia = patient.at(Vital::dia, now.t_s);
    cuff_.cuff_mean = patient.at(Vital::map, now.t_s);
    for (auto* value : {&cuff_.cuff_sys, &cuff_.cuff_dia, &cuff_.cuff_mean})
      if (*value) *value = std::round(**value);
    cuff_.cuff_rate = rounded(patient.at(Vital::pr, now.t_s));
  }

  S5Header header(Now now) { return {number_++, level_, static_cast<std::uint32_t>(now.unix_ms / 1000)}; }

  S5Values shown(Now now, const Script& patient) const {
    S5Values out = cuff_;
    out.cuff_label = cuff_ends_s_ ? label_measuring : std::uint16_t{0};
    if (now.t_s - cuff_ended_s_ >= cuff_young_s) out.cuff_label |= label_old;
    if (patient.probe_on()) {
      out.pulse = rounded(patient.at(Vital::pr, now.t_s));
      out.spo2 = rounded(patient.at(Vital::spo2, now.t_s));
      out.modulation = 2.1;
    }
    if (patient.leads_on()) {
      out.hr = out.hr_of_ecg = rounded(patient.at(Vital::hr, now.t_s));
      out.rr = rounded(patient.at(Vital::rr, now.t_s));
      out.ecg_status = by_ecg | (patient.artifact() ? artifact : 0);
    } else {
      out.hr = out.pulse;
      out.ecg_status = by_pleth | channel_1_off;
    }
    out.art_sys = patient.at(Vital::art_sys, now.t_s);
    out.art_dia = patient.at(Vital::art_dia, now.t_s);
    out.art_mean = patient.at(Vital::art_map, now.t_s);
    out.temp = patient.at(Vital::temp, now.t_s);
    return out;
  }

  const std::uint8_t level_;
  const bool auxiliary_;
  std::uint8_t number_ = 0;
  std::vector<std::uint8_t> request_;
  bool escaped_ = false;
  int interval_s_ = 0;
  bool ext1_ = false;
  double values_due_s_ = 0;
  bool alarms_on_change_ = false, alarms_due_ = false;
  std::vector<S5Alarm> alarms_;
  S5Values cuff_;  // its cuff_* of the last measurement
  std::optional<double> cuff_ends_s_;
  bool cuff_fails_ = false;
  double cuff_ended_s_ = -cuff_young_s;
  std::uint32_t cuff_time_s_ = 0;
};

constexpr std::array<OptionHelp, 2> option_help{
    {{"level", "2 to 11, interface level; from 10 on (CARESCAPE) it tells its alarms. 10 if not given"},
     {"auxiliary", "yes or no: answers requests for the time of the last cuff reading. no if not given"}}};

std::unique_ptr<Device> make_s5(const Options& options, std::string& error) {
  const std::string_view level = option(options, "level", "10");
  const std::string_view auxiliary = option(options, "auxiliary", "no");
  const bool one_digit = level.size() == 1 && level[0] >= '2' && level[0] <= '9';
  if (!one_digit && level != "10" && level != "11") {
    error = "option level must be 2 to 11, not '" + std::string(level) + "'";
  } else if (auxiliary != "yes" && auxiliary != "no") {
    error = "option auxiliary must be yes or no, not '" + std::string(auxiliary) + "'";
  } else {
    const int number = one_digit ? level[0] - '0' : 10 + (level[1] - '0');
    return std::make_unique<S5Device>(static_cast<std::uint8_t>(number), auxiliary == "yes");
  }
  return nullptr;
}

}  // namespace

const DeviceEntry ge_s5_dri{"ge-s5-dri", "a GE / Datex-Ohmeda monitor (S/5 computer interface)", option_help,
                            make_s5};

}  // namespace simulate
