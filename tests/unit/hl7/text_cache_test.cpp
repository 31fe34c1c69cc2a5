// Goal: the cache never answers for another text, however the texts collide. Method: seeded random texts
// against the value computed afresh.
#include "drivers/hl7/text_cache.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace drivers::hl7::test {
namespace {

TEST(TextCache, GivesWhatWouldBeMadeAnew) {
  const std::uint32_t seed = 20260309;
  std::mt19937 random(seed);
  TextCache<std::string> cache;
  std::size_t made = 0;
  for (int i = 0; i < 20'000; ++i) {
    // Alike in front and behind, so that they share places; some longer than is kept.
    const std::string text =
        "147842^" + std::string(random() % 90, static_cast<char>('a' + random() % 3)) + "^MDC";
    const auto make = [&](std::string_view one) {
      ++made;
      return "<" + std::string(one) + ">";
    };
    ASSERT_EQ(cache.get(text, make), "<" + text + ">") << "seed " << seed;
  }
  EXPECT_LT(made, 19'000U) << "it keeps something";
}

TEST(TextCache, ForgetsWhenItIsTold) {
  TextCache<int> cache;
  EXPECT_EQ(cache.get("HR", [](std::string_view) { return 1; }), 1);
  EXPECT_EQ(cache.get("HR", [](std::string_view) { return 2; }), 1);
  cache.forget();
  EXPECT_EQ(cache.get("HR", [](std::string_view) { return 2; }), 2);
  EXPECT_EQ(cache.get("", [](std::string_view) { return 3; }), 3);
}

}  // namespace
}  // namespace drivers::hl7::test
