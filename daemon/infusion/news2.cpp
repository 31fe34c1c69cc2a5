#include "daemon/infusion/news2.hpp"

#include <algorithm>
#include <cmath>

namespace infusion {
namespace {

using Points = std::optional<unsigned>;

unsigned of_rr(double rr) {
  if (rr <= 8 || rr >= 25) return 3;
  if (rr >= 21) return 2;
  return rr <= 11 ? 1 : 0;
}

unsigned of_spo2(double spo2) {
  if (spo2 <= 91) return 3;
  if (spo2 <= 93) return 2;
  return spo2 <= 95 ? 1 : 0;
}

Points of_spo2_scale_2(double spo2, std::optional<bool> oxygen) {
  if (spo2 <= 83) return 3;
  if (spo2 <= 85) return 2;
  if (spo2 <= 87) return 1;
  if (spo2 <= 92) return 0;
  if (!oxygen) return std::nullopt;
  if (!*oxygen) return 0;
  if (spo2 >= 97) return 3;
  return spo2 >= 95 ? 2 : 1;
}

unsigned of_sbp(double sbp) {
  if (sbp <= 90 || sbp >= 220) return 3;
  if (sbp <= 100) return 2;
  return sbp <= 110 ? 1 : 0;
}

unsigned of_pulse(double pulse) {
  if (pulse <= 40 || pulse >= 131) return 3;
  if (pulse >= 111) return 2;
  return pulse <= 50 || pulse >= 91 ? 1 : 0;
}

unsigned of_temp(double tenths) {
  if (tenths <= 350) return 3;
  if (tenths >= 391) return 2;
  return tenths <= 360 || tenths >= 381 ? 1 : 0;
}

}  // namespace

News2 news2(const News2Values& values, Spo2Scale scale) {
  News2 out;
  const auto part = [&out](News2Part which) -> Points& {
    return out.points[static_cast<std::size_t>(which)];
  };
  if (values.rr) part(News2Part::rr) = of_rr(std::round(*values.rr));
  if (values.spo2) {
    const double spo2 = std::round(*values.spo2);
    part(News2Part::spo2) =
        scale == Spo2Scale::two ? of_spo2_scale_2(spo2, values.oxygen) : Points{of_spo2(spo2)};
  }
  if (values.oxygen) part(News2Part::oxygen) = *values.oxygen ? 2 : 0;
  if (values.sbp) part(News2Part::sbp) = of_sbp(std::round(*values.sbp));
  if (values.pulse) part(News2Part::pulse) = of_pulse(std::round(*values.pulse));
  if (values.alert) part(News2Part::consciousness) = *values.alert ? 0 : 3;
  if (values.temp) part(News2Part::temp) = of_temp(std::round(*values.temp * 10));
  return out;
}

std::optional<unsigned> News2::total() const {
  unsigned sum = 0;
  for (const Points& one : points) {
    if (!one) return std::nullopt;
    sum += *one;
  }
  return sum;
}

std::string_view News2::risk() const {
  const auto sum = total();
  if (!sum) return {};
  if (*sum >= 7) return "high";
  if (*sum >= 5) return "medium";
  const bool any_three =
      std::any_of(points.begin(), points.end(), [](const Points& one) { return one == 3U; });
  return any_three ? "low-medium" : "low";
}

}  // namespace infusion
