// The tone as samples: what a burst is made of, and what reaches a sound device. The device is ALSA's own
// plugin that writes what it is to play into a file.
#include "daemon/outputs/tone_output.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numbers>

#include "daemon/outputs/fallback.hpp"
#include "daemon/outputs/tone_burst.hpp"
#include "tests/unit/outputs/results.hpp"

namespace outputs {
namespace {

using std::chrono_literals::operator""ms;
using Samples = std::vector<std::int16_t>;

constexpr double rate = tone_rate_hz;

struct Pulse {
  std::size_t begin = 0, end = 0;  // samples
  double start_ms() const { return 1000 * static_cast<double>(begin) / rate; }
  double ms() const { return 1000 * static_cast<double>(end - begin) / rate; }
};

// Sound between silences of at least 20 ms.
std::vector<Pulse> pulses(const Samples& samples) {
  const std::size_t silence = 20 * tone_rate_hz / 1000;
  std::vector<Pulse> out;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (std::abs(samples[i]) < 50) continue;
    if (out.empty() || i - out.back().end > silence) out.push_back({i, i});
    out.back().end = i + 1;
  }
  return out;
}

// How strong a frequency is in the middle of a pulse (Goertzel's sum, without its shortcut).
double strength(const Samples& samples, const Pulse& pulse, double hz) {
  const std::size_t quarter = (pulse.end - pulse.begin) / 4;
  double re = 0, im = 0;
  for (std::size_t i = pulse.begin + quarter; i < pulse.end - quarter; ++i) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    re += samples[i] * std::cos(phase);
    im += samples[i] * std::sin(phase);
  }
  return std::hypot(re, im) / static_cast<double>(pulse.end - pulse.begin);
}

TEST(ToneBurst, high_is_two_times_five_pulses_in_the_ranges_of_the_table) {
  const auto burst = pulses(tone_burst(true, 100));
  ASSERT_EQ(burst.size(), 10U);
  for (std::size_t i = 0; i < burst.size(); ++i) {
    EXPECT_GT(burst[i].ms(), 75);
    EXPECT_LT(burst[i].ms(), 200);
    if (i == 0) continue;
    const double gap = burst[i].start_ms() - burst[i - 1].start_ms() - burst[i - 1].ms();
    const bool third = i == 3 || i == 8;
    EXPECT_GT(gap, i == 5 ? 350 : third ? 300 : 50) << i;
    EXPECT_LT(gap, i == 5 ? 1300 : third ? 400 : 125) << i;
  }
}

TEST(ToneBurst, medium_is_three_pulses) {
  const auto burst = pulses(tone_burst(false, 100));
  ASSERT_EQ(burst.size(), 3U);
  for (std::size_t i = 0; i < burst.size(); ++i) {
    EXPECT_GT(burst[i].ms(), 125);
    EXPECT_LT(burst[i].ms(), 250);
    EXPECT_NEAR(burst[i].start_ms(), 400.0 * static_cast<double>(i), 5);
  }
}

TEST(ToneBurst, the_pause_between_two_bursts_is_in_the_range_of_the_table) {
  for (const bool high : {false, true}) {
    const auto burst = pulses(tone_burst(high, 100));
    const double pause =
        static_cast<double>(tone_period_ms(high).count()) - burst.back().start_ms() - burst.back().ms();
    EXPECT_GT(pause, 2500);
    EXPECT_LT(pause, high ? 15'000 : 30'000);
  }
}

TEST(ToneBurst, a_small_loudspeaker_has_four_components_to_play_besides_the_first) {
  const Samples samples = tone_burst(true, 100);
  const Pulse pulse = pulses(samples).front();
  const double first = strength(samples, pulse, 523.25);
  for (int i = 2; i <= 5; ++i) {
    const double decibel = 20 * std::log10(strength(samples, pulse, 523.25 * i) / first);
    EXPECT_NEAR(decibel, 0, 15) << i;
  }
  EXPECT_LT(20 * std::log10(strength(samples, pulse, 800) / first), -15) << "and nothing between";
}

