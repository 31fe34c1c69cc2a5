#include "daemon/alarms/episode_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace alarms {
namespace {

using vitals::wall_from_unix_ms;

std::string id(std::string_view node, std::string_view scope, std::string_view condition, std::int64_t ms) {
  return std::string{view(make_episode_id(node, scope, condition, wall_from_unix_ms(ms)))};
}

TEST(EpisodeId, P8_same_input_same_id) {
  EXPECT_EQ(id("gw1", "pain/b3", "spo2-low", 1'764'000'015'700),
            id("gw1", "pain/b3", "spo2-low", 1'764'000'015'700));
}

// Computed apart: FNV-1a of the three names, SplitMix64 over it and the time. A replay by another build gives
// the same ids.
TEST(EpisodeId, P8_is_the_same_in_every_build) {
  EXPECT_EQ(id("gw1", "pain/b3", "spo2-low", 1'764'000'015'700), "01KAV9G9AMTY81F0FET45026ET");
}

TEST(EpisodeId, the_same_alarm_at_another_time_differs_in_more_than_the_time) {
  EXPECT_NE(id("gw1", "pain/b3", "spo2-low", 5).substr(10), id("gw1", "pain/b3", "spo2-low", 6).substr(10));
}

TEST(EpisodeId, begins_with_the_time_so_that_ids_sort_by_it) {
  EXPECT_EQ(id("gw1", "pain/b3", "spo2-low", 0).substr(0, 10), "0000000000");
  EXPECT_EQ(id("gw1", "pain/b3", "spo2-low", 33).substr(0, 10), "0000000011");
  EXPECT_LT(id("z", "z", "z", 1'764'000'000'000), id("a", "a", "a", 1'764'000'000'001));
}

TEST(EpisodeId, differs_by_each_part_and_by_where_one_part_ends) {
  const std::set<std::string> ids{id("gw1", "pain/b3", "spo2-low", 5), id("gw2", "pain/b3", "spo2-low", 5),
                                  id("gw1", "pain/b4", "spo2-low", 5), id("gw1", "pain/b3", "spo2-deep", 5),
                                  id("gw1p", "ain/b3", "spo2-low", 5), id("gw1", "pain/b3", "spo2-low", 6)};
  EXPECT_EQ(ids.size(), 6U);
}

TEST(EpisodeId, many_beds_at_one_instant_do_not_collide) {
  std::set<std::string> ids;
  for (int bed = 0; bed < 20'000; ++bed) ids.insert(id("gw1", "pain/b" + std::to_string(bed), "spo2-low", 5));
  EXPECT_EQ(ids.size(), 20'000U);
}

TEST(EpisodeId, parses_what_it_makes_and_nothing_else) {
  const auto made = make_episode_id("gw1", "pain/b3", "spo2-low", wall_from_unix_ms(1'764'000'015'700));
  EXPECT_EQ(parse_episode_id(view(made)), made);
  EXPECT_FALSE(parse_episode_id(""));
  EXPECT_FALSE(parse_episode_id("01JD3N6T7Q8R9S0TAVWXYZ123"));   // 25
  EXPECT_FALSE(parse_episode_id("01JD3N6T7Q8R9S0TAVWXYZ123I"));  // I is not in the alphabet
  EXPECT_FALSE(parse_episode_id("01jd3n6t7q8r9s0tavwxyz1234"));
}

}  // namespace
}  // namespace alarms
