// National Early Warning Score 2 (Royal College of Physicians, London, 2017), from the parts that are known.
// Pure. It gives no point up to a systolic pressure of 219: it does not see what ketamine does to the
// pressure, and replaces no limit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace infusion {

// Scale 2 only in confirmed hypercapnic respiratory failure, on a clinician's decision.
enum class Spo2Scale : std::uint8_t { one = 1, two = 2 };

enum class News2Part : std::uint8_t { rr, spo2, oxygen, sbp, pulse, consciousness, temp };
inline constexpr std::size_t news2_part_count = 7;
inline constexpr std::array<std::string_view, news2_part_count> news2_part_names{
    "rr", "spo2", "oxygen", "sbp", "pulse", "consciousness", "temp"};

// What is known now; the caller leaves out what is not fresh. Values are rounded as they are charted: the
// temperature to 0.1 degC, the others to whole numbers.
struct News2Values {
  std::optional<double> rr;     // /min
  std::optional<double> spo2;   // %
  std::optional<bool> oxygen;   // false: room air
  std::optional<double> sbp;    // mmHg
  std::optional<double> pulse;  // /min
  std::optional<bool> alert;    // false: new confusion, or responds to voice, to pain, or not at all
  std::optional<double> temp;   // degC
};

struct News2 {
  std::array<std::optional<unsigned>, news2_part_count> points{};  // 0 to 3 each

  const std::optional<unsigned>& of(News2Part part) const { return points[static_cast<std::size_t>(part)]; }
  // The sum, 0 to 20; nullopt as long as a part is missing.
  std::optional<unsigned> total() const;
  // low: 0-4; low-medium: that with 3 points in one part; medium: 5-6; high: 7 and more. Empty without total.
  std::string_view risk() const;

  friend bool operator==(const News2&, const News2&) = default;
};
// On scale 2 more than 92 % means nothing without knowing whether oxygen is given: no points then.
News2 news2(const News2Values& values, Spo2Scale scale);

}  // namespace infusion
