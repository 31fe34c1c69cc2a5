// The lines of a published recording. Its texts of trouble are not known but for NO TRANSDUCER; LEAD OFF and
// SENSOR OFF are assumed here. The arterial line is on P1. Temperatures stay empty: their unit is not
// published.
#include "daemon/simulate/ivy.hpp"

#include <cmath>
#include <string>

namespace simulate {
namespace {

constexpr std::size_t wave_bytes = 400;

std::string digits(std::optional<double> value) { return value ? std::to_string(std::lround(*value)) : ""; }

class IvyDevice final : public Device {
 public:
  double period_s() const override { return 1; }

  void happen(const ScriptedEvent& event, Now now, const Script& patient) override {
    if (event.what == Happening::cuff) cuff_ = reading(now, patient);
    if (event.what == Happening::alarm) alarm_ = printable(event.say) + ';';
    if (event.what == Happening::alarm_over) alarm_.clear();
  }

  void step(Now now, const Script& patient, Wire& wire) override {
    const auto value = [&](Vital vital) { return digits(patient.at(vital, now.t_s)); };
    std::string text = "HR=1;";
    text += patient.leads_on() ? value(Vital::hr) + ";ECG-II-DIAG;" : ";LEAD OFF;";
    text += alarm_;
    text += "\rRR=1;" + (patient.leads_on() ? value(Vital::rr) : "") + ";APNEA: 20 SEC;\rETCO2=1;;;\rSPO2=1;";
    text += patient.probe_on() ? value(Vital::spo2) + ";PR=" + value(Vital::pr) + " ;" : ";SENSOR OFF;";
    text += "\rNIBP=4;" + cuff_ + ";;\rP1=3;";
    text += patient.at(Vital::art_sys, now.t_s)
                ? value(Vital::art_sys) + ';' + value(Vital::art_dia) + ';' + value(Vital::art_map) + ";;"
                : ";;;NO TRANSDUCER;";
    text += "\rP2=3;;;;NO TRANSDUCER;\rT1=1;;;\rT2=1;;;\r";
    wire.send(frame_ivy(text));
  }

 private:
  // Two measurements that agree in all four numbers look like one on this line. Pulse counts seldom agree.
  std::string reading(Now now, const Script& patient) {
    const auto value = [&](Vital vital) { return patient.at(vital, now.t_s); };
    auto pulse = value(Vital::hr);
    if (pulse) *pulse += ++readings_ % 2;
    return digits(value(Vital::sys)) + ';' + digits(value(Vital::dia)) + ';' + digits(value(Vital::map)) +
           ';' + digits(pulse);
  }

  static std::string printable(std::string text) {
    for (char& c : text)
      if (c < ' ' || c > '~' || c == ';') c = ' ';
    return text;
  }

  std::string cuff_ = ";;;";
  unsigned readings_ = 0;
  std::string alarm_;
};

std::unique_ptr<Device> make_ivy(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<IvyDevice>();
}

}  // namespace

std::vector<std::uint8_t> frame_ivy(std::string_view text) {
  std::string out = "\xFF";
  out += "ANSAR-B ";
  out.append(wave_bytes, '\x80');
  out += text;
  out += '\xFE';
  return {out.begin(), out.end()};
}

const DeviceEntry ivy_450c{"ivy-450c", "an Ivy 450C monitor (Ansar-B output)", {}, make_ivy};

}  // namespace simulate
