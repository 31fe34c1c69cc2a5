// What follows from a limit's name, and what a profile asks for.
#include "daemon/alarms/profile.hpp"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

namespace alarms {
namespace {

TEST(Profile, each_limit_has_the_side_and_the_kind_that_its_name_says) {
  for (std::size_t i = 0; i < limit_count; ++i) {
    const auto id = static_cast<LimitId>(i);
    const std::string_view limit = name(id);
    EXPECT_EQ(side_of(id), limit.ends_with("-high") ? Side::high : Side::low) << limit;
    const bool pressure = limit.starts_with("sbp") || limit.starts_with("dbp") || limit.starts_with("map");
    EXPECT_EQ(is_pressure(id), pressure) << limit;
  }
}

TEST(Profile, a_limit_and_its_opposite_have_the_same_bounds) {
  const AllBounds all = hard_bounds();
  const auto bounds = [&](LimitId id) {
    EXPECT_EQ(all[index_of(id)].most, hard_bounds(id).most);
    return std::pair{all[index_of(id)].least, all[index_of(id)].most};
  };
  using Pair = std::pair<double, double>;
  EXPECT_EQ(bounds(LimitId::hr_high), Pair(1, 350));
  EXPECT_EQ(bounds(LimitId::hr_low), Pair(1, 350));
  EXPECT_EQ(bounds(LimitId::spo2_low), Pair(1, 100));
  EXPECT_EQ(bounds(LimitId::spo2_deep), Pair(1, 100));
  EXPECT_EQ(bounds(LimitId::sbp_high), Pair(25, 290));
  EXPECT_EQ(bounds(LimitId::sbp_low), Pair(25, 290));
  EXPECT_EQ(bounds(LimitId::dbp_high), Pair(10, 250));
  EXPECT_EQ(bounds(LimitId::dbp_low), Pair(10, 250));
  EXPECT_EQ(bounds(LimitId::map_high), Pair(15, 260));
  EXPECT_EQ(bounds(LimitId::map_low), Pair(15, 260));
  EXPECT_EQ(bounds(LimitId::rr_high), Pair(1, 120));
  EXPECT_EQ(bounds(LimitId::rr_low), Pair(1, 120));
}

TEST(Profile, one_question_is_enough_to_ask_before_an_infusion) {
  EXPECT_FALSE(Profile{}.asks_before());
  for (const auto bound : {&Gate::spo2_least, &Gate::sbp_least, &Gate::sbp_most, &Gate::rate_least,
                           &Gate::rate_most, &Gate::rr_least, &Gate::rr_most}) {
    Profile profile;
    profile.gate.*bound = 50;
    EXPECT_TRUE(profile.asks_before());
  }
  Profile profile;
  profile.checklist.push_back({"liver", "severe liver disease"});
  EXPECT_TRUE(profile.asks_before());
}

TEST(Profile, the_words_of_stations) {
  EXPECT_EQ(name(SedationScale::rass), "rass");
  EXPECT_EQ(name(SedationScale::poss), "poss");
}

}  // namespace
}  // namespace alarms
