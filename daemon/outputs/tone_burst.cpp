#include "daemon/outputs/tone_burst.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>

namespace outputs {
namespace {

// Milliseconds. IEC 60601-1-8:2006 table 4: a pulse of 75 to 200 ms at priority high, 125 to 250 ms at
// medium. Table 3: between pulses 50 to 125 ms, and 125 to 250 ms; between the third and the fourth twice
// that and a pulse; between the fifth and the sixth 350 to 1300 ms.
constexpr std::size_t pulse_high = 150, pulse_medium = 200;
constexpr std::array<std::size_t, 10> starts_high{0, 250, 500, 1000, 1250, 2100, 2350, 2600, 3100, 3350};
constexpr std::array<std::size_t, 3> starts_medium{0, 400, 800};
constexpr std::size_t tail = 500;  // so that a card whose buffer runs dry repeats silence

// Table 4: a pulse frequency of 150 to 1000 Hz with at least four more components from 300 to 4000 Hz within
// 15 dB of it, which is also what makes it audible from a small loudspeaker, and where it comes from.
constexpr double frequency_hz = 523.25;  // C5
constexpr int components = 5;
constexpr double rise = 0.2;  // of the pulse, and the same for its fall; table 4: 10 to 40 %

constexpr std::size_t samples_of(std::size_t ms) { return ms * tone_rate_hz / 1000; }

double wave(double phase) {
  double sum = 0;
  for (int i = 1; i <= components; ++i) sum += std::sin(phase * i);
  return sum;
}

double wave_peak() {
  constexpr int steps = 1000;
  double peak = 0;
  for (int i = 0; i < steps; ++i) peak = std::max(peak, std::abs(wave(2 * std::numbers::pi * i / steps)));
  return peak;
}

void add_pulse(std::span<std::int16_t> out, double loudness) {
  const auto size = static_cast<double>(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto at = static_cast<double>(i);
    const double ramp = std::min({1.0, at / (rise * size), (size - at) / (rise * size)});
    const double phase = 2 * std::numbers::pi * frequency_hz * at / tone_rate_hz;
    out[i] = static_cast<std::int16_t>(std::lround(loudness * ramp * wave(phase)));
  }
}

}  // namespace

std::vector<std::int16_t> tone_burst(bool high, unsigned volume_percent) {
  const std::span<const std::size_t> starts =
      high ? std::span<const std::size_t>{starts_high} : std::span<const std::size_t>{starts_medium};
  const std::size_t pulse = high ? pulse_high : pulse_medium;
  std::vector<std::int16_t> out(samples_of(starts.back() + pulse + tail));
  // A hundredth below full scale, for the peak between the steps at which it was looked for.
  const double loudness =
      0.99 * std::numeric_limits<std::int16_t>::max() * std::min(volume_percent, 100U) / 100 / wave_peak();
  for (const std::size_t start : starts)
    add_pulse(std::span{out}.subspan(samples_of(start), samples_of(pulse)), loudness);
  return out;
}

}  // namespace outputs