TEST(ToneBurst, the_loudest_uses_the_scale_and_a_tenth_of_it_is_a_tenth_as_loud) {
  const auto peak = [](unsigned percent) {
    int out = 0;
    for (const std::int16_t sample : tone_burst(true, percent)) out = std::max(out, std::abs(sample));
    return out;
  };
  EXPECT_GT(peak(100), 31'000);
  EXPECT_NEAR(peak(10), peak(100) / 10, 20);
}

class ToneOutputTest : public testing::Test {
 protected:
  ToneOutputTest() {
    std::string name = (std::filesystem::temp_directory_path() / "vitalsd-tone-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    define({"bed"});
    ::setenv("ALSA_CONFIG_PATH", (folder_ / "asound.conf").c_str(), 1);
  }
  ~ToneOutputTest() override { std::filesystem::remove_all(folder_); }

  // The sound devices that there are from now on. A new file each time: ALSA looks at its number and its
  // time.
  void define(const std::vector<std::string>& devices) const {
    const auto config = folder_ / "asound.conf", fresh = folder_ / "asound.new";
    std::ofstream out(fresh);
    for (const std::string& device : devices)
      out << "pcm." << device << " { type file format raw slave.pcm { type null } file \""
          << (folder_ / device).string() << "\" }\n";
    out.close();
    std::filesystem::rename(fresh, config);
  }

  Samples played(const std::string& device = "bed") const {
    std::ifstream in(folder_ / device, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    Samples out(bytes.size() / 2);
    std::copy_n(bytes.data(), 2 * out.size(), reinterpret_cast<char*>(out.data()));
    return out;
  }

  std::filesystem::path folder_;
  Results results_;
};

TEST_F(ToneOutputTest, is_silent_until_it_calls_and_louder_in_words_at_high_priority) {
  {
    ToneOutput output({"bed"}, results_.handler());
    EXPECT_EQ(results_.number(1), "");
    EXPECT_TRUE(pulses(played()).empty());
    output.set({true, false, "why"});
    EXPECT_EQ(results_.number(2), "") << "a burst is in the device";
    EXPECT_EQ(pulses(played()).size(), 3U);
    output.set({true, true, "why"});
    EXPECT_EQ(results_.number(3), "") << "a rise waits for no pause";
    EXPECT_EQ(pulses(played()).size(), 13U);
    output.set({});
    EXPECT_EQ(results_.number(4), "");
    output.set({true, false, "why"});
    EXPECT_EQ(results_.number(5), "");
  }
  EXPECT_EQ(pulses(played()).size(), 16U) << "and nothing after the end";
}

TEST_F(ToneOutputTest, a_device_that_does_not_work_is_told_and_tried_again) {
  ToneOutput output({"later"}, results_.handler(), 5ms);
  EXPECT_EQ(results_.number(1), "sound device \"later\" cannot be opened: No such file or directory");
  output.set({true, true, "why"});
  define({"bed", "later"});
  EXPECT_TRUE(results_.after(0, "")) << "it calls as soon as it can";
  EXPECT_EQ(pulses(played("later")).size(), 10U);
  EXPECT_GE(output.health().failures, 1U);
}

// The one handler of all outputs.
TEST_F(ToneOutputTest, an_output_that_works_does_not_hide_one_that_fails) {
  Results any;
  FallbackSettings settings;
  settings.program = ProgramSettings{{(folder_ / "beeper").string()}, 10'000ms, 3'600'000ms};
  settings.tone = ToneSettings{"bed", 80};
  const auto say = any.handler();
  Fallback fallback(settings, [&](const std::string& trouble, bool fails) {
    say((fails ? "failing: " : "fine: ") + trouble);
  });
  const std::string missing = (folder_ / "beeper").string() + " cannot be started: No such file or directory";
  const std::string first = any.number(1), second = any.number(2);
  EXPECT_TRUE(first == "failing: " + missing || second == "failing: " + missing) << first << "; " << second;
  EXPECT_NE(second, "fine: ") << "the program fails still";
  std::ofstream(folder_ / "beeper") << "#!/bin/sh\n";
  std::filesystem::permissions(folder_ / "beeper", std::filesystem::perms::owner_all);
  fallback.set({true, true, "why"});
  EXPECT_EQ(any.number(3), "fine: ") << "on the next attempt; the tone has nothing new to say";
  const FallbackHealth health = fallback.health();
  EXPECT_TRUE(health.on);
  ASSERT_EQ(health.outputs.size(), 2U);
  EXPECT_EQ(health.outputs[0].name, "program");
  EXPECT_EQ(health.outputs[0].failures, 1U);
  EXPECT_EQ(health.outputs[1].name, "tone");
  EXPECT_EQ(health.outputs[1].failures, 0U);
}

}  // namespace
}  // namespace outputs
