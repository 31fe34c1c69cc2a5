// The device calls every 3 s until it is answered, asks the host who it is, answers whatever it is asked,
// says "nothing" when it has been idle for 2 s, and calls again after 3 s without a word. Its own limits are
// SpO2 90 % and pulse 50-120 per minute. By "RS 232 MEDIBUS Protocol Definition", rev. 4.03.
#include "daemon/simulate/draeger_medibus.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

namespace simulate {
namespace {

constexpr double call_every_s = 3, idle_s = 2, lost_after_s = 3;
constexpr double spo2_low = 90, pulse_low = 50, pulse_high = 120;

std::string framed(char start, std::string_view contents) {
  std::string out{start};
  out += contents;
  unsigned sum = 0;
  for (const char c : out) sum += static_cast<unsigned char>(c);
  std::array<char, 3> digits{};
  std::snprintf(digits.data(), digits.size(), "%02X", sum & 0xFFU);
  return out + digits.data() + '\r';
}

// Three places and a blank: the number ends in the third.
std::string value_item(std::string_view code, double value) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%3ld ", std::lround(value));
  return std::string(code) + text.data();
}

std::string alarm_item(unsigned priority, std::string_view code, std::string_view text) {
  std::string out{static_cast<char>('0' + priority)};
  out += code;
  out += text.substr(0, 12);
  out.resize(15, ' ');
  return out;
}

std::string clock_text(std::int64_t unix_ms) {
  using namespace std::chrono;
  constexpr std::array<const char*, 12> months{"JAN", "FEB", "MAR", "APR", "MAI", "JUN",
                                               "JUL", "AUG", "SEP", "OKT", "NOV", "DEZ"};
  const sys_time<milliseconds> at{milliseconds{unix_ms}};
  const year_month_day day{floor<days>(at)};
  const hh_mm_ss time{floor<seconds>(at - floor<days>(at))};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d%02u-%s-%02d",
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), unsigned{day.day()},
                months[unsigned{day.month()} - 1], static_cast<int>(day.year()) % 100);
  return text.data();
}

class MedibusDevice final : public Device {
 public:
  double period_s() const override { return 0.5; }

  void step(Now now, const Script& /*patient*/, Wire& wire) override {
    if (up_ && now.t_s - heard_s_ >= lost_after_s) {
      up_ = false;
      wanted_.clear();
    }
    if (!up_ && now.t_s >= call_s_) {
      call_s_ = now.t_s + call_every_s;
      send(medibus_command("\x51"), now, wire);
    }
    if (up_ && now.t_s - said_s_ >= idle_s) send(medibus_command("\x30"), now, wire);
  }

  void receive(Bytes bytes, Now now, const Script& patient, Wire& wire) override {
    heard_s_ = now.t_s;
    for (const std::uint8_t byte : bytes) {
      if (byte == 0x1B || byte == 0x01) frame_.clear();
      if (frame_.size() < 300) frame_ += static_cast<char>(byte);
      if (byte == '\r') take(now, patient, wire);
    }
  }

  void happen(const ScriptedEvent& event, Now /*now*/, const Script& /*patient*/) override {
    if (event.what == Happening::alarm) scripted_alarm_ = event.say.empty() ? "ALARM" : event.say;
    if (event.what == Happening::alarm_over) scripted_alarm_.clear();
  }

 private:
  void take(Now now, const Script& patient, Wire& wire) {
    const std::string frame = std::exchange(frame_, {});
    if (frame.size() < 5) return;
    const std::string contents = frame.substr(1, frame.size() - 4);
    if (frame != framed(frame[0], contents)) {
      if (frame[0] == '\x1B') send(medibus_response("\x15"), now, wire);
      return;
    }
    if (frame[0] == '\x1B') return answer(contents, now, patient, wire);
    if (contents[0] == '\x51') begin(now, wire);  // our call was heard
  }

  void begin(Now now, Wire& wire) {
    up_ = true;
    wanted_.clear();
    send(medibus_command("\x52"), now, wire);
  }

  void answer(const std::string& contents, Now now, const Script& patient, Wire& wire) {
    const std::string echo{contents[0]};
    switch (contents[0]) {
      case '\x24': return send(medibus_response(echo + values(now, patient)), now, wire);
      case '\x25':
        return send(medibus_response(echo + value_item("EB", spo2_low) + value_item("E1", pulse_low)), now,
                    wire);
      case '\x26': return send(medibus_response(echo + value_item("E1", pulse_high)), now, wire);
      case '\x27': return send(medibus_response(echo + alarms(now, patient)), now, wire);
      case '\x28': return send(medibus_response(echo + clock_text(now.unix_ms)), now, wire);
      case '\x52': return send(medibus_response(echo + "8888'Draeger Device'03.00:03.00"), now, wire);
      case '\x4A':
        if (contents.size() > 1 && contents[1] == '\x24') wanted_ = contents.substr(2);
        return send(medibus_response(echo), now, wire);
      case '\x51': send(medibus_response(echo), now, wire); return begin(now, wire);
      case '\x55': up_ = false; [[fallthrough]];
      default: return send(medibus_response(echo), now, wire);
    }
  }

  bool is_wanted(std::string_view code) const {
    for (std::size_t i = 0; i + 1 < wanted_.size(); i += 2)
      if (wanted_.compare(i, 2, code) == 0) return true;
    return wanted_.empty();
  }

  std::string values(Now now, const Script& patient) const {
    if (!patient.probe_on() || patient.artifact()) return {};  // an invalid value is left out
    std::string out;
    const auto spo2 = patient.at(Vital::spo2, now.t_s), pulse = patient.at(Vital::pr, now.t_s);
    if (spo2 && is_wanted("EB")) out += value_item("EB", *spo2);
    if (pulse && is_wanted("E1")) out += value_item("E1", *pulse);
    if (wanted_.empty()) out += "7D 12 ";  // the default set has airway pressures in it
    return out;
  }

  std::string alarms(Now now, const Script& patient) const {
    std::string out;
    if (!scripted_alarm_.empty()) out += alarm_item(31, "40", scripted_alarm_);
    if (!patient.probe_on()) return out + alarm_item(28, "35", "SPO2SEN DISC");
    if (patient.artifact()) return out + alarm_item(28, "01", "NO SPO2 PULS");
    const double spo2 = patient.at(Vital::spo2, now.t_s).value_or(spo2_low);
    const double pulse = patient.at(Vital::pr, now.t_s).value_or(pulse_low);
    if (spo2 < spo2_low) out += alarm_item(28, "07", "SPO2 LOW");
    if (pulse < pulse_low) out += alarm_item(28, "02", "PULSE LOW");
    if (pulse > pulse_high) out += alarm_item(28, "1E", "PULSE HIGH");
    return out;
  }

  void send(const std::string& frame, Now now, Wire& wire) {
    said_s_ = now.t_s;
    wire.send({reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()});
  }

  std::string frame_, wanted_, scripted_alarm_;
  bool up_ = false;
  double call_s_ = 0, heard_s_ = 0, said_s_ = 0;
};

std::unique_ptr<Device> make_medibus(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<MedibusDevice>();
}

}  // namespace

std::string medibus_command(std::string_view contents) { return framed('\x1B', contents); }
std::string medibus_response(std::string_view contents) { return framed('\x01', contents); }

const DeviceEntry draeger_medibus{
    "draeger-medibus", "a Draeger device with an oximeter (MEDIBUS)", {}, make_medibus};

}  // namespace simulate
