// A row every 2 s, the three heading lines before the first and after every 25. The columns are those of the
// N-560's printed rows; its limits stand as in its heading: SpO2 90-100 %, pulse rate 50-120 per minute.
#include "daemon/simulate/nellcor.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace simulate {
namespace {

constexpr unsigned rows_per_heading = 25;
constexpr unsigned spo2_low = 90, rate_low = 50, rate_high = 120;
constexpr std::string_view heading =
    "N-560    VERSION 1.61.00    CRC:XXXX  SpO2 Limit: 90-100%    PR Limit: 50-120BPM\r\n"
    "                             ADULT           25SAT-S \r\n"
    "TIME                 %SpO2   BPM     PA     Status\r\n";

std::string three(std::optional<unsigned> value) {
  if (!value) return "---";
  const std::string digits = std::to_string(*value);
  return std::string(digits.size() < 3 ? 3 - digits.size() : 0, ' ') + digits;
}

std::string date_and_time(std::int64_t unix_ms) {
  using namespace std::chrono;
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_time<milliseconds> at{milliseconds{unix_ms}};
  const year_month_day day{floor<days>(at)};
  const hh_mm_ss time{floor<seconds>(at - floor<days>(at))};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02u-%s-%02d %02d:%02d:%02d", unsigned{day.day()},
                months[unsigned{day.month()} - 1], static_cast<int>(day.year()) % 100,
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text.data();
}

std::optional<unsigned> rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<unsigned>(std::lround(*value));
}

class NellcorDevice final : public Device {
 public:
  double period_s() const override { return 2; }

  void step(Now now, const Script& patient, Wire& wire) override {
    std::string text;
    if (rows_++ % rows_per_heading == 0) text = heading;
    text += print_row(row(now, patient));
    wire.send({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }

 private:
  static NellcorRow row(Now now, const Script& patient) {
    NellcorRow out;
    out.unix_ms = now.unix_ms;
    out.codes = "SO";
    if (!patient.probe_on()) return out;
    out.spo2 = rounded(patient.at(Vital::spo2, now.t_s));
    out.rate = rounded(patient.at(Vital::pr, now.t_s));
    out.amplitude = 45;
    out.codes = "";
    const bool low = out.spo2 && *out.spo2 < spo2_low;
    const bool slow = out.rate && *out.rate < rate_low, fast = out.rate && *out.rate > rate_high;
    out.spo2_flag = low;
    out.rate_flag = slow || fast;
    if (low) out.codes = fast ? "SLPH" : slow ? "SLPL" : "SL";
    if (!low && out.rate_flag) out.codes = fast ? "PH" : "PL";
    if (patient.artifact()) out.codes = "MO";
    return out;
  }

  unsigned rows_ = 0;
};

std::unique_ptr<Device> make_nellcor(const Options& /*options*/, std::string& /*error*/) {
  return std::make_unique<NellcorDevice>();
}

}  // namespace

std::string print_row(const NellcorRow& row) {
  std::string out = date_and_time(row.unix_ms) + "   " + three(row.spo2) + (row.spo2_flag ? '*' : ' ') +
                    "    " + three(row.rate) + (row.rate_flag ? '*' : ' ') + "    " + three(row.amplitude);
  for (std::size_t i = 0; i + 1 < row.codes.size(); i += 2)
    out += (i == 0 ? "    " : "   ") + std::string(row.codes.substr(i, 2));
  return out + "\r\n";
}

const DeviceEntry nellcor{"nellcor", "a Nellcor oximeter (ASCII printout)", {}, make_nellcor};

}  // namespace simulate
