// NEWS2, each row of the chart at both edges of each band.
#include "daemon/infusion/news2.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace infusion {
namespace {

struct Band {
  double least, most;  // both included
  unsigned points;
};

// All seven parts at their best.
News2Values well() { return {16, 98, false, 120, 70, true, 37}; }

void expect_bands(News2Part part, std::optional<double> News2Values::*value, const std::vector<Band>& bands,
                  Spo2Scale scale = Spo2Scale::one, bool oxygen = false) {
  for (const Band& band : bands)
    for (const double edge : {band.least, band.most}) {
      News2Values values = well();
      values.*value = edge;
      values.oxygen = oxygen;
      EXPECT_EQ(news2(values, scale).of(part), band.points)
          << news2_part_names[static_cast<std::size_t>(part)] << " " << edge;
    }
}

TEST(News2, respiration) {
  expect_bands(News2Part::rr, &News2Values::rr,
               {{0, 8, 3}, {9, 11, 1}, {12, 20, 0}, {21, 24, 2}, {25, 80, 3}});
}

TEST(News2, saturation_on_scale_1) {
  for (const bool oxygen : {false, true})
    expect_bands(News2Part::spo2, &News2Values::spo2, {{1, 91, 3}, {92, 93, 2}, {94, 95, 1}, {96, 100, 0}},
                 Spo2Scale::one, oxygen);
}

TEST(News2, saturation_on_scale_2_on_air) {
  expect_bands(News2Part::spo2, &News2Values::spo2,
               {{1, 83, 3}, {84, 85, 2}, {86, 87, 1}, {88, 92, 0}, {93, 100, 0}}, Spo2Scale::two);
}

TEST(News2, saturation_on_scale_2_on_oxygen) {
  expect_bands(News2Part::spo2, &News2Values::spo2,
               {{1, 83, 3}, {84, 85, 2}, {86, 87, 1}, {88, 92, 0}, {93, 94, 1}, {95, 96, 2}, {97, 100, 3}},
               Spo2Scale::two, true);
}

TEST(News2, saturation_above_92_on_scale_2_needs_to_know_about_oxygen) {
  News2Values values = well();
  values.oxygen.reset();
  values.spo2 = 92;
  EXPECT_EQ(news2(values, Spo2Scale::two).of(News2Part::spo2), 0U);
  values.spo2 = 93;
  EXPECT_FALSE(news2(values, Spo2Scale::two).of(News2Part::spo2));
  EXPECT_EQ(news2(values, Spo2Scale::one).of(News2Part::spo2), 2U);
}

TEST(News2, oxygen) {
  News2Values values = well();
  EXPECT_EQ(news2(values, Spo2Scale::one).of(News2Part::oxygen), 0U);
  values.oxygen = true;
  EXPECT_EQ(news2(values, Spo2Scale::one).of(News2Part::oxygen), 2U);
}

TEST(News2, systolic_pressure) {
  expect_bands(News2Part::sbp, &News2Values::sbp,
               {{25, 90, 3}, {91, 100, 2}, {101, 110, 1}, {111, 219, 0}, {220, 290, 3}});
}

TEST(News2, pulse) {
  expect_bands(News2Part::pulse, &News2Values::pulse,
               {{1, 40, 3}, {41, 50, 1}, {51, 90, 0}, {91, 110, 1}, {111, 130, 2}, {131, 350, 3}});
}

TEST(News2, consciousness) {
  News2Values values = well();
  EXPECT_EQ(news2(values, Spo2Scale::one).of(News2Part::consciousness), 0U);
  values.alert = false;
  EXPECT_EQ(news2(values, Spo2Scale::one).of(News2Part::consciousness), 3U);
}

TEST(News2, temperature) {
  expect_bands(News2Part::temp, &News2Values::temp,
               {{25, 35.0, 3}, {35.1, 36.0, 1}, {36.1, 38.0, 0}, {38.1, 39.0, 1}, {39.1, 45, 2}});
}

TEST(News2, values_count_as_they_are_charted) {
  News2Values values = well();
  values.sbp = 90.4;
  values.temp = 36.04;
  EXPECT_EQ(news2(values, Spo2Scale::one).of(News2Part::sbp), 3U);
  EXPECT_EQ(news2(values, Spo2Scale::one).of(News2Part::temp), 1U);
}

TEST(News2, the_worst_is_20_and_the_best_0) {
  EXPECT_EQ(news2(well(), Spo2Scale::one).total(), 0U);
  EXPECT_EQ(news2({30, 80, true, 60, 150, false, 34}, Spo2Scale::one).total(), 20U);
}

TEST(News2, no_total_while_any_part_is_missing) {
  for (std::size_t i = 0; i < news2_part_count; ++i) {
    News2Values values = well();
    switch (static_cast<News2Part>(i)) {
      case News2Part::rr: values.rr.reset(); break;
      case News2Part::spo2: values.spo2.reset(); break;
      case News2Part::oxygen: values.oxygen.reset(); break;
      case News2Part::sbp: values.sbp.reset(); break;
      case News2Part::pulse: values.pulse.reset(); break;
      case News2Part::consciousness: values.alert.reset(); break;
      case News2Part::temp: values.temp.reset(); break;
    }
    const News2 out = news2(values, Spo2Scale::one);
    EXPECT_FALSE(out.total()) << news2_part_names[i];
    EXPECT_EQ(out.risk(), "");
    for (std::size_t other = 0; other < news2_part_count; ++other)
      EXPECT_EQ(out.points[other].has_value(), other != i) << "the others are told";
  }
}

TEST(News2, what_the_sum_means) {
  const auto risk = [](News2Values values) { return news2(values, Spo2Scale::one).risk(); };
  News2Values values = well();
  EXPECT_EQ(risk(values), "low");
  values.alert = false;
  EXPECT_EQ(risk(values), "low-medium") << "three points in one part";
  values.alert = true;
  values.oxygen = true, values.rr = 21;
  EXPECT_EQ(risk(values), "low") << "4";
  values.pulse = 95;
  EXPECT_EQ(risk(values), "medium") << "5";
  values.temp = 38.5;
  EXPECT_EQ(risk(values), "medium") << "6";
  values.sbp = 105;
  EXPECT_EQ(risk(values), "high") << "7";
}

}  // namespace
}  // namespace infusion
