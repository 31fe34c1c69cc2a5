// Speaks when asked only. A cuff measurement takes 20 s; its result is repeated with a growing age. With the
// finger sensor off the rate is the one of the last cuff measurement, and says so.
#include "daemon/simulate/dinamap.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace simulate {
namespace {

constexpr double cuff_takes_s = 20;
constexpr int age_s_max = 5400, no_age = 9999;
enum CuffStatus { busy = 0, done = 1, failed = 3 };

int whole(std::optional<double> value) { return value ? static_cast<int>(std::lround(*value)) : 0; }

template <class... Numbers>
std::string print(const char* format, Numbers... numbers) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, numbers...);
  return text.data();
}

class DinamapDevice final : public Device {
 public:
  double period_s() const override { return 1; }

  void step(Now /*now*/, const Script& /*patient*/, Wire& /*wire*/) override {}

  void receive(Bytes bytes, Now now, const Script& patient, Wire& wire) override {
    for (const std::uint8_t byte : bytes) {
      if (byte != '\r') {
        if (byte != '\n' && command_.size() < 40) command_ += static_cast<char>(byte);
        continue;
      }
      const std::string reply = answer(std::exchange(command_, {}), now, patient);
      if (!reply.empty()) wire.send({reinterpret_cast<const std::uint8_t*>(reply.data()), reply.size()});
    }
  }

  void happen(const ScriptedEvent& event, Now now, const Script& /*patient*/) override {
    if (event.what != Happening::cuff && event.what != Happening::cuff_failed) return;
    cuff_ends_s_ = now.t_s + cuff_takes_s;
    cuff_fails_ = event.what == Happening::cuff_failed;
  }

 private:
  std::string answer(const std::string& command, Now now, const Script& patient) {
    if (command.size() != 5 || dinamap_line(command.substr(0, 3)) != command + '\r') return {};
    const std::string letters = command.substr(1, 2);
    if (letters == "NA") return dinamap_line(command.substr(0, 3) + cuff(now, patient));
    if (letters == "OA") return dinamap_line(command.substr(0, 3) + oximeter(now, patient));
    if (letters == "RA" || letters == "RC") return dinamap_line(command.substr(0, 3) + rate(now, patient));
    return {};
  }

  // Status, adult, normal mode, age, systolic, diastolic, mean.
  std::string cuff(Now now, const Script& patient) {
    if (cuff_ends_s_ && now.t_s >= *cuff_ends_s_) finish(*std::exchange(cuff_ends_s_, {}), patient);
    if (cuff_ends_s_) return print("%d10%04d000000000", busy, no_age);
    const int age_s =
        ended_s_ ? std::min(static_cast<int>(std::floor(now.t_s - *ended_s_)), age_s_max) : no_age;
    return print("%d10%04d%03d%03d%03d", status_, age_s, sys_, dia_, mean_);
  }

  void finish(double t_s, const Script& patient) {
    ended_s_ = t_s;
    status_ = cuff_fails_ ? failed : done;
    sys_ = cuff_fails_ ? 0 : whole(patient.at(Vital::sys, t_s));
    dia_ = cuff_fails_ ? 0 : whole(patient.at(Vital::dia, t_s));
    mean_ = cuff_fails_ ? 0 : whole(patient.at(Vital::map, t_s));
    rate_ = cuff_fails_ ? 0 : whole(patient.at(Vital::pr, t_s));
  }

  // Status, SpO2, signal strength, averaging.
  static std::string oximeter(Now now, const Script& patient) {
    if (!patient.probe_on()) return "3000000";
    const int spo2 = whole(patient.at(Vital::spo2, now.t_s));
    return print("1%03d%d08", spo2, patient.artifact() ? 1 : 7);
  }

  std::string rate(Now now, const Script& patient) const {
    if (!patient.probe_on()) return rate_ != 0 ? print("3%03d", rate_) : "2-99";
    return print("2%03d", whole(patient.at(Vital::pr, now.t_s)));
  }

  std::string command_;
  std::optional<double> cuff_ends_s_, ended_s_;
  bool cuff_fails_ = false;
  int status_ = done, sys_ = 0, dia_ = 0, mean_ = 0, rate_ = 0;
};

std::unique_ptr<Device> make_dinamap(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<DinamapDevice>();
}

}  // namespace

// The sum of (code - 0x1F), 12 bits in two characters of six from 0x20 on.
std::string dinamap_line(std::string_view text) {
  std::string out(text);
  int sum = 0;
  for (const char c : text) sum += c - 0x1F;
  out += static_cast<char>(0x20 + ((sum >> 6) & 0x3F));
  out += static_cast<char>(0x20 + (sum & 0x3F));
  return out + '\r';
}

const DeviceEntry ge_dinamap{"ge-dinamap", "a DINAMAP monitor (host communication)", {}, make_dinamap};

}  // namespace simulate
